"""Cleans rows: brings texts into one form, removes duplicates, and settles missing values, outliers and scales."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import BeforeValidator, Field, model_validator

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.replay import Stage, row_by_row
from fetchtozip_gui.core.steps import statistics
from fetchtozip_gui.core.steps.cast import Cast
from fetchtozip_gui.core.steps.duplicates import Hashes, later_duplicates, without
from fetchtozip_gui.core.steps.learned import Learned
from fetchtozip_gui.core.steps.lookup import known, listed, meant, named
from fetchtozip_gui.core.steps.step import AnyStep
from fetchtozip_gui.core.steps.texts import CastColumn, Join, Names, Replace, Split, cast, joined, kind, replaced, split

_OF_ALL_ROWS = ("mean", "median", "mode", "ffill", "bfill")
_DEFAULT_FACTOR = {"iqr": 1.5, "zscore": 3.0}


class Fill(Model):
    """A value of the user's own in place of missing ones."""

    value: int | float | bool | str
    """Fits columns of its own kind; a date is written as 2024-05-31."""


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError('a number, a word or {"value": …} is expected')
    return value


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Rows whose texts are in form, the stages that learn from all of them, and the types they come to."""

    rows: pl.LazyFrame
    stages: Sequence[Stage]
    schema: pl.Schema
    noted: Hashes | None = None
    """Of every row one is wanted: whoever walks through the rows may note them on the way."""

    def done(self, kept: pl.LazyFrame | None = None) -> pl.LazyFrame:
        """The cleaned rows; `kept` are the same rows where they have been put aside."""
        rows = self.rows if kept is None else kept
        return Learned(rows, self.stages).plan(self.schema) if self.stages else rows


class CleanStep(AnyStep):
    """Removes duplicates, fills or drops what is missing, and brings texts and numbers into one form.

    What is set is done in this order, whatever the order in the recipe: trim, replace, case, empty_is_missing, split,
    join, cast, remove_duplicates, handle_missing, outliers, normalize. Another order takes two steps.
    """

    type: Literal["clean"] = "clean"
    columns: Names | None = None
    """The columns that trim, case, empty_is_missing, handle_missing, outliers and normalize are about; each must fit
    all that is asked. Null is every column that fits."""
    trim: bool = False
    """Remove white space from both ends of texts."""
    replace: tuple[Replace, ...] = ()
    """Text in place of other text, one after the other."""
    case: Literal["lower", "upper", "title"] | None = None
    """The letters of texts."""
    empty_is_missing: bool = False
    """Texts without a character become missing values."""
    split: tuple[Split, ...] = ()
    join: tuple[Join, ...] = ()
    cast: tuple[CastColumn, ...] = ()
    remove_duplicates: bool | Names = False
    """Leave out rows that repeat an earlier one as a whole, or in the columns that are named here."""
    handle_missing: Annotated[
        Literal["drop", "mean", "median", "mode", "zero", "ffill", "bfill"] | int | float | Fill | None,
        BeforeValidator(_no_truth),
    ] = None
    """Missing are null and NaN. Leave such rows out, or fill in the mean, the median, the most frequent value, 0, the
    last or the next value, or a value of your own: a number or {"value": …}."""
    outliers: Literal["drop", "clip"] | None = None
    """Leave rows with outliers out, or bring outliers to the nearest bound."""
    outlier_method: Literal["iqr", "zscore"] = "iqr"
    """By the distance of the quartiles, or by standard deviations from the mean."""
    outlier_factor: float | None = Field(default=None, gt=0)
    """How many of those a value may be away; null is 1.5 for iqr and 3 for zscore."""
    normalize: Literal["minmax", "zscore"] | None = None
    """Numbers from 0 to 1, or with mean 0 and standard deviation 1."""

    @model_validator(mode="after")
    def _outliers_are_asked_for(self) -> CleanStep:
        if self.outliers is None and self.outlier_factor is not None:
            raise ValueError("`outlier_factor` belongs to `outliers`, and there is none")
        return self

    def twice(self) -> bool:
        return self.whole()

    def again(self) -> bool:
        return True

    def whole(self) -> bool:
        return bool(self.remove_duplicates or self.handle_missing in _OF_ALL_ROWS or self.outliers or self.normalize)

    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        return self.begin(frame).done()

    def begin(self, frame: pl.LazyFrame) -> Cleaning:
        """Bring the texts into form, and know what is left to do; all that is wrong is found here."""
        before = frame.collect_schema()
        plan = row_by_row(frame, lambda rows: self._worded(rows, before))
        schema = plan.collect_schema()
        self._check_columns({*before, *schema}, list(schema))
        noted = None
        if self.remove_duplicates and schema:
            named_ones = self.remove_duplicates if isinstance(self.remove_duplicates, tuple) else schema.names()
            noted = Hashes(known(named_ones, schema.names(), "remove_duplicates"))
        stages = self._stages(schema, noted)
        if not self.whole():
            for stage in stages:
                plan = stage(plan)
            return Cleaning(plan, [], plan.collect_schema())
        if self.normalize is not None:
            schema = pl.Schema({**schema, **dict.fromkeys(self._numbers(schema, "normalize"), pl.Float64())})
        return Cleaning(plan, stages, schema, noted)

    def _stages(self, schema: pl.Schema, noted: Hashes | None) -> list[Stage]:
        stages: list[Stage] = []
        if noted is not None:
            stages.append(lambda rows: without(rows, later_duplicates(rows, noted.columns, noted=noted)))
        if self.handle_missing is not None:
            stages.append(self._filled(schema))
        if self.outliers is not None:
            stages.append(self._bounded(schema))
        if self.normalize is not None:
            how, numbers = self.normalize, self._numbers(schema, "normalize")
            stages.append(lambda rows: statistics.normalized(rows, numbers, how))
        return stages

    # --- row by row ---------------------------------------------------------------------------------------------

    def _worded(self, rows: pl.LazyFrame, schema: pl.Schema) -> pl.LazyFrame:
        wanted = [field for field in ("trim", "case", "empty_is_missing") if getattr(self, field)]
        chosen = self._fitting(schema, wanted, "texts", lambda dtype: dtype == pl.String) if wanted else []
        if self.trim:
            rows = rows.with_columns(named(name).str.strip_chars() for name in chosen)
        rows = replaced(rows, self.replace)
        match self.case:
            case "lower":
                rows = rows.with_columns(named(name).str.to_lowercase() for name in chosen)
            case "upper":
                rows = rows.with_columns(named(name).str.to_uppercase() for name in chosen)
            case "title":
                rows = rows.with_columns(named(name).str.to_titlecase() for name in chosen)
        if self.empty_is_missing:
            rows = rows.with_columns(pl.when(named(name) != "").then(named(name)).alias(name) for name in chosen)
        rows = split(rows, self.split, trim=self.trim, empty_is_missing=self.empty_is_missing)
        return cast(joined(rows, self.join), self.cast)

    def _check_columns(self, names: set[str], after: list[str]) -> None:
        for number, name in enumerate(self.columns or ()):
            if name not in names:
                raise StepError(
                    f"columns.{number}: there is no column `{name}`; there are {listed(after)}.", meant(name, after)
                )

    def _fitting(
        self, schema: pl.Schema, fields: list[str], what: str, fits: Callable[[pl.DataType], bool]
    ) -> list[str]:
        """The columns that some fields are about; `StepError` for one that is named and does not fit."""
        fitting = [name for name, dtype in schema.items() if fits(dtype)]
        if self.columns is None:
            return fitting
        for name in self.columns:
            # a column without any value has no type that it could be wrong by
            if name in schema and name not in fitting and schema[name] != pl.Null:
                raise StepError(
                    f"{fields[0]}: column `{name}` is {kind(schema[name])}; {_asked(self, fields[0])} fits {what}: "
                    f"{listed(fitting)}.",
                    "Name other columns in `columns`, or clean them in a step of their own.",
                )
        return [name for name in self.columns if name in fitting]

    # --- all rows -----------------------------------------------------------------------------------------------

    def _numbers(self, schema: pl.Schema, field: str) -> list[str]:
        return self._fitting(schema, [field], "numbers", _is_number)

    def _filled(self, schema: pl.Schema) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
        field, how = "handle_missing", self.handle_missing
        if isinstance(how, Fill) or not isinstance(how, str):
            value = how.value if isinstance(how, Fill) else how
            of_kind = self._fitting(schema, [field], _kind_of(value), lambda dtype: _fill(value, dtype) is not None)
            fills = {name: _fill(value, schema[name]) for name in of_kind}
            return lambda rows: statistics.fill(rows, fills)
        if how == "zero":
            zeros = dict.fromkeys(self._numbers(schema, field), 0)
            return lambda rows: statistics.fill(rows, zeros)
        if how == "mean" or how == "median":
            numbers = self._numbers(schema, field)
            return lambda rows: statistics.fill_with_middle(rows, numbers, how)
        if how == "mode":
            plain = self._fitting(schema, [field], "plain values", lambda dtype: not _is_empty_or_nested(dtype))
            return lambda rows: statistics.fill_with_mode(rows, plain)
        chosen = self._fitting(schema, [field], "columns with values", lambda dtype: dtype != pl.Null)
        if how == "drop":
            if not chosen:
                return lambda rows: rows
            absent = [statistics.missing(name, schema[name]) for name in chosen]
            present = ~pl.any_horizontal(absent)
            return lambda rows: row_by_row(rows, lambda some: some.filter(present))
        carry = statistics.carry_forward if how == "ffill" else statistics.carry_backward
        return lambda rows: carry(rows, chosen)

    def _bounded(self, schema: pl.Schema) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
        numbers, method = self._numbers(schema, "outliers"), self.outlier_method
        factor = self.outlier_factor or _DEFAULT_FACTOR[method]
        act = statistics.dropped if self.outliers == "drop" else statistics.clipped
        return lambda rows: act(rows, statistics.bounds(rows, numbers, method, factor))


def _is_number(dtype: pl.DataType) -> bool:
    return dtype.is_numeric()


def _is_empty_or_nested(dtype: pl.DataType) -> bool:
    return dtype == pl.Null or dtype.is_nested()


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "booleans"
    if isinstance(value, str):
        return "texts and, where it is one, dates"
    return "numbers" if isinstance(value, int) else "numbers that may have a fraction"


def _fill(value: Any, dtype: pl.DataType) -> Any:
    """`value` as a value of a type; None where it is none."""
    if isinstance(value, bool):
        return value if dtype == pl.Boolean else None
    if isinstance(value, int | float):
        if dtype.is_integer():
            return pl.Series([value]).cast(dtype, strict=False)[0] if value == int(value) else None
        return value if dtype.is_numeric() else None
    if dtype == pl.String:
        return value
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        try:
            return Cast("date" if dtype == pl.Date else "datetime", None, "handle_missing")(pl.Series([value]))[0]
        except StepError:
            return None
    return None


def _asked(step: CleanStep, field: str) -> str:
    value = getattr(step, field)
    if isinstance(value, Fill):
        return repr(value.value)
    return field if isinstance(value, bool) else str(value)
