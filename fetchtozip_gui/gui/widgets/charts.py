"""Charts of bars: lying ones with words before them, and a histogram."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPen

from fetchtozip_gui.gui.widgets.chart import Chart, Ground

Bar = tuple[str, int]
"""What a bar stands for, and how much there is of it."""


class Bars(Chart):
    """A bar a value, lying with its words before it: for the most frequent values, or one for each column."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._bars: Sequence[Bar] = ()
        self._whole = 0

    def show_bars(self, bars: Sequence[Bar], whole: int = 0) -> None:
        """`whole` is how long the longest bar may be; 0 takes the largest of them."""
        self._bars, self._whole = bars, whole
        self._fresh()

    def sizeHint(self) -> QSize:
        return QSize(360, max(120, round(len(self._bars) * self._line()) + 16))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height() if self._bars else 80)

    def count(self) -> int:
        return len(self._bars)

    def words_of(self, mark: int) -> str:
        words, count = self._bars[mark]
        share = f" ({100 * count / self._whole:.1f} %)" if self._whole else ""
        return f"{words}: {count:,}{share}"

    def draw(self, ground: Ground) -> list[QRectF]:
        metrics, room = QFontMetricsF(ground.font), ground.room
        longest = max(metrics.horizontalAdvance(words) for words, _ in self._bars) + 4
        before = min(longest, room.width() * 0.4)
        behind = max(metrics.horizontalAdvance(f"{count:,}") for _, count in self._bars) + 8
        most = max(self._whole, *(count for _, count in self._bars), 1)
        line = min(self._line(), room.height() / len(self._bars))
        boxes = []
        for at, (words, count) in enumerate(self._bars):
            row = QRectF(room.left(), room.top() + at * line, room.width(), line)
            names = QRectF(row.left(), row.top(), before, line)
            ground.text(names, words, ground.colours.text, Qt.AlignmentFlag.AlignRight)
            free = row.width() - before - behind - 8
            wide = max(2.0 if count else 0.0, free * count / most)
            bar = QRectF(row.left() + before + 8, row.top() + line * 0.18, wide, line * 0.64)
            ground.fill(bar, QColor(ground.colours.accent), is_current=at == self.current)
            numbers = QRectF(bar.left() + wide + 6, row.top(), behind, line)
            ground.text(numbers, f"{count:,}", ground.colours.muted, Qt.AlignmentFlag.AlignLeft)
            boxes.append(row)
        return boxes

    def _line(self) -> float:
        return QFontMetricsF(self.font()).height() + 8


class Histogram(Chart):
    """Bars side by side over an axis from `first` to `last`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._bars: Sequence[Bar] = ()
        self._ends = ("", "")

    def show_bars(self, bars: Sequence[Bar], first: str = "", last: str = "") -> None:
        """The ends of the axis are what the first bar begins with and the last one ends with."""
        self._bars, self._ends = bars, (first, last)
        self._fresh()

    def is_told(self, mark: int) -> bool:
        return self._bars[mark][1] > 0

    def sizeHint(self) -> QSize:
        return QSize(420, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 150)

    def count(self) -> int:
        return len(self._bars)

    def words_of(self, mark: int) -> str:
        words, count = self._bars[mark]
        return f"{words}: {count:,}"

    def draw(self, ground: Ground) -> list[QRectF]:
        metrics, colours, room = QFontMetricsF(ground.font), ground.colours, ground.room
        most = max(*(count for _, count in self._bars), 1)
        top = nice(most)
        left = metrics.horizontalAdvance(f"{top:,}") + 10
        plot = room.adjusted(left, metrics.height() / 2, -4, -metrics.height() - 8)
        for part in range(5):
            height = plot.bottom() - plot.height() * part / 4
            ground.painter.setPen(QPen(QColor(colours.border), 1))
            ground.painter.drawLine(QPointF(plot.left(), height), QPointF(plot.right(), height))
            if part in (0, 2, 4):
                box = QRectF(room.left(), height - metrics.height() / 2, left - 8, metrics.height())
                words = f"{top * part / 4:,.0f}" if part != 2 or top % 2 == 0 else ""
                ground.text(box, words, colours.muted, Qt.AlignmentFlag.AlignRight)
        wide = plot.width() / len(self._bars)
        gap = 1.0 if wide > 4 else 0.0
        boxes = []
        for at, (_, count) in enumerate(self._bars):
            # one value among millions is still to be seen
            high = max(2.0 if count else 0.0, plot.height() * count / top)
            whole = QRectF(plot.left() + at * wide, plot.top(), wide, plot.height())
            bar = QRectF(whole.left() + gap, plot.bottom() - high, wide - 2 * gap, high)
            ground.fill(bar, QColor(colours.accent), is_current=at == self.current)
            boxes.append(whole)
        axis = QRectF(plot.left(), plot.bottom() + 5, plot.width() / 2, metrics.height())
        ground.text(axis, self._ends[0], colours.muted, Qt.AlignmentFlag.AlignLeft)
        ground.text(axis.translated(plot.width() / 2, 0), self._ends[1], colours.muted, Qt.AlignmentFlag.AlignRight)
        return boxes


def nice(most: int) -> int:
    """The next number that is quickly read: 1, 2, 4, 5 or 10 times a power of ten."""
    power = 1
    while power * 10 < most:
        power *= 10
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= most)
