"""Column values in the shapes that text formats can hold: what JSON and CSV have no word for becomes text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

import polars as pl
from polars.datatypes import DataTypeClass

Rule = Callable[[pl.Expr, pl.DataType], pl.Expr | None]
"""Turns a value of a type into what is written, or None where it is written as it is (or its parts are asked)."""

_FIRST_YEAR, _LAST_YEAR = -262_000, 262_000
"""Polars formats no dates beyond these years: it panics."""
_DAYS = (_FIRST_YEAR - 1970) * 365, (_LAST_YEAR - 1970) * 365
_EVEN_SINCE = 2 * 365 + 31
"""Days from 1970 to the last clock that was off by seconds: Liberia's, in January 1972."""
_PER_DAY = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def rewrite(value: pl.Expr, dtype: pl.DataType, rule: Rule) -> pl.Expr | None:
    """`value` with `rule` applied to it or to its parts at any depth; None where nothing changes.

    Arrays become lists and null objects stay null.
    """
    if (own := rule(value, dtype)) is not None:
        return own
    if isinstance(dtype, pl.Struct):
        parts = [
            (field.name, rewrite(value.struct.field(field.name), typed(field.dtype), rule)) for field in dtype.fields
        ]
        if all(part is None for _, part in parts):
            return None
        fields = [(value.struct.field(name) if part is None else part).alias(name) for name, part in parts]
        # a struct built from fields is never null itself
        return pl.when(value.is_not_null()).then(pl.struct(fields))
    if isinstance(dtype, (pl.List, pl.Array)):
        inner = rewrite(pl.element(), inner_type(dtype), rule)
        if inner is None:
            return None
        return (value.arr.to_list() if isinstance(dtype, pl.Array) else value).list.eval(inner)
    if isinstance(dtype, pl.Map):
        return rewrite(value.cast(entries := map_entries(dtype)), entries, rule)
    return None


