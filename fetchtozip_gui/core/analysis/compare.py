"""What is different between two results of the same recipe: rows added, gone and changed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
import polars.selectors as cs

from fetchtozip_gui.core import schema as types
from fetchtozip_gui.core.http.hints import ID_NAMES, plain
from fetchtozip_gui.core.steps.lookup import named

AT_ONCE = 5_000_000
"""Rows of one side that are compared together: sixteen bytes each, so that memory does not grow with the table."""
_SEED = 7
_NEARLY, _FEW = 0.9, 10
"""How far the estimate of distinct values may be below their number."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Counts of rows. `changed` is None where no column tells which row is which: a changed row is one gone and one
    added then. `key` is that column. Columns that only one of the two has are named, and not compared."""

    before: int
    after: int
    added: int
    gone: int
    changed: int | None = None
    key: str | None = None
    new_columns: tuple[str, ...] = ()
    lost_columns: tuple[str, ...] = ()

    def words(self, since: datetime, now: datetime) -> str:
        """`+214 rows, 3 gone, 12 changed since Friday 14:05`; both moments have a zone, and the user's own is told."""
        said = [f"+{self.added:,} {'row' if self.added == 1 else 'rows'}"] if self.added else []
        said += [f"{self.gone:,} gone"] if self.gone else []
        said += [f"{self.changed:,} changed"] if self.changed else []
        for sign, columns in (("new", self.new_columns), ("lost", self.lost_columns)):
            if columns:
                said.append(f"{len(columns):,} {sign} {'column' if len(columns) == 1 else 'columns'}")
        return f"{', '.join(said) or 'No change'} since {moment(since, now)}"


def moment(then: datetime, now: datetime) -> str:
    """`today 14:05`, `yesterday 14:05`, `Friday 14:05` within the last week, `22 Nov 2026 14:05`."""
    local, today = then.astimezone(), now.astimezone()
    days = (today.date() - local.date()).days
    clock = f"{local:%H:%M}"
    if 0 <= days <= 1:
        return f"{('today', 'yesterday')[days]} {clock}"
    if timedelta(0) <= today - local and days < 7:
        return f"{local:%A} {clock}"
    return f"{local.day} {local:%b %Y} {clock}"


def compare(before: pl.LazyFrame, after: pl.LazyFrame) -> Difference:
    """Compare all rows, whatever their order.

    Where a column has another value in every row of both (an id), rows are told apart by it; else they are compared
    whole, each as often as it is there. Rows are compared by hashes of 64 bits: two of ten million rows are taken for
    the same by mistake once in some hundred thousand comparisons.
    """
    old, new = before.collect_schema(), after.collect_schema()
    common = [name for name in new if name in old]
    lost, fresh = tuple(name for name in old if name not in new), tuple(name for name in new if name not in old)
    rows = [_rows(before), _rows(after)]
    if not common:
        return Difference(rows[0], rows[1], rows[1], rows[0], None, None, fresh, lost)
    schema = types.unite(
        pl.Schema({name: old[name] for name in common}), pl.Schema({name: new[name] for name in common})
    )
    sides = [_alike(side, common, schema) for side in (before, after)]
    key = _key(sides, schema, rows)
    added = gone = changed = 0
    for left, right in _parts(sides, key, max(rows)):
        plus, minus, other = _by_key(left, right) if key else _by_row(left, right)
        added, gone, changed = added + plus, gone + minus, changed + other
    return Difference(rows[0], rows[1], added, gone, changed if key else None, key, fresh, lost)


def _rows(side: pl.LazyFrame) -> int:
    return int(side.select(pl.len()).collect(engine="streaming").item())


def _alike(side: pl.LazyFrame, common: list[str], schema: pl.Schema) -> pl.LazyFrame:
    """Both in the same columns and types, as one job would have united them."""
    chosen = side.select(cs.by_name(*common))
    if chosen.collect_schema() == schema:
        return chosen
    return chosen.map_batches(lambda rows: types.conform(rows, schema), schema=schema, streamable=True)


def _key(sides: list[pl.LazyFrame], schema: pl.Schema, rows: list[int]) -> str | None:
    """A column that has another value in every row of both sides; those named like an id are asked first."""
    if not min(rows):
        return None
    able = [name for name, dtype in schema.items() if dtype.is_integer() or dtype == pl.String]
    guessed = [
        side.select(
            *(named(name).approx_n_unique().alias(f"{at}.distinct") for at, name in enumerate(able)),
            *(named(name).null_count().alias(f"{at}.missing") for at, name in enumerate(able)),
        ).collect(engine="streaming")
        for side in sides
        if able
    ]
    likely = [
        name
        for at, name in enumerate(able)
        if all(
            told.item(0, f"{at}.distinct") >= _NEARLY * count - _FEW and not told.item(0, f"{at}.missing")
            for told, count in zip(guessed, rows, strict=True)
        )
    ]
    likely.sort(key=_likeness)
    for name in likely[:3]:
        # only the hashes are held
        counts = [side.select(named(name).hash(_SEED).n_unique()).collect(engine="streaming").item() for side in sides]
        if counts == rows:
            return name
    return None


def _likeness(name: str) -> int:
    word = plain(name)
    return 0 if word in ID_NAMES else 1 if word.endswith(("id", "key", "no", "number", "code")) else 2


def _parts(sides: list[pl.LazyFrame], key: str | None, rows: int) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Both sides as hashes, in as many parts as keep memory flat; the same row, or key, is in the same part."""
    count = max(1, math.ceil(rows / AT_ONCE))
    for part in range(count):
        found = []
        for side in sides:
            hashes = side.select(
                (named(key).hash(_SEED) if key else pl.struct(cs.all()).hash(_SEED)).alias("id"),
                pl.struct(cs.all()).hash(_SEED + 1).alias("row"),
            )
            if count > 1:
                hashes = hashes.filter(pl.col("id") % count == part)
            found.append(hashes.collect(engine="streaming"))
        yield found[0], found[1]


def _by_key(before: pl.DataFrame, after: pl.DataFrame) -> tuple[int, int, int]:
    both = before.lazy().join(after.lazy(), on="id", how="inner")
    met, changed = both.select(pl.len(), (pl.col("row") != pl.col("row_right")).sum().alias("changed")).collect().row(0)
    return after.height - met, before.height - met, changed


def _by_row(before: pl.DataFrame, after: pl.DataFrame) -> tuple[int, int, int]:
    counts = [side.lazy().group_by("id").len() for side in (before, after)]
    both = counts[0].join(counts[1], on="id", how="inner")
    met = both.select(pl.min_horizontal("len", "len_right").cast(pl.Int64).sum()).collect().item()
    return after.height - met, before.height - met, 0
