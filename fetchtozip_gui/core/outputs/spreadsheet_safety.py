"""Text that spreadsheets cannot take for a formula: a quote is put before whatever they would run."""

from __future__ import annotations

import polars as pl

_SIGNS = "=+\\-@＝＋－＠"
_FORMULA = rf"^(?:[\t\r\n]|[\s\p{{C}};,|]*[{_SIGNS}])"
"""Begins as a formula does, also behind what programs skip, or behind a separator that they may split at."""
_NUMBER = r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$"


def quoted(texts: pl.Series, delimiter: str) -> tuple[pl.Series, int]:
    """`texts` where a formula has a quote (') before it, and how many were changed; plain numbers such as -5 stay.

    A program that splits at another character than the file's `delimiter` would see new cells inside a text, and
    new rows at its line breaks: formulas there get a quote too.
    """
    others = "".join(character for character in ";\t," if character != delimiter)
    inside = rf"([{others}\r\n]\s*)([=@＝＠]|[+\-＋－]\S)"
    text = pl.col(texts.name)
    marked = text.str.replace_all(inside, "${1}'${2}")
    begins = text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)
    safe = pl.when(begins).then(pl.concat_str(pl.lit("'"), marked)).otherwise(marked)
    made = texts.to_frame().select(safe.alias(texts.name), (safe != text).sum().alias("changed\0"))
    return made.to_series(), int(made.item(0, 1)) if made.height else 0
