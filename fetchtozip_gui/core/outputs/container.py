"""A ZIP file in the making: members appended block by block, headers filled in and everything sealed at the end."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from fetchtozip_gui.core.outputs import aes, deflate
from fetchtozip_gui.core.outputs.deflate import Block
from fetchtozip_gui.core.outputs.zip_records import (
    LIMIT,
    MANY,
    Entry,
    central_entry,
    directory_end,
    local_header,
    zip_time,
)


@dataclass(slots=True)
class _Open:
    """The member being written; its numbers grow."""

    entry: Entry
    cipher: aes.Cipher | None


class Container:
    """Writes to a seekable file from its beginning. Only the local headers are written twice, at the end.

    `limit` and `many` are where zip64 begins; tests set them low. Under a `password` the bytes differ from run to
    run, for every member has a new salt.
    """

    def __init__(self, file: BinaryIO, password: str | None = None, limit: int = LIMIT, many: int = MANY) -> None:
        self._file = file
        self._password = password
        self._limit = limit
        self._many = many
        self._seal = hashlib.sha256()
        self._entries: list[Entry] = []
        self._open: _Open | None = None
        self._at = 0

    def begin(self, name: str, method: int) -> None:
        """Open the next member; `method` is `deflate.STORED` or `deflate.DEFLATED`."""
        cipher = aes.Cipher(self._password) if self._password is not None else None
        entry = Entry(name, method, 0, 0, 0, self._at, zip_time(datetime.min), encrypted=cipher is not None)
        self._open = _Open(entry, cipher)
        self._write(local_header(entry, self._limit))
        if cipher is not None:
            self._store(cipher.head)

    def append(self, block: Block) -> int:
        """Add to the open member; the bytes that the file grew by."""
        member = self._member()
        entry = member.entry
        crc = deflate.joined(entry.crc, block.crc, block.size) if entry.size else block.crc
        member.entry = replace(entry, crc=crc, size=entry.size + block.size)
        return self._pack(block.data)

    def end(self) -> None:
        """Close the open member."""
        member = self._member()
        if member.entry.method == deflate.DEFLATED:
            self._pack(deflate.END)
        if member.cipher is not None:
            self._store(member.cipher.mac)
        self._entries.append(member.entry)
        self._open = None

    def finish(self, when: datetime) -> None:
        """Date all members, fill in their headers, write the directory and the seal."""
        time = zip_time(when)
        directory = bytearray()
        for entry in self._entries:
            dated = replace(entry, time=time)
            header = local_header(dated, self._limit)
            self._file.seek(dated.offset)
            self._file.write(header)
            self._seal.update(header)
            directory += central_entry(dated, self._limit)
        self._file.seek(self._at)
        directory += directory_end(len(self._entries), len(directory), self._at, self._limit, self._many)
        self._seal.update(directory)
        self._write(bytes(directory) + self._seal.hexdigest().encode())

    def _member(self) -> _Open:
        if self._open is None:
            raise ValueError("no member is open")
        return self._open

    def _pack(self, data: bytes) -> int:
        cipher = self._member().cipher
        return self._store(data if cipher is None else cipher.encrypt(data))

    def _store(self, data: bytes) -> int:
        member = self._member()
        member.entry = replace(member.entry, packed=member.entry.packed + len(data))
        self._seal.update(data)
        return self._write(data)

    def _write(self, data: bytes) -> int:
        self._file.write(data)
        self._at += len(data)
        return len(data)
