"""Groups JSON bodies into stretches that are parsed at once, and cuts large bodies into such stretches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

# parsing is quickest in stretches that stay in the processor's cache, and decoded objects are gone after each
SIZE = 256 * 1024
_LARGE = 4 * SIZE

_SLICES = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Unit:
    """Several small bodies, a single one, or some rows of a large one (`part_of`).

    `first` is the place of its first body among all `count`, from 0. Which bodies stand together depends on their
    sizes alone.
    """

    bodies: list[bytes]
    first: int = 0
    count: int = 1
    part_of: bytes | None = None

    def joined(self) -> bytes:
        """One JSON list of all rows; every body must be known to be a valid list, object or null."""
        if len(self.bodies) == 1 and self.bodies[0].startswith(b"["):
            return self.bodies[0]
        inner = []
        for body in self.bodies:
            body = body.strip()
            if body.startswith(b"["):
                body = body[1:-1].strip()
            if body not in (b"", b"null"):
                inner.append(body)
        return b"[" + b",".join(inner) + b"]"


def units(bodies: Sequence[bytes]) -> Iterator[Unit]:
    """All rows of all bodies, in order."""
    group: list[bytes] = []
    size = 0
    for index, body in enumerate(bodies):
        if group and size + len(body) > SIZE:
            yield Unit(group, index - len(group), len(bodies))
            group, size = [], 0
        if len(body) <= _LARGE:
            group.append(body)
            size += len(body)
        else:
            yield from (Unit([part], index, len(bodies), body) for part in _parts(body))
    if group:
        yield Unit(group, len(bodies) - len(group), len(bodies))


def _parts(body: bytes) -> Iterator[bytes]:
    """A large list as several lists; anything else, and what is no valid JSON, as it is."""
    try:
        rows = _SLICES.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        yield body
        return
    start = size = 0
    for index, row in enumerate(rows):
        size += len(memoryview(row))
        if size > SIZE or index == len(rows) - 1:
            yield b"[" + b",".join(rows[start : index + 1]) + b"]"
            start, size = index + 1, 0
