"""A sentence across the top of the window with something to do about it, until it is done or sent away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from fetchtozip_gui.gui.widgets.labels import label, put_on
from fetchtozip_gui.gui.words import breakable


class Banner(QFrame):
    """One at a time: what is said next takes the place of what was said before."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self._act: Callable[[], None] | None = None
        self._words = label(wraps=True)
        self.do = QPushButton()
        self.do.clicked.connect(self._do)
        self.leave = QPushButton()
        self.leave.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 9, 10, 9)
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        for button in (self.do, self.leave):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def text(self) -> str:
        """What it says."""
        return self._words.text().replace("\u200b", "")

    def say(self, text: str, act: str = "", do: Callable[[], None] | None = None, *, leave: str = "Close") -> None:
        """Say `text`; the button `act` does something about it, the button `leave` sends it away."""
        self._act = do
        put_on(self, "busy" if do else "plain")
        self._words.setText(breakable(text))
        self.setAccessibleName(text)
        self.do.setText(act)
        self.do.setToolTip(f"{act}: {text}")
        self.do.setVisible(do is not None)
        self.leave.setText(leave)
        self.leave.setToolTip("Take this notice away")
        self.show()
        # screen readers speak it at once
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def clear(self) -> None:
        """Say nothing."""
        self._act = None
        self.hide()

    def _do(self) -> None:
        act = self._act
        self.clear()
        if act is not None:
            act()
