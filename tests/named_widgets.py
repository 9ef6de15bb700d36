"""Finds what a window shows by the name and the kind that a screen reader would say, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget


def shown() -> Iterator[tuple[str, str, QWidget]]:
    """Name, kind (`Button`, `EditableText`, …) and widget of everything that can be seen and has a name."""
    for widget in QApplication.allWidgets():
        if widget.isVisible() and not widget.visibleRegion().isEmpty():
            spoken = QAccessible.queryAccessibleInterface(widget)
            if spoken is not None and (name := spoken.text(QAccessible.Text.Name)):
                yield name, spoken.role().name, widget


def find(name: str, kind: str = "") -> QWidget | None:
    """The widget of this name, if it is shown."""
    return next((widget for said, role, widget in shown() if said == name and kind in ("", role)), None)
