"""Reads an archive as strictly as it was written: every byte has one place, every header is the only possible one."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from isal import isal_zlib

from fetchtozip_gui.core.errors import CheckFailed
from fetchtozip_gui.core.outputs import aes, deflate
from fetchtozip_gui.core.outputs import zip_records as records
from fetchtozip_gui.core.outputs.zip_records import LIMIT, MANY, Entry

_PIECE = 1024 * 1024
_MOST_DIRECTORY = 256 * 1024 * 1024
_MOST_RATIO = 1032
"""What deflate packs at best: more would be a lie."""
_Damaged: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # typed as a value in its stubs
_REPACKED = "It was changed, or packed by another program."


class Archive:
    """An archive whose structure is proved: members stand one after another from the first byte to the directory,
    nothing overlaps, nothing is between or behind them. `CheckFailed` names the member and what differs.
    """

    def __init__(self, file: BinaryIO, limit: int = LIMIT, many: int = MANY) -> None:
        self._file = file
        self._limit = limit
        self._size = file.seek(0, 2)
        directory, self._directory_at = self._directory(many)
        self.entries = list(_entries(directory, limit))
        self._tail = self._read(self._directory_at, self._size - self._directory_at)
        self._end = records.directory_end(len(self.entries), len(directory), self._directory_at, limit, many)
        if self._tail[len(directory) : -64] != self._end:
            raise CheckFailed("The end of the archive's directory does not agree with the directory.", _REPACKED)
        self._headers = [self._header(entry) for entry in self.entries]
        self._check_places()
        self._seal = hashlib.sha256()

    def _directory(self, many: int) -> tuple[bytes, int]:
        """The central directory and where it begins."""
        end = self._size - records.SEAL_SIZE - records.END.size
        found = self._read(end, records.END.size + len(records.SEAL)) if end >= 0 else b""
        if found[:4] != struct.pack("<I", records.END_MARK) or not found.endswith(records.SEAL):
            raise CheckFailed("The archive does not end with a seal of FetchToZip.", _REPACKED)
        count, size, at = records.END.unpack(found[: records.END.size])[4:7]
        directory_end = end
        if count == MANY or size == LIMIT or at == LIMIT:
            directory_end = end - records.LOCATOR.size - records.END64.size
            if directory_end < 0:
                raise CheckFailed("The archive's end is cut.", _REPACKED)
            *_, count, size, at = records.END64.unpack(self._read(directory_end, records.END64.size))
        if at + size != directory_end or size > _MOST_DIRECTORY:
            raise CheckFailed("The archive's directory is not where its end says.", _REPACKED)
        return self._read(at, size), at

    def _header(self, entry: Entry) -> bytes:
        header = records.local_header(entry, self._limit)
        if self._read(entry.offset, len(header)) != header:
            raise CheckFailed(f"{entry.name}: its header and its entry in the directory differ.", _REPACKED)
        return header

    def _check_places(self) -> None:
        at = 0
        for entry, header in zip(self.entries, self._headers, strict=True):
            if entry.offset != at:
                what = "overlaps" if entry.offset < at else "does not follow"
                raise CheckFailed(f"{entry.name}: it {what} the member before it.", _REPACKED)
            at += len(header) + entry.packed
        if at != self._directory_at:
            raise CheckFailed("There are bytes between the last member and the directory.", _REPACKED)

    def content(self, entry: Entry, password: str | None) -> Iterator[bytes]:
        """The bytes of a member, unpacked piece by piece; all of it checked once the iteration ends.

        Take the members in order, each to its end, before `check_seal`.
        """
        raw = self._decrypted(entry, password) if entry.encrypted else self._stored(entry, 0, entry.packed)
        crc = size = 0
        for piece in _inflated(entry, raw) if entry.method == deflate.DEFLATED else raw:
            crc = isal_zlib.crc32(piece, crc)
            size += len(piece)
            if size > entry.size:
                raise CheckFailed(f"{entry.name}: it holds more than the {entry.size:,} bytes it declares.", _REPACKED)
            yield piece
        if size != entry.size:
            raise CheckFailed(f"{entry.name}: it holds {size:,} bytes and declares {entry.size:,}.", _REPACKED)
        if not entry.encrypted and crc != entry.crc:
            raise CheckFailed(f"{entry.name}: its checksum (CRC-32) differs.", _REPACKED)

    def skip(self, entry: Entry) -> None:
        """Take a member as it is stored, without looking inside: for those under an unknown password."""
        for _ in self._stored(entry, 0, entry.packed):
            pass

    def check_seal(self) -> None:
        """Compare the digest of everything with the one in the archive's comment."""
        for header in self._headers:
            self._seal.update(header)
        self._seal.update(self._tail[:-64])
        if self._seal.hexdigest().encode() != self._tail[-64:]:
            raise CheckFailed("The archive's bytes do not agree with its seal.", _REPACKED)

    def _stored(self, entry: Entry, skip: int, size: int) -> Iterator[bytes]:
        """A stretch of a member as it is stored, taken into the seal."""
        at = entry.offset + len(records.local_header(entry, self._limit)) + skip
        while size:
            piece = self._read(at, min(size, _PIECE))
            self._seal.update(piece)
            at, size = at + len(piece), size - len(piece)
            yield piece

    def _decrypted(self, entry: Entry, password: str | None) -> Iterator[bytes]:
        if password is None:
            raise CheckFailed(f"{entry.name}: it is encrypted.", "Give the password.")
        size = entry.packed - aes.OVERHEAD
        if size < 0:
            raise CheckFailed(f"{entry.name}: it is too short to be encrypted.", _REPACKED)
        head = b"".join(self._stored(entry, 0, aes.SALT + aes.CHECK))
        cipher = aes.Cipher(password, head[: aes.SALT])
        if cipher.check != head[aes.SALT :]:
            raise CheckFailed(f"{entry.name}: the password is wrong.", "Give the one that the archive was made with.")
        for piece in self._stored(entry, len(head), size):
            yield cipher.decrypt(piece)
        if b"".join(self._stored(entry, len(head) + size, aes.MAC)) != cipher.mac:
            raise CheckFailed(f"{entry.name}: its authentication code differs.", _REPACKED)

    def _read(self, at: int, size: int) -> bytes:
        self._file.seek(at)
        data = self._file.read(size)
        if len(data) != size:
            raise CheckFailed(f"The archive ends at byte {at + len(data):,}, where more must be.", "It is cut.")
        return data


