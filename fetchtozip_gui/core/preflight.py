"""Looks a job over before it starts: what will not fit, what would be lost, and how to mend it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.core.estimate import Estimate, estimate
from fetchtozip_gui.core.names import safe_name
from fetchtozip_gui.core.outputs import FORMATS, destination_for, format_of
from fetchtozip_gui.core.outputs.excel import ROWS_PER_SHEET
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.preflight_columns import as_format, column_remarks, quietly, written_as
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.remark import Remark
from fetchtozip_gui.core.shape import Shape
from fetchtozip_gui.core.sources.http import HttpSource

if TYPE_CHECKING:
    from fetchtozip_gui.core.analysis.profile import Profile

__all__ = ["Checked", "Remark", "check"]

_KEEP_FREE = 256 * 1024 * 1024
"""Bytes of a disk that are better left alone."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: the remarks, the gravest first, what the job will take, and the file it makes."""

    remarks: tuple[Remark, ...]
    estimate: Estimate
    destination: Path | None

    @property
    def stops(self) -> Remark | None:
        """Why the job cannot start, if it cannot."""
        return next((remark for remark in self.remarks if remark.level == "stop"), None)


def check(
    recipe: Recipe,
    *,
    sample: pl.DataFrame | None = None,
    profile: Profile | None = None,
    rows_total: int | None = None,
    pages_total: int | None = None,
    page_seconds: float | None = None,
    folder: Path | None = None,
    renames: bool = True,
) -> Checked:
    """Look at what is known; nothing is fetched, and nothing but a nameless file for a moment is written.

    `sample` are rows of the source, such as its first page; `profile` counts all rows of the result, where they are
    there from an earlier run. `folder` is where a result goes whose recipe does not say. `renames` says that a file
    which is there stays and the new one gets another name; otherwise it is replaced.
    """
    facts = _Facts(recipe, sample, profile, rows_total, pages_total)
    rows = facts.most_rows
    known = estimate(recipe, facts.result, rows=rows, pages_total=pages_total, page_seconds=page_seconds)
    place = _place(recipe, folder)
    remarks = [*_parts(facts), *_limits(facts), *_sheet(facts)]
    if facts.result is not None:
        remarks += column_remarks(recipe, facts.source, facts.result, profile)
    remarks += _name(recipe)
    if place is not None:
        remarks += _destination(recipe, place, known, renames)
    order = {"stop": 0, "warn": 1, "good": 2}
    return Checked(tuple(sorted(remarks, key=lambda remark: order[remark.level])), known, place)


