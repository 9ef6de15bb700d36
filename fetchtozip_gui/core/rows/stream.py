"""Chunks of bytes as something that is read from front to back, as parsers want it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Readable(Protocol):
    """What parsers need of a file."""

    def read(self, size: int, /) -> bytes: ...


class Stream:
    """Chunks as a file; `given` counts the bytes read so far."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""
        self.given = 0

    def ahead(self, size: int) -> bytes:
        """The next `size` bytes, fewer at the end, without taking them."""
        pieces, held = [self._held], len(self._held)
        while held < size and (chunk := next(self._chunks, None)) is not None:
            pieces.append(chunk)
            held += len(chunk)
        self._held = b"".join(pieces)
        return self._held[:size]

    def read(self, size: int, /) -> bytes:
        """The next `size` bytes, fewer at the end."""
        taken = self.ahead(size)
        self._held = self._held[len(taken) :]
        self.given += len(taken)
        return taken
