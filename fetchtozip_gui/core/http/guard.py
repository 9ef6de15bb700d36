"""Notices a page that came before, whichever it was, so that no source can be read in circles."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from isal import isal_zlib

_ENDS = 4096
_PIECE = 2047
"""Bytes that are hashed without giving the interpreter's lock away: many threads take longer to get it back."""


def digest(records: bytes | memoryview) -> str:
    """Sixteen hexadecimal digits of a page's records.

    A checksum of all bytes, and a hash (BLAKE2b) of both ends and that checksum: pages of equal ends that differ
    between them escape only by a CRC-32 collision, and hashing 4 KiB instead of 200 saves a fifth of the whole work.
    """
    view = memoryview(records)
    made = hashlib.blake2b(digest_size=8)
    for part in (view,) if len(view) <= 2 * _ENDS else (view[:_ENDS], view[-_ENDS:]):
        for start in range(0, len(part), _PIECE):
            made.update(part[start : start + _PIECE])
    if len(view) > 2 * _ENDS:
        made.update(b"%x %x" % (len(view), isal_zlib.crc32(view)))
    return made.hexdigest()


def mark(next_page: str) -> str:
    """Sixteen hexadecimal digits of a cursor or next address."""
    return hashlib.blake2b(next_page.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


class Guard:
    """All pages so far, by digest, and all that they named as next. A page's hash is `digest` or `digest:mark`."""

    def __init__(self, hashes: Iterable[str] = ()) -> None:
        self._pages: dict[str, int] = {}
        self._named: dict[str, int] = {}
        for number, both in enumerate(hashes, 1):
            page, _, following = both.partition(":")
            self.add(number, page, following)

    def add(self, number: int, page: str, following: str = "") -> None:
        """Remember a page; an empty one has no digest, and a last one names no next."""
        if page:
            self._pages.setdefault(page, number)
        if following:
            self._named.setdefault(following, number)

    def twin(self, page: str) -> int:
        """The number of the earlier page of the same records, or 0."""
        return self._pages.get(page, 0) if page else 0

    def named_by(self, following: str) -> int | None:
        """The number of the earlier page that named the same next one."""
        return self._named.get(following)