def printable(value: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    """The rule of text formats: bytes as base64; dates, times and durations in ISO 8601, times with their zone.

    A second's fraction has as many digits as it needs, in groups of three: 00.181, and 00.181500.
    """
    if dtype == pl.Binary:
        return value.bin.encode("base64")
    if isinstance(dtype, pl.Datetime):
        return value.dt.to_string("%Y-%m-%dT%H:%M:%S%.f" + ("%:z" if dtype.time_zone else ""))
    if dtype == pl.Time:
        return value.dt.to_string("%H:%M:%S%.f")
    if isinstance(dtype, pl.Duration):
        return value.dt.to_string("iso")
    if isinstance(dtype, pl.Map) and not _is_word(typed(dtype.key)):
        # an object's keys are text
        entries = map_entries(dtype)
        changed = rewrite(value.cast(entries), entries, printable)
        return value.cast(entries) if changed is None else changed
    return None


def _is_word(dtype: pl.DataType) -> bool:
    return dtype in (pl.String, pl.Categorical) or isinstance(dtype, pl.Enum)


def careful_printable(value: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    """`printable` where there are dates that no calendar reaches, or old times in zones.

    Before 1972 some clocks were off by seconds, which ISO 8601 cannot say: such times are written in UTC.
    """
    kept = within_calendar(value, dtype)
    value = value if kept is None else kept
    shown = printable(value, dtype)
    if isinstance(dtype, pl.Datetime) and shown is not None and _is_zoned(dtype):
        offset = value.dt.base_utc_offset() + value.dt.dst_offset()
        in_utc = printable(value.dt.convert_time_zone("UTC"), dtype)
        return pl.when(offset.dt.total_seconds() % 60 == 0).then(shown).otherwise(in_utc)
    return kept if shown is None else shown


def _is_zoned(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.Datetime) and dtype.time_zone not in (None, "UTC")


def _in_odd_time(leaf: pl.Series) -> int:
    if not isinstance(leaf.dtype, pl.Datetime) or not _is_zoned(leaf.dtype):
        return 0
    earliest = leaf.to_physical().min()
    return int(earliest is not None and earliest < _EVEN_SINCE * _PER_DAY[leaf.dtype.time_unit])  # type: ignore[operator]


def json_text(value: pl.Expr, dtype: pl.DataType, rule: Rule = printable) -> pl.Expr:
    """A nested value as compact JSON text; null stays null."""
    shown = rewrite(value, dtype, rule)
    # only structs can be encoded: a struct of one nameless field, taken off again
    encoded = pl.struct((value if shown is None else shown).alias("")).struct.json_encode()
    return pl.when(value.is_not_null()).then(encoded.str.strip_prefix('{"":').str.strip_suffix("}"))


def within_calendar(value: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    """The rule that makes dates null which no calendar reaches: databases write infinity so."""
    if (limits := _limits(dtype)) is None:
        return None
    return pl.when(value.to_physical().is_between(*limits)).then(value)


def beyond_calendar(leaf: pl.Series) -> int:
    """How many values of a column `within_calendar` makes null."""
    if (limits := _limits(leaf.dtype)) is None:
        return 0
    days = leaf.to_physical()
    lowest, highest = days.min(), days.max()
    if lowest is None or (lowest >= limits[0] and highest <= limits[1]):  # type: ignore[operator]
        return 0
    return len(days.drop_nulls().filter(~days.drop_nulls().is_between(*limits)))


def _limits(dtype: pl.DataType) -> tuple[int, int] | None:
    if dtype == pl.Date:
        return _DAYS
    if isinstance(dtype, pl.Datetime) and dtype.time_unit != "ns":
        per_day = _PER_DAY[dtype.time_unit]
        return _DAYS[0] * per_day, _DAYS[1] * per_day
    return None


def not_finite(leaf: pl.Series) -> int:
    """How many values of a column are NaN or infinite."""
    if not leaf.dtype.is_float() or not leaf.len():
        return 0
    # a sum is cheap and only finite where all values are
    if abs(float(leaf.sum())) < float("inf"):
        return 0
    return int((~leaf.is_finite()).sum())


def leaves(values: pl.Series) -> Iterator[pl.Series]:
    """The plain columns inside a nested one."""
    dtype = values.dtype
    if isinstance(dtype, pl.Struct):
        for field in dtype.fields:
            yield from leaves(values.struct.field(field.name))
    elif isinstance(dtype, (pl.List, pl.Array)):
        yield from leaves(values.explode())
    elif isinstance(dtype, pl.Map):
        yield from leaves(values.cast(map_entries(dtype)))
    else:
        yield values


def unusual(frame: pl.DataFrame, names: Iterable[str], count: Callable[[pl.Series], int]) -> dict[str, int]:
    """How many values inside each of these columns are of a kind, where there are any."""
    found = {name: sum(count(leaf) for leaf in leaves(frame[name])) for name in names}
    return {name: number for name, number in found.items() if number}


def holds(dtype: pl.DataType, wanted: Callable[[pl.DataType], bool]) -> bool:
    """Whether the type, or any type inside it, is `wanted`."""
    if wanted(dtype):
        return True
    if isinstance(dtype, pl.Struct):
        return any(holds(typed(field.dtype), wanted) for field in dtype.fields)
    if isinstance(dtype, (pl.List, pl.Array)):
        return holds(inner_type(dtype), wanted)
    return isinstance(dtype, pl.Map) and holds(map_entries(dtype), wanted)


def inner_type(dtype: pl.List | pl.Array) -> pl.DataType:
    """The type of one element; of one row of an array with several dimensions."""
    if isinstance(dtype, pl.Array) and len(dtype.shape) > 1:
        inner = dtype.inner
        while isinstance(inner, pl.Array):
            inner = inner.inner
        return pl.Array(inner, dtype.shape[1:])
    return typed(dtype.inner)


def map_entries(dtype: pl.Map) -> pl.List:
    """A map as the list of its entries."""
    return pl.List(pl.Struct({"key": dtype.key, "value": dtype.value}))


def typed(dtype: pl.DataType | DataTypeClass) -> pl.DataType:
    """A type inside another, which Polars also gives as a bare class."""
    return dtype if isinstance(dtype, pl.DataType) else dtype()


class Plan:
    """How the columns of a schema are shown: `column` says it for one, with the rule for what is inside."""

    def __init__(self, schema: pl.Schema, column: Callable[[pl.Expr, pl.DataType, Rule], pl.Expr | None]) -> None:
        self._usual = self._expressions(schema, column, printable)
        self._careful = self._expressions(schema, column, careful_printable)
        self._dated = [name for name, dtype in schema.items() if holds(dtype, _is_date)]
        self._zoned = [name for name, dtype in schema.items() if holds(dtype, _is_zoned)]

    @staticmethod
    def _expressions(
        schema: pl.Schema, column: Callable[[pl.Expr, pl.DataType, Rule], pl.Expr | None], rule: Rule
    ) -> list[pl.Expr]:
        shown = [(name, column(pl.col(name), dtype, rule)) for name, dtype in schema.items()]
        return [expression.alias(name) for name, expression in shown if expression is not None]

    def show(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
        """The frame as it is written, and how many dates no calendar reaches in which columns."""
        beyond = unusual(frame, self._dated, beyond_calendar)
        is_odd = beyond or unusual(frame, self._zoned, _in_odd_time)
        expressions = self._careful if is_odd else self._usual
        frame = without_objects(frame)
        return (frame.with_columns(expressions) if expressions else frame), beyond


def _is_date(dtype: pl.DataType) -> bool:
    return dtype == pl.Date or isinstance(dtype, pl.Datetime)


def without_objects(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with columns of Python objects as JSON text."""
    made = [_object_text(column) for column in frame if column.dtype == pl.Object]
    return frame.with_columns(made) if made else frame


def _object_text(column: pl.Series) -> pl.Series:
    texts = [None if value is None else json.dumps(value, ensure_ascii=False, default=str) for value in column]
    return pl.Series(column.name, texts, dtype=pl.String)
