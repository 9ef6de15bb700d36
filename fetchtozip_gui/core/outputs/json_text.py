"""JSON: a valid array with an object a line, or JSON Lines; nested values keep their shape."""

from __future__ import annotations

from io import SEEK_END, BytesIO
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from fetchtozip_gui.core.outputs import values
from fetchtozip_gui.core.outputs.stream import Chunk, StreamWriter, Told

if TYPE_CHECKING:
    from fetchtozip_gui.core.outputs.file import FileOutput

_NOT_FINITE = "{n} values that are not finite numbers (NaN, infinity) are null; JSON has no word for them."
_NO_DATE = "{n} dates that no calendar reaches (such as a database's infinity) are null."
_DECIMALS = "Decimals in {} are written as text, so that no reader rounds them."


class JsonText:
    """`json` is an array, `jsonl` an object a line. Integers of any size are written with all digits, decimals as
    text (readers would round a number), dates and times as ISO 8601 text, bytes as base64, NaN and infinity as null.
    """

    def __init__(self, name: str, media_type: str, *, array: bool) -> None:
        self.name = name
        self.suffix = f".{name}"
        self.media_type = media_type
        self._array = array

    def open(self, file: BinaryIO, schema: pl.Schema, options: FileOutput) -> StreamWriter:
        return StreamWriter(file, self.stream(schema, options))

    def stream(self, schema: pl.Schema, options: FileOutput) -> JsonStream:
        return JsonStream(schema, array=self._array)


class JsonStream:
    """The rows of one table as JSON."""

    packed = False

    def __init__(self, schema: pl.Schema, *, array: bool) -> None:
        self._array = array
        self._plan = values.Plan(schema, values.rewrite)
        self._floats = [name for name, dtype in schema.items() if values.holds(dtype, lambda inner: inner.is_float())]
        decimals = [
            f"`{name}`" for name, dtype in schema.items() if values.holds(dtype, lambda inner: inner.is_decimal())
        ]
        self.notes: tuple[str, ...] = (_DECIMALS.format(", ".join(decimals)),) if decimals else ()

    def head(self) -> bytes:
        return b"[" if self._array else b""

    def encode(self, frame: pl.DataFrame, first_row: int) -> Chunk:
        shown, beyond = self._plan.show(frame)
        told: dict[Told, int] = {(name, _NO_DATE): count for name, count in beyond.items()}
        for name, count in values.unusual(frame, self._floats, values.not_finite).items():
            told[name, _NOT_FINITE] = count
        return Chunk(self._lines(shown, first_row), frame.height, told)

    def _lines(self, shown: pl.DataFrame, first_row: int) -> bytes:
        target = BytesIO()
        if not self._array:
            shown.write_ndjson(target)
            return target.getvalue()
        if not shown.height:
            return b""
        # a line break inside a value is escaped, so each one stands between two objects; large copies are dear
        if first_row:
            target.write(b"\n")
        shown.write_ndjson(target)
        target.truncate(target.seek(-1, SEEK_END))
        return target.getvalue().replace(b"\n", b",\n")

    def tail(self, rows: int) -> bytes:
        return b"]\n" if self._array else b""
