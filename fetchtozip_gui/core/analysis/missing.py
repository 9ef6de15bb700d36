"""What is missing: how much of each column, and which columns are missing together in a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from fetchtozip_gui.core.analysis.numbers import chosen, is_missing, some_of

PATTERNS = 50
"""The most frequent ones that are told."""
_BITS = 32


@dataclass(frozen=True, slots=True)
class Pattern:
    """So many rows miss exactly these columns; none for the rows that are complete."""

    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Missing:
    """All columns and the patterns of their rows, the most frequent first. NaN counts as missing, an empty text does
    not."""

    rows: int
    complete: int
    """Rows that miss nothing."""
    columns: tuple[tuple[str, int], ...]
    """How many values each column misses."""
    patterns: tuple[Pattern, ...]
    distinct_patterns: int


def missing(
    rows: pl.DataFrame | pl.LazyFrame, columns: Sequence[str] | None = None, *, known: Sequence[int] | None = None
) -> Missing:
    """Look at every row; what is held in memory are the patterns, which are far fewer than the rows.

    `known` is how many values each of these columns misses, where that has been counted already.
    """
    lazy = rows.lazy()
    schema = lazy.collect_schema()
    names = chosen(schema, columns)
    if not names:
        return Missing(0, 0, (), (), 0)
    total = int(lazy.select(pl.len()).collect(engine="streaming").item())
    gone = _counted(lazy, schema, names) if known is None else known
    # the columns that miss nothing are in no pattern
    some = [at for at, count in enumerate(gone) if count]
    groups = [some[start : start + _BITS] for start in range(0, len(some), _BITS)] or [[]]
    words = [
        pl.sum_horizontal(
            pl.lit(0, pl.UInt32),
            *(is_missing(names[at], schema[names[at]]).cast(pl.UInt32) * (1 << bit) for bit, at in enumerate(group)),
        ).alias(f"{number}")
        for number, group in enumerate(groups)
    ]
    keys = [f"{number}" for number in range(len(groups))]
    found = lazy.select(words).group_by(keys).len("rows").collect(engine="streaming")
    found = found.sort("rows", *keys, descending=[True, *(False for _ in keys)])
    patterns = [_pattern(row, groups, names) for row in found.head(PATTERNS).iter_rows()]
    complete = found.filter(pl.all_horizontal(pl.col(key) == 0 for key in keys))["rows"].sum()
    return Missing(total, int(complete), tuple(zip(names, gone, strict=True)), tuple(patterns), found.height)


def _counted(lazy: pl.LazyFrame, schema: pl.Schema, names: list[str]) -> list[int]:
    """How many values each column misses."""
    gone: list[int] = []
    for few in some_of(names):
        counts = lazy.select(is_missing(name, schema[name]).sum().alias(f"missing {name}") for name in few)
        gone += counts.collect(engine="streaming").row(0)
    return gone


def _pattern(row: tuple[int, ...], groups: list[list[int]], names: list[str]) -> Pattern:
    *words, count = row
    columns = [
        names[at] for word, group in zip(words, groups, strict=True) for bit, at in enumerate(group) if word >> bit & 1
    ]
    return Pattern(tuple(columns), count)
