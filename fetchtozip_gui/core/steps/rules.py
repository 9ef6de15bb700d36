"""What a rule asks of the values of one column, one check for each of its parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import polars as pl
from pydantic import Field, field_validator, model_validator

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.steps.kinds import INTEGER, NUMBER, PATTERNS, always, fits, is_true, moments, numbers, text
from fetchtozip_gui.core.steps.texts import PATTERN_LIMIT, check_pattern, kind

Kind = Literal["string", "integer", "float", "number", "boolean", "date", "datetime", "email"]
_FORMATS = ("date", "datetime", *PATTERNS)
_WORDS = {
    "string": "a text",
    "integer": "an integer",
    "float": "a number",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date such as 2024-05-31",
    "datetime": "a date and time such as 2024-05-31T18:30:00",
    "email": "an e-mail address",
    "url": "an address that begins with http:// or https://",
    "uuid": "a UUID",
    "ipv4": "an IPv4 address",
    "time": "a time such as 18:30:00",
}


class Rule(Model):
    """What the values of one column have to be. A missing value (null) breaks no rule but `required`."""

    type: Kind | None = None
    """What a value is, or what its text reads as: in a column of texts `12` is an integer. `string` is everything but
    objects and lists, `float` and `number` are the same, and NaN and infinity are no numbers."""
    required: bool = False
    """Neither null nor an empty text."""
    min: int | float | str | None = None
    """The smallest value, itself allowed: a number, or a date as 2024-05-31."""
    max: int | float | str | None = None
    """The largest value, itself allowed; a date stands for the whole day."""
    unique: bool = False
    """No value twice: the first row with a value keeps the rule, the later ones break it."""
    pattern: str | None = Field(default=None, min_length=1, max_length=PATTERN_LIMIT)
    """A pattern (Rust's regex) that is found somewhere in the text; `^` and `$` hold its ends."""
    enum: tuple[int | float | bool | str, ...] | None = Field(default=None, min_length=1)
    """The only values allowed."""
    min_length: int | None = Field(default=None, ge=0)
    """Characters of the text, or elements of a list."""
    max_length: int | None = Field(default=None, ge=0)
    format: str | None = None
    """date, datetime, time, email, url, uuid, ipv4, or how dates are written, such as %d.%m.%Y."""

    @field_validator("pattern")
    @classmethod
    def _searchable(cls, pattern: str | None) -> str | None:
        return pattern if pattern is None else check_pattern(pattern)

    @field_validator("min", "max")
    @classmethod
    def _number_or_moment(cls, bound: int | float | str | None) -> int | float | str | None:
        if isinstance(bound, str) and _moment(bound) is None:
            raise ValueError("must be a number or a date such as 2024-05-31")
        if isinstance(bound, float) and bound != bound:
            raise ValueError("must be a number, and NaN is none")
        return bound

    @field_validator("format")
    @classmethod
    def _known_format(cls, form: str | None) -> str | None:
        form = "datetime" if form == "date-time" else form
        if form is not None and form not in _FORMATS and "%" not in form:
            raise ValueError(f"must be one of {', '.join(_FORMATS)}, or a date pattern such as %d.%m.%Y")
        return form

    @model_validator(mode="after")
    def _can_be_kept(self) -> Rule:
        low, high = self.min, self.max
        if low is not None and high is not None:
            if isinstance(low, str) != isinstance(high, str):
                raise ValueError("`min` and `max` must both be numbers or both be dates")
            if _bound(low) > _bound(high):
                raise ValueError(f"`min` {low} is more than `max` {high}")
        if self.min_length is not None and self.max_length is not None and self.min_length > self.max_length:
            raise ValueError(f"`min_length` {self.min_length} is more than `max_length` {self.max_length}")
        if self.dates is not None and self.type not in (None, "date", "datetime", "string"):
            raise ValueError(f"`format` {self.format} is a pattern of dates, and `type` is {self.type}")
        return self

    @property
    def dates(self) -> str | None:
        """How dates are written, where the format says it."""
        return self.format if self.format is not None and "%" in self.format else None


@dataclass(frozen=True, slots=True)
class Check:
    """One part of a rule: `bad` says of each value whether it breaks it, `words` what it must be."""

    rule: str
    words: str
    bad: Callable[[pl.Series], pl.Series]


def checks(name: str, rule: Rule, dtype: pl.DataType) -> Iterator[Check]:
    """The parts of a rule for a column of a type; `StepError` for bounds that cannot be compared with it."""
    if rule.required:
        yield Check("required", "must not be missing", _absent)
    if dtype == pl.Null:
        return
    if rule.type is not None and not always(rule.type, dtype):
        yield Check("type", f"must be {_named(rule.type, rule)}", _not_of(rule.type, rule.dates))
    if rule.format is not None and rule.format != rule.type and not (rule.dates and rule.type in ("date", "datetime")):
        of = "datetime" if rule.dates else rule.format
        yield Check("format", f"must be {_named(of, rule)}", _not_of(of, rule.dates))
    if rule.pattern is not None:
        pattern = rule.pattern
        yield Check("pattern", f"must match {pattern}", lambda values: ~text(values).str.contains(pattern))
    if rule.enum is not None:
        allowed = ", ".join(_shown(value) for value in rule.enum[:10]) + (", …" if len(rule.enum) > 10 else "")
        yield Check("enum", f"must be one of {allowed}", _not_among(rule.enum, dtype))
    for which, bound in (("min", rule.min), ("max", rule.max)):
        if bound is not None:
            words = f"must be at {'least' if which == 'min' else 'most'} {bound}"
            yield Check(which, words, _outside(name, which, bound, rule, dtype))
    if rule.min_length is not None:
        least = rule.min_length
        yield Check("min_length", f"must have at least {least} {_unit(dtype)}", lambda values: _length(values) < least)
    if rule.max_length is not None:
        most = rule.max_length
        yield Check("max_length", f"must have at most {most} {_unit(dtype)}", lambda values: _length(values) > most)


def _absent(values: pl.Series) -> pl.Series:
    if values.dtype != pl.String:
        return values.is_null()
    return values.is_null() | (values == "") if values.null_count() else values == ""


def _not_of(what: str, dates: str | None) -> Callable[[pl.Series], pl.Series]:
    def bad(values: pl.Series) -> pl.Series:
        misfits = ~is_true(fits(what, values, dates))
        return misfits & values.is_not_null() if values.null_count() else misfits

    return bad


def _not_among(allowed: tuple[Any, ...], dtype: pl.DataType) -> Callable[[pl.Series], pl.Series]:
    texts = pl.Series([_shown(value) for value in allowed])

    def bad(values: pl.Series) -> pl.Series:
        if not dtype.is_numeric():
            return ~text(values).is_in(texts.implode())
        # integers as such: as floats, large ones would be equal to their neighbours
        to = pl.Int128() if dtype.is_integer() else pl.Float64()
        written = texts.set(~texts.str.contains(INTEGER if dtype.is_integer() else NUMBER), None)
        return ~values.cast(to).is_in(written.cast(to, strict=False).drop_nulls().implode())

    return bad


def _outside(
    name: str, which: str, bound: int | float | str, rule: Rule, dtype: pl.DataType
) -> Callable[[pl.Series], pl.Series]:
    is_moment = isinstance(bound, str)
    if dtype != pl.String and not (dtype.is_temporal() if is_moment else dtype.is_numeric()):
        wanted = "a number" if is_moment else "a date such as 2024-05-31"
        raise StepError(
            f"schema.{name}.{which}: column `{name}` is {kind(dtype)}, which cannot be compared with {bound}.",
            f"Write {wanted}." if dtype.is_numeric() or dtype.is_temporal() else "Leave it out, or cast the column.",
        )
    limit, whole_day = _bound(bound), is_moment and len(str(bound)) == 10

    def bad(values: pl.Series) -> pl.Series:
        found = moments(values, rule.dates) if is_moment else numbers(values)
        assert found is not None
        if which == "max" and whole_day:
            outside: pl.Series = found >= limit + timedelta(days=1)
        else:
            outside = found < limit if which == "min" else found > limit
        if rule.type is not None or found is values:
            return outside
        # what is no number at all is told by `type` where there is one, and here otherwise
        return is_true(outside) | (values.is_not_null() & found.is_null())

    return bad


def _bound(bound: int | float | str) -> Any:
    return _moment(bound) if isinstance(bound, str) else bound


def _moment(written: str) -> datetime | None:
    found = moments(pl.Series([written]), None)
    return None if found is None else found[0]


def _length(values: pl.Series) -> pl.Series:
    if isinstance(values.dtype, pl.List):
        return values.list.len()
    return text(values).str.len_chars()


def _unit(dtype: pl.DataType) -> str:
    return "elements" if isinstance(dtype, pl.List) else "characters"


def _named(what: str, rule: Rule) -> str:
    return f"a date written as {rule.dates}" if rule.dates and what in ("date", "datetime") else _WORDS[what]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return re.sub(r"\.0$", "", repr(value)) if isinstance(value, float) else str(value)
