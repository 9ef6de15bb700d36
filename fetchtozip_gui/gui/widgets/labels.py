"""Labels that show plain text alone, with a role for the style sheet."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QLabel, QStyle, QStyleOptionFrame, QWidget

from fetchtozip_gui.gui.job_words import Tone


def label(text: str = "", role: str = "", *, wraps: bool = False) -> QLabel:
    """A label; what sources and files say is never taken for markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wraps)
    if role in ("title", "heading"):
        # a J or a W leans out of its box
        made.setIndent(1)
    return made


def put_on(widget: QWidget, tone: str) -> None:
    """Give a widget the tone that the style sheet asks for."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class OneLine(QLabel):
    """A label that gives way: what has no room is left out, with an ellipsis."""

    def __init__(self, role: str = "", elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self._elide = elide

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("…"), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), self._elide, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, text)


class Mark(QLabel):
    """A round sign for a tone, so that nothing is told by colour alone."""

    SIZE = 22

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "mark")
        self.setFixedSize(self.SIZE, self.SIZE)
        self._tone: Tone = "plain"

    def show_tone(self, tone: Tone) -> None:
        self._tone = tone
        put_on(self, tone)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QStyleOptionFrame()
        self.initStyleOption(frame)
        # the style sheet's round ground
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, frame, painter, self)
        draw_sign(painter, self._tone, self.palette().color(QPalette.ColorRole.WindowText))


def draw_sign(painter: QPainter, tone: Tone, ink: QColor, ground: QColor | None = None) -> None:
    """A tone's sign, as large as a `Mark`, at the painter's origin; on a round ground where one is given."""
    if ground is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawEllipse(0, 0, Mark.SIZE, Mark.SIZE)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(ink))
    painter.drawPath(_SIGNS[tone]())
    if tone == "warn":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(10, 14, 2, 2)


def _pen(ink: QColor) -> QPen:
    return QPen(ink, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def _lines(*strokes: tuple[tuple[float, float], ...]) -> QPainterPath:
    path = QPainterPath()
    for first, *others in strokes:
        path.moveTo(*first)
        for point in others:
            path.lineTo(*point)
    return path


_SIGNS = {
    "good": lambda: _lines(((6.5, 11.5), (9.5, 14.5), (15.5, 8.0))),
    "warn": lambda: _lines(((11, 6), (11, 11.5))),
    "bad": lambda: _lines(((7.8, 7.8), (14.2, 14.2)), ((14.2, 7.8), (7.8, 14.2))),
    "busy": lambda: _lines(((11, 6), (11, 15)), ((7.5, 11.8), (11, 15.2), (14.5, 11.8))),
    "plain": lambda: _lines(((9, 7.5), (9, 14.5)), ((13, 7.5), (13, 14.5))),
}
