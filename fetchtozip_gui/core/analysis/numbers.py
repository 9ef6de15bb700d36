"""The numeric columns of a table: which they are, their finite values as expressions, and exact quantiles of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from fetchtozip_gui.core.steps.lookup import known, named

AT_ONCE = 4_000_000
"""Values of one column that are held in memory together."""
BINS = 8_192
"""Of a first, fine histogram."""
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


def quantiles(
    rows: pl.LazyFrame, columns: Sequence[Number], known: Sequence[Extent], shares: Sequence[float]
) -> list[tuple[float | None, ...]]:
    """The exact quantiles of each column, linear between neighbours (type 7 of Hyndman and Fan, as pandas has it).

    Values are counted into fine bins, and only those bins are looked into that hold a wanted one.
    """
    found: list[tuple[float | None, ...]] = []
    for column, extent in zip(columns, known, strict=True):
        if extent.low is None or extent.high is None:
            found.append((None,) * len(shares))
            continue
        places = [share * (extent.count - 1) for share in shares]
        wanted = sorted({rank for place in places for rank in (math.floor(place), math.ceil(place))})
        values = rows.select(column.value.alias("value")).drop_nulls()
        at = _at_ranks(values, extent.low, extent.high, wanted)
        found.append(tuple(_between(place, at.__getitem__) for place in places))
    return found


def _at_ranks(values: pl.LazyFrame, low: float, high: float, wanted: list[int]) -> dict[int, float]:
    """The values at zero-based places of the sorted column, which has them from `low` to `high`."""
    # halves: the distance of two floats may be more than a float can be
    spread = high / 2 - low / 2
    if spread == 0:
        return dict.fromkeys(wanted, low)
    place = ((pl.col("value") / 2 - low / 2) / spread * (BINS - 1)).floor().cast(pl.UInt32).alias("bin")
    sizes = values.select(place).group_by("bin").len().collect(engine="streaming").sort("bin")
    below, inside = 0, {}
    for number, size in sizes.iter_rows():
        if here := [rank for rank in wanted if below <= rank < below + size]:
            inside[number] = below, size, here
        below += size
    found: dict[int, float] = {}
    small = [number for number, (_, size, _) in inside.items() if size <= AT_ONCE // len(inside)]
    kept = values.with_columns(place).filter(pl.col("bin").is_in(small)).collect(engine="streaming")
    for number, (below, _, here) in inside.items():
        if number in small:
            ordered = kept.filter(pl.col("bin") == number)["value"].sort()
            found |= {rank: ordered[rank - below] for rank in here}
            continue
        some = values.filter(place == number)
        ends = some.select(pl.min("value"), pl.max("value").alias("high")).collect(engine="streaming")
        inner = _at_ranks(some, ends.item(0, 0), ends.item(0, 1), [rank - below for rank in here])
        found |= {below + rank: value for rank, value in inner.items()}
    return found


def at_shares(ordered: pl.Series, shares: Sequence[float]) -> tuple[float | None, ...]:
    """The quantiles of values that are sorted and finite; null where there are none."""
    if not ordered.len():
        return (None,) * len(shares)
    return tuple(_between(share * (ordered.len() - 1), lambda rank: float(ordered[rank])) for share in shares)


def _between(place: float, at: Callable[[int], float]) -> float:
    low, high = at(math.floor(place)), at(math.ceil(place))
    return low + (place - math.floor(place)) * (high - low)
