"""Avro object container files: rows encoded by Polars, deflated with ISA-L, framed as blocks under one schema."""

from __future__ import annotations

import hashlib
import json
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

import polars as pl

from fetchtozip_gui.core.outputs import deflate, values
from fetchtozip_gui.core.outputs.stream import Chunk, StreamWriter, Told

if TYPE_CHECKING:
    from fetchtozip_gui.core.outputs.file import FileOutput

_SYNC = 16
_LEVEL = 2
_WIDEST = 16
"""Bytes of Polars' widest integer."""
_CUT_TIMES = "{n} times are finer than a microsecond, which is as fine as Avro's are; the rest is cut."
_AS_TEXT = "Avro has no type for the values of {}; they are written as text."
_RENAMED = "Avro allows only letters, digits and _ in names: {}."
_ZONES = "Times in {} are written as their moment in UTC; Avro keeps no zone."

Type = str | dict[str, Any] | list[Any]


class Avro:
    """Every column may be null. Unsigned 64-bit integers are decimals of 20 digits, larger ones text; durations ISO
    8601 text; objects records, maps lists of entries. Bytes are the same for the same frames.
    """

    name = "avro"
    suffix = ".avro"
    media_type = "application/avro"

    def open(self, file: BinaryIO, schema: pl.Schema, options: FileOutput) -> StreamWriter:
        return StreamWriter(file, self.stream(schema, options))

    def stream(self, schema: pl.Schema, options: FileOutput) -> AvroStream:
        return AvroStream(schema)


class AvroStream:
    """The rows of one table as blocks."""

    packed = True

    def __init__(self, schema: pl.Schema) -> None:
        described = _Schema(schema)
        self._schema = described.record
        # the mark between blocks only has to be unlikely in the data; the same for the same columns
        self._mark = hashlib.sha256(json.dumps(self._schema).encode()).digest()[:_SYNC]
        shown = [(name, values.rewrite(pl.col(name), dtype, _storable)) for name, dtype in schema.items()]
        self._plan = [expression.alias(name) for name, expression in shown if expression is not None]
        self._times = [name for name, dtype in schema.items() if values.holds(dtype, lambda inner: inner == pl.Time)]
        self.notes = tuple(described.notes)

    def head(self) -> bytes:
        import fastavro  # heavy: compiled modules that only this format needs

        target = BytesIO()
        fastavro.writer(target, self._schema, [], codec="deflate", sync_marker=self._mark)
        return target.getvalue()

    def encode(self, frame: pl.DataFrame, first_row: int) -> Chunk:
        told: dict[Told, int] = {}
        for name, count in values.unusual(frame, self._times, _finer_than_micros).items():
            told[name, _CUT_TIMES] = count
        frame = values.without_objects(frame)
        if self._plan:
            frame = frame.with_columns(self._plan)
        blocks = b""
        if frame.height and frame.width:
            target = BytesIO()
            frame.rechunk().write_avro(target)
            blocks = b"".join(self._block(rows, data) for rows, data in _blocks(target.getvalue()))
        return Chunk(blocks, frame.height, told)

    def _block(self, rows: int, data: bytes) -> bytes:
        packed = deflate.block(data, _LEVEL).data + deflate.END
        return b"".join((_long(rows), _long(len(packed)), packed, self._mark))

    def tail(self, rows: int) -> bytes:
        return b""


