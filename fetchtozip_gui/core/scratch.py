"""Rows put aside on disk between two steps, so that what made them is carried out once."""

from __future__ import annotations

import io
import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Protocol, TypeVar

import polars as pl

from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.replay import Pending, Wanted, chunks, in_parts
from fetchtozip_gui.core.spool_rows import pack
from fetchtozip_gui.core.work import Packed, in_order

T = TypeVar("T")
_PACKED = 2
"""Frames that are packed or wait to be written."""


class Noted(Protocol[T]):
    """What is to be known of rows while they are put aside."""

    def of(self, frame: pl.DataFrame, /) -> T:
        """Of some rows; in any thread."""

    def add(self, note: T, /) -> None:
        """Take it, in the rows' order."""


class Scratch:
    """A folder that is gone with the block, or with the object; what a killed process left in it is removed first.

    Without `folder`, one of the system's temporary folders. Rows are packed in the threads of `pool`.
    """

    def __init__(
        self, folder: Path | None = None, disk: Disk | None = None, pool: ThreadPoolExecutor | None = None
    ) -> None:
        self._wanted = folder
        self._pool = pool
        self._disk = disk or Disk(threading.Event(), lambda said: None)
        self._made: Path | None = None
        self._numbers = count(1)

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, *_: object) -> None:
        if self._made is not None:
            shutil.rmtree(self._made, ignore_errors=True)

    def check(self) -> None:
        """Raise `Cancelled` once the job is to stop."""
        self._disk.check()

    def wait_for_room(self, folder: Path, what: str) -> None:
        """See `Disk.wait_for_room`."""
        self._disk.wait_for_room(folder, what)

    def folder(self) -> Path:
        """A new folder inside."""
        place = self._place() / f"folder-{next(self._numbers)}"
        place.mkdir()
        return place

    def _place(self) -> Path:
        if self._made is None:
            if self._wanted is None:
                self._made = Path(tempfile.mkdtemp(prefix="fetchtozip-"))
            else:
                shutil.rmtree(self._wanted, ignore_errors=True)
                self._wanted.mkdir(parents=True)
                self._made = self._wanted
            weakref.finalize(self, shutil.rmtree, self._made, ignore_errors=True)
        return self._made

    def keep(self, rows: pl.LazyFrame, noted: Noted[T] | None = None) -> pl.LazyFrame:
        """Carry out a plan now; the plan that comes back reads its rows from disk, any number of times.

        `noted` is told of all of them on the way.
        """
        return self.keep_frames(chunks(rows), rows.collect_schema(), noted)

    def keep_frames(
        self, frames: Iterable[pl.DataFrame], schema: pl.Schema, noted: Noted[T] | None = None
    ) -> pl.LazyFrame:
        """The same for frames."""
        path = self._place() / f"rows-{next(self._numbers)}.bin"
        lengths = []

        def packed(frame: pl.DataFrame) -> tuple[Packed, T | None]:
            return pack(frame), noted.of(frame) if noted is not None else None

        with self._disk.open(path) as file, closing(in_order(self._pool, packed, frames, _PACKED)) as made:
            for data, note in made:
                if noted is not None and note is not None:
                    noted.add(note)
                lengths.append(len(data))
                self._disk.write(file, data)

        def parts(wanted: Wanted) -> Iterator[Pending]:
            columns = None if wanted is None else list(wanted)
            with path.open("rb") as kept:
                for length in lengths:
                    yield partial(pl.read_ipc_stream, io.BytesIO(kept.read(length)), columns=columns)

        return in_parts(schema, parts)
