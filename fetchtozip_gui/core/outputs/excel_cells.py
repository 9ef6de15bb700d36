"""How each Polars type becomes a cell of a sheet: its number, its format, and the values that must stay text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from fetchtozip_gui.core.outputs import values

Reading = Literal["string", "float", "boolean", "datetime", "duration"]

LONGEST_TEXT = 32_767
"""UTF-16 units in a cell, the limit of Excel and LibreOffice."""
GENERAL = ""
WHOLE = "0"
"""Keeps a spreadsheet from showing 123456789012 as 1.23457E+11."""
DATE = "yyyy-mm-dd"
MOMENT = "yyyy-mm-dd hh:mm:ss"
CLOCK = "hh:mm:ss"
SPAN = "[h]:mm:ss"
MILLIS = ".000"
UTC = '" UTC"'

EPOCH = 25_569
"""1970-01-01 as a serial day of the 1900 date system."""
FIRST_DAY, LAST_DAY = 61, 2_958_465
"""1900-03-01, the first day after the leap day 1900 never had, and 9999-12-31."""
SAYABLE_DAYS = 95_000_000
"""Polars panics when it writes a date much further from 1970 than this."""
SHOWN = 10**11
EXACT = 10**15
"""A number of 15 digits survives Excel; one of 16 comes back rounded."""
SMALLEST = 2.2250738585072014e-308

_MILLIS_A_DAY = 86_400_000
_PER_DAY = {"ms": _MILLIS_A_DAY, "us": 86_400_000_000, "ns": 86_400_000_000_000}

MANY_DIGITS = "of more than 15 digits"
NO_NUMBER = "that no number of a spreadsheet can be (NaN, infinite or nearer to zero than 2.2e-308)"
NO_DATE = "outside the dates of a spreadsheet (1900-03-01 to 9999-12-31)"
NO_SPAN = "outside the durations of a spreadsheet (negative, or over 8,000 years)"


@dataclass(frozen=True, slots=True)
class Column:
    """One column's way into cells; every expression reads the column `key` of the frame that `ready` has made.

    `number` is what stands in `<v>`, None for text. `aside` says which values cannot be a number, `aside_text` how
    they are written instead, `why` the clause of the note on them. `other` picks values that need `other_format`.
    `fine` picks times that are finer than a millisecond. `width` is in characters.
    """

    name: str
    key: str
    reads: Reading
    """As what a reader should find the numbers."""
    width: pl.Expr | int
    number: pl.Expr | None = None
    format: str = GENERAL
    aside: pl.Expr | None = None
    aside_text: pl.Expr | None = None
    why: str = ""
    other: pl.Expr | None = None
    other_format: str = GENERAL
    fine: pl.Expr | None = None
    ready: pl.Expr | None = None
    zone: str = ""
    """The time zone whose times are written as UTC."""
    nested: bool = False
    """Objects or lists, written as JSON text."""

    @property
    def formats(self) -> tuple[str, ...]:
        """The number formats its cells may have."""
        return (self.format,) if self.other is None else (self.format, self.other_format)


def columns(schema: pl.Schema) -> tuple[Column, ...]:
    """The cells of a frame with this schema, whose columns are called "0", "1", … from here on."""
    return tuple(_column(name, str(index), dtype) for index, (name, dtype) in enumerate(schema.items()))


def text(name: str, key: str, dtype: pl.DataType | None = None) -> Column:
    """A column of text; a character of East Asia, three bytes long, is two wide."""
    c = pl.col(key)
    width = pl.max_horizontal(c.str.len_chars(), c.str.len_bytes() - c.str.len_chars()).max()
    nested = dtype is not None and dtype.is_nested()
    return Column(name, key, "string", width, ready=_as_text(c, dtype), nested=nested)


def _as_text(c: pl.Expr, dtype: pl.DataType | None) -> pl.Expr | None:
    if dtype is None or dtype in (pl.String, pl.Object):
        return None
    if dtype.is_nested():
        return values.json_text(c, dtype, values.careful_printable)
    return c.bin.encode("base64") if dtype == pl.Binary else c.cast(pl.String)


def _column(name: str, key: str, dtype: pl.DataType) -> Column:
    for family, make in _FAMILIES:
        if isinstance(dtype, family):
            return make(name, key, dtype)
    if dtype.is_integer():
        return _integer(name, key, dtype)
    return _float(name, key) if dtype.is_float() else text(name, key, dtype)


def _boolean(name: str, key: str, dtype: pl.DataType) -> Column:
    return Column(name, key, "boolean", 5, pl.col(key).cast(pl.UInt8))


def _integer(name: str, key: str, dtype: pl.DataType) -> Column:
    c = pl.col(key)
    column = Column(name, key, "float", _longest(c), c)
    if dtype in (pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32):
        return column
    signed = dtype.is_signed_integer()
    return replace(
        column,
        aside=_beyond(c, EXACT, signed),
        aside_text=c.cast(pl.String),
        why=MANY_DIGITS,
        other=_beyond(c, SHOWN, signed),
        other_format=WHOLE,
    )


def _longest(c: pl.Expr) -> pl.Expr:
    return pl.max_horizontal(c.min().cast(pl.String).str.len_bytes(), c.max().cast(pl.String).str.len_bytes())


def _beyond(c: pl.Expr, limit: int, signed: bool) -> pl.Expr:
    return (c >= limit) | (c <= -limit) if signed else c >= limit


def _float(name: str, key: str) -> Column:
    c = pl.col(key)
    # a spreadsheet shows 11 characters of a number at most, so a few values tell the width
    width = c.head(100).cast(pl.String).str.len_bytes().max().clip(upper_bound=12)
    aside = ~c.is_finite() | ((c.abs() < SMALLEST) & (c != 0))
    return Column(name, key, "float", width, c, aside=aside, aside_text=c.cast(pl.String), why=NO_NUMBER)


def _decimal(name: str, key: str, dtype: pl.Decimal) -> Column:
    c = pl.col(key)
    plain = c.cast(pl.String)
    digits = plain.str.replace_all(r"[-.]", "").str.strip_chars("0").str.len_bytes()
    return Column(
        name,
        key,
        "float",
        _longest(c),
        plain,
        WHOLE if not dtype.scale else f"{WHOLE}.{'0' * min(dtype.scale, 15)}",
        aside=digits > 15,
        aside_text=plain,
        why=MANY_DIGITS,
    )


def _date(name: str, key: str, dtype: pl.DataType) -> Column:
    c = pl.col(key)
    day = c.to_physical()
    return Column(
        name,
        key,
        "datetime",
        10,
        day + EPOCH,
        DATE,
        aside=_outside(day, FIRST_DAY - EPOCH, LAST_DAY - EPOCH + 1),
        aside_text=_said(c, day, 1, "days", "%Y-%m-%d"),
        why=NO_DATE,
    )


def _datetime(name: str, key: str, dtype: pl.Datetime) -> Column:
    c, day, zone = pl.col(key), _PER_DAY[dtype.time_unit], dtype.time_zone or ""
    ticks, suffix = c.to_physical(), UTC if zone else ""
    return Column(
        name,
        key,
        "datetime",
        23 if zone else 19,
        (_millis(ticks, day) + EPOCH * _MILLIS_A_DAY) / _MILLIS_A_DAY,
        MOMENT + suffix,
        aside=_outside(ticks, (FIRST_DAY - EPOCH) * day, (LAST_DAY - EPOCH + 1) * day),
        aside_text=_said(c, ticks, day, dtype.time_unit, "%Y-%m-%dT%H:%M:%S%.f" + ("Z" if zone else "")),
        why=NO_DATE,
        other=ticks % (day // 86_400) != 0,
        other_format=MOMENT + MILLIS + suffix,
        fine=_finer(ticks, day),
        ready=c.dt.convert_time_zone("UTC") if zone else None,
        zone="" if zone == "UTC" else zone,
    )


def _time(name: str, key: str, dtype: pl.DataType) -> Column:
    ticks, day = pl.col(key).to_physical(), _PER_DAY["ns"]
    return Column(
        name,
        key,
        "datetime",
        8,
        _millis(ticks, day) / _MILLIS_A_DAY,
        CLOCK,
        other=ticks % (day // 86_400) != 0,
        other_format=CLOCK + MILLIS,
        fine=_finer(ticks, day),
    )


def _duration(name: str, key: str, dtype: pl.Duration) -> Column:
    c, day = pl.col(key), _PER_DAY[dtype.time_unit]
    ticks = c.to_physical()
    return Column(
        name,
        key,
        "duration",
        10,
        _millis(ticks, day) / _MILLIS_A_DAY,
        SPAN,
        aside=_outside(ticks, 0, (LAST_DAY + 1) * day),
        aside_text=c.dt.to_string("iso"),
        why=NO_SPAN,
        other=ticks % (day // 86_400) != 0,
        other_format=SPAN + MILLIS,
        fine=_finer(ticks, day),
    )


def _outside(ticks: pl.Expr, low: int, end: int) -> pl.Expr:
    # nanoseconds never reach the end: it lies beyond 64 bits
    return (ticks < low) | (ticks >= end) if end < 2**63 else ticks < low


def _millis(ticks: pl.Expr, per_day: int) -> pl.Expr:
    # Excel rounds what is finer: the last microsecond of a day would be shown as the next day
    return ticks if per_day == _MILLIS_A_DAY else ticks // (per_day // _MILLIS_A_DAY)


def _finer(ticks: pl.Expr, per_day: int) -> pl.Expr | None:
    return None if per_day == _MILLIS_A_DAY else ticks % (per_day // _MILLIS_A_DAY) != 0


def _said(c: pl.Expr, ticks: pl.Expr, per_day: int, unit: str, pattern: str) -> pl.Expr:
    """A date in ISO 8601, or the count since 1970 where Polars has no words for it."""
    far = SAYABLE_DAYS * per_day
    if far >= 2**63:
        return c.dt.strftime(pattern)
    iso = pl.when(ticks.is_between(-far, far)).then(c).dt.strftime(pattern)
    return pl.coalesce(iso, pl.concat_str(ticks, pl.lit(f" {unit} since 1970-01-01")))


_FAMILIES: tuple[tuple[type[pl.DataType], Callable[..., Column]], ...] = (
    (pl.Boolean, _boolean),
    (pl.Decimal, _decimal),
    (pl.Date, _date),
    (pl.Datetime, _datetime),
    (pl.Time, _time),
    (pl.Duration, _duration),
)
