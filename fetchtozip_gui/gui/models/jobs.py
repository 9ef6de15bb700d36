"""Every job's newest snapshot as a list, newest first, that views can show and results can be dragged from."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    QUrl,
    Signal,
)

from fetchtozip_gui.gui.job_words import CardWords, describe
from fetchtozip_gui.gui.words import exact

if TYPE_CHECKING:
    from fetchtozip_gui.engine.job import Job

Index = QModelIndex | QPersistentModelIndex
JOB = Qt.ItemDataRole.UserRole
WORDS = Qt.ItemDataRole.UserRole + 1


class JobsModel(QAbstractListModel):
    """A row a job. An older snapshot than is shown is let pass."""

    job_changed = Signal(object)
    """A `Job` that is new or has a new snapshot; after `fill`, the model's own reset is told instead."""
    job_ended = Signal(object)
    """A `Job` that has come to its end since `fill`, told before the change is: a short one may never have been seen at
    work, for not every snapshot is shown.
    """
    job_gone = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, Job] = {}
        self._ids: list[str] = []
        """Oldest first, as ids sort by time; a row is counted from the end."""
        self._words: dict[str, tuple[Job, CardWords]] = {}
        self._active: set[str] = set()

    # --- what happens -------------------------------------------------------------------------------------------

    def fill(self, jobs: Iterable[Job]) -> None:
        """Show the jobs that were there at the start, and those that were told meanwhile."""
        self.beginResetModel()
        for job in jobs:
            known = self._jobs.get(job.id)
            if known is None or job.revision >= known.revision:
                self._keep(job)
        self._ids = sorted(self._jobs)
        self.endResetModel()

    def show_job(self, job: Job) -> None:
        """Show a snapshot, on its row or on a new one."""
        known = self._jobs.get(job.id)
        has_ended = not job.is_active and (known is None or known.is_active)
        if known is None:
            at = bisect_left(self._ids, job.id)
            row = len(self._ids) - at
            self.beginInsertRows(QModelIndex(), row, row)
            self._ids.insert(at, job.id)
            self._keep(job)
            self.endInsertRows()
        elif job.revision >= known.revision:
            self._keep(job)
            index = self.index_of(job.id)
            self.dataChanged.emit(index, index)
        else:
            return
        if has_ended:
            self.job_ended.emit(job)
        self.job_changed.emit(job)

    def forget(self, job_id: str) -> None:
        """A job was removed."""
        if job_id not in self._jobs:
            return
        at = bisect_left(self._ids, job_id)
        row = len(self._ids) - 1 - at
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._ids[at]
        del self._jobs[job_id]
        self._words.pop(job_id, None)
        self._active.discard(job_id)
        self.endRemoveRows()
        self.job_gone.emit(job_id)

    def _keep(self, job: Job) -> None:
        self._jobs[job.id] = job
        (self._active.add if job.is_active else self._active.discard)(job.id)

    # --- what there is ------------------------------------------------------------------------------------------

    def job(self, job_id: str) -> Job | None:
        """The newest snapshot of a job."""
        return self._jobs.get(job_id)

    def newest(self) -> Job | None:
        """The job that was made last."""
        return self._jobs[self._ids[-1]] if self._ids else None

    def all(self) -> list[Job]:
        """Every job, newest first."""
        return [self._jobs[job_id] for job_id in reversed(self._ids)]

    def active(self) -> list[Job]:
        """The jobs that are at work or wait for it, newest first."""
        return [self._jobs[job_id] for job_id in sorted(self._active, reverse=True)]

    def at_work(self) -> list[Job]:
        """The jobs that would be stopped by an end of this program."""
        return [job for job in self.active() if job.process == os.getpid()]

    def words(self, job_id: str) -> CardWords:
        """A job in words, made once for each snapshot."""
        job = self._jobs[job_id]
        known = self._words.get(job_id)
        if known is None or known[0] is not job:
            known = self._words[job_id] = (job, describe(job))
        return known[1]

    def index_of(self, job_id: str) -> QModelIndex:
        """The row of a job; an invalid index where there is none."""
        if job_id not in self._jobs:
            return QModelIndex()
        return self.index(len(self._ids) - 1 - bisect_left(self._ids, job_id))

    # --- as Qt's views ask --------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._ids):
            return None
        job_id = self._ids[-1 - index.row()]
        if role == JOB:
            return self._jobs[job_id]
        if role == WORDS:
            return self.words(job_id)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._jobs[job_id].recipe_name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.words(job_id).spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return _times(self._jobs[job_id])
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        usual = super().flags(index)
        job = self.data(index, JOB)
        return usual | Qt.ItemFlag.ItemIsDragEnabled if job is not None and job.result else usual

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        jobs = [self.data(index, JOB) for index in indexes]
        data.setUrls([QUrl.fromLocalFile(job.result) for job in jobs if job is not None and job.result])
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        # only a copy: where a move is offered, file managers take the result out of its place
        return Qt.DropAction.CopyAction


class JobsFilter(QSortFilterProxyModel):
    """The jobs that have every word that was typed, in their name, state or verdict."""

    def __init__(self, jobs: JobsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._asked: list[str] = []
        self.setSourceModel(jobs)

    def ask(self, text: str) -> None:
        """Filter by other words."""
        self.beginFilterChange()
        self._asked = text.casefold().split()
        self.endFilterChange()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        if not self._asked:
            return True
        words = self._jobs.data(self._jobs.index(row), WORDS)
        text = f"{words.spoken} {words.file.name if words.file else ''}".casefold()
        return all(word in text for word in self._asked)


def _times(job: Job) -> str:
    lines = [f"Made {exact(job.created_at)}"]
    if job.started_at:
        lines.append(f"Started {exact(job.started_at)}")
    if job.ended_at:
        lines.append(f"Ended {exact(job.ended_at)}")
    return "\n".join(lines)
