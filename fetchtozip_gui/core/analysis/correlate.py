"""How columns of numbers go together: Pearson's and Spearman's coefficients of every pair."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import polars as pl

from fetchtozip_gui.core.analysis.numbers import Looked, Number, is_small, look, numbers
from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.replay import CHUNK_ROWS, Wanted, chunks, reading
from fetchtozip_gui.core.scratch import Scratch

Method = Literal["pearson", "spearman"]
MOST = 256
"""Columns that are compared with each other; the number of pairs grows with their square."""
_AT_ONCE = 2_048
"""Pairs of one pass: Polars plans some ten thousand sums at once, and not a hundred thousand."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two columns, the rows in which both have a value, and their coefficient; null where one of them does not vary."""

    a: str
    b: str
    rows: int
    coefficient: float | None


@dataclass(frozen=True, slots=True)
class Correlation:
    """The coefficients of all columns of numbers; `pairs` has each pair once, the strongest first."""

    method: Method
    columns: tuple[str, ...]
    matrix: tuple[tuple[float | None, ...], ...]
    pairs: tuple[Pair, ...]


def correlate(
    rows: pl.DataFrame | pl.LazyFrame,
    columns: Sequence[str] | None = None,
    *,
    method: Method = "pearson",
    looked: Looked | None = None,
) -> Correlation:
    """Correlate all rows; each pair over the rows in which both have a finite value.

    Pearson's takes two passes and memory that does not grow. Spearman's has to sort, and holds a column or two: the
    ranks of the others are put aside on disk, unless the table is small. `StepError` for more than `MOST` columns.
    """
    lazy = rows.lazy()
    found = numbers(lazy.collect_schema(), columns)
    if len(found) > MOST:
        raise StepError(
            f"columns: at most {MOST} columns of numbers are correlated, found {len(found)}.",
            "Name those that matter in `columns`.",
        )
    pairs = _pearson(lazy, found, looked) if method == "pearson" else _spearman(lazy, found)
    return _told(method, found, pairs)


def _told(method: Method, columns: Sequence[Number], pairs: list[Pair]) -> Correlation:
    names = tuple(column.name for column in columns)
    known = {(pair.a, pair.b): pair.coefficient for pair in pairs}
    matrix = tuple(tuple(known[a, a] if a == b else known.get((a, b), known.get((b, a))) for b in names) for a in names)
    others = [pair for pair in pairs if pair.a != pair.b]
    others.sort(key=lambda pair: -abs(pair.coefficient) if pair.coefficient is not None else 1)
    return Correlation(method, names, matrix, tuple(others))


def _all_pairs(columns: Sequence[Number]) -> list[tuple[Number, Number]]:
    return [*((column, column) for column in columns), *combinations(columns, 2)]


def _pearson(lazy: pl.LazyFrame, columns: Sequence[Number], looked: Looked | None = None) -> list[Pair]:
    """By sums of products of distances from the means, so that large numbers lose no digits."""
    if not columns:
        return []
    looked = looked or look(lazy, columns)
    lazy, known = looked.rows, looked.extents
    rows = lazy.select(pl.len()).collect(engine="streaming").item()
    whole = {column.at: extent.count == rows for column, extent in zip(columns, known, strict=True)}
    values = []
    for column, extent in zip(columns, known, strict=True):
        # nought adds nothing to a sum; where a value is missing, `m` keeps the other one of a pair out of it too
        away = (column.value - (extent.mean or 0.0)).fill_null(0.0)
        values += [away.alias(f"v{column.at}"), column.value.is_not_null().cast(pl.Float64).alias(f"m{column.at}")]
    found: list[Pair] = []
    every = _all_pairs(columns)
    for first in range(0, len(every), _AT_ONCE):
        pairs = every[first : first + _AT_ONCE]
        asked = {name: asked for a, b in pairs for name, asked in _sums(a.at, b.at, whole)}
        told = lazy.select(values).select(value.alias(name) for name, value in asked.items())
        sums = told.collect(engine="streaming").row(0, named=True)
        found += [_pair(a, b, *(sums[name] for name, _ in _sums(a.at, b.at, whole))) for a, b in pairs]
    return found


