"""The ZIP around an XLSX: heads filled in later, ZIP64 only where it must be."""

from __future__ import annotations

import io
import zipfile

import pytest

from fetchtozip_gui.core.outputs import deflate
from fetchtozip_gui.core.outputs.excel_package import Package

_GROWTH, _ZIP64 = 0xA220, 0x0001


def packed(limit: int = 0xFFFFFFFF, head: bytes = b"head", blocks: int = 3) -> bytes:
    """Two parts: one added whole, one with a head that is filled in after other parts were written."""
    file = io.BytesIO()
    package = Package(file, limit)
    package.add("first.xml", b"<first/>" * 100)
    sheet = package.begin("sheet.xml", len(head))
    for number in range(blocks):
        at = package.append(deflate.block(b"%d " % number * 1000, 1))
        assert file.getvalue()[at:]
    package.end(sheet)
    package.add("last.xml", b"")
    package.fill(sheet, head)
    package.finish()
    return file.getvalue()


def extra_fields(data: bytes, info: zipfile.ZipInfo) -> int:
    """The kind of the one extra field in the local header."""
    at = info.header_offset + 30 + len(info.filename)
    return int.from_bytes(data[at : at + 2], "little")


@pytest.mark.parametrize("head", [b"", b"h", b"h" * 65_535, b"h" * 65_536, b"h" * 200_001])
@pytest.mark.parametrize("blocks", [0, 3])
def test_parts_come_back_whole(head: bytes, blocks: int) -> None:
    data = packed(head=head, blocks=blocks)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        assert package.namelist() == ["first.xml", "sheet.xml", "last.xml"]
        assert package.read("first.xml") == b"<first/>" * 100
        assert package.read("sheet.xml") == head + b"".join(b"%d " % number * 1000 for number in range(blocks))
        assert package.read("last.xml") == b""
        # no data descriptors, no flags, nothing that depends on the time
        assert {(info.flag_bits, info.date_time, info.extract_version) for info in package.infolist()} == {
            (0, (1980, 1, 1, 0, 0, 0), 20)
        }
        assert {extra_fields(data, info) for info in package.infolist()} == {_GROWTH}


@pytest.mark.parametrize("limit", [1, 100, 1_000, 3_000, 10_000])
def test_zip64_begins_at_the_limit(limit: int) -> None:
    data, plain = packed(limit), packed()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(io.BytesIO(plain)) as usual:
        assert package.testzip() is None
        for info, other in zip(package.infolist(), usual.infolist(), strict=True):
            assert (info.CRC, info.file_size, info.compress_size) == (other.CRC, other.file_size, other.compress_size)
            assert info.header_offset == other.header_offset
            wide = max(info.file_size, info.compress_size) >= limit
            assert extra_fields(data, info) == (_ZIP64 if wide else _GROWTH)
            assert (info.extract_version == 45) == (wide or info.header_offset >= limit)
    assert (b"PK\x06\x06" in data) == (b"PK\x06\x07" in data) == (data.index(b"PK\x01\x02") >= limit)


def test_a_head_must_fill_its_room() -> None:
    package = Package(io.BytesIO())
    member = package.begin("sheet.xml", 5)
    package.end(member)
    with pytest.raises(ValueError, match="4 bytes long, the room for it 5"):
        package.fill(member, b"four")
