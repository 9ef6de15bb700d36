"""How a file of each format is cut into parts that can be parsed side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.opened import Opened
from fetchtozip_gui.core.rows.parsed import Parsed
from fetchtozip_gui.core.rows.stream import Stream

if TYPE_CHECKING:
    from fetchtozip_gui.core.sources.file import FileSource

# the readers of the formats are imported where they are used: one job reads one format, and some are heavy

WHOLE = 256 * 1024 * 1024
"""Bytes of a JSON object, which cannot be read in parts."""
QUOTES = {"auto": None, "double": '"', "single": "'", "none": ""}
"""The marks by their names in a recipe."""
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
    quote: str | None = None
    """"" where quotes are characters like any other."""
    header: int = 1
    records: str = "auto"
    skips: bool = False
    """Whether a line that is no row is left out."""

    @classmethod
    def of(cls, source: FileSource) -> Options:
        """As a recipe's source says it."""
        return cls(
            source.format,
            source.sheet,
            source.delimiter,
            source.encoding,
            source.member,
            QUOTES[source.quote],
            source.header,
            source.records,
            source.bad_lines == "skip",
        )


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

    reader = DelimitedReader(
        file.chunks(),
        delimiter=options.delimiter or delimiter,
        quote=options.quote,
        encoding=options.encoding,
        header=options.header,
        skips=options.skips,
        notes=found.notes,
    )
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
            faults: list[BadBody] | None = [] if options.skips else None
            frame = lines_frame(text, line=line, known=found.schema, notes=notes, faults=faults)
            return Parsed(frame, notes=tuple(notes), left_out=tuple(fault.message for fault in faults or ()))

        yield Job(parse, len(text))


def _json(file: Opened, options: Options, found: Found) -> Iterator[Job]:
    from fetchtozip_gui.core.rows.json_array import array_parts, begins_list
    from fetchtozip_gui.core.rows.json_rows import json_frame

    chunks = file.chunks()
    if not begins_list(file.head) or options.records not in ("auto", "$"):
        chunks = iter([_records(chunks, options, found)])
    for part in array_parts(chunks, options.encoding):

        def parse(part: bytes = part) -> Parsed:
            notes: list[str] = []
            return Parsed(json_frame([part], found.schema, notes), notes=tuple(notes))

        yield Job(parse, len(part))


def _records(chunks: Iterator[bytes], options: Options, found: Found) -> bytes:
    """The records in an object, named or found as in an answer of an HTTP source."""
    from fetchtozip_gui.core.http.candidates import find_records, named_records
    from fetchtozip_gui.core.http.outline import outline
    from fetchtozip_gui.core.http.records import Cutter
    from fetchtozip_gui.core.rows.encodings import Text

    body, whole = Text(chunks, options.encoding).peek(WHOLE)
    if not whole:
        raise BadBody(
            f"The JSON object is larger than {WHOLE:,} bytes (limit of a file that is no list).",
            "Save its records as a JSON list, or one record a line: those can have any size.",
        )
    if options.records == "auto":
        records, words = find_records(outline(body))
        found.notes.append(words)
    else:
        records = named_records(outline(body), options.records)
    return bytes(Cutter(records).cut(body).records)


def _xml(file: Opened, options: Options, found: Found) -> Iterator[Job]:
    from fetchtozip_gui.core.rows.xml import LOOKED_AT, named_path, row_path, rows_frame, shown_path, xml_rows

    stream = Stream(file.chunks())
    head = stream.ahead(LOOKED_AT + 1)
    if options.records == "auto":
        path = row_path(head, encoding=options.encoding)
    else:
        path = named_path(head, options.records, encoding=options.encoding)
    found.notes.append(f"The rows are the elements {shown_path(path)}.")
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
        parsed = excel_frame(path, sheet=options.sheet, header=options.header)
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
