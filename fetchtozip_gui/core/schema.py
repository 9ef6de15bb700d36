"""The types of a table's columns: how two pages' types unite, how they are named and how they are kept as JSON."""

from __future__ import annotations

from typing import Any

import polars as pl

from fetchtozip_gui.core.conform import conform, widen_for

__all__ = ["changes", "conform", "from_json", "join", "to_json", "type_name", "unite", "widen_for"]

_UNITS = ("ms", "us", "ns")
_MAX_DECIMAL = 38


def unite(a: pl.Schema, b: pl.Schema) -> pl.Schema:
    """The narrowest schema that holds the rows of both, columns in order of first sight.

    Types only say so much: an integer of 19 digits does not fit the float its column may become. Where rows are at
    hand, `widen_for(frame, unite(known, frame.schema))` is the union that `conform` is sure to keep.
    """
    if a == b:
        return a
    united = dict(a)
    for name, dtype in b.items():
        united[name] = join(united[name], dtype) if name in united else dtype
    return pl.Schema(united)


def join(a: pl.DataType, b: pl.DataType) -> pl.DataType:
    """The narrowest type that holds the values of both: Null < Boolean, Null < integers < Float64 < String.

    Objects unite field by field and lists element by element; either of them with anything else becomes String that
    holds JSON text. Booleans with numbers, decimals with floats, times with or without a zone become String as well.
    """
    if a == b or b == pl.Null:
        return a
    if a == pl.Null:
        return b
    if isinstance(a, pl.Struct) and isinstance(b, pl.Struct):
        return pl.Struct(dict(unite(pl.Schema(a.to_schema()), pl.Schema(b.to_schema()))))
    if isinstance(a, (pl.List, pl.Array)) and isinstance(b, (pl.List, pl.Array)):
        return pl.List(join(_inner(a), _inner(b)))
    if a.is_numeric() and b.is_numeric():
        return _join_numbers(a, b)
    if a.is_temporal() and b.is_temporal():
        return _join_times(a, b)
    return pl.String()


def _inner(dtype: pl.List | pl.Array) -> pl.DataType:
    if isinstance(dtype, pl.Array) and len(dtype.shape) > 1:
        return pl.Array(_element(dtype), dtype.shape[1:])
    return _element(dtype)


def _element(dtype: pl.List | pl.Array) -> pl.DataType:
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


def changes(before: pl.Schema, after: pl.Schema) -> list[str]:
    """One sentence for each column (or field, as `geo.lat`) of `after` that is new or holds another type.

    A column that had no values until now is not told: nothing changed for its rows.
    """
    told: list[str] = []
    for name, dtype in after.items():
        if name not in before:
            told.append(f"column `{name}`: new, {_word(dtype)}; null in the rows before it appeared")
        else:
            told += _changed(name, before[name], dtype)
    return told


def _changed(path: str, before: pl.DataType, after: pl.DataType) -> list[str]:
    if before in (after, pl.Null):
        return []
    if isinstance(before, pl.Struct) and isinstance(after, pl.Struct):
        old = before.to_schema()
        told: list[str] = []
        for name, dtype in after.to_schema().items():
            if name not in old:
                told.append(f"column `{path}`: new field `{name}`, {_word(dtype)}")
            else:
                told += _changed(f"{path}.{name}", old[name], dtype)
        return told
    if isinstance(before, (pl.List, pl.Array)) and isinstance(after, pl.List):
        return _changed(f"{path}[]", _inner(before), _inner(after))
    return [f"column `{path}`: {_word(before)} became {_word(after)}"]


def _word(dtype: pl.DataType) -> str:
    if dtype.is_decimal():
        return "decimal"
    return {"number": "float", "any": "empty"}.get(type_name(dtype), type_name(dtype))


def type_name(dtype: pl.DataType) -> str:
    """The field type of the Frictionless Data Package standard (v2) for a column: decimals are `number` there too,
    a column without any value is `any`."""
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    if isinstance(dtype, (pl.List, pl.Array)):
        return "array"
    names: dict[type[pl.DataType], str] = {
        pl.Boolean: "boolean",
        pl.Date: "date",
        pl.Datetime: "datetime",
        pl.Time: "time",
        pl.Duration: "duration",
        pl.Struct: "object",
        pl.Null: "any",
    }
    return names.get(type(dtype), "string")


def to_json(schema: pl.Schema) -> list[list[Any]]:
    """`[[name, type], …]` for the manifest: a plain type is its name, one with parameters an object of one key."""
    return [[name, _dump(dtype)] for name, dtype in schema.items()]


def _dump(dtype: pl.DataType) -> Any:
    if isinstance(dtype, pl.Struct):
        return {"Struct": to_json(pl.Schema(dtype.to_schema()))}
    if isinstance(dtype, pl.Array):
        return {"Array": [_dump(_element(dtype)), list(dtype.shape)]}
    if isinstance(dtype, pl.List):
        return {"List": _dump(_inner(dtype))}
    if isinstance(dtype, pl.Datetime):
        return {"Datetime": [dtype.time_unit, dtype.time_zone]}
    if isinstance(dtype, pl.Duration):
        return {"Duration": dtype.time_unit}
    if isinstance(dtype, pl.Decimal):
        return {"Decimal": [dtype.precision, dtype.scale]}
    if isinstance(dtype, pl.Enum):
        return {"Enum": dtype.categories.to_list()}
    return type(dtype).__name__


def from_json(columns: list[list[Any]]) -> pl.Schema:
    """What `to_json` wrote, the same in every nested part."""
    return pl.Schema({name: _load(kept) for name, kept in columns})


def _load(kept: Any) -> pl.DataType:
    if isinstance(kept, str):
        plain: pl.DataType = getattr(pl, kept)()
        return plain
    ((kind, of),) = kept.items()
    match kind:
        case "Struct":
            return pl.Struct(dict(from_json(of)))
        case "Array":
            return pl.Array(_load(of[0]), tuple(of[1]))
        case "List":
            return pl.List(_load(of))
        case "Datetime":
            return pl.Datetime(of[0], of[1])
        case "Duration":
            return pl.Duration(of)
        case "Decimal":
            return pl.Decimal(of[0], of[1])
        case _:
            return pl.Enum(of)
