"""The place of a result: written beside it, synced, then renamed, so that it appears whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from enum import Enum
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO, cast

from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.errors import NoRoom, OutputError

SUFFIX = ".fetchtozip-part"
_LONG_NAME = 150
_TRIES = 8
_WAIT = 0.25
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


class Destination:
    """One file that is to stand under `path`. An older file there stays until the new one is whole.

    `begin`, then `commit` or `discard`; as often as needed. Parts that a killed process left for the same name are
    removed by `begin`. Raises `OutputError`, and `NoRoom` when the disk is full.
    """

    def __init__(self, path: Path, disk: Disk | None = None, wait: float = _WAIT) -> None:
        """`wait` is how many seconds lie between two tries to replace a file that another program holds open."""
        self.path = path.absolute()
        """Where the result goes; after `commit`, where it stands."""
        self._disk = disk or Disk(threading.Event(), lambda said: None)
        self._wait = wait
        self._part: Path | None = None
        self._file: BinaryIO | None = None

    def __enter__(self) -> Destination:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def begin(self) -> BinaryIO:
        """A new empty file beside the destination, to read, write and seek in."""
        self.discard()
        with self._worded():
            if self.path.is_dir():
                raise OutputError(f"{self.path} is a folder.", "Name a file in it.")
            remove_leftovers(self.path)
            while self._file is None:
                self._part = self.path.with_name(f"{_prefix(self.path.name)}{secrets.token_hex(4)}{SUFFIX}")
                raw = self._disk.open(self._part, "x+b")
                if _hold(raw, self._part):
                    self._file = raw
        return cast("BinaryIO", PartFile(self._file, self._disk))

    def commit(self) -> list[str]:
        """Sync the file and give it its name; sentences the user should read."""
        if self._file is None or self._part is None:
            raise ValueError("nothing was begun")
        with self._worded():
            self._disk.sync(self._file)
            if os.name == "nt":
                self._file.close()  # an open file cannot be renamed there; elsewhere its lock is kept until then
            notes = self._place(self._part)
            self._file.close()
            self._disk.sync_folder(self.path.parent)
        self._file = self._part = None
        return notes

    def discard(self) -> None:
        """Leave nothing behind of a file that was begun and not committed."""
        if self._file is not None:
            self._file.close()
        if self._part is not None:
            with contextlib.suppress(OSError):
                self._part.unlink()
        self._file = self._part = None

    def _place(self, part: Path) -> list[str]:
        for _ in range(_TRIES):
            try:
                self._disk.replace(part, self.path)
            except PermissionError:
                time.sleep(self._wait)
            else:
                return []
        wanted = self.path
        self.path = _free(wanted)
        self._disk.replace(part, self.path)
        return [f"{wanted.name} is held open by another program: the result is {self.path.name} beside it."]

    @contextlib.contextmanager
    def _worded(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _FULL:
                raise NoRoom(f"The disk is full: {self.path} could not be written.", "Make room and resume.") from error
            hint = "Choose another place with --output or in the recipe's `output.path`."
            raise OutputError(f"{self.path} cannot be written: {error.strerror or error}.", hint) from error


class PartFile(RawIOBase):
    """The file of a destination: every write takes all bytes, waits for room where the disk is full, or raises."""

    def __init__(self, raw: BinaryIO, disk: Disk) -> None:
        self._raw = raw
        self._disk = disk
        self.name = raw.name

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def readinto(self, buffer: object, /) -> int:
        return int(self._raw.readinto(buffer))  # type: ignore[attr-defined]

    def write(self, data: object, /) -> int:
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        self._disk.write(self._raw, view)
        return len(view)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def truncate(self, size: int | None = None, /) -> int:
        return self._raw.truncate(size)

    def scratch(self) -> BinaryIO:
        """A file without a name in the same folder, as patient as this one; gone when it is closed."""
        # the caller closes it
        raw = cast("BinaryIO", tempfile.TemporaryFile(dir=Path(self.name).parent, buffering=0))  # noqa: SIM115
        return cast("BinaryIO", _Scratch(raw, self._disk))


class _Scratch(PartFile):
    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


def scratch(file: BinaryIO) -> BinaryIO:
    """A file without a name, beside `file` where that is a destination's; gone when it is closed."""
    if isinstance(file, PartFile):
        return file.scratch()
    return cast("BinaryIO", tempfile.TemporaryFile())


def remove_leftovers(path: Path) -> None:
    """Remove the parts for `path` that no living process holds, where the system shows that."""
    for part in path.parent.glob(f"{_escaped(_prefix(path.name))}*{SUFFIX}"):
        with contextlib.suppress(OSError):
            if os.name == "nt":
                part.unlink()  # refused while somebody has it open
                continue
            with part.open("rb") as file:
                if _lock(file) is _Lock.OURS:
                    part.unlink()


def _prefix(name: str) -> str:
    """What the names of all parts of a result begin with; never too long for a file system."""
    if len(name.encode()) > _LONG_NAME:
        name = f"{name[:30]}~{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return f".{name}."


def _escaped(text: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in text)


def _hold(file: BinaryIO, part: Path) -> bool:
    """Lock a new part for as long as it is open; false where another process takes it for a leftover just now."""
    try:
        kept = _lock(file) is not _Lock.OTHERS and part.stat().st_ino == os.fstat(file.fileno()).st_ino
    except FileNotFoundError:
        kept = False
    if not kept:
        file.close()
    return kept


class _Lock(Enum):
    """Who holds a file: the system lets go of it when its process ends, however it ends."""

    OURS = 1
    OTHERS = 2
    UNKNOWN = 3


def _lock(file: BinaryIO) -> _Lock:
    """Try to hold a file. Windows needs none, and some file systems have none."""
    if os.name == "nt":
        return _Lock.UNKNOWN
    import fcntl  # not on Windows

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _Lock.OTHERS
    except OSError:
        return _Lock.UNKNOWN
    return _Lock.OURS


def _free(path: Path) -> Path:
    number = 1
    while (beside := path.with_name(f"{path.stem} ({number}){path.suffix}")).exists():
        number += 1
    return beside
