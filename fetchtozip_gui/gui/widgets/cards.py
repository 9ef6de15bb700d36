"""Cards with a heading, and rows of a caption and its controls in them."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QSpinBox, QVBoxLayout, QWidget

from fetchtozip_gui.gui.widgets.labels import label


def card(title: str = "") -> tuple[QFrame, QVBoxLayout]:
    """A frame, and the column for what is in it."""
    frame = QFrame()
    frame.setProperty("role", "card")
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(16, 14, 16, 16)
    inside.setSpacing(8)
    if title:
        inside.addWidget(label(title, "heading"))
    return frame, inside


def captioned(column: QVBoxLayout, title: str, *controls: QWidget | QLayout, stretches: bool = False) -> QLabel:
    """Add a caption and under it its controls in a row; Alt and the letter after `&` go to the first one."""
    caption = QLabel(title)
    caption.setProperty("role", "caption")
    column.addWidget(caption)
    row = QHBoxLayout()
    row.setSpacing(8)
    for at, control in enumerate(controls):
        if isinstance(control, QLayout):
            row.addLayout(control)
        else:
            row.addWidget(control, 1 if stretches and at == 0 else 0)
            if at == 0:
                caption.setBuddy(control)
    if not stretches:
        row.addStretch(1)
    column.addLayout(row)
    return caption


def number(low: int, high: int) -> QSpinBox:
    """A field for a whole number."""
    made = QSpinBox()
    made.setRange(low, high)
    # style sheets have no say over the left side of what is typed in such a field
    made.lineEdit().setTextMargins(9, 0, 0, 0)
    return made
