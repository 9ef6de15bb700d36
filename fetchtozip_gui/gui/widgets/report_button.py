"""A button that has all rows of a file analyzed and writes what was found as one page, or as JSON."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QPushButton

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.engine.job import now_utc
from fetchtozip_gui.gui import files
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.files import OpenedFile
from fetchtozip_gui.gui.words import place

KINDS = "Web page (*.html);;JSON (*.json)"


class ReportButton(QPushButton):
    """The window goes on meanwhile; several minutes are possible for many millions of rows."""

    told = Signal(str)
    failed = Signal(object)

    def __init__(self, file: OpenedFile, errands: Errands) -> None:
        super().__init__("Report…")
        self._file = file
        self._errands = errands
        self._is_working = False
        self.setProperty("role", "beside")
        self.setAccessibleName("Report of the file")
        self.setToolTip("Analyze all rows and write what was found as a web page or as JSON (Ctrl+Shift+R)")
        self.setShortcut("Ctrl+Shift+R")
        self.clicked.connect(self.ask)

    def ask(self) -> None:
        """Show the dialog; the end of the name says which kind it is."""
        dialog = QFileDialog(self.window(), "Save the report", f"{self._file.path.stem} report.html", KINDS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.write)
        dialog.open()

    def write(self, path: str) -> None:
        """Analyze the file as it is, and write the report under this name."""
        read = self._file.read
        if read is None or self._is_working:
            return
        self._is_working = True
        self.setText("Report is made…")
        to, title = Path(path), self._file.name
        self._errands.run(lambda: _written(read.lazy(), title, to), self._done, self._fail)

    def _done(self, at: Path) -> None:
        self._end()
        self.told.emit(f"The report is saved as {place(at)}.")

    def _fail(self, error: FetchToZipError) -> None:
        self._end()
        self.failed.emit(error)

    def _end(self) -> None:
        self._is_working = False
        self.setText("Report…")


def _written(rows: object, title: str, to: Path) -> Path:
    # heavy: Polars, after the first paint
    from fetchtozip_gui.core.analysis.report import report
    from fetchtozip_gui.core.analysis.report_page import SUFFIXES, document

    made = report(rows, title, now_utc())
    to = to if to.suffix.lower() in SUFFIXES else to.with_name(f"{to.name}.html")
    return files.write(to, document(made, to.suffix))
