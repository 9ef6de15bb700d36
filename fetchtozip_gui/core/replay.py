"""Rows that can be walked through more than once: plans over what a function reads anew, in chunks of one size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import polars as pl
import polars.selectors as cs
from polars.io.plugins import register_io_source

CHUNK_ROWS = 25_000
"""Rows of the chunks that whole tables are cut into, so that the same rows make the same chunks."""


Wanted = Sequence[str] | None
"""Columns that are asked for; null asks for all."""


def reading(schema: pl.Schema, read: Callable[[Wanted], Iterator[pl.DataFrame]]) -> pl.LazyFrame:
    """A plan over the frames of `read`, which is called each time the plan is carried out, and not before.

    `read` is told which columns are wanted, and may leave the others out: it saves most of the work of a pass that
    looks at one column.
    """

    def frames(
        columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch: int | None
    ) -> Iterator[pl.DataFrame]:
        left = n_rows
        for frame in read(columns or None):
            taken = frame.select(cs.by_name(*columns)) if columns and columns != frame.columns else frame
            if left is not None:
                taken = taken.head(left)
                left -= taken.height
            yield taken.filter(predicate) if predicate is not None else taken
            if left == 0:
                return

    return register_io_source(frames, schema=schema, is_pure=True)


def chunks(rows: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Carry out a plan and give its rows in order, in chunks of `CHUNK_ROWS`; the last one may be shorter."""
    return recut(iter(rows.collect_batches(maintain_order=True, chunk_size=CHUNK_ROWS, lazy=True)))


def only(rows: pl.LazyFrame, wanted: Wanted) -> pl.LazyFrame:
    """The wanted columns of a plan."""
    return rows if wanted is None else rows.select(cs.by_name(*wanted))


def recut(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same rows in chunks of `CHUNK_ROWS`, whatever the chunks they came in."""
    held: list[pl.DataFrame] = []
    rows = 0
    for frame in frames:
        while frame.height:
            piece = frame.head(CHUNK_ROWS - rows)
            frame = frame.slice(piece.height)
            held.append(piece)
            rows += piece.height
            if rows == CHUNK_ROWS:
                yield pl.concat(held)
                held, rows = [], 0
    if held:
        yield pl.concat(held)
