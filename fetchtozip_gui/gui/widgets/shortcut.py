"""Keys that one part of the window listens to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def shortcut(keys: str | QKeySequence | QKeySequence.StandardKey, place: QWidget, act: Callable[[], object]) -> None:
    """Have the keys do something while the keyboard is in `place` or in what is inside it."""
    # not given at once with what it does: its context would be the whole window then, and the same keys of two parts
    # would do nothing
    made = QShortcut(QKeySequence(keys), place, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
    made.activated.connect(act)
