"""Rows that can be walked through more than once: plans over what a function reads anew, in chunks of one size."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import lru_cache, partial
from operator import call

import polars as pl
import polars.selectors as cs
from polars.io.plugins import register_io_source

from fetchtozip_gui.core import schema as types
from fetchtozip_gui.core.work import ahead, in_order, threads

CHUNK_ROWS = 25_000
"""Rows of the chunks that whole tables are cut into, so that the same rows make the same chunks."""
_AHEAD = 2
"""Parts that are made, or are there, before they are asked for."""
_READERS = min(_AHEAD, max(1, (os.cpu_count() or 1) - 1))
"""Threads in which parts are made side by side, beside the one that takes them."""

Wanted = Sequence[str] | None
"""Columns that are asked for; null asks for all."""
Read = Callable[[Wanted], Iterator[pl.DataFrame]]
Pending = Callable[[], pl.DataFrame]
"""Some rows that are made when it is called, in any thread."""
Parts = Callable[[Wanted], Iterator[Pending]]
Stage = Callable[[pl.LazyFrame], pl.LazyFrame]


class Replay(pl.LazyFrame):
    """A plan like any other, which `chunks` walks through without an engine.

    An engine reads some thirty chunks ahead of who takes them, and every plan that reads another has one of its own.
    """

    read: Read | None = None
    """Null for the plans that are made from this one."""
    parts: Parts | None = None
    """The same rows where they can be made side by side."""


def in_parts(schema: pl.Schema, parts: Parts) -> Replay:
    """Like `reading`, of what can be made in several threads at once: parts of some ten thousand rows, in order."""
    plan = reading(schema, lambda wanted: (part() for part in parts(wanted)))
    plan.parts = parts
    return plan


def reading(schema: pl.Schema, read: Read) -> Replay:
    """A plan over the frames of `read`, which is called each time the plan is carried out, and not before.

    `read` is told which columns are wanted, and may leave the others out: it saves most of the work of a pass that
    looks at one column.
    """

    def frames(
        columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch: int | None
    ) -> Iterator[pl.DataFrame]:
        left = n_rows
        for frame in read(columns or None):
            taken = _narrowed(frame, columns or None)
            if left is not None:
                taken = taken.head(left)
                left -= taken.height
            yield taken.filter(predicate) if predicate is not None else taken
            if left == 0:
                return

    plan = Replay._from_pyldf(register_io_source(frames, schema=schema, is_pure=True)._ldf)
    assert isinstance(plan, Replay)
    plan.read = read
    return plan


def chunks(rows: pl.LazyFrame, wanted: Wanted = None) -> Iterator[pl.DataFrame]:
    """Carry out a plan and give its rows in order, in chunks of `CHUNK_ROWS`; the last one may be shorter.

    Of the `wanted` columns alone, in their order, where some are named. The next ones are made meanwhile.
    """
    if (parts := parts_of(rows)) is not None:
        return recut(_narrowed(frame, wanted) for frame in _side_by_side(parts(wanted)))
    found = pieces(rows, wanted)
    return ahead(found) if _read_of(rows) is not None else found


def pieces(rows: pl.LazyFrame, wanted: Wanted = None) -> Iterator[pl.DataFrame]:
    """The same chunks, each made when it is asked for: for what is itself read in chunks."""
    if (read := _read_of(rows)) is not None:
        return recut(_narrowed(frame, wanted) for frame in read(wanted))
    some = rows if wanted is None else rows.select(cs.by_name(*wanted))
    return recut(iter(some.collect_batches(maintain_order=True, chunk_size=CHUNK_ROWS, lazy=True)))


def row_by_row(rows: pl.LazyFrame, stage: Stage) -> pl.LazyFrame:
    """The plan of a stage that makes each row from one row, or none: applied to one chunk after the other."""
    plan = stage(rows)
    if _read_of(rows) is None:
        return plan
    before, after = rows.collect_schema(), plan.collect_schema()
    needed = lru_cache(maxsize=16)(lambda columns: _needed(stage, before, columns))

    def made(frame: pl.DataFrame, wanted: Wanted) -> pl.DataFrame:
        # columns that nothing wanted is made of are there by name alone
        absent = [pl.lit(None, dtype).alias(name) for name, dtype in before.items() if name not in frame.columns]
        plan = stage(frame.lazy().with_columns(absent) if absent else frame.lazy())
        plan = plan if wanted is None else plan.select(cs.by_name(*wanted))
        some = after if wanted is None else pl.Schema({name: after[name] for name in wanted})
        return types.conform(plan.collect(engine="in-memory"), some)

    def before_it(wanted: Wanted) -> Wanted:
        return None if wanted is None else needed(tuple(wanted))

    def read(wanted: Wanted) -> Iterator[pl.DataFrame]:
        for frame in pieces(rows, before_it(wanted)):
            yield made(frame, wanted)

    parts = parts_of(rows)
    if parts is None:
        return reading(after, read)
    return in_parts(after, lambda wanted: (partial(_after, one, made, wanted) for one in parts(before_it(wanted))))


def _after(pending: Pending, made: Callable[[pl.DataFrame, Wanted], pl.DataFrame], wanted: Wanted) -> pl.DataFrame:
    return made(pending(), wanted)


def _side_by_side(parts: Iterator[Pending]) -> Iterator[pl.DataFrame]:
    with threads(_READERS, "ahead") as pool, closing(in_order(pool, call, parts, _AHEAD)) as found:
        yield from found


def parts_of(rows: pl.LazyFrame) -> Parts | None:
    """What makes the rows in parts, side by side, where something does."""
    return rows.parts if isinstance(rows, Replay) else None


def _read_of(rows: pl.LazyFrame) -> Read | None:
    """What walks through the rows without an engine, where something does."""
    return rows.read if isinstance(rows, Replay) else None


def _needed(stage: Stage, schema: pl.Schema, columns: tuple[str, ...]) -> Wanted:
    """The columns that a stage reads to make these."""
    asked: list[Wanted] = []

    def note(wanted: Wanted) -> Iterator[pl.DataFrame]:
        asked.append(wanted)
        return iter(())

    stage(reading(schema, note)).select(cs.by_name(*columns)).collect(engine="in-memory")
    return asked[0] if asked else None


def _narrowed(frame: pl.DataFrame, wanted: Wanted) -> pl.DataFrame:
    """The wanted columns of a frame, in their order."""
    return frame if wanted is None or list(wanted) == frame.columns else frame.select(cs.by_name(*wanted))


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
