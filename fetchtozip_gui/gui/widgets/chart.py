"""What every painted chart can do: be seen in both themes, spoken, walked through with keys and saved as a picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from fetchtozip_gui.gui.theme import colours_of
from fetchtozip_gui.gui.widgets.figures import Figures, Ground, NoFigures, paint, room_in
from fetchtozip_gui.gui.widgets.picture import Picture

_STEP = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class Chart(QWidget):
    """Marks are numbered; arrow keys go from one to the next, and what it says is spoken and shown as a tooltip."""

    pointed = Signal(int)
    """The mark that is looked at; −1 for none."""
    walked = Signal(QRectF)
    """A key has gone to the mark in this place, which is to be in sight."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.current = -1
        self._figures: Figures = NoFigures()
        self._boxes: list[QRectF] = []
        self._empty = ""
        self.setAccessibleName(name)
        self.setToolTip("Arrow keys go from one mark to the next")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    # --- its marks ----------------------------------------------------------------------------------------------

    def count(self) -> int:
        """How many marks there are."""
        return self._figures.count()

    def words_of(self, mark: int) -> str:
        """What one mark says."""
        return self._figures.words_of(mark)

    def box_of(self, mark: int) -> QRectF:
        """Where a mark was painted."""
        return self._boxes[mark] if mark < len(self._boxes) else QRectF()

    def mark_at(self, point: QPointF) -> int:
        """The mark at a place; −1 for none."""
        return next((mark for mark, box in enumerate(self._boxes) if box.contains(point)), -1)

    def next_to(self, mark: int, across: int, down: int) -> int:
        """The mark beside one; here they stand in a row, whichever way that runs."""
        return mark + across + down

    def summary(self) -> str:
        """All of it in words; long charts are cut."""
        return self._figures.summary() or self._empty

    # --- showing ------------------------------------------------------------------------------------------------

    def show_figures(self, figures: Figures) -> None:
        """Show these from now on."""
        self._figures = figures
        self._fresh()

    def say(self, words: str) -> None:
        """What stands in the chart's place while it has nothing to show."""
        self._empty = words
        self._fresh()

    def point(self, mark: int) -> None:
        """Look at a mark."""
        mark = mark if 0 <= mark < self.count() else -1
        if mark != self.current:
            self._mend(self.current)
            self.current = mark
            self._mend(mark)
            self.pointed.emit(mark)
            if mark >= 0:
                self.setAccessibleDescription(self.words_of(mark))
                QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def save(self, path: Path) -> Path:
        """The chart as a picture: SVG or PNG, by the name's end; `OutputError` where it cannot be written."""
        return self.picture().write(path)

    def picture(self) -> Picture:
        """The chart as it is now, to be painted and written in any thread."""
        size = QSize(max(self.width(), 480), max(self.height(), 300))
        colours = colours_of(self.palette())
        return Picture(self._figures, self.accessibleName(), self._empty, colours, self.font(), size, self.current)

    def _mend(self, mark: int) -> None:
        # a mark and its frame: to paint all of them takes too long while the mouse moves over them
        if mark >= 0:
            self.update(self.box_of(mark).adjusted(-2, -2, 2, 2).toAlignedRect())

    def _fresh(self) -> None:
        self.current = -1
        self.setAccessibleDescription(self.summary())
        self.updateGeometry()
        self.update()

    def room(self) -> QRectF:
        """Where marks are painted."""
        return room_in(QRectF(self.rect()))

    # --- what Qt asks -------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        whole, colours = QRectF(self.rect()), colours_of(self.palette())
        # a chart that is painted without being shown has no part in sight
        seen = QRectF(self.visibleRegion().boundingRect()) or whole
        ground = Ground(painter, whole, colours, self.font(), seen, QRectF(event.rect()), self.current)
        self._boxes = paint(self._figures, self._empty, ground)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEP and self.count():
            self.point(0 if self.current < 0 else self._kept(self.next_to(self.current, *_STEP[key])))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.point(0 if key == Qt.Key.Key_Home else self.count() - 1)
        else:
            super().keyPressEvent(event)
            return
        if self.current >= 0:
            self.walked.emit(self.box_of(self.current))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.point(self.mark_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self.point(-1)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            mark = self.mark_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.words_of(mark) if mark >= 0 else self.toolTip(), self)
            return True
        return super().event(event)

    def _kept(self, mark: int) -> int:
        return min(max(mark, 0), self.count() - 1)
