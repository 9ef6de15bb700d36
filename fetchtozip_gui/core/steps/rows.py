"""Chooses, computes, orders and thins out rows: filter, derive, sort and deduplicate."""

from __future__ import annotations

from typing import Annotated, Literal

import polars as pl
from pydantic import AfterValidator, BeforeValidator, Field

from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.steps.duplicates import Keep, later_duplicates, without
from fetchtozip_gui.core.steps.expression import check, columns_of, is_row_by_row, query, quoted
from fetchtozip_gui.core.steps.learned import Learned
from fetchtozip_gui.core.steps.lookup import known, named, position
from fetchtozip_gui.core.steps.step import AnyStep

Expression = Annotated[str, AfterValidator(check)]


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str | dict | Model) else value


class FilterStep(AnyStep):
    """Keeps the rows for which an SQL condition is true; null is not true."""

    type: Literal["filter"] = "filter"
    where: Expression
    """Such as `quantity > 0 AND country IN ('France', 'Spain')`. Names with spaces go in double quotes."""

    def whole(self) -> bool:
        return not is_row_by_row(self.where)

    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        columns_of(frame, "where")
        return query(frame, f"SELECT * FROM self WHERE ({self.where}\n)", "where")


class DeriveStep(AnyStep):
    """Adds a column computed by an SQL expression at the end, or computes an existing one anew in its place."""

    type: Literal["derive"] = "derive"
    name: str = Field(min_length=1)
    expression: Expression
    """Such as `quantity * price`, `upper(city)` or `sum(price) OVER (PARTITION BY country)`."""

    def whole(self) -> bool:
        return not is_row_by_row(self.expression)

    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        column = f"({self.expression}\n) AS {quoted(self.name)}"
        if self.name in columns_of(frame, "expression"):
            return query(frame, f"SELECT * REPLACE ({column}) FROM self", "expression")
        return query(frame, f"SELECT *, {column} FROM self", "expression")


class SortKey(Model):
    """One column to sort by."""

    column: str
    descending: bool = False
    nulls_last: bool = True


class SortStep(AnyStep):
    """Orders the rows; those that are equal keep their order."""

    type: Literal["sort"] = "sort"
    by: Annotated[tuple[str | SortKey, ...], BeforeValidator(_as_list)] = Field(min_length=1)
    """Names, or {column, descending, nulls_last}; the first decides, the next among equals."""

    def whole(self) -> bool:
        return True

    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        keys = [SortKey(column=key) if isinstance(key, str) else key for key in self.by]
        known([key.column for key in keys], frame.collect_schema().names(), "by")
        return frame.sort(
            [named(key.column) for key in keys],
            descending=[key.descending for key in keys],
            nulls_last=[key.nulls_last for key in keys],
            maintain_order=True,
        )


class DeduplicateStep(AnyStep):
    """Leaves one row of those that agree in some columns; the rows that stay keep their order."""

    type: Literal["deduplicate"] = "deduplicate"
    subset: Annotated[tuple[str, ...], BeforeValidator(_as_list)] | None = None
    """The columns that are compared; null compares all. Null agrees with null."""
    keep: Keep = "first"
    """Which of the rows that agree stays; `none` leaves only rows without a like."""

    def whole(self) -> bool:
        return True

    def twice(self) -> bool:
        return True

    def again(self) -> bool:
        return True

    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        names = frame.collect_schema().names()
        subset = known(names if self.subset is None else self.subset, names, "subset")
        if not subset:
            position("", names, "subset")
        # a few bytes a row are held, and not the table
        plan = Learned(frame, [lambda rows: without(rows, later_duplicates(rows, subset, keep=self.keep))])
        return plan.plan(frame.collect_schema())
