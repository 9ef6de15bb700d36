"""Which numbers are far from the others: by the quartiles (Tukey's fences) and by the distance from the mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from fetchtozip_gui.core.analysis.numbers import Extent, Looked, Number, look, numbers, quantiles
from fetchtozip_gui.core.steps.lookup import named

Method = Literal["iqr", "zscore"]
FENCE = 1.5
"""Distances of the quartiles from each other that a value may be beyond them."""
DEVIATIONS = 3.0
"""Standard deviations that a value may be from the mean."""
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one rule says: values below `low` or above `high` are outliers, so many, and the first of them with their
    rows, counted from 1. Bounds are null where there are too few values."""

    method: Method
    low: float | None
    high: float | None
    below: int
    above: int
    first: tuple[tuple[int, Any], ...]

    @property
    def count(self) -> int:
        return self.below + self.above


@dataclass(frozen=True, slots=True)
class Outliers:
    """One column by both rules. Infinite values are beyond any bound, and left out."""

    name: str
    count: int
    iqr: Bounds
    zscore: Bounds


def outliers(
    rows: pl.DataFrame | pl.LazyFrame, columns: Sequence[str] | None = None, *, looked: Looked | None = None
) -> tuple[Outliers, ...]:
    """Look for outliers in all columns of numbers, over all rows."""
    lazy = rows.lazy()
    found = numbers(lazy.collect_schema(), columns)
    if not found:
        return ()
    looked = looked or look(lazy, found)
    known = looked.extents
    quartiles = looked.quartiles or quantiles(looked.rows, found, known, (0.25, 0.75))
    fences = [_fences(extent, each[0], each[-1]) for extent, each in zip(known, quartiles, strict=True)]
    rules: list[tuple[Number, Method, float, float]] = [
        (column, method, *ends)
        for column, both in zip(found, fences, strict=True)
        for method, ends in both.items()
        if ends is not None
    ]
    asked = []
    for at, (column, _, low, high) in enumerate(rules):
        asked += [(column.value < low).sum().alias(f"{at}.below"), (column.value > high).sum().alias(f"{at}.above")]
    told = looked.rows.select(pl.len(), *asked).collect(engine="streaming").row(0, named=True)
    in_order = lazy if looked.rising else looked.rows
    made = {
        (column.name, method): Bounds(
            method,
            low,
            high,
            told[f"{at}.below"],
            told[f"{at}.above"],
            _first(in_order, column, low, high) if told[f"{at}.below"] + told[f"{at}.above"] else (),
        )
        for at, (column, method, low, high) in enumerate(rules)
    }
    return tuple(
        Outliers(
            column.name,
            extent.count,
            made.get((column.name, "iqr"), Bounds("iqr", None, None, 0, 0, ())),
            made.get((column.name, "zscore"), Bounds("zscore", None, None, 0, 0, ())),
        )
        for column, extent in zip(found, known, strict=True)
    )


def _first(lazy: pl.LazyFrame, column: Number, low: float, high: float) -> tuple[tuple[int, Any], ...]:
    beyond = (column.value < low) | (column.value > high)
    # a name of its own cannot be one of the table's
    numbered = lazy.select(named(column.name).alias("value"), beyond.alias("beyond")).with_row_index("row", 1)
    return tuple(numbered.filter("beyond").head(SHOWN).select("row", "value").collect(engine="streaming").iter_rows())


def _fences(extent: Extent, first: float | None, third: float | None) -> dict[Method, tuple[float, float] | None]:
    fenced = far = None
    if first is not None and third is not None:
        reach = FENCE * (third - first)
        fenced = (first - reach, third + reach)
    if extent.mean is not None and extent.std_dev is not None:
        reach = DEVIATIONS * extent.std_dev
        far = (extent.mean - reach, extent.mean + reach)
    return {"iqr": fenced, "zscore": far}
