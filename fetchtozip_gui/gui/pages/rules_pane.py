"""The rules of a file in a table, how many values break each, and every fault in a list."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.files import OpenedFile
from fetchtozip_gui.gui.models.finding import Finding
from fetchtozip_gui.gui.models.judging import Judgement, judge, save
from fetchtozip_gui.gui.models.late import LateModel, ParquetRows
from fetchtozip_gui.gui.models.rules import FAULTS, TYPES, RulesModel, field_of, place_of
from fetchtozip_gui.gui.widgets.find_rows import FindRows
from fetchtozip_gui.gui.widgets.grid import Grid
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.split import split
from fetchtozip_gui.gui.widgets.tick_delegate import TickDelegate
from fetchtozip_gui.gui.words import counted, place

Index = QModelIndex | QPersistentModelIndex
PAUSE_MS = 300
"""After the last change of a rule, before all rows are judged anew."""
HOW = (("report", "stay, and are listed"), ("drop", "are left out, and listed"), ("fail", "end the export"))
_WIDTHS = (120, 70, 84, 76, 66, 80, 76, 110, 110, 74, 72, 84)


class RulesPane(QWidget):
    """Rules are those of the last validating step; with the first rule there is one."""

    def __init__(self, file: OpenedFile, errands: Errands) -> None:
        super().__init__()
        self._file = file
        self._errands = errands
        self._judged: object = None
        self.model = RulesModel(file.draft, self)
        self.table = RulesTable(self.model)
        self.find = FindRows(self.table, "Find a column")
        self.finding: Finding[Judgement] = Finding(errands, self)
        self.faults = LateModel(errands, self)
        self.grid = Grid(self.faults, "Faults")
        self.how = QComboBox()
        self.clear = QPushButton("Clear rule")
        self.stop = QPushButton("Stop")
        self.save = QPushButton("Save faults…")
        self.words = label(role="headline", wraps=True)
        self.notice = Notice()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._lay_out()
        self._connect()
        self._follow()

    def look(self) -> None:
        """Judge all rows, if they or the rules are others than the last time."""
        read, steps = self._file.read, self._file.draft.part("steps")
        at = place_of(steps)
        if read is None:
            return
        if at is None:
            self._judged = None
            self.model.show_columns([name for name, _ in read.columns])
            self.finding.stop()
            self._show(None)
            return
        wanted = (read, steps[: at + 1])
        if wanted != self._judged:
            self._judged = wanted
            stop = threading.Event()
            self.finding.ask(lambda: judge(read.path, steps, at, stop), stop.set)

    def leave(self) -> None:
        """Wait for no faults any more."""
        self._pause.stop()
        if self.finding.is_working:
            self._judged = None
        self.finding.stop()

    # --- following ----------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._file.draft.changed.connect(self._change)
        self._pause.timeout.connect(self.look)
        self.finding.changed.connect(self._follow)
        self.how.activated.connect(lambda: self.model.set_on_error(self.how.currentData()))
        self.clear.clicked.connect(self._clear)
        self.stop.clicked.connect(self.leave)
        self.save.clicked.connect(self._ask_to_save)

    def _change(self, part: str) -> None:
        if part in ("", "steps"):
            self.how.setCurrentIndex(self.how.findData(self.model.on_error))
            if self.isVisible():
                self._pause.start()

    def _follow(self) -> None:
        finding = self.finding
        self.stop.setVisible(finding.is_working)
        self.how.setEnabled(bool(self.model.rules))
        self.notice.clear()
        if finding.error is not None:
            self.notice.fail(finding.error)
        if finding.is_working:
            # the list of before stays in sight until there is another
            self.words.setText("Judging all rows…")
            self.model.show_judgement(None)
        else:
            self._show(finding.answer)

    def _show(self, found: Judgement | None) -> None:
        self.model.show_judgement(found)
        self.save.setEnabled(found is not None and found.faults > 0)
        if found is None:
            self.words.setText("" if self.model.rules else "Set what the values of a column must be.")
            self.faults.close()
            return
        self.model.show_columns(list(found.columns))
        if found.faults:
            self.words.setText(
                f"✗ {counted(found.faults, 'fault')} in {found.failed:,} of {counted(found.rows, 'row')}"
            )
        else:
            self.words.setText(f"✓ All {counted(found.rows, 'row')} keep the rules")
        self.faults.open(lambda: ParquetRows(found.path), lambda _: self._tidy(found), self.notice.fail)

    def _tidy(self, found: Judgement) -> None:
        """Lists that are no longer in sight."""

        def work() -> None:
            for old in found.path.parent.glob("faults-*.parquet"):
                if old != found.path:
                    old.unlink(missing_ok=True)

        self._errands.run(work, lambda _: None)

    # --- asking -------------------------------------------------------------------------------------------------

    def _clear(self) -> None:
        if self.table.currentIndex().isValid():
            self.model.clear(self.table.currentIndex().row())

    def _ask_to_save(self) -> None:
        dialog = QFileDialog(self.window(), "Save the faults", f"{self._file.path.stem}.rejects.csv", "CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    def save_to(self, path: str) -> None:
        """Write every fault as CSV."""
        found = self.finding.answer
        if found is not None:
            self._run(lambda: save(found, Path(path)))

    def _run(self, work: Callable[[], Path]) -> None:
        def done(at: Path) -> None:
            self.notice.tell(f"Saved as {place(at)}.")

        def failed(error: FetchToZipError) -> None:
            self.notice.fail(error)

        self._errands.run(work, done, failed)

    # --- layout -------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for how, words in HOW:
            self.how.addItem(f"Rows with a fault {words}", how)
        # each fault has the number of its row in a column of its own
        self.grid.verticalHeader().hide()
        self.how.setAccessibleName("What becomes of rows with a fault")
        self.how.setToolTip("When the file is exported; every fault is listed in a file beside the result")
        self.how.setCurrentIndex(self.how.findData(self.model.on_error))
        self.clear.setToolTip("Take the rule of the chosen column away (Del)")
        self.stop.setToolTip("Do not wait for the faults")
        self.save.setToolTip("Write every fault with its row, column, value and rule as CSV")
        line = QHBoxLayout()
        line.setSpacing(8)
        self.find.works_in(self)
        line.addWidget(self.how)
        line.addWidget(self.find)
        line.addStretch(1)
        line.addWidget(self.clear)
        above, below = QWidget(), QWidget()
        for half in (above, below):
            half.setProperty("role", "clear")
            column = QVBoxLayout(half)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(8)
        above.layout().addLayout(line)
        above.layout().addWidget(self.table)
        told = QHBoxLayout()
        told.setSpacing(8)
        told.addWidget(self.words, 1)
        for button in (self.stop, self.save):
            told.addWidget(button)
        for button in (self.clear, self.stop, self.save):
            button.setProperty("role", "beside")
        below.layout().addLayout(told)
        below.layout().addWidget(self.notice)
        below.layout().addWidget(self.grid)
        self.split = split(Qt.Orientation.Vertical, "files-rules", {above: 300, below: 260})
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 0)
        whole.addWidget(self.split, 1)


class RulesTable(QTableView):
    """Cells are edited in place: F2 or typing begins, Space turns a tick, Del clears a rule."""

    def __init__(self, model: RulesModel) -> None:
        super().__init__()
        self._rules = model
        self.setModel(model)
        self.setAccessibleName("Rules")
        self.setToolTip("F2 or typing edits a cell, Space turns a tick, Del takes the rule of the column away")
        self.setProperty("role", "plain")
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setItemDelegate(TickDelegate(self))
        self.setItemDelegateForColumn(FAULTS + 1, _TypeDelegate(self))
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().lineSpacing() + 14)
        self.horizontalHeader().setHighlightSections(False)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_Delete and index.isValid():
            self._rules.clear(index.row())
        elif event.key() == Qt.Key.Key_Space and field_of(index) in ("required", "unique"):
            is_on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked.value
            turned = Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked
            self._rules.setData(index, turned, Qt.ItemDataRole.CheckStateRole)
        else:
            super().keyPressEvent(event)


class _TypeDelegate(QStyledItemDelegate):
    """Types are chosen, not typed."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        box = QComboBox(parent)
        box.setProperty("role", "inside")
        box.addItems(["any", *TYPES[1:]])
        box.setAccessibleName("Type")
        box.activated.connect(lambda: self.commitData.emit(box))
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentText(str(index.data() or "any"))

    def setModelData(self, editor: QWidget, model: RulesModel, index: Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, TYPES[editor.currentIndex()])
