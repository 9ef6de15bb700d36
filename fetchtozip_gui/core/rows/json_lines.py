"""Reads JSON lines: each line one JSON value, and no value over two lines."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import polars as pl

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.delimited import LONGEST
from fetchtozip_gui.core.rows.encodings import Text
from fetchtozip_gui.core.rows.json_rows import json_frame
from fetchtozip_gui.core.rows.json_units import SIZE
from fetchtozip_gui.core.rows.parsed import Parsed

_VALUE = msgspec.json.Decoder(msgspec.Raw)


def lines_frame(
    text: bytes,
    *,
    line: int = 1,
    known: pl.Schema | None = None,
    notes: list[str] | None = None,
    faults: list[BadBody] | None = None,
) -> pl.DataFrame:
    """The rows of whole lines of UTF-8, the first of them numbered `line`; blank ones are left out.

    `BadBody` names the line that is not one JSON value; with `faults` it is added there, and the line left out.
    """
    if faults is not None and (found := list(_culprits(text, line))):
        faults += [fault for _, fault in found]
        lines = text.split(b"\n")
        for number, _ in found:
            lines[number - line] = b""
        text = b"\n".join(lines)
    values = [value for value in (one.strip() for one in text.split(b"\n")) if value]
    try:
        frame = json_frame([b"[" + b",".join(values) + b"]"], known, notes)
    except BadBody as error:
        raise _culprit(text, line) or error from None
    # two lines may make one value, and one line two, without a fault in the whole
    if frame.height != len(values) and (culprit := _culprit(text, line)):
        raise culprit
    return frame


def line_blocks(text: Text, size: int = SIZE) -> Iterator[tuple[bytes, int]]:
    """Whole lines of about `size` bytes, each with the number of its first line."""
    line, wanted = 1, size
    while True:
        window, final = text.window(wanted)
        if window:
            wanted = size
            yield window, line
            line += window.count(b"\n")
            text.drop(len(window))
        if final:
            return
        if not window:
            wanted *= 2
            if wanted > LONGEST:
                raise BadBody(f"Line {line:,} is longer than {LONGEST:,} bytes (limit of a record).")


def json_lines_frame(body: bytes, *, encoding: str | None = None) -> Parsed:
    """All rows of a body of JSON lines."""
    notes: list[str] = []
    text = Text([body], encoding, notes)
    text.window(len(body) + 1)
    return Parsed(lines_frame(bytes(text.buffer), notes=notes), notes=tuple(notes))


def _culprit(text: bytes, line: int) -> BadBody | None:
    return next((fault for _, fault in _culprits(text, line)), None)


def _culprits(text: bytes, line: int) -> Iterator[tuple[int, BadBody]]:
    """The lines that are not one JSON value; what is nested too deep for this look is nested too deep for the next."""
    for number, value in enumerate(text.split(b"\n"), line):
        if not value.strip():
            continue
        try:
            _VALUE.decode(value)
        except RecursionError:
            return
        except (msgspec.MsgspecError, UnicodeError) as error:
            hint = "Each line has to hold one whole record."
            yield number, BadBody(f"Line {number:,} is not one JSON value: {error}.", hint)
