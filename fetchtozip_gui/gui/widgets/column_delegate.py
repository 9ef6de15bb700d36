"""Paints and edits the cells of the columns table: bars of what a column holds, signs where something is wrong."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    Qt,
)
from PySide6.QtGui import QColor, QIntValidator, QPainter, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fetchtozip_gui.gui.models.column_cells import FAULT, PROFILE, At
from fetchtozip_gui.gui.models.column_types import OFFERED, type_text
from fetchtozip_gui.gui.theme import Colours, colours_of
from fetchtozip_gui.gui.widgets.labels import Mark, draw_sign

Index = QModelIndex | QPersistentModelIndex
SIGN = 16
"""Pixels of the sign of a fault."""
_SIDE = 6
_BARS = 12
"""The most bars there are; fewer are drawn as wide as these, so that columns can be compared."""


class ColumnDelegate(QStyledItemDelegate):
    """One for the whole table."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = colours_of(option.palette)
        fault = index.data(FAULT)
        if fault:
            self._paint_wrong(painter, option, index, colours)
        elif index.column() == At.KEEP:
            self._paint_box(painter, option, index, colours)
        else:
            super().paint(painter, option, index)
        if index.column() == At.VALUES and (profile := index.data(PROFILE)) is not None:
            _paint_profile(painter, option.rect, profile, colours)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.save()
            painter.setPen(QPen(QColor(colours.accent), 1.5))
            painter.drawRect(QRectF(option.rect).adjusted(0.75, 0.75, -0.75, -0.75))
            painter.restore()

    def _paint_wrong(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, colours: Colours) -> None:
        narrow = QStyleOptionViewItem(option)
        # the ground of the whole cell, and the text beside the sign
        self.initStyleOption(narrow, index)
        narrow.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, narrow, painter, option.widget)
        room = QRect(option.rect).adjusted(SIGN + _SIDE, 0, 0, 0)
        narrow.rect = room
        self.initStyleOption(narrow, index)
        narrow.text = narrow.text or "(empty)"
        narrow.rect = room
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, narrow, painter, option.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(option.rect.left() + _SIDE, option.rect.center().y() - SIGN / 2 + 1)
        painter.scale(SIGN / Mark.SIZE, SIGN / Mark.SIZE)
        draw_sign(painter, "bad", QColor(colours.bad), QColor(colours.bad_soft))
        painter.restore()

    def _paint_box(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, colours: Colours) -> None:
        """A box that can be told from its ground in both themes, where the style's own one is clicked."""
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        style = option.widget.style()
        box = QRectF(style.subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, whole, option.widget))
        is_kept = whole.checkState == Qt.CheckState.Checked
        whole.features &= ~QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, whole, painter, option.widget)
        side = min(box.width(), box.height())
        box = QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side).adjusted(
            0.5, 0.5, -0.5, -0.5
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.accent if is_kept else colours.muted), 1))
        painter.setBrush(QColor(colours.accent if is_kept else colours.field))
        painter.drawRoundedRect(box, 3, 3)
        if is_kept:
            round_ends = (Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            painter.setPen(QPen(QColor(colours.on_accent), side / 8, *round_ends))
            points = ((0.24, 0.52), (0.43, 0.7), (0.77, 0.31))
            painter.drawPolyline([QPointF(box.left() + x * side, box.top() + y * side) for x, y in points])
        painter.restore()

    # --- editing ------------------------------------------------------------------------------------------------

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        name = f"{At(index.column()).name.capitalize()} of {index.siblingAtColumn(At.SOURCE).data()}"
        if index.column() == At.TYPE:
            return self._types(parent, name, index.data())
        line = QLineEdit(parent)
        line.setProperty("role", "inside")
        line.setAccessibleName(name)
        if index.column() == At.PLACE:
            line.setValidator(QIntValidator(1, 1_000_000, line))
        return line

    def _types(self, parent: QWidget, name: str, found: str) -> QComboBox:
        box = QComboBox(parent)
        box.setProperty("role", "inside")
        box.setAccessibleName(name)
        box.setToolTip("Choose a type, or type one with the way its texts are written: date · %d/%m/%y")
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItem("as found", "")
        for dtype, form in OFFERED:
            text = type_text(dtype or "", form)
            box.addItem(text, text)
        box.completer().setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        box.lineEdit().setPlaceholderText(f"as found: {found}")
        # chosen from the list: done, as when Return is pressed
        box.activated.connect(lambda: self._finish(box))
        return box

    def _finish(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        text = index.data(Qt.ItemDataRole.EditRole) or ""
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(text))
            editor.setEditText(text)
            editor.lineEdit().selectAll()
        elif isinstance(editor, QLineEdit):
            editor.setText(text)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QComboBox):
            text = editor.currentText()
            chosen = editor.findText(text)
            model.setData(index, editor.itemData(chosen) if chosen >= 0 else text)
        elif isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        room = QRect(option.rect).adjusted(1, 2, -1, -2)
        if isinstance(editor, QComboBox):
            # as wide as its list wants: the column may be narrow
            room.setWidth(max(room.width(), editor.sizeHint().width() + 36))
        editor.setGeometry(room)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        # the list of types takes the keyboard from its own line without ending the edit
        if isinstance(editor, QComboBox) and event.type() is QEvent.Type.FocusOut and editor.view().isVisible():
            return False
        return super().eventFilter(editor, event)


def _paint_profile(painter: QPainter, cell: QRect, profile: object, colours: Colours) -> None:
    """Bars, and under them two lines: what is there and what is missing (hollow), and how much of it is distinct."""
    from fetchtozip_gui.core.analysis.profile import ColumnProfile  # heavy: loaded long before by who made it

    assert isinstance(profile, ColumnProfile)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    room = QRectF(cell).adjusted(_SIDE, 4, -_SIDE, -4)
    bars = QRectF(room.left(), room.top(), room.width(), room.height() - 8)
    step = bars.width() / _BARS
    most = max((bar.count for bar in profile.bars), default=0)
    painter.setPen(Qt.PenStyle.NoPen)
    for at, bar in enumerate(profile.bars):
        # a bar of few values among many is still seen
        height = max(1.5, bars.height() * bar.count / most) if bar.count and most else 0
        painter.setBrush(QColor(colours.accent if profile.shows != "values" else colours.link))
        painter.drawRoundedRect(
            QRectF(bars.left() + at * step, bars.bottom() - height, max(1.5, step - 1.5), height), 1, 1
        )
    line = QRectF(room.left(), room.bottom() - 6, room.width(), 3)
    there = line.width() * profile.filled
    painter.setBrush(QColor(colours.good))
    painter.drawRect(QRectF(line.left(), line.top(), there, line.height()))
    if profile.missing:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.warn), 1))
        width = max(4.0, line.width() - there)
        painter.drawRect(QRectF(line.right() - width + 0.5, line.top() + 0.5, width - 1, line.height() - 1))
        painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.muted))
    painter.drawRect(QRectF(line.left(), line.bottom() + 1.5, room.width() * profile.filled * profile.variety, 1.5))
    painter.restore()
