"""A small button that has a name for those who cannot see it, and can be reached with the keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton


def tool(text: str, name: str, hint: str = "") -> QToolButton:
    """`name` is what is spoken, `hint` what is shown; it is the name where there is none."""
    button = QToolButton()
    button.setText(text)
    button.setAccessibleName(name)
    button.setToolTip(hint or name)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
