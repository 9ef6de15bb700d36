"""Turns nested objects into columns, and lists into rows or JSON text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeGuard

import polars as pl
import polars.selectors as cs
from pydantic import BeforeValidator, Field

from fetchtozip_gui.core.conform import conform
from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.lattice import fields_of
from fetchtozip_gui.core.steps.lookup import known, listed, named
from fetchtozip_gui.core.steps.step import AnyStep

_List = (pl.List, pl.Array)


class FlattenStep(AnyStep):
    """`{"geo": {"lat": 1}}` becomes the column `geo.lat`, however deep; an object that is null has null fields."""

    type: Literal["flatten"] = "flatten"
    separator: str = Field(default=".", min_length=1, max_length=10)
    """Between the names of an object and its field."""
    lists: Literal["json", "rows"] = "json"
    """A list becomes JSON text, or one row for each of its elements (an empty one a row with null)."""
    columns: Annotated[tuple[str, ...], BeforeValidator(lambda of: (of,) if isinstance(of, str) else of)] | None = None
    """The columns that are flattened; null takes every nested one. The others stay as they are."""

    def whole(self) -> bool:
        return False

    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        schema = frame.collect_schema()
        chosen = set(schema.names() if self.columns is None else known(self.columns, schema.names(), "columns"))
        while True:
            schema = frame.collect_schema()
            objects = [name for name, dtype in schema.items() if name in chosen and _has_fields(dtype)]
            lists = [name for name, dtype in schema.items() if name in chosen and isinstance(dtype, _List)]
            if objects:
                frame = self._opened(frame, schema, objects, chosen)
            elif lists and self.lists == "rows":
                frame = _exploded(frame, schema, lists)
            else:
                return _as_text(frame, schema, [name for name in schema if name in chosen])

    def apply_frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The same for rows in memory: nothing to do costs nothing, and objects alone are opened without a plan."""
        chosen = set(frame.columns if self.columns is None else known(self.columns, frame.columns, "columns"))
        nested = [name for name, dtype in frame.schema.items() if name in chosen and dtype.is_nested()]
        if not nested:
            return frame
        if not all(_is_objects(frame.schema[name]) for name in nested):
            return self.apply(frame.lazy()).collect(engine="in-memory")
        while objects := [name for name, dtype in frame.schema.items() if name in chosen and _has_fields(dtype)]:
            self._check_names(frame.schema, objects, chosen)
            frame = pl.DataFrame(dict(self._columns(frame, objects)))
        return frame

    def _columns(self, frame: pl.DataFrame, objects: list[str]) -> Iterator[tuple[str, pl.Series]]:
        for column in frame.get_columns():
            if column.name not in objects:
                yield column.name, column
                continue
            for field in column.struct.unnest().get_columns():
                yield f"{column.name}{self.separator}{field.name}", field

    def _opened(self, frame: pl.LazyFrame, schema: pl.Schema, objects: list[str], chosen: set[str]) -> pl.LazyFrame:
        self._check_names(schema, objects, chosen)
        return frame.unnest(cs.by_name(*objects), separator=self.separator)

    def _check_names(self, schema: pl.Schema, objects: list[str], chosen: set[str]) -> None:
        """No field may become a column that is there already; those that they become are `chosen` too."""
        made: dict[str, str] = {name: f"the column `{name}`" for name in schema if name not in objects}
        for name in objects:
            dtype = schema[name]
            assert isinstance(dtype, pl.Struct)
            for field in dtype.fields:
                column = f"{name}{self.separator}{field.name}"
                of = f"the field `{field.name}` of `{name}`"
                if column in made:
                    raise StepError(
                        f"separator: {of} would have the same name as {made[column]}: `{column}`.",
                        "Choose another `separator`, or rename one of them in a `columns` step before.",
                    )
                made[column] = of
                chosen.add(column)


def _is_objects(dtype: pl.DataType) -> bool:
    """Whether a nested type is made of objects alone, however deep."""
    return _has_fields(dtype) and all(not of.is_nested() or _is_objects(of) for of in fields_of(dtype).values())


def _has_fields(dtype: pl.DataType) -> TypeGuard[pl.Struct]:
    # an object that never has a field would vanish with its column; it becomes the text {} instead
    return isinstance(dtype, pl.Struct) and bool(dtype.fields)


def _exploded(frame: pl.LazyFrame, schema: pl.Schema, lists: list[str]) -> pl.LazyFrame:
    if len(lists) > 1:
        raise StepError(
            f"lists: only one column of lists can become rows, and there are {len(lists)}: {listed(lists)}.",
            "Name one of them in `columns`; flatten the others in a second step, or as json.",
        )
    column = named(lists[0])
    if isinstance(schema[lists[0]], pl.Array):
        frame = frame.with_columns(column.arr.to_list())
    return frame.explode(cs.by_name(lists[0]), empty_as_null=True, keep_nulls=True)


def _as_text(frame: pl.LazyFrame, schema: pl.Schema, chosen: list[str]) -> pl.LazyFrame:
    nested = [name for name in chosen if schema[name].is_nested()]
    if not nested:
        return frame
    result = pl.Schema({**schema, **dict.fromkeys(nested, pl.String())})
    return frame.map_batches(
        lambda rows: conform(rows, result),
        schema=result,
        streamable=True,
        predicate_pushdown=False,
        projection_pushdown=False,
    )
