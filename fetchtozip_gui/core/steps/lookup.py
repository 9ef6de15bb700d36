"""Finds the columns a step names, and says what there is when one is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import polars as pl
import polars.selectors as cs

from fetchtozip_gui.core.errors import StepError

_SHOWN = 40


def position(column: int | str, names: Sequence[str], field: str) -> int:
    """The zero-based place of a column given by place or by name; `StepError` names `field` and what there is."""
    if isinstance(column, int):
        if 0 <= column < len(names):
            return column
        raise StepError(
            f"{field}: there is no column {column}; there are {counted(names)}.",
            f"Places count from 0, so the last one is {len(names) - 1}." if names else "",
        )
    if column in names:
        return names.index(column)
    raise StepError(f"{field}: there is no column `{column}`; there are {listed(names)}.", meant(column, names))


def known(columns: Iterable[str], names: Sequence[str], field: str) -> list[str]:
    """`columns`, each of them found and none twice; `StepError` where not."""
    wanted = list(columns)
    for number, column in enumerate(wanted):
        position(column, names, f"{field}.{number}")
        if column in wanted[:number]:
            raise StepError(f"{field}.{number}: the column `{column}` is named twice.", "Name it once.")
    return wanted


def named(column: str) -> pl.Expr:
    """The column of exactly this name: `pl.col` takes `*` and `^…$` for patterns."""
    return cs.by_name(column).as_expr()


def meant(column: str, names: Sequence[str]) -> str:
    """A hint for a name that is not there: the one that was probably meant."""
    close = [name for name in names if name.lower() == column.lower()] or get_close_matches(column, names, 1)
    if close:
        return f"Did you mean `{close[0]}`?"
    return "A column's place is written as a number, without quotes." if column.isdecimal() else ""


def listed(names: Sequence[str]) -> str:
    """The names in words, the first forty of them."""
    if not names:
        return "no columns"
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(f"`{name}`" for name in names[:_SHOWN]) + more


def counted(names: Sequence[str]) -> str:
    """The names with their places."""
    return listed([f"{place} {name}" for place, name in enumerate(names)])
