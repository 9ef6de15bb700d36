"""The recipes that were opened or saved last, as a menu."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMenu, QWidget

from fetchtozip_gui.gui.documents import Documents, no_such_file
from fetchtozip_gui.gui.words import place


class RecentMenu(QMenu):
    """Follows the documents; a file that is gone is taken off when it is asked for."""

    def __init__(self, documents: Documents, parent: QWidget) -> None:
        super().__init__("Open &recent", parent)
        self._documents = documents
        self.setToolTipsVisible(True)
        documents.changed.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        self.clear()
        for path in self._documents.recent():
            action = self.addAction(path.name.replace("&", "&&"))
            action.setData(str(path))
            action.setToolTip(place(path))
            action.triggered.connect(self._open)
        self.setEnabled(bool(self.actions()))

    def _open(self) -> None:
        path = Path(str(self.sender().data()))
        if path.exists():
            self._documents.picked.emit(str(path))
        else:
            self._documents.forget(path)
            self._documents.failed.emit(no_such_file(path))
