"""A pipeline that carries out jobs over files alone, so that no generated address is ever asked."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from fetchtozip_gui.core import pipeline
from fetchtozip_gui.core.errors import SourceError
from fetchtozip_gui.core.events import Event
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.work import Tools


def run(
    recipe: Recipe, folder: Path, destination: Path, tools: Tools, *, accept_partial: bool = False
) -> Generator[Event, None, None]:
    """As `core.pipeline.run`, for what was uploaded and what was made of it."""
    if recipe.source.type != "file":
        raise SourceError("No address is asked here.")
    yield from pipeline.run(recipe, folder, destination, tools, accept_partial=accept_partial)
