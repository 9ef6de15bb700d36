"""Runs a recipe in this process, as the command line does: the engine without a window, progress on standard error."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from fetchtozip_gui.core.events import Delivered
from fetchtozip_gui.core.outputs import destination_for
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.core.work import Onlooker
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.journal import Journal
from fetchtozip_gui.engine.redaction import Redactor
from fetchtozip_gui.engine.vault import Vault
from fetchtozip_gui.progress import progress


@contextmanager
def engine_of(data_dir: Path | None) -> Iterator[Engine]:
    """The engine of the data folder and its journal, as long as the block runs."""
    gc.freeze()  # what is loaded is hardly ever garbage: a folder of many jobs has the collector look through it
    folder, redactor = Folder.find(data_dir).prepare(), Redactor()
    with (
        closing(Journal(folder.logs, redactor)),
        closing(Engine(folder, isolated=False, keyring=Vault(folder.vault).read, redactor=redactor)) as engine,
    ):
        yield engine


@dataclass(frozen=True, slots=True)
class Finished:
    """A job that has delivered, where its result stands, and how it was judged."""

    job: Job
    path: str
    verdict: Verdict


def follow(
    engine: Engine,
    recipe: Recipe,
    output: Path | None = None,
    *,
    resume: bool = False,
    cached: bool = False,
    accept_partial: bool = False,
    keeps_since: bool = True,
    onlooker: Onlooker | None = None,
) -> Finished:
    """Do a recipe; `Engine.submit` and `Engine.follow` explain the words.

    Without `output`, and for a recipe's relative path, the result goes to the current folder.
    """
    target = destination_for(recipe.output, recipe.name, output, Path.cwd())
    delivered: Delivered | None = None
    followed = engine.follow(
        recipe,
        target,
        resume=resume,
        cached=cached,
        accept_partial=accept_partial,
        keeps_since=keeps_since,
        onlooker=onlooker,
    )
    with progress(sys.stderr) as show:
        for event in followed:
            show(event)
            delivered = event if isinstance(event, Delivered) else delivered
    assert delivered is not None
    return Finished(followed.job, delivered.path, delivered.verdict)
