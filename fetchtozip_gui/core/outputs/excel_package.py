"""An XLSX package written front to back: sheets as streams of deflated blocks, their heads filled in at the end."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from fetchtozip_gui.core.outputs import deflate
from fetchtozip_gui.core.outputs import zip_records as records

LEVEL = 1
"""Row XML repeats so much that ISA-L's higher levels gain a few per cent for half again the time."""

_STORED_MOST = 0xFFFF
_DAY_ZERO = 0x21
"""1980-01-01, the first date a ZIP can tell; it is always the same, so that equal rows give equal bytes."""
_ROOM = struct.pack("<HHHH12x", 0xA220, 16, 0xA028, 0)
"""The packaging standard's own padding field; it is as long as the ZIP64 field that takes its place past 4 GiB."""


@dataclass(slots=True)
class Member:
    """One part of the package: where it begins, its sizes, and the checksum of what follows its head."""

    name: bytes
    at: int
    head_room: int = 0
    head_crc: int = 0
    crc: int = 0
    size: int = 0
    packed: int = 0

    def append(self, block: deflate.Block) -> None:
        self.crc = deflate.joined(self.crc, block.crc, block.size) if self.size else block.crc
        self.size += block.size
        self.packed += len(block.data)

    @property
    def whole(self) -> tuple[int, int, int]:
        """Its checksum, and its sizes packed and unpacked, with the head."""
        crc = deflate.joined(self.head_crc, self.crc, self.size) if self.head_room else self.crc
        return crc, self.packed + _stored_size(self.head_room), self.size + self.head_room


class Package:
    """A ZIP without data descriptors: every header is written again once its sizes are known.

    The file must be empty and seekable. ZIP64 appears only where a size or place needs it, as Excel wants it;
    `limit` is where that begins, and tests set it low.
    """

    def __init__(self, file: BinaryIO, limit: int = records.LIMIT) -> None:
        self._file = file
        self._limit = limit
        self._members: list[Member] = []

    def add(self, name: str, data: bytes) -> None:
        """A whole part at once."""
        member = self.begin(name, 0)
        self.append(deflate.block(data, LEVEL))
        self.end(member)

    def begin(self, name: str, head_room: int) -> Member:
        """Open a part that starts with `head_room` bytes which `fill` brings later."""
        member = Member(name.encode("ascii"), self._file.tell(), head_room)
        self._members.append(member)
        self._file.write(_local_header(member, self._limit))
        self._file.write(_stored(bytes(head_room)))
        return member

    def append(self, block: deflate.Block) -> int:
        """Add a block to the part that was begun last; returns where it lies."""
        at = self._file.tell()
        self._file.write(block.data)
        self._members[-1].append(block)
        return at

    def end(self, member: Member) -> None:
        """No more blocks for this part."""
        self._file.write(deflate.END)
        member.packed += len(deflate.END)
        if not member.head_room:
            self._head_again(member)

    def fill(self, member: Member, head: bytes) -> None:
        """Write the head that room was left for, exactly as long."""
        if len(head) != member.head_room:
            raise ValueError(f"the head is {len(head)} bytes long, the room for it {member.head_room}")
        member.head_crc = deflate.block(head, 0).crc
        self._file.seek(member.at + len(_local_header(member, self._limit)))
        self._file.write(_stored(head))
        self._head_again(member)

    def finish(self) -> None:
        """Write the directory; all parts have ended and are filled."""
        start = self._file.tell()
        directory = b"".join(_entry(member, self._limit) for member in self._members)
        self._file.write(directory)
        self._file.write(_end(len(self._members), len(directory), start, self._limit))

    def _head_again(self, member: Member) -> None:
        self._file.seek(member.at)
        self._file.write(_local_header(member, self._limit))
        self._file.seek(0, 2)


def _stored(data: bytes) -> bytes:
    """Deflate blocks that hold `data` uncompressed, so that it can be changed without moving what follows."""
    pieces = []
    for start in range(0, len(data), _STORED_MOST):
        piece = data[start : start + _STORED_MOST]
        pieces.append(struct.pack("<BHH", 0, len(piece), len(piece) ^ 0xFFFF) + piece)
    return b"".join(pieces)


def _stored_size(size: int) -> int:
    return size + 5 * -(-size // _STORED_MOST)


def _local_header(member: Member, limit: int) -> bytes:
    crc, packed, size = member.whole
    extra, version = _ROOM, 20
    if max(packed, size) >= limit:
        extra, version = struct.pack("<HHQQ", records.ZIP64_EXTRA, 16, size, packed), 45
        packed = size = records.LIMIT
    fixed = (version, 0, deflate.DEFLATED, 0, _DAY_ZERO, crc, packed, size, len(member.name), len(extra))
    return records.LOCAL.pack(records.LOCAL_MARK, *fixed) + member.name + extra


def _entry(member: Member, limit: int) -> bytes:
    crc, packed, size = member.whole
    wide = [value for value in (size, packed, member.at) if value >= limit]
    size, packed, at = (records.LIMIT if value >= limit else value for value in (size, packed, member.at))
    extra = struct.pack(f"<HH{len(wide)}Q", records.ZIP64_EXTRA, 8 * len(wide), *wide) if wide else b""
    version = 45 if wide else 20
    fixed = (version, version, 0, deflate.DEFLATED, 0, _DAY_ZERO, crc, packed, size, len(member.name), len(extra))
    return records.CENTRAL.pack(records.CENTRAL_MARK, *fixed, 0, 0, 0, 0, at) + member.name + extra


def _end(count: int, size: int, start: int, limit: int) -> bytes:
    wide = b""
    if start >= limit or count >= records.MANY:
        wide = records.END64.pack(records.END64_MARK, 44, 45, 45, 0, 0, count, count, size, start)
        wide += records.LOCATOR.pack(records.LOCATOR_MARK, 0, start + size, 1)
        start, count = records.LIMIT, min(count, records.MANY)
    return wide + records.END.pack(records.END_MARK, 0, 0, count, count, size, start, 0)
