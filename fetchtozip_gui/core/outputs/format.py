"""What every file format offers: chunks encoded side by side, written in order, into one open file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

if TYPE_CHECKING:
    import polars as pl

    from fetchtozip_gui.core.datapackage import About
    from fetchtozip_gui.core.outputs.file import FileOutput


class Writer(Protocol):
    """One open result. `encode` is pure and runs in several threads; `write` is called in row order.

    `encode(frame, first_row)` gets a frame of exactly the schema the writer was opened with; `first_row` counts the
    rows before it from 0. What it returns is the writer's own business and goes to `write`.
    `close` leaves the file open; nothing else may be called after it.
    A writer that is dropped without `close` leaves no threads and no files of its own behind once `abort` was called.
    """

    notes: list[str]
    """Sentences the user should read: cells cut, values written as text. Read after `close`."""

    def encode(self, frame: pl.DataFrame, first_row: int) -> Any: ...
    def write(self, chunk: Any) -> int:
        """Append and return the bytes added."""
        ...

    def close(self, about: About | None = None) -> None:
        """Finish the bytes. `about` is what an archive's manifest tells of the job; other formats leave it."""
        ...

    def abort(self) -> None: ...


class Format(Protocol):
    """A file format: its names and how to open a writer on a seekable binary file."""

    name: str
    suffix: str
    """With its dot: `.csv`."""
    media_type: str

    def open(self, file: BinaryIO, schema: pl.Schema, options: FileOutput) -> Writer: ...
