"""Brings a frame's columns to the plain types that cells are made of, and tells what that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from fetchtozip_gui.core.outputs import values
from fetchtozip_gui.core.outputs.excel_cells import LONGEST_TEXT, Column


@dataclass(frozen=True, slots=True)
class Change:
    """Values of one column that are not written as they are: how many, and the first one's row (from 0; -1 unknown).

    `kind` is "aside" (as text), "fine" (cut to the millisecond), "cut", or of nested values that became null in their
    JSON text "not finite" and "no date".
    """

    column: int
    kind: str
    count: int
    first: int


class Ready:
    """Columns as numbers, times and text: named by their keys, nested values as JSON text, no text too long."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._keys = [column.key for column in columns]
        self._converts = [column.ready.alias(column.key) for column in columns if column.ready is not None]
        self._nested = [column.key for column in columns if column.nested]
        self._texts = [column.key for column in columns if column.number is None]

    def make(self, found: Sequence[pl.Series]) -> tuple[list[pl.Series], list[Change]]:
        """The columns, and what of them was lost."""
        frame = values.without_objects(pl.DataFrame(found))
        frame.columns = self._keys
        lost = [
            Change(int(key), kind, count, -1)
            for kind, counted in (("not finite", values.not_finite), ("no date", values.beyond_calendar))
            for key, count in values.unusual(frame, self._nested, counted).items()
        ]
        frame = frame.with_columns(self._converts) if self._converts else frame
        cut = self._cut(frame)
        return [cut[series.name][0] if series.name in cut else series for series in frame], [
            *lost,
            *(change for _, change in cut.values()),
        ]

    def _cut(self, frame: pl.DataFrame) -> dict[str, tuple[pl.Series, Change]]:
        """The columns with text beyond what a cell holds, cut."""
        longest = frame.select(pl.col(key).str.len_bytes().max() for key in self._texts).row(0) if self._texts else ()
        suspects = [key for key, length in zip(self._texts, longest, strict=True) if (length or 0) > LONGEST_TEXT]
        found = {}
        for key in suspects:
            cut = [None if text is None else cut_text(text) for text in frame[key]]
            changed = [place for place, (old, new) in enumerate(zip(frame[key], cut, strict=True)) if old != new]
            if changed:
                found[key] = pl.Series(key, cut, dtype=pl.String), Change(int(key), "cut", len(changed), changed[0])
        return found


def cut_text(text: str) -> str:
    """The longest start of a text that a cell holds, without half a character at its end."""
    if len(text) * 2 <= LONGEST_TEXT:
        return text
    return text.encode("utf-16-le")[: 2 * LONGEST_TEXT].decode("utf-16-le", errors="ignore")
