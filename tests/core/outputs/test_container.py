"""ZIP files as other programs read them, also past the limits of 32 bits."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from fetchtozip_gui.core.outputs import deflate
from fetchtozip_gui.core.outputs.container import Container
from fetchtozip_gui.core.outputs.zip_check import Archive

WHEN = datetime(2026, 11, 22, 13, 14, 16, tzinfo=timezone(timedelta(hours=1)))


def pack(members: dict[str, bytes], level: int = 2, **limits: int) -> bytes:
    file = io.BytesIO()
    container = Container(file, **limits)
    for name, data in members.items():
        container.begin(name, deflate.method(level))
        for at in range(0, len(data), 1000):
            container.append(deflate.block(data[at : at + 1000], level))
        container.end()
    container.finish(WHEN)
    return file.getvalue()


@pytest.mark.parametrize("level", [0, 2, 6])
@pytest.mark.parametrize("limit", [0xFFFFFFFF, 5_000, 100])
def test_members_come_back_also_as_zip64(level: int, limit: int) -> None:
    members = {"a.csv": b"x" * 10_000, "é/東京.txt": b"", "small": b"abc", "z": bytes(range(256)) * 30}
    data = pack(members, level, limit=limit)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == members
        assert {info.date_time for info in archive.infolist()} == {(2026, 11, 22, 12, 14, 16)}
    archive_read = Archive(io.BytesIO(data), limit=limit)
    assert {entry.name: b"".join(archive_read.content(entry, None)) for entry in archive_read.entries} == members
    archive_read.check_seal()


def test_many_members_are_counted_in_64_bits() -> None:
    members = {f"{number}.md": b"" for number in range(5)}
    data = pack(members, many=5)
    assert b"PK\x06\x06" in data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == list(members)
    assert len(Archive(io.BytesIO(data), many=5).entries) == 5


@pytest.mark.slow
def test_more_members_than_16_bits_count() -> None:
    members = {f"{number}.md": b"" for number in range(65_536)}
    data = pack(members)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == list(members)
    assert len(Archive(io.BytesIO(data)).entries) == 65_536


@pytest.mark.slow
def test_more_bytes_than_32_bits_count(tmp_path: Path) -> None:
    piece = deflate.block(bytes(64 * 1024 * 1024), 1)
    with (tmp_path / "large.zip").open("w+b") as file:
        container = Container(file)
        container.begin("zeros", deflate.DEFLATED)
        for _ in range(65):
            container.append(piece)
        container.end()
        container.begin("after", deflate.DEFLATED)
        container.append(deflate.block(b"x", 1))
        container.end()
        container.finish(WHEN)
        with zipfile.ZipFile(file) as archive:
            assert archive.testzip() is None
            assert archive.getinfo("zeros").file_size == 65 * 64 * 1024 * 1024
        read = Archive(file)
        for entry in read.entries:
            assert sum(map(len, read.content(entry, None))) == entry.size
        read.check_seal()


def test_wide_sizes_stand_in_the_local_header_too() -> None:
    for limit, sizes in ((10_001, (10_000, 10_000)), (10_000, (0xFFFFFFFF, 0xFFFFFFFF))):
        header = pack({"a": b"x" * 10_000}, 0, limit=limit)[:100]
        assert struct.unpack("<II", header[18:26]) == sizes
        assert (struct.pack("<HHQQ", 1, 16, 10_000, 10_000) in header) == (limit == 10_000)


def test_the_same_members_make_the_same_bytes() -> None:
    members = {"a": b"abc" * 1000, "b": b"x"}
    assert pack(members) == pack(members)


@pytest.mark.parametrize(
    ("when", "told"),
    [
        (datetime(1, 1, 1), (1980, 1, 1, 0, 0, 0)),
        (datetime(2026, 1, 2, 3, 4, 5), (2026, 1, 2, 3, 4, 4)),
        (datetime(9999, 1, 1), (2106, 1, 1, 0, 0, 0)),
    ],
)
def test_dates_outside_of_what_zip_can_say_are_its_nearest(when: datetime, told: tuple[int, ...]) -> None:
    file = io.BytesIO()
    container = Container(file)
    container.begin("a", deflate.STORED)
    container.end()
    container.finish(when)
    assert zipfile.ZipFile(file).infolist()[0].date_time == told
    assert len(Archive(file).entries) == 1


def test_headers_hold_no_sizes_that_only_a_descriptor_tells() -> None:
    """Programs that read front to back, and some that do not, fail on stored members with data descriptors."""
    data = pack({"a": b"abc"}, 0)
    assert data[6:8] == b"\x00\x08"
    assert data[18:26] == b"\x03\0\0\0\x03\0\0\0"
