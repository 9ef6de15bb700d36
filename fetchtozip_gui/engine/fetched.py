"""The rows that jobs at rest have fetched, for everybody who wants to look at all of them at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fetchtozip_gui.core.errors import SpoolError
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.job import Job

if TYPE_CHECKING:
    import polars as pl

_KEPT = "rows-all.parquet"
"""Goes with the pages, and is shared like them by a job that begins with the pages of another one."""
_WAIT = 5.0
"""Seconds that a job which has just ended may take to let go of its folder."""


class FetchedRows:
    """A job's folder is held while somebody reads, and by nobody else's leave: two readers share one hold.

    A job that is looked at cannot be removed in that moment, and no longer than that.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._shared: dict[str, _Shared] = {}

    def there(self, job: Job) -> bool:
        """Whether the job has left the pages it fetched."""
        return _manifest(self._folder, job).is_file()

    @contextmanager
    def of(self, job: Job, *, again: bool = False) -> Iterator[pl.LazyFrame]:
        """All rows in order, before any step, read while they are consumed.

        With `again` they are first written as Parquet beside the pages, once: what is looked at many times is read by
        Polars alone then. `SpoolError` where the rows are not, or not all, there; `JobLocked` where another process has
        the job. To be called away from any thread that somebody waits for.
        """
        with self._lock:
            shared = self._shared.setdefault(job.id, _Shared())
            shared.readers += 1
        try:
            yield shared.rows(self._folder, job, again)
        finally:
            with self._lock:
                shared.readers -= 1
                if not shared.readers:
                    del self._shared[job.id]
                    shared.close()


class _Shared:
    """The rows of one job, opened by its first reader."""

    def __init__(self) -> None:
        self.readers = 0
        self._lock = threading.Lock()
        self._held = ExitStack()
        self._scan: Callable[[], pl.LazyFrame] | None = None

    def rows(self, folder: Folder, job: Job, again: bool) -> pl.LazyFrame:
        with self._lock:
            if self._scan is None:
                with ExitStack() as held:
                    self._scan = _opened(folder, job, held)
                    self._held = held.pop_all()
            # a plan of its own for each reader: two threads with the same one wait for each other, one with the plan's
            # lock for Python's, one with Python's for the plan's
            rows = self._scan()
            return _kept(rows, job.rows, folder.job(job.id) / "spool" / _KEPT) if again else rows

    def close(self) -> None:
        self._held.close()


def _kept(rows: pl.LazyFrame, count: int, path: Path) -> pl.LazyFrame:
    """The same rows as a file of Parquet; `SpoolError` where they cannot be written so.

    The pages themselves are read by Python: where several plans read them at once, Polars' threads wait for the
    interpreter, and whoever has that may be waiting for those threads.
    """
    import polars as pl  # heavy

    if not path.is_file() or _height(path) != count:  # a job that went on from a partial one has that one's file
        part = path.with_name(f"{path.name}.part")
        try:
            # opened here: Polars opens the file in a thread, which an error may leave behind to make it once more
            with part.open("wb") as file:
                rows.sink_parquet(file, compression="lz4")
            part.replace(path)
        except (OSError, pl.exceptions.PolarsError) as error:
            with suppress(OSError):
                part.unlink()
            raise SpoolError(f"The rows cannot be looked at as a whole: {error}") from error
    return pl.scan_parquet(path, glob=False)


def _height(path: Path) -> int:
    import polars as pl  # heavy

    try:
        return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
    except (OSError, pl.exceptions.PolarsError):
        return -1


def _manifest(folder: Folder, job: Job) -> Path:
    return folder.job(job.id) / "spool" / "manifest.jsonl"


def _opened(folder: Folder, job: Job, held: ExitStack) -> Callable[[], pl.LazyFrame]:
    from fetchtozip_gui.core.disk import Disk
    from fetchtozip_gui.core.spool import Spool  # heavy: Polars

    spooled = folder.job(job.id) / "spool"
    if not _manifest(folder, job).is_file():
        # opening a spool begins one where there is none, and what was removed is not to come back empty
        raise SpoolError(f"The job {job.id} has not left its pages.", "Run it again.")
    held.enter_context(folder.lock_job(job.id, wait=_WAIT))
    spool = held.enter_context(Spool(spooled, job.source_key, Disk(threading.Event(), lambda said: None)))
    if spool.rows != job.rows:
        raise SpoolError(f"The pages of the job {job.id} are not all there.", "Run it again.")
    spool.settle()
    return spool.scan
