"""The parts of the cleaning step that look at one row at a time: texts replaced, split, joined and cast."""

from __future__ import annotations

import re
from typing import Annotated, Final

import polars as pl
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from fetchtozip_gui.core.conform import conform
from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.steps.cast import Cast, DType, check_format, type_of
from fetchtozip_gui.core.steps.lookup import known, listed, named, position

PATTERN_LIMIT: Final = 1000
"""Characters of the longest pattern."""


def check_pattern(pattern: str) -> str:
    """`pattern`, if it is one that Rust's regex takes, whose search takes a time that only grows with the text."""
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.PolarsError as error:
        told = re.search(r"(?m)^error: (.+)$", str(error)) or re.search(r"Compiled regex exceeds.+", str(error))
        reason = told[told.re.groups] if told else "it cannot be read"
        raise ValueError(f"is no pattern that can be searched for (Rust's regex): {reason}") from None
    return pattern


Pattern = Annotated[str, Field(min_length=1, max_length=PATTERN_LIMIT), AfterValidator(check_pattern)]
Names = Annotated[tuple[str, ...], BeforeValidator(lambda of: (of,) if isinstance(of, str) else of)]


class Replace(Model):
    """Other text in place of some: of a part of the values, or of whole values."""

    columns: Names | None = None
    """The columns it is done in; null is every column of texts."""
    find: str | None = Field(default=None, min_length=1, max_length=PATTERN_LIMIT)
    """The text that is looked for anywhere in a value."""
    pattern: bool = False
    """`find` is a pattern (Rust's regex), and `with` may hold its groups: `${1}`, `${name}`."""
    put: str | None = Field(default="", alias="with")
    """What stands there instead; null empties every value in which it is found."""
    values: dict[str, str | None] | None = Field(default=None, min_length=1)
    """Whole values and what they become, in place of `find`."""

    @model_validator(mode="after")
    def _one_way(self) -> Replace:
        if (self.find is None) == (self.values is None):
            raise ValueError("either `find` or `values` is expected")
        if self.pattern and self.find is not None:
            check_pattern(self.find)
        return self

    def expression(self, value: pl.Expr) -> pl.Expr:
        """The value with it done."""
        if self.values is not None:
            return value.replace(list(self.values), pl.Series(list(self.values.values()), dtype=pl.String))
        found = pl.lit(self.find)
        literal = not self.pattern
        if self.put is None:
            return pl.when(value.str.contains(found, literal=literal).not_()).then(value)
        return value.str.replace_all(found, pl.lit(self.put), literal=literal)


class Split(Model):
    """A column of texts cut into several at a separator."""

    column: str
    separator: str = Field(min_length=1)
    """The text between the parts."""
    into: Names = Field(min_length=1)
    """The names of the parts, which stand in the column's place; the last one takes all that is left."""
    keep: bool = False
    """Whether the column itself stays, before its parts."""


class Join(Model):
    """Several columns as the text of one, which stands at the end."""

    columns: Names = Field(min_length=2)
    name: str = Field(min_length=1)
    separator: str = " "
    """Between two values; missing ones are left out, and all missing make a missing one."""
    keep: bool = False
    """Whether the columns themselves stay."""


class CastColumn(Model):
    """Another type for a column, as in a `columns` step."""

    column: str
    dtype: DType
    format: str | None = None

    @model_validator(mode="after")
    def _format_fits(self) -> CastColumn:
        check_format(self.dtype, self.format)
        return self


def replaced(rows: pl.LazyFrame, steps: tuple[Replace, ...]) -> pl.LazyFrame:
    """`rows` with all replacements done, one after the other."""
    schema = rows.collect_schema()
    for number, one in enumerate(steps):
        columns = texts(schema, one.columns, f"replace.{number}.columns", "a replacement")
        rows = rows.with_columns(one.expression(named(name)) for name in columns)
    return rows


def texts(schema: pl.Schema, columns: tuple[str, ...] | None, field: str, what: str) -> list[str]:
    """The columns of texts among those that are asked for, or all of them; `StepError` for one that holds others."""
    fitting = [name for name, dtype in schema.items() if dtype == pl.String]
    if columns is None:
        return fitting
    for number, name in enumerate(known(columns, schema.names(), field)):
        if schema[name] not in (pl.String, pl.Null):
            raise StepError(
                f"{field}.{number}: column `{name}` is {kind(schema[name])}; {what} fits texts: {listed(fitting)}.",
                "Cast it to string before, or leave it out.",
            )
    return [name for name in columns if name in fitting]


