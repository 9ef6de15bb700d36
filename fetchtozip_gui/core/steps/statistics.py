"""The parts of the cleaning step that look at all rows: what is missing filled, outliers found, numbers normalised."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from fetchtozip_gui.core import ranks
from fetchtozip_gui.core.replay import Wanted, chunks, pieces, reading, row_by_row
from fetchtozip_gui.core.steps.lookup import named

_HELD = 4_000_000
"""Values held at once where a quantile is asked for: about 32 MB. A taller column is counted into fine bins instead."""
Method = Literal["iqr", "zscore"]


def present(name: str, dtype: pl.DataType) -> pl.Expr:
    """The column with NaN as null: a number that is none is missing."""
    return named(name).fill_nan(None) if dtype.is_float() else named(name)


def missing(name: str, dtype: pl.DataType) -> pl.Expr:
    """Whether a value is missing: null, or NaN in a column of floats."""
    return present(name, dtype).is_null()


def known_values(name: str, dtype: pl.DataType) -> pl.Expr:
    """The column's finite numbers as floats: what every statistic is computed from."""
    value = named(name).cast(pl.Float64)
    return value.filter(value.is_finite()) if dtype.is_float() else value.drop_nulls()


# --- what is missing ----------------------------------------------------------------------------------------------


def fill_with_middle(rows: pl.LazyFrame, columns: list[str], function: Literal["mean", "median"]) -> pl.LazyFrame:
    """Missing numbers become the mean or median of the others; in a column of integers it is rounded, half to even."""
    schema = rows.collect_schema()
    found = quantiles(rows, columns, (0.5,)) if function == "median" else _means(rows, columns)
    fills: dict[str, Any] = {}
    for name in columns:
        value = found[name][0]
        if value is not None:
            fills[name] = round(value) if schema[name].is_integer() else value
    return fill(rows, fills)


def fill_with_mode(rows: pl.LazyFrame, columns: list[str]) -> pl.LazyFrame:
    """Missing values become the most frequent other one; among equals the smallest."""
    schema = rows.collect_schema()
    fills = {}
    for name in columns:
        value = present(name, schema[name]).drop_nulls().alias("value")
        counted = rows.select(value).group_by("value").len().collect(engine="streaming")
        best = counted.filter(pl.col("len") == pl.col("len").max()).get_column("value").sort()
        if best.len():
            fills[name] = best[0]
    return fill(rows, fills)


def fill(rows: pl.LazyFrame, values: Mapping[str, Any]) -> pl.LazyFrame:
    """Missing values become those of `values`, in the column's own type."""
    schema = rows.collect_schema()
    made = [
        pl.when(missing(name, schema[name])).then(pl.lit(value).cast(schema[name])).otherwise(named(name)).alias(name)
        for name, value in values.items()
    ]
    return row_by_row(rows, lambda some: some.with_columns(made))


def carry_forward(rows: pl.LazyFrame, columns: list[str]) -> pl.LazyFrame:
    """Missing values become the last one before them; those before the first value stay missing."""
    schema = rows.collect_schema()

    def read(wanted: Wanted) -> Iterator[pl.DataFrame]:
        last: dict[str, Any] = {}
        here = [name for name in columns if wanted is None or name in wanted]
        for frame in pieces(rows, wanted):
            made = frame.with_columns(present(name, schema[name]).forward_fill() for name in here)
            made = made.with_columns(named(name).fill_null(value) for name, value in last.items())
            last |= {name: _at(made, name, -1) for name in here if _at(made, name, -1) is not None}
            yield made

    return reading(schema, read)


def carry_backward(rows: pl.LazyFrame, columns: list[str]) -> pl.LazyFrame:
    """Missing values become the next one after them; those after the last value stay missing."""
    schema = rows.collect_schema()
    firsts = []
    for frame in chunks(rows.select(present(name, schema[name]) for name in columns)):
        found = frame.select(pl.all().drop_nulls().first())
        firsts.append({name: found[name].slice(0, 1) for name in columns if found[name][0] is not None})

    def read(wanted: Wanted) -> Iterator[pl.DataFrame]:
        here = [name for name in columns if wanted is None or name in wanted]
        upcoming: dict[str, pl.Series] = {}
        after = []
        for first in reversed(firsts):
            after.append(upcoming)
            upcoming = {**upcoming, **first}
        for frame, coming in zip(pieces(rows, wanted), reversed(after), strict=True):
            made = frame.with_columns(present(name, schema[name]).backward_fill() for name in here)
            yield made.with_columns(named(name).fill_null(pl.lit(coming[name])) for name in here if name in coming)

    return reading(schema, read)


def _at(frame: pl.DataFrame, name: str, place: int) -> pl.Series | None:
    value = frame.get_column(name).slice(place, 1)
    return value if value.null_count() == 0 else None


# --- outliers and scales ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bounds:
    """The smallest and the largest value that is no outlier."""

    low: float
    high: float


def bounds(rows: pl.LazyFrame, columns: list[str], method: Method, factor: float) -> dict[str, Bounds]:
    """What lies outside is an outlier. A column whose values do not spread, or that has none, has no bounds.

    `iqr`: the quartiles (with linear interpolation) less and plus `factor` times their distance. `zscore`: the mean
    less and plus `factor` standard deviations (dividing by n - 1).
    """
    if method == "iqr":
        quarters = quantiles(rows, columns, (0.25, 0.75))
        spread = {name: (low, high, high - low) for name, (low, high) in quarters.items() if low is not None}
    else:
        moments = _moments(rows, columns)
        spread = {name: (mean, mean, deviation) for name, (mean, deviation) in moments.items() if mean is not None}
    return {
        name: Bounds(low - factor * distance, high + factor * distance)
        for name, (low, high, distance) in spread.items()
        if distance and math.isfinite(distance)
    }


