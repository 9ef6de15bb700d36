"""What a file shows of itself: found without reading its rows, and never an error."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from xlsxwriter import Workbook

from fetchtozip_gui.core.rows.file_parts import Options
from fetchtozip_gui.core.rows.outlook import look


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return file.getvalue()


def seen(tmp_path: Path, name: str, body: bytes, **options: Any) -> Any:
    path = tmp_path / name
    path.write_bytes(body)
    return look(path, Options(**options))


def test_a_delimited_text_shows_how_it_is_written(tmp_path: Path) -> None:
    body = "made by hand\nid;city\n1;'Zürich; CH'\n2;'Oslo'\n".encode("cp1252")
    found = seen(tmp_path, "a.csv", body, header=2)
    assert (found.format, found.delimiter, found.quote, found.encoding) == ("csv", ";", "single", "cp1252")
    assert found.lines[:2] == ("made by hand", "id;city")
    assert seen(tmp_path, "a.tsv", b"a\tb\n1\t2\n").delimiter == "\t"
    assert seen(tmp_path, "a.csv", b"a|b\n1|2\n", delimiter=",").delimiter == ","


def test_an_encoding_is_found_far_down(tmp_path: Path) -> None:
    body = b"a,b\n" + b"1,2\n" * 100_000 + "3,é\n".encode("cp1252")
    assert seen(tmp_path, "a.csv", body).encoding == "cp1252"
    assert seen(tmp_path, "a.jsonl", b'{"a": 1}\n').encoding == "utf-8"


@pytest.mark.parametrize("told", [True, False], ids=["dimension", "none"])
def test_the_sheets_of_a_workbook_and_their_rows(tmp_path: Path, told: bool) -> None:
    path = tmp_path / "b.xlsx"
    if told:
        with Workbook(str(path)) as book:
            for name, rows in (("First", 3), ("Second", 0), ("Third", 12)):
                sheet = book.add_worksheet(name)
                for row in range(rows):
                    sheet.write_row(row, 0, ["a", row])
    else:
        book = openpyxl.Workbook(write_only=True)
        for name, rows in (("First", 3), ("Second", 0), ("Third", 12)):
            sheet = book.create_sheet(name)
            for row in range(rows):
                sheet.append(["a", row])
        book.save(path)
    assert look(path, Options()).sheets == (("First", 3), ("Second", 0), ("Third", 12))


def test_where_rows_may_be_in_an_object_and_in_elements(tmp_path: Path) -> None:
    body = json.dumps({"meta": {"tags": ["a"]}, "data": [{"n": 1}, {"n": 2}]}).encode()
    assert seen(tmp_path, "a.json", body).places == (("$.data", 2), ("$.meta.tags", 1))
    assert seen(tmp_path, "a.json", b'[{"n": 1}]').places == (("$", 0),)
    xml = b'<o xmlns="u:v"><i n="1"><p>1</p></i><i n="2"><p>2</p></i></o>'
    assert seen(tmp_path, "a.xml", xml).places == (("o", 1), ("o/i", 2))


def test_a_zip_of_several_files_names_them(tmp_path: Path) -> None:
    body = zipped({"a.csv": b"x;y\n1;2\n", "__MACOSX/a.csv": b"", "b.json": b"[]"})
    found = seen(tmp_path, "z.zip", body)
    assert found.members == ("a.csv", "b.json")
    assert "source.member" in found.problem
    chosen = seen(tmp_path, "z.zip", body, member="a.csv")
    assert (chosen.format, chosen.member, chosen.delimiter, chosen.problem) == ("csv", "a.csv", ";", "")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.csv", b""),
        ("a.parquet", b"PAR1 and no more"),
        ("a.xlsx", b"PK\x03\x04 and no more"),
        ("a.xml", b"<a><b>"),
        ("a.xml", b"no"),
        ("a.json", b'{"a": '),
        ("a.bin", bytes(range(256))),
        ("a.csv.gz", b"\x1f\x8b and no more"),
        ("a.zip", b"PK\x03\x04" + b"x" * 100),
    ],
)
def test_what_is_broken_is_told_or_let_be(tmp_path: Path, name: str, body: bytes) -> None:
    found = seen(tmp_path, name, body)
    assert isinstance(found.problem, str)
    assert not found.members


def test_no_file_at_all(tmp_path: Path) -> None:
    assert "there is no file" in look(tmp_path / "none.csv", Options()).problem
