"""Finds the type that all texts of a column have, such that the texts lose nothing in it."""

from __future__ import annotations

import re
from decimal import Decimal

import polars as pl

_HEAD = 50
_NUMBER = re.compile(r"-?(?:[0-9]*\.)?[0-9]+(?:[eE][+-]?[0-9]+)?")
_FLOATS = (
    r"^(?:-?(?:0|[1-9][0-9]*)?\.[0-9]+(?:[eE][+-]?[0-9]+)?"  # 12.50, .5, 1.5e-7
    r"|-?[1-9](?:\.[0-9]+)?[eE][+-][0-9]+"  # 1e-07 as programs print it, but not 1e5, which may be somebody's id
    r"|0|-?[1-9][0-9]{0,14})$"  # 7 beside 7.5
)
_SAFE_BYTES = 16
"""A sign or a point and 15 digits: every number of so few digits is kept by a float."""


def types_of(texts: pl.DataFrame) -> pl.Schema:
    """Integer, float, boolean or string for each column of texts; Null for one that has no values.

    `00123`, `+5`, `1e5`, `-0`, `nan`, `1,5`, numbers beyond 64 bits and decimals that a float would change stay texts.
    """
    return pl.Schema({column.name: type_of(column) for column in texts})


def type_of(texts: pl.Series) -> pl.DataType:
    """The type of one column, see `types_of`."""
    present = texts.drop_nulls() if texts.null_count() else texts
    if not present.len():
        return pl.Null()
    first = present[0]
    if first in ("true", "false"):
        return pl.Boolean() if present.is_in(["true", "false"]).all() else pl.String()
    if not _NUMBER.fullmatch(first):
        return pl.String()
    if _are_integers(present.head(_HEAD)) and _are_integers(present):
        return pl.Int64()
    if _are_floats(present.head(_HEAD)) and _are_floats(present) and present.str.contains("[.eE]").any():
        return pl.Float64()
    return pl.String()


def _are_integers(texts: pl.Series) -> bool:
    """Whether every text is what the integer it says is written as."""
    return bool((texts.cast(pl.Int64, strict=False).cast(pl.String) == texts).fill_null(False).all())


def _are_floats(texts: pl.Series) -> bool:
    if not texts.str.contains(_FLOATS).all():
        return False
    rest = texts.filter(texts.cast(pl.Float64, strict=False).cast(pl.String) != texts)
    rest = rest.filter((rest.str.len_bytes() > _SAFE_BYTES) | rest.str.contains("[eE]"))
    return all(_is_kept(text) for text in rest.unique())


def _is_kept(text: str) -> bool:
    return Decimal(repr(float(text))) == Decimal(text)
