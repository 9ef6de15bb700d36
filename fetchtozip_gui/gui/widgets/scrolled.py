"""A column that scrolls down when there is no room for it, and is as wide with its scroll bar as without."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

GUTTER = 12
"""Pixels right of the column, where its scroll bar appears; as wide as the style sheet makes that."""


class Scrolled(QScrollArea):
    """Wants to be as high as its column, or all there is where it `fills`, and is never narrower than that can be."""

    def __init__(self, column: QWidget, *, fills: bool = False) -> None:
        super().__init__()
        self._column = column
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        down = QSizePolicy.Policy.Expanding if fills else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Preferred, down)
        # what is in it takes the keyboard, and is scrolled to when it does
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(column)
        column.installEventFilter(self)
        # always there, and not seen while nothing scrolls: one that came and went would change the width, and with it
        # the height of wrapped text, and with that whether it has to come
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().rangeChanged.connect(self._follow_range)
        self._follow_range()

    def sizeHint(self) -> QSize:
        column = self._column
        width = max(self.width() - GUTTER, column.minimumSizeHint().width())
        height = column.heightForWidth(width) if column.hasHeightForWidth() else column.sizeHint().height()
        return QSize(column.sizeHint().width() + GUTTER, height)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._column.minimumSizeHint().width() + GUTTER, super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _follow_range(self) -> None:
        bar = self.verticalScrollBar()
        idle = bar.maximum() <= 0
        if bar.property("idle") != idle:
            bar.setProperty("idle", idle)
            bar.style().unpolish(bar)
            bar.style().polish(bar)
