"""A table of rows as every page shows it: even lines, columns as wide as what is in sight, Ctrl+C."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionRange
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from fetchtozip_gui.gui.models.frame import FrameModel

WIDEST = 260
"""Pixels of a column that nobody has made wider."""
ROOM = 26
"""Pixels beside a text."""
FITTED = 40
"""Columns that are measured; nobody sees more at once, and the others have the usual width."""
COPIED = 100_000
"""Cells that are copied at once."""


class Grid(QTableView):
    """Shows a `FrameModel`, also of many million rows."""

    def __init__(self, model: FrameModel, name: str) -> None:
        super().__init__()
        self._frame = model
        self.setAccessibleName(name)
        self.setToolTip(f"{name} (Ctrl+C copies what is selected)")
        self.setModel(model)
        self.setProperty("role", "plain")
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        heights = self.verticalHeader()
        # never by content: it would ask for each of ten million rows
        heights.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heights.setDefaultSectionSize(self.fontMetrics().lineSpacing() + 9)
        widths = self.horizontalHeader()
        widths.setHighlightSections(False)
        widths.setMinimumSectionSize(40)
        model.modelReset.connect(self.fit)
        self.fit()

    def fit(self) -> None:
        """Make columns as wide as their first rows want them, and none too wide.

        Measured here, because Qt would ask the style for each cell, which takes seconds for some hundred columns.
        """
        cells, heads = self.fontMetrics(), self.horizontalHeader().fontMetrics()
        for column in range(min(self._frame.columnCount(), FITTED)):
            cell = cells.horizontalAdvance(self._frame.longest(column))
            head = heads.horizontalAdvance(self._frame.names[column])
            self.setColumnWidth(column, min(max(cell, head) + ROOM, WIDEST))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the selected cells on the clipboard, with tabs between, for a spreadsheet."""
        ranges = list(self.selectionModel().selection())
        if ranges:
            # ranges, not indexes: a list of all selected cells takes gigabytes for large selections
            QGuiApplication.clipboard().setText(self._text(ranges[0]))

    def _text(self, cells: QItemSelectionRange) -> str:
        columns = range(cells.left(), cells.right() + 1)
        rows = range(cells.top(), min(cells.bottom() + 1, cells.top() + COPIED // len(columns) + 1))
        model = self._frame
        return "\n".join(
            "\t".join(" ".join(model.whole_text(row, column).split()) for column in columns) for row in rows
        )
