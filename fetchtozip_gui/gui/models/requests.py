"""The newest requests that the server has answered, as a table that views can show and filter."""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime
from typing import Any, Protocol

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    QTimer,
    Signal,
)

from fetchtozip_gui.gui.words import exact

Index = QModelIndex | QPersistentModelIndex
MOST = 1_000
"""Requests that are kept; older ones are let go."""
INTERVAL_MS = 100
HEADERS = ("Time", "Method", "Status", "ms", "Path")
_NUMBERS = (2, 3)
"""Columns that stand at the right, head and all."""
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class Heard(Protocol):
    """One request that has ended, as the server's guard tells it; the path is without secrets."""

    at: datetime
    method: str
    path: str
    status: int
    seconds: float


class RequestLog(QAbstractTableModel):
    """Newest first. `hear` may be called in any thread, as often as requests come; rows appear ten times a second."""

    _stirred = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._fresh: deque[Heard] = deque(maxlen=MOST)
        self._rows: deque[Heard] = deque(maxlen=MOST)
        self._pause = QTimer(self, singleShot=True, interval=INTERVAL_MS)
        self._pause.timeout.connect(self._take)
        self._stirred.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    def hear(self, heard: Heard) -> None:
        """Take a request, from any thread."""
        with self._lock:
            silent = not self._fresh
            self._fresh.append(heard)
        if silent:
            self._stirred.emit()

    def clear(self) -> None:
        """Forget all of them."""
        self.beginResetModel()
        self._rows.clear()
        self.endResetModel()

    def _wake(self) -> None:
        if not self._pause.isActive():
            self._pause.start()

    def _take(self) -> None:
        with self._lock:
            fresh, self._fresh = list(self._fresh), deque(maxlen=MOST)
        if not fresh:
            return
        excess = len(self._rows) + len(fresh) - MOST
        if excess > 0:
            last = len(self._rows) - 1
            self.beginRemoveRows(QModelIndex(), max(0, last - excess + 1), last)
            for _ in range(min(excess, len(self._rows))):
                self._rows.pop()
            self.endRemoveRows()
        self.beginInsertRows(QModelIndex(), 0, len(fresh) - 1)
        self._rows.extendleft(fresh)
        self.endInsertRows()

    def words(self, row: int) -> str:
        """What a request can be found by: its method, its path and its status."""
        heard = self._rows[row]
        return f"{heard.method} {heard.status} {heard.path}".casefold()

    # --- as Qt's views ask --------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in _NUMBERS else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        heard, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _cells(heard)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{exact(heard.at)}  {heard.method} {heard.path}"
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
            return _RIGHT
        return None


class RequestFilter(QSortFilterProxyModel):
    """The requests that have every word that was typed, in method, path or status."""

    def __init__(self, requests: RequestLog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked: list[str] = []
        self._requests = requests
        self.setSourceModel(requests)

    def ask(self, text: str) -> None:
        """Filter by other words."""
        self.beginFilterChange()
        self._asked = text.casefold().split()
        self.endFilterChange()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        if not self._asked:
            return True
        text = self._requests.words(row)
        return all(word in text for word in self._asked)


def _cells(heard: Heard) -> tuple[str, str, str, str, str]:
    at = f"{heard.at.astimezone():%H:%M:%S}"
    return at, heard.method, str(heard.status), f"{heard.seconds * 1000:,.1f}", heard.path
