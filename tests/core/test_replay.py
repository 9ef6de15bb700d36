"""Plans over what is read anew: walked through without an engine, with the columns that are wanted, in even chunks."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from fetchtozip_gui.core.replay import CHUNK_ROWS, Replay, Wanted, chunks, reading, row_by_row

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
