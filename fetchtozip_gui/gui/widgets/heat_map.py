"""A table of coloured cells with names beside and above it, of two columns or of some hundred."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFontMetricsF

from fetchtozip_gui.gui.widgets.cells import Cells
from fetchtozip_gui.gui.widgets.chart import Chart
from fetchtozip_gui.gui.widgets.figures import MARGIN


class HeatMap(Chart):
    """Each cell says its number where there is room for it, and always when it is pointed at.

    Of a large one only what is in sight is painted, and the names stay in sight while it is scrolled.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._cells = Cells()

    def show_cells(
        self,
        down: Sequence[str],
        across: Sequence[str],
        cells: Sequence[Sequence[float | None]],
        write: Callable[[float | None], str],
    ) -> None:
        """Cells from −1 to 1 by rows; `write` says what stands in one."""
        self._cells = Cells(down, across, cells, write)
        self.show_figures(self._cells)

    def sizeHint(self) -> QSize:
        cells, line = self._cells, QFontMetricsF(self.font()).height()
        before, above = cells.edges(self.font())
        wide, high = (3.6, 1.8) if cells.is_roomy else (1.3, 1.3)
        return QSize(
            round(before + len(cells.across) * line * wide + 2 * MARGIN),
            round(above + len(cells.down) * line * high + 2 * MARGIN),
        )

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint() if self.count() else QSize(200, 80)

    def next_to(self, mark: int, across: int, down: int) -> int:
        wide, high = len(self._cells.across), len(self._cells.down)
        row, column = divmod(mark, wide)
        return min(max(row + down, 0), high - 1) * wide + min(max(column + across, 0), wide - 1)

    def box_of(self, mark: int) -> QRectF:
        row, column = divmod(mark, len(self._cells.across))
        return self._cells.grid(self.room(), self.font()).cell(row, column)

    def mark_at(self, point: QPointF) -> int:
        cells = self._cells
        if not cells.count():
            return -1
        grid = cells.grid(self.room(), self.font())
        row, column = int((point.y() - grid.top) // grid.high), int((point.x() - grid.left) // grid.wide)
        inside = 0 <= row < len(cells.down) and 0 <= column < len(cells.across)
        return row * len(cells.across) + column if inside else -1

    def covered(self) -> tuple[float, float]:
        """How much of the left and of the top the names cover."""
        before, above = self._cells.edges(self.font())
        return before + MARGIN, above + MARGIN
