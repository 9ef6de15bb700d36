"""ZIP exports as Data Packages: what the manifest says, and that it is true."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
import pytest

from fetchtozip_gui.core.datapackage import About
from fetchtozip_gui.core.errors import OutputError, RecipeError
from fetchtozip_gui.core.outputs import FORMATS
from fetchtozip_gui.core.outputs.archive import Zip
from fetchtozip_gui.core.outputs.destination import Destination
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.outputs.format import Writer
from fetchtozip_gui.core.outputs.verify import verify
from fetchtozip_gui.core.verdict import Verdict

Write = Callable[..., Any]
TABLE = pl.DataFrame({"id": [1, 2, 3], "word": ["a", None, "=c"], "share": [0.5, float("nan"), 1.0]})
ABOUT = About(
    recipe={"version": 1, "source": {"type": "http", "url": "https://u:p@api.test/x?page=1&api_key=geheim"}},
    name="My Orders 2026",
    started=datetime(2026, 11, 22, 12, 0, 1, tzinfo=UTC),
    verdict=Verdict("complete", "Complete: 3 of 3 rows", 3, 3),
    pages=2,
    fetched_rows=3,
    fetched_bytes=99,
)


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def test_the_manifest_tells_everything_and_no_secret(write: Write) -> None:
    made = write("zip", TABLE, [1], ABOUT, member="json")
    with opened(made.data) as archive:
        data, package = archive.read("data.json"), json.loads(archive.read("datapackage.json"))
    assert b"geheim" not in made.data
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert (package["name"], package["title"]) == ("my-orders-2026", "My Orders 2026")
    assert package["created"] == "2026-11-22T12:00:01Z"
    assert package["resources"] == [
        {
            "name": "data",
            "path": "data.json",
            "type": "table",
            "format": "json",
            "mediatype": "application/json",
            "encoding": "utf-8",
            "bytes": len(data),
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "rowCount": 3,
            "schema": {
                "fields": [
                    {"name": "id", "type": "integer"},
                    {"name": "word", "type": "string"},
                    {"name": "share", "type": "number"},
                ],
                "missingValues": [],
            },
        }
    ]
    assert package["sources"] == [{"title": "http", "path": "https://u:***@api.test/x?page=1&api_key=***"}]
    own = package["fetchtozip"]
    assert own["recipe"]["source"]["url"] == package["sources"][0]["path"]
    assert own["verdict"] == {"state": "complete", "words": "Complete: 3 of 3 rows", "expected": 3}
    assert (own["pages"], own["fetched_rows"], own["fetched_bytes"]) == (2, 3, 99)
    assert own["notes"] == made.notes
    assert "Column `share`: 1 values" in made.notes[0]


def test_a_csv_member_tells_its_dialect(write: Write) -> None:
    data = write("zip", TABLE, about=ABOUT, delimiter=";", safe_for_spreadsheets=True).data
    with opened(data) as archive:
        package = json.loads(archive.read("datapackage.json"))
        assert archive.read("data.csv") == b"id;word;share\n1;a;0.5\n2;;NaN\n3;'=c;1.0\n"
    dialect = {"delimiter": ";", "lineTerminator": "\n", "quoteChar": '"', "header": True}
    assert package["resources"][0]["dialect"] == dialect
    assert package["resources"][0]["schema"]["missingValues"] == [""]
    assert package["fetchtozip"]["safe_for_spreadsheets"] is True


@pytest.mark.parametrize("member", ["csv", "tsv", "json", "jsonl", "parquet", "avro"])
def test_the_same_job_makes_the_same_bytes(member: str, write: Write) -> None:
    first, second = (write("zip", TABLE, [2], ABOUT, member=member).data for _ in range(2))
    assert first == second


@pytest.mark.parametrize("member", ["csv", "tsv", "json", "jsonl", "parquet", "avro", "xlsx"])
@pytest.mark.parametrize("password", [None, "secret"])
def test_every_member_is_the_file_and_agrees_with_the_manifest(
    member: str, password: str | None, write: Write, tmp_path: Path
) -> None:
    target = tmp_path / "x.zip"
    with Destination(target) as destination:
        options = FileOutput(format="zip", member=member, password=password)
        writer = FORMATS["zip"].open(destination.begin(), TABLE.schema, options)
        for start in (0, 2):
            writer.write(writer.encode(TABLE.slice(start, 2), start))
        writer.close(ABOUT)
        destination.commit()
    assert verify(target, password).rows == 3
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]
    if password is None:
        with zipfile.ZipFile(target) as archive:
            assert archive.read(f"data.{member}") == write(member, TABLE, [2]).data
            packed = member not in ("parquet", "avro", "xlsx")
            assert archive.getinfo(f"data.{member}").compress_type == (8 if packed else 0)


@pytest.mark.parametrize("member", ["csv", "parquet", "xlsx"])
def test_an_aborted_archive_leaves_nothing(member: str, tmp_path: Path) -> None:
    with Destination(tmp_path / "x.zip") as destination:
        writer = FORMATS["zip"].open(destination.begin(), TABLE.schema, FileOutput(format="zip", member=member))
        writer.write(writer.encode(TABLE, 0))
        writer.abort()
    assert list(tmp_path.iterdir()) == []


def test_a_password_by_reference_must_have_been_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZIP_WORD", "secret")
    FORMATS["zip"].open(io.BytesIO(), TABLE.schema, FileOutput(format="zip", password="env:ZIP_WORD")).abort()
    with pytest.raises(RecipeError, match="keyring:zip was not looked up"):
        FORMATS["zip"].open(io.BytesIO(), TABLE.schema, FileOutput(format="zip", password="keyring:zip"))


def test_an_empty_password_is_refused() -> None:
    with pytest.raises(ValueError, match="is empty"):
        FileOutput(password="")


class Refusing:
    """A format that opens no table."""

    name, suffix, media_type = "xlsx", ".xlsx", "application/x"

    def open(self, file: BinaryIO, schema: pl.Schema, options: FileOutput) -> Writer:
        self.file = file
        raise OutputError("There are too many columns.")


def test_a_member_that_cannot_be_opened_leaves_no_file_open() -> None:
    member = Refusing()
    with pytest.raises(OutputError, match="too many columns"):
        Zip({"xlsx": member}).open(io.BytesIO(), TABLE.schema, FileOutput(format="zip", member="xlsx"))
    assert member.file.closed
