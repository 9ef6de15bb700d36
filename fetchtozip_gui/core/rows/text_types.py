"""Finds the type that all texts of a column have, such that the texts lose nothing in it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

_HEAD = 30
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")
_FLOAT = (
    r"(?:-?(?:0|[1-9][0-9]*)?\.[0-9]+(?:[eE][+-]?[0-9]+)?"  # 12.50, .5, 1.5e-7
    r"|-?[1-9](?:\.[0-9]+)?[eE][+-][0-9]+"  # 1e-07 as programs print it, but not 1e5, which may be somebody's id
    r"|0|-?[1-9][0-9]{0,14})"  # 7 beside 7.5
)
_FLOATS = re.compile(_FLOAT)
_COUNTED = 10**9
"""Integers up to which it is quicker to count digits than to write them."""
_SAFE_BYTES = 16
"""A sign or a point and 15 digits: every number of so few digits is kept by a float."""


def types_of(texts: pl.DataFrame) -> pl.Schema:
    """Integer, float, boolean or string for each column of texts; Null for one that has no values.

    `00123`, `+5`, `1e5`, `-0`, `nan`, `1,5`, numbers beyond 64 bits and decimals that a float would change stay texts.
    """
    return settled(texts).types


@dataclass(frozen=True, slots=True)
class Settled:
    """Columns of texts whose types have been found."""

    types: pl.Schema
    kept: pl.DataFrame
    """With integers and truth values as such: they are written back as the very texts they were read from, should a
    later part need them. Floats are not (1.50), and stay texts."""
    typed: pl.DataFrame
    """With floats as such too."""


def settled(texts: pl.DataFrame) -> Settled:
    """The types of `types_of`, and the columns in them."""
    columns = texts.get_columns()
    floats: dict[int, pl.Series] = {}
    found = [_guess(column) for column in columns]
    for place, guess in enumerate(found):
        column = columns[place]
        if guess == pl.Boolean:
            true = column == "true"
            if _all(true | (column == "false")):
                columns[place] = true
            else:
                found[place] = pl.String()
        elif guess == pl.Int64:
            integers = column.cast(pl.Int64, strict=False)
            if _are_integers(column, integers):
                columns[place] = integers
            else:
                found[place] = pl.Float64()
        if found[place] == pl.Float64:
            numbers = column.cast(pl.Float64, strict=False)
            if _are_floats(column, numbers):
                floats[place] = numbers
            else:
                found[place] = pl.String()
    typed = [floats.get(place, column) for place, column in enumerate(columns)]
    types = pl.Schema(dict(zip(texts.columns, found, strict=True)))
    return Settled(types, pl.DataFrame(columns), pl.DataFrame(typed))


def _guess(column: pl.Series) -> pl.DataType:
    """The type that the first values have."""
    values = [value for value in column.head(_HEAD).to_list() if value is not None]
    if not values:
        values = column.drop_nulls().head(_HEAD).to_list()
    if not values:
        return pl.Null()
    if all(value in ("true", "false") for value in values):
        return pl.Boolean()
    if all(_INTEGER.fullmatch(value) for value in values):
        return pl.Int64()
    return pl.Float64() if all(_FLOATS.fullmatch(value) for value in values) else pl.String()


def _all(are: pl.Series, of: pl.Series | None = None) -> bool:
    """Whether all that are known are true, and, where `of` is given, all of its values are known."""
    return bool(are.all()) and (of is None or are.null_count() == of.null_count())


def _are_integers(texts: pl.Series, integers: pl.Series) -> bool:
    """Whether each integer, written back, is the very text it was read from.

    A text is never shorter than what it was read as, so that all of them together tell it of each.
    """
    low, high = integers.min(), integers.max()
    if not isinstance(low, int) or not isinstance(high, int) or max(-low, high) > _COUNTED:
        return _all(integers.cast(pl.String) == texts, texts)
    sizes, signs = (integers.abs(), int((integers < 0).sum())) if low < 0 else (integers, 0)
    digits = integers.count() + sum(int((sizes >= 10**power).sum()) for power in range(1, len(str(max(-low, high)))))
    return integers.null_count() == texts.null_count() and int(texts.str.len_bytes().sum()) == digits + signs


def _are_floats(texts: pl.Series, floats: pl.Series) -> bool:
    """Whether all texts are numbers that a float holds, which they were read as, and one of them is no integer."""
    written = floats.cast(pl.String) == texts
    if _all(written, texts) and math.isfinite(floats.sum() or 0.0):
        return bool(texts.null_count() < texts.len())
    some = bool(written.any())
    rest = texts
    if some and floats.is_finite().all():
        # what is spelled as Polars spells a float is one: only other spellings have to be looked at
        rest = texts.filter(~written.fill_null(False) & texts.is_not_null())
    if not rest.str.contains(f"^{_FLOAT}$").all():
        return False
    return (some or bool(rest.str.contains("[.eE]").any())) and _are_kept(rest)


def _are_kept(texts: pl.Series) -> bool:
    """Whether a float holds each number to its last digit."""
    rest = texts.filter(texts.cast(pl.Float64, strict=False).cast(pl.String) != texts)
    if rest.len():
        rest = rest.filter((rest.str.len_bytes() > _SAFE_BYTES) | rest.str.contains("[eE]"))
    return all(Decimal(repr(float(text))) == Decimal(text) for text in rest.unique())
