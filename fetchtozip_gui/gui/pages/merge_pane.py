"""Merging: different spellings of one thing are found in a column, ticked, and become one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QPushButton, QTableView, QWidget

from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.clusters import ClustersModel
from fetchtozip_gui.gui.models.files import OpenedFile
from fetchtozip_gui.gui.models.finding import Finding
from fetchtozip_gui.gui.widgets.find_rows import FindRows
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.pane_lines import lay_out
from fetchtozip_gui.gui.widgets.tick_delegate import TickDelegate
from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    import polars as pl

    from fetchtozip_gui.core.analysis.cluster import Cluster

METHODS = (
    ("fingerprint", "Same words", "The same words, whatever their order, capitals, accents and punctuation"),
    ("ngram", "Same letters", "The same pairs of letters, so that spaces and doubled parts do not count either"),
    ("levenshtein", "Few letters apart", "At most two letters put in, left out or exchanged"),
)
_WIDTHS = (64, 180, 80)


class MergePane(QWidget):
    """Looks at the rows after the steps, so that one merge can follow another."""

    def __init__(self, file: OpenedFile, errands: Errands) -> None:
        super().__init__()
        self._file = file
        self._asked: Any = None
        self.finding: Finding[list[Cluster]] = Finding(errands, self)
        self.model = ClustersModel(self)
        self.table = ClusterTable(self.model)
        self.find = FindRows(self.table, "Find a value", 3)
        self.column, self.method = QComboBox(), QComboBox()
        self.words = label(role="muted", wraps=True)
        self.stop, self.all = QPushButton("Stop"), QPushButton("Tick all")
        self.merge = QPushButton("Merge")
        self.notice = Notice()
        self._lay_out()
        self.finding.changed.connect(self._follow)
        self.model.ticked.connect(self._tell)
        for box in (self.column, self.method):
            box.activated.connect(self.look)
        self.stop.clicked.connect(self.leave)
        self.all.clicked.connect(self._tick)
        self.merge.clicked.connect(self._merge)
        self._follow()

    def look(self) -> None:
        """Look for spellings, if column, method, steps or file are others than the last time."""
        read = self._file.read
        if read is None:
            return
        if not self.column.count():
            self.column.addItems([name for name, kind in read.columns if kind == "string"])
            self.words.setText("" if self.column.count() else "No column holds texts.")
        steps, column, method = self._file.draft.part("steps"), self.column.currentText(), self.method.currentData()
        wanted = (read, steps, column, method)
        if column and wanted != self._asked:
            self._asked = wanted
            self.finding.ask(lambda: _found(read.lazy(), steps, column, method))

    def leave(self) -> None:
        """Wait no longer."""
        if self.finding.is_working:
            self._asked = None
        self.finding.stop()

    def _follow(self) -> None:
        finding = self.finding
        self.stop.setVisible(finding.is_working)
        if finding.is_working or finding.error is not None:
            self.notice.clear()
        if finding.error is not None:
            self.notice.fail(finding.error)
        self.model.show(finding.answer or [])
        if finding.answer:
            # so that Space and F2 have something to act on
            self.table.setCurrentIndex(self.model.index(0, 0))
        if finding.is_working:
            self.words.setText("Looking at all rows…")
        elif finding.answer is not None:
            found = len(finding.answer)
            self.words.setText(f"{counted(found, 'group')} of like values" if found else "No values are alike.")

    def _tell(self) -> None:
        count = self.model.count()
        self.merge.setEnabled(bool(self.model.chosen()))
        self.merge.setText(f"Merge {counted(count, 'group')}" if count else "Merge")
        self.all.setEnabled(self.model.rowCount() > 0)
        self.all.setText("Tick none" if count else "Tick all")

    def _tick(self) -> None:
        self.model.tick_all(on=not self.model.count())

    def _merge(self) -> None:
        column, values = self.column.currentText(), self.model.chosen()
        step = {"type": "clean", "replace": [{"columns": [column], "values": values}]}
        self._file.draft.change(f"Merge values of {column}", steps=[*self._file.draft.part("steps"), step])
        self.look()
        self.notice.tell(f"{counted(len(values), 'value')} of {column} become another; Clean shows the step.")

    def _lay_out(self) -> None:
        for at, (name, title, about) in enumerate(METHODS):
            self.method.addItem(title, name)
            self.method.setItemData(at, about, Qt.ItemDataRole.ToolTipRole)
        self.column.setAccessibleName("Column")
        self.column.setToolTip("The column whose values are compared")
        self.method.setAccessibleName("When values are alike")
        self.method.setToolTip("\n".join(f"{title}: {about}" for _, title, about in METHODS))
        self.stop.setToolTip("Do not wait for the answer")
        self.all.setToolTip("Tick all groups, or none")
        self.merge.setToolTip("Add a step that makes one value of each ticked group")
        buttons = (self.stop, self.all, self.merge)
        self.find.works_in(self)
        lay_out(self, (self.column, self.method, self.find), self.words, buttons, self.notice, self.table)


class ClusterTable(QTableView):
    """Space ticks the chosen group, F2 edits what it becomes."""

    def __init__(self, model: ClustersModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(TickDelegate(self))
        self.setAccessibleName("Groups of like values")
        self.setToolTip("Space ticks a group, F2 edits what it becomes")
        self.setProperty("role", "plain")
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().lineSpacing() + 14)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if not index.isValid() or event.key() not in (Qt.Key.Key_Space, Qt.Key.Key_F2):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_F2:
            self.edit(index.siblingAtColumn(1))
        else:
            tick = index.siblingAtColumn(0)
            is_on = tick.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked.value
            turned = Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked
            self.model().setData(tick, turned, Qt.ItemDataRole.CheckStateRole)


def _found(rows: pl.LazyFrame, steps: list[dict[str, Any]], column: str, method: Any) -> list[Cluster]:
    # heavy: Polars and rapidfuzz, after the first paint
    from fetchtozip_gui.core.analysis.cluster import clusters
    from fetchtozip_gui.gui.models.shaping import after

    return clusters(after(steps, rows), column, method)
