"""Reads Parquet and Avro, which carry their types."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
from polars.exceptions import PanicException, PolarsError

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.json_rows import json_frame
from fetchtozip_gui.core.rows.parsed import Parsed
from fetchtozip_gui.core.rows.stream import Readable

MOST_CELLS = 200_000_000
"""Values of one Parquet body; a few bytes can declare any number."""
_READ_CELLS = 1_000_000
_PART_CELLS = 250_000
_AVRO_PART = 512 * 1024
_AVRO_MAGIC = b"Obj\x01"
_SYNC = 16


def parquet_frame(body: bytes) -> Parsed:
    """All rows of a Parquet body; `BadBody` when it is none, or declares more values than can be meant."""
    try:
        plan = pl.scan_parquet(BytesIO(body))
        rows, width = int(plan.select(pl.len()).collect().item()), len(plan.collect_schema())
        if rows * width > MOST_CELLS:
            raise BadBody(f"The Parquet body declares {rows * width:,} values (limit {MOST_CELLS:,}).", "Ask for less.")
        return Parsed(_plain(pl.read_parquet(BytesIO(body))))
    except (PolarsError, PanicException) as error:
        raise _broken("Parquet", error) from None


def parquet_rows(path: Path) -> int:
    """How many rows the file declares."""
    try:
        return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
    except (PolarsError, PanicException) as error:
        raise _broken("Parquet", error) from None


def parquet_parts(path: Path, skip: int = 0) -> Iterator[pl.DataFrame]:
    """The rows in frames of a bounded number of values that only depends on the file, without the first `skip`."""
    rows = parquet_rows(path)
    try:
        plan = pl.scan_parquet(path, glob=False)
        width = max(1, len(plan.collect_schema()))
        read, part = max(1, _READ_CELLS // width), max(1, _PART_CELLS // width)
        parts_of_read = -(-read // part)
        first, skip = divmod(skip, parts_of_read)
        for start in range(first * read, max(rows, 1), read):
            # a slice reads its own row groups alone; Polars' batches would hold several hundred MB
            frame = plan.slice(start, read).collect()
            for place in range(skip * part, max(frame.height, 1), part):
                yield _plain(frame.slice(place, part))
            skip = 0
    except (PolarsError, PanicException) as error:
        raise _broken("Parquet", error) from None


def avro_frame(body: bytes) -> Parsed:
    """All rows of an Avro body. Types that Polars cannot read (unions, maps) come as their JSON values."""
    try:
        return Parsed(_plain(pl.read_avro(BytesIO(body))))
    except (PolarsError, PanicException):
        return Parsed(_avro_by_record(body))


def avro_parts(file: Readable) -> Iterator[bytes]:
    """The file as small Avro bodies, each with its header; `BadBody` where it is cut."""
    header = _avro_header(file)
    part = [header]
    held = 0
    while block := _avro_block(file, header[-_SYNC:]):
        part.append(block)
        held += len(block)
        if held >= _AVRO_PART:
            yield b"".join(part)
            part, held = [header], 0
    if held or part == [header]:
        yield b"".join(part)


def _avro_header(file: Readable) -> bytes:
    """Magic, a map of metadata, and the 16 bytes that end every block (Avro 1.11, "Object Container Files")."""
    taken = bytearray(_exactly(file, len(_AVRO_MAGIC)))
    if taken != _AVRO_MAGIC:
        raise BadBody("This is no Avro file: it does not begin with Obj1.", "Say its `format`.")
    while (entries := _number(file, taken)) != 0:
        if entries < 0:
            _number(file, taken)
        for _ in range(2 * abs(entries)):
            taken += _exactly(file, _number(file, taken))
    return bytes(taken + _exactly(file, _SYNC))


def _avro_block(file: Readable, sync: bytes) -> bytes:
    first = file.read(1)
    if not first:
        return b""
    taken = bytearray()
    _number(file, taken, first)
    size = _number(file, taken)
    taken += _exactly(file, size + _SYNC)
    if taken[-_SYNC:] != sync:
        raise BadBody("The Avro file is damaged: a block does not end with the file's mark.")
    return bytes(taken)


def _number(file: Readable, taken: bytearray, first: bytes = b"") -> int:
    """A variable-length zig-zag integer; its bytes are added to `taken`."""
    value = shift = 0
    while True:
        byte = first or _exactly(file, 1)
        first = b""
        taken += byte
        value |= (byte[0] & 0x7F) << shift
        if not byte[0] & 0x80:
            return (value >> 1) ^ -(value & 1)
        shift += 7
        if shift > 63:
            raise BadBody("The Avro file is damaged: a number in it has no end.")


def _exactly(file: Readable, size: int) -> bytes:
    taken = file.read(size) if 0 <= size < 1 << 30 else b""
    if len(taken) != size:
        raise BadBody("The Avro file is cut or damaged.", "Fetch or write it again.")
    return taken


def _avro_by_record(body: bytes) -> pl.DataFrame:
    import fastavro  # heavy: only for Avro that Polars cannot read

    try:
        reader: Any = fastavro.reader(BytesIO(body))
        names = [field["name"] for field in reader.writer_schema["fields"]]
        rows = msgspec.json.encode(list(reader), enc_hook=str)
    except Exception as error:  # fastavro raises whatever its parsing meets
        raise _broken("Avro", error) from None
    frame = json_frame([rows])
    return frame if frame.width else pl.DataFrame(schema=dict.fromkeys(names, pl.Null))


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Categories as the texts they stand for."""
    wanted = {name: _plain_type(dtype) for name, dtype in frame.schema.items()}
    return frame.cast({name: dtype for name, dtype in wanted.items() if dtype != frame.schema[name]})


def _plain_type(dtype: Any) -> Any:
    if isinstance(dtype, (pl.Categorical, pl.Enum)):
        return pl.String()
    if isinstance(dtype, pl.List):
        return pl.List(_plain_type(dtype.inner))
    if isinstance(dtype, pl.Struct):
        return pl.Struct({field.name: _plain_type(field.dtype) for field in dtype.fields})
    return dtype


def _broken(kind: str, error: BaseException) -> BadBody:
    reason = (str(error).splitlines() or [""])[0].rstrip(".")
    return BadBody(f"The {kind} cannot be read: {reason}.", "It may be cut, encrypted or something else.")
