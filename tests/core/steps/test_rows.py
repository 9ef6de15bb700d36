"""Filter, derive, sort and deduplicate: their rows, their order and their words."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.steps.failures import translate
from fetchtozip_gui.core.steps.rows import DeduplicateStep, DeriveStep, FilterStep, SortStep

FRAME = pl.DataFrame(
    {
        "id": [1, 2, 3, 4, 5],
        "country": ["FR", "ES", "FR", None, "DE"],
        "unit price": [2.0, 3.0, None, 1.0, 9.0],
        "text": ["1", "2", "x", "4", None],
    }
)


def ids(frame: pl.LazyFrame) -> list[int]:
    return frame.collect()["id"].to_list()


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("id > 2", [3, 4, 5]),
        ("country IN ('FR', 'ES') AND id < 3", [1, 2]),
        ('"unit price" * 2 >= 6', [2, 5]),
        ("country IS NULL OR id % 5 = 0", [4, 5]),
        ("country NOT IN ('FR')", [2, 5]),
        ("id = max(id)", [5]),
        ("row_number() OVER (PARTITION BY country ORDER BY id) = 1 AND country = 'FR'", [1]),
        ("TRY_CAST(text AS INT) > 1", [2, 4]),
        ("false", []),
    ],
)
def test_filter_keeps_the_true_rows_in_order(where: str, expected: list[int]) -> None:
    assert ids(FilterStep(where=where).apply(FRAME.lazy())) == expected


def test_filter_of_rows_batch_by_batch_is_the_filter_of_all() -> None:
    step = FilterStep(where="id % 2 = 1")
    assert not step.whole()
    assert [row for place in range(5) for row in ids(step.apply(FRAME[place : place + 1].lazy()))] == [1, 3, 5]
    assert FilterStep(where="id = max(id)").whole()


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("prise > 1", r"where: there is no column `prise`; there are `id`, `country`, `unit price`, `text`"),
        ("Country = 'FR'", r"Did you mean `country`\?"),
        ("id", r"where: a condition is true or false, and this is int64"),
        ("id >", r"where: sql parser error"),
        ("median_of(id) > 1", r"where: unsupported function 'median_of'"),
    ],
)
def test_filter_says_what_is_wrong(where: str, words: str) -> None:
    with pytest.raises(StepError, match=words):
        FilterStep(where=where).apply(FRAME.lazy())


def test_a_query_in_a_condition_is_a_wrong_recipe() -> None:
    with pytest.raises(ValidationError, match="begins a query"):
        FilterStep(where="id IN (SELECT 1)")


def test_values_that_cannot_be_cast_are_told_when_the_plan_runs() -> None:
    planned = FilterStep(where="CAST(text AS INT) > 1").apply(FRAME.lazy())
    with pytest.raises(pl.exceptions.PolarsError) as caught:
        planned.collect(engine="in-memory")
    error = translate(caught.value, "where")
    with pytest.raises(StepError, match=r"1 of 5 values of column `text` cannot become i32"):
        FilterStep(where="CAST(text AS INT) > 1").apply_frame(FRAME)
    assert error.message == 'where: 1 of 5 values of column `text` cannot become i32, such as "x".'
    assert "TRY_CAST" in error.hint


@pytest.mark.parametrize(
    ("expression", "expected", "whole"),
    [
        ('id * "unit price"', [2.0, 6.0, None, 4.0, 45.0], False),
        ("coalesce(country, '?') || '-' || id", ["FR-1", "ES-2", "FR-3", "?-4", "DE-5"], False),
        ("7", [7] * 5, False),
        ("sum(id) OVER ()", [15] * 5, True),
        ("row_number() OVER (PARTITION BY country ORDER BY id)", [1, 1, 2, 1, 1], True),
    ],
)
def test_derive_adds_a_column_at_the_end(expression: str, expected: list[Any], whole: bool) -> None:
    step = DeriveStep(name="new", expression=expression)
    made = step.apply(FRAME.lazy()).collect()
    assert made.columns == [*FRAME.columns, "new"]
    assert made["new"].to_list() == expected
    assert step.whole() is whole


def test_derive_computes_an_existing_column_in_its_place() -> None:
    made = DeriveStep(name="country", expression="lower(country)").apply(FRAME.lazy()).collect()
    assert made.columns == FRAME.columns
    assert made["country"].to_list() == ["fr", "es", "fr", None, "de"]


def test_derive_takes_any_name() -> None:
    name = 'a "new" one'
    assert DeriveStep(name=name, expression="id").apply(FRAME.lazy()).collect().columns[-1] == name


def test_derive_says_how_to_write_a_value_of_all_rows() -> None:
    with pytest.raises(StepError, match=r"expression: a value of all rows .* OVER \(\)"):
        DeriveStep(name="new", expression="sum(id)").apply(FRAME.lazy())


def test_rows_without_columns_are_told() -> None:
    with pytest.raises(StepError, match="no columns"):
        FilterStep(where="id > 1").apply(pl.LazyFrame())


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("country", [5, 2, 1, 3, 4]),
        (["country", {"column": "id", "descending": True}], [5, 2, 3, 1, 4]),
        ({"column": "country", "nulls_last": False}, [4, 5, 2, 1, 3]),
        ([{"column": "unit price", "descending": True}], [5, 2, 1, 4, 3]),
    ],
)
def test_sort(by: Any, expected: list[int]) -> None:
    step = SortStep.model_validate({"by": by})
    assert step.whole()
    assert ids(step.apply(FRAME.lazy())) == expected


@pytest.mark.parametrize(("by", "words"), [(["contry"], r"by.0: there.*`country`\?"), (["id", "id"], "by.1: .* twice")])
def test_sort_says_what_is_wrong(by: list[str], words: str) -> None:
    with pytest.raises(StepError, match=words):
        SortStep.model_validate({"by": by}).apply(FRAME.lazy())


def test_sort_needs_a_column() -> None:
    with pytest.raises(ValidationError):
        SortStep.model_validate({"by": []})


TABLE = st.lists(st.tuples(st.none() | st.integers(0, 3), st.none() | st.sampled_from("ab")), max_size=40)


@given(TABLE)
def test_sorting_is_stable(rows: list[tuple[int | None, str | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"k": pl.Int64, "s": pl.String}, orient="row").with_row_index("n")
    made = SortStep.model_validate({"by": "k"}).apply(frame.lazy()).collect()
    expected = sorted(frame.rows(), key=lambda row: (row[1] is None, row[1] or 0))
    assert made.rows() == expected


def test_sorting_many_rows_is_stable() -> None:
    frame = pl.select(n=pl.int_range(20_000)).with_columns(k=pl.col("n") * 7 % 3)
    frame = frame.with_columns(same=pl.lit(1))
    for by in ("k", ("same", "k")):
        made = SortStep.model_validate({"by": by}).apply(frame.lazy()).collect()
        assert made.rows() == sorted(frame.rows(), key=lambda row: row[1])


@given(TABLE, st.sampled_from([None, "k", ("k", "s")]), st.sampled_from(["first", "last", "any", "none"]))
def test_deduplicate_leaves_what_it_says_in_order(rows: list[Any], subset: Any, keep: Any) -> None:
    frame = pl.DataFrame(rows, schema={"k": pl.Int64, "s": pl.String}, orient="row").with_row_index("n")
    subset = ("k", "s") if subset is None else subset
    step = DeduplicateStep.model_validate({"subset": subset, "keep": keep})
    keys = [row[1:2] if subset == "k" else row[1:] for row in frame.rows()]
    if keep == "none":
        expected = [place for place, key in enumerate(keys) if keys.count(key) == 1]
    elif keep == "last":
        expected = [place for place, key in enumerate(keys) if key not in keys[place + 1 :]]
    else:
        expected = [place for place, key in enumerate(keys) if key not in keys[:place]]
    assert step.apply(frame.lazy()).collect()["n"].to_list() == expected


def test_deduplicate_compares_all_columns_nested_ones_too() -> None:
    frame = pl.DataFrame({"o": [{"a": [1]}, {"a": [1]}, None, None], "x": [1, 1, 2, 2]})
    assert DeduplicateStep().apply(frame.lazy()).collect().rows() == [({"a": [1]}, 1), (None, 2)]


def test_deduplicate_names_what_is_missing() -> None:
    with pytest.raises(StepError, match=r"subset.0: there is no column `idd`.*`id`\?"):
        DeduplicateStep(subset=("idd",)).apply(FRAME.lazy())
