"""The numeric columns of a table: which they are, their finite values as expressions, and exact quantiles of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from fetchtozip_gui.core import ranks
from fetchtozip_gui.core.steps.lookup import known, named

T = TypeVar("T")

_HELD = 16_000_000
"""Numbers of a table up to which they are read once and held, rather than read for each pass."""


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric column. NaN counts as missing; infinities are there, and left out of every figure."""

    at: int
    """A number of its own, which goes before the name of what is asked of it."""
    name: str
    dtype: pl.DataType

    @property
    def value(self) -> pl.Expr:
        """The finite values as floats, null for all others."""
        column = named(self.name).cast(pl.Float64)
        return pl.when(column.is_finite()).then(column) if self.dtype.is_float() else column

    @property
    def missing(self) -> pl.Expr:
        """Whether there is no value."""
        return is_missing(self.name, self.dtype)


def is_missing(name: str, dtype: pl.DataType) -> pl.Expr:
    """Null, and in columns of floats NaN too."""
    column = named(name)
    return column.is_nan().fill_null(True) if dtype.is_float() else column.is_null()


def chosen(schema: pl.Schema, columns: Sequence[str] | None) -> list[str]:
    """The columns that were named, all where none were; `StepError` for one that is not there."""
    return known(schema.names() if columns is None else columns, schema.names(), "columns")


def some_of(columns: Sequence[T]) -> Iterator[Sequence[T]]:
    """A third of the columns at a time, but four at least: what a pass over all rows reads together, it holds together,
    and nothing is read twice."""
    size = max(4, math.ceil(len(columns) / 3))
    return (columns[start : start + size] for start in range(0, len(columns), size))


def numbers(schema: pl.Schema, columns: Sequence[str] | None = None) -> tuple[Number, ...]:
    """Those of the chosen columns that hold numbers; truth values are none."""
    names = [name for name in chosen(schema, columns) if schema[name].is_numeric()]
    return tuple(Number(at, name, schema[name]) for at, name in enumerate(names))


def at_hand(rows: pl.LazyFrame, columns: Sequence[Number]) -> pl.LazyFrame:
    """These columns for several passes: in memory where they are small, as they are where they are not."""
    some = rows.select(named(column.name) for column in columns)
    return some.collect(engine="streaming").lazy() if columns and is_small(rows, columns) else some


def is_small(rows: pl.LazyFrame, columns: Sequence[Number]) -> bool:
    """Whether so many numbers of all rows may be held together."""
    return int(rows.select(pl.len()).collect(engine="streaming").item()) * len(columns) <= _HELD


@dataclass(frozen=True, slots=True)
class Extent:
    """How many finite values there are, the smallest and the largest, their mean and spread; null without any."""

    count: int
    low: float | None
    high: float | None
    mean: float | None
    std_dev: float | None
    """With n - 1; null for fewer than two."""


def extents(rows: pl.LazyFrame, columns: Sequence[Number]) -> list[Extent]:
    """Of each column, in one pass."""
    if not columns:
        return []
    asked = []
    for column in columns:
        value = column.value
        asked += [
            value.count().alias(f"{column.at}.count"),
            value.min().alias(f"{column.at}.low"),
            value.max().alias(f"{column.at}.high"),
            value.mean().alias(f"{column.at}.mean"),
            value.std().alias(f"{column.at}.std_dev"),
        ]
    told = rows.select(asked).collect(engine="streaming").row(0, named=True)
    return [Extent(*(told[f"{column.at}.{what}"] for what in Extent.__dataclass_fields__)) for column in columns]


@dataclass(frozen=True, slots=True)
class Looked:
    """What several analyses want to know of the same columns: these for several passes, their extents, and their
    quartiles where they have been found."""

    rows: pl.LazyFrame
    extents: Sequence[Extent]
    quartiles: Sequence[tuple[float | None, ...]] | None = None
    rising: bool = False
    """Whether there is one column, and its values rise, whatever their rows."""

    def ordered(self, column: Number) -> tuple[pl.Series, int]:
        """The values of a column that are there, in memory and sorted, and how many are missing."""
        if not self.rising:
            value = pl.when(~column.missing).then(named(column.name)).alias("value")
            found = self.rows.select(value).collect(engine="streaming")["value"]
            return found.drop_nulls().sort(), found.null_count()
        every = self.rows.collect(engine="in-memory").to_series()
        # those that are null come first, and NaN comes last
        nulls, nans = every.null_count(), int(every.is_nan().sum()) if column.dtype.is_float() else 0
        return every.slice(nulls, every.len() - nulls - nans), nulls + nans


def look(rows: pl.LazyFrame, columns: Sequence[Number]) -> Looked:
    """At these columns, for an analysis that nobody has looked for before."""
    there = at_hand(rows, columns)
    return Looked(there, extents(there, columns))


def look_at_one(rows: pl.LazyFrame, column: Number, height: int) -> Looked:
    """At one of the columns, for analyses of it alone; in memory and sorted, where so many rows are not too many."""
    alone = rows.select(named(column.name))
    rising = height <= ranks.AT_ONCE
    if rising:
        alone = alone.collect(engine="streaming").to_series().sort().to_frame().lazy()
    return Looked(alone, extents(alone, [column]), rising=rising)


def quantiles(
    rows: pl.LazyFrame, columns: Sequence[Number], known: Sequence[Extent], shares: Sequence[float]
) -> list[tuple[float | None, ...]]:
    """The exact quantiles of each column, linear between neighbours (type 7 of Hyndman and Fan, as pandas has it)."""
    return [
        ranks.quantiles(rows.select(column.value.alias("value")), extent.count, extent.low, extent.high, shares)
        for column, extent in zip(columns, known, strict=True)
    ]