class _Facts:
    """What is known of the rows, before and after the steps."""

    def __init__(
        self,
        recipe: Recipe,
        sample: pl.DataFrame | None,
        profile: Profile | None,
        rows_total: int | None,
        pages_total: int | None,
    ) -> None:
        self.recipe = recipe
        self.source = sample
        self.pages_total = pages_total
        self.rows_total = rows_total
        self.problem: FetchToZipError | None = None
        self.result: pl.DataFrame | None = None
        if sample is not None and sample.width and not recipe.unavailable():
            try:
                self.result = _shaped(recipe, sample)
            except FetchToZipError as error:
                self.problem = error
        self.counted = profile is not None
        if profile is not None:
            self.rows_total = profile.rows

    @property
    def limit(self) -> int | None:
        return self.recipe.source.page_limit if isinstance(self.recipe.source, HttpSource) else None

    @property
    def cut(self) -> int:
        """Pages that the recipe's limit leaves out, as far as they are declared."""
        return max(0, self.pages_total - self.limit) if self.pages_total and self.limit else 0

    @property
    def most_rows(self) -> int | None:
        """Rows of the result at most; None where nobody knows. Steps may leave out some, and lists may add some."""
        if self.rows_total is None:
            return None
        # what a run of this very recipe has counted is cut already
        if not self.counted and self.cut and self.pages_total and self.limit:
            return -(-self.rows_total * self.limit // self.pages_total)
        return self.rows_total


def _shaped(recipe: Recipe, sample: pl.DataFrame) -> pl.DataFrame:
    shape = Shape(recipe.steps)
    if not shape.whole:
        return shape.batch(sample, sample.schema)
    found = list(shape.batches(sample.lazy()))
    return pl.concat(found) if found else pl.DataFrame(schema=shape.result(sample.schema))


# --- the recipe and its source ------------------------------------------------------------------------------------


def _parts(facts: _Facts) -> Iterator[Remark]:
    for missing in facts.recipe.unavailable():
        yield Remark("not_here", f"{missing}.", missing.partition(":")[0], "stop")
    if isinstance(facts.recipe.output, FileOutput):
        try:
            format_of(facts.recipe.output)
        except FetchToZipError as error:
            yield Remark("no_format", f"{error.message.removeprefix('output.path: ')}.", "output.path", "stop")
    if facts.problem is not None:
        yield Remark("steps", str(facts.problem), "steps", "stop")
    elif facts.source is not None and not facts.source.width:
        yield Remark("no_columns", "The source answers no rows so far.", "source", "warn")


def _limits(facts: _Facts) -> Iterator[Remark]:
    if not facts.pages_total:
        return
    if facts.cut:
        source = facts.recipe.document(secrets=True)["source"] | {"page_limit": None}
        words = f"The limit of {facts.limit:,} pages leaves out {facts.cut:,} of the {facts.pages_total:,}."
        yield Remark("page_limit", words, "source.page_limit", "warn", {"source": source}, "Fetch all pages")
    elif facts.rows_total:
        of = f" in {facts.pages_total:,} pages" if facts.pages_total > 1 else ""
        yield Remark("all_pages", f"All {facts.rows_total:,} rows{of} are fetched.", "source", "good")


def _sheet(facts: _Facts) -> Iterator[Remark]:
    if written_as(facts.recipe) != "xlsx" or facts.most_rows is None:
        return
    rows = facts.most_rows
    if rows > ROWS_PER_SHEET:
        sheets = -(-rows // ROWS_PER_SHEET)
        words = f"{rows:,} rows are more than the {ROWS_PER_SHEET:,} of a sheet: they go on in {sheets} sheets."
        yield Remark("many_rows", words, "output.format", "warn", as_format(facts.recipe, "csv"), "Write CSV")
    else:
        yield Remark("fits_sheet", f"Fits Excel: {rows:,} of {ROWS_PER_SHEET:,} rows in a sheet.", "output", "good")


# --- the file -----------------------------------------------------------------------------------------------------


def _place(recipe: Recipe, folder: Path | None) -> Path | None:
    output = recipe.output
    if not isinstance(output, FileOutput) or (folder is None and output.path is None):
        return None
    place = quietly(lambda: destination_for(output, recipe.name, None, (folder or Path.cwd()).expanduser()))
    return place.expanduser().absolute() if place is not None else None


def _name(recipe: Recipe) -> Iterator[Remark]:
    if not isinstance(recipe.output, FileOutput):
        return
    name = safe_name(recipe.name, longest=200)
    used = recipe.output.path is None or "{name}" in recipe.output.path
    if name != recipe.name and used:
        words = f"Not every system can call a file “{recipe.name[:60]}”: it is called “{name[:60]}”."
        yield Remark("file_name", words, "name", "warn", {"name": name}, "Use this name")
    last = (recipe.output.path or "").replace("\\", "/").rpartition("/")[2]
    bare = last.replace("{name}", "name").replace("{date}", "date")
    if bare and safe_name(bare) != bare:
        words = f"Not every system can have a file called “{last[:60]}”."
        fixed = (recipe.output.path or "")[: -len(last)] + safe_name(last)
        output = recipe.document(secrets=True)["output"] | {"path": fixed}
        yield Remark("path_name", words, "output.path", "warn", {"output": output}, "Use a safe name")


def _destination(recipe: Recipe, place: Path, known: Estimate, renames: bool) -> Iterator[Remark]:
    field = "output.path"
    try:
        if place.is_dir():
            yield Remark("is_folder", f"{place} is a folder.", field, "stop")
            return
        if not place.parent.is_dir():
            yield Remark("no_folder", f"There is no folder {place.parent}.", field, "stop")
            return
        if why := _refused(place.parent):
            yield Remark("not_writable", f"Nothing can be written in {place.parent}: {why}.", field, "stop")
            return
        if place.exists():
            words = "stays, and this one gets a name of its own" if renames else "is replaced when this one is whole"
            yield Remark("exists", f"{place.name} is there already: it {words}.", field, "good" if renames else "warn")
        yield from _room(place, known)
    except OSError as error:
        yield Remark("no_place", f"{place} cannot be used: {error.strerror or error}.", field, "stop")
    form = quietly(lambda: format_of(recipe.output))
    if form is None:
        return
    known_suffixes = {each.suffix for each in FORMATS.values()}
    if place.suffix.lower() != form.suffix and place.suffix.lower() in known_suffixes:
        output = recipe.document(secrets=True)["output"]
        path = str(Path(str(output["path"])).with_suffix(form.suffix))
        words = f"{place.name} is called {place.suffix}, but {form.name} is written."
        yield Remark("suffix", words, field, "warn", {"output": {**output, "path": path}}, f"Call it {form.suffix}")


def _refused(folder: Path) -> str:
    """Why no file can be made in a folder; empty where one can. Only trying tells on every system."""
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".fetchtozip-"):
            return ""
    except OSError as error:
        return error.strerror or os.strerror(error.errno or 0)


def _room(place: Path, known: Estimate) -> Iterator[Remark]:
    if known.bytes is None:
        return
    free = shutil.disk_usage(place.parent).free
    words = f"about {in_bytes(known.bytes)} are to be written, and {in_bytes(free)} are free"
    if known.bytes > free:
        yield Remark("no_room", f"There is no room for the file: {words}.", "output.path", "stop")
    elif known.bytes + _KEEP_FREE > free:
        yield Remark("little_room", f"There is little room for the file: {words}.", "output.path", "warn")


def in_bytes(count: int) -> str:
    """Bytes in decimal units."""
    amount, unit = float(count), "bytes"
    for bigger in ("kB", "MB", "GB", "TB"):
        if amount < 999.95:
            break
        amount, unit = amount / 1000, bigger
    return f"{count:,} bytes" if unit == "bytes" else f"{amount:,.1f} {unit}"
