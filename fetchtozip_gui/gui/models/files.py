"""The files that are opened on the Files page: each is read once, and has steps and what was found of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from fetchtozip_gui.core.errors import Cancelled, FetchToZipError
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.models.session import Session
from fetchtozip_gui.gui.words import counted, place, size

if TYPE_CHECKING:
    import polars as pl

    from fetchtozip_gui.core.events import Fetched
    from fetchtozip_gui.engine.reading import Read, Reading

State = Literal["waiting", "reading", "ready", "failed", "stopped"]
Index = QModelIndex | QPersistentModelIndex
FILE = Qt.ItemDataRole.UserRole
_DISPLAY = Qt.ItemDataRole.DisplayRole


class OpenedFile(QObject):
    """One file. Its rows are there once it is `ready`; its steps are those of a recipe whose source it is."""

    changed = Signal()
    _heard = Signal(object)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.state: State = "waiting"
        self.read: Read | None = None
        self.error: FetchToZipError | None = None
        self.rows_so_far = 0
        self.bytes = path.stat().st_size if path.is_file() else 0
        source = {"type": "file", "path": str(path)}
        self.draft = DraftModel({"name": path.name.partition(".")[0] or "rows", "source": source}, self)
        self.findings = Findings(self)
        self._reading: Reading | None = None
        self._turn = 0
        self._source: dict[str, Any] = {}
        self._reader: tuple[Session, Errands] | None = None
        self._heard.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        self.draft.changed.connect(self._follow)

    @property
    def name(self) -> str:
        return self.path.name

    def words(self) -> str:
        """Where it is, in few words."""
        told = f" · {size(self.bytes)}" if self.bytes else ""
        match self.state:
            case "waiting":
                return f"Waits to be read{told}"
            case "reading":
                return f"Reading: {counted(self.rows_so_far, 'row')}{told}"
            case "failed":
                return "Cannot be read"
            case "stopped":
                return "Stopped"
        assert self.read is not None
        partly = "only " if self.read.problem else ""
        return f"{partly}{counted(self.read.rows, 'row')}, {counted(len(self.read.columns), 'column')}{told}"

    def lazy(self) -> pl.LazyFrame | None:
        """All of its rows, as the file has them."""
        return self.read.lazy() if self.read is not None else None

    def is_there(self) -> bool:
        """Whether there is such a file at all."""
        return self.path.is_file()

    def open(self, session: Session, errands: Errands) -> None:
        """Begin to read it, as its draft's source says; another source reads it again."""
        self._reader = (session, errands)
        engine = session.engine
        if engine is None:
            return
        from fetchtozip_gui.engine.reading import Reading

        self.stop()
        self._turn += 1
        turn = self._turn
        self._source = self.draft.part("source")
        reading = self._reading = Reading(engine, self._source)
        self.read, self.error, self.rows_so_far, self.state = None, None, 0, "reading"
        errands.run(
            lambda: reading.run(lambda event: self._heard.emit((turn, event))),
            lambda read: self._ready(turn, read),
            lambda error: self._failed(turn, error),
        )
        self.changed.emit()

    def stop(self) -> None:
        """Read no more of it; what was read is kept for the next time."""
        if self._reading is not None:
            self._reading.stop()

    def _follow(self, part: str) -> None:
        if part in ("", "source") and self._reader is not None and self.draft.part("source") != self._source:
            self.open(*self._reader)

    def _hear(self, told: tuple[int, Fetched]) -> None:
        turn, event = told
        if turn == self._turn and self.state == "reading":
            self.rows_so_far = event.rows
            self.changed.emit()

    def _ready(self, turn: int, read: Read) -> None:
        if turn == self._turn:
            self.read, self.state, self._reading = read, "ready", None
            self.changed.emit()

    def _failed(self, turn: int, error: FetchToZipError) -> None:
        if turn == self._turn:
            self.error, self._reading = error, None
            self.state = "stopped" if isinstance(error, Cancelled) else "failed"
            self.changed.emit()


class FilesModel(QAbstractListModel):
    """The opened files in the order in which they came."""

    added = Signal(object)
    """An `OpenedFile`."""
    removed = Signal(object)

    def __init__(self, session: Session, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._errands = errands
        self.files: list[OpenedFile] = []
        session.opened.connect(self._begin)

    @property
    def is_reading(self) -> bool:
        """Whether a file is read or waits to be."""
        return any(file.state in ("waiting", "reading") for file in self.files)

    def add(self, paths: Sequence[Path]) -> OpenedFile | None:
        """Open files that are not opened yet; the last of them."""
        last = None
        for path in paths:
            known = next((file for file in self.files if file.path == path), None)
            last = known or self._add(path)
        return last

    def remove(self, file: OpenedFile) -> None:
        """Close a file; nothing happens to it."""
        row = self.files.index(file)
        file.stop()
        self.beginRemoveRows(QModelIndex(), row, row)
        del self.files[row]
        self.endRemoveRows()
        self.removed.emit(file)
        file.deleteLater()

    def stop(self) -> None:
        """Read no more of any file."""
        for file in self.files:
            file.stop()

    def _add(self, path: Path) -> OpenedFile:
        file = OpenedFile(path, self)
        row = len(self.files)
        self.beginInsertRows(QModelIndex(), row, row)
        self.files.append(file)
        self.endInsertRows()
        file.changed.connect(self._tell)
        self.added.emit(file)
        file.open(self._session, self._errands)
        return file

    def _begin(self) -> None:
        """There is an engine now."""
        for file in self.files:
            if file.state == "waiting":
                file.open(self._session, self._errands)

    def _tell(self) -> None:
        file = self.sender()
        if file in self.files:
            index = self.index(self.files.index(file))
            self.dataChanged.emit(index, index)

    # --- what Qt asks -------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self.files)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if not index.isValid():
            return None
        file = self.files[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{file.name}\n{file.words()}"
            case Qt.ItemDataRole.ToolTipRole:
                return f"{place(file.path)}\n{file.error or file.words()}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{file.name}, {file.words()}"
        return file if role == FILE else None
