"""The list of steps as it is seen and used: what each did on the right, its note below, and keys to move it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fetchtozip_gui.gui.models.steps import CHANGE, FAULT, IS_OFF, NOTE, StepsModel
from fetchtozip_gui.gui.theme import colours_of
from fetchtozip_gui.gui.widgets.labels import Mark, draw_sign

Index = QModelIndex | QPersistentModelIndex
_SIGN = 16
_SIDE = 8


class StepDelegate(QStyledItemDelegate):
    """Number, step and change on one line; the note, where there is one, on a second."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line = option.fontMetrics.lineSpacing()
        return QSize(120, line + 12 + (_small(option).lineSpacing() if index.data(NOTE) else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        ground = QStyleOptionViewItem(option)
        self.initStyleOption(ground, index)
        ground.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, ground, painter, option.widget)
        colours = colours_of(option.palette)
        muted = QColor(colours.muted)
        text = QColor(colours.text)
        is_off = index.data(IS_OFF)
        painter.save()
        rect = QRect(option.rect).adjusted(_SIDE, 6, -_SIDE, -6)
        line = QRect(rect.left(), rect.top(), rect.width(), option.fontMetrics.lineSpacing())
        painter.setPen(muted)
        number = f"{index.row()}" if index.row() else "•"
        painter.drawText(QRect(line.left(), line.top(), 18, line.height()), Qt.AlignmentFlag.AlignRight, number)
        room = line.adjusted(28, 0, 0, 0)
        if index.data(FAULT):
            _paint_fault(painter, room, colours.bad, colours.bad_soft)
            room.adjust(_SIGN + 6, 0, 0, 0)
        # the first of what it changed; all of it stands over the rows
        first, comma, _ = (index.data(CHANGE) or "").partition(", ")
        change = f"{first} …" if comma else first
        # what it changed gives way to what it is, first of all the word behind the number
        most = room.width() // 2
        if option.fontMetrics.horizontalAdvance(change) + 4 > most:
            change = first.removesuffix(" rows").removesuffix(" row")
        wanted = min(option.fontMetrics.horizontalAdvance(change) + 4, most)
        short = option.fontMetrics.elidedText(change, Qt.TextElideMode.ElideRight, wanted)
        painter.setPen(QColor(colours.bad) if index.data(FAULT) else muted)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight, short)
        room.adjust(0, 0, -wanted - 12 if change else 0, 0)
        font = QFont(option.font)
        font.setStrikeOut(bool(is_off))
        painter.setFont(font)
        painter.setPen(muted if is_off else text)
        name = option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft, name)
        if index.data(NOTE):
            _paint_note(painter, option, rect.adjusted(28, line.height(), 0, 0), index.data(NOTE), muted)
        painter.restore()


def _paint_fault(painter: QPainter, room: QRect, ink: str, ground: str) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(room.left(), room.center().y() - _SIGN / 2 + 1)
    painter.scale(_SIGN / Mark.SIZE, _SIGN / Mark.SIZE)
    draw_sign(painter, "bad", QColor(ink), QColor(ground))
    painter.restore()


def _paint_note(painter: QPainter, option: QStyleOptionViewItem, room: QRect, note: str, ink: QColor) -> None:
    font = QFont(option.font)
    font.setPointSizeF(max(1.0, font.pointSizeF() * 0.92))
    font.setItalic(True)
    painter.setFont(font)
    painter.setPen(ink)
    short = QFontMetrics(font).elidedText(" ".join(note.split()), Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft, short)


def _small(option: QStyleOptionViewItem) -> QFontMetrics:
    font = QFont(option.font)
    font.setPointSizeF(max(1.0, font.pointSizeF() * 0.92))
    return QFontMetrics(font)


class StepList(QListView):
    """Shows a `StepsModel`; one row is always current."""

    chosen = Signal(int)
    undo_asked = Signal()
    redo_asked = Signal()

    def __init__(self, model: StepsModel) -> None:
        super().__init__()
        self._steps = model
        self._row = 0
        self.setAccessibleName("Steps")
        self.setToolTip(
            "Choose a step to see the rows after it (Space: off or on, Alt+Up and Alt+Down: move, Del: delete)"
        )
        self.setProperty("role", "plain")
        self.setModel(model)
        self.setItemDelegate(StepDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        model.modelReset.connect(lambda: self.go_to(self._row))
        model.dataChanged.connect(self.scheduleDelayedItemsLayout)
        model.placed.connect(self.go_to)
        self.selectionModel().currentChanged.connect(self._change)
        self.go_to(0)

    @property
    def row(self) -> int:
        """The current row; 0 is the source."""
        return self._row

    def go_to(self, row: int) -> None:
        """Make a row current, the last one where there is none so far down."""
        row = max(0, min(row, self._steps.rowCount() - 1))
        self.setCurrentIndex(self._steps.index(row))
        self._row = row
        self.chosen.emit(row)

    def shift(self, by: int) -> None:
        """Move the current step one place up (−1) or down (1)."""
        to = self._row - 1 if by < 0 else self._row + 2
        if to >= 1:
            self._steps.move(self._row, to)

    def _change(self, current: QModelIndex) -> None:
        if current.isValid() and current.row() != self._row:
            self._row = current.row()
            self.chosen.emit(self._row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, keys = event.key(), QKeySequence.StandardKey
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        step = self._steps.step(self._row)
        if alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.shift(-1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_Space and step is not None:
            self._steps.turn(self._row, step.get("enabled") is False)
        elif key == Qt.Key.Key_Delete:
            self._steps.delete(self._row)
        elif event.matches(keys.Undo):
            self.undo_asked.emit()
        elif event.matches(keys.Redo):
            self.redo_asked.emit()
        else:
            super().keyPressEvent(event)
