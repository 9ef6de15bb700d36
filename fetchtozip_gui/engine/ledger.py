"""Every job's newest snapshot: one lock around one dict, one database behind it, and all who watch."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from fetchtozip_gui.core.errors import FolderError, NoSuchJob
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.store import Store

SAVE_SECONDS = 1.0
"""Between two saves of a running job's progress; a change of state is saved at once."""
Watcher = Callable[[Job], None]

log = logging.getLogger(__name__)


class Ledger:
    """The one place where jobs change. A failing database or watcher is logged and never harms a job."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._jobs = {job.id: job for job in store.jobs()}
        self._saving = threading.Lock()
        self._saved: dict[str, tuple[float, Job]] = {}
        self._watching: dict[int, _Watching] = {}
        self._numbers = 0

    # --- reading ------------------------------------------------------------------------------------------------

    def all(self) -> list[Job]:
        """Every job, newest first."""
        with self._lock:
            return [self._jobs[job_id] for job_id in sorted(self._jobs, reverse=True)]

    def get(self, job_id: str) -> Job:
        with self._lock:
            try:
                return self._jobs[job_id]
            except KeyError:
                raise NoSuchJob(f"There is no job {job_id[:40]!r}.") from None

    def refresh(self) -> None:
        """Take in what other processes on this folder have saved."""
        try:
            changed = self._store.changed()
        except FolderError as error:
            log.warning("The job database cannot be read: %s", error)
            return
        fresh = []
        with self._lock:
            for job in changed:
                known = self._jobs.get(job.id)
                if known is None or job.revision > known.revision:
                    self._jobs[job.id] = job
                    fresh.append(job)
        for job in fresh:
            self._tell(job)

    def since(self, recipe_name: str) -> str | int | float | None:
        """The highest value that an incremental recipe of this name has brought so far."""
        value: str | int | float | None = self._store.recall(f"since:{recipe_name}")
        return value

    def remember_since(self, recipe_name: str, value: str | int | float) -> None:
        """Keep the highest value for the recipe's next run."""
        try:
            self._store.remember(f"since:{recipe_name}", value)
        except FolderError as error:  # the next run asks for more than it needs, and loses nothing
            log.warning("What %s has brought so far cannot be recorded: %s", recipe_name, error)

    # --- changing -----------------------------------------------------------------------------------------------

    def add(self, job: Job) -> None:
        with self._lock:
            self._jobs[job.id] = job
        self._save(job.id)
        self._tell(job)

    def change(self, job_id: str, follow: Callable[[Job], Job]) -> Job:
        """Replace a job's snapshot by the one that follows from it; watchers hear of it before this returns."""
        with self._lock:
            try:
                before = self._jobs[job_id]
            except KeyError:
                raise NoSuchJob(f"There is no job {job_id[:40]!r}.") from None
            job = self._jobs[job_id] = follow(before)
        if job is not before:
            self._save(job_id)
            self._tell(job)
        return job

    def drop(self, job_id: str) -> None:
        """Forget a job, in the database too."""
        with self._saving:
            with self._lock:
                self._jobs.pop(job_id, None)
            self._saved.pop(job_id, None)
            self._store.forget(job_id)

    def _save(self, job_id: str) -> None:
        with self._saving:
            with self._lock:
                # the newest, whoever comes first: an older one must not be saved after it
                job = self._jobs.get(job_id)
            at, saved = self._saved.get(job_id, (0.0, None))
            if job is None or job is saved:
                return
            new_state = saved is None or saved.state != job.state
            if not new_state and time.monotonic() - at < SAVE_SECONDS:
                return
            try:
                self._store.save(job)
            except FolderError as error:
                log.warning("The job %s cannot be recorded: %s", job_id, error)
            if new_state:
                self._store.save_beside(job)
            if job.is_active:
                self._saved[job_id] = (time.monotonic(), job)
            else:
                self._saved.pop(job_id, None)

    # --- watching -----------------------------------------------------------------------------------------------

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` with every new snapshot, never with an older one after a newer; returns how to end that.

        It is called in the thread in which something happened: it must be quick, and must not wait for a job.
        """
        with self._lock:
            self._numbers += 1
            number = self._numbers
            self._watching[number] = _Watching(watcher)

        def unsubscribe() -> None:
            with self._lock:
                self._watching.pop(number, None)

        return unsubscribe

    def _tell(self, job: Job) -> None:
        with self._lock:
            watching = list(self._watching.items())
        for number, each in watching:
            try:
                each.tell(job)
            except Exception:
                log.exception("A watcher of the jobs failed and hears no more.")
                with self._lock:
                    self._watching.pop(number, None)


class _Watching:
    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        # reentrant: a watcher may itself cancel a job, which tells it again
        self._lock = threading.RLock()
        self._told: dict[str, int] = {}

    def tell(self, job: Job) -> None:
        with self._lock:
            if self._told.get(job.id, -1) >= job.revision:
                return
            self._told[job.id] = job.revision
            if not job.is_active:
                # ends are the last word until another attempt, whose revisions go on from here
                self._told = {key: self._told[key] for key in list(self._told)[-1000:]}
            self._watcher(job)
