"""Tells what values are, or what their texts read as: numbers, dates, addresses."""

from __future__ import annotations

from typing import Final

import polars as pl

from fetchtozip_gui.core.conform import conform
from fetchtozip_gui.core.steps.moments import date, datetime

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL: Final = rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+$"
"""The pattern by which browsers check an e-mail field (HTML standard), with at least one dot in the domain."""
INTEGER: Final = r"^[+-]?[0-9]+$"
NUMBER: Final = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_BOOLEAN = r"^(?i:true|false|1|0)$"
_ZONED = r"(?:Z|[+-][0-9]{2}:?(?:[0-9]{2})?)$"
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
PATTERNS: Final = {
    "email": EMAIL,
    "url": r"^https?://[^\s/?#]+[^\s]*$",
    "uuid": r"^(?i:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$",
    "ipv4": rf"^(?:{_BYTE}\.){{3}}{_BYTE}$",
    "time": r"^(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?$",
}
"""Formats that a pattern of Rust's regex tells."""


def text(values: pl.Series) -> pl.Series:
    """The values as a CSV would show them."""
    if values.dtype == pl.String:
        return values
    return conform(values.to_frame(), pl.Schema({values.name: pl.String()})).to_series()


def always(what: str, dtype: pl.DataType) -> bool:
    """Whether all values of a type are of a kind."""
    return dtype.is_integer() and what in ("integer", "number", "float")


def is_true(answers: pl.Series) -> pl.Series:
    """The same with false for null."""
    return answers.fill_null(False) if answers.null_count() else answers


def fits(what: str, values: pl.Series, dates: str | None = None) -> pl.Series:
    """For each value whether it is of a kind of `Rule.type` or `Rule.format`; null may stand for false.

    `dates` is how dates are written, where they are not ISO 8601.
    """
    dtype, is_text = values.dtype, values.dtype == pl.String
    match what:
        case "string":
            return _all(values, not dtype.is_nested() and dtype != pl.Binary)
        case "integer":
            if dtype.is_float():
                return (values == values.floor()) & values.is_finite()
            if dtype.is_decimal():
                return values == values.floor()
            return values.str.contains(INTEGER) if is_text else _all(values, dtype.is_integer())
        case "number" | "float":
            if dtype.is_float():
                return values.is_finite()
            return values.str.contains(NUMBER) if is_text else _all(values, dtype.is_numeric())
        case "boolean":
            if is_text:
                return values.str.contains(_BOOLEAN)
            return values.is_in([0, 1]) if dtype.is_numeric() else _all(values, dtype == pl.Boolean)
        case "date":
            if isinstance(dtype, pl.Datetime):
                return values.dt.time().cast(pl.Int64) == 0
            found = date(values, dates)
            return _all(values, False) if found is None else found.is_not_null()
        case "datetime":
            found = moments(values, dates)
            return _all(values, False) if found is None else found.is_not_null()
        case "email":
            return values.str.contains(EMAIL) & (values.str.len_chars() <= 254) if is_text else _all(values, False)
        case _:
            return values.str.contains(PATTERNS[what]) if is_text else _all(values, False)


def numbers(values: pl.Series) -> pl.Series | None:
    """The values as numbers, null where one is none; None for types that hold no numbers."""
    if values.dtype == pl.String:
        return values.set(~values.str.contains(NUMBER).fill_null(True), None).cast(pl.Float64, strict=False)
    return values if values.dtype.is_numeric() else None


def moments(values: pl.Series, dates: str | None) -> pl.Series | None:
    """The values as dates with time in UTC, each read by itself; null where one is none, None where none can be."""
    if values.dtype == pl.Time:
        return None
    if values.dtype != pl.String or dates is not None:
        found = datetime(values, dates)
        return None if found is None else found.dt.replace_time_zone(None)
    # a text with a zone and one without do not go together in a column, but each is right by itself
    zoned = is_true(values.str.contains(_ZONED))
    with_zone, without = datetime(values.set(~zoned, None), None), datetime(values.set(zoned, None), None)
    assert with_zone is not None
    assert without is not None
    return with_zone.zip_with(zoned, without)


def _all(values: pl.Series, fits: bool) -> pl.Series:
    return pl.Series([fits], dtype=pl.Boolean).new_from_index(0, values.len())
