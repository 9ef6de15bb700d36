"""What Start does: a draft becomes a job whose file gets a name that no other file has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from fetchtozip_gui.core.errors import RecipeError

if TYPE_CHECKING:
    from fetchtozip_gui.engine.engine import Engine
    from fetchtozip_gui.engine.job import Job


def is_same_place(address: str, recipe: Mapping[str, Any]) -> bool:
    """Whether an address is that of the recipe's source, apart from the query."""
    return bool(recipe) and _place(address) == _place(str(recipe["source"]["url"]))


def _place(address: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ("", "", address)
    return parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/")


def name_of(address: str) -> str:
    """What an export is called after its address: the last part of the path, else the host."""
    _, host, path = _place(address)
    last = unquote(path.rpartition("/")[2])
    stem = last.rpartition(".")[0] or last
    return stem.strip() or host.rpartition("@")[2].partition(":")[0] or "export"


def submit(engine: Engine, document: Mapping[str, Any], folder: str) -> Job:
    """Have a draft done. Its file goes where the draft says, else to `folder`, under a name that no other file and no
    other job at work has. `RecipeError` names the field that is wrong.
    """
    # heavy: all plug-ins' models, and the formats' writers
    from fetchtozip_gui.core.outputs import FileOutput, destination_for
    from fetchtozip_gui.core.recipe import Recipe

    if not str(document.get("source", {}).get("url", "-")).strip():
        raise RecipeError("source.url: is empty.", "Type or paste an address that begins with https:// or http://.")
    recipe = Recipe.parse(dict(document))
    if not isinstance(recipe.output, FileOutput):
        return engine.submit(recipe)
    place = destination_for(recipe.output, recipe.name, None, Path(folder).expanduser())
    if not place.parent.is_dir():
        raise RecipeError(f"output.path: there is no folder {place.parent}.", "Choose another one, or make it first.")
    at_work = {Path(job.target) for job in engine.jobs() if job.is_active}
    return engine.submit(recipe, free(place, at_work, Path.exists))


def free(place: Path, taken: Collection[Path], exists: Callable[[Path], bool]) -> Path:
    """`place`, or the first of `place (1)`, `place (2)` … that is neither taken nor there."""
    found, number = place, 0
    while found in taken or exists(found):
        number += 1
        found = place.with_name(f"{place.stem} ({number}){place.suffix}")
    return found


def first_draft(practice: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the window at the first start: the practice source as it is, nothing renamed yet."""
    return {**practice, "steps": []}
