"""Opens a file that holds rows, and takes off a ZIP or a gzip around it."""

from __future__ import annotations

import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fetchtozip_gui.core.errors import BadBody, SourceError
from fetchtozip_gui.core.rows import zips
from fetchtozip_gui.core.rows.kinds import SUFFIXES
from fetchtozip_gui.core.rows.stream import Readable

CHUNK = 1024 * 1024
_HEAD = 64 * 1024


@dataclass(frozen=True)
class Opened:
    """A file of rows, unpacked while it is read. `name` is its own, without the ZIP or gzip around it."""

    path: Path
    name: str
    head: bytes
    _file: Readable
    _is_packed: bool

    def chunks(self) -> Iterator[bytes]:
        """The unpacked bytes, once; `BadBody` where they are damaged or explode."""
        taken = self.path.stat().st_size
        made = len(self.head)
        yield self.head
        while chunk := self._read(CHUNK):
            made += len(chunk)
            if self._is_packed:
                zips.check_expansion(taken, made)
            yield chunk

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """A path to the unpacked bytes, for formats that are not read from front to back."""
        if not self._is_packed:
            yield self.path
            return
        with tempfile.TemporaryDirectory(prefix="fetchtozip-") as folder:
            path = Path(folder) / "unpacked"
            with path.open("wb") as file:
                file.writelines(self.chunks())
            yield path

    def _read(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except _DAMAGES as error:
            raise _damaged(self.path, error) from None


_DAMAGES = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@contextmanager
def opened(path: Path, member: str | None = None) -> Iterator[Opened]:
    """The file at `path`, or the one in it. `SourceError` names `source.path` when there is none."""
    if path.is_dir():
        kind = "a Delta table, which this version does not read" if (path / "_delta_log").is_dir() else "a folder"
        raise SourceError(f"source.path: {path} is {kind}.", "Name one file.")
    if path.exists() and not path.is_file():
        raise SourceError(f"source.path: {path} is no file.", "Copy what it gives into a file first.")
    try:
        outer = path.open("rb")
    except FileNotFoundError:
        raise SourceError(
            f"source.path: there is no file {path}.", "A relative path begins where the program runs."
        ) from None
    except OSError as error:
        raise SourceError(f"source.path: {path} cannot be opened: {error.strerror or error}.") from None
    with outer:
        head = outer.read(4)
        outer.seek(0)
        if head.startswith(b"PK"):
            with _archive(path, outer) as archive:
                if archive is not None:
                    with _member(path, archive, member) as found:
                        yield found
                    return
            outer.seek(0)
        if head.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=outer, mode="rb") as inner:
                name = path.stem if path.suffix.lower() in (".gz", ".gzip") else path.name
                yield _begun(path, name, inner, True)
            return
        yield _begun(path, path.name, outer, False)


@contextmanager
def _archive(path: Path, file: IO[bytes]) -> Iterator[zipfile.ZipFile | None]:
    """The ZIP, checked; null for a workbook, which is a ZIP that is read as one."""
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise _damaged(path, error) from None
    with archive:
        with _named(path):
            zips.check(archive)
        yield None if zips.is_workbook(archive) else archive


@contextmanager
def _member(path: Path, archive: zipfile.ZipFile, member: str | None) -> Iterator[Opened]:
    with _named(path):
        info = zips.data_member(archive, member, tuple(SUFFIXES))
    try:
        inner = archive.open(info)
    except _DAMAGES as error:
        raise _damaged(path, error) from None
    with inner:
        yield _begun(path, info.filename, inner, True)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """What is wrong with a ZIP says with which."""
    try:
        yield
    except BadBody as error:
        raise BadBody(f"{path.name}: {error.message}", error.hint) from None


def _begun(path: Path, name: str, file: Readable, is_packed: bool) -> Opened:
    found = Opened(path, name, b"", file, is_packed)
    head = b""
    while len(head) < _HEAD and (chunk := found._read(_HEAD - len(head))):
        head += chunk
    if is_packed and head[:2] in (b"PK", b"\x1f\x8b") and SUFFIXES.get(Path(name).suffix.lower()) != "xlsx":
        raise BadBody(f"{name} in {path.name} is packed once more (limit of layers: 1).", "Unpack it first.")
    return Opened(path, name, head, file, is_packed)


def _damaged(path: Path, error: Exception) -> BadBody:
    reason = str(error).rstrip(".") or type(error).__name__
    return BadBody(f"{path.name} is damaged, or packed in a way that is not known here: {reason}.", "Pack it anew.")
