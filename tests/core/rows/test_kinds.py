"""Formats are told by the bytes first, then by the name."""

from __future__ import annotations

import pytest

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.kinds import format_of


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("a.csv", b"a,b\n", "csv"),
        ("a.TSV", b"a\tb\n", "tsv"),
        ("a.txt", b"a,b\n", "csv"),
        ("a", b"a,b\n", "csv"),
        ("a.dat", b"", "csv"),
        ("a.json", b'[{"a": 1}]', "json"),
        ("a.json", b'{"a": 1}', "json"),
        ("a.json", b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        ("a.json", b'{\n"a": 1}\n{"a": 2}\n', "json"),
        ("a.json", b"", "json"),
        ("a.jsonl", b'{"a": 1}\n', "jsonl"),
        ("a.ndjson", b"", "jsonl"),
        ("a", b'\xef\xbb\xbf {"a": 1}\n{"a": 2}', "jsonl"),
        ("a", b"<?xml version='1.0'?><a/>", "xml"),
        ("a.xml", b"", "xml"),
        ("a.csv", b"PAR1....", "parquet"),
        ("a", b"Obj\x01....", "avro"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "xlsx"),
        ("a.parquet", b"", "csv"),
        ("a", "a,b\n1,2\n".encode("utf-16"), "csv"),
    ],
)
def test_formats(name: str, head: bytes, expected: str) -> None:
    assert format_of(name, head) == expected


@pytest.mark.parametrize(("head", "words"), [(bytes(100), "no format"), (bytes(257) + b"ustar", "tar archive")])
def test_what_is_unknown_is_told(head: bytes, words: str) -> None:
    with pytest.raises(BadBody, match=words):
        format_of("a.bin", head)