def dropped(rows: pl.LazyFrame, found: Mapping[str, Bounds]) -> pl.LazyFrame:
    """The rows without an outlier; what is missing is none, infinity is one."""
    schema = rows.collect_schema()
    outside = [
        (present(name, schema[name]) < one.low) | (present(name, schema[name]) > one.high)
        for name, one in found.items()
    ]
    if not outside:
        return rows
    inside = ~pl.any_horizontal(part.fill_null(False) for part in outside)
    return row_by_row(rows, lambda some: some.filter(inside))


def clipped(rows: pl.LazyFrame, found: Mapping[str, Bounds]) -> pl.LazyFrame:
    """Outliers brought to the nearest bound; in a column of integers to the nearest integer inside."""
    schema = rows.collect_schema()
    made = []
    for name, one in found.items():
        value, dtype = named(name), schema[name]
        low, high = (math.ceil(one.low), math.floor(one.high)) if dtype.is_integer() else (one.low, one.high)
        made.append(
            pl.when(present(name, dtype) < one.low)
            .then(pl.lit(low).cast(dtype, strict=False))
            .when(present(name, dtype) > one.high)
            .then(pl.lit(high).cast(dtype, strict=False))
            .otherwise(value)
            .alias(name)
        )
    return row_by_row(rows, lambda some: some.with_columns(made))


def normalized(rows: pl.LazyFrame, columns: list[str], how: Literal["minmax", "zscore"]) -> pl.LazyFrame:
    """Numbers as floats from 0 to 1, or with mean 0 and standard deviation 1 (dividing by n - 1).

    Where all values are equal they become 0. Missing values stay missing, and infinities infinite.
    """
    found = _moments(rows, columns) if how == "zscore" else _extremes(rows, columns)
    made = []
    for name in columns:
        zero, unit = found[name]
        value = named(name).cast(pl.Float64)
        if zero is not None:
            moved = value - zero
            if not unit:
                value = pl.when(value.is_finite()).then(0.0).otherwise(moved)
            elif how == "minmax":
                # Polars multiplies by 1 / unit, which does not always make the largest value 1
                value = pl.when(moved == unit).then(1.0).otherwise(moved / unit)
            else:
                value = moved / unit
        made.append(value.alias(name))
    return row_by_row(rows, lambda some: some.with_columns(made))


Two = tuple[float | None, float | None]


def _means(rows: pl.LazyFrame, columns: list[str]) -> dict[str, Two]:
    return _asked(rows, columns, lambda value: (value.mean(), pl.lit(None)))


def _moments(rows: pl.LazyFrame, columns: list[str]) -> dict[str, Two]:
    return _asked(rows, columns, lambda value: (value.mean(), value.std()))


def _extremes(rows: pl.LazyFrame, columns: list[str]) -> dict[str, Two]:
    return _asked(rows, columns, lambda value: (value.min(), value.max() - value.min()))


def quantiles(rows: pl.LazyFrame, columns: list[str], places: tuple[float, ...]) -> dict[str, tuple[Any, ...]]:
    """Exact quantiles with linear interpolation; some columns at a time, so that memory has a bound."""
    found: dict[str, tuple[Any, ...]] = {}
    if not columns:
        return found
    schema = rows.collect_schema()
    height, values = _values(rows, columns[0], schema[columns[0]])
    if values is None:
        ends = _asked(rows, columns, lambda value: (value.count(), value.min(), value.max()))
        for name in columns:
            column = rows.select(known_values(name, schema[name]).alias("value"))
            count, low, high = ends[name]
            found[name] = ranks.quantiles(column, count, low, high, places)
        return found
    ordered = values.sort()
    found[columns[0]] = ranks.at_shares(ordered, places)
    together = max(1, _HELD // max(1, height))
    for begin in range(1, len(columns), together):
        some = columns[begin : begin + together]
        found |= _asked(rows, some, lambda value: tuple(value.quantile(place, "linear") for place in places))
    return found


def _values(rows: pl.LazyFrame, name: str, dtype: pl.DataType) -> tuple[int, pl.Series | None]:
    """How many rows there are, and the finite numbers of a column; null where there are more than can be held."""
    height, found = 0, [pl.Series(name, [], dtype=pl.Float64)]
    for frame in chunks(rows, [name]):
        height += frame.height
        if height > _HELD:
            return height, None
        found.append(frame.select(known_values(name, dtype)).to_series())
    return height, pl.concat(found)


def _asked(rows: pl.LazyFrame, columns: list[str], values: Callable[[pl.Expr], tuple[pl.Expr, ...]]) -> dict[str, Any]:
    """One pass over all rows: a few values of each column's finite numbers."""
    schema = rows.collect_schema()
    asked = [
        value.alias(f"{number}.{place}")
        for number, name in enumerate(columns)
        for place, value in enumerate(values(known_values(name, schema[name])))
    ]
    if not asked:
        return {}
    answer = rows.select(asked).collect(engine="streaming").row(0, named=True)
    each = len(asked) // len(columns)
    return {name: tuple(answer[f"{number}.{place}"] for place in range(each)) for number, name in enumerate(columns)}
