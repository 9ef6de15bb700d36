"""The records of a ZIP file as bytes, after PKWARE's APPNOTE 6.3.10: every bit of them follows from a few values."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime

LIMIT = 0xFFFFFFFF
"""Sizes and offsets from here on are written in 64 bits elsewhere (zip64)."""
MANY = 0xFFFF
"""And numbers of members from here on."""
AES = 99
SEAL = b"FetchToZip seal sha256:"
"""Begins the archive's comment. The 64 hexadecimal digits after it are the SHA-256 of all bytes before them, taken in
this order: the stored bytes of the members, their local headers, and the rest from the central directory on."""
SEAL_SIZE = len(SEAL) + 64

LOCAL = struct.Struct("<IHHHHHIIIHH")
CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
END64 = struct.Struct("<IQHHIIQQQQ")
LOCATOR = struct.Struct("<IIQI")
END = struct.Struct("<IHHHHIIH")
LOCAL_MARK, CENTRAL_MARK, END64_MARK, LOCATOR_MARK, END_MARK = (
    0x04034B50, 0x02014B50, 0x06064B50, 0x07064B50, 0x06054B50,
)  # fmt: skip

ZIP64_EXTRA, TIME_EXTRA, AES_EXTRA = 0x0001, 0x5455, 0x9901
_PADDING = struct.pack("<HHHH12x", 0xA220, 16, 0xA028, 0)
"""Keeps the place of the zip64 sizes in a local header that turned out not to need them (Microsoft's growth hint)."""
_UTF8, _ENCRYPTED = 0x0800, 0x0001
_UNIX, _PLAIN_FILE = 0x0300, 0o100644 << 16
_VERSION, _VERSION_64, _VERSION_AES = 20, 45, 51
_EARLIEST = int(datetime(1980, 1, 1, tzinfo=UTC).timestamp())
_LATEST = int(datetime(2106, 1, 1, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Entry:
    """One member: `packed` bytes stand for `size` bytes, its local header is at `offset`; `time` is in Unix seconds."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    time: int
    encrypted: bool = False


def zip_time(when: datetime) -> int:
    """The nearest moment that an archive can say, in Unix seconds; a time without a zone is taken for UTC."""
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(max(int(aware.timestamp()), _EARLIEST), _LATEST)


def local_header(entry: Entry, limit: int = LIMIT) -> bytes:
    """What stands before a member's bytes. Its length follows from the name and `encrypted` alone."""
    wide = entry.size >= limit or entry.packed >= limit
    sizes = struct.pack("<HHQQ", ZIP64_EXTRA, 16, entry.size, entry.packed) if wide else _PADDING
    extra = sizes + _common_extra(entry)
    name = entry.name.encode()
    return LOCAL.pack(
        LOCAL_MARK, _version(entry, wide), _flags(entry), _method(entry), *_dos(entry.time), _crc(entry),
        LIMIT if wide else entry.packed, LIMIT if wide else entry.size, len(name), len(extra),
    ) + name + extra  # fmt: skip


def central_entry(entry: Entry, limit: int = LIMIT) -> bytes:
    """A member's entry in the central directory."""
    far = [number for number in (entry.size, entry.packed, entry.offset) if number >= limit]
    wide = struct.pack(f"<HH{len(far)}Q", ZIP64_EXTRA, 8 * len(far), *far) if far else b""
    extra = wide + _common_extra(entry)
    name = entry.name.encode()
    packed, size, offset = (min(number, LIMIT) if number < limit else LIMIT
                            for number in (entry.packed, entry.size, entry.offset))  # fmt: skip
    version = _version(entry, wide=bool(far))
    return CENTRAL.pack(
        CENTRAL_MARK, _UNIX | version, version, _flags(entry), _method(entry), *_dos(entry.time), _crc(entry),
        packed, size, len(name), len(extra), 0, 0, 0, _PLAIN_FILE, offset,
    ) + name + extra  # fmt: skip


def directory_end(count: int, size: int, offset: int, limit: int = LIMIT, many: int = MANY) -> bytes:
    """What closes a central directory of `count` entries and `size` bytes at `offset`, up to the seal's digits."""
    wide = b""
    if count >= many or size >= limit or offset >= limit:
        version = _UNIX | _VERSION_64
        wide = END64.pack(END64_MARK, 44, version, _VERSION_64, 0, 0, count, count, size, offset)
        wide += LOCATOR.pack(LOCATOR_MARK, 0, offset + size, 1)
        count, size, offset = MANY, LIMIT, LIMIT
    return wide + END.pack(END_MARK, 0, 0, count, count, size, offset, SEAL_SIZE) + SEAL


def _common_extra(entry: Entry) -> bytes:
    extra = struct.pack("<HHBI", TIME_EXTRA, 5, 1, entry.time)
    if entry.encrypted:
        # AE-2 with a key of 256 bits, and the method under the encryption
        extra += struct.pack("<HHH2sBH", AES_EXTRA, 7, 2, b"AE", 3, entry.method)
    return extra


def _version(entry: Entry, wide: bool) -> int:
    if entry.encrypted:
        return _VERSION_AES
    return _VERSION_64 if wide else _VERSION


def _flags(entry: Entry) -> int:
    return _UTF8 | (_ENCRYPTED if entry.encrypted else 0)


def _method(entry: Entry) -> int:
    return AES if entry.encrypted else entry.method


def _crc(entry: Entry) -> int:
    # AE-2 leaves it out: it would tell of the content
    return 0 if entry.encrypted else entry.crc


def _dos(time: int) -> tuple[int, int]:
    """Time and date as MS-DOS has them, in UTC."""
    when = datetime.fromtimestamp(time, UTC)
    clock = when.hour << 11 | when.minute << 5 | when.second // 2
    return clock, (when.year - 1980) << 9 | when.month << 5 | when.day
