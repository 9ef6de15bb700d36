"""Finds the narrowest type that holds every value of decoded JSON, and rewrites what no type of its own can hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from math import isinf
from operator import itemgetter
from types import NoneType
from typing import Any

import msgspec
import polars as pl

from fetchtozip_gui.core.lattice import MAX_CELLS, MAX_COLUMNS, MAX_FIELDS, too_many_columns

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_NUMBERS = {int, float, msgspec.Raw}
_EXACT_IN_FLOAT = 2**53


@dataclass(frozen=True, slots=True)
class Shape:
    """The type of a column, of a field or of list elements; `rewrite` when values must be changed to fit it."""

    dtype: pl.DataType
    rewrite: bool = False
    fields: dict[str, Shape] = field(default_factory=dict)
    inner: Shape | None = None

    def rewrite_in(self, objects: Iterable[dict[str, Any]]) -> None:
        """Change every value of these objects, in place, whose type is String although it is none."""
        for name, shape in self.fields.items():
            if shape.rewrite:
                for one in objects:
                    value = one.get(name)
                    if value is not None and type(value) is not str:
                        one[name] = shape._rewritten(value)

    def _rewritten(self, value: Any) -> Any:
        if value is None or type(value) is str:
            return value
        if self.inner is not None:
            return [self.inner._rewritten(element) for element in value] if self.inner.rewrite else value
        if self.fields:
            self.rewrite_in((value,))
            return value
        # JSON text without spaces
        return msgspec.json.encode(value).decode()


@dataclass(slots=True)
class Survey:
    """One look at all values: types by `table` and `of`, and what the look came across."""

    keys: int = 0
    """Keys in all objects, each counted once an object."""
    names: set[str] = field(default_factory=set)
    floats_to_text: bool = False
    """Whether a float stands where text is wanted, so that its source text is needed."""

    def table(self, rows: list[dict[str, Any]]) -> Shape:
        """The shape of rows: its `fields` are the columns in order of first sight. Raises `SourceError`."""
        names = dict.fromkeys(chain.from_iterable(rows))
        if len(names) > MAX_COLUMNS or len(names) * len(rows) > MAX_CELLS:
            raise too_many_columns(len(names), len(rows))
        return self._objects(rows, names)

    def _objects(self, objects: list[dict[str, Any]], names: Iterable[str]) -> Shape:
        columns: dict[str, list[Any]] = {name: [] for name in names}
        keys = sum(map(len, objects))
        self.keys += keys
        self.names.update(columns)
        if keys == len(columns) * len(objects):
            for name in columns:
                columns[name] = list(map(itemgetter(name), objects))
        else:
            for one in objects:
                for name, value in one.items():
                    columns[name].append(value)
        fields = {name: self.of(values) for name, values in columns.items()}
        dtype = pl.Struct({name: shape.dtype for name, shape in fields.items()})
        return Shape(dtype, any(shape.rewrite for shape in fields.values()), fields)

    def of(self, values: list[Any]) -> Shape:
        """The shape that holds all of `values`; nulls fit any."""
        kinds = set(map(type, values))
        if NoneType in kinds:
            kinds.remove(NoneType)
            values = [value for value in values if value is not None]
        if not kinds:
            return Shape(pl.Null())
        if kinds == {str}:
            return Shape(pl.String())
        if kinds == {bool}:
            return Shape(pl.Boolean())
        if kinds == {dict} and len(names := dict.fromkeys(chain.from_iterable(values))) <= MAX_FIELDS:
            return self._objects(values, names)
        if kinds == {list}:
            inner = self.of(list(chain.from_iterable(values)))
            return Shape(pl.List(inner.dtype), inner.rewrite, inner=inner)
        if kinds == {int} and min(values) >= _LOWEST and max(values) <= _HIGHEST:
            return Shape(pl.Int64())
        if kinds == {float} or (kinds <= _NUMBERS and kinds != {int} and all(map(_float_holds, values))):
            return Shape(pl.Float64())
        self._texts(values)
        return Shape(pl.String(), rewrite=True)

    def _texts(self, values: Iterable[Any]) -> None:
        for value in values:
            if type(value) is dict:
                self.keys += len(value)
                self.names.update(value)
                self._texts(value.values())
            elif type(value) is list:
                self._texts(value)
            elif type(value) is float:
                self.floats_to_text = True


def _float_holds(number: Any) -> bool:
    """Whether a float keeps every digit of an integer, and the size of any other number."""
    if type(number) is int:
        return _LOWEST <= number <= _HIGHEST and (abs(number) <= _EXACT_IN_FLOAT or int(float(number)) == number)
    return type(number) is float or not isinf(float(bytes(number)))
