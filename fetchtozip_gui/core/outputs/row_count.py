"""Counts the rows of text files as their bytes pass by: records end at line breaks outside of quotes."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Protocol


class Counter(Protocol):
    """`add` takes the next bytes; `count` is the number of rows so far, or None where the format does not tell."""

    def add(self, piece: bytes) -> None: ...

    @property
    def count(self) -> int | None: ...


def counter(name: str) -> Counter:
    """The counter for a file, by its suffix."""
    kinds: dict[str, type[Counter]] = {".csv": _Delimited, ".tsv": _Delimited, ".json": _Lines, ".jsonl": _Lines}
    return kinds.get(PurePosixPath(name).suffix, _Unknown)()


class _Delimited:
    """A quote inside a quoted field is two quotes, so being inside is a matter of even and odd."""

    def __init__(self) -> None:
        self._lines = 0
        self._inside = False

    def add(self, piece: bytes) -> None:
        parts = piece.split(b'"')
        self._lines += sum(part.count(b"\n") for part in parts[self._inside :: 2])
        self._inside ^= len(parts) % 2 == 0

    @property
    def count(self) -> int:
        return max(self._lines - 1, 0)


class _Lines:
    """JSON as it is written here has an object a line, and an array without any is one line alone."""

    def __init__(self) -> None:
        self._lines = 0
        self._begins = b""

    def add(self, piece: bytes) -> None:
        self._begins = (self._begins + piece)[:2] if len(self._begins) < 2 else self._begins
        self._lines += piece.count(b"\n")

    @property
    def count(self) -> int:
        return 0 if self._begins == b"[]" else self._lines


class _Unknown:
    count = None

    def add(self, piece: bytes) -> None:
        """Nothing to count: the hash stands for it."""
