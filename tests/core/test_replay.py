"""Plans over what is read anew: walked through without an engine, with the columns that are wanted, in even chunks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from fetchtozip_gui.core import replay
from fetchtozip_gui.core.replay import (
    CHUNK_ROWS,
    Parts,
    Pending,
    Replay,
    Wanted,
    chunks,
    in_parts,
    reading,
    row_by_row,
)

PIECE = pl.DataFrame({"a": range(7_000), "b": [" x "] * 7_000, "c": [1.5, None] * 3_500})


class Source:
    """Hands out the same piece again and again, and notes what was asked of it."""

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces
        self.given = 0
        self.wanted: list[Wanted] = []

    def read(self, wanted: Wanted) -> Iterator[pl.DataFrame]:
        self.wanted.append(wanted)
        for _ in range(self.pieces):
            self.given += 1
            yield PIECE

    def rows(self) -> Replay:
        return reading(PIECE.schema, self.read)


def trimmed(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.with_columns(pl.col("b").str.strip_chars(), (pl.col("a") + pl.col("c")).alias("d"))


def some(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.filter(pl.col("a") % 3 == 0)


def test_chunks_are_even_whatever_the_pieces() -> None:
    heights = [frame.height for frame in chunks(Source(10).rows())]
    assert heights == [CHUNK_ROWS, CHUNK_ROWS, 70_000 - 2 * CHUNK_ROWS]
    heights = [frame.height for frame in chunks(row_by_row(Source(30).rows(), some))]
    assert heights == [CHUNK_ROWS, CHUNK_ROWS, 30 * 2_334 - 2 * CHUNK_ROWS]


def test_a_stage_is_the_same_with_an_engine_and_without() -> None:
    source = Source(9)
    made = row_by_row(row_by_row(source.rows(), trimmed), some)
    whole = pl.concat([PIECE] * 9)
    expected = some(trimmed(whole.lazy())).collect()
    assert_frame_equal(pl.concat(chunks(made)), expected)
    assert_frame_equal(made.collect(), expected)
    assert_frame_equal(made.select("d", "b").head(10).collect(), expected.select("d", "b").head(10))


def test_only_what_the_wanted_columns_are_made_of_is_read() -> None:
    source = Source(2)
    made = row_by_row(source.rows(), trimmed)
    (frame,) = chunks(made, ["d", "a"])
    assert frame.columns == ["d", "a"]
    assert frame["d"].null_count() == 7_000
    assert sorted(source.wanted[-1] or ()) == ["a", "c"]
    (frame,) = chunks(row_by_row(made, some), ["b"])
    assert frame.to_dict(as_series=False) == {"b": ["x"] * 2 * 2_334}
    assert sorted(source.wanted[-1] or ()) == ["a", "b"]


def test_a_plan_made_from_one_is_carried_out_by_the_engine() -> None:
    source = Source(3)
    plan = source.rows().filter(pl.col("c").is_null())
    assert isinstance(plan, Replay)
    assert plan.read is None
    assert sum(frame.height for frame in chunks(plan, ["a"])) == 3 * 3_500
    assert row_by_row(plan, some).collect().height == sum(1 for number in range(1, 7_000, 2) if number % 3 == 0) * 3


def test_little_is_read_ahead_of_who_takes_it() -> None:
    source = Source(400)
    rows: pl.LazyFrame = source.rows()
    for _ in range(4):
        rows = row_by_row(rows, trimmed)
    taken = 0
    for frame in chunks(rows):
        taken += frame.height
        # two chunks for each of the five walks, and what the pieces are larger
        assert source.given * PIECE.height - taken <= 5 * 2 * CHUNK_ROWS + PIECE.height
    assert taken == 400 * PIECE.height


def test_an_error_comes_out_as_it_is_and_the_source_is_let_go() -> None:
    closed: list[bool] = []

    def read(wanted: Wanted) -> Iterator[pl.DataFrame]:
        try:
            yield PIECE.clear()
            while True:
                yield PIECE
        finally:
            closed.append(True)

    def broken(rows: pl.LazyFrame) -> pl.LazyFrame:
        return rows.with_columns(pl.col("b").str.to_integer())

    with pytest.raises(pl.exceptions.ComputeError, match="parsing failed"):
        list(chunks(row_by_row(reading(PIECE.schema, read), broken)))
    walk = chunks(reading(PIECE.schema, read))
    next(walk)
    del walk
    assert closed == [True, True]


def numbered(count: int, made: list[int], gone: list[bool]) -> Parts:
    """Parts of 7,000 rows that say in which order they were made."""

    def make(number: int) -> pl.DataFrame:
        time.sleep(0.02 if number % 3 == 0 else 0)
        made.append(number)
        return PIECE.with_columns(a=pl.lit(number, dtype=pl.Int64))

    def parts(wanted: Wanted) -> Iterator[Pending]:
        try:
            yield from (partial(make, number) for number in range(count))
        finally:
            gone.append(True)

    return parts


def test_parts_are_made_side_by_side_and_come_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "_READERS", 2)  # as on a machine with a core for each of them
    made: list[int] = []
    rows = in_parts(PIECE.schema, numbered(12, made, []))
    whole = pl.concat(list(chunks(row_by_row(rows, some))))
    assert made != sorted(made)
    assert whole["a"].to_list() == [number for number in range(0, 12, 3) for _ in range(7_000)]
    assert_frame_equal(whole, row_by_row(rows, some).collect())
    assert [frame.columns for frame in chunks(row_by_row(rows, trimmed), ["d", "a"])] == [["d", "a"]] * 4


def test_few_parts_are_made_before_they_are_taken() -> None:
    made: list[int] = []
    gone: list[bool] = []
    walk = chunks(in_parts(PIECE.schema, numbered(100, made, gone)))
    next(walk)
    time.sleep(0.2)
    # a chunk holds parts of four, and two more may be under way
    assert len(made) <= 6
    del walk
    assert gone == [True]


def test_an_error_in_a_part_comes_out_as_it_is() -> None:
    made: list[int] = []
    gone: list[bool] = []

    def broken(rows: pl.LazyFrame) -> pl.LazyFrame:
        return rows.with_columns(pl.col("b").str.to_integer())

    with pytest.raises(pl.exceptions.ComputeError, match="parsing failed"):
        list(chunks(row_by_row(in_parts(PIECE.schema, numbered(9, made, gone)), broken)))
    assert len(made) < 9
    assert gone == [True]
