"""The types that a column can be given, in the window's words, with the way that its texts are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

WORDS: Mapping[str, str] = {
    "string": "text",
    "integer": "whole number",
    "float": "number",
    "decimal": "exact decimal",
    "boolean": "true or false",
    "date": "date",
    "datetime": "date and time",
}
"""What the recipe calls a type, and what the window does."""
BETWEEN = " · "

Type = tuple[str | None, str | None]
"""A type and how its texts are written; both null leave a column as it was found."""

OFFERED: tuple[Type, ...] = (
    ("string", None),
    ("integer", None),
    ("float", None),
    ("float", "1.234,56"),
    ("decimal", None),
    ("decimal", "1.234,56"),
    ("boolean", None),
    ("boolean", "yes|no"),
    ("date", None),
    ("date", "%d.%m.%Y"),
    ("date", "%m/%d/%Y"),
    ("datetime", None),
    ("datetime", "%d.%m.%Y %H:%M"),
    ("datetime", "s"),
    ("datetime", "ms"),
)
"""What a list of types shows; any other way of writing can be typed after the dot."""


def type_text(dtype: str, form: str | None) -> str:
    """`date · %d.%m.%Y`."""
    words = WORDS.get(dtype, str(dtype))
    return f"{words}{BETWEEN}{form}" if form else words


def type_in(text: str) -> Type:
    """The type that was typed, as the window or the recipe calls it; empty is none. `ValueError` says what there is."""
    words, _, form = (part.strip() for part in text.partition(BETWEEN.strip()))
    if not words and not form:
        return None, None
    known = {**{word: dtype for dtype, word in WORDS.items()}, **{dtype: dtype for dtype in WORDS}}
    dtype = known.get(words.lower())
    if dtype is None:
        raise ValueError(f"There is no type {words}; there are {', '.join(WORDS.values())}.")
    return dtype, form or None


def type_faults(frame: pl.DataFrame, wanted: Iterable[tuple[str, Any, Any]]) -> dict[str, str]:
    """Why columns cannot have the type that is asked for, by their name: each is tried on the rows that there are."""
    # heavy: the first paint comes before them
    from fetchtozip_gui.core.errors import FetchToZipError
    from fetchtozip_gui.core.preview import parse

    told: dict[str, str] = {}
    for name, dtype, form in wanted:
        column = {"column": 0, "dtype": dtype, **({"format": form} if form else {})}
        try:
            parse({"type": "columns", "columns": [column]}).apply_frame(frame.select(frame.get_column(name)))
        except FetchToZipError as error:
            words = error.message.partition("columns.0")[2]
            told[name] = f"{words.partition(': ')[2] or error.message} {error.hint}".strip()
    return told
