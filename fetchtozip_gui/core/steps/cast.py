"""Gives a column another type, and refuses a value that would not survive it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from fetchtozip_gui.core.conform import conform
from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.steps.moments import UNIX, date, datetime, datetime_type
from fetchtozip_gui.core.steps.numbers import PLAIN, Marks

DType = Literal["string", "integer", "float", "decimal", "boolean", "date", "datetime"]
_PRECISION = 38
_WORDS = (("true", "1"), ("false", "0"))


def check_format(dtype: DType | None, form: str | None) -> None:
    """`ValueError` when `form` says nothing about `dtype`: found before anything runs."""
    if form is None:
        return
    if dtype is None:
        raise ValueError("`format` belongs to a `dtype`, and there is none")
    if dtype in ("integer", "float", "decimal"):
        Marks.of(form)
    elif dtype == "boolean":
        _words(form)
    elif "%" not in form and not (dtype == "datetime" and form in UNIX):
        raise ValueError("a date pattern such as %d.%m.%Y is expected")


def type_of(dtype: DType, form: str | None) -> pl.DataType:
    """The type that a column becomes, whatever it was."""
    match dtype:
        case "string":
            return pl.String()
        case "integer":
            return pl.Int64()
        case "float":
            return pl.Float64()
        case "decimal":
            return pl.Decimal(_PRECISION, Marks.of(form or PLAIN).places)
        case "boolean":
            return pl.Boolean()
        case "date":
            return pl.Date()
        case "datetime":
            return datetime_type(form)


@dataclass(frozen=True, slots=True)
class Cast:
    """`field` begins the words of an error: the recipe's field that asked for the type."""

    dtype: DType
    format: str | None
    field: str

    def __call__(self, values: pl.Series) -> pl.Series:
        """The column in its new type; `StepError` with how many values of these rows do not fit, and the first of them.

        A job hands in chunk by chunk; behind a step that needs all rows, Polars' engine hands in several stretches at
        once, and any of them may be the one that is told."""
        if values.dtype == pl.Null:
            return values.cast(type_of(self.dtype, self.format))
        made = _CASTS[self.dtype](values, self.format)
        if made is None:
            raise StepError(
                f"{self.field}: column `{values.name}` is {_named(values.dtype)}, which cannot become {self.dtype}.",
                "Give it the type string first, or derive the column with an expression.",
            )
        if made.null_count() != values.null_count():
            raise self._refused(values, values.filter(made.is_null() & values.is_not_null()))
        return made

    def _refused(self, values: pl.Series, bad: pl.Series) -> StepError:
        shown = ", ".join(repr(value) for value in bad.unique(maintain_order=True).head(3).to_list())
        asked = f"{self.dtype} ({self.format})" if self.format else self.dtype
        return StepError(
            f"{self.field}: column `{values.name}`: {shown} cannot become {asked}; "
            f"there are {bad.len():,} such values in these {values.len():,} rows.",
            _HINTS.get(self.dtype, ""),
        )


def _string(values: pl.Series, form: str | None) -> pl.Series | None:
    if form is None:
        return conform(values.to_frame(), pl.Schema({values.name: pl.String()})).to_series()
    return values.dt.strftime(form) if values.dtype.is_temporal() and values.dtype != pl.Duration else None


def _integer(values: pl.Series, form: str | None) -> pl.Series | None:
    if values.dtype == pl.String:
        return (Marks.of(form).plain(values) if form else values).cast(pl.Int64, strict=False)
    if values.dtype.is_integer() or values.dtype == pl.Boolean:
        return values.cast(pl.Int64, strict=False)
    return _kept(values, pl.Int64()) if values.dtype.is_numeric() else None


def _float(values: pl.Series, form: str | None) -> pl.Series | None:
    if values.dtype == pl.String:
        plain = Marks.of(form).plain(values) if form else values
        made = plain.cast(pl.Float64, strict=False)
        # 1e999 is a number too large for a float and not infinity
        return (
            made.set(made.is_infinite() & ~values.str.contains("(?i)inf"), None) if made.is_infinite().any() else made
        )
    if values.dtype.is_integer():
        return _kept(values, pl.Float64())
    return values.cast(pl.Float64) if values.dtype.is_numeric() or values.dtype == pl.Boolean else None


def _decimal(values: pl.Series, form: str | None) -> pl.Series | None:
    marks = Marks.of(form or PLAIN)
    to = pl.Decimal(_PRECISION, marks.places)
    if values.dtype == pl.String:
        plain = marks.plain(values)
        # Polars would round what is behind the last place
        fits = plain.str.contains(rf"^[^.eE]*(\.\d{{0,{marks.places}}}0*)?$")
        return plain.set(~fits.fill_null(True), None).cast(to, strict=False)
    if values.dtype.is_integer() or values.dtype == pl.Boolean:
        return values.cast(pl.Int128).cast(to, strict=False)
    return _kept(values, to) if values.dtype.is_numeric() else None


def _boolean(values: pl.Series, form: str | None) -> pl.Series | None:
    if values.dtype == pl.Boolean:
        return values
    if values.dtype == pl.String:
        yes, no = _words(form) if form else _WORDS
        spelled = values.str.to_lowercase()
        known = spelled.is_in([*yes, *no])
        return spelled.is_in(yes).set(~known.fill_null(False), None)
    return _kept(values, pl.Boolean()) if values.dtype.is_numeric() else None


def _words(form: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    yes, bar, no = form.lower().partition("|")
    if not bar or not yes or not no or yes == no:
        raise ValueError("the words for true and false are expected, such as yes|no")
    return (yes,), (no,)


def _kept(values: pl.Series, to: pl.DataType) -> pl.Series:
    """Cast numbers; null where the way back gives another number."""
    made = values.cast(to, strict=False)
    back = made.cast(values.dtype, strict=False)
    return made.set(~back.eq_missing(values), None)


def _named(dtype: pl.DataType) -> str:
    return "nested" if dtype.is_nested() else str(dtype).lower()


_CASTS: dict[str, Callable[[pl.Series, str | None], pl.Series | None]] = {
    "string": _string,
    "integer": _integer,
    "float": _float,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": date,
    "datetime": datetime,
}
_HINTS = {
    "integer": "Numbers with a fraction need float or decimal; other marks are shown by `format`, such as 1.234,56.",
    "float": "Other marks are shown by `format`, such as 1.234,56.",
    "decimal": "`format` shows the marks and the places after the point, such as 1234.5678.",
    "boolean": "true, false, 1 and 0 are read; other words are told by `format`, such as yes|no.",
    "date": "2024-05-31 is read; other patterns are told by `format`, such as %d.%m.%Y.",
    "datetime": "2024-05-31T18:30:00 is read, with or without a zone; other patterns are told by `format`.",
}
