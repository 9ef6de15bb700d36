"""What the columns of a table hold, over all of its rows: how much is missing, how much is distinct, how it spreads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from fetchtozip_gui.core.analysis.spread import BARS, Bar, Spread, spread_of, values_of
from fetchtozip_gui.core.schema import type_name
from fetchtozip_gui.core.steps.lookup import named

EXACT = 100_000
"""Distinct values up to which they are counted one by one; more of them would have to be held in memory."""
TOP = 1_000
"""Distinct texts up to which the most frequent ones are shown; past that, their lengths say more."""
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column. `distinct` does not count missing values; it is an estimate where `is_exact` is false."""

    name: str
    type: str
    """As `core.schema.type_name` words it."""
    rows: int
    missing: int
    distinct: int
    is_exact: bool
    min: Any
    max: Any
    """Null where nothing is there, and for types without an order."""
    example: Any
    """The first value that is there."""
    shows: str
    """What the bars count: `numbers`, `times`, `lengths`, `values`, or nothing."""
    bars: tuple[Bar, ...]

    @property
    def filled(self) -> float:
        """The share of rows with a value, 0 to 1; a column without rows misses nothing."""
        return 1 - self.missing / self.rows if self.rows else 1.0

    @property
    def variety(self) -> float:
        """The share of distinct ones among the values that are there, 0 to 1."""
        present = self.rows - self.missing
        return min(1.0, self.distinct / present) if present else 0.0

    def words(self) -> str:
        """All of it in a few lines, for those who cannot see the bars."""
        lines = [f"{self.missing:,} of {self.rows:,} missing ({_share(self.missing, self.rows)})"]
        about = "" if self.is_exact else "about "
        lines.append(f"{about}{self.distinct:,} distinct")
        if self.min is not None and self.shows != "values":
            lines.append(f"from {_short(self.min)} to {_short(self.max)}")
        if self.bars:
            heading = {"values": "most frequent", "lengths": "characters"}.get(self.shows, "spread")
            lines.append(f"{heading}:")
            lines += [f"  {bar.words}: {bar.count:,}" for bar in self.bars]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Profile:
    """All columns of a table."""

    rows: int
    columns: tuple[ColumnProfile, ...]

    def column(self, name: str) -> ColumnProfile | None:
        """The column of this name, if there is one."""
        return next((column for column in self.columns if column.name == name), None)


def profile(rows: pl.DataFrame | pl.LazyFrame) -> Profile:
    """Look at every row, with memory that does not grow with their number.

    Two passes over all columns at once: where a column's bars begin and end is only known after its smallest and
    largest value. The second pass also counts distinct values one by one where the first one's estimate is small.
    """
    lazy = rows.lazy()
    schema = lazy.collect_schema()
    if not schema:
        return Profile(0, ())
    found = lazy.select(
        pl.len().alias("rows"),
        *(value for at, (name, dtype) in enumerate(schema.items()) for value in _asked(at, name, dtype)),
    ).collect(engine="streaming")
    told: dict[str, Any] = found.row(0, named=True)
    spreads = [spread_of(at, name, dtype, told) for at, (name, dtype) in enumerate(schema.items())]
    return _second(lazy, schema, told, spreads)


def _asked(at: int, name: str, dtype: pl.DataType) -> list[pl.Expr]:
    """What the first pass asks of a column; `at` is its place, which goes before each answer's name."""
    column = named(name)
    # of nested values only hashes can be told apart by an estimate
    values = column.hash() if dtype.is_nested() else column
    present = column.is_not_null()
    asked = [
        column.null_count().alias(f"{at}.missing"),
        values.filter(present).approx_n_unique().alias(f"{at}.distinct"),
        column.filter(present).first().alias(f"{at}.example"),
    ]
    if dtype.is_nested() or dtype in (pl.Null, pl.Binary):
        return asked
    ordered = column.cast(pl.String) if dtype in (pl.Categorical, pl.Enum) else column
    asked += [ordered.min().alias(f"{at}.min"), ordered.max().alias(f"{at}.max")]
    if dtype.is_float():
        # infinities have a place between smallest and largest, and none in a histogram
        finite = column.filter(column.is_finite())
        asked += [finite.min().alias(f"{at}.low"), finite.max().alias(f"{at}.high")]
    elif dtype == pl.String:
        asked += [column.str.len_chars().min().alias(f"{at}.low"), column.str.len_chars().max().alias(f"{at}.high")]
    return asked


def _second(lazy: pl.LazyFrame, schema: pl.Schema, told: dict[str, Any], spreads: list[Spread | None]) -> Profile:
    names = schema.names()
    few = [at for at in range(len(names)) if told[f"{at}.distinct"] <= EXACT and schema[names[at]] != pl.Null]
    frequent = [at for at in few if _is_counted_by_value(schema[names[at]], told, at)]
    asked = [value for spread in spreads if spread for value in spread.asked()]
    asked += [named(names[at]).drop_nulls().n_unique().alias(f"{at}.exact") for at in few if at not in frequent]
    plans = [lazy.select(named(names[at]).alias("value")).drop_nulls().group_by("value").len() for at in frequent]
    # one after the other: together they would hold what they share, which are all rows
    counted, *groups = [plan.collect(engine="streaming") for plan in (lazy.select(asked or [pl.len()]), *plans)]
    counts: dict[str, Any] = counted.row(0, named=True)
    values = dict(zip(frequent, groups, strict=True))
    columns = []
    for at, (name, dtype) in enumerate(schema.items()):
        spread = spreads[at]
        exact = values[at].height if at in values else counts.get(f"{at}.exact")
        shows, bars = spread.kind if spread else "", spread.bars(counts) if spread else ()
        present = told["rows"] - told[f"{at}.missing"]
        if at in values and (not spread or values[at].height <= max(BARS, present // 2)):
            shows, bars = "values", values_of(values[at], BARS)
        columns.append(
            ColumnProfile(
                name,
                type_name(dtype),
                told["rows"],
                told[f"{at}.missing"],
                exact if exact is not None else min(told[f"{at}.distinct"], present),
                exact is not None or not present,
                _cut(told.get(f"{at}.min")),
                _cut(told.get(f"{at}.max")),
                _cut(told[f"{at}.example"]),
                shows,
                bars,
            )
        )
    return Profile(told["rows"], tuple(columns))


def _is_counted_by_value(dtype: pl.DataType, told: dict[str, Any], at: int) -> bool:
    return dtype in (pl.String, pl.Boolean, pl.Categorical, pl.Enum) and told[f"{at}.distinct"] <= TOP


def _cut(value: Any) -> Any:
    return f"{value[:_SHOWN]}…" if isinstance(value, str) and len(value) > _SHOWN else value


def _short(value: Any) -> str:
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return f"{text[:39]}…" if len(text) > 40 else text


def _share(part: int, whole: int) -> str:
    if not part or not whole:
        return "0 %"
    share = 100 * part / whole
    # neither a single missing value nor a single one that is there may vanish in the rounding
    return "< 0.1 %" if share < 0.05 else "> 99.9 %" if 99.95 <= share < 100 else f"{share:.1f} %"
