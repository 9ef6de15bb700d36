"""How many pages a job fetches, how long that takes, and how large its file becomes, as far as that can be said."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import polars as pl

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.core.outputs import format_of
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.secrets import Secret
from fetchtozip_gui.core.sources.http import HttpSource

SAMPLE_ROWS = 2_000
"""Rows that are written for a look at their size."""
_ROWS_A_SECOND = 400_000
"""What a slow machine shapes and writes."""
_WIDEST = 2_000
"""Columns that are written for that: more take seconds."""
_SIDE_BY_SIDE = ("page", "offset")


@dataclass(frozen=True, slots=True)
class Estimate:
    """None where nobody can know."""

    pages: int | None = None
    rows: int | None = None
    seconds: float | None = None
    bytes: int | None = None


def estimate(
    recipe: Recipe,
    result: pl.DataFrame | None,
    *,
    rows: int | None,
    pages_total: int | None,
    page_seconds: float | None = None,
) -> Estimate:
    """`result` are some rows as they will be written, `rows` how many there will be at most, and `page_seconds` how
    long one page took."""
    source = recipe.source
    if not isinstance(source, HttpSource):
        return Estimate(rows=rows, bytes=_size(recipe, result, rows))
    pages = pages_total
    if source.page_limit is not None and (pages is None or pages > source.page_limit):
        # a limit alone says how many there are at most, which is no estimate
        pages = source.page_limit if pages is not None else None
    return Estimate(pages, rows, _seconds(source, pages, rows, page_seconds), _size(recipe, result, rows))


def _seconds(source: HttpSource, pages: int | None, rows: int | None, page_seconds: float | None) -> float | None:
    if pages is None or (source.rate_limit is None and page_seconds is None):
        return None
    spaced = pages / source.rate_limit if source.rate_limit else 0.0
    together = source.concurrency if source.pagination.type in ("auto", *_SIDE_BY_SIDE) else 1
    answered = math.ceil(pages / together) * (page_seconds or 0.0)
    return max(spaced, answered, (rows or 0) / _ROWS_A_SECOND)


def _size(recipe: Recipe, result: pl.DataFrame | None, rows: int | None) -> int | None:
    """The size of some rows in the recipe's own format, without what a file of none has, for all of them."""
    if result is None or not result.height or rows is None or not isinstance(recipe.output, FileOutput):
        return None
    if result.width > _WIDEST:
        return None
    try:
        sample = result.head(SAMPLE_ROWS)
        empty = _written(recipe.output, sample.clear())
        return empty + math.ceil((_written(recipe.output, sample) - empty) / sample.height * rows)
    except (FetchToZipError, pl.exceptions.PolarsError, ValueError):
        return None


def _written(output: FileOutput, rows: pl.DataFrame) -> int:
    # a password of its own: the real one is not needed to know the size
    plain = output.model_copy(update={"password": Secret("0") if output.password is not None else None})
    file = io.BytesIO()
    writer = format_of(output).open(file, rows.schema, plain)
    try:
        if rows.height:
            writer.write(writer.encode(rows, 0))
        writer.close()
        return file.getbuffer().nbytes
    except BaseException:
        writer.abort()
        raise
