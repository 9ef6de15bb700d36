"""Every flipped byte of an export is found, and hostile archives are refused without harm."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fetchtozip_gui.core.datapackage import About
from fetchtozip_gui.core.errors import CheckFailed, RecipeError
from fetchtozip_gui.core.outputs import deflate
from fetchtozip_gui.core.outputs import zip_records as records
from fetchtozip_gui.core.outputs.container import Container
from fetchtozip_gui.core.outputs.verify import recipe_in, verify

Write = Callable[..., Any]
TABLE = pl.DataFrame({"id": range(200), "word": ["é", 'say "no"\n', None, ""] * 50})


def refused(path: Path, data: bytes, password: str | None = None) -> str:
    path.write_bytes(data)
    with pytest.raises(CheckFailed) as told:
        verify(path, password)
    assert str(told.value).startswith(path.name)
    return told.value.message


@pytest.mark.parametrize("member", ["csv", "tsv", "json", "jsonl", "parquet", "avro"])
@pytest.mark.parametrize("rows", [0, 200])
def test_a_whole_export_agrees(member: str, rows: int, write: Write, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(write("zip", TABLE.head(rows), member=member).data)
    report = verify(path)
    assert report.rows == rows
    assert [name for name, _ in report.members] == [f"data.{member}", "datapackage.json"]
    assert report.words.startswith(f"x.zip agrees with its manifest: data.{member} with {rows:,} rows")


@pytest.mark.parametrize("level", [0, 2, 6])
def test_one_flipped_bit_in_any_byte_is_found(level: int, write: Write, tmp_path: Path) -> None:
    data = write("zip", TABLE.head(5), compression_level=level).data
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1 << (at % 8)
        refused(tmp_path / "x.zip", bytes(changed))


@pytest.mark.parametrize("member", ["json", "parquet", "avro"])
def test_100_random_bytes_of_any_member_kind_are_found(member: str, write: Write, tmp_path: Path) -> None:
    data = write("zip", TABLE, member=member).data
    chance = random.Random(member)
    for _ in range(100):
        changed = bytearray(data)
        changed[chance.randrange(len(data))] ^= chance.randrange(1, 256)
        refused(tmp_path / "x.zip", bytes(changed))


def test_flipped_bits_of_an_encrypted_archive_are_found_with_and_without_the_password(
    write: Write, tmp_path: Path
) -> None:
    path = tmp_path / "x.zip"
    data = write("zip", TABLE.head(3), password="secret").data
    path.write_bytes(data)
    assert verify(path, "secret").rows == 3
    assert "encrypted: what is inside was not compared" in verify(path).words
    for at in range(0, len(data), 7):
        changed = bytearray(data)
        changed[at] ^= 1 << (at % 8)
        refused(path, bytes(changed), "secret" if at % 2 else None)
    assert "the password is wrong" in refused(path, data, "other")


def test_cut_and_lengthened_files_are_found(write: Write, tmp_path: Path) -> None:
    data = write("zip", TABLE).data
    for size in (0, 1, 3, 4, 30, 100, len(data) // 2, len(data) - 1):
        refused(tmp_path / "x.zip", data[:size])
    refused(tmp_path / "x.zip", data + b"\0")
    refused(tmp_path / "x.zip", b"PK\x03\x04" + data)


def test_the_member_that_differs_is_named(write: Write, tmp_path: Path) -> None:
    data = write("zip", TABLE, compression_level=0).data
    at = data.index(b"say")
    assert (
        refused(tmp_path / "x.zip", data[:at] + b"S" + data[at + 1 :])
        == "x.zip: data.csv: its checksum (CRC-32) differs."
    )
    at = data.index(b'"rowCount"')
    assert "datapackage.json: its checksum" in refused(tmp_path / "x.zip", data[:at] + b"'" + data[at + 1 :])


def test_plain_files_have_no_manifest(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(CheckFailed) as told:
        verify(path)
    assert str(told.value) == (
        "x.csv has no manifest: it is not a ZIP. Only ZIP exports carry a manifest to be checked against."
    )
    with pytest.raises(CheckFailed, match=re.escape("none.zip cannot be read: ")):
        verify(tmp_path / "none.zip")


def test_archives_of_other_programs_are_told_apart(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("data.csv", "a\n1\n")
    assert "does not end with a seal" in refused(tmp_path / "x.zip", file.getvalue())


def sealed(members: dict[str, bytes]) -> bytes:
    """An archive that is whole as such, whatever it says."""
    file = io.BytesIO()
    container = Container(file)
    for name, data in members.items():
        container.begin(name, deflate.STORED)
        container.append(deflate.block(data, 0))
        container.end()
    container.finish(About().started)
    return file.getvalue()


def manifest(**changes: Any) -> bytes:
    digest = hashlib.sha256(b"a\n1\n").hexdigest()
    resource = {"path": "data.csv", "bytes": 4, "hash": f"sha256:{digest}", "rowCount": 1} | changes
    return json.dumps({"resources": [resource]}).encode()


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"data.csv": b"a\n1\n"}, "There is no datapackage.json in it."),
        ({"data.csv": b"a\n1\n", "datapackage.json": b"nonsense"}, "datapackage.json: it is not the manifest"),
        ({"data.csv": b"a\n1\n", "datapackage.json": b"{}"}, "datapackage.json: it is not the manifest"),
        ({"data.csv": b"a\n1\n", "datapackage.json": b"[" * 100_000}, "datapackage.json: it is not the manifest"),
        ({"data.csv": b"a\n1\n", "datapackage.json": manifest(bytes="4")}, "datapackage.json: it is not the manifest"),
        (
            {"data.csv": b"a\n1\n", "datapackage.json": manifest(bytes=5)},
            "data.csv: its size in bytes is 4, and the man",
        ),
        ({"data.csv": b"a\n2\n", "datapackage.json": manifest()}, "data.csv: its hash is sha256:"),
        ({"data.csv": b"a\n1\n", "datapackage.json": manifest(rowCount=2)}, "data.csv: its number of rows is 1, and"),
        ({"other.csv": b"a\n1\n", "datapackage.json": manifest()}, "data.csv: the manifest tells of it, but it is not"),
        ({"data.csv": b"a\n1\n", "x": b"", "datapackage.json": manifest()}, "x: the manifest does not tell of it."),
    ],
)
def test_what_disagrees_with_the_manifest_is_named(members: dict[str, bytes], words: str, tmp_path: Path) -> None:
    assert words in refused(tmp_path / "x.zip", sealed(members))


def hostile(
    change: Callable[[records.Entry, records.Entry], list[records.Entry]],
    first: bytes,
    method: int = 0,
    gap: bytes = b"",
) -> bytes:
    """Two members whose directory says what `change` makes of it, with a seal that agrees."""
    one = records.Entry("data.csv", method, 0, len(first), len(first), 0, records.zip_time(About().started))
    two = records.Entry("datapackage.json", 0, 0, 0, 0, len(records.local_header(one)) + len(first), one.time)
    entries = change(one, two)
    body = records.local_header(entries[0]) + first + records.local_header(entries[1]) + gap
    directory = b"".join(map(records.central_entry, entries))
    tail = directory + records.directory_end(len(entries), len(directory), len(body))
    return body + tail + hashlib.sha256(body + tail).hexdigest().encode()


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    data = hostile(lambda one, two: [one, two, one], b"abc")
    assert "data.csv: it overlaps the member before it." in refused(tmp_path / "x.zip", data)
    data = hostile(lambda one, two: [replace(one, packed=10, size=10), two], b"abc")
    assert "datapackage.json: it overlaps the member before it." in refused(tmp_path / "x.zip", data)
    data = hostile(lambda one, two: [replace(one, packed=1, size=1), two], b"abc")
    assert "datapackage.json: it does not follow the member before it." in refused(tmp_path / "x.zip", data)


def test_bytes_between_members_and_directory_are_refused(tmp_path: Path) -> None:
    data = hostile(lambda one, two: [one, replace(two, packed=0)], b"abc", gap=b"hidden")
    assert "There are bytes between the last member and the directory." in refused(tmp_path / "x.zip", data)


def test_bombs_are_refused_before_they_open(tmp_path: Path) -> None:
    bomb = deflate.block(bytes(50_000_000), 9).data + deflate.END
    data = hostile(lambda one, two: [replace(one, size=2**40), two], bomb, deflate.DEFLATED)
    assert re.search(
        r"data.csv: [\d,]+ bytes cannot hold the 1,099,511,627,776 it declares", refused(tmp_path / "x.zip", data)
    )
    data = hostile(lambda one, two: [replace(one, size=1000), two], bomb, deflate.DEFLATED)
    assert "data.csv: it holds more than the 1,000 bytes it declares." in refused(tmp_path / "x.zip", data)
    data = hostile(lambda one, two: [replace(one, size=2**30), two], b"abc")
    assert "data.csv: it holds 3 bytes and declares 1,073,741,824." in refused(tmp_path / "x.zip", data)


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (b"\x03\x00\x00", "bytes follow its compressed data"),
        (b"\x00", "its compressed data is cut"),
        (b"", "its compressed data is cut"),
        (b"\xff\xff\xff", "its compressed bytes are damaged"),
    ],
)
def test_deflate_streams_must_end_where_the_member_ends(stream: bytes, words: str, tmp_path: Path) -> None:
    data = hostile(lambda one, two: [replace(one, size=0), two], stream, deflate.DEFLATED)
    assert f"data.csv: {words}" in refused(tmp_path / "x.zip", data)


def test_bytes_behind_a_stream_are_found_in_the_next_piece_too(tmp_path: Path) -> None:
    sizes = [65_531] * 16  # stored blocks that end with the first MiB
    stream = b"".join(
        struct.pack("<BHH", number == 15, size, size ^ 0xFFFF) + bytes(size) for number, size in enumerate(sizes)
    )
    assert len(stream) == 1024 * 1024
    data = hostile(lambda one, two: [replace(one, size=sum(sizes)), two], stream + b"x", deflate.DEFLATED)
    assert "data.csv: bytes follow its compressed data." in refused(tmp_path / "x.zip", data)


def test_random_bytes_are_an_error_in_words(tmp_path: Path) -> None:
    chance = random.Random(7)
    for _ in range(300):
        end = struct.pack("<IHHHHIIH", records.END_MARK, 0, 0, *(chance.choice([0, 1, 0xFFFF]) for _ in range(2)),
                          chance.choice([0, 60, 2**32 - 1]), chance.choice([0, 4, 2**32 - 1]), 86)  # fmt: skip
        body = b"PK\x03\x04" + chance.randbytes(chance.randrange(200))
        refused(tmp_path / "x.zip", body + end + records.SEAL + b"0" * 64)


def test_the_recipe_comes_back(write: Write, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    recipe = {"version": 1, "source": {"type": "file", "path": "a.csv"}}
    path.write_bytes(write("zip", TABLE, about=About(recipe=recipe)).data)
    assert recipe_in(path) == recipe
    for data in (write("zip", TABLE).data, b"PK\x03\x04nonsense", sealed({"datapackage.json": b"[1]"})):
        path.write_bytes(data)
        with pytest.raises(RecipeError, match="no recipe"):
            recipe_in(path)
    path.write_bytes(write("zip", TABLE, password="secret").data)
    with pytest.raises(RecipeError, match="encrypted"):
        recipe_in(path)
    with pytest.raises(RecipeError, match="cannot be read"):
        recipe_in(tmp_path / "none.zip")