def _sums(a: int, b: int, whole: dict[int, bool]) -> list[tuple[str, pl.Expr]]:
    """Over the rows in which both are there: how many, Σx, Σy, Σx², Σy² and Σxy; the same name is the same sum."""
    x, y = pl.col(f"v{a}"), pl.col(f"v{b}")
    masks = {at: pl.lit(1.0) if whole[at] else pl.col(f"m{at}") for at in (a, b)}

    def own(at: int, other: int, value: pl.Expr, power: int) -> tuple[str, pl.Expr]:
        if whole[other] or at == other:
            return f"{at}^{power}", value.sum()
        return f"{at}^{power} by {other}", (value * masks[other]).sum()

    return [
        (f"n {a} {b}", pl.len().cast(pl.Float64) if whole[a] and whole[b] else (masks[a] * masks[b]).sum()),
        own(a, b, x, 1),
        own(b, a, y, 1),
        own(a, b, x * x, 2),
        own(b, a, y * y, 2),
        (f"{a}*{b}", (x * y).sum()),
    ]


def _pair(a: Number, b: Number, count: float, x: float, y: float, xx: float, yy: float, xy: float) -> Pair:
    n = int(count)
    if n < 2:
        return Pair(a.name, b.name, n, None)
    across, down, together = xx - x * x / n, yy - y * y / n, xy - x * y / n
    # a remainder of rounding is no variance
    if across <= 1e-14 * xx or down <= 1e-14 * yy or not math.isfinite(across * down):
        return Pair(a.name, b.name, n, None)
    return Pair(a.name, b.name, n, max(-1.0, min(1.0, together / math.sqrt(across) / math.sqrt(down))))


def _spearman(lazy: pl.LazyFrame, columns: Sequence[Number]) -> list[Pair]:
    if not columns:
        return []
    with Scratch() as scratch:
        in_memory = is_small(lazy, columns)
        ranks: dict[int, pl.LazyFrame] = {}
        whole = []
        # side by side where there is room for all of them
        for some in [columns] if in_memory else [[column] for column in columns]:
            ranked = lazy.select(_rank(column.value).alias(str(column.at)) for column in some).collect()
            for column in some:
                one = ranked.select(str(column.at))
                if not one.to_series().null_count():
                    whole.append(column.at)
                ranks[column.at] = one.lazy() if in_memory else _put_aside(one, scratch)
        together = _beside([ranks[at] for at in whole], in_memory=in_memory)
        found = {(pair.a, pair.b): pair for pair in _pearson(together, numbers(together.collect_schema()))}
        told = []
        for a, b in _all_pairs(columns):
            pair = found.get((str(a.at), str(b.at))) or _apart(lazy, a, b, ranks, whole)
            told.append(Pair(a.name, b.name, pair.rows, pair.coefficient))
        return told


def _put_aside(ranked: pl.DataFrame, scratch: Scratch) -> pl.LazyFrame:
    return scratch.keep_frames(ranked.iter_slices(CHUNK_ROWS), ranked.schema)


def _beside(columns: list[pl.LazyFrame], *, in_memory: bool) -> pl.LazyFrame:
    """Columns of one length as one table."""
    if in_memory or not columns:
        return pl.concat(columns, how="horizontal") if columns else pl.LazyFrame()
    schema = pl.Schema({name: dtype for column in columns for name, dtype in column.collect_schema().items()})

    def read(wanted: Wanted) -> Iterator[pl.DataFrame]:
        some = [column for column in columns if wanted is None or column.collect_schema().names()[0] in wanted]
        for parts in zip(*map(chunks, some), strict=True):
            yield pl.concat(parts, how="horizontal")

    return reading(schema, read)


def _apart(lazy: pl.LazyFrame, a: Number, b: Number, ranks: dict[int, pl.LazyFrame], whole: list[int]) -> Pair:
    """A pair of which one column misses values: ranked among the rows in which both have one."""

    def among(column: Number, other: Number) -> pl.Series:
        if other.at in whole or other.at == column.at:
            return ranks[column.at].collect().to_series()
        both = pl.when(other.value.is_not_null()).then(column.value)
        return lazy.select(_rank(both)).collect().to_series()

    two = pl.DataFrame({"a": among(a, b), "b": among(b, a)}).lazy()
    return _pearson(two, numbers(two.collect_schema()))[-1]


def _rank(value: pl.Expr) -> pl.Expr:
    return value.rank("average").cast(pl.Float64)