def split(rows: pl.LazyFrame, steps: tuple[Split, ...], *, trim: bool, empty_is_missing: bool) -> pl.LazyFrame:
    """`rows` with columns cut into parts; a value with fewer parts leaves the last ones missing."""
    for number, one in enumerate(steps):
        schema = rows.collect_schema()
        field = f"split.{number}"
        if position(one.column, schema.names(), f"{field}.column") >= 0 and schema[one.column] == pl.Null:
            rows = rows.with_columns(named(one.column).cast(pl.String))
        else:
            texts(schema, (one.column,), f"{field}.column", "split")
        others = [name for name in schema if name != one.column or one.keep]
        _new_names(one.into, others, f"{field}.into")
        parts = named(one.column).str.splitn(one.separator, len(one.into))
        made = []
        for place, name in enumerate(one.into):
            part = parts.struct.field(f"field_{place}")
            part = part.str.strip_chars() if trim else part
            made.append((pl.when(part != "").then(part) if empty_is_missing else part).alias(name))
        order: list[pl.Expr] = []
        for name in schema:
            order += [named(name)] if name in others else []
            order += made if name == one.column else []
        rows = rows.select(order)
    return rows


def joined(rows: pl.LazyFrame, steps: tuple[Join, ...]) -> pl.LazyFrame:
    """`rows` with columns joined."""
    for number, one in enumerate(steps):
        schema = rows.collect_schema()
        field = f"join.{number}"
        columns = known(one.columns, schema.names(), f"{field}.columns")
        _new_names((one.name,), [name for name in schema if one.keep or name not in columns], f"{field}.name")
        kept = {name: dtype for name, dtype in schema.items() if one.keep or name not in columns}

        def made(frame: pl.DataFrame, one: Join = one, kept: dict[str, pl.DataType] = kept) -> pl.DataFrame:
            values = conform(frame.select(named(name) for name in one.columns), _all_text(one.columns))
            some = pl.any_horizontal(pl.all().is_not_null())
            text = pl.when(some).then(pl.concat_str(pl.all(), separator=one.separator, ignore_nulls=True))
            return frame.select(named(name) for name in kept).with_columns(
                values.select(text.alias(one.name)).to_series()
            )

        rows = rows.map_batches(
            made,
            schema=pl.Schema({**kept, one.name: pl.String()}),
            streamable=True,
            predicate_pushdown=False,
            projection_pushdown=False,
        )
    return rows


def cast(rows: pl.LazyFrame, steps: tuple[CastColumn, ...]) -> pl.LazyFrame:
    """`rows` with other types; a value that cannot become the type is an error with how many there are."""
    if not steps:
        return rows
    schema = rows.collect_schema()
    casts = {}
    for number, one in enumerate(steps):
        field = f"cast.{number}"
        position(one.column, schema.names(), f"{field}.column")
        if one.column in casts:
            raise StepError(f"{field}.column: the column `{one.column}` is cast twice.", "Name it once.")
        casts[one.column] = Cast(one.dtype, one.format, f"{field}.dtype"), type_of(one.dtype, one.format)
    result = pl.Schema({name: casts[name][1] if name in casts else dtype for name, dtype in schema.items()})
    return rows.map_batches(
        lambda frame: frame.with_columns(made(frame.get_column(name)) for name, (made, _) in casts.items()),
        schema=result,
        streamable=True,
        predicate_pushdown=False,
        projection_pushdown=False,
    )


def kind(dtype: pl.DataType) -> str:
    """A type in a word."""
    if dtype.is_nested():
        return "nested"
    return {"string": "text", "null": "without any value"}.get(str(dtype).lower(), str(dtype).lower())


def _all_text(columns: tuple[str, ...]) -> pl.Schema:
    return pl.Schema(dict.fromkeys(columns, pl.String()))


def _new_names(names: tuple[str, ...], taken: list[str], field: str) -> None:
    for number, name in enumerate(names):
        if name in taken or name in names[:number]:
            raise StepError(f"{field}: there is already a column `{name}`.", "Give it another name.")
