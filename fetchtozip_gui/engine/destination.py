"""Where a job's result is to go: as it was asked for, as its recipe says, or in the job's own folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fetchtozip_gui.core.names import safe_name

if TYPE_CHECKING:
    from fetchtozip_gui.core.recipe import Recipe


def wanted(recipe: Recipe, to: Path | str | None) -> str:
    """The destination as somebody asked for it, empty when nobody did; equal for a job and its resumption.

    A recipe's own path is kept as it is written: what `{date}` stands for may be another day when the job goes on.
    """
    if to is not None:
        return str(Path(to).expanduser().absolute())
    return getattr(recipe.output, "path", None) or ""


def again(recipe: Recipe, asked: str) -> str | None:
    """What to ask for so that another job of this recipe goes where `asked` went."""
    return None if asked == wanted(recipe, None) else asked


def target(recipe: Recipe, to: Path | str | None, job_folder: Path) -> Path:
    """The file to write; without a wish, and for a recipe's relative path, below `result` in the job's folder."""
    from fetchtozip_gui.core.outputs import destination_for  # heavy: the formats' writers
    from fetchtozip_gui.core.outputs.file import FileOutput  # as above

    own = job_folder / "result"
    given = None if to is None else Path(to).expanduser().absolute()
    if isinstance(recipe.output, FileOutput):
        return destination_for(recipe.output, recipe.name, given, own)
    return own / safe_name(recipe.name)
