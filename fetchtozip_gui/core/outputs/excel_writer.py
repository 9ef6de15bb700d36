"""Writes a workbook by XlsxWriter around rows that are made and deflated side by side, in memory that stays flat."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from fetchtozip_gui.core.errors import OutputError
from fetchtozip_gui.core.outputs import deflate, excel_cells
from fetchtozip_gui.core.outputs.excel_cells import LONGEST_TEXT, Column
from fetchtozip_gui.core.outputs.excel_check import Sample, Sheet, check
from fetchtozip_gui.core.outputs.excel_package import LEVEL, Member, Package
from fetchtozip_gui.core.outputs.excel_ready import Change, cut_text
from fetchtozip_gui.core.outputs.excel_rows import TEXT, Look, RowXml
from fetchtozip_gui.core.outputs.excel_workbook import (
    EARLY,
    HEADER,
    MOST_COLUMNS,
    WIDEST,
    longest_head,
    padded,
    sheet_path,
    width,
    workbook,
)

if TYPE_CHECKING:
    from fetchtozip_gui.core.datapackage import About

_BATCH_ROWS, _BATCH_FEW, _BATCH_CELLS, _BATCH_BYTES = 2048, 64, 262_144, 8 * 1024 * 1024
_SAMPLE_ROWS, _SAMPLE_CELLS, _SAMPLE_BYTES = 40, 5_000, 64 * 1024


def _refuse(names: Sequence[str]) -> None:
    if len(names) > MOST_COLUMNS:
        raise OutputError(
            f"The result has {len(names):,} columns; a sheet of XLSX holds {MOST_COLUMNS:,}.",
            "Keep fewer columns, or write csv or parquet.",
        )
    for name in names:
        if cut_text(name) != name:
            raise OutputError(
                f"The name of column {name[:40]!r}… is longer than the {LONGEST_TEXT:,} characters a cell holds.",
                "Rename the column.",
            )


@dataclass(frozen=True, slots=True)
class Batch:
    """Encoded rows of one sheet: `tags` is the number of `<` in them, `sample` what a reader should find first."""

    sheet: int
    block: deflate.Block
    rows: int
    tags: int
    sample: pl.DataFrame | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """What `encode` made of one frame."""

    batches: tuple[Batch, ...]
    first_row: int
    widths: tuple[int, ...]
    changes: tuple[Change, ...]


class ExcelWriter:
    """One workbook in the making. Larger frames are cheaper: a few thousand rows each, rather than hundreds."""

    def __init__(self, file: BinaryIO, schema: pl.Schema, rows_per_sheet: int) -> None:
        """`OutputError` for more columns, or longer names, than a sheet holds."""
        _refuse(list(schema))
        columns = excel_cells.columns(schema)
        self.notes: list[str] = []
        self._file = file
        self._columns = columns
        self._rows_per_sheet = rows_per_sheet
        self._around = workbook(columns, [WIDEST] * len(columns), [0])
        self._rows = RowXml(columns, self._around.styles)
        self._header = _header(columns, self._around.styles[HEADER])
        self._head_room = longest_head(columns) + len(self._header)
        self._package = Package(file)
        self._members: list[Member] = []
        self._sheets: list[Sheet] = []
        self._widths = [0] * len(columns)
        self._changes: dict[tuple[int, str], tuple[int, int]] = {}
        for name in EARLY:
            self._package.add(name, self._around.parts[name])

    def encode(self, frame: pl.DataFrame, first_row: int) -> Chunk:
        look = self._rows.look(frame)
        cuts = self._cuts(look.ready, first_row)
        return Chunk(tuple(self._batch(look, *cut, first_row) for cut in cuts), first_row, look.widths, look.changes)

    def write(self, chunk: Chunk) -> int:
        before = self._file.tell()
        for batch in chunk.batches:
            while len(self._sheets) <= batch.sheet:
                self._next_sheet()
            at = self._package.append(batch.block)
            sheet = self._sheets[-1]
            sheet.rows += batch.rows
            sheet.tags += batch.tags
            if batch.sample is not None:
                sheet.samples.append(Sample(at, len(batch.block.data), batch.sample))
        self._widths = [max(pair) for pair in zip(self._widths, chunk.widths, strict=True)]
        for change in chunk.changes:
            place = (change.column, change.kind)
            count, first = self._changes.get(place, (0, chunk.first_row + change.first if change.first >= 0 else -1))
            self._changes[place] = (count + change.count, first)
        return self._file.tell() - before

    def close(self, about: About | None = None) -> None:
        """Finish the workbook and read it back; raises `CheckFailed` if it is not what was to be written."""
        if not self._sheets:
            self._next_sheet()
        widths = [width(column.name, longest) for column, longest in zip(self._columns, self._widths, strict=True)]
        done = workbook(self._columns, widths, [sheet.rows for sheet in self._sheets])
        self._end_sheet(done.tails[-1])
        for member, head in zip(self._members, done.heads, strict=True):
            self._package.fill(member, padded(head, self._head_room - len(self._header)).encode() + self._header)
        for name, data in done.parts.items():
            if name not in EARLY:
                self._package.add(name, data)
        self._package.finish()
        self._file.flush()
        check(self._file, self._columns, self._sheets)
        self._file.seek(0, io.SEEK_END)
        self.notes = _notes(self._columns, self._changes)

    def abort(self) -> None:
        """Nothing to leave: the file belongs to the caller."""

    def _cuts(self, ready: pl.DataFrame, first_row: int) -> Iterator[tuple[int, int]]:
        """Where a frame is cut into batches: at the ends of sheets, and so that a batch's XML stays small."""
        per_row = 1 + ready.estimated_size() // max(1, ready.height)
        # of thousands of columns a few rows more: each costs a plan of its own
        by_width = max(_BATCH_FEW, _BATCH_CELLS // max(1, ready.width))
        most = max(1, min(_BATCH_ROWS, by_width, _BATCH_BYTES // int(per_row)))
        start = 0
        while start < ready.height:
            left_in_sheet = self._rows_per_sheet - (first_row + start) % self._rows_per_sheet
            end = min(ready.height, start + min(most, left_in_sheet))
            yield start, end
            start = end

    def _batch(self, look: Look, start: int, end: int, first_row: int) -> Batch:
        xml, tags = self._rows.encode(look, start, end)
        block = deflate.block(xml, LEVEL)
        sample = None
        if _sampled(first_row + start, end - start):
            sample = self._rows.expected(look, start, min(end, start + _sample_rows(look.ready, first_row + start)))
        return Batch((first_row + start) // self._rows_per_sheet, block, end - start, tags, sample)

    def _next_sheet(self) -> None:
        if self._sheets:
            self._end_sheet(workbook(self._columns, self._widths, [self._sheets[-1].rows]).tails[0])
        self._members.append(self._package.begin(sheet_path(len(self._sheets)), self._head_room))
        self._sheets.append(Sheet())

    def _end_sheet(self, tail: str) -> None:
        self._package.append(deflate.block(tail.encode(), LEVEL))
        self._package.end(self._members[-1])


def _header(columns: Sequence[Column], style: int) -> bytes:
    rows = RowXml([excel_cells.text("", "0")], {TEXT: style})
    names = pl.DataFrame({"0": [column.name for column in columns]}, schema={"0": pl.String})
    xml, _ = rows.encode(rows.look(names), 0, len(columns))
    # a row for each name, made one
    return xml.replace(b"</row><row>", b"") or b"<row></row>"


def _sampled(first_row: int, count: int) -> bool:
    """Whether a batch is compared value by value when read back: some of the first 16, then ever fewer of them."""
    number = -(-first_row // _BATCH_ROWS)
    if number * _BATCH_ROWS >= first_row + count:
        return False
    return number % (1 << max(0, number.bit_length() - 4)) == 0


def _sample_rows(ready: pl.DataFrame, first_row: int) -> int:
    per_row = 1 + int(ready.estimated_size()) // max(1, ready.height)
    most = _SAMPLE_CELLS // max(1, ready.width)
    return max(1, min(most if not first_row else min(most, _SAMPLE_ROWS), _SAMPLE_BYTES // per_row))


def _notes(columns: Sequence[Column], changes: dict[tuple[int, str], tuple[int, int]]) -> list[str]:
    """One sentence for each column and kind of change, in the order of the columns."""
    notes = []
    for index, column in enumerate(columns):
        if column.zone:
            notes.append(f"Column `{column.name}`: the times of {column.zone} are written in UTC.")
        for kind in ("aside", "cut", "fine", "not finite", "no date"):
            if (index, kind) in changes:
                count, first = changes[index, kind]
                where = f"; the first is in row {first + 1:,}" if first >= 0 else ""
                words = _happened(column, kind).format(*(("", "is", "was") if count == 1 else ("s", "are", "were")))
                notes.append(f"Column `{column.name}`: {count:,} {words}{where}.")
    return notes


def _happened(column: Column, kind: str) -> str:
    """The words for it, with places for the plural's s, for "are" and for "were"."""
    return {
        "aside": f"value{{0}} {column.why} {{1}} written as text",
        "cut": f"text{{0}} longer than the {LONGEST_TEXT:,} characters a cell holds {{2}} cut",
        "fine": "time{0} finer than a millisecond, the finest of Excel, {2} cut to it",
        "not finite": "number{0} inside objects or lists that {1} not finite (NaN, infinity) {1} null in the JSON text",
        "no date": "date{0} inside objects or lists that no calendar reaches {1} null in the JSON text",
    }[kind]
