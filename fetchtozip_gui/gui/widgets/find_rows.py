"""A field that leaves only those rows of a long table in sight that have what is typed in it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QTableView, QWidget

from fetchtozip_gui.gui.widgets.shortcut import shortcut

LONG = 15
"""Rows of a table in which there is something to be found."""


class FindRows(QLineEdit):
    """Takes no room while the table is short. Escape shows all rows again, Down goes to the first that is left."""

    def __init__(self, table: QTableView, words: str, column: int = 0) -> None:
        """`words` say what is found, `column` is where."""
        super().__init__()
        self._table = table
        self._column = column
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.setToolTip(f"{words} (Ctrl+F); Escape shows all again")
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 16)
        model = table.model()
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._follow)
        self.textChanged.connect(self._find)
        self._follow()

    def works_in(self, pane: QWidget) -> None:
        """Ctrl+F anywhere in the pane goes to the field."""
        shortcut(QKeySequence.StandardKey.Find, pane, self._go)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def _go(self) -> None:
        if self.isVisible():
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.selectAll()

    def _follow(self) -> None:
        is_long = self._is_long()
        if self.parentWidget() is not None or not is_long:
            # without a parent, showing it would make a window of it
            self.setVisible(is_long)
        self._find()

    def _is_long(self) -> bool:
        return self._table.model().rowCount() > LONG

    def _find(self) -> None:
        table, model = self._table, self._table.model()
        # what was typed waits for the next long table
        wanted = self.text().strip().casefold() if self._is_long() else ""
        first = -1
        for row in range(model.rowCount()):
            is_left = wanted in str(model.index(row, self._column).data() or "").casefold()
            table.setRowHidden(row, not is_left)
            first = row if is_left and first < 0 else first
        current = table.currentIndex()
        if wanted and first >= 0 and (not current.isValid() or table.isRowHidden(current.row())):
            table.setCurrentIndex(model.index(first, max(0, current.column())))
