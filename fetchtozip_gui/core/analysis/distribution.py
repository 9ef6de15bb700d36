"""How the numbers of a column are distributed: a histogram with bins as wide as the data asks for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from fetchtozip_gui.core.analysis.numbers import Extent, Looked, Number, look, numbers
from fetchtozip_gui.core.ranks import BINS

MOST_BINS = 100
"""Of one histogram, whatever the data asks for."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """`counts[i]` values are from `edges[i]` to before `edges[i + 1]`; the last bin holds its upper edge too."""

    name: str
    count: int
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    rule: str
    """Which rule has chosen the bins: `freedman-diaconis`, `sturges` where half of the values are the same, or
    `single` where all are."""


def distribution(
    rows: pl.DataFrame | pl.LazyFrame,
    columns: Sequence[str] | None = None,
    *,
    bins: int | None = None,
    looked: Looked | None = None,
) -> tuple[Distribution, ...]:
    """The histograms of all columns of numbers over all rows; `bins` in place of the number the rule finds."""
    lazy = rows.lazy()
    found = numbers(lazy.collect_schema(), columns)
    looked = looked or look(lazy, found)
    each = zip(found, looked.extents, strict=True)
    return tuple(_histogram(looked, column, extent, bins) for column, extent in each)


def _histogram(looked: Looked, column: Number, extent: Extent, bins: int | None) -> Distribution:
    """One pass counts into bins that are finer than any shown; so many of them are one then as the rule says.

    Freedman and Diaconis (1981): twice the distance of the quartiles over the cube root of the number of values.
    """
    low, high = extent.low, extent.high
    if low is None or high is None or not math.isfinite(high - low):
        return Distribution(column.name, extent.count, (), (), "none")
    if low == high:
        return Distribution(column.name, extent.count, (low, high), (extent.count,), "single")
    fine = (high - low) / BINS
    if column.dtype.is_integer():
        # whole steps, so that no bin is between two values
        fine = float(math.ceil((high - low + 1) / BINS))
    last = min(BINS - 1, math.floor((high - low) / fine))
    place = ((column.value - low) / fine).floor().clip(0, last).cast(pl.UInt32).alias("bin")
    places = looked.rows.select(place).drop_nulls()
    if looked.rising:
        counted = places.select(pl.col("bin").rle()).unnest("bin").select(pl.col("value").alias("bin"), "len")
    else:
        counted = places.group_by("bin").len().sort("bin")
    sizes = counted.collect(engine="streaming")
    width, rule = _width(sizes, fine, extent, bins)
    together = max(1, math.ceil(max(width, (high - low) / MOST_BINS) / fine - 1e-9))
    counts = [0] * (last // together + 1)
    for number, size in sizes.iter_rows():
        counts[number // together] += size
    edges = tuple(low + number * together * fine for number in range(len(counts) + 1))
    # the largest value stands on the last edge where rounding has put it a hair below
    return Distribution(column.name, extent.count, (*edges[:-1], max(edges[-1], high)), tuple(counts), rule)


def _width(sizes: pl.DataFrame, fine: float, extent: Extent, bins: int | None) -> tuple[float, str]:
    assert extent.high is not None
    assert extent.low is not None
    reach = extent.high - extent.low
    if bins is not None:
        return reach / bins, "asked"
    upto = sizes["len"].cum_sum()
    # to a fine bin, which is a small part of the narrowest bin that is shown
    first, third = (sizes["bin"][int(upto.search_sorted(share * extent.count, "left"))] for share in (0.25, 0.75))
    width = 2 * (third - first) * fine / extent.count ** (1 / 3)
    return (width, "freedman-diaconis") if width else (reach / (math.log2(extent.count) + 1), "sturges")
