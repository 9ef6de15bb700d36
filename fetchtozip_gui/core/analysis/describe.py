"""The figures that describe a column: its middle, its spread, its shape, and how much of it is there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from fetchtozip_gui.core.analysis.counts import Category, categorical, has_order, of_sorted
from fetchtozip_gui.core.analysis.numbers import Extent, Looked, Number, chosen, extents, numbers, quantiles, some_of
from fetchtozip_gui.core.ranks import AT_ONCE, at_shares
from fetchtozip_gui.core.steps.lookup import named

QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the finite numbers of a column; null where there are too few of them, or their spread is nought.

    `variance` divides by n - 1. `skew` and `kurtosis` (excess) are the unbiased ones, G1 and G2 of Joanes and Gill,
    as pandas has them and SciPy with `bias=False`.
    """

    mean: float | None
    median: float | None
    std_dev: float | None
    variance: float | None
    quartiles: tuple[float | None, ...]
    """At a quarter, a half and three quarters, linear between neighbours."""
    skew: float | None
    kurtosis: float | None
    infinite: int
    """Values that are infinite, and in none of the other figures."""


@dataclass(frozen=True, slots=True)
class Description:
    """One column; `figures` is null for those without numbers. `min` and `max` are in the column's own type, null for
    types without an order; `mode` is the smallest of the most frequent values."""

    name: str
    type: str
    count: int
    missing: int
    distinct: int
    mode: Any
    min: Any
    max: Any
    figures: Figures | None


def describe(
    rows: pl.DataFrame | pl.LazyFrame,
    columns: Sequence[str] | None = None,
    counted: Sequence[Category] = (),
    looked: Looked | None = None,
) -> tuple[Description, ...]:
    """Describe the chosen columns over all rows, with memory that does not grow with their number.

    `counted` are columns without numbers whose values have been counted already; `looked` is at all of the others.
    Two passes over all of them for extent and moments; then a column at a time, for what has to be sorted or counted.
    """
    lazy = rows.lazy()
    schema = lazy.collect_schema()
    names = chosen(schema, columns)
    if not names:
        return ()
    numeric = numbers(schema, names)
    looked = looked or Looked(lazy, extents(lazy, numeric))
    moments = _moments(looked.rows, numeric, looked.extents)
    told: dict[str, tuple[Category, Figures | None]] = {one.name: (one, None) for one in counted}
    for column, extent, sums in zip(numeric, looked.extents, moments, strict=True):
        if extent.count <= AT_ONCE:
            values, quarters = _in_memory(looked, column)
        else:
            (values,) = categorical(lazy, [column.name], top=1)
            (quarters,) = quantiles(lazy, [column], [extent], QUARTILES)
        told[column.name] = values, _of_sums(extent, sums, quarters)
    others = [name for name in names if name not in told]
    told |= {one.name: (one, None) for one in (categorical(lazy, others, top=1) if others else ())}
    ends = {name: one.ends for name, (one, _) in told.items() if one.ends is not None}
    ends |= _ends(lazy, schema, [name for name in names if name not in ends])
    return tuple(_described(told[name][0], ends[name], told[name][1]) for name in names)


def _in_memory(looked: Looked, column: Number) -> tuple[Category, tuple[float | None, ...]]:
    """Sorted once, for the counts and the quartiles."""
    ordered, missing = looked.ordered(column)
    finite = ordered
    if column.dtype.is_float() and ordered.is_infinite().any():
        finite = ordered.filter(ordered.is_finite())
    return of_sorted(column.name, ordered, missing), at_shares(finite, QUARTILES)


def _described(counted: Category, ends: tuple[Any, Any], figures: Figures | None) -> Description:
    return Description(
        counted.name,
        counted.type,
        counted.count,
        counted.missing,
        counted.distinct,
        counted.mode,
        *ends,
        figures,
    )


def _ends(lazy: pl.LazyFrame, schema: pl.Schema, names: list[str]) -> dict[str, tuple[Any, Any]]:
    told: dict[str, tuple[Any, Any]] = dict.fromkeys(names, (None, None))
    able = [name for name in names if has_order(schema[name])]
    for some in some_of(able):
        asked = []
        for name in some:
            is_coded = schema[name] in (pl.Categorical, pl.Enum)
            ordered = named(name).cast(pl.String) if is_coded else named(name)
            asked += [ordered.min().alias(f"min {name}"), ordered.max().alias(f"max {name}")]
        found = lazy.select(asked).collect(engine="streaming").row(0)
        told |= dict(zip(some, zip(found[::2], found[1::2], strict=True), strict=True))
    return told


def _moments(lazy: pl.LazyFrame, columns: Sequence[Number], known: Sequence[Extent]) -> list[tuple[float, ...]]:
    """Sums of the first four powers of the distances from the mean, and how many values are infinite.

    The largest distance is 1, so that neither the smallest nor the largest numbers there are lose their powers.
    """
    if not columns:
        return []
    distances, squares, asked = [], [], []
    for column, extent in zip(columns, known, strict=True):
        away, square, infinite = (pl.col(f"{column.at}.{what}") for what in ("away", "square", "infinite"))
        distance = (column.value - (extent.mean or 0.0)) / (_reach(extent) or 1.0)
        distances.append(distance.alias(f"{column.at}.away"))
        if column.dtype.is_float():
            distances.append(named(column.name).is_infinite().alias(f"{column.at}.infinite"))
        squares.append((away * away).alias(f"{column.at}.square"))
        powers = (away, square, square * away, square * square)
        asked += [power.sum().alias(f"{column.at}.{number}") for number, power in enumerate(powers)]
        asked.append((infinite.sum() if column.dtype.is_float() else pl.lit(0)).alias(f"{column.at}.4"))
    # one after the other: in one step, each sum would make its distances and squares anew
    told = lazy.select(distances).with_columns(squares).select(asked).collect(engine="streaming").row(0, named=True)
    return [tuple(told[f"{column.at}.{number}"] for number in range(5)) for column in columns]


def _of_sums(extent: Extent, sums: tuple[float, ...], quarters: tuple[float | None, ...]) -> Figures:
    n, reach = extent.count, _reach(extent)
    # what rounding has left of the first moment is taken off the second
    second = max(0.0, sums[1] - sums[0] * sums[0] / n) if n else 0.0
    variance = second / (n - 1) * reach * reach if n > 1 else None
    deviation = math.sqrt(second / (n - 1)) * reach if n > 1 else None
    skew = kurtosis = None
    # a distance that is only the rounding of large equal numbers has no shape
    if n > 2 and math.isfinite(reach) and reach > 1e-14 * abs(extent.mean or 0.0):
        m2, m3, m4 = second / n, sums[2] / n, sums[3] / n
        skew = math.sqrt(n * (n - 1)) / (n - 2) * m3 / m2**1.5
        if n > 3:
            kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * m4 / (m2 * m2) - 3 * (n - 1))
    return Figures(
        extent.mean,
        quarters[1],
        deviation,
        variance,
        quarters,
        skew,
        kurtosis,
        int(sums[4]),
    )


def _reach(extent: Extent) -> float:
    """The largest distance of a value from the mean."""
    if extent.mean is None or extent.low is None or extent.high is None:
        return 0.0
    return max(extent.high - extent.mean, extent.mean - extent.low)
