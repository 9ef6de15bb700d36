"""Parts of a form that are opened by a button each, so that only what matters is in sight."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from fetchtozip_gui.gui.widgets.flow import Flow
from fetchtozip_gui.gui.widgets.labels import label


class Sections(QWidget):
    """A line of buttons, and under it the parts that are open."""

    toggled = Signal(str, bool)
    """A part was opened or closed, by its name."""

    def __init__(self, about: Mapping[str, str]) -> None:
        """`about` says for each part what is in it."""
        super().__init__()
        self.setProperty("role", "clear")
        self._bodies: dict[str, QFrame] = {}
        self._told: dict[str, tuple[bool, bool]] = {}
        self.buttons = {name: self._button(name, words) for name, words in about.items()}
        line = QWidget()
        line.setProperty("role", "clear")
        flow = Flow(4)
        line.setLayout(flow)
        for button in self.buttons.values():
            flow.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(line)

    def fill(self, name: str, body: QWidget) -> None:
        """Put into a part what belongs there."""
        frame = QFrame()
        frame.setProperty("role", "inset")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(12, 10, 12, 12)
        inside.setSpacing(6)
        inside.addWidget(label(name, "headline"))
        inside.addWidget(body)
        place = sum(1 for other in self.buttons if other in self._bodies and self._before(other, name))
        self._column.insertWidget(1 + place, frame)
        self._bodies[name] = frame
        frame.setVisible(self.buttons[name].isChecked())

    def is_filled(self, name: str) -> bool:
        return name in self._bodies

    def open(self, name: str) -> None:
        """Show a part."""
        if not self.buttons[name].isChecked():
            self.buttons[name].click()

    def tell(self, name: str, *, used: bool, wrong: bool) -> None:
        """Show on a part's button that something is set in it, or wrong."""
        self._told[name] = (used, wrong)
        self._word(name)

    def _word(self, name: str) -> None:
        used, wrong = self._told.get(name, (False, False))
        button = self.buttons[name]
        sign = "▾" if button.isChecked() else "▸"
        button.setText(f"{sign} {name}{' ✗' if wrong else ' ●' if used else ''}")
        said = ", something in it is wrong" if wrong else ", something is set" if used else ""
        button.setAccessibleName(f"{name}{said}")

    def _before(self, one: str, other: str) -> bool:
        names = list(self.buttons)
        return names.index(one) < names.index(other)

    def _button(self, name: str, about: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("role", "part")
        button.setCheckable(True)
        button.setText(f"▸ {name}")
        button.setAccessibleName(name)
        button.setToolTip(about)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.toggled.connect(self._toggle)
        return button

    def _toggle(self, open_: bool) -> None:
        name = self.sender().objectName()
        self._word(name)
        self.toggled.emit(name, open_)
        if name in self._bodies:
            self._bodies[name].setVisible(open_)
