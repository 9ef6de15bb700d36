"""Proves that JSON rows fit a known schema, so that Polars' quick reader changes none of their values.

Polars' reader obeys a schema by force: it cuts 1.5 to 1, drops unknown keys, turns true into 1. So msgspec decodes the
same bytes first into strict structs made from the schema, which refuse all of that, and its objects are thrown away.
What msgspec does not see is looked for in the frame: integers that a float cannot hold, and keys that occur twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Annotated, Any

import msgspec
import polars as pl
from polars.exceptions import PolarsError

from fetchtozip_gui.core.lattice import MAX_CELLS, fields_of, inner_type
from fetchtozip_gui.core.rows.json_keys import count_is, names_in
from fetchtozip_gui.core.rows.json_units import Unit

_EXACT_IN_FLOAT = 2**53
_SCALARS: dict[type[pl.DataType], Any] = {
    pl.Null: None,
    pl.Boolean: bool,
    pl.Int64: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],
    pl.Float64: float,
    pl.String: str,
}


class NotProven(Exception):
    """The rows do not fit the schema, or not provably: the exact way has to look."""


@dataclass(frozen=True, slots=True)
class _Decoders:
    """For a body that is a list of objects, and for one that is a single object."""

    rows: msgspec.json.Decoder[Any]
    row: msgspec.json.Decoder[Any]

    def objects(self, bodies: Sequence[bytes]) -> list[Any]:
        made: list[Any] = []
        for body in bodies:
            if body.lstrip()[:1] == b"{":
                made.append(self.row.decode(body))
            else:
                made += self.rows.decode(body)
        return made


@dataclass(frozen=True, slots=True)
class Witness:
    """The decoders of one schema: `strict` wants every key in every object, `loose` lets them be missing."""

    schema: pl.Schema
    names: frozenset[str]
    floats: tuple[str, ...]
    """The columns that hold floats somewhere."""
    objects: tuple[str, ...]
    """The columns that hold objects somewhere."""
    strict: _Decoders
    loose: _Decoders

    def frame(self, unit: Unit) -> pl.DataFrame:
        """The rows as a frame of exactly the schema; raises `NotProven`."""
        objects = self._loose_objects(unit.bodies)
        text = unit.joined()
        try:
            frame = pl.read_json(text, schema=self.schema)
        except PolarsError as error:
            # an integer of 40 digits in a float column
            raise NotProven from error
        keys = frame.height * frame.width + sum(_nested_keys(frame[name]) for name in self.objects)
        if objects is not None:
            keys -= sum(_missing(objects, f"f{i}", column) for i, column in enumerate(frame))
        if any(_beyond_float(frame[name]) for name in self.floats) or not count_is(keys, text, self.names):
            raise NotProven
        return frame

    def _loose_objects(self, bodies: Sequence[bytes]) -> list[Any] | None:
        """Decode everything. The objects are only kept, and returned, where keys are missing in some."""
        try:
            try:
                self.strict.objects(bodies)
                return None
            except msgspec.ValidationError as error:
                if "missing required field" not in str(error):
                    raise
                if sum(body.count(b"{") for body in bodies) * len(self.names) > MAX_CELLS:
                    raise NotProven from error
                return self.loose.objects(bodies)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise NotProven from error


def witness_of(schema: pl.Schema) -> Witness | None:
    """The witness of a schema, or none where it has no columns, or types or names that msgspec cannot express."""
    return _made(tuple(schema.items()))


@lru_cache(maxsize=16)
def _made(columns: tuple[tuple[str, pl.DataType], ...]) -> Witness | None:
    if not columns:
        # Polars' reader does not count rows that have no columns
        return None
    row = pl.Struct(dict(columns))
    floats = tuple(name for name, dtype in columns if _holds(dtype, pl.Float64))
    objects = tuple(name for name, dtype in columns if _holds(dtype, pl.Struct))
    try:
        strict, loose = _decoders(row, loose=False), _decoders(row, loose=True)
    except (KeyError, ValueError):
        return None
    return Witness(pl.Schema(columns), frozenset(names_in(row)), floats, objects, strict, loose)


def _decoders(row: pl.Struct, *, loose: bool) -> _Decoders:
    kind = _struct(row, loose=loose)
    return _Decoders(msgspec.json.Decoder(list[kind]), msgspec.json.Decoder(kind))  # type: ignore[valid-type]


def _struct(of: pl.Struct, *, loose: bool) -> type[msgspec.Struct]:
    # field names may be anything, attributes may not: f0, f1, …
    fields: list[Any] = []
    names = {}
    for index, (name, dtype) in enumerate(fields_of(of).items()):
        kind = _kind(dtype, loose=loose)
        fields.append((f"f{index}", kind | msgspec.UnsetType, msgspec.UNSET) if loose else (f"f{index}", kind))
        names[f"f{index}"] = name
    return msgspec.defstruct("Row", fields, rename=names, forbid_unknown_fields=True, gc=False)


def _kind(dtype: pl.DataType, *, loose: bool) -> Any:
    if isinstance(dtype, pl.Struct):
        return _struct(dtype, loose=loose) | None
    if isinstance(dtype, pl.List):
        return list[_kind(inner_type(dtype), loose=loose)] | None  # type: ignore[misc]
    kind = _SCALARS[type(dtype)]
    return kind if kind is None else kind | None


def _holds(dtype: pl.DataType, kind: type[pl.DataType]) -> bool:
    """Whether a type is `kind` or has it somewhere inside."""
    if isinstance(dtype, pl.List):
        return _holds(inner_type(dtype), kind)
    inside = fields_of(dtype).values() if isinstance(dtype, pl.Struct) else ()
    return isinstance(dtype, kind) or any(_holds(of, kind) for of in inside)


def _nested_keys(values: pl.Series) -> int:
    """How many keys the objects in a column have when none of their fields is missing."""
    if not _holds(values.dtype, pl.Struct):
        return 0
    if isinstance(values.dtype, pl.List):
        return _nested_keys(values.explode())
    fields = _fields(values)
    return len(values) * len(fields) - values.null_count() * len(fields) + sum(map(_nested_keys, fields))


def _fields(values: pl.Series) -> list[pl.Series]:
    """The fields of the objects that are not null, as columns."""
    # without expressions, which cost more than the looking itself
    there = values.filter(values.is_not_null()) if values.null_count() else values
    return there.struct.unnest().get_columns()


def _missing(objects: Sequence[Any], attribute: str, column: pl.Series) -> int:
    """How many of `objects` lack the field that became `column`, and how many fields the objects in it lack."""
    nested = _holds(column.dtype, pl.Struct)
    if not nested and not column.null_count():
        return 0
    values = list(map(attrgetter(attribute), objects))
    return values.count(msgspec.UNSET) + (_missing_inside(values, column) if nested else 0)


def _missing_inside(values: Sequence[Any], column: pl.Series) -> int:
    there = [value for value in values if value is not None and value is not msgspec.UNSET]
    if isinstance(column.dtype, pl.List):
        return _missing_inside(list(chain.from_iterable(there)), column.explode())
    return sum(_missing(there, f"f{i}", field) for i, field in enumerate(_fields(column)))


def _beyond_float(values: pl.Series) -> bool:
    """Whether a float is so large that it may have been an integer with more digits."""
    if isinstance(values.dtype, pl.Struct):
        return any(map(_beyond_float, _fields(values)))
    if isinstance(values.dtype, pl.List):
        return _beyond_float(values.explode())
    if values.dtype != pl.Float64:
        return False
    lowest, highest = values.min(), values.max()
    return bool(lowest is not None and (lowest <= -_EXACT_IN_FLOAT or highest >= _EXACT_IN_FLOAT))  # type: ignore[operator]
