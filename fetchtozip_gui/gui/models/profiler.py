"""Looks at all rows of a table column by column, and is a table itself: of columns with what was found of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.errands import Errands

if TYPE_CHECKING:
    import polars as pl

    from fetchtozip_gui.core.analysis.distribution import Distribution
    from fetchtozip_gui.core.analysis.profile import ColumnProfile

Index = QModelIndex | QPersistentModelIndex
HEADS = ("Column", "Type", "Spread", "Missing", "Distinct", "Smallest", "Largest")
_ABOUT = (
    "The column's name",
    "What its values are",
    "How the values spread: a small histogram, or the most frequent values",
    "How many rows have no value, and their share",
    "How many different values there are; an estimate where it says about",
    "The smallest value",
    "The largest value",
)
PROFILE = Qt.ItemDataRole.UserRole
SPREAD = 2
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class Profiler(QAbstractTableModel):
    """One column is looked at at a time, so that the first are there soon, and stopping takes no longer than one."""

    progressed = Signal()
    """Another column is known, or work has begun or ended."""
    failed = Signal(object)

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._rows: pl.LazyFrame | None = None
        self._columns: list[tuple[str, str]] = []
        self._found: dict[str, ColumnProfile] = {}
        self._shapes: dict[str, Distribution] = {}
        self._turn = 0
        self._first = ""
        self.is_working = False

    @property
    def found(self) -> int:
        """How many columns are known."""
        return len(self._found)

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self._columns]

    def profile(self, row: int) -> ColumnProfile | None:
        """What was found of a column, as soon as it is."""
        return self._found.get(self._columns[row][0]) if 0 <= row < len(self._columns) else None

    def shape(self, row: int) -> Distribution | None:
        """A column's histogram with as many bars as its values ask for; numbers alone have one."""
        return self._shapes.get(self._columns[row][0]) if 0 <= row < len(self._columns) else None

    def look_at(self, rows: pl.LazyFrame | None, columns: tuple[tuple[str, str], ...] = ()) -> None:
        """Forget what was found, and begin with other rows; `columns` are their names and types."""
        self._turn += 1
        self.beginResetModel()
        self._rows, self._columns, self._found, self._shapes = rows, list(columns), {}, {}
        self.is_working = False
        self.endResetModel()
        self.go_on()

    def prefer(self, row: int) -> None:
        """Look at this column next."""
        self._first = self._columns[row][0] if 0 <= row < len(self._columns) else ""

    def stop(self) -> None:
        """Look at no further column; what is known stays."""
        self._turn += 1
        self.is_working = False
        self.progressed.emit()

    def go_on(self) -> None:
        """Look at the columns that are not known yet."""
        if not self.is_working and self._rows is not None:
            self.is_working = True
            self._next()

    def _next(self) -> None:
        left = [name for name in self.names if name not in self._found]
        if not left:
            self.is_working = False
            self.progressed.emit()
            return
        name, turn, rows = self._first if self._first in left else left[0], self._turn, self._rows
        assert rows is not None

        def work() -> tuple[ColumnProfile, Sequence[Distribution]]:
            # heavy: after the first paint
            from fetchtozip_gui.core.analysis.distribution import distribution
            from fetchtozip_gui.core.analysis.profile import profile
            from fetchtozip_gui.core.steps.lookup import named

            column = rows.select(named(name))
            return profile(column).columns[0], distribution(column)

        self._errands.run(work, lambda found: self._take(turn, found), lambda error: self._fail(turn, error))
        self.progressed.emit()

    def _take(self, turn: int, answer: tuple[ColumnProfile, Sequence[Distribution]]) -> None:
        if turn != self._turn:
            return
        found, shapes = answer
        if shapes:
            self._shapes[found.name] = shapes[0]
        self._found[found.name] = found
        row = self.names.index(found.name)
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(HEADS) - 1))
        self._next()

    def _fail(self, turn: int, error: FetchToZipError) -> None:
        if turn == self._turn:
            self.stop()
            self.failed.emit(error)

    # --- what Qt asks -------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self._columns)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(HEADS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in (3, 4) else _LEFT
        return _ABOUT[section] if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        found = self.profile(index.row())
        if role == PROFILE:
            return found
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() in (3, 4) else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return found.words() if found is not None else "Not looked at yet"
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == SPREAD:
            return "; ".join(f"{bar.words}: {bar.count:,}" for bar in found.bars) if found is not None else ""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        return self._text(index.row(), index.column(), found)

    def _text(self, row: int, column: int, found: ColumnProfile | None) -> str:
        if column < 2:
            return self._columns[row][column]
        if column == SPREAD:
            return ""
        if found is None:
            return "…"
        match column:
            case 3:
                return f"{found.missing:,} · {100 * (1 - found.filled):.1f} %" if found.missing else "0"
            case 4:
                return f"{'' if found.is_exact else 'about '}{found.distinct:,}"
            case 5:
                return short(found.min)
        return short(found.max)


def short(value: Any) -> str:
    """A value on one line that is not too long."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    text = f"{value:,.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 32 else f"{text[:31]}…"
