"""Ticks in a table that are as easily seen in the dark theme as in the light one."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fetchtozip_gui.gui.theme import colours_of

Index = QModelIndex | QPersistentModelIndex
_SIDE = 15.0
_TICK = ((3.5, 7.5), (6.5, 10.5), (11.5, 4.5))


class TickDelegate(QStyledItemDelegate):
    """Draws the box where the style has it, so that clicks find it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        if state is None:
            super().paint(painter, option, index)
            return
        ground = QStyleOptionViewItem(option)
        self.initStyleOption(ground, index)
        style = option.widget.style()
        place = style.subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, ground, option.widget)
        ground.features &= ~QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, ground, painter, option.widget)
        colours = colours_of(option.palette)
        is_on = Qt.CheckState(state) == Qt.CheckState.Checked
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(place.left() + 0.5, place.center().y() - _SIDE / 2 + 0.5)
        painter.setPen(QPen(QColor(colours.accent if is_on else colours.muted), 1))
        painter.setBrush(QColor(colours.accent if is_on else colours.field))
        painter.drawRoundedRect(QRectF(0, 0, _SIDE, _SIDE), 3, 3)
        if is_on:
            painter.setPen(QPen(QColor(colours.on_accent), 2))
            painter.drawPolyline(QPolygonF([QPointF(*point) for point in _TICK]))
        painter.restore()
