"""Unites the types of two stretches of rows into the narrowest that holds both without loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from fetchtozip_gui.core.errors import SourceError

MAX_COLUMNS = 20_000
"""Columns in one table. XLSX and databases stop earlier; rows keyed by an id would have no end of them."""
MAX_CELLS = 8_000_000
"""Cells that one stretch of 256 KB may become: new keys in every row would make gigabytes of nulls of it."""
MAX_FIELDS = 500
"""Fields in one object type. An object with more is keyed by data, as a map is, and is kept as JSON text."""

_UNITS = ("ms", "us", "ns")
_MAX_DECIMAL = 38


def unite(a: pl.Schema, b: pl.Schema) -> pl.Schema:
    """The narrowest schema that holds the rows of both, columns in order of first sight.

    Types only say so much: an integer of 19 digits does not fit the float its column may become. Where rows are at
    hand, `widen_for(frame, unite(known, frame.schema))` is the union that `conform` is sure to keep.
    Raises `SourceError` beyond `MAX_COLUMNS`.
    """
    if a == b:
        return a
    united = _united(a, b)
    if len(united) > MAX_COLUMNS:
        raise too_many_columns(len(united))
    return pl.Schema(united)


def too_many_columns(columns: int, rows: int = 0) -> SourceError:
    """The one wording of the limits, for a page alone and for many."""
    found = f"{columns:,} in {rows:,} rows" if rows else f"{columns:,} by now"
    return SourceError(
        f"The rows have too many different keys for a table: {found}. "
        f"The limits are {MAX_COLUMNS:,} columns (max_columns) and {MAX_CELLS:,} cells at a time (max_cells).",
        "The keys look like data: point `records` at the list of rows inside.",
    )


def _united(a: Mapping[str, pl.DataType], b: Mapping[str, pl.DataType]) -> dict[str, pl.DataType]:
    united = dict(a)
    for name, dtype in b.items():
        united[name] = join(united[name], dtype) if name in united else dtype
    return united


def join(a: pl.DataType, b: pl.DataType) -> pl.DataType:
    """The narrowest type that holds the values of both: Null < Boolean, Null < integers < Float64 < String.

    Objects unite field by field and lists element by element; either of them with anything else, and an object of
    more than `MAX_FIELDS`, becomes String that holds JSON text. Booleans with numbers, decimals with floats, times with
    and without a zone become String as well.
    """
    if a == b or b == pl.Null:
        return a
    if a == pl.Null:
        return b
    if isinstance(a, pl.Struct) and isinstance(b, pl.Struct):
        fields = _united(fields_of(a), fields_of(b))
        return pl.Struct(fields) if len(fields) <= MAX_FIELDS else pl.String()
    if isinstance(a, (pl.List, pl.Array)) and isinstance(b, (pl.List, pl.Array)):
        return pl.List(join(inner_type(a), inner_type(b)))
    if a.is_numeric() and b.is_numeric():
        return _join_numbers(a, b)
    if a.is_temporal() and b.is_temporal():
        return _join_times(a, b)
    return pl.String()


def fields_of(dtype: pl.Struct) -> dict[str, pl.DataType]:
    """The fields of an object type in order."""
    return {
        field.name: field.dtype if isinstance(field.dtype, pl.DataType) else field.dtype() for field in dtype.fields
    }


def inner_type(dtype: pl.List | pl.Array) -> pl.DataType:
    """The type of what a list holds; for an array of several dimensions, the array of the others."""
    if isinstance(dtype, pl.Array) and len(dtype.shape) > 1:
        return pl.Array(element_type(dtype), dtype.shape[1:])
    return element_type(dtype)


def element_type(dtype: pl.List | pl.Array) -> pl.DataType:
    """The type of what a list, or an array of any number of dimensions, holds in the end."""
    inner = dtype.inner
    while isinstance(dtype, pl.Array) and isinstance(inner, pl.Array):
        inner = inner.inner
    return inner if isinstance(inner, pl.DataType) else inner()


def _join_numbers(a: pl.DataType, b: pl.DataType) -> pl.DataType:
    if a.is_decimal() or b.is_decimal():
        return _join_decimals(a, b)
    if a.is_float() or b.is_float():
        return pl.Float64()
    if a.is_signed_integer() == b.is_signed_integer():
        return a if _bits(a) > _bits(b) else b
    signed, unsigned = (a, b) if a.is_signed_integer() else (b, a)
    wider = {8: pl.Int16, 16: pl.Int32, 32: pl.Int64, 64: pl.Int128}.get(_bits(unsigned))
    if wider is None:
        return pl.String()
    return signed if _bits(signed) > _bits(unsigned) else wider()


def _bits(dtype: pl.DataType) -> int:
    return int(str(dtype).rpartition("Int")[2])


def _join_decimals(a: pl.DataType, b: pl.DataType) -> pl.DataType:
    sizes = []
    for dtype in (a, b):
        if isinstance(dtype, pl.Decimal):
            sizes.append((dtype.precision - dtype.scale, dtype.scale))
        elif dtype.is_integer():
            sizes.append((len(str(2 ** _bits(dtype))), 0))
        else:
            return pl.String()
    before, after = max(size[0] for size in sizes), max(size[1] for size in sizes)
    return pl.Decimal(before + after, after) if before + after <= _MAX_DECIMAL else pl.String()


def _join_times(a: pl.DataType, b: pl.DataType) -> pl.DataType:
    if isinstance(a, pl.Duration) and isinstance(b, pl.Duration):
        return pl.Duration(_finer(a.time_unit, b.time_unit))
    if isinstance(a, pl.Datetime) and isinstance(b, pl.Datetime):
        if (a.time_zone is None) != (b.time_zone is None):
            return pl.String()
        zone = a.time_zone if a.time_zone == b.time_zone else "UTC"
        return pl.Datetime(_finer(a.time_unit, b.time_unit), zone)
    for day, moment in ((a, b), (b, a)):
        if isinstance(day, pl.Date) and isinstance(moment, pl.Datetime) and moment.time_zone is None:
            return moment
    return pl.String()


def _finer(a: Any, b: Any) -> Any:
    return max(a, b, key=_UNITS.index)
