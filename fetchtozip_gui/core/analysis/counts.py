"""How often each value of a column is there: distinct ones, the most frequent ones, and their entropy."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from fetchtozip_gui.core.analysis.numbers import chosen, is_missing
from fetchtozip_gui.core.schema import type_name
from fetchtozip_gui.core.steps.lookup import named

AT_ONCE = 2_000_000
"""Distinct values that are counted together; more are counted in several passes, each over another share of them."""
BY_VALUE = 100_000
"""Distinct texts up to which they are counted themselves; of more of them only hashes of 64 bits are held."""
_SEED = 11


@dataclass(frozen=True, slots=True)
class Category:
    """The values of one column by their frequency; `top` holds the most frequent ones, equally frequent ones in their
    own order. `entropy` is Shannon's, in bits: 0 where all values are the same."""

    name: str
    type: str
    count: int
    """Rows with a value."""
    missing: int
    distinct: int
    entropy: float | None
    top: tuple[tuple[Any, int], ...]

    @property
    def mode(self) -> Any:
        """The most frequent value, the smallest of several; null where there is none."""
        return self.top[0][0] if self.top else None


def categorical(
    rows: pl.DataFrame | pl.LazyFrame, columns: Sequence[str] | None = None, *, top: int = 20
) -> tuple[Category, ...]:
    """Count the values of columns of any type, exactly, with memory that does not grow with the rows."""
    lazy = rows.lazy()
    schema = lazy.collect_schema()
    names = chosen(schema, columns)
    if not names:
        return ()
    guessed = _guessed(lazy, names, schema)
    return tuple(_counted(lazy, name, schema[name], *guessed[name], top) for name in names)


def _guessed(lazy: pl.LazyFrame, names: list[str], schema: pl.Schema) -> dict[str, tuple[int, int, int]]:
    """Values that are there, values missing, and about how many are distinct."""
    asked = []
    for at, name in enumerate(names):
        missing = is_missing(name, schema[name])
        about = pl.lit(1) if schema[name] == pl.Null else named(name).hash(_SEED).approx_n_unique()
        asked += [missing.sum().alias(f"{at}.missing"), about.alias(f"{at}.about")]
    told = lazy.select(pl.len().alias("rows"), *asked).collect(engine="streaming").row(0, named=True)
    return {
        name: (told["rows"] - told[f"{at}.missing"], told[f"{at}.missing"], told[f"{at}.about"])
        for at, name in enumerate(names)
    }


def of_sorted(name: str, ordered: pl.Series, missing: int, top: int = 1) -> Category:
    """The same for the values of a column that are in memory, sorted, with none missing."""
    starts = (ordered != ordered.shift(1)).fill_null(True).arg_true()
    ends = pl.concat([starts.slice(1), pl.Series([ordered.len()], dtype=starts.dtype)])
    counts = pl.DataFrame({"key": ordered.gather(starts), "len": ends - starts})
    most = _most(counts, top).sort("len", "key", descending=[True, False])
    return _category(name, ordered.dtype, ordered.len(), missing, counts.height, _weight(counts), most)


def _category(
    name: str, dtype: pl.DataType, count: int, missing: int, distinct: int, weight: float, most: pl.DataFrame
) -> Category:
    entropy = max(0.0, math.log2(count) - weight / count) if count else None
    return Category(name, type_name(dtype), count, missing, distinct, entropy, tuple(most.iter_rows()))


def _weight(counts: pl.DataFrame) -> float:
    """The sum of n log2 n, of which the entropy is made; values that are there once add nothing."""
    return float(
        counts.lazy()
        .select(pl.col("len").cast(pl.Float64))
        .filter(pl.col("len") > 1)
        .select((pl.col("len") * pl.col("len").log(2)).sum())
        .collect()
        .item()
    )


def _counted(
    lazy: pl.LazyFrame, name: str, dtype: pl.DataType, count: int, missing: int, about: int, top: int
) -> Category:
    if not count:
        return Category(name, type_name(dtype), 0, missing, 0, None, ())
    there = lazy.select(_comparable(name, dtype).alias("value")).filter(~is_missing("value", dtype))
    is_wide = dtype in (pl.String, pl.Binary) or dtype.is_nested()
    if count <= AT_ONCE and not is_wide and dtype not in (pl.Boolean, pl.Categorical, pl.Enum):
        return of_sorted(name, there.collect(engine="streaming")["value"].sort(), missing, top)
    by_hash = dtype.is_nested() or (is_wide and about > BY_VALUE)
    key = pl.col("value").hash(_SEED).alias("key") if by_hash else pl.col("value").alias("key")
    distinct, weight, kept = 0, 0.0, pl.DataFrame()
    for counts in _parts(there.select(key), math.ceil(about / AT_ONCE)):
        distinct += counts.height
        weight += _weight(counts)
        found = _most(counts, BY_VALUE if by_hash else top)
        kept = pl.concat([kept, found]) if kept.width else found
    if by_hash and distinct == count and not dtype.is_nested():
        # no value is there twice
        most = there.bottom_k(top, by="value").select("value", pl.lit(1)).collect(engine="streaming")
    else:
        most = _values(there, kept, dtype) if by_hash else kept
    most = most.rename(dict(zip(most.columns, ("key", "len"), strict=True)))
    keys = ["len"] if dtype.is_nested() else ["len", "key"]
    most = most.sort(keys, descending=[True, False][: len(keys)], maintain_order=True).head(top)
    return _category(name, dtype, count, missing, distinct, weight, most)


def _comparable(name: str, dtype: pl.DataType) -> pl.Expr:
    column = named(name)
    # categories are sorted by their texts, not by when they were met
    return column.cast(pl.String) if dtype in (pl.Categorical, pl.Enum) else column


def _parts(keys: pl.LazyFrame, count: int) -> Iterator[pl.DataFrame]:
    for part in range(max(1, count)):
        some = keys if count <= 1 else keys.filter(pl.col("key").hash(_SEED + 1) % count == part)
        yield some.group_by("key").len().collect(engine="streaming")


def _most(counts: pl.DataFrame, top: int) -> pl.DataFrame:
    """The most frequent ones; of those that are equally frequent the first by their own order."""
    if counts.height <= top:
        return counts
    least = counts["len"].top_k(top).min()
    above = counts.filter(pl.col("len") > least)
    equal = counts.filter(pl.col("len") == least).bottom_k(top - above.height, by="key")
    return pl.concat([above, equal])


def _values(there: pl.LazyFrame, most: pl.DataFrame, dtype: pl.DataType) -> pl.DataFrame:
    """The values that these hashes stand for, with their counts."""
    keys = most.lazy()
    found = there.with_columns(pl.col("value").hash(_SEED).alias("key")).join(keys, on="key", how="semi")
    values = found.group_by("key").agg(pl.col("value").first()).join(keys, on="key").sort("key")
    return values.select("value", "len").collect(engine="streaming")
