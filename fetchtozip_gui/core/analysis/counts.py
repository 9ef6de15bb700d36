"""How often each value of a column is there: distinct ones, the most frequent ones, and their entropy."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from fetchtozip_gui.core.analysis.numbers import chosen, is_missing
from fetchtozip_gui.core.schema import type_name
from fetchtozip_gui.core.steps.duplicates import rises
from fetchtozip_gui.core.steps.lookup import named

AT_ONCE = 2_000_000
"""Distinct values that are counted together; more are counted in several passes, each over another share of them."""
BY_VALUE = 100_000
"""Distinct texts up to which they are counted themselves; of more of them only hashes of 64 bits are held."""
_SEED = 11
_LOOKED_AT = 16_000
"""Rows at the beginning, in the middle and at the end, which tell whether a column has many distinct values."""


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
    ends: tuple[Any, Any] | None = None
    """The smallest and the largest value, where the values themselves were counted, and not their hashes."""

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
    height = int(lazy.select(pl.len()).collect(engine="streaming").item())
    about = _guessed(lazy, names, schema, height)
    return tuple(_counted(lazy, name, schema[name], height, about[name], top) for name in names)


def _guessed(lazy: pl.LazyFrame, names: list[str], schema: pl.Schema, rows: int) -> dict[str, int]:
    """About how many values are distinct; of few rows some tell."""
    able = [name for name in names if _is_wide(schema[name]) or (rows > AT_ONCE and schema[name] != pl.Null)]
    if not able:
        return dict.fromkeys(names, 1)
    hashes = [named(name).hash(_SEED).alias(f"{at}") for at, name in enumerate(able)]
    if rows <= AT_ONCE:
        # all of them are counted together, and it only matters whether most rows have a value of their own
        starts = {0, max(0, rows // 2), max(0, rows - _LOOKED_AT)}
        some = [lazy.select(hashes).slice(start, _LOOKED_AT).select(pl.all().n_unique()) for start in sorted(starts)]
        # one after the other: together they would hold the rows around each place at once
        seen = zip(*(plan.collect(engine="streaming").row(0) for plan in some), strict=True)
        found = [rows if max(each) > _LOOKED_AT // 4 else max(each) for each in seen]
    else:
        told = lazy.select(hashes).select(pl.all().approx_n_unique())
        found = list(told.collect(engine="streaming").row(0))
    return {**dict.fromkeys(names, 1), **dict(zip(able, found, strict=True))}


def of_sorted(name: str, ordered: pl.Series, missing: int, top: int = 1) -> Category:
    """The same for the values of a column that are in memory, sorted, with none missing."""
    counts = _runs(ordered)
    if counts.height == ordered.len():  # no value is there twice
        weight, most = 0.0, counts.head(top)
    else:
        weight, most = _weight(counts), _most(counts, top, top, is_ordered=True)
    most = most.sort("len", "key", descending=[True, False])
    ends = (ordered[0], ordered[-1]) if ordered.len() else (None, None)
    return _category(name, ordered.dtype, ordered.len(), missing, counts.height, weight, most, ends)


def _runs(ordered: pl.Series) -> pl.DataFrame:
    """How often each value of a sorted column is there."""
    count = ordered.len()
    others = ordered.slice(1) != ordered.slice(0, max(0, count - 1))
    if others.all():
        # nothing is there twice, and the values need not be copied
        return ordered.alias("key").to_frame().with_columns(len=pl.lit(1, pl.get_index_type()))
    starts = pl.concat([pl.Series([0], dtype=pl.get_index_type()), others.arg_true() + 1])
    ends = pl.concat([starts.slice(1), pl.Series([count], dtype=starts.dtype)])
    return pl.DataFrame({"key": ordered.gather(starts), "len": ends - starts})


def _category(
    name: str,
    dtype: pl.DataType,
    count: int,
    missing: int,
    distinct: int,
    weight: float,
    most: pl.DataFrame,
    ends: tuple[Any, Any] | None,
) -> Category:
    entropy = max(0.0, math.log2(count) - weight / count) if count else None
    return Category(name, type_name(dtype), count, missing, distinct, entropy, tuple(most.iter_rows()), ends)


def _weight(counts: pl.DataFrame) -> float:
    """The sum of n log2 n, of which the entropy is made; values that are there once add nothing."""
    return float(
        counts.lazy()
        .filter(pl.col("len") > 1)
        .select(pl.col("len").cast(pl.Float64))
        .select((pl.col("len") * pl.col("len").log(2)).sum())
        .collect()
        .item()
    )


def _counted(lazy: pl.LazyFrame, name: str, dtype: pl.DataType, rows: int, about: int, top: int) -> Category:
    if dtype == pl.Null:
        return Category(name, type_name(dtype), 0, rows, 0, None, ())
    value = pl.when(~is_missing(name, dtype)).then(_comparable(name, dtype)).alias("value")
    values = lazy.select(value)
    if rows <= AT_ONCE and not _is_wide(dtype) and dtype not in (pl.Categorical, pl.Enum):
        ordered = values.collect(engine="streaming")["value"].drop_nulls().sort()
        return of_sorted(name, ordered, rows - ordered.len(), top)
    by_hash = dtype.is_nested() or (_is_wide(dtype) and about > BY_VALUE)
    if by_hash and dtype == pl.String and (rising := _rising(name, values, rows, top)) is not None:
        return rising
    hashed = pl.when(pl.col("value").is_not_null()).then(pl.col("value").hash(_SEED))
    distinct, missing, weight, kept = 0, 0, 0.0, pl.DataFrame()
    met: list[Any] = []
    keys = values.select((hashed if by_hash else pl.col("value")).alias("key"))
    # to sort so many hashes takes a third of the memory of a table of them
    sorts = by_hash and rows <= AT_ONCE
    for counts, absent in _sorted(keys) if sorts else _parts(keys, about):
        missing += absent
        distinct += counts.height
        if not by_hash and has_order(dtype) and counts.height:
            met += [counts["key"].min(), counts["key"].max()]
        if sorts and distinct == rows - missing and not dtype.is_nested():
            break  # no value is there twice
        weight += _weight(counts)
        # a hash says nothing of its value's place among equally frequent ones
        found = _most(counts, top, BY_VALUE if by_hash else top, is_ordered=sorts)
        kept = pl.concat([kept, found]) if kept.width else found
    if by_hash and distinct == rows - missing and not dtype.is_nested():
        # no value is there twice
        most = values.drop_nulls().bottom_k(top, by="value").select("value", pl.lit(1)).collect(engine="streaming")
    else:
        most = _values(values.drop_nulls(), kept, dtype) if by_hash else kept
    most = most.rename(dict(zip(most.columns, ("key", "len"), strict=True)))
    order = ["len"] if dtype.is_nested() else ["len", "key"]
    most = most.sort(order, descending=[True, False][: len(order)], maintain_order=True).head(top)
    ends = None if by_hash else (min(met, default=None), max(met, default=None))
    return _category(name, dtype, rows - missing, missing, distinct, weight, most, ends)


def _rising(name: str, texts: pl.LazyFrame, rows: int, top: int) -> Category | None:
    """Of texts each of which is greater than the one before it, as moments often are: nothing has to be sorted."""
    first = texts.head(max(_LOOKED_AT, top)).collect(engine="streaming")
    if not rises(first.to_series()):
        return None
    text = pl.col("value")
    # one after the other: in one step, all texts would be held until those before them have been looked at
    compared = texts.with_columns(rise=text > text.shift(1))
    asked = pl.col("rise").all(), text.null_count().alias("missing"), text.last().alias("last")
    told = compared.select(asked).collect(engine="streaming").row(0, named=True)
    if not told["rise"] or told["missing"]:
        return None
    most = first.head(top).select(text, pl.lit(1))
    return _category(name, pl.String(), rows, 0, rows, 0.0, most, (first.item(0, 0), told["last"]))


def _is_wide(dtype: pl.DataType) -> bool:
    return dtype in (pl.String, pl.Binary) or dtype.is_nested()


def has_order(dtype: pl.DataType) -> bool:
    """Whether one of two values is the smaller one."""
    return not (dtype.is_nested() or dtype in (pl.Null, pl.Binary))


def _comparable(name: str, dtype: pl.DataType) -> pl.Expr:
    column = named(name)
    # categories are sorted by their texts, not by when they were met
    return column.cast(pl.String) if dtype in (pl.Categorical, pl.Enum) else column


def _sorted(keys: pl.LazyFrame) -> Iterator[tuple[pl.DataFrame, int]]:
    """How often each key is there, and how many are missing, in one part."""
    ordered = keys.collect(engine="streaming")["key"].sort()
    missing = ordered.null_count()
    yield _runs(ordered.slice(missing)), missing


def _parts(keys: pl.LazyFrame, about: int) -> Iterator[tuple[pl.DataFrame, int]]:
    """The same in as many parts as memory asks for."""
    count = math.ceil(about / AT_ONCE)
    for part in range(max(1, count)):
        some = keys if count <= 1 else keys.filter(pl.col("key").hash(_SEED + 1) % count == part)
        every = some.group_by("key").len().collect(engine="streaming")
        yield every.filter(pl.col("key").is_not_null()), sum(every.filter(pl.col("key").is_null())["len"])


def _most(counts: pl.DataFrame, top: int, equal: int, *, is_ordered: bool = False) -> pl.DataFrame:
    """The `top` most frequent ones; of those that are as frequent as the last, `equal` at most, by their own order.

    `is_ordered`: the keys rise.
    """
    if counts.height <= top:
        return counts
    least = counts["len"].top_k(top).min()
    above = counts.filter(pl.col("len") > least)
    room = max(equal - above.height, 0)
    if is_ordered:
        # `bottom_k` holds all of them several times
        return pl.concat([above, counts[(counts["len"] == least).arg_true().head(room)]])
    last = counts.filter(pl.col("len") == least)
    return pl.concat([above, last if last.height <= room else last.bottom_k(room, by="key")])


def _values(there: pl.LazyFrame, most: pl.DataFrame, dtype: pl.DataType) -> pl.DataFrame:
    """The values that these hashes stand for, with their counts."""
    keys = most.lazy()
    found = there.with_columns(pl.col("value").hash(_SEED).alias("key")).join(keys, on="key", how="semi")
    values = found.group_by("key").agg(pl.col("value").first()).join(keys, on="key").sort("key")
    return values.select("value", "len").collect(engine="streaming")
