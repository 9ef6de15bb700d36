"""The pages as a column of buttons, of which the one that is shown stays pressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QVBoxLayout

from fetchtozip_gui.gui.icons import SIZE, Icons


@dataclass(frozen=True, slots=True)
class Place:
    """A page as the sidebar knows it; `keys` as they are written for people."""

    id: str
    title: str
    keys: str
    hint: str
    at_foot: bool = False


class Sidebar(QFrame):
    """Asks for a page to be shown. Up and Down go from one button to the next, as in a list."""

    asked = Signal(str)

    def __init__(self, places: Sequence[Place], icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self.buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self.setObjectName("sidebar")
        self.setAccessibleName("Pages")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 14, 10, 12)
        column.setSpacing(4)
        for place in [place for place in places if not place.at_foot]:
            column.addWidget(self._button(place))
        column.addStretch(1)
        for place in [place for place in places if place.at_foot]:
            column.addWidget(self._button(place))
        self._draw()

    def show_place(self, page: str) -> None:
        """Mark the page that is shown."""
        self.buttons[page].setChecked(True)

    def tell(self, page: str, text: str) -> None:
        """Say something in few characters behind a page's title, such as how many jobs run; empty for nothing."""
        button = self.buttons[page]
        title = button.property("title")
        button.setText(f"{title}   {text}" if text else title)
        button.setAccessibleName(f"{title}, {text}" if text else title)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        buttons = list(self.buttons.values())
        focused = next((at for at, button in enumerate(buttons) if button.hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
            return
        buttons[(focused + step) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)

    def _button(self, place: Place) -> QPushButton:
        button = QPushButton(place.title)
        button.setObjectName(place.id)
        button.setProperty("title", place.title)
        button.setProperty("role", "place")
        button.setCheckable(True)
        button.setAccessibleName(place.title)
        button.setAccessibleDescription(place.hint)
        button.setToolTip(f"{place.hint} ({place.keys})")
        button.clicked.connect(self._ask)
        self._group.addButton(button)
        self.buttons[place.id] = button
        return button

    def _ask(self) -> None:
        self.asked.emit(self.sender().objectName())

    def _draw(self) -> None:
        for name, button in self.buttons.items():
            button.setIcon(self._icons.icon(name, self.palette()))
            button.setIconSize(QSize(SIZE, SIZE))
