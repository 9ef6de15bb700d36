"""Parts that share their room, with a bar between that can be moved."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget


def split(orientation: Qt.Orientation, name: str, parts: Mapping[QWidget, int]) -> QSplitter:
    """The parts with the shares they begin with; under the name it is remembered how they were moved."""
    made = QSplitter(orientation)
    made.setObjectName(name)
    made.setChildrenCollapsible(False)
    for part in parts:
        made.addWidget(part)
    made.setSizes(list(parts.values()))
    return made
