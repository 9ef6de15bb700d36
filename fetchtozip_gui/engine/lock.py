"""A lock on a file that ends with the process that holds it, however that process ends."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path

from fetchtozip_gui.core.errors import FolderError, JobLocked

_PAST_THE_TEXT = 1 << 30
_POLL = 0.02

if sys.platform == "win32":
    import msvcrt

    def _try(descriptor: int) -> bool:
        # far behind the holder's id, because Windows also stops others from reading what is locked
        os.lseek(descriptor, _PAST_THE_TEXT, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try(descriptor: int) -> bool:
        # flock and not lockf: a POSIX lock would end as soon as any other descriptor of the file is closed
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class Lock:
    """A held lock, ended by `release` or by the end of the process, also by a kill.

    Two locks on one file exclude each other in one process too. The file holds the holder's process id as text.
    """

    def __init__(self, path: Path, descriptor: int, keep: bool) -> None:
        self._path = path
        self._descriptor: int | None = descriptor
        self._keep = keep

    @classmethod
    def take(cls, path: Path, what: str, *, wait: float = 0.2, keep: bool = True) -> Lock:
        """Lock `path`, or raise `JobLocked` saying that `what` is in use and by which process.

        `wait` is how many seconds a holder may take to let go; a little is always due to those who only look.
        Without `keep` the file goes with the lock.
        """
        deadline = time.monotonic() + wait
        while (lock := cls._claim(_opened(path), path, keep)) is None:
            if time.monotonic() >= deadline:
                raise JobLocked(
                    f"{what} is in use by {_holder(path)}.", "Wait until it is done, or close the other program."
                )
            time.sleep(_POLL)
        return lock

    @classmethod
    def is_free(cls, path: Path) -> bool:
        """Whether nobody holds `path` at this moment."""
        if not path.exists():
            return True
        lock = cls._claim(_opened(path), path, keep=True)
        if lock is not None:
            lock.release()
        return lock is not None

    @classmethod
    def _claim(cls, descriptor: int, path: Path, keep: bool) -> Lock | None:
        try:
            # a file that was removed since it was opened can be locked, but says nothing about the one there now
            if _try(descriptor) and _same(descriptor, path):
                os.ftruncate(descriptor, 0)
                os.lseek(descriptor, 0, os.SEEK_SET)
                os.write(descriptor, str(os.getpid()).encode())
                return cls(path, descriptor, keep)
        except OSError as error:
            os.close(descriptor)
            raise FolderError(
                f"{path}: this file system has no locks: {error.strerror}.", "Choose a data folder on a local disk."
            ) from error
        os.close(descriptor)
        return None

    def release(self) -> None:
        """Let go. Doing it twice is harmless."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        if not self._keep and os.name != "nt":
            self._path.unlink(missing_ok=True)
        os.close(descriptor)
        if not self._keep and os.name == "nt":  # which removes nothing that is open
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise FolderError(f"{path}: cannot be opened: {error.strerror}.") from error


def _same(descriptor: int, path: Path) -> bool:
    try:
        named = path.stat()
    except OSError:
        return False
    opened = os.fstat(descriptor)
    return (named.st_ino, named.st_dev) == (opened.st_ino, opened.st_dev)


def _holder(path: Path) -> str:
    try:
        with path.open("rb") as file:
            process = file.read(20).decode("ascii", "replace")
    except OSError:
        process = ""
    return f"process {process}" if process.isdigit() else "another process"
