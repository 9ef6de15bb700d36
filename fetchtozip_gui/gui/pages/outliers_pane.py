"""Outliers of a file: for each column of numbers what is far from the others, and a step that settles it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QPushButton, QTableView, QWidget

from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.files import OpenedFile
from fetchtozip_gui.gui.models.finding import Finding
from fetchtozip_gui.gui.models.profiler import short
from fetchtozip_gui.gui.widgets.find_rows import FindRows
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.pane_lines import lay_out
from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    from fetchtozip_gui.core.analysis.outliers import Outliers

Index = QModelIndex | QPersistentModelIndex
RULES = (
    ("iqr", "By the quartiles", "More than 1.5 times the distance of the quartiles beyond them (Tukey)"),
    ("zscore", "By the mean", "More than three standard deviations from the mean"),
)
HEADS = ("Column", "Outliers", "Share", "Below", "Above", "Usual from", "to", "The first of them")
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class OutliersModel(QAbstractTableModel):
    """A row a column of numbers, by one of two rules."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found: tuple[Outliers, ...] = ()
        self._rule = "iqr"

    def show(self, found: tuple[Outliers, ...], rule: str) -> None:
        self.beginResetModel()
        self.found, self._rule = found, rule
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self.found)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if 0 < section < 7 else _LEFT
        return HEADS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if 0 < index.column() < 7 else _LEFT
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return None
        column = self.found[index.row()]
        bounds = column.iqr if self._rule == "iqr" else column.zscore
        match index.column():
            case 0:
                return column.name
            case 1:
                return f"{bounds.count:,}"
            case 2:
                return f"{100 * bounds.count / column.count:.2f} %" if column.count else ""
            case 3:
                return f"{bounds.below:,}"
            case 4:
                return f"{bounds.above:,}"
            case 5:
                return short(bounds.low)
            case 6:
                return short(bounds.high)
        return ", ".join(f"{short(value)} (row {row:,})" for row, value in bounds.first[:8])


class OutliersPane(QWidget):
    """Looks at all rows when it is first seen."""

    def __init__(self, file: OpenedFile, errands: Errands) -> None:
        super().__init__()
        self._file = file
        self._rows: object = None
        self.finding: Finding[tuple[Outliers, ...]] = Finding(errands, self)
        self.model = OutliersModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.find = FindRows(self.table, "Find a column")
        self.rule = QComboBox()
        self.words = label(role="muted", wraps=True)
        self.stop = QPushButton("Stop")
        self.drop = QPushButton("Leave these rows out")
        self.clip = QPushButton("Bring to the bounds")
        self.notice = Notice()
        self._lay_out()
        self.finding.changed.connect(self._follow)
        self.rule.currentIndexChanged.connect(self._follow)
        self.stop.clicked.connect(self.leave)
        self.drop.clicked.connect(lambda: self._settle("drop"))
        self.clip.clicked.connect(lambda: self._settle("clip"))
        self._follow()

    def look(self) -> None:
        """Look for outliers, if that has not been done with these rows."""
        read = self._file.read
        if read is not None and read is not self._rows:
            self._rows = read
            self.finding.ask(lambda: _found(read.lazy()))

    def leave(self) -> None:
        """Wait no longer."""
        if self.finding.is_working:
            self._rows = None
        self.finding.stop()

    def _settle(self, how: str) -> None:
        row = self.table.currentIndex().row()
        if not 0 <= row < len(self.model.found):
            return
        name = self.model.found[row].name
        step = {
            "type": "clean",
            "columns": [name],
            "outliers": how,
            "outlier_method": RULES[self.rule.currentIndex()][0],
        }
        self._file.draft.change(f"Outliers of {name}", steps=[*self._file.draft.part("steps"), step])
        self.notice.tell(f"A step for the outliers of {name} was added; Clean shows what it does.")

    def _follow(self) -> None:
        finding = self.finding
        found = finding.answer or ()
        self.stop.setVisible(finding.is_working)
        self.model.show(found, RULES[self.rule.currentIndex()][0])
        if found:
            self.table.setCurrentIndex(self.model.index(0, 0))
        for button in (self.drop, self.clip):
            button.setEnabled(bool(found))
        self.notice.clear()
        if finding.error is not None:
            self.notice.fail(finding.error)
        if finding.is_working:
            self.words.setText("Looking at all rows…")
        elif finding.answer is not None:
            none = "There is no column of numbers."
            self.words.setText(f"{counted(len(found), 'column')} of numbers." if found else none)
        else:
            self.words.setText("")

    def _lay_out(self) -> None:
        for at, (_, title, about) in enumerate(RULES):
            self.rule.addItem(title)
            self.rule.setItemData(at, about, Qt.ItemDataRole.ToolTipRole)
        self.rule.setAccessibleName("Which values are outliers")
        self.rule.setToolTip("\n".join(f"{title}: {about}" for _, title, about in RULES))
        self.stop.setToolTip("Do not wait for the outliers")
        self.drop.setToolTip("Add a step that leaves out the rows with outliers of the chosen column")
        self.clip.setToolTip("Add a step that brings outliers of the chosen column to the nearest usual value")
        self.table.setAccessibleName("Outliers by column")
        self.table.setToolTip("Up and Down choose a column")
        self.table.setProperty("role", "plain")
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setHighlightSections(False)
        self.find.works_in(self)
        lay_out(self, (self.rule, self.find), self.words, (self.stop, self.drop, self.clip), self.notice, self.table)


def _found(rows: object) -> tuple[Outliers, ...]:
    from fetchtozip_gui.core.analysis.outliers import outliers  # heavy: Polars, after the first paint

    return outliers(rows)
