"""The figures of a heat map: some or some ten thousand coloured cells, with names beside and above them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QTransform

from fetchtozip_gui.gui.theme import Colours, contrast
from fetchtozip_gui.gui.widgets.figures import MARGIN, Figures, Ground

ROOMY = 14
"""Columns up to which each cell says its number; more of them are small, and their names stand upright."""
_NAME = 26
"""Characters of a name that are shown."""
_NONE = 255
"""The shade of a cell without a value; 0 to 200 are those of −1 to 1."""
_BAND = 64
"""Rows of cells that are painted in one go: Qt keeps Python's lock meanwhile."""
_RUN = 100
"""Cells that are drawn in one go, for the same reason."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells are: the first one's corner, and how wide and high each is."""

    left: float
    top: float
    wide: float
    high: float

    def cell(self, row: int, column: int) -> QRectF:
        return QRectF(self.left + column * self.wide, self.top + row * self.high, self.wide, self.high)


class Cells(Figures):
    """Values from −1 to 1 by rows; `write` says what stands in one."""

    def __init__(
        self,
        down: Sequence[str] = (),
        across: Sequence[str] = (),
        cells: Sequence[Sequence[float | None]] = (),
        write: Callable[[float | None], str] = str,
    ) -> None:
        self.down, self.across, self._cells, self._write = down, across, cells, write
        self.is_roomy = len(across) <= ROOMY
        self._shades = [] if self.is_roomy else [_shades(row) for row in cells]
        # what is made of them once; that two threads may both do it does no harm
        self._edges: dict[str, tuple[float, float]] = {}
        self._images: dict[Colours, QImage] = {}

    def count(self) -> int:
        return len(self.down) * len(self.across)

    def words_of(self, mark: int) -> str:
        row, column = divmod(mark, len(self.across))
        return f"{self.down[row]}, {self.across[column]}: {self._write(self._cells[row][column])}"

    # --- measures -----------------------------------------------------------------------------------------------

    def edges(self, font: QFont) -> tuple[float, float]:
        """How much room the names take at the left and at the top."""
        found = self._edges.get(font.key())
        if found is None:
            line = QFontMetricsF(font).height()
            above = line + 6 if self.is_roomy else _longest(self.across, font) + 8
            found = self._edges[font.key()] = (_longest(self.down, font) + 12, above)
        return found

    def grid(self, room: QRectF, font: QFont) -> Grid:
        """Where the cells are in a room."""
        line = QFontMetricsF(font).height()
        before, above = self.edges(font)
        widest, highest = (6.0, 2.4) if self.is_roomy else (2.0, 2.0)
        wide = min((room.width() - before) / len(self.across), line * widest)
        high = min((room.height() - above) / len(self.down), line * highest)
        return Grid(room.left() + before, room.top() + above, wide, high)

    # --- painting -----------------------------------------------------------------------------------------------

    def draw(self, ground: Ground) -> list[QRectF]:
        grid, stale = self.grid(ground.room, ground.font), ground.stale
        columns = _between(stale.left() - grid.left, stale.right() - grid.left, grid.wide, len(self.across))
        rows = _between(stale.top() - grid.top, stale.bottom() - grid.top, grid.high, len(self.down))
        if self.is_roomy:
            for row in rows:
                for column in columns:
                    is_current = row * len(self.across) + column == ground.current
                    self._draw_cell(ground, grid.cell(row, column), self._cells[row][column], is_current=is_current)
        elif rows and columns:
            small = self._draw_shapes if ground.is_drawing else self._draw_pixels
            small(ground, grid, rows, columns)
            self._draw_current(ground, grid)
        self._draw_names(ground, grid, rows, columns)
        return []

    def _draw_pixels(self, ground: Ground, grid: Grid, rows: range, columns: range) -> None:
        """Small cells: a strip with a line of pixels for each row, made as high as the cells are, and gaps over it."""
        painter, card, long = ground.painter, QColor(ground.colours.card), len(columns) * grid.wide
        first = grid.cell(rows.start, columns.start)
        strip, left, wide = self._strip(ground, grid, rows, columns)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for at in range(0, len(rows), _BAND):
            many = min(_BAND, len(rows) - at)
            to = QRectF(left, first.top() + at * grid.high, wide, many * grid.high)
            painter.drawImage(to, strip, QRectF(0, at, strip.width(), many))
        for at in range(len(rows) + 1):
            painter.fillRect(QRectF(first.left() - 1, first.top() + at * grid.high - 1, long + 2, 2), card)

    def _strip(self, ground: Ground, grid: Grid, rows: range, columns: range) -> tuple[QImage, float, float]:
        """As wide as the cells are on what is painted on, to the pixel, with the gaps between columns; where its left
        is, and how wide it is there.

        A gap from the top to the bottom takes Qt long, as it is softened line by line; here it has few lines.
        """
        card, device = QColor(ground.colours.card), ground.painter.deviceTransform()
        sharp, moved = device.m11(), device.dx()
        start = grid.left + columns.start * grid.wide
        left = math.floor(sharp * (start - 1) + moved)
        right = math.ceil(sharp * (start + len(columns) * grid.wide + 1) + moved)
        strip = QImage(right - left, len(rows), QImage.Format.Format_RGB32)
        strip.fill(card)
        painter = QPainter(strip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(QTransform(sharp, 0, 0, 1, moved - left, 0))
        to = QRectF(start, 0, len(columns) * grid.wide, len(rows))
        painter.drawImage(to, self._image(ground.colours), QRectF(columns.start, rows.start, len(columns), len(rows)))
        for at in range(len(columns) + 1):
            painter.fillRect(QRectF(start + at * grid.wide - 1, 0, 2, len(rows)), card)
        painter.end()
        return strip, (left - moved) / sharp, (right - left) / sharp

    def _draw_shapes(self, ground: Ground, grid: Grid, rows: range, columns: range) -> None:
        """Small cells of a drawing, all of one colour together: that says each colour once."""
        painter, wide, high = ground.painter, grid.wide - 2, grid.high - 2
        boxes: dict[int, list[QRectF]] = {}
        for row in rows:
            shades, top = self._shades[row], grid.top + row * grid.high + 1
            for column in columns:
                box = QRectF(grid.left + column * grid.wide + 1, top, wide, high)
                boxes.setdefault(shades[column], []).append(box)
        painter.setPen(Qt.PenStyle.NoPen)
        for shade in sorted(boxes):
            painter.setBrush(_shade(ground.colours, shade))
            # given up one after the other: all at once takes as long as a frame or two
            alike = boxes.pop(shade)
            for at in range(0, len(alike), _RUN):
                painter.drawRects(alike[at : at + _RUN])

    def _draw_current(self, ground: Ground, grid: Grid) -> None:
        if ground.current >= 0:
            row, column = divmod(ground.current, len(self.across))
            cell = grid.cell(row, column).adjusted(1, 1, -1, -1)
            ground.fill(cell, colour_of(ground.colours, self._cells[row][column]), is_current=True)

    def _draw_names(self, ground: Ground, grid: Grid, rows: range, columns: range) -> None:
        """At the edges of what is in sight, over cells that are scrolled below them."""
        colours, painter = ground.colours, ground.painter
        left = max(ground.room.left(), ground.seen.left() + MARGIN)
        top = max(ground.room.top(), ground.seen.top() + MARGIN)
        before, above = self.edges(ground.font)
        beside = QRectF(left - MARGIN, ground.seen.top(), before + MARGIN, ground.seen.height())
        painter.fillRect(beside, QColor(colours.card))
        for row in rows:
            box = QRectF(left, grid.top + row * grid.high, before - 8, grid.high)
            ground.text(box, self.down[row], colours.text, Qt.AlignmentFlag.AlignRight)
        head = QRectF(ground.seen.left(), top - MARGIN, ground.seen.width(), above + MARGIN)
        painter.fillRect(head, QColor(colours.card))
        for column in columns:
            box = QRectF(grid.left + column * grid.wide, top, grid.wide, above - 4)
            if box.left() < left + before - 1:
                continue
            if self.is_roomy:
                ground.text(
                    box.adjusted(2, 0, -2, 0), self.across[column], colours.muted, Qt.AlignmentFlag.AlignHCenter
                )
                continue
            painter.save()
            painter.translate(box.left(), box.bottom())
            painter.rotate(-90)
            upright = QRectF(0, 0, box.height(), box.width())
            ground.text(upright, self.across[column], colours.muted, Qt.AlignmentFlag.AlignLeft)
            painter.restore()

    def _draw_cell(self, ground: Ground, cell: QRectF, value: float | None, *, is_current: bool) -> None:
        colour = colour_of(ground.colours, value)
        ground.fill(cell.adjusted(1, 1, -1, -1), colour, is_current=is_current)
        words = self._write(value)
        if QFontMetricsF(ground.font).horizontalAdvance(words) < cell.width() - 4:
            ink = readable_on(colour) if value is not None else ground.colours.muted
            ground.text(cell, words, ink, Qt.AlignmentFlag.AlignHCenter)

    def _image(self, colours: Colours) -> QImage:
        found = self._images.get(colours)
        if found is None:
            wide, high = len(self.across), len(self.down)
            indexed = QImage(b"".join(self._shades), wide, high, wide, QImage.Format.Format_Indexed8)
            indexed.setColorTable([_shade(colours, shade).rgb() for shade in range(_NONE + 1)])
            found = self._images[colours] = indexed.convertToFormat(QImage.Format.Format_RGB32)
        return found


def _shades(row: Sequence[float | None]) -> bytes:
    return bytes([_NONE if value is None else int(value * 100 + 100.5) for value in row])


def _shade(colours: Colours, shade: int) -> QColor:
    return colour_of(colours, None if shade == _NONE else (shade - 100) / 100)


def colour_of(colours: Colours, value: float | None) -> QColor:
    """A cell's colour; one for those without a value."""
    if value is None:
        return QColor(colours.plain_soft)
    return mixed(colours.card, colours.accent if value >= 0 else colours.bad, min(1.0, abs(value)))


def _longest(names: Sequence[str], font: QFont) -> float:
    metrics = QFontMetricsF(font)
    longest = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
    return min(longest, metrics.averageCharWidth() * _NAME)


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
