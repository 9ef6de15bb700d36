"""The export as the form has it: becomes a recipe and the place of its file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from fetchtozip_gui.core.errors import RecipeError

if TYPE_CHECKING:
    from fetchtozip_gui.engine.engine import Engine
    from fetchtozip_gui.engine.job import Job


@dataclass(frozen=True, slots=True)
class Choice:
    """A format to choose: what it is called, what is to be known of it, and the recipe's output."""

    name: str
    label: str
    note: str
    output: Mapping[str, Any]
    suffix: str


CHOICES = (
    Choice(
        "zip",
        "ZIP",
        "A CSV file in a ZIP, with a description of its columns and the recipe to run it again.",
        {"type": "file", "format": "zip", "member": "csv"},
        ".zip",
    ),
    Choice("csv", "CSV", "Plain text, one line a row. Opens everywhere.", {"type": "file", "format": "csv"}, ".csv"),
    Choice(
        "xlsx",
        "Excel",
        "A workbook with real dates and numbers. Past 1,048,575 rows it goes on in another sheet.",
        {"type": "file", "format": "xlsx"},
        ".xlsx",
    ),
    Choice(
        "json",
        "JSON",
        "One list with an object a row. Nested values keep their shape.",
        {"type": "file", "format": "json"},
        ".json",
    ),
    Choice(
        "jsonl",
        "JSON Lines",
        "One object a line, for programs that read row by row.",
        {"type": "file", "format": "jsonl"},
        ".jsonl",
    ),
    Choice(
        "parquet",
        "Parquet",
        "Typed and compressed columns, for pandas, Polars, DuckDB and Spark.",
        {"type": "file", "format": "parquet"},
        ".parquet",
    ),
)


def choice(name: str) -> Choice:
    """The format of this name; the first one for a name that is not known."""
    return next((known for known in CHOICES if known.name == name), CHOICES[0])


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed and chosen, as it stands there; `practice` is the practice source's recipe once it is served."""

    address: str = ""
    name: str = ""
    format: str = "zip"
    folder: str = ""
    practice: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_practice(self) -> bool:
        """Whether the address is the practice source's, with whatever query."""
        return is_same_place(self.address, self.practice)

    @property
    def called(self) -> str:
        """The name of the export: the one that was typed, else one made from the address."""
        return self.name.strip() or name_of(self.address)

    def document(self) -> dict[str, Any]:
        """The recipe as JSON values: every page of the address, and for the practice source its columns too."""
        address = self.address.strip()
        if not address:
            raise RecipeError("Address: is empty.", "Type or paste one that begins with https:// or http://.")
        wanted = {"version": 1, "name": self.called, "output": dict(choice(self.format).output)}
        if self.is_practice:
            return {**self.practice, **wanted, "source": {**self.practice["source"], "url": address}}
        # no limit: this form has no field that could lift it
        return {**wanted, "source": {"type": "http", "url": address, "page_limit": None}}

    def place(self) -> Path:
        """The folder for the file; `RecipeError` where there is none."""
        if not self.folder.strip():
            raise RecipeError("Folder: is empty.", "Choose the folder for the file.")
        folder = Path(self.folder.strip()).expanduser()
        if not folder.is_dir():
            raise RecipeError(f"Folder: there is no folder {folder}.", "Choose another one, or make it first.")
        return folder


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


def submit(engine: Engine, draft: Draft) -> Job:
    """Have a draft done. Its file gets a name that no other file and no other job at work has."""
    # heavy: all plug-ins' models, and the formats' writers
    from fetchtozip_gui.core.outputs import destination_for
    from fetchtozip_gui.core.recipe import Recipe

    recipe = Recipe.parse(draft.document())
    folder = draft.place()
    place = destination_for(recipe.output, recipe.name, folder, folder)
    at_work = {Path(job.target) for job in engine.jobs() if job.is_active}
    return engine.submit(recipe, free(place, at_work, Path.exists))


def free(place: Path, taken: Collection[Path], exists: Callable[[Path], bool]) -> Path:
    """`place`, or the first of `place (1)`, `place (2)` … that is neither taken nor there."""
    found, number = place, 0
    while found in taken or exists(found):
        number += 1
        found = place.with_name(f"{place.stem} ({number}){place.suffix}")
    return found