def _inflated(entry: Entry, raw: Iterator[bytes]) -> Iterator[bytes]:
    """A deflated member unpacked, never more than a piece at a time."""
    if entry.size > entry.packed * _MOST_RATIO + 1:
        raise CheckFailed(
            f"{entry.name}: {entry.packed:,} bytes cannot hold the {entry.size:,} it declares.", _REPACKED
        )
    unpacker = isal_zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in raw:
            rest = piece
            while rest and not unpacker.eof:
                yield unpacker.decompress(rest, _PIECE)
                rest = unpacker.unconsumed_tail
            if unpacker.eof and (rest or unpacker.unused_data):
                break
        else:
            while not unpacker.eof and (piece := unpacker.decompress(unpacker.unconsumed_tail, _PIECE)):
                yield piece
            if unpacker.eof and not unpacker.unused_data:
                return
    except _Damaged:
        raise CheckFailed(f"{entry.name}: its compressed bytes are damaged.", _REPACKED) from None
    what = "bytes follow its compressed data" if unpacker.eof else "its compressed data is cut"
    raise CheckFailed(f"{entry.name}: {what}.", _REPACKED)


@dataclass(frozen=True, slots=True)
class _Extra:
    """What the extra fields of a directory entry say."""

    sizes: tuple[int, ...] = ()
    time: int = 0
    method: int | None = None


def _entries(directory: bytes, limit: int) -> Iterator[Entry]:
    """The members that a central directory tells of."""
    at = number = 0
    while at < len(directory):
        number += 1
        try:
            entry, end = _entry(directory, at)
            if records.central_entry(entry, limit) != directory[at:end]:
                raise ValueError("not as it must be written")
        except (struct.error, UnicodeDecodeError, ValueError, OverflowError):
            raise CheckFailed(f"Entry {number} of the archive's directory is damaged.", _REPACKED) from None
        at = end
        yield entry


def _entry(directory: bytes, at: int) -> tuple[Entry, int]:
    found = records.CENTRAL.unpack_from(directory, at)
    method, crc, packed, size, name_size, extra_size = found[4], *found[7:12]
    at += records.CENTRAL.size
    name = directory[at : at + name_size].decode()
    at += name_size
    extra = _extra(directory[at : at + extra_size])
    wide = list(extra.sizes)
    size, packed, offset = (wide.pop(0) if number == LIMIT else number for number in (size, packed, found[16]))
    encrypted = method == records.AES
    entry = Entry(name, method, crc, packed, size, offset, extra.time, encrypted=encrypted)
    if encrypted:
        entry = replace(entry, method=extra.method if extra.method is not None else -1)
    if entry.method not in (deflate.STORED, deflate.DEFLATED):
        raise ValueError("unknown method")
    return entry, at + extra_size


def _extra(data: bytes) -> _Extra:
    made = _Extra()
    while data:
        kind, size = struct.unpack_from("<HH", data)
        body, data = data[4 : 4 + size], data[4 + size :]
        if kind == records.ZIP64_EXTRA:
            made = replace(made, sizes=struct.unpack(f"<{len(body) // 8}Q", body))
        elif kind == records.TIME_EXTRA:
            made = replace(made, time=struct.unpack("<BI", body)[1])
        elif kind == records.AES_EXTRA:
            made = replace(made, method=struct.unpack("<H2sBH", body)[3])
    return made