def _storable(value: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    """The rule that leaves only types which Polars writes as Avro; times become the integers Avro counts them in."""
    if dtype.is_integer():
        return _integer(value, dtype)
    if isinstance(dtype, pl.Decimal):
        return value.map_batches(_digits, return_dtype=pl.Binary, is_elementwise=True)
    if isinstance(dtype, pl.Datetime):
        return value.cast(pl.Int64)
    if dtype == pl.Time:
        return value.cast(pl.Int64) // 1000
    if isinstance(dtype, pl.Duration):
        return value.dt.to_string("iso")
    if dtype == pl.Float16:
        return value.cast(pl.Float32)
    if dtype in (pl.Null, pl.Categorical, pl.Object) or isinstance(dtype, pl.Enum):
        return value.cast(pl.String)
    if isinstance(dtype, pl.Struct) and not dtype.fields:
        return pl.when(value.is_not_null()).then(pl.lit("{}"))
    if isinstance(dtype, pl.Array):
        inner = values.inner_type(dtype)
        changed = values.rewrite(pl.element(), inner, _storable)
        return value.arr.to_list() if changed is None else value.arr.to_list().list.eval(changed)
    if isinstance(dtype, pl.Map):
        entries = values.map_entries(dtype)
        changed = values.rewrite(value.cast(entries), entries, _storable)
        return value.cast(entries) if changed is None else changed
    return None


def _integer(value: pl.Expr, dtype: pl.DataType) -> pl.Expr | None:
    if dtype in (pl.Int32, pl.Int64):
        return None
    if dtype in (pl.Int128, pl.UInt128):
        return value.cast(pl.String)
    if dtype == pl.UInt64:
        return value.cast(pl.Int128).map_batches(_digits, return_dtype=pl.Binary, is_elementwise=True)
    return value.cast(pl.Int64 if dtype == pl.UInt32 else pl.Int32)


def _digits(numbers: pl.Series) -> pl.Series:
    """Integers, or decimals without their point, as Avro's bytes: two's complement, highest byte first.

    Polars would write 32768 as -32768: it leaves out the byte that only holds the sign.
    """
    plain = numbers.to_physical().to_list()
    made = [None if number is None else number.to_bytes(_WIDEST, "big", signed=True) for number in plain]
    return pl.Series(numbers.name, made, dtype=pl.Binary)


def _finer_than_micros(leaf: pl.Series) -> int:
    return int((leaf.to_physical() % 1000 != 0).sum()) if leaf.dtype == pl.Time else 0


class _Schema:
    """The Avro schema of a table (specification 1.12) and what has to be said about it."""

    def __init__(self, schema: pl.Schema) -> None:
        self._records = 0
        self._renamed: dict[str, str] = {}
        self._text: list[str] = []
        self._zones: list[str] = []
        self._column = ""
        self.record = self._record("row", dict(schema), top=True)
        self.notes = [
            words.format(", ".join(dict.fromkeys(names)))
            for words, names in (
                (_RENAMED, [f"`{old}` is `{new}`" for old, new in self._renamed.items()]),
                (_AS_TEXT, self._text),
                (_ZONES, self._zones),
            )
            if names
        ]

    def _record(self, name: str, fields: dict[str, pl.DataType], *, top: bool = False) -> dict[str, Any]:
        taken: set[str] = set()
        made = []
        for field, dtype in fields.items():
            if top:
                self._column = f"`{field}`"
            allowed = _allowed(field, taken)
            taken.add(allowed)
            made.append({"name": allowed, "type": self._nullable(dtype)})
            if allowed != field:
                made[-1]["doc"] = field
                self._renamed[field] = allowed
        return {"type": "record", "name": name, "fields": made}

    def _nullable(self, dtype: pl.DataType) -> Type:
        return ["null", self._type(dtype)]

    def _type(self, dtype: pl.DataType) -> Type:
        if isinstance(dtype, pl.Struct) and dtype.fields:
            self._records += 1
            fields = {field.name: values.typed(field.dtype) for field in dtype.fields}
            return self._record(f"object{self._records}", fields)
        if isinstance(dtype, (pl.List, pl.Array)):
            return {"type": "array", "items": self._nullable(values.inner_type(dtype))}
        if isinstance(dtype, pl.Map):
            return self._type(values.map_entries(dtype))
        if isinstance(dtype, pl.Decimal):
            return {"type": "bytes", "logicalType": "decimal", "precision": dtype.precision, "scale": dtype.scale}
        if isinstance(dtype, pl.Datetime):
            if dtype.time_zone not in (None, "UTC"):
                self._zones.append(self._column)
            unit = {"ms": "millis", "us": "micros", "ns": "nanos"}[dtype.time_unit]
            return {"type": "long", "logicalType": f"{'' if dtype.time_zone else 'local-'}timestamp-{unit}"}
        if dtype in (pl.Int128, pl.UInt128, pl.Object) or isinstance(dtype, (pl.Duration, pl.Struct)):
            self._text.append(self._column)
        return _PLAIN.get(type(dtype), "string")


_PLAIN: dict[type[pl.DataType], Type] = {
    pl.Boolean: "boolean",
    pl.Int8: "int",
    pl.Int16: "int",
    pl.Int32: "int",
    pl.Int64: "long",
    pl.UInt8: "int",
    pl.UInt16: "int",
    pl.UInt32: "long",
    pl.UInt64: {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 0},
    pl.Float16: "float",
    pl.Float32: "float",
    pl.Float64: "double",
    pl.Binary: "bytes",
    pl.Date: {"type": "int", "logicalType": "date"},
    pl.Time: {"type": "long", "logicalType": "time-micros"},
}


def _allowed(name: str, taken: set[str]) -> str:
    """The nearest name that Avro allows and no other field has."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name, flags=re.ASCII)
    if not plain or plain[0].isdigit():
        plain = f"_{plain}"
    number, free = 2, plain
    while free in taken:
        free, number = f"{plain}_{number}", number + 1
    return free


def _blocks(file: bytes) -> list[tuple[int, bytes]]:
    """The rows and bytes of each block in a container without compression, as Polars writes it."""
    at = 4  # after the magic "Obj\1": a map of names to bytes, in counted stretches that a zero ends
    while True:
        entries, at = _read_long(file, at)
        if not entries:
            break
        for _ in range(2 * abs(entries)):
            size, at = _read_long(file, at)
            at += size
    at += _SYNC
    found = []
    while at < len(file):
        rows, at = _read_long(file, at)
        size, at = _read_long(file, at)
        found.append((rows, file[at : at + size]))
        at += size + _SYNC
    return found


def _long(number: int) -> bytes:
    """A positive number in Avro's zig-zag variable length."""
    number <<= 1
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    made.append(number)
    return bytes(made)


def _read_long(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return (number >> 1) ^ -(number & 1), at
