"""A button that saves a chart as a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QPushButton
from shiboken6 import isValid

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.widgets.chart import Chart

KINDS = "SVG picture (*.svg);;PNG picture (*.png)"
_TEXT = "Save picture…"


class PictureButton(QPushButton):
    """Asks where to; the end of the name says which kind of picture it is. The window goes on while it is made."""

    saved = Signal(object)
    """The path of a picture that is there now."""

    def __init__(self, chart: Callable[[], Chart], failed: Callable[[FetchToZipError], None], errands: Errands) -> None:
        """`chart` gives the one that is shown when the button is pressed."""
        super().__init__(_TEXT)
        self._chart = chart
        self._failed = failed
        self._errands = errands
        self._is_working = False
        self.setProperty("role", "beside")
        self.setAccessibleName("Save the chart as a picture")
        self.setToolTip("Save the chart as SVG or PNG (Alt+S)")
        self.setShortcut("Alt+S")
        self.clicked.connect(self.ask)

    def ask(self) -> None:
        """Show the dialog, unless a picture is being saved."""
        if self._is_working:
            return
        name = "".join(sign if sign.isalnum() else "-" for sign in self._chart().accessibleName()).strip("-")
        dialog = QFileDialog(self.window(), "Save the chart", f"{name[:60]}.svg", KINDS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def save(self, path: str) -> None:
        """Save it as it is now under this name, as SVG where the name does not say; one at a time."""
        if self._is_working:
            return
        place = Path(path)
        if place.suffix.lower() not in (".svg", ".png"):
            place = place.with_name(f"{place.name}.svg")
        self._is_working = True
        self.setText("Picture is saved…")
        picture = self._chart().picture()
        self._errands.run(lambda: picture.write(place), self._tell, self._fail)

    def _tell(self, path: Path) -> None:
        if isValid(self):
            self._end()
            self.saved.emit(path)

    def _fail(self, error: FetchToZipError) -> None:
        if isValid(self):
            self._end()
            self._failed(error)

    def _end(self) -> None:
        self._is_working = False
        self.setText(_TEXT)
