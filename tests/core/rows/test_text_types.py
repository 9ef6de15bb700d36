"""Types of texts: numbers are numbers only where the text loses nothing, and ids stay texts."""

from __future__ import annotations

import decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.rows.text_types import types_of


def found(*texts: str | None) -> pl.DataType:
    return types_of(pl.DataFrame({"x": texts}, schema={"x": pl.String}))["x"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["0", "-1", "12"], pl.Int64()),
        (["9223372036854775807", "-9223372036854775808", None], pl.Int64()),
        (["12.50", "0.1", "-3.0"], pl.Float64()),
        (["1", "2.5", None], pl.Float64()),
        ([".5", "-.25"], pl.Float64()),
        (["1e-07", "0.5"], pl.Float64()),
        (["1.5e300"], pl.Float64()),
        (["0.30000000000000004", "123456789.123456789"], pl.String()),
        (["0.30000000000000004"], pl.Float64()),
        (["true", "false", None], pl.Boolean()),
        ([None, None], pl.Null()),
        ([], pl.Null()),
    ],
)
def test_types(texts: list[str | None], expected: pl.DataType) -> None:
    assert found(*texts) == expected


@pytest.mark.parametrize(
    "text",
    [
        "00123", "+5", "1e5", "1E5", "2e10", "-0", "9223372036854775808", "12345678901234567890", " 1", "1 ", "",
        "1_000", "1,5", "5.", ".", "-", "nan", "NaN", "inf", "-inf", "0x1F", "٣", "True", "TRUE", "yes", "1.5e400",
        "1e-400", "0.1234567890123456789", "2024-05-01", "1.2.3", "00.5", "--1",
    ],
)  # fmt: skip
def test_texts_stay(text: str) -> None:
    assert found(text) == pl.String()
    assert found("1", text, "2") == pl.String()
    assert found("1.5", text) == pl.String()


def test_a_single_odd_one_out_of_many_decides() -> None:
    assert found(*["1"] * 1000, "x") == pl.String()
    assert found(*["1"] * 1000, "1.5") == pl.Float64()
    assert found(*["1.5"] * 1000, "00123") == pl.String()
    assert found(*["true"] * 1000, "1") == pl.String()


def test_long_whole_numbers_do_not_become_floats() -> None:
    assert found("1.5", "1234567890123456") == pl.String()
    assert found("1.5", "123456789012345") == pl.Float64()


def test_each_column_has_its_own() -> None:
    frame = pl.DataFrame({"a": ["1"], "b": ["x"], "c": [None]}, schema=dict.fromkeys("abc", pl.String))
    assert types_of(frame) == pl.Schema({"a": pl.Int64(), "b": pl.String(), "c": pl.Null()})


@given(st.lists(st.none() | st.text("0123456789.-+eE ", max_size=20), max_size=8))
def test_whatever_is_called_a_number_is_that_number(texts: list[str | None]) -> None:
    values = pl.Series("x", texts, dtype=pl.String)
    dtype = found(*texts)
    for text, value in zip(texts, values.cast(dtype).to_list(), strict=True):
        if text is None:
            assert value is None
        elif dtype == pl.Int64():
            assert str(value) == text
        elif dtype == pl.Float64():
            assert decimal.Decimal(repr(value)) == decimal.Decimal(text)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_floats_as_python_prints_them_are_floats(values: list[float]) -> None:
    texts = pl.Series("x", [repr(value) for value in values])
    assert found(*texts) == pl.Float64()
    assert texts.cast(pl.Float64).to_list() == values


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-1_000, 1_000), min_size=1), st.integers(0))
def test_integers_as_python_prints_them_are_integers(values: list[int], odd: int) -> None:
    texts = [str(value) for value in values]
    assert found(*texts, None) == pl.Int64()
    at = odd % len(texts)
    texts[at] = f"0{texts[at]}" if values[at] >= 0 else f"-0{-values[at]}"
    assert found(*texts, None) == pl.String()


@given(st.text("0123456789+-_eE. ٣,", min_size=1, max_size=22))
def test_no_text_is_shorter_than_the_integer_that_polars_reads(text: str) -> None:
    (value,) = pl.Series([text]).cast(pl.Int64, strict=False)
    assert value is None or len(text.encode()) > len(str(value)) or text == str(value)
