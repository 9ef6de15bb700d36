"""Every format dropped on the Files page, whole, broken, empty and hostile: what is said of each."""

from __future__ import annotations

import gzip
import io
import json
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import fastavro
import polars as pl
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot
from xlsxwriter import Workbook

from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.gui.models.files import OpenedFile
from fetchtozip_gui.gui.models.session import Opened
from fetchtozip_gui.gui.pages.files import FilesPage
from fetchtozip_gui.gui.window import Window

LONG = 120_000
ROWS = [{"n": 1, "t": "a"}, {"n": 2, "t": "b"}]
FRAME = pl.DataFrame(ROWS)


def parquet() -> bytes:
    file = io.BytesIO()
    FRAME.write_parquet(file)
    return file.getvalue()


def avro() -> bytes:
    fields = [{"name": "n", "type": "long"}, {"name": "t", "type": "string"}]
    file = io.BytesIO()
    fastavro.writer(file, {"type": "record", "name": "r", "fields": fields}, ROWS)
    return file.getvalue()


def xlsx() -> bytes:
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet("Data")
        for at, row in enumerate((["n", "t"], [1, "a"], [2, "b"])):
            sheet.write_row(at, 0, row)
    return file.getvalue()


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return file.getvalue()


CSV = b"n,t\n1,a\n2,b\n"
WHOLE: dict[str, bytes] = {
    "a.csv": CSV,
    "a.tsv": CSV.replace(b",", b"\t"),
    "a.json": json.dumps(ROWS).encode(),
    "inside.json": json.dumps({"data": ROWS}).encode(),
    "a.jsonl": FRAME.write_ndjson().encode(),
    "a.xlsx": xlsx(),
    "a.parquet": parquet(),
    "a.avro": avro(),
    "a.xml": b"<r><i><n>1</n><t>a</t></i><i><n>2</n><t>b</t></i></r>",
    "a.csv.gz": gzip.compress(CSV, mtime=0),
    "a.zip": zipped(**{"a.csv": CSV}),
    "nameless": CSV,
}
BROKEN: dict[str, tuple[bytes, str]] = {
    "empty.csv": (b"", "empty.csv is empty"),
    "empty.parquet": (b"", "empty.parquet is empty"),
    "empty.xlsx": (b"", "empty.xlsx is empty"),
    "empty.json": (b"", "empty.json.*"),
    "empty.xml": (b"", "empty.xml.*no element"),
    "empty.avro": (b"", "empty.avro is empty"),
    "ragged.csv": (b"n,t\n1\n", "ragged.csv: Line 2 has 1 fields where the header has 2"),
    "cut.csv": (b'n,t\n1,"a\n', "cut.csv: Line 2: the quote that opens a field is never closed"),
    "cut.json": (b'[{"n": 1}, {"n"', "cut.json: .*"),
    "cut.jsonl": (b'{"n": 1}\n{"n"\n', "cut.jsonl: Line 2 is not one JSON value"),
    "cut.xml": (b"<r><i><n>1</n></i>", "cut.xml: This is not well-formed XML"),
    "entities.xml": (b'<!DOCTYPE r [<!ENTITY a "b">]><r><i>&a;</i><i/></r>', "entities.xml: The XML .*entit"),
    "cut.parquet": (parquet()[:-9], "cut.parquet.*Parquet cannot be read"),
    "cut.avro": (avro()[:-20], "cut.avro: .*Avro"),
    "cut.xlsx": (xlsx()[:900], "cut.xlsx is damaged"),
    "cut.csv.gz": (gzip.compress(CSV * 9_000, mtime=0)[:-30], "cut.csv.gz is damaged"),
    "cut.zip": (zipped(**{"a.csv": CSV})[:-12], "cut.zip is damaged"),
    "binary.bin": (bytes(range(256)) * 40, "binary.bin is in no format that is known here"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n" + struct.pack(">64I", *range(64)) * 9, "picture.csv is a PNG picture"),
    "several.zip": (zipped(**{"a.csv": CSV, "b.csv": CSV}), "several.zip.*several files .*'a.csv', 'b.csv'"),
    "none.zip": (zipped(**{"a.md": b"x", "b.md": b"x"}), "none.zip.*no file that may hold rows"),
    "twice.zip": (zipped(**{"a.zip": zipped(**{"a.csv": CSV})}), "twice.zip .*packed once more"),
    "bomb.csv.gz": (gzip.compress(b"n\n" + (b"0" * 1_000 + b"\n") * 90_000, mtime=0), "bomb.csv: .*limit"),
    "list.json": (b"[1, 2", "list.json: .*"),
    "value.json": (b"12", "value.json: .*single value"),
}


@pytest.fixture
def page(closed_window: Window, engine: Engine) -> FilesPage:
    closed_window.open(Opened(engine, engine.jobs()))
    closed_window.go_to("files")
    return closed_window.rooms.files.page


def dropped(qtbot: QtBot, page: FilesPage, folder: Path, bodies: dict[str, bytes]) -> dict[str, OpenedFile]:
    """Drop all of them at once, and wait until each is read or cannot be."""
    data = QMimeData()
    for name, body in bodies.items():
        (folder / name).write_bytes(body)
    data.setUrls([QUrl.fromLocalFile(str(folder / name)) for name in bodies])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(QPoint(5, 5), copy, data, left, none))
    files = {file.name: file for file in page.model.files}
    assert list(files) == list(bodies)
    qtbot.waitUntil(lambda: all(file.state not in ("waiting", "reading") for file in files.values()), timeout=LONG)
    return files


def test_each_format_is_read(qtbot: QtBot, page: FilesPage, tmp_path: Path) -> None:
    told: dict[str, Any] = {}
    for name, file in dropped(qtbot, page, tmp_path, WHOLE).items():
        assert file.read is not None, f"{name}: {file.error}"
        told[name] = [{key: str(value) for key, value in row.items()} for row in file.lazy().collect().to_dicts()]
    rows = [{key: str(value) for key, value in row.items()} for row in ROWS]
    assert told == dict.fromkeys(WHOLE, rows)


def test_what_cannot_be_read_says_why(qtbot: QtBot, page: FilesPage, tmp_path: Path) -> None:
    bodies = {name: body for name, (body, _) in BROKEN.items()}
    wrong = {}
    for name, file in dropped(qtbot, page, tmp_path, bodies).items():
        said = str(file.error) if file.error is not None else (file.read.problem if file.read else "")
        if not re.search(BROKEN[name][1], said) or name.removesuffix(".gz") not in said:
            wrong[name] = f"{file.state}: {said}"
    assert not wrong, "\n".join(f"{name}: {said}" for name, said in wrong.items())
