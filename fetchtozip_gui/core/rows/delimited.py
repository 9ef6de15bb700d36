"""Reads CSV and its relatives into the exact texts that were written, with the types they have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import polars as pl

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.column_names import nameless, unique_names
from fetchtozip_gui.core.rows.dialect import Dialect, find_dialect
from fetchtozip_gui.core.rows.encodings import Text
from fetchtozip_gui.core.rows.parsed import Parsed
from fetchtozip_gui.core.rows.proven import NotUtf8, proven_bytes
from fetchtozip_gui.core.rows.text_types import settled, types_of
from fetchtozip_gui.core.rows.tokens import Record, records

BLOCK = 1536 * 1024
"""Bytes of text that are parsed at once: what each call of Polars costs beside them weighs little then."""
LONGEST = 64 * 1024 * 1024
"""Bytes of the longest record."""
_LONGEST_FAULT = 4 * BLOCK
"""Bytes after which a quote that is not closed is taken for a fault, where such lines are left out."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records as UTF-8; the first begins in `line` (from 1). `proven` when they are known to be well formed."""

    text: bytes
    line: int
    proven: bool


@dataclass(frozen=True, slots=True)
class Table:
    """How a delimited text is written, and what its columns are called."""

    dialect: Dialect
    columns: tuple[str, ...]
    skips: bool = False
    """Whether a line that is no row is left out; else it is an error."""

    def parse(self, block: Block) -> Parsed:
        """The block's rows with their types; errors as those of `texts`. Safe in several threads."""
        faults: list[BadBody] = []
        found = settled(self.texts(block, faults))
        return Parsed(found.kept, found.types, left_out=tuple(fault.message for fault in faults), typed=found.typed)

    def texts(self, block: Block, faults: list[BadBody]) -> pl.DataFrame:
        """The block's rows. The line that is no row of this table is added to `faults`, or raised as `BadBody`."""
        return self._quick(block.text) if block.proven else self._exact(block, faults)

    def empty(self) -> pl.DataFrame:
        """No rows."""
        return pl.DataFrame(schema=dict.fromkeys(self.columns, pl.String))

    def _quick(self, text: bytes) -> pl.DataFrame:
        # only for what is proven: Polars takes short lines, characters behind a closing quote and a `\r` before a
        # delimiter without a word
        return pl.read_csv(
            text if text.endswith(b"\n") else text + b"\n",
            has_header=False,
            schema=dict.fromkeys(self.columns, pl.String),
            separator=self.dialect.delimiter,
            quote_char=self.dialect.quote or None,
            glob=False,
        )

    def _exact(self, block: Block, faults: list[BadBody]) -> pl.DataFrame:
        width = len(self.columns)
        rows = []
        for record in self._records(block.text, block.line, final=True, faults=faults):
            if len(record.fields) == width:
                rows.append(record.fields)
            elif record.fields and not record.is_blank:
                if not self.skips:
                    raise _ragged(record, width)
                faults.append(_ragged(record, width))
        found = list(zip(*rows, strict=True)) if rows else [()] * width
        texts = (pl.Series(name, values, dtype=pl.Binary) for name, values in zip(self.columns, found, strict=True))
        return pl.DataFrame([values.cast(pl.String) for values in texts])

    def _records(self, text: bytes, line: int, *, final: bool, faults: list[BadBody]) -> Iterator[Record]:
        mark, quote = self.dialect.delimiter, self.dialect.quote
        return records(text, mark, quote, final=final, line=line, faults=faults if self.skips else None)

    def whole_records(self, window: bytes, line: int, final: bool) -> Block | None:
        """The records that are complete in `window`; null when not even one is, `final` when nothing follows it."""
        if not window:
            return None
        text = window if not final or window.endswith(b"\n") else window + b"\n"
        try:
            proven = proven_bytes(text, self.dialect, len(self.columns))
        except NotUtf8:
            raise _not_utf8(text, line) from None
        if proven == len(text):
            return Block(window, line, proven=True)
        if proven and (proven >= len(text) // 2 or b"\n" not in text[proven:-1]):
            return Block(text[:proven], line, proven=True)
        if final:
            return Block(window, line, proven=False)
        end = 0
        for record in self._records(window, line, final=False, faults=[]):
            end = record.end
        return Block(window[:end], line, proven=False) if end else None


def delimited_frame(body: bytes, *, delimiter: str | None = None, encoding: str | None = None) -> Parsed:
    """All rows of a CSV body. A body without a line has no columns; `BadBody` says what is wrong in which line."""
    notes: list[str] = []
    reader = DelimitedReader([body], delimiter=delimiter, encoding=encoding, notes=notes)
    if reader.table is None:
        return Parsed(pl.DataFrame(), pl.Schema())
    table = reader.table
    frames = [table.texts(block, []) for block in reader.blocks()]
    frame = pl.concat(frames) if frames[1:] else frames[0] if frames else table.empty()
    return Parsed(frame, types_of(frame), tuple(notes))


class DelimitedReader:
    """A delimited text in chunks, as a table and blocks of its rows; `table` is null when there is no line in it.

    Where blocks end depends on the bytes alone, and not on their chunks. Sentences for the log are added to `notes`.
    """

    def __init__(
        self,
        chunks: Iterable[bytes],
        *,
        delimiter: str | None = None,
        quote: str | None = None,
        encoding: str | None = None,
        header: int = 1,
        skips: bool = False,
        size: int = BLOCK,
        notes: list[str] | None = None,
    ) -> None:
        """`header` is the line that holds the names, 0 when none does; what is no row is an error, or `skips` it."""
        self._notes = [] if notes is None else notes
        self._text = Text(chunks, encoding, self._notes)
        self._size = size
        self._line = 1
        self._header = header
        self._skips = skips
        self._skip_lines()
        self.table = self._begin(delimiter, quote)

    def blocks(self) -> Iterator[Block]:
        """The rows, in order; call once."""
        size = self._size
        while self.table is not None:
            window, final = self._text.window(size)
            if final and not window.strip(b"\r\n") and len(self.table.columns) > 1:
                return
            block = self.table.whole_records(window, self._line, final)
            if block is None:
                if final:
                    return
                size *= 2
                if self._skips and size > _LONGEST_FAULT and window:
                    block = Block(window[: window.index(b"\n") + 1], self._line, proven=False)
                elif size > LONGEST:
                    raise _too_long(self._line)
                else:
                    continue
            size = self._size
            yield block
            self._pass(len(block.text))

    def _skip_lines(self) -> None:
        """Pass what stands before the header's line."""
        size = self._size
        while self._line < self._header:
            window, final = self._text.window(size)
            if not window and not final:
                size *= 2
                if size > LONGEST:
                    raise _too_long(self._line)
                continue
            size, end = self._size, 0
            for _ in range(self._header - self._line):
                found = window.find(b"\n", end)
                end = len(window) if found < 0 else found + 1
                if found < 0:
                    break
            self._pass(end)
            if final and end == len(window):
                raise BadBody(
                    f"There is no line {self._header:,} to take the names from; there are {self._line - 1:,} lines.",
                    "Name another line in `header`.",
                )

    def _begin(self, delimiter: str | None, quote: str | None) -> Table | None:
        size = self._size
        while True:
            window, final = self._text.window(size)
            blank = len(window) - len(window.lstrip(b"\r\n"))
            self._pass(blank)
            window = window[blank:]
            if window:
                dialect = find_dialect(window, final=final, delimiter=delimiter, quote=quote)
                header = next(records(window, dialect.delimiter, dialect.quote, final=final, line=self._line), None)
                if header is not None:
                    return self._table(dialect, header)
            if final:
                return None
            size *= 2
            if size > LONGEST:
                raise _too_long(self._line)

    def _table(self, dialect: Dialect, header: Record) -> Table:
        if self._header:
            self._pass(header.end)
            columns = unique_names([(name or b"").decode("utf-8") for name in header.fields], self._notes)
        else:
            columns = nameless(len(header.fields))
        if dialect != Dialect(",", '"'):
            self._notes.append(f"Read with {dialect}.")
        return Table(dialect, columns, self._skips)

    def _pass(self, count: int) -> None:
        self._line += self._text.buffer.count(b"\n", 0, count)
        self._text.drop(count)


def _ragged(record: Record, width: int) -> BadBody:
    shown = ", ".join(repr((field or b"").decode("utf-8", "replace")[:20]) for field in islice(record.fields, 4))
    return BadBody(
        f"Line {record.line:,} has {len(record.fields):,} fields where the header has {width:,}: {shown}.",
        "The file may be cut there, or a delimiter stands in a field without quotes around it.",
    )


def _not_utf8(text: bytes, line: int) -> BadBody:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        line += text.count(b"\n", 0, error.start)
        return BadBody(f"Line {line:,} is not UTF-8: {error.reason}.", "Give the `encoding` the text was written in.")
    return BadBody(f"The text from line {line:,} on is not UTF-8.", "Give the `encoding` the text was written in.")


def _too_long(line: int) -> BadBody:
    return BadBody(
        f"The record that begins in line {line:,} is longer than {LONGEST:,} bytes (limit of a record).",
        "A quote that is never closed may be the reason, or this is no delimited text.",
    )
