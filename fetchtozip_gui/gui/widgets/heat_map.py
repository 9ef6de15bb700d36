"""A table of coloured cells with names beside and above it, of two columns or of some hundred."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF

from fetchtozip_gui.gui.theme import contrast
from fetchtozip_gui.gui.widgets.chart import MARGIN, Chart, Ground

ROOMY = 14
"""Columns up to which each cell says its number; more of them are small, and their names stand upright."""
_NAME = 26
"""Characters of a name that are shown."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the cells are: the first one's corner, and how wide and high each is."""

    left: float
    top: float
    wide: float
    high: float

    def cell(self, row: int, column: int) -> QRectF:
        return QRectF(self.left + column * self.wide, self.top + row * self.high, self.wide, self.high)


class HeatMap(Chart):
    """Each cell says its number where there is room for it, and always when it is pointed at.

    Of a large one only what is in sight is painted, and the names stay in sight while it is scrolled.
    """

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
        wide, high = (3.6, 1.8) if self._is_roomy() else (1.3, 1.3)
        return QSize(
            round(self._before() + len(self._across) * line * wide + 2 * MARGIN),
            round(self._above() + len(self._down) * line * high + 2 * MARGIN),
        )

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

    def box_of(self, mark: int) -> QRectF:
        row, column = divmod(mark, len(self._across))
        return self._grid(self.room()).cell(row, column)

    def mark_at(self, point: QPointF) -> int:
        if not self.count():
            return -1
        grid = self._grid(self.room())
        row, column = int((point.y() - grid.top) // grid.high), int((point.x() - grid.left) // grid.wide)
        inside = 0 <= row < len(self._down) and 0 <= column < len(self._across)
        return row * len(self._across) + column if inside else -1

    def covered(self) -> tuple[float, float]:
        """How much of the left and of the top the names cover."""
        return self._before() + MARGIN, self._above() + MARGIN

    def draw(self, ground: Ground) -> list[QRectF]:
        grid, seen = self._grid(ground.room), ground.seen
        columns = _between(seen.left() - grid.left, seen.right() - grid.left, grid.wide, len(self._across))
        rows = _between(seen.top() - grid.top, seen.bottom() - grid.top, grid.high, len(self._down))
        if self._is_roomy():
            for row in rows:
                for column in columns:
                    is_current = row * len(self._across) + column == self.current
                    self._draw_cell(ground, grid.cell(row, column), self._cells[row][column], is_current=is_current)
        else:
            self._draw_small(ground, grid, rows, columns)
        self._draw_names(ground, grid, rows, columns)
        return []

    def _draw_small(self, ground: Ground, grid: _Grid, rows: range, columns: range) -> None:
        """Some ten thousand cells, each as quickly as can be."""
        known: dict[int | None, QColor] = {}
        painter, wide, high = ground.painter, grid.wide - 2, grid.high - 2
        for row in rows:
            values, top = self._cells[row], grid.top + row * grid.high + 1
            for column in columns:
                value = values[column]
                key = None if value is None else round(value * 100)
                colour = known.get(key)
                if colour is None:
                    colour = known[key] = _colour(ground, value)
                painter.fillRect(QRectF(grid.left + column * grid.wide + 1, top, wide, high), colour)
        if self.current >= 0:
            row, column = divmod(self.current, len(self._across))
            value = self._cells[row][column]
            cell = grid.cell(row, column).adjusted(1, 1, -1, -1)
            ground.fill(cell, _colour(ground, value), is_current=True)

    def _draw_names(self, ground: Ground, grid: _Grid, rows: range, columns: range) -> None:
        """At the edges of what is in sight, over cells that are scrolled below them."""
        colours, painter = ground.colours, ground.painter
        left = max(ground.room.left(), ground.seen.left() + MARGIN)
        top = max(ground.room.top(), ground.seen.top() + MARGIN)
        before, above = self._before(), self._above()
        beside = QRectF(left - MARGIN, ground.seen.top(), before + MARGIN, ground.seen.height())
        painter.fillRect(beside, QColor(colours.card))
        for row in rows:
            box = QRectF(left, grid.top + row * grid.high, before - 8, grid.high)
            ground.text(box, self._down[row], colours.text, Qt.AlignmentFlag.AlignRight)
        head = QRectF(ground.seen.left(), top - MARGIN, ground.seen.width(), above + MARGIN)
        painter.fillRect(head, QColor(colours.card))
        for column in columns:
            box = QRectF(grid.left + column * grid.wide, top, grid.wide, above - 4)
            if box.left() < left + before - 1:
                continue
            if self._is_roomy():
                ground.text(
                    box.adjusted(2, 0, -2, 0), self._across[column], colours.muted, Qt.AlignmentFlag.AlignHCenter
                )
                continue
            painter.save()
            painter.translate(box.left(), box.bottom())
            painter.rotate(-90)
            upright = QRectF(0, 0, box.height(), box.width())
            ground.text(upright, self._across[column], colours.muted, Qt.AlignmentFlag.AlignLeft)
            painter.restore()

    def _draw_cell(self, ground: Ground, cell: QRectF, value: float | None, *, is_current: bool) -> None:
        colour = _colour(ground, value)
        ground.fill(cell.adjusted(1, 1, -1, -1), colour, is_current=is_current)
        words = self._write(value)
        if QFontMetricsF(ground.font).horizontalAdvance(words) < cell.width() - 4:
            ink = readable_on(colour) if value is not None else ground.colours.muted
            ground.text(cell, words, ink, Qt.AlignmentFlag.AlignHCenter)

    # --- measures -----------------------------------------------------------------------------------------------

    def _is_roomy(self) -> bool:
        return len(self._across) <= ROOMY

    def _grid(self, room: QRectF) -> _Grid:
        line = QFontMetricsF(self.font()).height()
        before, above = self._before(), self._above()
        widest, highest = (6.0, 2.4) if self._is_roomy() else (2.0, 2.0)
        wide = min((room.width() - before) / len(self._across), line * widest)
        high = min((room.height() - above) / len(self._down), line * highest)
        return _Grid(room.left() + before, room.top() + above, wide, high)

    def _before(self) -> float:
        return self._longest(self._down) + 12

    def _above(self) -> float:
        return QFontMetricsF(self.font()).height() + 6 if self._is_roomy() else self._longest(self._across) + 8

    def _longest(self, names: Sequence[str]) -> float:
        metrics = QFontMetricsF(self.font())
        longest = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
        return min(longest, metrics.averageCharWidth() * _NAME)


def _colour(ground: Ground, value: float | None) -> QColor:
    colours = ground.colours
    if value is None:
        return QColor(colours.plain_soft)
    return mixed(colours.card, colours.accent if value >= 0 else colours.bad, min(1.0, abs(value)))


def _between(first: float, last: float, step: float, count: int) -> range:
    """The cells of a row of `count`, `step` apart, that are in sight from `first` to `last`."""
    if step <= 0:
        return range(0)
    return range(max(0, int(first // step)), min(count, int(last // step) + 1))


def mixed(first: str, second: str, share: float) -> QColor:
    """A colour between two, 0 is the first."""
    one, other = QColor(first), QColor(second)
    parts = [(1 - share) * a + share * b for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)]
    return QColor(*(round(part) for part in parts))


def readable_on(ground: QColor) -> str:
    """The text colour that stands out more."""
    return max(("#000000", "#ffffff"), key=lambda colour: contrast(colour, ground.name()))
