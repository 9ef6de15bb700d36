"""Small pages on disk that wait to be parsed with their neighbours: a few files of framed, checksummed bodies."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import msgspec

from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.work import Kept

FILE_BYTES = 4 * 1024 * 1024
"""A file is begun anew once it is this long, so that pages nobody waits for do not pile up."""

_FRAME = struct.Struct("<II")


class KeptPages:
    """The pages of one spool that wait, in order; `after` is the last page that is in a part already."""

    def __init__(self, folder: Path, disk: Disk, after: int) -> None:
        self._folder = folder
        self._disk = disk
        self._file: BinaryIO | None = None
        self.waiting = [page for page in _read(folder) if page.page > after]

    def add(self, page: Kept) -> None:
        """Hold a page until the part that contains it is added."""
        if self._file is None:
            self._file = self._begin()
        self._write(self._file, page)
        self.waiting.append(page)

    def forget(self, last_page: int) -> None:
        """Pages up to this one are in a part."""
        self.waiting = [page for page in self.waiting if page.page > last_page]

    def sync(self) -> None:
        if self._file is not None:
            self._disk.sync(self._file)

    def tidy(self) -> None:
        """Begin a new file when this one is long; only after the parts that made its pages superfluous were synced."""
        if self._file is not None and self._file.tell() > FILE_BYTES:
            old = self._files()
            self._file.close()
            self._file = self._begin()
            self._disk.sync(self._file)
            self._remove(old)

    def clear(self) -> None:
        """Nothing waits any more."""
        self.close()
        self._remove(self._files())

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin(self) -> BinaryIO:
        number = max(map(_number, self._files()), default=0) + 1
        file = self._disk.open(self._folder / f"kept-{number}.bin")
        for page in self.waiting:
            self._write(file, page)
        self._disk.sync_folder(self._folder)
        return file

    def _write(self, file: BinaryIO, page: Kept) -> None:
        about = msgspec.json.encode({"page": page.page, "cursor": page.cursor, "digest": page.digest})
        body = len(about).to_bytes(4, "little") + about + page.body
        self._disk.write(file, _FRAME.pack(len(body), zlib.crc32(body)) + body)

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("kept-*.bin"), key=_number)

    def _remove(self, files: list[Path]) -> None:
        for path in files:
            path.unlink(missing_ok=True)


def _number(path: Path) -> int:
    return int(path.stem.partition("-")[2])


def _read(folder: Path) -> list[Kept]:
    """All whole pages; a torn one ends its file."""
    pages: dict[int, Kept] = {}
    for path in sorted(folder.glob("kept-*.bin"), key=_number):
        data = path.read_bytes()
        at = 0
        while at + _FRAME.size <= len(data):
            length, crc = _FRAME.unpack_from(data, at)
            body = data[at + _FRAME.size : at + _FRAME.size + length]
            if len(body) != length or zlib.crc32(body) != crc:
                break
            size = int.from_bytes(body[:4], "little")
            about = json.loads(body[4 : 4 + size])
            pages[about["page"]] = Kept(about["page"], body[4 + size :], about["cursor"], about["digest"])
            at += _FRAME.size + length
    return [pages[number] for number in sorted(pages)]
