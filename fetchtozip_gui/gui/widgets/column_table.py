"""The columns table as it is used: keys, dragging, several rows at once, and rows that do not match a search hidden."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from fetchtozip_gui.gui.models.column_cells import At
from fetchtozip_gui.gui.models.columns import ColumnsModel
from fetchtozip_gui.gui.widgets.column_delegate import ColumnDelegate

_WIDTHS = {At.KEEP: 4, At.SOURCE: 15, At.NAME: 16, At.TYPE: 17, At.PLACE: 5, At.EXAMPLE: 12, At.VALUES: 14}
"""In characters of the usual text."""
_FIXED = (At.KEEP, At.PLACE)
_NARROWEST, _NARROW, _WIDEST = 0.5, 0.8, 1.8
"""Of the widths above, as the table becomes narrower and wider; below the second the example is left out."""


class ColumnTable(QTableView):
    """Shows a `ColumnsModel`."""

    menu_asked = Signal(QPoint)
    """Where, on the screen, the menu for the chosen rows is asked for."""
    undo_asked = Signal()
    redo_asked = Signal()

    def __init__(self, model: ColumnsModel) -> None:
        super().__init__()
        self._columns = model
        self._search = ""
        self._is_fitting = self._by_hand = False
        self.setAccessibleName("Columns")
        self.setToolTip("Type to rename, Space to keep or leave out, Alt+Up and Alt+Down to move")
        self.setProperty("role", "plain")
        self.setModel(model)
        self.setItemDelegate(ColumnDelegate(self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed)
        # Tab goes on to the next control; the arrows go from cell to cell
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        # else the view would clear the cells that were dragged away
        self.setDragDropOverwriteMode(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda at: self.menu_asked.emit(self.viewport().mapToGlobal(at)))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(28)
        head.setStretchLastSection(True)
        head.sectionResized.connect(self._keep_width)
        self._fit()
        for signal in (model.modelReset, model.layoutChanged, model.dataChanged):
            signal.connect(self._hide)

    # --- widths -------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._by_hand:
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and not self._by_hand:
            self._fit()

    def _fit(self) -> None:
        """Share the room out, as long as nobody has made a column wider or narrower."""
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().lineSpacing() + 16)
        head, letter, left = self.horizontalHeader(), self.fontMetrics().averageCharWidth(), self.viewport().width()
        wanted = {at: characters * letter + 12 for at, characters in _WIDTHS.items()}
        fixed = {at: max(wanted.pop(at), head.sectionSizeHint(at)) for at in _FIXED}
        room = left - sum(fixed.values())
        # the example gives way first: the tooltip has it too
        narrow = room < _NARROW * sum(wanted.values())
        self._is_fitting = True
        self.setColumnHidden(At.EXAMPLE, narrow)
        if narrow:
            del wanted[At.EXAMPLE]
        factor = min(_WIDEST, max(_NARROWEST, room / sum(wanted.values())))
        for at, width in (fixed | {at: int(width * factor) for at, width in wanted.items()}).items():
            if at != At.VALUES:
                self.setColumnWidth(at, width)
                left -= width
        # the last one takes what the others have left
        self.setColumnWidth(At.VALUES, max(int(wanted[At.VALUES] * _NARROWEST), left))
        self._is_fitting = False

    def _keep_width(self, section: int) -> None:
        # the last one follows the room by itself, and of a hidden one Qt tells at every change of the rows
        if not self._is_fitting and section != At.VALUES and not self.isColumnHidden(section):
            self._by_hand = True

    # --- rows ---------------------------------------------------------------------------------------------------

    def chosen(self) -> list[int]:
        """The numbers of the rows that are selected and in sight, in order."""
        return sorted(
            index.row() for index in self.selectionModel().selectedRows() if not self.isRowHidden(index.row())
        )

    def choose(self, rows: list[int]) -> None:
        """Select these rows and no others, the first of them current."""
        selection = QItemSelection()
        for row in rows:
            selection.select(self.model().index(row, 0), self.model().index(row, len(At) - 1))
        if rows:
            column = max(self.currentIndex().column(), At.NAME) if self.currentIndex().isValid() else At.NAME
            first = self.model().index(rows[0], column)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(first)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def search(self, text: str) -> int:
        """Hide the rows without this text in one of their names; how many are left."""
        self._search = text.casefold().strip()
        return self._hide()

    def shift(self, by: int) -> None:
        """Move the chosen rows one place up (−1) or down (1), past rows that are hidden."""
        chosen = self.chosen()
        if not chosen:
            return
        seen = [row for row in range(self.model().rowCount()) if not self.isRowHidden(row)]
        if by < 0:
            above = [row for row in seen if row < chosen[0]]
            to = above[-1] if above else None
        else:
            below = [row for row in seen if row > chosen[-1]]
            to = below[0] + 1 if below else None
        if to is not None:
            self._columns.move(chosen, to)
            self.scrollTo(self.currentIndex())

    def _hide(self) -> int:
        left = 0
        for number, row in enumerate(self._columns.rows):
            shown = not self._search or any(self._search in str(t).casefold() for t in (row.original, row.called))
            left += shown
            if self.isRowHidden(number) == shown:
                self.setRowHidden(number, not shown)
        return left

    # --- keys ---------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, keys = event.key(), QKeySequence.StandardKey
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.shift(-1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_Space and not event.modifiers():
            self.toggle()
        elif key == Qt.Key.Key_Delete:
            self.take_out()
        elif event.matches(keys.Copy):
            self.copy()
        elif event.matches(keys.Paste):
            self.paste()
        elif event.matches(keys.Undo):
            self.undo_asked.emit()
        elif event.matches(keys.Redo):
            self.redo_asked.emit()
        elif key == Qt.Key.Key_Menu:
            self.menu_asked.emit(self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft()))
        else:
            super().keyPressEvent(event)

    def toggle(self) -> None:
        """Keep the chosen rows, or leave them out where all of them are kept."""
        chosen = self.chosen()
        self._columns.keep(chosen, not all(self._columns.rows[row].keep for row in chosen))

    def take_out(self) -> None:
        """Leave the chosen rows out; what the source does not have is forgotten."""
        chosen = self.chosen()
        lost = [row for row in chosen if self._columns.rows[row].fault and self._columns.rows[row].at is None]
        if lost:
            self._columns.remove_lost(lost)
        else:
            self._columns.keep(chosen, wanted=False)

    def copy(self) -> None:
        """Put the chosen rows' old and new names on the clipboard, as `paste` takes them."""
        rows = [self._columns.rows[row] for row in self.chosen()]
        QGuiApplication.clipboard().setText("\n".join(f"{row.original}\t{row.called}" for row in rows))

    def paste(self) -> None:
        """Take names from the clipboard, from the first chosen row on."""
        text = QGuiApplication.clipboard().text()
        if text.strip():
            chosen = self.chosen()
            self._columns.fill(text, chosen[0] if chosen else 0)
