"""What stands in a cell of the columns table, in words and for those who cannot see it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication, QPalette

from fetchtozip_gui.gui.models.column_rows import Row
from fetchtozip_gui.gui.models.column_types import type_text
from fetchtozip_gui.gui.models.frame import texts, type_words

if TYPE_CHECKING:
    import polars as pl

    from fetchtozip_gui.core.analysis.profile import ColumnProfile

PROFILE = int(Qt.ItemDataRole.UserRole) + 1
FAULT = int(Qt.ItemDataRole.UserRole) + 2
"""Why a cell is wrong, in words; empty where it is not."""
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_EDIT = int(Qt.ItemDataRole.EditRole)
_CHECK = int(Qt.ItemDataRole.CheckStateRole)
_TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
_FOREGROUND = int(Qt.ItemDataRole.ForegroundRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_FONT = int(Qt.ItemDataRole.FontRole)
ANSWERED = frozenset({_DISPLAY, _EDIT, _CHECK, _TOOLTIP, _ACCESSIBLE, _FOREGROUND, _FONT, PROFILE, FAULT})
"""The roles that a cell knows something about; views ask for half a dozen others at every painting."""
_LONGEST = 200


class At(IntEnum):
    """The table's columns."""

    KEEP = 0
    SOURCE = 1
    NAME = 2
    TYPE = 3
    PLACE = 4
    EXAMPLE = 5
    VALUES = 6


EDITED = (At.NAME, At.TYPE, At.PLACE)
_HEADERS = (
    ("Keep", "Whether the column is in the result (Space)"),
    ("Source", "The column's name in the source"),
    ("Name", "The name in the result; a double click or F2 changes it"),
    ("Type", "The type in the result; grey is as it was found. A double click or F2 changes it"),
    ("Place", "The place in the result; drag rows, or press Alt+Up and Alt+Down"),
    ("Example", "The first value on the first page"),
    ("Values", "How the values spread, and how many are there and distinct"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What the first page shows of a column: its type in words, shorter and longer, and a value."""

    type: str = ""
    whole_type: str = ""
    example: str = ""


NOTHING = Found()


def found_in(values: pl.Series) -> Found:
    """What is to be told of a column's values."""
    words = type_words(values.dtype)
    first = texts(values.drop_nulls().head(1), _LONGEST)
    return Found(words.partition(" (")[0].partition(":")[0], words, (first or [""])[0] or "")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and all that it shows; `place` counts the kept rows before its own."""

    row: Row
    at: int
    place: int
    fault: str
    found: Found
    profile: ColumnProfile | None

    def data(self, role: int) -> Any:
        """What Qt asks for."""
        row, at = self.row, self.at
        if role == _DISPLAY:
            return self._text()
        if role == _FOREGROUND:
            grey = not row.keep or self._is_as_found()
            return QGuiApplication.palette().color(QPalette.ColorRole.PlaceholderText) if grey else None
        if role == _EDIT:
            return self._edited()
        if role == _CHECK:
            return (Qt.CheckState.Checked if row.keep else Qt.CheckState.Unchecked) if at == At.KEEP else None
        if role == _TOOLTIP:
            return self.fault or self._told()
        if role == _ACCESSIBLE:
            return self._spoken()
        if role == _FONT and not row.keep and at in (At.SOURCE, At.NAME):
            struck = QFont(QGuiApplication.font())
            struck.setStrikeOut(True)
            return struck
        if role == PROFILE:
            return self.profile
        return self.fault if role == FAULT else None

    def _text(self) -> str | None:
        row = self.row
        match self.at:
            case At.SOURCE:
                return row.original
            case At.NAME:
                return str(row.called)
            case At.TYPE:
                return type_text(row.dtype, row.format) if row.dtype else self.found.type
            case At.PLACE:
                return str(self.place + 1) if row.keep else "–"
            case At.EXAMPLE:
                return self.found.example
        return None

    def _edited(self) -> str | None:
        match self.at:
            case At.NAME:
                return str(self.row.called)
            case At.TYPE:
                return type_text(self.row.dtype, self.row.format) if self.row.dtype else ""
            case At.PLACE:
                return str(self.place + 1)
        return None

    def _is_as_found(self) -> bool:
        if self.at == At.NAME:
            return self.row.name is None
        if self.at == At.TYPE:
            return not self.row.dtype
        return self.at in (At.SOURCE, At.PLACE, At.EXAMPLE)

    def _told(self) -> str | None:
        row, found = self.row, self.found
        match self.at:
            case At.KEEP:
                return "In the result; Space leaves it out" if row.keep else "Left out; Space keeps it"
            case At.SOURCE if row.at is not None:
                kind = f", {found.whole_type}" if found.type else ""
                example = f"\nsuch as {found.example}" if found.example else ""
                return f"{row.original}\ncolumn {row.at + 1} of the source{kind}{example}"
            case At.NAME if row.name is not None:
                return f"{row.called}\nin the source: {row.original}"
            case At.TYPE if row.dtype and found.type:
                return f"{type_text(row.dtype, row.format)}\nfound: {found.whole_type}"
            case At.PLACE if row.keep:
                return f"Place {self.place + 1} of the result" + (", as the recipe says" if row.is_pinned else "")
            case At.EXAMPLE:
                return found.example or None
            case At.VALUES if self.profile is not None:
                return self.profile.words()
        return None

    def _spoken(self) -> str:
        if self.at == At.KEEP:
            return f"{self.row.called}: {'kept' if self.row.keep else 'left out'}"
        if self.at == At.VALUES:
            return self.profile.words() if self.profile is not None else "not looked at yet"
        text = self._text() or ""
        return f"{text}. Wrong: {self.fault}" if self.fault else text


def header(section: int, role: int) -> Any:
    """What stands over a column."""
    if role == _DISPLAY:
        # the check boxes need no word over them; screen readers say it
        return _HEADERS[section][0] if section != At.KEEP else ""
    if role == _ACCESSIBLE:
        return _HEADERS[section][0]
    if role == _TOOLTIP:
        return _HEADERS[section][1]
    return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) if role == _ALIGNMENT else None
