"""Finds exact quantiles of columns of any length: values are counted into bins, and few bins are looked into."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import polars as pl

AT_ONCE = 4_000_000
"""Values of one column that are held in memory together."""
BINS = 8_192
"""Of a first, fine histogram."""


def quantiles(
    values: pl.LazyFrame, count: int, low: float | None, high: float | None, shares: Sequence[float]
) -> tuple[float | None, ...]:
    """The exact quantiles of the floats in the column `value`, linear between neighbours.

    `count` of them are there, all finite, from `low` to `high`; nulls are left out. Values are counted into fine bins,
    and only those bins are looked into that hold a wanted one.
    """
    if low is None or high is None:
        return (None,) * len(shares)
    places = [share * (count - 1) for share in shares]
    wanted = sorted({rank for place in places for rank in (math.floor(place), math.ceil(place))})
    at = _at_ranks(values.drop_nulls(), low, high, wanted)
    return tuple(_between(place, at.__getitem__) for place in places)


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
