"""What every painted chart can do: be seen in both themes, spoken, walked through with keys and saved as a picture."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QToolTip, QWidget

from fetchtozip_gui.gui import files
from fetchtozip_gui.gui.theme import Colours, colours_of

_TOLD = 40
"""Marks that are told together."""
_SHARP = 2.0
"""Pixels of a saved picture for one of the screen's."""
_MOST_PIXELS = 16_000_000
"""Of a saved picture; a large one is less sharp than that."""
MARGIN = 8
"""Pixels around what is painted."""
_STEP = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


@dataclass(frozen=True, slots=True)
class Ground:
    """What a chart is painted with."""

    painter: QPainter
    room: QRectF
    colours: Colours
    font: QFont
    seen: QRectF
    """The part that is in sight; what is outside need not be painted."""

    def text(self, box: QRectF, words: str, colour: str, side: Qt.AlignmentFlag) -> None:
        """Words in a box, cut where it has no room for them."""
        cut = QFontMetricsF(self.font).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        self.painter.setPen(QColor(colour))
        self.painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), cut)

    def fill(self, box: QRectF, colour: QColor, *, is_current: bool) -> None:
        """A bar or a cell; the current one has a frame, so that it is not told by colour alone."""
        self.painter.setPen(QPen(QColor(self.colours.text), 2) if is_current else Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawRoundedRect(box, 2, 2)


class Chart(QWidget):
    """Marks are numbered; arrow keys go from one to the next, and what it says is spoken and shown as a tooltip."""

    pointed = Signal(int)
    """The mark that is looked at; −1 for none."""
    walked = Signal(QRectF)
    """A key has gone to the mark in this place, which is to be in sight."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.current = -1
        self._boxes: list[QRectF] = []
        self._empty = ""
        self.setAccessibleName(name)
        self.setToolTip("Arrow keys go from one mark to the next")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    # --- what each kind says ------------------------------------------------------------------------------------

    @abstractmethod
    def count(self) -> int:
        """How many marks there are."""

    @abstractmethod
    def words_of(self, mark: int) -> str:
        """What one mark says."""

    @abstractmethod
    def draw(self, ground: Ground) -> list[QRectF]:
        """Paint all marks; where each of them is, unless `box_of` and `mark_at` know that otherwise."""

    def box_of(self, mark: int) -> QRectF:
        """Where a mark was painted."""
        return self._boxes[mark] if mark < len(self._boxes) else QRectF()

    def mark_at(self, point: QPointF) -> int:
        """The mark at a place; −1 for none."""
        return next((mark for mark, box in enumerate(self._boxes) if box.contains(point)), -1)

    def next_to(self, mark: int, across: int, down: int) -> int:
        """The mark beside one; here they stand in a row, whichever way that runs."""
        return mark + across + down

    def is_told(self, mark: int) -> bool:
        """Whether a mark is worth its words where all are told."""
        return True

    def summary(self) -> str:
        """All of it in words; long charts are cut."""
        worth = [mark for mark in range(self.count()) if self.is_told(mark)]
        told = [self.words_of(mark) for mark in worth[:_TOLD]]
        more = len(worth) - len(told)
        return "; ".join(told) + (f"; and {more:,} more" if more > 0 else "") if told else self._empty

    # --- showing ------------------------------------------------------------------------------------------------

    def say(self, words: str) -> None:
        """What stands in the chart's place while it has nothing to show."""
        self._empty = words
        self._fresh()

    def point(self, mark: int) -> None:
        """Look at a mark."""
        mark = mark if 0 <= mark < self.count() else -1
        if mark != self.current:
            self.current = mark
            self.update()
            self.pointed.emit(mark)
            if mark >= 0:
                self.setAccessibleDescription(self.words_of(mark))
                QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def save(self, path: Path) -> Path:
        """The chart as a picture: SVG or PNG, by the name's end; `OutputError` where it cannot be written."""
        return self.painted(path)()

    def painted(self, path: Path) -> Callable[[], Path]:
        """Paint it for `save` now; what is returned does the rest, in any thread."""
        size = QSize(max(self.width(), 480), max(self.height(), 300))
        if path.suffix.lower() == ".svg":
            drawing = self._drawing(size)
            return lambda: files.write(path, drawing)
        image = self._image(size)

        def write() -> Path:
            # to compress some million pixels takes most of a second
            buffer = QBuffer()
            buffer.open(QIODevice.OpenModeFlag.WriteOnly)
            image.save(buffer, "PNG")
            return files.write(path, buffer.data().data())

        return write

    def _drawing(self, size: QSize) -> bytes:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(size)
        generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
        generator.setTitle(self.accessibleName())
        generator.setDescription(self.summary())
        painter = QPainter(generator)
        self._paint(painter, QSizeF(size))
        painter.end()
        return bytes(buffer.data().data())

    def _image(self, size: QSize) -> QImage:
        sharp = min(_SHARP, math.sqrt(_MOST_PIXELS / (size.width() * size.height())))
        image = QImage((QSizeF(size) * sharp).toSize(), QImage.Format.Format_ARGB32)
        image.setDevicePixelRatio(sharp)
        painter = QPainter(image)
        self._paint(painter, QSizeF(size))
        painter.end()
        image.setText("Description", self.summary())
        return image

    def _fresh(self) -> None:
        self.current = -1
        self.setAccessibleDescription(self.summary())
        self.updateGeometry()
        self.update()

    def room(self) -> QRectF:
        """Where marks are painted."""
        return QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)

    def _paint(self, painter: QPainter, size: QSizeF, seen: QRectF | None = None) -> list[QRectF]:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        colours = colours_of(self.palette())
        whole = QRectF(0, 0, size.width(), size.height())
        painter.fillRect(whole, QColor(colours.card))
        room = whole.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        ground = Ground(painter, room, colours, self.font(), seen or whole)
        if not self.count():
            painter.setPen(QColor(colours.muted))
            painter.drawText(ground.room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty)
            return []
        return self.draw(ground)

    # --- what Qt asks -------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._boxes = self._paint(painter, QSizeF(self.size()), QRectF(self.visibleRegion().boundingRect()))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours_of(self.palette()).accent), 2))
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
