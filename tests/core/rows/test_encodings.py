"""Encodings: told by their mark, their shape or the evidence, and the same however the bytes arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.encodings import Text

LINES = "Straße,5 €\nnaïve,1\n" * 3


def read(chunks: list[bytes], encoding: str | None = None, size: int = 16) -> tuple[str, list[str]]:
    notes: list[str] = []
    text = Text(chunks, encoding, notes)
    made, wanted = b"", size
    while True:
        window, final = text.window(wanted)
        made += window
        text.drop(len(window))
        wanted = size if window else wanted * 2
        if final:
            return made.decode(), notes


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize(
    ("encoding", "given", "said"),
    [
        ("utf-8", None, []),
        ("utf-8-sig", None, []),
        ("utf-16", None, ["Read as utf-16-le."]),
        ("utf-16-le", None, ["Read as utf-16-le."]),
        ("utf-16-be", None, ["Read as utf-16-be."]),
        ("utf-32", None, ["Read as utf-32-le."]),
        ("cp1252", None, ["Read as cp1252."]),
        ("cp1252", "cp1252", ["Read as cp1252."]),
        ("iso8859-15", "iso-8859-15", ["Read as iso8859-15."]),
        ("utf-8-sig", "utf-8", []),
        ("utf-16", "utf-16", ["Read as utf-16-le."]),
        ("utf-16-be", "utf-16-be", ["Read as utf-16-be."]),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_texts_are_read_whatever_they_are_written_in(
    encoding: str, given: str | None, said: list[str], size: int
) -> None:
    assert read(pieces(LINES.encode(encoding), size), given) == (LINES, said)


def test_latin_1_is_the_last_resort() -> None:
    assert read([b"a\x81\xe9\n"]) == ("a\x81é\n", ["Read as latin-1."])


def test_the_evidence_may_come_late() -> None:
    plain = "x,1\n" * 50
    assert read(pieces((plain + "é\n").encode("cp1252"), 7))[0] == plain + "é\n"
    assert read(pieces((plain + "é\n").encode(), 7)) == (plain + "é\n", [])


def test_a_mark_counts_more_than_the_encoding_of_a_header() -> None:
    assert read([LINES.encode("utf-16")], "utf-16")[0] == LINES


def test_what_is_not_in_the_encoding_is_told() -> None:
    with pytest.raises(BadBody, match=r"The text is not cp1252: .* 0x81"):
        read([b"a\x81\n"], "cp1252")
    with pytest.raises(BadBody, match=r"The text is not utf-16-le: .* truncated"):
        read([b"\xff\xfea\x00\n"])


def test_an_encoding_that_does_not_exist_is_told() -> None:
    with pytest.raises(BadBody, match="There is no encoding 'klingon'"):
        read([b"a"], "klingon")


@given(st.lists(st.binary(max_size=12), max_size=6), st.integers(1, 20))
def test_chunks_make_no_difference(chunks: list[bytes], size: int) -> None:
    def outcome(given: list[bytes]) -> object:
        try:
            return read(given, size=size)
        except (BadBody, UnicodeDecodeError) as error:
            return type(error)

    assert outcome(chunks) == outcome([b"".join(chunks)])
