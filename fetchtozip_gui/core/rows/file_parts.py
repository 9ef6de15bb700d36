"""How a file of each format is cut into parts that can be parsed side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import polars as pl

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.opened import Opened
from fetchtozip_gui.core.rows.parsed import Parsed
from fetchtozip_gui.core.rows.stream import Stream

# the readers of the formats are imported where they are used: one job reads one format, and some are heavy

WHOLE = 256 * 1024 * 1024
"""Bytes of a JSON object, which cannot be read in parts."""
_CELLS = 250_000
_XML_ROWS = 5_000
_XML_VALUES = 50_000


@dataclass(frozen=True, slots=True)
class Options:
    """How a recipe wants a file read; null where the file itself tells."""

    format: str = "auto"
    sheet: str | int | None = None
    delimiter: str | None = None
    encoding: str | None = None
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One part: `parse` gives its rows, in any thread; `bytes` of the file it was cut from."""

    parse: Callable[[], Parsed]
    bytes: int = 0
    total_rows: int | None = None


@dataclass(slots=True)
class Found:
    """What the rows so far have told: their types, which make parsing the next ones quicker, and what to say."""

    schema: pl.Schema | None = None
    notes: list[str] = field(default_factory=list)


def jobs(file: Opened, kind: str, options: Options, found: Found, skip: int) -> Iterator[Job]:
    """The file's parts after the first `skip`, in order; where they end depends on the file alone."""
    made: dict[str, Callable[[Opened, Options, Found], Iterator[Job]]] = {
        "csv": _delimited,
        "tsv": partial(_delimited, delimiter="\t"),
        "jsonl": _json_lines,
        "json": _json,
        "xml": _xml,
        "xlsx": _excel,
        "avro": _avro,
    }
    if kind == "parquet":
        yield from _parquet(file, skip)
        return
    for number, job in enumerate(made[kind](file, options, found)):
        if number >= skip:
            yield job


def _delimited(file: Opened, options: Options, found: Found, *, delimiter: str | None = None) -> Iterator[Job]:
    from fetchtozip_gui.core.rows.delimited import DelimitedReader

    delimiter = options.delimiter or delimiter
    reader = DelimitedReader(file.chunks(), delimiter=delimiter, encoding=options.encoding, notes=found.notes)
    table = reader.table
    if table is None:
        return
    empty = True
    for block in reader.blocks():
        empty = False
        yield Job(partial(table.parse, block), len(block.text))
    if empty:
        yield Job(lambda: Parsed(table.empty(), pl.Schema(dict.fromkeys(table.columns, pl.Null()))))


def _json_lines(file: Opened, options: Options, found: Found) -> Iterator[Job]:
    from fetchtozip_gui.core.rows.encodings import Text
    from fetchtozip_gui.core.rows.json_lines import line_blocks, lines_frame

    for text, line in line_blocks(Text(file.chunks(), options.encoding, found.notes)):

        def parse(text: bytes = text, line: int = line) -> Parsed:
            notes: list[str] = []
            return Parsed(lines_frame(text, line=line, known=found.schema, notes=notes), notes=tuple(notes))

        yield Job(parse, len(text))


def _json(file: Opened, options: Options, found: Found) -> Iterator[Job]:
    from fetchtozip_gui.core.rows.json_array import array_parts, begins_list
    from fetchtozip_gui.core.rows.json_rows import json_frame

    chunks = file.chunks()
    if not begins_list(file.head):
        chunks = iter([_records(chunks, options, found)])
    for part in array_parts(chunks, options.encoding):

        def parse(part: bytes = part) -> Parsed:
            notes: list[str] = []
            return Parsed(json_frame([part], found.schema, notes), notes=tuple(notes))

        yield Job(parse, len(part))


def _records(chunks: Iterator[bytes], options: Options, found: Found) -> bytes:
    """The records in an object, found as in an answer of an HTTP source."""
    from fetchtozip_gui.core.http.candidates import find_records
    from fetchtozip_gui.core.http.outline import outline
    from fetchtozip_gui.core.http.records import Cutter
    from fetchtozip_gui.core.rows.encodings import Text

    body, whole = Text(chunks, options.encoding).peek(WHOLE)
    if not whole:
        raise BadBody(
            f"The JSON object is larger than {WHOLE:,} bytes (limit of a file that is no list).",
            "Save its records as a JSON list, or one record a line: those can have any size.",
        )
    records, words = find_records(outline(body))
    found.notes.append(words)
    return bytes(Cutter(records).cut(body).records)


def _xml(file: Opened, options: Options, found: Found) -> Iterator[Job]:
    from fetchtozip_gui.core.rows.xml import LOOKED_AT, row_path, rows_frame, xml_rows

    stream = Stream(file.chunks())
    path = row_path(stream.ahead(LOOKED_AT + 1), encoding=options.encoding)
    found.notes.append(f"The rows are the elements {'/'.join(path)}.")
    rows: list[Any] = []
    values = start = 0
    for row in xml_rows(stream, path, encoding=options.encoding):
        rows.append(row)
        values += len(row)
        if len(rows) >= _XML_ROWS or values >= _XML_VALUES:
            yield Job(partial(rows_frame, rows), stream.given - start)
            rows, values, start = [], 0, stream.given
    if rows:
        yield Job(partial(rows_frame, rows), stream.given - start)


def _excel(file: Opened, options: Options, found: Found) -> Iterator[Job]:
    from fetchtozip_gui.core.rows.excel import excel_frame
    from fetchtozip_gui.core.rows.zips import check_workbook

    with file.on_disk() as path:
        check_workbook(path)
        parsed = excel_frame(path, sheet=options.sheet)
        size = path.stat().st_size
    found.notes += parsed.notes
    frame = parsed.frame
    if not frame.width:
        return
    for start in range(0, frame.height or 1, rows := max(1, _CELLS // frame.width)):
        part = frame.slice(start, rows)
        yield Job(partial(Parsed, part, parsed.schema), size * part.height // max(1, frame.height), frame.height)


def _parquet(file: Opened, skip: int) -> Iterator[Job]:
    from fetchtozip_gui.core.rows.columnar import parquet_parts, parquet_rows

    with file.on_disk() as path:
        rows, size = parquet_rows(path), path.stat().st_size
        for part in parquet_parts(path, skip):
            yield Job(partial(Parsed, part), size * part.height // max(1, rows), rows)


def _avro(file: Opened, options: Options, found: Found) -> Iterator[Job]:
    from fetchtozip_gui.core.rows.columnar import avro_frame, avro_parts

    for part in avro_parts(Stream(file.chunks())):
        yield Job(partial(avro_frame, part), len(part))
