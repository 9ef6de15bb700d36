"""The frame of the window: the sidebar, what is said above a page, the page, and the status line below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget


def framed(sidebar: QWidget, above: Sequence[QWidget], page: QWidget, below: QWidget) -> QWidget:
    """All of them as one widget, for the middle of the window."""
    right = _tight(QVBoxLayout())
    told = _tight(QVBoxLayout())
    told.setContentsMargins(20, 0, 20, 0)
    for each in above:
        told.addWidget(each)
    right.addLayout(told)
    right.addWidget(page, 1)
    middle = _tight(QHBoxLayout())
    middle.addWidget(sidebar)
    middle.addLayout(right, 1)
    frame = QWidget()
    frame.setObjectName("page")
    whole = _tight(QVBoxLayout(frame))
    whole.addLayout(middle, 1)
    whole.addWidget(below)
    return frame


def _tight(layout: QHBoxLayout | QVBoxLayout) -> QHBoxLayout | QVBoxLayout:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout
