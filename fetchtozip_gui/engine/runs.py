"""The jobs at work in this process: begun in a pool or followed by the caller, driven to an end, stopped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime
from typing import Literal

from fetchtozip_gui.core.errors import Cancelled, FetchToZipError, JobLocked, TooManyJobs, Unforeseen
from fetchtozip_gui.core.events import Delivered, Event, Said
from fetchtozip_gui.engine.admission import Admitted
from fetchtozip_gui.engine.attempt import Attempt, foreseen
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.ledger import Ledger
from fetchtozip_gui.engine.pool import Pool
from fetchtozip_gui.engine.redaction import Redactor

MOST = 200
"""Jobs that may be queued or running at once: each holds a lock, which is an open file."""
Intent = Literal["pause", "cancel", "close"]
Attempting = Callable[[Admitted, Callable[[Said], None]], Attempt]
"""Makes the attempt at an admitted job; the second argument hears what cannot wait for the next event."""
_WORDS = {"pause": "Paused.", "cancel": "Cancelled.", "close": "Paused, because the program was closed."}
_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

log = logging.getLogger(__name__)


class _Run:
    def __init__(self, attempt: Attempt, locks: ExitStack) -> None:
        self.attempt = attempt
        self.locks = locks
        self.intent: Intent | None = None
        self.begun = False
        self.keeps_since = True
        self.thread = 0


class Runs:
    """Drives attempts and turns what they say into snapshots."""

    def __init__(self, ledger: Ledger, pool: Pool, redactor: Redactor, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._pool = pool
        self._redactor = redactor
        self._clock = clock
        self._lock = threading.Lock()
        self._runs: dict[str, _Run] = {}

    def __contains__(self, job_id: object) -> bool:
        return job_id in self._runs

    def check_room(self) -> None:
        """Raise `TooManyJobs` when no more can wait."""
        if len(self._runs) >= MOST:
            raise TooManyJobs(f"{MOST} jobs are waiting already.", "Wait until some are done.")

    # --- beginning ----------------------------------------------------------------------------------------------

    def begin(self, admitted: Admitted, attempt: Attempting) -> Job:
        """Have the pool do it; the job as it was queued, or as it ended where the pool has done it here and now."""
        run = self._add(admitted, attempt)
        try:
            self._pool.submit(lambda: self._supervise(admitted.job.id, run))
        except RuntimeError:  # the pool is shut down
            return self.stop(admitted.job.id, "close")
        # another thread may be anywhere by now: what the caller gets must not depend on that
        return self._ledger.get(admitted.job.id) if run.thread == threading.get_ident() else admitted.job

    def follow(
        self, admitted: Admitted, attempt: Attempting, *, keeps_since: bool = True
    ) -> Generator[Event, None, None]:
        """Do it in the thread that asks for the events."""
        run = self._add(admitted, attempt)
        run.keeps_since = keeps_since
        return self._drive(admitted.job.id, run)

    def _add(self, admitted: Admitted, attempt: Attempting) -> _Run:
        job_id = admitted.job.id
        run = _Run(attempt(admitted, lambda said: self._say(job_id, said)), admitted.locks)
        with self._lock:
            self._runs[job_id] = run
        return run

    # --- running ------------------------------------------------------------------------------------------------

    def _supervise(self, job_id: str, run: _Run) -> None:
        run.thread = threading.get_ident()
        try:
            for _ in self._drive(job_id, run):
                pass
        except FetchToZipError:
            pass  # the record says it
        except BaseException:
            log.exception("The job %s ended in a way nobody foresaw.", job_id)

    def _drive(self, job_id: str, run: _Run) -> Generator[Event, None, None]:
        with self._lock:
            if run.begun:
                raise Cancelled("The job was cancelled before it began.")
            run.begun = True
        try:
            self._ledger.change(job_id, lambda job: job.started(self._clock()))
            log.info("started", extra={"job": job_id})
            delivered = False
            with closing(run.attempt.events()) as events:
                for event in events:
                    delivered = delivered or isinstance(event, Delivered)
                    yield self._hear(job_id, event, keeps_since=run.keeps_since)
            if not delivered:
                raise Unforeseen("The job ended without a result and without an error.")
        except BaseException as error:
            failure = self._settle(job_id, run, error)
            if isinstance(error, (GeneratorExit, KeyboardInterrupt)):
                raise
            raise failure from error
        finally:
            self._leave(job_id, run)

    def _say(self, job_id: str, said: Said) -> None:
        self._hear(job_id, said)

    def _hear(self, job_id: str, event: Event, *, keeps_since: bool = True) -> Event:
        clean = self._clean(event)
        now = self._clock()
        job = self._ledger.change(job_id, lambda job: job.after(clean, now))
        if isinstance(clean, Said):
            log.log(_LEVELS[clean.level], clean.text, extra={"job": job_id})
        elif isinstance(clean, Delivered):
            extra = {"job": job_id, "pages": job.pages, "rows": clean.rows, "bytes": clean.bytes}
            log.info("completed: %s", clean.verdict.words, extra=extra)
            if keeps_since and clean.since is not None:
                self._ledger.remember_since(job.recipe_name, clean.since)
        return clean

    def _clean(self, event: Event) -> Event:
        if isinstance(event, Said):
            return replace(event, text=self._redactor.text(event.text))
        if isinstance(event, Delivered):
            return replace(event, verdict=replace(event.verdict, words=self._redactor.text(event.verdict.words)))
        return event

    # --- ending -------------------------------------------------------------------------------------------------

    def stop(self, job_id: str, intent: Intent) -> Job:
        """Have a job end soon: it becomes paused or cancelled. One at rest stays as it is."""
        with self._lock:
            run = self._runs.get(job_id)
            if run is not None:
                waiting, run.begun = not run.begun, True
                # a cancel is stronger than a pause, and both are than a close
                run.intent = intent if run.intent != "cancel" and intent != "close" else run.intent or intent
        if run is None:
            job = self._ledger.get(job_id)
            if job.is_active:
                raise JobLocked(f"The job {job_id} is run by process {job.process}.", "Stop it there.")
            return job
        if waiting:
            try:
                self._settle(job_id, run, Cancelled("The job was cancelled before it began."))
            finally:
                self._leave(job_id, run)
        else:
            self._ledger.change(job_id, lambda job: job.stopping("cancelling" if intent == "cancel" else "pausing"))
            run.attempt.stop()
        return self._ledger.get(job_id)

    def close(self) -> None:
        """Pause everything and wait for the pool."""
        for job_id in list(self._runs):
            self.stop(job_id, "close")
        self._pool.shutdown()

    def _settle(self, job_id: str, run: _Run, error: BaseException) -> FetchToZipError:
        """Record how the attempt ended; the error, in words and without secrets, for whoever follows."""
        failure = foreseen(error)
        failure.message = self._redactor.text(failure.message)
        failure.hint = self._redactor.text(failure.hint)
        failure.args = (failure.message,)
        now = self._clock()
        if run.intent is not None or isinstance(failure, Cancelled):
            intent = run.intent or "cancel"
            state: Literal["cancelled", "paused"] = "cancelled" if intent == "cancel" else "paused"
            self._ledger.change(job_id, lambda job: job.stopped(state, now, _WORDS[intent]))
            log.info(state, extra={"job": job_id})
        else:
            self._ledger.change(job_id, lambda job: job.failed(failure, now))
            trace = None if isinstance(error, FetchToZipError) else error
            log.error("failed: %s", failure, exc_info=trace, extra={"job": job_id, "code": failure.code})
        return failure

    def _leave(self, job_id: str, run: _Run) -> None:
        # ours until here: with the locks open, another attempt may have begun before the next line
        with self._lock:
            if self._runs.get(job_id) is run:
                del self._runs[job_id]
        run.locks.close()
