"""The table of a profile: a row a column, one cell a small painted histogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from fetchtozip_gui.gui.models.profiler import PROFILE, SPREAD, Profiler
from fetchtozip_gui.gui.theme import colours_of

if TYPE_CHECKING:
    from fetchtozip_gui.core.analysis.profile import ColumnProfile

Index = QModelIndex | QPersistentModelIndex
_WIDTHS = (104, 66, 100, 126, 76, 80, 80)


class SpreadDelegate(QStyledItemDelegate):
    """Paints the bars of a column that is known."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        found: ColumnProfile | None = index.data(PROFILE)
        if found is None or not found.bars:
            return
        most = max(bar.count for bar in found.bars) or 1
        room = QRectF(option.rect).adjusted(6, 4, -6, -4)
        wide = min(room.width() / len(found.bars), 14.0)
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours_of(option.palette).accent))
        for at, bar in enumerate(found.bars):
            high = max(1.0 if bar.count else 0.0, room.height() * bar.count / most)
            painter.drawRect(QRectF(room.left() + at * wide, room.bottom() - high, wide - 1, high))
        painter.restore()


class ProfileTable(QTableView):
    """One row is always current."""

    chosen = Signal(int)

    def __init__(self, model: Profiler) -> None:
        super().__init__()
        self.setAccessibleName("Columns of the file")
        self.setToolTip("Up and Down choose the column whose values are shown beside")
        self.setModel(model)
        self.setProperty("role", "plain")
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegateForColumn(SPREAD, SpreadDelegate(self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().lineSpacing() + 12)
        heads = self.horizontalHeader()
        heads.setHighlightSections(False)
        heads.setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, width)
        self.selectionModel().currentRowChanged.connect(self._tell)
        model.modelReset.connect(self._begin)

    def _tell(self, current: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(current.row())

    def _begin(self) -> None:
        if self.model().rowCount():
            self.setCurrentIndex(self.model().index(0, 0))
