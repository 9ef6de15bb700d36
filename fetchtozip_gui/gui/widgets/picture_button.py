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


class PictureButton(QPushButton):
    """Asks where to; the end of the name says which kind of picture it is."""

    saved = Signal(object)
    """The path of a picture that is there now."""

    def __init__(self, chart: Callable[[], Chart], failed: Callable[[FetchToZipError], None], errands: Errands) -> None:
        """`chart` gives the one that is shown when the button is pressed."""
        super().__init__("Save picture…")
        self._chart = chart
        self._failed = failed
        self._errands = errands
        self.setProperty("role", "beside")
        self.setAccessibleName("Save the chart as a picture")
        self.setToolTip("Save the chart as SVG or PNG (Alt+S)")
        self.setShortcut("Alt+S")
        self.clicked.connect(self.ask)

    def ask(self) -> None:
        """Show the dialog."""
        name = "".join(sign if sign.isalnum() else "-" for sign in self._chart().accessibleName()).strip("-")
        dialog = QFileDialog(self.window(), "Save the chart", f"{name[:60]}.svg", KINDS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def save(self, path: str) -> None:
        """Save it under this name, as SVG where the name does not say."""
        place = Path(path)
        if place.suffix.lower() not in (".svg", ".png"):
            place = place.with_name(f"{place.name}.svg")
        self._errands.run(self._chart().painted(place), self._tell, self._fail)

    def _tell(self, path: Path) -> None:
        if isValid(self):
            self.saved.emit(path)

    def _fail(self, error: FetchToZipError) -> None:
        if isValid(self):
            self._failed(error)
