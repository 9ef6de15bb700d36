"""Rows that are looked at as a whole once the last one has arrived, where there is room while the job goes on."""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Generic, TypeVar

import polars as pl

from fetchtozip_gui.core import schema as types
from fetchtozip_gui.core.errors import Cancelled

T = TypeVar("T")

_ROWS = 50_000
_BYTES = 8 * 1024 * 1024
"""Of the rows that are written together, whatever is reached first."""
_BESIDE = 5_000_000
"""Rows up to which the work goes beside the job, with no more memory than twice as many take one after the other."""

log = logging.getLogger(__name__)


class Looking(Generic[T]):
    """An `Onlooker` that keeps all rows as files of Parquet while they arrive, and then does its `work` on them.

    What is looked at many times is read by Polars alone then. `work` is given a plan, and something to call now and
    then, which raises `Cancelled` once nobody waits any more. Both happen in a thread of its own.
    """

    def __init__(self, work: Callable[[pl.LazyFrame, Callable[[], None]], T]) -> None:
        self._work = work
        self._folder = tempfile.TemporaryDirectory(prefix="fetchtozip-", ignore_cleanup_errors=True)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="looking")
        self._closed = threading.Event()
        self._schema: pl.Schema | None = None
        self._held: list[pl.DataFrame] = []
        self._rows = self._bytes = self._seen = 0
        self._files: list[Path] = []
        self._last: Future[None] | None = None
        self._ended = False
        self._done: Future[T | None] | None = None
        self._gives_up = False

    def see(self, rows: pl.DataFrame, schema: pl.Schema) -> None:
        """Take the next rows; `schema` is the union of the types so far."""
        if self._schema is None:
            self._schema = schema
        elif schema is not self._schema and schema != self._schema:
            self._gives_up = True  # what has been written is of narrower types
        if self._gives_up:
            self._held = []
            return
        self._held.append(rows)
        self._seen += rows.height
        self._rows += rows.height
        self._bytes += int(rows.estimated_size())
        if self._rows >= _ROWS or self._bytes >= _BYTES:
            self._put_aside()

    def end(self) -> None:
        """All rows have been there: begin to work on them, unless they are so many that it has to wait for `found`."""
        if self._held:
            self._put_aside()
        self._ended = True
        if self._seen <= _BESIDE:
            self._done = self._pool.submit(self._look)

    def found(self, rows: int) -> T | None:
        """What the work has come to, or what it raised; null where not all of so many rows were seen in one type."""
        if not self._ended or self._seen != rows:
            return None
        self._done = self._done or self._pool.submit(self._look)
        return self._done.result()

    def close(self) -> None:
        """End the work wherever it is, and leave nothing on the disk."""
        self._closed.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._folder.cleanup()

    def _put_aside(self) -> None:
        if self._last is not None:
            self._last.result()  # no more than these and those before them are held
        path = Path(self._folder.name) / f"{len(self._files):06d}.parquet"
        self._files.append(path)
        self._last = self._pool.submit(self._write, self._held, path)
        self._held, self._rows, self._bytes = [], 0, 0

    # --- in its own thread --------------------------------------------------------------------------------------

    def _write(self, frames: list[pl.DataFrame], path: Path) -> None:
        assert self._schema is not None
        try:
            rows = pl.concat([types.conform(frame, self._schema) for frame in frames])
            rows.write_parquet(path, compression="snappy", statistics=False)
        except (OSError, pl.exceptions.PolarsError):
            # the job has its own place for them, and says so where that is full
            log.warning("rows could not be put aside in %s", path, exc_info=True)
            self._gives_up = True

    def _look(self) -> T | None:
        if self._gives_up or not self._files:
            return None
        return self._work(pl.scan_parquet(self._files, glob=False), self._go_on)

    def _go_on(self) -> None:
        if self._closed.is_set():
            raise Cancelled("Nobody waits for this any more.")
