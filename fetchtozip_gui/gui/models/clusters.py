"""Spellings of one thing as a table to tick: what they would become, and what becomes of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

if TYPE_CHECKING:
    from fetchtozip_gui.core.analysis.cluster import Cluster

Index = QModelIndex | QPersistentModelIndex
HEADS = ("Merge", "Becomes", "Rows", "Values")
_ABOUT = (
    "Whether these values are merged",
    "What all of them become; it can be edited",
    "How many rows hold one of them",
    "The values, the most frequent first, with their rows",
)
_EDIT = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.AccessibleTextRole)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class ClustersModel(QAbstractTableModel):
    """Nothing is ticked at first: whether two spellings mean the same is for a person to say."""

    ticked = Signal()
    """Another one is, or is not any more."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._found: list[Cluster] = []
        self._becomes: list[str] = []
        self._on: list[bool] = []

    def show(self, found: list[Cluster]) -> None:
        """Show other clusters."""
        self.beginResetModel()
        self._found = found
        self._becomes = [cluster.proposed for cluster in found]
        self._on = [False] * len(found)
        self.endResetModel()
        self.ticked.emit()

    def tick_all(self, *, on: bool) -> None:
        """Tick all of them, or none."""
        self._on = [on] * len(self._found)
        self._tell()

    def chosen(self) -> dict[str, str]:
        """What each value of the ticked ones becomes; those that stay as they are, are not in it."""
        return {
            value: becomes
            for cluster, becomes, is_on in zip(self._found, self._becomes, self._on, strict=True)
            for value in cluster.values
            if is_on and value != becomes
        }

    def count(self) -> int:
        """How many are ticked."""
        return sum(self._on)

    def _tell(self) -> None:
        if self._found:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._found) - 1, 1))
        self.ticked.emit()

    # --- what Qt asks -------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self._found)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(HEADS):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section == 2 else _LEFT
        return HEADS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        more = {0: Qt.ItemFlag.ItemIsUserCheckable, 1: Qt.ItemFlag.ItemIsEditable}
        return flags | more[index.column()] if index.column() in more else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.CheckStateRole and column == 0:
            return (Qt.CheckState.Checked if self._on[row] else Qt.CheckState.Unchecked).value
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column == 2 else _LEFT
        cluster = self._found[row]
        values = [f"{value!r} ({count:,})" for value, count in cluster.values.items()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(values[:40]) if column == 3 else _ABOUT[column]
        if role not in _EDIT:
            return None
        if column == 0:
            told = "merged" if self._on[row] else "not merged"
            return told if role == Qt.ItemDataRole.AccessibleTextRole else None
        return (self._becomes[row], f"{cluster.rows:,}", ", ".join(values[:12]))[column - 1]

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid():
            return False
        if index.column() == 0 and role == Qt.ItemDataRole.CheckStateRole:
            self._on[index.row()] = Qt.CheckState(value) == Qt.CheckState.Checked
        elif index.column() == 1 and role == Qt.ItemDataRole.EditRole:
            self._becomes[index.row()] = str(value)
        else:
            return False
        self._tell()
        return True
