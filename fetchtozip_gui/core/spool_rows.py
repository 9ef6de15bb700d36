"""The rows of a spool's parts: packed, read and unpacked."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import BinaryIO

import polars as pl

from fetchtozip_gui.core import schema as types
from fetchtozip_gui.core.errors import SpoolError
from fetchtozip_gui.core.replay import Wanted
from fetchtozip_gui.core.spool_lines import Line
from fetchtozip_gui.core.work import Packed


def pack(frame: pl.DataFrame) -> Packed:
    """A frame as one Arrow IPC stream; pure, so that threads can do it ahead of `Spool.add`."""
    buffer = io.BytesIO()
    frame.write_ipc_stream(buffer, compression="lz4")
    return buffer.getvalue()


def read_exactly(file: BinaryIO, line: Line) -> Packed:
    """A part as it is kept; `SpoolError` where the file is shorter than its line says."""
    file.seek(line.at)
    data = file.read(line.length)
    if len(data) != line.length:
        raise SpoolError(f"{file.name} is shorter than its manifest says.", "Run the job again without --resume.")
    return data


def unpacked(line: Line, packed: Packed, wanted: Wanted = None) -> pl.DataFrame:
    """The wanted columns of a part, or all where it has none of them."""
    here = None if wanted is None else [name for name, _ in line.schema if name in wanted]
    return pl.read_ipc_stream(io.BytesIO(packed), columns=here or None)


def conformed(parts: Sequence[tuple[Line, Packed]], some: pl.Schema, schema: pl.Schema) -> pl.DataFrame:
    """Parts with `some` of the types of the union; with all of it where one of them has none of these columns."""
    frames = [unpacked(line, packed, list(some)) for line, packed in parts]
    wanted = some if all(name in some for frame in frames for name in frame.columns) else schema
    return pl.concat([types.conform(frame, wanted) for frame in frames])
