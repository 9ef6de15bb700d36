"""Reads delimited text record by record, exactly: slow, and the measure of the fast way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from fetchtozip_gui.core.errors import BadBody


@dataclass(frozen=True, slots=True)
class Record:
    """`fields` as bytes, None for an empty one without quotes; `line` where it begins, `end` the byte after it."""

    fields: list[bytes | None]
    line: int
    end: int

    @property
    def is_blank(self) -> bool:
        return self.fields == [None]


def records(
    text: bytes, delimiter: str, quote: str, *, final: bool, line: int = 1, faults: list[BadBody] | None = None
) -> Iterator[Record]:
    """The records of `text`, whose first line has the number `line`; one cut off by its end only when `final`.

    A field in quotes is followed by a delimiter or the end of its line, a quote inside is doubled; in a field without
    quotes around it a quote is a character like any other. `BadBody` names the line of anything else; with `faults` it
    is added there, and that line is a record without fields.
    """
    pattern, closed = _patterns(delimiter, quote)
    between, mark = delimiter.encode(), quote.encode()
    at, length = 0, len(text)
    fields: list[bytes | None] = []
    start = 0
    while at < length or fields:
        found = pattern.match(text, at)
        assert found is not None
        end = found.end()
        value = found[1]
        if value is not None:
            value = value.replace(mark + mark, mark)
        else:
            value = found[2]
            if mark and value.startswith(mark):
                if not final and not closed.match(text, at):
                    return
                fault = _malformed(text, at, line + text.count(b"\n", start, at), bool(closed.match(text, at)))
                if faults is None:
                    raise fault
                faults.append(fault)
                end = text.find(b"\n", start)
                at = length if end < 0 else end + 1
                yield Record([], line, at)
                line, start, fields = line + 1, at, []
                continue
            if value.endswith(b"\r") and not text.startswith(between, end):
                value = value[:-1]
            value = value or None
        fields.append(value)
        if text.startswith(between, end):
            at = end + len(between)
            continue
        if text.startswith(b"\r", end):
            end += 1
        if not final and end >= length:
            return
        at = end + 1
        yield Record(fields, line, min(at, length))
        line += text.count(b"\n", start, at)
        start, fields = at, []


@lru_cache(maxsize=64)
def _patterns(delimiter: str, quote: str) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    d, q = re.escape(delimiter.encode()), re.escape(quote.encode())
    bare = rb"([^%b\n]*)" % d
    if not quote:
        return re.compile(rb"(?!)()|" + bare), re.compile(rb"(?!)")
    inside = rb"[^%b]*(?:%b%b[^%b]*)*" % (q, q, q, q)
    quoted = rb"%b(%b)%b(?=%b|\r?\n|\r?\Z)" % (q, inside, q, d)
    return re.compile(quoted + rb"|" + bare), re.compile(rb"%b%b%b(?!%b)" % (q, inside, q, q))


def _malformed(text: bytes, at: int, line: int, closed: bool) -> BadBody:
    shown = text[at : at + 30].split(b"\n")[0].decode("utf-8", "replace")
    if closed:
        return BadBody(
            f"Line {line:,}: text follows the closing quote of a field: {shown!r}.",
            "A quote inside a quoted field has to be doubled.",
        )
    return BadBody(
        f"Line {line:,}: the quote that opens a field is never closed: {shown!r}.",
        "The file may be cut, or its quotes may not be meant as such.",
    )
