"""The spool's manifest: lines with checksums, of which a torn or unsynced end is cut off and the rest believed."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import msgspec

from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.errors import SpoolError


@dataclass(frozen=True, slots=True)
class Line:
    """One finished part: where its rows are, what they are, how to go on after it."""

    file: str
    at: int
    length: int
    crc: int
    first_page: int
    pages: int
    rows: int
    bytes: int
    cursor: dict[str, Any]
    hashes: tuple[str, ...]
    total_rows: int | None
    total_pages: int | None
    schema: Any
    rows_so_far: int
    bytes_so_far: int

    @property
    def last_page(self) -> int:
        return self.first_page + self.pages - 1


_FIELDS = [field.name for field in fields(Line)]


class Manifest:
    """The lines of one spool. Opening it finds where the last believable one ends; `parts` cuts the rest off."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._disk = disk
        self._file = disk.open(path, "r+b" if path.exists() else "w+b")
        self.header: dict[str, Any] | None = None
        self.ended: dict[str, Any] | None = None
        self._found: list[tuple[Line, int, bool]] = []
        self._end = self._read(self._file.read())
        self._schema: Any = None

    def begin(self, header: dict[str, Any]) -> None:
        """Write the first line; it and the file's name become safe with the first page."""
        self.header = header
        self._file.truncate(0)
        self._file.seek(0)
        self._append({"header": header})
        self._end = self._file.tell()

    def parts(self, intact: Callable[[Line], bool]) -> list[Line]:
        """The believable parts. Those after the last sync are asked about with `intact`, from the first one on."""
        lines: list[Line] = []
        for line, start, synced in self._found:
            if not synced and not intact(line):
                self._end = start
                self.ended = None
                break
            lines.append(line)
        self._found = []
        self._file.truncate(self._end)
        self._file.seek(0, io.SEEK_END)
        self._schema = lines[-1].schema if lines else None
        return lines

    def add(self, line: Line) -> None:
        value = {name: getattr(line, name) for name in _FIELDS}
        if line.schema is self._schema or line.schema == self._schema:
            del value["schema"]  # most parts are like the one before
        self._schema = line.schema
        self._append({"part": value})

    def sync(self) -> None:
        """Make all lines safe, then say so; the rows must have been synced before."""
        self._disk.sync(self._file)
        self._append({"synced": True})

    def end(self, notes: dict[str, Any]) -> None:
        self.ended = notes
        self._append({"ended": notes})
        self._disk.sync(self._file)

    def close(self) -> None:
        self._file.close()

    def _append(self, value: dict[str, Any]) -> None:
        text = msgspec.json.encode(value)
        self._disk.write(self._file, b"%08x %s\n" % (zlib.crc32(text), text))

    def _read(self, data: bytes) -> int:
        at = 0
        schema: Any = None
        while (stop := data.find(b"\n", at)) >= 0:
            value = _checked(data[at:stop])
            if value is None:
                break
            if "header" in value:
                self.header = value["header"]
                if self.header["version"] != 1:
                    raise SpoolError(f"{self._file.name} was written by a newer version.")
            elif "part" in value:
                schema = value["part"].setdefault("schema", schema)
                part = {**value["part"], "hashes": tuple(value["part"]["hashes"])}
                self._found.append((Line(**part), at, False))
            elif "synced" in value:
                self._found = [(line, start, True) for line, start, _ in self._found]
            elif "ended" in value:
                self.ended = value["ended"]
            at = stop + 1
        return at


def _checked(text: bytes) -> dict[str, Any] | None:
    crc, _, body = text.partition(b" ")
    try:
        if int(crc, 16) != zlib.crc32(body):
            return None
        value: dict[str, Any] = json.loads(body)
    except ValueError:
        return None
    return value
