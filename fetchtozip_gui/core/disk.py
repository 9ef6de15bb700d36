"""The few things a job asks of a disk: append, patch, sync, rename; patient when it is full."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from fetchtozip_gui.core.errors import Cancelled, NoRoom, OutputError
from fetchtozip_gui.core.events import Said

_MORE = 1024 * 1024
"""Bytes that have to become free before a writer that gave up is asked again."""
_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


class Disk:
    """The real disk. A write that finds it full waits for room, says so, and goes on; a stop ends the wait.

    `retry` is how many seconds lie between two tries. Tests hand in a subclass that forgets what was not synced.
    """

    def __init__(self, stop: threading.Event, say: Callable[[Said], None], retry: float = 1.0) -> None:
        self._stop = stop
        self._say = say
        self._retry = retry

    def open(self, path: Path, mode: str = "w+b") -> BinaryIO:
        """Open unbuffered, so that what was written survives the process."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return open(path, mode, buffering=0)  # type: ignore[return-value]  # noqa: PTH123 - the caller closes

    def write(self, file: BinaryIO, data: bytes | memoryview) -> None:
        """Write all of `data` at the file's position."""
        view = memoryview(data).cast("B")
        told = False
        while view:
            try:
                view = view[self.write_some(file, view) :]
            except OSError as error:
                if error.errno not in _FULL:
                    raise OutputError(f"{file.name}: cannot be written: {error.strerror}.") from error
                if not told:
                    told = True
                    self._say(Said(f"The disk is full: waiting for room to write {file.name}.", "warning"))
                if self._stop.wait(self._retry):
                    raise NoRoom(f"The disk is full: {file.name} could not be written.") from error
        if told:
            self._say(Said("There is room again: going on."))

    def wait_for_room(self, folder: Path, what: str) -> None:
        """For writers of others that give up on a full disk: return when `folder` has more room than now, so that they
        can begin anew. What they left there should be gone before."""
        free = self.free(folder)
        self._say(Said(f"The disk is full: waiting for room to write {what}.", "warning"))
        while self.free(folder) < free + _MORE:
            if self._stop.wait(self._retry):
                raise NoRoom(f"The disk is full: {what} could not be written.", "Make room, then resume.")
        self._say(Said("There is room again: going on."))

    def free(self, folder: Path) -> int:
        """Bytes that can be written there."""
        return shutil.disk_usage(folder).free

    def write_some(self, file: BinaryIO, view: memoryview) -> int:
        """One attempt; the number of bytes taken. The seam that tests of full disks replace."""
        return os.write(file.fileno(), view)

    def sync(self, file: BinaryIO) -> None:
        """Return when the file's bytes are safe from a power loss."""
        os.fsync(file.fileno())

    def sync_folder(self, folder: Path) -> None:
        """Make new, renamed and removed names of a folder safe, where the system has that."""
        if os.name == "nt":
            return
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        """Give `source` the name `target`; an older file of that name is gone at the same moment."""
        source.replace(target)

    def check(self) -> None:
        if self._stop.is_set():
            raise Cancelled("The job was cancelled.")
