"""Rows after a step as a table that marks what the step added, took away and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QGuiApplication

from fetchtozip_gui.gui.models.frame import LONGEST, NULL, FrameModel, texts
from fetchtozip_gui.gui.theme import colours_of

if TYPE_CHECKING:
    from fetchtozip_gui.core.marks import Marked

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_BACKGROUND = int(Qt.ItemDataRole.BackgroundRole)
_FONT = int(Qt.ItemDataRole.FontRole)
_TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
SIGNS = {"added": "+", "removed": "−", "changed": "•"}
"""Before a row's number and a column's name: nothing is told by colour alone."""


class MarkedModel(FrameModel):
    """Shows `Marked` rows. What was taken away is struck out, what is another value is bold."""

    def __init__(self) -> None:
        super().__init__()
        self._marked: Marked | None = None
        self._struck = QFont(QGuiApplication.font())
        self._struck.setStrikeOut(True)
        self._bold = QFont(QGuiApplication.font())
        self._bold.setBold(True)

    def show_marked(self, marked: Marked | None) -> None:
        """Show these rows, or none."""
        self._marked = marked
        self.show(marked.frame if marked is not None else None)

    def mark(self, row: int, column: int) -> str:
        """`added`, `removed`, `changed` or nothing."""
        if self._marked is None:
            return ""
        of_row = self._marked.rows[row] if self._marked.rows is not None else ""
        if of_row:
            return str(of_row)
        name = self.names[column]
        of_column = _kind(self._marked.columns.get(name, ""))
        if of_column in ("added", "removed"):
            return of_column
        cells = self._marked.cells.get(name)
        return "changed" if cells is not None and cells[row] else ""

    def was(self, row: int, column: int) -> str | None:
        """A changed value as it was before the step; texts are in quotes, so that a space is seen."""
        values = self._marked.was.get(self.names[column]) if self._marked is not None else None
        if values is None:
            return None
        (text,) = texts(values.slice(row, 1), LONGEST)
        return NULL if text is None else f"“{text}”" if self._is_text(column) else text

    def _is_text(self, column: int) -> bool:
        assert self._marked is not None
        return str(self._marked.frame.schema[self.names[column]]) == "String"

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = _DISPLAY) -> Any:
        if role not in (_BACKGROUND, _FONT, _ACCESSIBLE, _TOOLTIP) or not index.isValid():
            return super().data(index, role)
        mark = self.mark(index.row(), index.column())
        found = super().data(index, role)
        if not mark:
            return found
        if role == _BACKGROUND:
            colours = colours_of(QGuiApplication.palette())
            grounds = {"added": colours.good_soft, "removed": colours.bad_soft, "changed": colours.warn_soft}
            return QBrush(QColor(grounds[mark]))
        if role == _FONT:
            return {"removed": self._struck, "changed": self._bold}.get(mark, found)
        was = self.was(index.row(), index.column()) if mark == "changed" else None
        told = f"{mark}, was {was}" if was is not None else mark
        if role == _ACCESSIBLE:
            return f"{found}, {told}"
        return f"{found or ''}\n{mark} by this step{f', was {was}' if was is not None else ''}".strip()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        found = super().headerData(section, orientation, role)
        if self._marked is None or role not in (_DISPLAY, _TOOLTIP) or not found:
            return found
        if orientation is Qt.Orientation.Vertical:
            rows = self._marked.rows
            word = str(rows[section]) if rows is not None and section < rows.len() else ""
            return f"{SIGNS[word]} {found}" if word else found
        words = self._marked.columns.get(self.names[section], "")
        if not words:
            return found
        return f"{SIGNS[_kind(words)]} {found}" if role == _DISPLAY else f"{found}\n{words}"


def _kind(words: str) -> str:
    return words if words in ("added", "removed", "") else "changed"
