"""Rows that repeat an earlier one, found with hashes and compared value by value."""

from __future__ import annotations

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from fetchtozip_gui.core.scratch import Scratch
from fetchtozip_gui.core.steps import duplicates
from fetchtozip_gui.core.steps.duplicates import Hashes, later_duplicates, marked, without
from fetchtozip_gui.core.steps.rows import DeduplicateStep

NAN = float("nan")


def table(rows: int, seed: int = 1) -> pl.DataFrame:
    """More rows than a chunk, with repeats far from each other, nulls, NaN, both zeros and nested values."""
    chance = random.Random(seed)
    numbers = [None, *range(rows // 3)]
    return pl.DataFrame(
        {
            "a": [chance.choice(numbers) for _ in range(rows)],
            "b": [chance.choice(["x", "", None]) for _ in range(rows)],
            "c": [chance.choice([0.0, -0.0, NAN, 1.5]) for _ in range(rows)],
            "d": [chance.choice([[1], [], None]) for _ in range(rows)],
        }
    )


@pytest.mark.parametrize("together", [7_000, 30_000, 2_000_000])
@pytest.mark.parametrize("columns", [["a", "b", "c", "d"], ["a"], ["c", "d"]])
def test_they_are_those_of_polars_in_memory(columns: list[str], together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "_SORTED", together)
    frame = table(60_000)
    key = pl.struct(columns)
    found = later_duplicates(frame.lazy(), columns)
    assert found.to_list() == frame.with_row_index().filter(~key.is_first_distinct())["index"].to_list()
    assert without(frame.lazy(), found).collect().equals(frame.filter(key.is_first_distinct()))


@pytest.mark.parametrize("keep", ["first", "last", "any", "none"])
def test_a_step_keeps_the_rows_that_polars_keeps(keep: str) -> None:
    frame = table(60_000)
    for subset in (["a"], ["c", "d"], None):
        step = DeduplicateStep.model_validate({"type": "deduplicate", "subset": subset, "keep": keep})
        key = pl.struct(subset or frame.columns)
        kept = {"last": key.is_last_distinct(), "none": key.is_unique()}.get(keep, key.is_first_distinct())
        plan = step.apply(frame.lazy())
        assert plan.collect().equals(frame.filter(kept))
        # what was learned is learned once, for another look too
        assert plan.select("b").collect().equals(frame.filter(kept).select("b"))


def test_rows_with_a_null_may_be_left_out_of_the_comparison() -> None:
    frame = pl.DataFrame({"a": [1, None, None, 1, 2]})
    assert later_duplicates(frame.lazy(), ["a"]).to_list() == [2, 3]
    assert later_duplicates(frame.lazy(), ["a"], nulls=False).to_list() == [3]


def test_no_rows_and_no_repeats() -> None:
    assert later_duplicates(pl.LazyFrame(schema={"a": pl.Int64}), ["a"]).to_list() == []
    frame = pl.DataFrame({"a": [1, 2]})
    found = later_duplicates(frame.lazy(), ["a"])
    assert without(frame.lazy(), found).collect().equals(frame)


@pytest.mark.parametrize("is_noted", [False, True])
@pytest.mark.parametrize(
    "made",
    [
        pl.col("n"),
        pl.col("n") / 7,
        pl.col("n").cast(pl.Decimal(12, 2)),
        pl.col("n").cast(pl.String).str.zfill(6),
        pl.from_epoch("n"),
        pl.duration(seconds="n"),
    ],
)
def test_where_a_column_rises_no_hash_is_made(made: pl.Expr, is_noted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Hashes, "_hashed", lambda *_: pytest.fail("a hash was made"))
    frame = pl.DataFrame({"a": ["x"] * 60_000, "n": range(60_000)}).select("a", key=made)
    assert repeats(frame, is_noted=is_noted) == []


@pytest.mark.parametrize("is_noted", [False, True])
@pytest.mark.parametrize("at", [1, 24_999, 25_000, 49_999, 59_999])
@pytest.mark.parametrize("value", [0, 24_998, None])
def test_a_column_that_does_not_rise_to_the_end(at: int, value: int | None, is_noted: bool) -> None:
    frame = pl.DataFrame({"a": ["x"] * 60_000, "key": range(60_000)})
    frame[at, "key"] = value
    assert (
        repeats(frame, is_noted=is_noted)
        == frame.with_row_index().filter(~pl.struct("a", "key").is_first_distinct())["index"].to_list()
    )


def repeats(frame: pl.DataFrame, *, is_noted: bool) -> list[int]:
    """Noted while the rows are put aside, side by side, or found in a pass of its own."""
    if not is_noted:
        return later_duplicates(frame.lazy(), frame.columns).to_list()
    noted = Hashes(frame.columns)
    with ThreadPoolExecutor(2) as pool, Scratch(pool=pool) as scratch:
        return later_duplicates(scratch.keep(frame.lazy(), noted), frame.columns, noted=noted).to_list()


def test_marks_are_those_of_a_stretch() -> None:
    numbers = pl.Series([2, 5, 6, 9], dtype=pl.UInt64)
    assert marked(numbers, 5, 4).to_list() == [True, True, False, False]
    assert marked(numbers, 0, 2).to_list() == [False, False]
    assert marked(numbers, 9, 1).to_list() == [True]


GROWTH = """
import resource
import polars as pl
from fetchtozip_gui.core.replay import reading
from fetchtozip_gui.core.steps import duplicates
from fetchtozip_gui.core.steps.duplicates import later_duplicates

numbers = pl.DataFrame({"id": pl.int_range(25_000, eager=True).reverse()})  # a column that rises needs no hashes
texts = pl.format("a text of its own {} and once more {}", "id", "id").alias("t")

def read(wanted):
    for part in range(120):
        yield numbers.with_columns(pl.col("id") + part * 25_000).with_columns(texts)

rows = reading(pl.Schema({"id": pl.Int64, "t": pl.String}), read)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert later_duplicates(rows, ["id", "t"]).is_empty()
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is told in bytes elsewhere, or not at all")
def test_rows_that_only_might_be_repeats_do_not_hold_the_texts_of_all() -> None:
    # 3,000,000 rows with texts of 150 MB, among which some thousand hashes agree
    told = subprocess.run([sys.executable, "-c", GROWTH], capture_output=True, text=True, check=True, timeout=300)
    assert int(told.stdout) < 120
