"""How values spread: bars of a histogram planned as Polars expressions, and their words."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

import polars as pl

from fetchtozip_gui.core.steps.lookup import named

BARS = 12
"""Bars of the finest histogram."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How many values are between two edges, or are this one."""

    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Bars of one width that begin at `low`, which is counted as `dtype` is kept: times as a number of ticks."""

    at: int
    name: str
    dtype: pl.DataType
    kind: str
    low: float
    width: float
    count: int

    def asked(self) -> list[pl.Expr]:
        """One count a bar; its name begins with the column's place."""
        column = named(self.name)
        if self.kind == "lengths":
            column = column.str.len_chars()
        elif self.dtype.is_temporal():
            column = column.to_physical()
        column = column.cast(pl.Float64)
        if self.dtype.is_float():
            column = column.filter(column.is_finite())
        # the largest value stands on the last edge and belongs to the last bar
        place = ((column - self.low) / self.width).floor().clip(0, self.count - 1)
        return [(place == bar).sum().alias(f"{self.at}.bar.{bar}") for bar in range(self.count)]

    def bars(self, counts: dict[str, Any]) -> tuple[Bar, ...]:
        """The bars, from what the counts came to."""
        return tuple(Bar(self._words(bar), counts[f"{self.at}.bar.{bar}"]) for bar in range(self.count))

    def _words(self, bar: int) -> str:
        start, end = self.low + bar * self.width, self.low + (bar + 1) * self.width
        if self.kind == "times":
            return f"{_time(start, self.dtype, self.width)} to {_time(end, self.dtype, self.width)}"
        if self.dtype.is_integer() or self.kind == "lengths":
            return f"{start:,.0f}" if self.width == 1 else f"{start:,.0f} to {end - 1:,.0f}"
        return _number(start) if self.count == 1 else f"{_number(start)} to {_number(end)}"


def spread_of(at: int, name: str, dtype: pl.DataType, told: dict[str, Any]) -> Spread | None:
    """The bars for a column whose smallest and largest value are known; none where values have no order to show."""
    if dtype == pl.String:
        kind = "lengths"
    elif dtype.is_numeric():
        kind = "numbers"
    elif dtype.is_temporal():
        kind = "times"
    else:
        return None
    ends = ("low", "high") if dtype == pl.String or dtype.is_float() else ("min", "max")
    first, last = (told[f"{at}.{end}"] for end in ends)
    if first is None or last is None:
        return None
    if kind == "times":
        ticks = pl.Series([first, last], dtype=dtype).to_physical().to_list()
        first, last = ticks[0], ticks[1]
    low, high = float(first), float(last)
    if not math.isfinite(high - low):
        return None
    if dtype.is_integer() or kind != "numbers":
        # whole steps, so that no bar is between two values
        width = max(1.0, math.ceil((high - low + 1) / BARS))
        return Spread(at, name, dtype, kind, low, width, min(BARS, math.floor((high - low) / width) + 1))
    width = (high - low) / BARS
    # so close to each other that no edge fits between them, or equal
    return Spread(at, name, dtype, kind, low, width, BARS) if width else Spread(at, name, dtype, kind, low, 1.0, 1)


def values_of(counted: pl.DataFrame, most: int) -> tuple[Bar, ...]:
    """The most frequent values; those that are equally frequent in their own order, so that it is always the same."""
    top = counted.with_columns(pl.col("value").cast(pl.String)).sort("len", "value", descending=[True, False])
    return tuple(Bar(_quoted(value), count) for value, count in top.head(most).iter_rows())


def _quoted(text: str) -> str:
    if not text.strip():
        return "empty" if not text else "only spaces"
    return f"{text[:39]}…" if len(text) > 40 else text


def _number(value: float) -> str:
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e15 else f"{value:.4g}"


def _time(ticks: float, dtype: pl.DataType, width: float) -> str:
    value = pl.Series([round(ticks)]).cast(pl.Int32 if dtype == pl.Date else pl.Int64).cast(dtype)
    made = value.dt.to_string("polars").item() if dtype == pl.Duration else value.item()
    if isinstance(made, dt.datetime):
        day = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}[getattr(dtype, "time_unit", "us")]
        return f"{made:%Y-%m-%d}" if width >= day else f"{made:%Y-%m-%d %H:%M:%S}"
    return str(made)
