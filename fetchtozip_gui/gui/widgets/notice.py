"""A sentence in the place it is about, instead of a dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QLabel

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.widgets.labels import put_on
from fetchtozip_gui.gui.words import breakable


class Notice(QLabel):
    """Says what went wrong, or right; takes no room while there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setProperty("role", "notice")
        self.hide()

    def fail(self, error: FetchToZipError) -> None:
        """What happened and what to do."""
        self._say(str(error), "bad")

    def tell(self, text: str) -> None:
        """Something that went well."""
        self._say(text, "good")

    def clear(self) -> None:
        self.hide()
        self.setText("")

    def _say(self, text: str, tone: str) -> None:
        put_on(self, tone)
        self.setText(breakable(text))
        self.setAccessibleName(text)
        self.show()
        # screen readers speak it at once
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
