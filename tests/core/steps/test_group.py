"""Groups: every function against Python's own, their order, and sums that would wrap around."""

from __future__ import annotations

import statistics
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.steps.failures import translate
from fetchtozip_gui.core.steps.group import GroupStep


def group(by: Any, *aggregate: dict[str, str]) -> GroupStep:
    return GroupStep.model_validate({"by": by, "aggregate": aggregate})


def std(values: list[int]) -> float | None:
    return statistics.stdev(values) if len(values) > 1 else None


EXPECTED = {
    "sum": sum,
    "mean": lambda values: statistics.fmean(values) if values else None,
    "median": lambda values: statistics.median(values) if values else None,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
    "count": len,
    "count_distinct": lambda values: len(set(values)),
    "std": std,
}


@given(st.lists(st.tuples(st.none() | st.sampled_from("abc"), st.none() | st.integers(-1000, 1000)), max_size=40))
def test_every_function_in_order_of_first_appearance(rows: list[tuple[str | None, int | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"k": pl.String, "v": pl.Int64}, orient="row")
    step = group("k", *({"column": "v", "function": name} for name in [*EXPECTED, "first", "last"]))
    made = step.apply(frame.lazy()).collect()
    keys = list(dict.fromkeys(key for key, _ in rows))
    assert made["k"].to_list() == keys
    for row in made.iter_rows(named=True):
        of_group = [value for key, value in rows if key == row["k"]]
        values = [value for value in of_group if value is not None]
        for name, function in EXPECTED.items():
            expected = function(values)
            assert row[f"v_{name}"] == (expected if expected is None else pytest.approx(expected)), name
        assert (row["v_first"], row["v_last"]) == (of_group[0], of_group[-1])


def test_names_rows_and_groups_of_several_columns() -> None:
    frame = pl.DataFrame({"a": [1, 1, 2], "b": ["x", "x", "y"], "v": [1.5, None, 2.0]})
    step = group(["b", "a"], {"column": "*", "function": "count"}, {"column": "v", "function": "max", "name": "top"})
    made = step.apply(frame.lazy()).collect()
    assert made.to_dict(as_series=False) == {"b": ["x", "y"], "a": [1, 2], "count": [2, 1], "top": [1.5, 2.0]}
    assert step.whole()


def test_without_by_all_rows_are_one_group() -> None:
    frame = pl.LazyFrame({"v": [1, 2]})
    assert group((), {"column": "v", "function": "sum"}).apply(frame).collect().rows() == [(3,)]


def test_texts_have_a_smallest_and_a_largest() -> None:
    frame = pl.LazyFrame({"v": ["b", "a", None]})
    step = group((), {"column": "v", "function": "min"}, {"column": "v", "function": "count_distinct"})
    assert step.apply(frame).collect().rows() == [("a", 2)]


def test_a_sum_beyond_64_bits_is_an_error_and_not_another_number() -> None:
    frame = pl.LazyFrame({"k": [1, 1], "v": [2**63 - 1, 5]})
    with pytest.raises(pl.exceptions.PolarsError) as caught:
        group("k", {"column": "v", "function": "sum"}).apply(frame).collect()
    assert "does not fit a 64-bit integer" in translate(caught.value).message


@pytest.mark.parametrize(
    ("by", "aggregate", "words"),
    [
        ("kk", {"column": "v", "function": "sum"}, r"by.0: there is no column `kk`"),
        ("k", {"column": "w", "function": "sum"}, r"aggregate.0.column: there is no column `w`; there are `k`, `v`"),
        ("k", {"column": "k", "function": "mean"}, r"aggregate.0: mean needs numbers, and column `k` is string"),
        ("k", {"column": "v", "function": "sum", "name": "k"}, r"aggregate.0.name: `k` is also the name of by.0"),
    ],
)
def test_what_cannot_be_is_named(by: str, aggregate: dict[str, str], words: str) -> None:
    with pytest.raises(StepError, match=words):
        group(by, aggregate).apply(pl.LazyFrame({"k": ["x"], "v": [1]}))


@pytest.mark.parametrize("aggregate", [[], [{"column": "*", "function": "sum"}], [{"column": "v", "function": "avg"}]])
def test_a_wrong_recipe_is_refused(aggregate: list[dict[str, str]]) -> None:
    with pytest.raises(ValidationError):
        group("k", *aggregate)
