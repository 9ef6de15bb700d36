"""Rows of Polars as a Qt table that stays as quick with ten million of them as with ten."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QGuiApplication, QPalette

from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    import polars as pl

BLOCK = 512
"""Rows that are made into texts together."""
KEPT = 64
"""Blocks that are remembered: enough for a screen and the way back."""
ROWS = 80_000_000
"""The most that Qt's views can scroll: their heights are 32-bit pixels."""
LONGEST = 300
"""Characters of a value that are shown in a cell; the tooltip has more."""
TOLD = 4_000
"""Characters of a value in a tooltip or copied out of a cell."""
SAMPLE = 40
"""Rows that tell how wide a column is."""
NULL = "null"

# as plain integers: `data` is called some thousand times for every frame, and an enum is slow to compare
_DISPLAY = Qt.ItemDataRole.DisplayRole.value
_ALIGNMENT = Qt.ItemDataRole.TextAlignmentRole.value
_FOREGROUND = Qt.ItemDataRole.ForegroundRole.value
_FONT = Qt.ItemDataRole.FontRole.value
_TOOLTIP = Qt.ItemDataRole.ToolTipRole.value
_ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole.value
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

Index = QModelIndex | QPersistentModelIndex


class Rows(Protocol):
    """What the model reads: a `pl.DataFrame` is one, and so is anything that slices as a frame does."""

    @property
    def height(self) -> int: ...
    @property
    def schema(self) -> pl.Schema: ...
    def slice(self, offset: int, length: int | None = None) -> pl.DataFrame: ...


