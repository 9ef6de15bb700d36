"""One attempt at a job: the pipeline's generator driven in this process, stoppable from any thread."""

from __future__ import annotations

import errno
import importlib
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from fetchtozip_gui.core.errors import Cancelled, FetchToZipError, NoRoom, Unforeseen
from fetchtozip_gui.core.events import Delivered, Event, Said
from fetchtozip_gui.core.work import Onlooker, Tools
from fetchtozip_gui.engine.folder import lock_writing

if TYPE_CHECKING:
    from fetchtozip_gui.core.recipe import Recipe

PIPELINE = "fetchtozip_gui.core.pipeline:run"


class Runner(Protocol):
    """`core.pipeline.run`, or what a test puts in its place."""

    def __call__(
        self, recipe: Recipe, folder: Path, destination: Path, tools: Tools, *, accept_partial: bool = False
    ) -> Generator[Event, None, None]: ...


@dataclass(frozen=True, slots=True)
class Task:
    """What an attempt is to do; `folder` is the job's own."""

    recipe: Recipe
    folder: Path
    destination: Path
    accept_partial: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Whom a running job may ask, and whom it tells what cannot wait for the next event."""

    keyring: Callable[[str], str]
    job_result: Callable[[str], Path]
    say: Callable[[Said], None]
    onlooker: Onlooker | None = None
    """Sees all rows while they are fetched; only in this process."""


class Attempt(Protocol):
    """Something that runs once. `stop` may come at any time, from any thread, and returns at once."""

    def events(self) -> Generator[Event, None, None]:
        """What happens, as it happens; raises the errors of `core.errors`, and `Cancelled` after `stop`."""
        ...

    def stop(self) -> None: ...


class Here:
    """An attempt in this process and in the thread that asks for its events."""

    def __init__(self, runner: str, task: Task, desk: Desk, stop: threading.Event | None = None) -> None:
        self._runner = runner
        self._task = task
        self._stop = stop or threading.Event()
        self._tools = Tools(
            stop=self._stop,
            keyring=desk.keyring,
            job_result=desk.job_result,
            say=desk.say,
            onlooker=desk.onlooker,
        )

    def events(self) -> Generator[Event, None, None]:
        task = self._task
        self._tools.check()
        run = find(self._runner)
        with (
            lock_writing(task.folder),
            closing(
                run(task.recipe, task.folder, task.destination, self._tools, accept_partial=task.accept_partial)
            ) as events,
        ):
            for event in events:
                yield event
                if not isinstance(event, Delivered):
                    # stopping is not asking for more: also for a runner that never looks at its tools
                    self._tools.check()

    def stop(self) -> None:
        self._stop.set()


def find(runner: str) -> Runner:
    """The generator function named `module:function`; by name, because a worker process finds it by that too."""
    module, _, name = runner.partition(":")
    return cast(Runner, getattr(importlib.import_module(module), name))


def foreseen(error: BaseException) -> FetchToZipError:
    """Any exception as one of the tree's, so that no job ends without words."""
    if isinstance(error, FetchToZipError):
        return error
    if isinstance(error, (KeyboardInterrupt, GeneratorExit)):
        return Cancelled("The job was cancelled.")
    if isinstance(error, MemoryError):
        return Unforeseen(
            "There was not enough memory for this job.", "Close other programs, or ask for smaller pages."
        )
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return NoRoom(
            f"The disk is full: {error.filename or 'a file'} could not be written.", "Make room, then resume."
        )
    words = str(error).strip().partition("\n")[0][:500]
    return Unforeseen(
        f"The program met an error of its own: {type(error).__name__}{f': {words}' if words else ''}.",
        "The journal in the data folder holds the details. What was fetched is kept.",
    )
