"""The rows of a file, as they are in it or as its steps make them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QWidget

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.files import OpenedFile
from fetchtozip_gui.gui.models.late import LateModel, ParquetRows
from fetchtozip_gui.gui.widgets.grid import Grid
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.pane_lines import lay_out
from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    from fetchtozip_gui.gui.models.shaping import Shaping


class RowsPane(QWidget):
    """All rows can be scrolled through; none but those in sight are in memory."""

    def __init__(self, file: OpenedFile, shaping: Shaping, errands: Errands) -> None:
        super().__init__()
        self._file = file
        self._shaping = shaping
        self._shown: object = None
        self.model = LateModel(errands, self)
        self.grid = Grid(self.model, "Rows of the file")
        self.which = QComboBox()
        self.words = label(role="muted")
        self.notice = Notice()
        self._lay_out()
        self.which.currentIndexChanged.connect(self.look)
        shaping.changed.connect(self._follow)

    def look(self) -> None:
        """Show the rows that are chosen, if they are not shown already."""
        read = self._file.read
        if read is None:
            return
        if self.which.currentIndex() == 0:
            self._open(read.path, lambda: ParquetRows(read.path))
        elif (shaped := self._shaping.shaped) is not None:
            self._open(shaped.path, lambda: ParquetRows(shaped.path))
        elif self._shaping.error is not None:
            self._fail(self._shaping.error)
        else:
            self.words.setText("Applying the steps to all rows…")
            self._shaping.start()

    def leave(self) -> None:
        """Apply the steps no further."""
        self._shaping.leave()

    def _follow(self) -> None:
        if self.which.currentIndex() == 1 and self.isVisible():
            self.look()

    def _open(self, path: Path, make: Callable[[], ParquetRows]) -> None:
        if path == self._shown:
            return
        self._shown = path
        self.notice.clear()
        self.model.open(make, self._tell, self._fail)

    def _tell(self, rows: int) -> None:
        self.words.setText(counted(rows, "row"))

    def _fail(self, error: FetchToZipError) -> None:
        self._shown = None
        self.words.setText("")
        self.model.close()
        self.notice.fail(error)

    def _lay_out(self) -> None:
        self.which.addItems(["As in the file", "After the steps"])
        self.which.setAccessibleName("Which rows")
        self.which.setToolTip("Show the rows as they are in the file, or as the steps of Clean and Rules make them")
        lay_out(self, (self.which,), self.words, (), self.notice, self.grid)
