"""Charts of bars: lying ones with words before them, and a histogram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPen

from fetchtozip_gui.gui.widgets.chart import Chart
from fetchtozip_gui.gui.widgets.figures import Figures, Ground

Bar = tuple[str, int]
"""What a bar stands for, and how much there is of it."""


class Bars(Chart):
    """A bar a value, lying with its words before it: for the most frequent values, or one for each column."""

    def show_bars(self, bars: Sequence[Bar], whole: int = 0) -> None:
        """`whole` is how long the longest bar may be; 0 takes the largest of them."""
        self.show_figures(LyingBars(tuple(bars), whole))

    def sizeHint(self) -> QSize:
        return QSize(360, max(120, round(self.count() * line_of(self.font())) + 16))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height() if self.count() else 80)


class Histogram(Chart):
    """Bars side by side over an axis from `first` to `last`."""

    def show_bars(self, bars: Sequence[Bar], first: str = "", last: str = "") -> None:
        """The ends of the axis are what the first bar begins with and the last one ends with."""
        self.show_figures(StandingBars(tuple(bars), (first, last)))

    def sizeHint(self) -> QSize:
        return QSize(420, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 150)


@dataclass(frozen=True, slots=True)
class LyingBars(Figures):
    """What `Bars` shows."""

    bars: tuple[Bar, ...]
    whole: int

    def count(self) -> int:
        return len(self.bars)

    def words_of(self, mark: int) -> str:
        words, count = self.bars[mark]
        share = f" ({100 * count / self.whole:.1f} %)" if self.whole else ""
        return f"{words}: {count:,}{share}"

    def draw(self, ground: Ground) -> list[QRectF]:
        metrics, room = QFontMetricsF(ground.font), ground.room
        longest = max(metrics.horizontalAdvance(words) for words, _ in self.bars) + 4
        before = min(longest, room.width() * 0.4)
        behind = max(metrics.horizontalAdvance(f"{count:,}") for _, count in self.bars) + 8
        most = max(self.whole, *(count for _, count in self.bars), 1)
        line = min(line_of(ground.font), room.height() / len(self.bars))
        boxes = []
        for at, (words, count) in enumerate(self.bars):
            row = QRectF(room.left(), room.top() + at * line, room.width(), line)
            names = QRectF(row.left(), row.top(), before, line)
            ground.text(names, words, ground.colours.text, Qt.AlignmentFlag.AlignRight)
            free = row.width() - before - behind - 8
            wide = max(2.0 if count else 0.0, free * count / most)
            bar = QRectF(row.left() + before + 8, row.top() + line * 0.18, wide, line * 0.64)
            ground.fill(bar, QColor(ground.colours.accent), is_current=at == ground.current)
            numbers = QRectF(bar.left() + wide + 6, row.top(), behind, line)
            ground.text(numbers, f"{count:,}", ground.colours.muted, Qt.AlignmentFlag.AlignLeft)
            boxes.append(row)
        return boxes


@dataclass(frozen=True, slots=True)
class StandingBars(Figures):
    """What `Histogram` shows."""

    bars: tuple[Bar, ...]
    ends: tuple[str, str]

    def count(self) -> int:
        return len(self.bars)

    def words_of(self, mark: int) -> str:
        words, count = self.bars[mark]
        return f"{words}: {count:,}"

    def telling(self) -> Sequence[int]:
        return [mark for mark, (_, count) in enumerate(self.bars) if count > 0]

    def draw(self, ground: Ground) -> list[QRectF]:
        metrics, colours, room = QFontMetricsF(ground.font), ground.colours, ground.room
        most = max(*(count for _, count in self.bars), 1)
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
        wide = plot.width() / len(self.bars)
        gap = 1.0 if wide > 4 else 0.0
        boxes = []
        for at, (_, count) in enumerate(self.bars):
            # one value among millions is still to be seen
            high = max(2.0 if count else 0.0, plot.height() * count / top)
            whole = QRectF(plot.left() + at * wide, plot.top(), wide, plot.height())
            bar = QRectF(whole.left() + gap, plot.bottom() - high, wide - 2 * gap, high)
            ground.fill(bar, QColor(colours.accent), is_current=at == ground.current)
            boxes.append(whole)
        axis = QRectF(plot.left(), plot.bottom() + 5, plot.width() / 2, metrics.height())
        ground.text(axis, self.ends[0], colours.muted, Qt.AlignmentFlag.AlignLeft)
        ground.text(axis.translated(plot.width() / 2, 0), self.ends[1], colours.muted, Qt.AlignmentFlag.AlignRight)
        return boxes


def line_of(font: QFont) -> float:
    """How high a lying bar is, with the space around it."""
    return QFontMetricsF(font).height() + 8


def nice(most: int) -> int:
    """The next number that is quickly read: 1, 2, 4, 5 or 10 times a power of ten."""
    power = 1
    while power * 10 < most:
        power *= 10
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= most)