class FrameModel(QAbstractTableModel):
    """Shows rows and changes none. A null is the grey, slanted word; numbers stand to the right."""

    def __init__(self, rows: Rows | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Rows | None = None
        self._names: list[str] = []
        self._types: list[pl.DataType] = []
        self._sides: list[int] = []
        self._frames: OrderedDict[int, pl.DataFrame] = OrderedDict()
        self._texts: dict[int, dict[int, list[str | None]]] = {}
        self._slanted = QFont()
        self._slanted.setItalic(True)
        if rows is not None:
            self.show(rows)

    def show(self, rows: Rows | None) -> None:
        """Show other rows, or none."""
        self.beginResetModel()
        self._take(rows)
        self.endResetModel()

    def _take(self, rows: Rows | None) -> None:
        self._rows = rows
        schema = {} if rows is None else rows.schema
        self._names, self._types = list(schema), list(schema.values())
        self._sides = [_RIGHT if dtype.is_numeric() else _LEFT for dtype in self._types]
        self._frames.clear()
        self._texts.clear()

    @property
    def names(self) -> Sequence[str]:
        """The columns' names, in order."""
        return self._names

    def value(self, row: int, column: int) -> Any:
        """The value itself, as Python has it."""
        return self._frame(row // BLOCK)[self._names[column]][row % BLOCK]

    def whole_text(self, row: int, column: int) -> str:
        """A value as text, longer than a cell shows it; empty for null."""
        found = self._frame(row // BLOCK)[self._names[column]].slice(row % BLOCK, 1)
        return texts(found, TOLD, breaks=True)[0] or ""

    def longest(self, column: int) -> str:
        """The longest text among a column's first rows, to tell how wide it should be."""
        if self._rows is None or not self.rowCount():
            return ""
        first = self._frame(0)[self._names[column]].head(SAMPLE)
        return max((NULL if text is None else text for text in texts(first, 60)), key=len, default="")

    # --- what Qt asks -------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if self._rows is None or parent.isValid() else min(self._rows.height, ROWS)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role in (_DISPLAY, _ACCESSIBLE):
            text = self._text(index)
            return NULL if text is None else text
        if role == _ALIGNMENT:
            return self._sides[index.column()] if index.isValid() else None
        if role == _FOREGROUND:
            if index.isValid() and self._text(index) is None:
                return QGuiApplication.palette().color(QPalette.ColorRole.PlaceholderText)
            return None
        if role == _FONT:
            return self._slanted if index.isValid() and self._text(index) is None else None
        if role == _TOOLTIP:
            return self._told(index)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return f"{section + 1:,}" if role == _DISPLAY else None
        if not 0 <= section < len(self._names):
            return None
        if role == _DISPLAY:
            return self._names[section]
        if role == _TOOLTIP:
            return f"{self._names[section]}\n{type_words(self._types[section])}"
        if role == _ALIGNMENT:
            return self._sides[section]
        return None

    # --- blocks of texts ----------------------------------------------------------------------------------------

    def _text(self, index: Index) -> str | None:
        if not index.isValid():
            return ""
        block, row = divmod(index.row(), BLOCK)
        column = index.column()
        known = self._texts.get(block)
        if known is None or column not in known:
            self._frame(block)
            known = self._texts[block]
            if column not in known:
                known[column] = texts(self._frames[block][self._names[column]], LONGEST)
        return known[column][row]

    def _frame(self, block: int) -> pl.DataFrame:
        assert self._rows is not None
        found = self._frames.get(block)
        if found is None:
            found = self._frames[block] = self._rows.slice(block * BLOCK, BLOCK)
            self._texts[block] = {}
            if len(self._frames) > KEPT:
                oldest, _ = self._frames.popitem(last=False)
                del self._texts[oldest]
        return found

    def _told(self, index: Index) -> str | None:
        """The whole value where the cell has no room for it."""
        text = self._text(index) if index.isValid() else None
        if text is None or (len(text) <= 40 and "↵" not in text):
            return None
        return self.whole_text(index.row(), index.column())


def texts(values: pl.Series, longest: int, *, breaks: bool = False) -> list[str | None]:
    """Values as they are shown: on one line unless with `breaks`, cut after `longest` characters, null as None."""
    # heavy: the first paint comes before it
    import polars as pl

    dtype = values.dtype
    if dtype.is_nested() or dtype == pl.Object:
        found = pl.Series([None if value is None else _json(value) for value in values.to_list()], dtype=pl.String)
    elif dtype == pl.Binary:
        return [None if count is None else f"{count:,} bytes" for count in values.bin.size().to_list()]
    elif isinstance(dtype, pl.Datetime):
        found = values.dt.to_string("%Y-%m-%d %H:%M:%S%.f" + ("%:z" if dtype.time_zone else ""))
    elif dtype == pl.Duration:
        return [None if value is None else str(value) for value in values.to_list()]
    elif dtype == pl.Boolean:
        return [None if value is None else "true" if value else "false" for value in values.to_list()]
    else:
        found = values.cast(pl.String)
    if not breaks:
        found = found.str.replace_all(r"\r\n|\r|\n", " ↵ ")
    cut = found.str.slice(0, longest + 1).to_list()
    return [text if text is None or len(text) <= longest else f"{text[:longest]}…" for text in cut]


def _json(value: Any) -> str:
    plain = value.to_list() if hasattr(value, "to_list") else value
    return json.dumps(plain, ensure_ascii=False, default=str)


def type_words(dtype: pl.DataType) -> str:
    """A column's type as the window calls it, with the name that Polars has for it: `text (String)`."""
    # heavy: the first paint comes before it
    import polars as pl

    if dtype.is_integer():
        word = "whole number"
    elif dtype.is_decimal():
        word = "exact decimal"
    elif dtype.is_numeric():
        word = "number"
    elif isinstance(dtype, (pl.List, pl.Array)):
        word = "list"
    elif isinstance(dtype, pl.Struct):
        return f"object with {counted(len(dtype.fields), 'field')} (Struct)"
    else:
        known = {
            pl.String: "text",
            pl.Boolean: "true or false",
            pl.Date: "date",
            pl.Datetime: "date and time",
            pl.Time: "time of day",
            pl.Duration: "length of time",
            pl.Binary: "bytes",
            pl.Null: "empty: no value yet",
        }
        word = known.get(dtype.base_type(), "value")
    return f"{word} ({dtype})"
