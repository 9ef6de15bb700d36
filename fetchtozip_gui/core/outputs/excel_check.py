"""Reads a written workbook back, before it is published, and compares it with what was to be written."""

from __future__ import annotations

import datetime
import io
import struct
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.parsers import expat

import polars as pl
from isal import isal_zlib

from fetchtozip_gui.core.errors import CheckFailed
from fetchtozip_gui.core.outputs.excel_cells import FIRST_DAY, Column, Reading
from fetchtozip_gui.core.outputs.excel_workbook import sheet_name, sheet_path

if TYPE_CHECKING:
    import fastexcel

_Damaged: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # typed as a value in its stubs
_READ = 256 * 1024
_INFLATED = 1024 * 1024
_TAIL = 4096
"""More than what stands after the rows."""
_ROW_END = b"</row>"
_TIMES = ("datetime", "duration")
_CLOSE = 0.6 / 86_400_000
"""Half a millisecond in days, and a little: readers round times to the millisecond."""
_DAY, _DAY_ZERO = datetime.timedelta(days=1), datetime.datetime(1899, 12, 30)


@dataclass(slots=True)
class Sheet:
    """What a sheet should hold: its rows under the header, and the number of `<` in their XML."""

    rows: int = 0
    tags: int = 0
    samples: list[Sample] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a deflated block that lies at `at` in the file, as a reader should find them."""

    at: int
    packed: int
    rows: pl.DataFrame


def check(file: BinaryIO, columns: Sequence[Column], sheets: Sequence[Sheet]) -> None:
    """Raise `CheckFailed` where the package in `file` is not a workbook of these sheets.

    All of it is inflated again, a megabyte at a time: checksums, sizes, rows and the number of tags, so that no cell is
    missing and no text of a cell became markup. The sampled rows are then read by an independent reader (calamine)
    from a workbook of the file's own parts, and compared value by value. Memory does not grow with the rows.
    """
    try:
        with zipfile.ZipFile(file) as package:
            infos = {info.filename: info for info in package.infolist()}
            ends = [_walk(file, infos.pop(sheet_path(index)), index, sheet) for index, sheet in enumerate(sheets)]
            parts = {name: package.read(name) for name in infos}
    except (zipfile.BadZipFile, KeyError, EOFError, struct.error, _Damaged) as error:
        raise _differs(f"its package is damaged: {error}") from error
    thin = {
        sheet_path(index): head + b"".join(_sampled(file, sheet.samples)) + tail
        for index, (sheet, (head, tail)) in enumerate(zip(sheets, ends, strict=True))
    }
    parts |= thin
    for name, data in parts.items():
        _parse(name, data)
    _compare(parts, columns, sheets)


def _differs(how: str) -> CheckFailed:
    return CheckFailed(
        f"The workbook does not read back as it was written: {how}.",
        "Try again; a disk or memory may be failing. If it stays, choose another format and tell us.",
    )


def _walk(file: BinaryIO, member: zipfile.ZipInfo, index: int, sheet: Sheet) -> tuple[bytes, bytes]:
    """Inflate a sheet and compare its numbers; returns what stands before its rows, header included, and after."""
    crc = size = tags = rows = 0
    head = last = b""
    for piece in _inflated(file, member):
        crc = isal_zlib.crc32(piece, crc)
        size += len(piece)
        tags += piece.count(b"<")
        if not rows:
            head += piece
        over = len(_ROW_END) - 1
        rows += piece.count(_ROW_END) + (last[-over:] + piece[:over]).count(_ROW_END)
        last = piece[-_TAIL:] if len(piece) >= _TAIL else (last + piece)[-_TAIL:]
    if (crc, size) != (member.CRC, member.file_size):
        raise _differs(f"the bytes of the sheet {sheet_name(index)!r} are not those that were written")
    head, _, _ = head.partition(_ROW_END)
    head, tail = head + _ROW_END, last.rpartition(_ROW_END)[2]
    tags -= head.count(b"<") + tail.count(b"<")
    if (rows - 1, tags) != (sheet.rows, sheet.tags):
        raise _differs(f"the sheet {sheet_name(index)!r} has {rows - 1:,} rows for {sheet.rows:,}, or other cells")
    return head, tail


def _inflated(file: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    file.seek(member.header_offset + 26)
    file.seek(sum(struct.unpack("<HH", file.read(4))), 1)
    left = member.compress_size
    inflate = isal_zlib.decompressobj(-15)
    while left and not inflate.eof:
        packed = file.read(min(_READ, left))
        if not packed:
            raise EOFError("it ends early")
        left -= len(packed)
        while packed and not inflate.eof:
            yield inflate.decompress(packed, _INFLATED)
            packed = inflate.unconsumed_tail
    # all is read, but the last of it may not have fitted into one piece
    while not inflate.eof and (piece := inflate.decompress(b"", _INFLATED)):
        yield piece
    if left or not inflate.eof:
        raise EOFError("a sheet is not as long as it should be")


def _sampled(file: BinaryIO, samples: Iterable[Sample]) -> Iterator[bytes]:
    for sample in samples:
        file.seek(sample.at)
        xml = isal_zlib.decompressobj(-15).decompress(file.read(sample.packed))
        end = 0
        for _ in range(sample.rows.height):
            end = xml.index(_ROW_END, end) + len(_ROW_END)
        yield xml[:end]


def _parse(name: str, data: bytes) -> None:
    try:
        expat.ParserCreate().Parse(data, True)
    except expat.ExpatError as error:
        raise _differs(f"{name} is not well-formed XML: {error}") from error


def _compare(parts: dict[str, bytes], columns: Sequence[Column], sheets: Sequence[Sheet]) -> None:
    """Read the workbook made of `parts` and compare its headers and rows."""
    if not columns:
        return
    import fastexcel  # heavy: only where a workbook is checked

    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    try:
        reader = fastexcel.read_excel(target.getvalue())
        found = [_Found(reader, index, columns) for index in range(len(sheets))]
    except fastexcel.FastExcelError as error:
        raise _differs(f"a reader refuses it: {error}") from error
    if reader.sheet_names != [sheet_name(index) for index in range(len(sheets))]:
        raise _differs(f"its sheets are {reader.sheet_names}")
    for sheet, read in zip(sheets, found, strict=True):
        read.compare(pl.concat([sample.rows for sample in sheet.samples]) if sheet.samples else None)


class _Found:
    """One sheet as the reader finds it."""

    def __init__(self, reader: fastexcel.ExcelReader, index: int, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._title = sheet_name(index)
        self._names = reader.load_sheet(index, header_row=None, n_rows=1, dtypes="string").to_polars()
        self._load = partial(
            reader.load_sheet, index, header_row=None, column_names=[c.key for c in columns], skip_rows=1
        )

    def compare(self, expected: pl.DataFrame | None) -> None:
        names = self._names.rows()[:1]
        if [[value or "" for value in row] for row in names] != [[_as_read(column.name) for column in self._columns]]:
            raise _differs(f"the header of the sheet {self._title!r} is not that of the columns")
        if expected is None:
            return
        wanted = expected.to_dict()
        kinds = {place: column.reads for place, column in enumerate(self._columns)}
        found = said = self._load(dtypes=kinds).to_polars()
        if any(f"t {column.key}" in wanted for column in self._columns if column.number is not None):
            said = self._load(dtypes="string").to_polars()
        if found.height > expected.height:
            raise _differs(f"the sheet {self._title!r} has more rows than it should")
        for column in self._columns:
            numbers, texts = (wanted.get(f"{kind} {column.key}", ()) for kind in "nt")
            # rows that are empty to the end are not there for a reader
            cells = zip_longest(numbers, texts, found[column.key], said[column.key])
            if not all(_same(column.reads, *cell) for cell in cells):
                raise _differs(f"column {column.name!r} of the sheet {self._title!r} holds other values")


def _as_read(text: str) -> str:
    """The reader leaves the two characters alone that XML has no place for."""
    return text.replace("\ufffe", "_xFFFE_").replace("\uffff", "_xFFFF_")


def _same(reads: Reading, number: float | None, text: str | None, found: Any, said: Any) -> bool:
    """Whether a cell that should hold a number or a text, or be empty, was found so."""
    if number is not None:
        return found is not None and abs(_serial(reads, found) - number) <= (_CLOSE if reads in _TIMES else 0)
    if text is not None:
        return bool(said == _as_read(text))
    return found is None


def _serial(reads: Reading, found: Any) -> float:
    """What was read as the number that stands in the sheet."""
    if reads == "duration":
        return float(found / _DAY)
    if reads == "datetime":
        serial = float((found - _DAY_ZERO) / _DAY)
        # the reader counts from 1899-12-31 as far as the leap day that never was
        return serial - (serial < FIRST_DAY)
    return float(found)
