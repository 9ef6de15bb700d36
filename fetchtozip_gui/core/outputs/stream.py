"""Formats that are made chunk by chunk and only ever appended: a head, rows, a tail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Protocol, runtime_checkable

if TYPE_CHECKING:
    import polars as pl

    from fetchtozip_gui.core.datapackage import About
    from fetchtozip_gui.core.outputs.file import FileOutput

Told = tuple[str, str]
"""A column and what happened to some of its values; `{n}` in the words stands for how many."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Encoded rows, with what happened to how many values on the way."""

    data: bytes
    rows: int
    told: Mapping[Told, int] = field(default_factory=dict)


class Stream(Protocol):
    """One result of such a format. All methods are pure, so that chunks are encoded side by side."""

    packed: bool
    """The bytes are compressed already; an archive stores them as they are."""
    notes: tuple[str, ...]
    """What is true of all rows, by their types alone."""

    def head(self) -> bytes: ...
    def encode(self, frame: pl.DataFrame, first_row: int) -> Chunk: ...
    def tail(self, rows: int) -> bytes: ...


@runtime_checkable
class Streamed(Protocol):
    """A format that is written as a `Stream`."""

    def stream(self, schema: pl.Schema, options: FileOutput) -> Stream: ...


class StreamWriter:
    """Writes a stream into a file: the `Writer` of such formats."""

    def __init__(self, file: BinaryIO, stream: Stream) -> None:
        self.notes: list[str] = []
        self._file = file
        self._stream = stream
        self._rows = 0
        self._told: Counter[Told] = Counter()
        file.write(stream.head())

    def encode(self, frame: pl.DataFrame, first_row: int) -> Chunk:
        return self._stream.encode(frame, first_row)

    def write(self, chunk: Chunk) -> int:
        self._rows += chunk.rows
        self._told.update(chunk.told)
        if chunk.data:
            self._file.write(chunk.data)
        return len(chunk.data)

    def close(self, about: About | None = None) -> None:
        self._file.write(self._stream.tail(self._rows))
        self.notes = [*self._stream.notes, *sentences(self._told)]

    def abort(self) -> None:
        """Nothing to leave: the file belongs to the caller."""


def sentences(told: Mapping[Told, int]) -> list[str]:
    """What happened to values, one sentence for each column and kind."""
    return [f"Column `{column}`: {words.replace('{n}', f'{count:,}')}" for (column, words), count in told.items()]
