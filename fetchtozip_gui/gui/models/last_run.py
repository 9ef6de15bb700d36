"""The newest finished job that has read the draft's very source: all of its rows are there to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.models.session import Session
from fetchtozip_gui.gui.source_words import HARMLESS
from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    import polars as pl

    from fetchtozip_gui.engine.engine import Engine
    from fetchtozip_gui.engine.job import Job

Rows = Callable[[], "AbstractContextManager[pl.LazyFrame]"]
"""Gives all rows of a job for as long as somebody looks; to be called away from the window's thread."""
PAUSE_MS = 150
"""After the last letter that is typed into the source."""
_SHOWING = HARMLESS - {"page_limit"}


def looked_at(rows: Rows | None, page: pl.DataFrame | None) -> AbstractContextManager[pl.DataFrame | pl.LazyFrame]:
    """All rows where there are some, else the page, which there must be then."""
    if rows is not None:
        return rows()
    assert page is not None
    return nullcontext(page)


@dataclass(frozen=True, slots=True)
class Whole:
    """All rows of a job."""

    job: Job
    rows: Rows

    @property
    def words(self) -> str:
        """What they are, such as `all 541,909 rows of the last run`."""
        verdict = self.job.verdict
        if verdict is not None and verdict.state == "partial":
            return f"{counted(self.job.rows, 'row')} of the last run, which is partial"
        return f"all {counted(self.job.rows, 'row')} of the last run"


class LastRun(QObject):
    """Follows the draft's source and the jobs. Rows whose columns are not those of the newest test are let go of."""

    changed = Signal()

    def __init__(
        self,
        draft: DraftModel,
        findings: Findings,
        jobs: JobsModel,
        session: Session,
        errands: Errands,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._draft, self._findings, self._jobs = draft, findings, jobs
        self._session, self._errands = session, errands
        self._turn = 0
        self._whole: Whole | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._look)
        draft.changed.connect(self._follow_draft)
        findings.changed.connect(self._pause.start)
        jobs.job_changed.connect(self._follow_job)
        jobs.job_gone.connect(self._forget)
        jobs.modelReset.connect(self._pause.start)
        session.opened.connect(self._pause.start)

    @property
    def whole(self) -> Whole | None:
        """The rows; None before the first job of this source has ended well."""
        return self._whole

    def let_go(self) -> None:
        """The rows could not be read after all."""
        self._tell(None)

    def _follow_draft(self, part: str) -> None:
        if part in ("", "source"):
            self._pause.start()

    def _follow_job(self, job: Job) -> None:
        if job.state == "completed":
            self._pause.start()

    def _forget(self, job_id: str) -> None:
        if self._whole is not None and self._whole.job.id == job_id:
            self._tell(None)
            self._pause.start()

    def _look(self) -> None:
        self._turn += 1
        turn, engine, source = self._turn, self._session.engine, self._draft.part("source")
        ended = [job for job in self._jobs.all() if job.state == "completed" and job.rows]
        if engine is None or not ended or not isinstance(source, dict):
            self._tell(None)
            return
        tested = self._findings.tested
        names = tested.schema.names() if tested is not None else []

        def done(job: Job | None) -> None:
            if turn == self._turn:
                self._tell(Whole(job, lambda: engine.fetched.of(job, again=True)) if job is not None else None)

        def failed(_: FetchToZipError) -> None:
            done(None)

        self._errands.run(lambda: _newest(engine, ended, source, names), done, failed)

    def _tell(self, whole: Whole | None) -> None:
        before = self._whole.job.id if self._whole is not None else ""
        if (whole.job.id if whole is not None else "") != before:
            self._whole = whole
            self.changed.emit()


def _newest(engine: Engine, ended: Sequence[Job], source: Mapping[str, Any], names: Sequence[str]) -> Job | None:
    """The newest of these jobs, newest first, that has read this source and whose rows are all there."""
    from fetchtozip_gui.core.recipe import Recipe  # heavy: all plug-ins' models

    wanted = _matters(Recipe.parse({"version": 1, "source": source}).public()["source"])
    for job in ended:
        if _matters(job.recipe.get("source") or {}) != wanted or not engine.fetched.there(job):
            continue
        with engine.fetched.of(job) as rows:
            return job if set(names) <= set(rows.collect_schema().names()) else None
    return None


def _matters(source: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in source.items() if name not in _SHOWING}
