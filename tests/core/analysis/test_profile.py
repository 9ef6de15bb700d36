"""What a profile tells is true of all rows: of every type, of nothing, of more than fits a count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.analysis import profile as module
from fetchtozip_gui.core.analysis.profile import ColumnProfile, profile


def of(values: Sequence[Any] | pl.Series, dtype: Any = None) -> ColumnProfile:
    (found,) = profile(pl.DataFrame([pl.Series("x", values, dtype=dtype, strict=False)])).columns
    return found


def bars(found: ColumnProfile) -> list[tuple[str, int]]:
    return [(bar.words, bar.count) for bar in found.bars]


def test_whole_numbers_have_bars_of_whole_steps() -> None:
    found = of([1, 2, 2, None, 24])
    assert (found.type, found.rows, found.missing, found.distinct, found.is_exact) == ("integer", 5, 1, 3, True)
    assert (found.min, found.max, found.example, found.shows) == (1, 24, 1, "numbers")
    assert bars(found)[:2] == [("1 to 2", 3), ("3 to 4", 0)]
    assert bars(found)[-1] == ("23 to 24", 1)


def test_few_whole_numbers_have_a_bar_each() -> None:
    assert bars(of([5, 5, 7])) == [("5", 2), ("6", 0), ("7", 1)]


def test_numbers_that_are_not_finite_are_in_no_bar() -> None:
    found = of([1.0, 2.0, float("inf"), float("nan"), None])
    assert (found.missing, found.distinct, found.max) == (1, 4, float("inf"))
    assert sum(bar.count for bar in found.bars) == 2
    assert of([float("nan")]).bars == ()
    assert bars(of([2.5, 2.5])) == [("2.5", 2)]


def test_texts_that_repeat_show_the_most_frequent_ones() -> None:
    found = of(["b", "a", "b", "", None, "a", "b"])
    assert (found.shows, found.distinct) == ("values", 3)
    assert bars(found) == [("b", 3), ("a", 2), ("empty", 1)]


def test_texts_that_do_not_repeat_show_their_lengths() -> None:
    found = of([f"{'x' * (number % 3)}{number:04}" for number in range(100)])
    assert (found.shows, found.distinct) == ("lengths", 100)
    assert bars(found) == [("4", 34), ("5", 33), ("6", 33)]


def test_times_have_bars_in_their_own_words() -> None:
    found = of([dt.date(2024, 1, 1), dt.date(2024, 1, 2), dt.date(2024, 1, 2)])
    assert (found.type, found.shows) == ("date", "times")
    assert bars(found) == [("2024-01-01 to 2024-01-02", 1), ("2024-01-02 to 2024-01-03", 2)]
    day = dt.datetime(2024, 1, 1)
    assert bars(of([day, day + dt.timedelta(hours=1)]))[0] == ("2024-01-01 00:00:00 to 2024-01-01 00:05:00", 1)
    assert of([dt.timedelta(days=1), dt.timedelta(days=2)]).bars[0].words.startswith("1d to ")
    assert of([dt.time(1), dt.time(2)]).bars[0].words == "01:00:00 to 01:05:00"


@pytest.mark.parametrize(
    ("values", "dtype", "kind", "distinct"),
    [
        ([True, False, None, True], pl.Boolean, "boolean", 2),
        ([[1], [1], None, []], pl.List(pl.Int64), "array", 2),
        ([{"a": 1}, {"a": 1}, None, {"a": 2}], pl.Struct({"a": pl.Int64}), "object", 2),
        ([b"a", b"b", None, b"a"], pl.Binary, "string", 2),
        (["a", "b", None, "a"], pl.Categorical, "string", 2),
        (["a", "b", None, "a"], pl.Enum(["b", "a"]), "string", 2),
        (["1.50", "2.50", None, "1.50"], pl.Decimal(10, 2), "number", 2),
        ([2**64 - 1, 0, None, 0], pl.UInt64, "integer", 2),
        ([None] * 4, pl.Null, "any", 0),
        ([None] * 4, pl.String, "string", 0),
        ([None] * 4, pl.List(pl.Int64), "array", 0),
    ],
)
def test_every_type_has_a_profile(values: list[Any], dtype: Any, kind: str, distinct: int) -> None:
    found = of(values, dtype)
    assert (found.type, found.rows, found.distinct, found.is_exact) == (kind, 4, distinct, True)
    assert found.missing == values.count(None)
    assert found.words()


def test_a_table_without_rows_or_columns() -> None:
    found = of([], pl.Int64)
    assert (found.rows, found.missing, found.distinct, found.filled, found.variety) == (0, 0, 0, 1.0, 0.0)
    assert profile(pl.DataFrame()).columns == ()


def test_past_the_bound_distinct_values_are_estimated_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    values = list(range(5000))
    assert of(values).words().splitlines()[1] == "5,000 distinct"
    monkeypatch.setattr(module, "EXACT", 100)
    found = of(values)
    assert not found.is_exact
    assert found.distinct == pytest.approx(5000, rel=0.2)
    assert found.distinct <= 5000
    assert found.words().splitlines()[1].startswith("about ")


def test_files_are_looked_at_whole(tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": range(40_000), "t": ["a", "b"] * 20_000})
    frame.write_ipc(tmp_path / "rows.arrow")
    assert profile(pl.scan_ipc(tmp_path / "rows.arrow")) == profile(frame)


def test_a_single_missing_value_does_not_vanish_in_the_rounding() -> None:
    assert of([None, *range(5000)]).words().startswith("1 of 5,001 missing (< 0.1 %)")
    assert of([*[None] * 5000, 1]).words().startswith("5,000 of 5,001 missing (> 99.9 %)")


def test_long_texts_are_cut_and_names_that_look_like_patterns_are_names() -> None:
    (found,) = profile(pl.DataFrame({"^.*$": ["x" * 1000]})).columns
    assert found.example == "x" * 200 + "…"
    assert found.name == "^.*$"


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)))
def test_every_whole_number_is_in_one_bar(values: list[int | None]) -> None:
    found = of(values, pl.Int64)
    present = [value for value in values if value is not None]
    assert sum(bar.count for bar in found.bars) == len(present)
    assert len(found.bars) <= 12
    assert found.distinct == len(set(present))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32)))
def test_every_number_is_in_one_bar(values: list[float]) -> None:
    found = of(values, pl.Float64)
    assert sum(bar.count for bar in found.bars) == len(values)
    assert len(found.bars) <= 12
