"""The kinds of charts that are painted here: lying bars, a histogram and a heat map."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPen

from fetchtozip_gui.gui.theme import contrast
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


class HeatMap(Chart):
    """A table of coloured cells; each says its number too, where there is room for it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._down: Sequence[str] = ()
        self._across: Sequence[str] = ()
        self._cells: Sequence[Sequence[float | None]] = ()
        self._write: Callable[[float | None], str] = str

    def show_cells(
        self,
        down: Sequence[str],
        across: Sequence[str],
        cells: Sequence[Sequence[float | None]],
        write: Callable[[float | None], str],
    ) -> None:
        """Cells from −1 to 1 by rows; `write` says what stands in one."""
        self._down, self._across, self._cells, self._write = down, across, cells, write
        self._fresh()

    def sizeHint(self) -> QSize:
        line = QFontMetricsF(self.font()).height()
        wide = self._before() + len(self._across) * line * 3.6 + 16
        return QSize(round(wide), round((len(self._down) * 1.8 + 1.6) * line) + 24)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint() if self._cells else QSize(200, 80)

    def count(self) -> int:
        return len(self._down) * len(self._across)

    def words_of(self, mark: int) -> str:
        row, column = divmod(mark, len(self._across))
        return f"{self._down[row]}, {self._across[column]}: {self._write(self._cells[row][column])}"

    def next_to(self, mark: int, across: int, down: int) -> int:
        row, column = divmod(mark, len(self._across))
        row = min(max(row + down, 0), len(self._down) - 1)
        return row * len(self._across) + min(max(column + across, 0), len(self._across) - 1)

    def draw(self, ground: Ground) -> list[QRectF]:
        metrics, colours, room = QFontMetricsF(ground.font), ground.colours, ground.room
        before, head = self._before(), metrics.height() + 6
        wide = min((room.width() - before) / len(self._across), metrics.height() * 6)
        high = min((room.height() - head) / len(self._down), metrics.height() * 2.4)
        for at, words in enumerate(self._across):
            box = QRectF(room.left() + before + at * wide + 2, room.top(), wide - 4, head - 4)
            ground.text(box, words, colours.muted, Qt.AlignmentFlag.AlignHCenter)
        boxes = []
        for row, words in enumerate(self._down):
            line = QRectF(room.left(), room.top() + head + row * high, before - 8, high)
            ground.text(line, words, colours.text, Qt.AlignmentFlag.AlignRight)
            for column, value in enumerate(self._cells[row]):
                cell = QRectF(room.left() + before + column * wide, line.top(), wide, high)
                self._draw_cell(ground, cell, value, is_current=len(boxes) == self.current)
                boxes.append(cell)
        return boxes

    def _draw_cell(self, ground: Ground, cell: QRectF, value: float | None, *, is_current: bool) -> None:
        colours = ground.colours
        if value is None:
            colour = QColor(colours.plain_soft)
        else:
            colour = mixed(colours.card, colours.accent if value >= 0 else colours.bad, min(1.0, abs(value)))
        ground.fill(cell.adjusted(1, 1, -1, -1), colour, is_current=is_current)
        words = self._write(value)
        if QFontMetricsF(ground.font).horizontalAdvance(words) < cell.width() - 4:
            ink = readable_on(colour) if value is not None else colours.muted
            ground.text(cell, words, ink, Qt.AlignmentFlag.AlignHCenter)

    def _before(self) -> float:
        metrics = QFontMetricsF(self.font())
        longest = max((metrics.horizontalAdvance(words) for words in self._down), default=0.0)
        return min(longest, metrics.averageCharWidth() * 26) + 12


def nice(most: int) -> int:
    """The next number that is quickly read: 1, 2, 4, 5 or 10 times a power of ten."""
    power = 1
    while power * 10 < most:
        power *= 10
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= most)


def mixed(first: str, second: str, share: float) -> QColor:
    """A colour between two, 0 is the first."""
    one, other = QColor(first), QColor(second)
    parts = [(1 - share) * a + share * b for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)]
    return QColor(*(round(part) for part in parts))


def readable_on(ground: QColor) -> str:
    """The text colour that stands out more."""
    return max(("#000000", "#ffffff"), key=lambda colour: contrast(colour, ground.name()))
