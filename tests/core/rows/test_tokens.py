"""Records one by one: their fields, lines and ends, and those that are cut or malformed."""

from __future__ import annotations

import pytest

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.tokens import Record, records


def read(text: bytes, *, final: bool = True, quote: str = '"', line: int = 1) -> list[Record]:
    return list(records(text, ",", quote, final=final, line=line))


def test_fields_lines_and_ends() -> None:
    assert read(b'a,"b\nb",\r\n"","c""c"\n\nlast', line=7) == [
        Record([b"a", b"b\nb", None], 7, 10),
        Record([b"", b'c"c'], 9, 20),
        Record([None], 10, 21),
        Record([b"last"], 11, 25),
    ]


def test_a_blank_line_is_told_from_an_empty_text() -> None:
    assert [record.is_blank for record in read(b'\n""\n,\n')] == [True, False, False]


@pytest.mark.parametrize("text", [b"a,b", b'a,"b', b'a,"b\n', b'a,"b"', b'a,"b"\r', b"a,", b'a,"b""\nc'])
def test_a_record_that_is_cut_waits_for_more(text: bytes) -> None:
    assert read(b"x,y\n" + text, final=False) == [Record([b"x", b"y"], 1, 4)]


def test_without_quoting_a_quote_is_a_character() -> None:
    assert read(b'"a,b"\n', quote="") == [Record([b'"a', b'b"'], 1, 6)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'a\n"b\nc', r"Line 2: the quote that opens a field is never closed"),
        (b'a\n"b\nc"d\n', r"Line 2: text follows the closing quote"),
        (b'"a\nb",c\nd,"e" \n', r"Line 3: text follows the closing quote"),
    ],
)
def test_what_is_malformed_is_told_with_its_line(text: bytes, words: str) -> None:
    with pytest.raises(BadBody, match=words):
        read(text)
