"""How a file's tabs are laid out: what is chosen, words about it and buttons in one line, what was found below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fetchtozip_gui.gui.widgets.notice import Notice


def lay_out(
    pane: QWidget,
    chosen: Sequence[QWidget],
    words: QWidget,
    buttons: Sequence[QPushButton],
    notice: Notice,
    found: QWidget,
) -> None:
    """Give `pane` its layout; the words take the room between what is chosen and the buttons."""
    line = QHBoxLayout()
    line.setSpacing(8)
    for box in chosen:
        line.addWidget(box)
    line.addWidget(words, 1)
    for button in buttons:
        button.setProperty("role", "beside")
        line.addWidget(button)
    whole = QVBoxLayout(pane)
    whole.setContentsMargins(0, 8, 0, 0)
    whole.setSpacing(8)
    whole.addLayout(line)
    whole.addWidget(notice)
    whole.addWidget(found, 1)
