"""Groups rows and computes values of each group."""

from __future__ import annotations

from typing import Annotated, Literal

import polars as pl
from pydantic import BeforeValidator, Field, model_validator

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.steps.lookup import known, named, position
from fetchtozip_gui.core.steps.step import AnyStep

Function = Literal["sum", "mean", "median", "min", "max", "count", "count_distinct", "first", "last", "std"]
ROWS = "*"
_OF_NUMBERS = ("sum", "mean", "median", "std")


class Aggregate(Model):
    """One value of each group."""

    column: str
    """The column it is computed from; `*` counts rows."""
    function: Function
    """Nulls are left out by all but first and last; the sum of none is 0. std divides by n - 1."""
    name: str | None = Field(default=None, min_length=1)
    """The name of the result; null makes it `column_function`, and `count` for the rows."""

    @model_validator(mode="after")
    def _rows_are_counted(self) -> Aggregate:
        if self.column == ROWS and self.function != "count":
            raise ValueError(f"`*` stands for rows, which can only be counted; {self.function} needs a column")
        return self

    @property
    def result(self) -> str:
        """The name of the column that holds it."""
        return self.name or ("count" if self.column == ROWS else f"{self.column}_{self.function}")


class GroupStep(AnyStep):
    """One row for each group, in the order in which groups first appear; without `by` one row for all rows."""

    type: Literal["group"] = "group"
    by: Annotated[tuple[str, ...], BeforeValidator(lambda by: (by,) if isinstance(by, str) else by)] = ()
    aggregate: tuple[Aggregate, ...] = Field(min_length=1)

    def whole(self) -> bool:
        return True

    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        schema = frame.collect_schema()
        known(self.by, schema.names(), "by")
        self._check_names()
        found = [_value(one, schema, f"aggregate.{number}") for number, one in enumerate(self.aggregate)]
        if not self.by:
            return frame.select(found)
        return frame.group_by([named(name) for name in self.by], maintain_order=True).agg(found)

    def _check_names(self) -> None:
        seen = {name: f"by.{number}" for number, name in enumerate(self.by)}
        for number, one in enumerate(self.aggregate):
            field = f"aggregate.{number}"
            if one.result in seen:
                raise StepError(
                    f"{field}.name: `{one.result}` is also the name of {seen[one.result]}.", "Give it another `name`."
                )
            seen[one.result] = field


def _value(one: Aggregate, schema: pl.Schema, field: str) -> pl.Expr:
    if one.column == ROWS:
        return pl.len().cast(pl.Int64).alias(one.result)
    position(one.column, schema.names(), f"{field}.column")
    dtype = schema[one.column]
    if one.function in _OF_NUMBERS and not (dtype.is_numeric() or dtype in (pl.Boolean, pl.Null, pl.Duration)):
        raise StepError(
            f"{field}: {one.function} needs numbers, and column `{one.column}` is {str(dtype).lower()}.",
            "Give it a number's type in a `columns` step before.",
        )
    return _computed(named(one.column), one.function, dtype).alias(one.result)


def _computed(column: pl.Expr, function: Function, dtype: pl.DataType) -> pl.Expr:
    match function:
        case "sum" if dtype.is_integer():
            # Polars lets a 64-bit sum wrap around to a wrong number; this one fails when it does not fit
            return column.cast(pl.Int128).sum().cast(pl.Int64)
        case "count":
            return column.count().cast(pl.Int64)
        case "count_distinct":
            return column.drop_nulls().n_unique().cast(pl.Int64)
        case _:
            value: pl.Expr = getattr(column, function)()
            return value
