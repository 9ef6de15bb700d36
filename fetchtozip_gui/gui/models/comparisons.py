"""What became different since the last run of the same recipe, found beside the window's thread and kept in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.models.session import Session

if TYPE_CHECKING:
    from fetchtozip_gui.engine.engine import Engine
    from fetchtozip_gui.engine.job import Job


class Comparisons(QObject):
    """A job that completes while the window looks on is compared by itself, an older one when it is looked at."""

    told = Signal(str, str)
    """A job's id, and the words; empty where there is nothing to compare it with."""

    def __init__(self, session: Session, jobs: JobsModel, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._errands = errands
        self._words: dict[str, str] = {}
        self._asked: set[str] = set()
        jobs.job_ended.connect(self._hear)
        jobs.job_gone.connect(self._forget)

    def words(self, job_id: str) -> str:
        """What is known already; empty for nothing."""
        return self._words.get(job_id, "")

    def look_at(self, job_id: str) -> None:
        """Tell what is known of a job, and find out what is not."""
        job, engine = self._jobs.job(job_id), self._session.engine
        if job_id in self._words:
            self.told.emit(job_id, self._words[job_id])
        elif job is not None and job.state == "completed" and engine is not None and job_id not in self._asked:
            self._asked.add(job_id)
            self._errands.run(lambda: _compared(engine, job_id), lambda words: self._tell(job_id, words))

    def _hear(self, job: Job) -> None:
        self.look_at(job.id)

    def _tell(self, job_id: str, words: str) -> None:
        self._words[job_id] = words
        self.told.emit(job_id, words)

    def _forget(self, job_id: str) -> None:
        self._words.pop(job_id, None)


def _compared(engine: Engine, job_id: str) -> str:
    from fetchtozip_gui.engine.comparison import since_last  # heavy: Polars
    from fetchtozip_gui.engine.job import now_utc

    found = since_last(engine, job_id)
    return found.difference.words(found.since, now_utc()) if found is not None else ""
