"""Types: what each one reads, and that nothing is rounded, cut or wrapped on the way."""

from __future__ import annotations

import datetime as dt
import decimal
import math
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.steps.cast import Cast, DType, type_of

D = decimal.Decimal


def cast(values: Sequence[Any] | pl.Series, dtype: DType, form: str | None = None) -> list[Any]:
    series = values if isinstance(values, pl.Series) else pl.Series("x", values)
    made = Cast(dtype, form, "here")(series)
    assert made.dtype == type_of(dtype, form)
    return made.to_list()


@pytest.mark.parametrize(
    ("values", "dtype", "form", "expected"),
    [
        (["12", "-3", "+4", "007", None], "integer", None, [12, -3, 4, 7, None]),
        ([1.0, -2.0, None], "integer", None, [1, -2, None]),
        ([True, False], "integer", None, [1, 0]),
        (["1.234", "-12", "1234"], "integer", "1.234,56", [1234, -12, 1234]),
        (["1.5", "1e3", "-0.25", None], "float", None, [1.5, 1000.0, -0.25, None]),
        (["1.234,5", "0,25", ",5"], "float", "1.234,56", [1234.5, 0.25, 0.5]),
        (["1\u202f234,5"], "float", "1\u202f234,56", [1234.5]),
        ([1, 2**53], "float", None, [1.0, 2.0**53]),
        (["1.5", "-2", "3.10"], "decimal", None, [D("1.50"), D("-2.00"), D("3.10")]),
        (["1,2345"], "decimal", "1234,5678", [D("1.2345")]),
        ([1.25, 3.0], "decimal", None, [D("1.25"), D("3.00")]),
        ([7], "decimal", "1234.5", [D("7.0")]),
        (["true", "FALSE", "1", "0", None], "boolean", None, [True, False, True, False, None]),
        (["Ja", "nein"], "boolean", "ja|nein", [True, False]),
        ([1, 0], "boolean", None, [True, False]),
        (["2024-05-31", None], "date", None, [dt.date(2024, 5, 31), None]),
        (["31.05.2024"], "date", "%d.%m.%Y", [dt.date(2024, 5, 31)]),
        ([dt.datetime(2024, 5, 31, 23, 59)], "date", None, [dt.date(2024, 5, 31)]),
        (
            ["2024-05-31T18:30:00", "2024-05-31 18:30", "2024-05-31", "2024-05-31T18:30:00.25"],
            "datetime",
            None,
            [
                dt.datetime(2024, 5, 31, 18, 30),
                dt.datetime(2024, 5, 31, 18, 30),
                dt.datetime(2024, 5, 31),
                dt.datetime(2024, 5, 31, 18, 30, 0, 250_000),
            ],
        ),
        (
            ["2024-05-31T18:30:00Z", "2024-05-31T18:30:00+02:00", "2024-05-31 18:30:00.5-0230"],
            "datetime",
            None,
            [
                dt.datetime(2024, 5, 31, 18, 30),
                dt.datetime(2024, 5, 31, 16, 30),
                dt.datetime(2024, 5, 31, 21, 0, 0, 500_000),
            ],
        ),
        (
            ["2024-05-31T18:30:00+02:00"],
            "datetime",
            "%Y-%m-%dT%H:%M:%S%z",
            [dt.datetime(2024, 5, 31, 16, 30, tzinfo=dt.UTC)],
        ),
        ([1_700_000_000_123], "datetime", "ms", [dt.datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=dt.UTC)]),
        ([dt.date(2024, 5, 31)], "datetime", None, [dt.datetime(2024, 5, 31)]),
        ([1, None], "string", None, ["1", None]),
        ([{"a": 1}, None], "string", None, ['{"a":1}', None]),
        ([[1, 2], []], "string", None, ["[1,2]", "[]"]),
        ([dt.date(2024, 5, 31)], "string", "%d.%m.%Y", ["31.05.2024"]),
        ([None, None], "date", None, [None, None]),
    ],
)
def test_what_is_read(values: list[Any], dtype: DType, form: str | None, expected: list[Any]) -> None:
    assert cast(values, dtype, form) == expected


@pytest.mark.parametrize(
    ("values", "dtype", "form"),
    [
        (["1.0"], "integer", None),
        ([" 1"], "integer", None),
        ([""], "integer", None),
        ([str(2**63)], "integer", None),
        ([1.5], "integer", None),
        ([math.nan], "integer", None),
        ([1e19], "integer", None),
        (["1.23.456"], "integer", "1.234,56"),
        (["1,5"], "float", None),
        (["1e999"], "float", None),
        ([2**53 + 1], "float", None),
        (["1.555"], "decimal", None),
        (["1e2"], "decimal", None),
        ([1.005], "decimal", None),
        ([0.1 + 0.2], "decimal", None),
        (["9" * 40], "decimal", None),
        (["yes"], "boolean", None),
        ([2], "boolean", None),
        ([0.5], "boolean", None),
        (["24-05-31"], "date", None),
        (["2024-5-1"], "date", None),
        (["2024-02-30"], "date", None),
        (["2024-05-31T10:00:00"], "date", None),
        (["2024-05-31T10:00:00Z", "2024-05-31T10:00:00"], "datetime", None),
        (["2024-05-31T25:00:00"], "datetime", None),
        (["31.05.2024"], "datetime", None),
    ],
)
def test_what_would_be_changed_is_refused(values: list[Any], dtype: DType, form: str | None) -> None:
    with pytest.raises(StepError, match=r"here: column `x`: .* cannot become"):
        cast(values, dtype, form)


@pytest.mark.parametrize(
    ("values", "dtype", "form"),
    [
        ([1], "date", None),
        ([1], "datetime", None),
        (["1"], "datetime", "ms"),
        ([[1]], "integer", None),
        ([dt.date(2024, 1, 1)], "float", None),
        (["a"], "string", "%d"),
    ],
)
def test_types_that_have_nothing_to_do_with_each_other(values: list[Any], dtype: DType, form: str | None) -> None:
    with pytest.raises(StepError, match="which cannot become"):
        cast(values, dtype, form)


def test_an_error_counts_the_values_and_shows_three() -> None:
    with pytest.raises(StepError, match=r"'a', 'b', 'c' cannot become integer; there are 5 such values in these 6"):
        cast(["a", "b", "a", "c", "d", "1"], "integer")


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)))
def test_integers_come_back_from_their_texts(values: list[int | None]) -> None:
    texts = pl.Series("x", [None if value is None else str(value) for value in values], dtype=pl.String)
    assert cast(texts, "integer") == values


@given(st.lists(st.none() | st.floats(allow_nan=False)))
def test_floats_come_back_from_their_texts(values: list[float | None]) -> None:
    texts = pl.Series("x", [None if value is None else repr(value) for value in values], dtype=pl.String)
    assert cast(texts, "float") == values


@given(st.lists(st.decimals(places=2, allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)))
def test_decimals_come_back_from_their_texts(values: list[D]) -> None:
    assert cast(pl.Series("x", [f"{value:f}" for value in values], dtype=pl.String), "decimal") == values
    marked = [f"{value:,f}".translate(str.maketrans(",.", ".,")) for value in values]
    assert cast(pl.Series("x", marked, dtype=pl.String), "decimal", "1.234,56") == values


@given(st.lists(st.none() | st.datetimes(), max_size=30), st.sampled_from(["T", " "]))
def test_moments_come_back_from_their_iso_texts(values: list[dt.datetime | None], between: str) -> None:
    texts = [None if value is None else value.isoformat(between) for value in values]
    assert cast(pl.Series("x", texts, dtype=pl.String), "datetime") == values
