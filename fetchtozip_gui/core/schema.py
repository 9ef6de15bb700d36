"""Everything about a table's types: uniting, conforming, telling their changes, naming and keeping them as JSON."""

from __future__ import annotations

from typing import Any

import polars as pl

from fetchtozip_gui.core.conform import conform, widen_for
from fetchtozip_gui.core.lattice import element_type, fields_of, inner_type, join, unite

__all__ = ["changes", "conform", "from_json", "join", "to_json", "type_name", "unite", "widen_for"]


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
        old = fields_of(before)
        told: list[str] = []
        for name, dtype in fields_of(after).items():
            if name not in old:
                told.append(f"column `{path}`: new field `{name}`, {_word(dtype)}")
            else:
                told += _changed(f"{path}.{name}", old[name], dtype)
        return told
    if isinstance(before, (pl.List, pl.Array)) and isinstance(after, pl.List):
        return _changed(f"{path}[]", inner_type(before), inner_type(after))
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
        return {"Struct": to_json(pl.Schema(fields_of(dtype)))}
    if isinstance(dtype, pl.Array):
        return {"Array": [_dump(element_type(dtype)), list(dtype.shape)]}
    if isinstance(dtype, pl.List):
        return {"List": _dump(inner_type(dtype))}
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
