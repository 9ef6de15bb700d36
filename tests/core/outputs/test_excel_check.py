"""A workbook that is not what was to be written is found before it is published."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.errors import CheckFailed
from fetchtozip_gui.core.outputs import excel_cells
from fetchtozip_gui.core.outputs.excel import Excel
from fetchtozip_gui.core.outputs.excel_check import Sample, Sheet, check
from fetchtozip_gui.core.outputs.file import FileOutput

_SHEET = "xl/worksheets/sheet1.xml"


class BadDisk(io.BytesIO):
    """Gives back one byte other than it was written."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._at = at

    def read(self, size: int | None = -1, /) -> bytes:
        start = self.tell()
        data = bytearray(super().read(size))
        if start <= self._at < start + len(data):
            data[self._at - start] ^= 0x10
        return bytes(data)


TABLE = pl.DataFrame({"id": range(3000), "text": [f"row {number} <&>" for number in range(3000)]})


def write(file: io.BytesIO) -> io.BytesIO:
    writer = Excel().open(file, TABLE.schema, FileOutput())
    writer.write(writer.encode(TABLE, 0))
    writer.close()
    return file


GOOD = write(io.BytesIO()).getvalue()
with zipfile.ZipFile(io.BytesIO(GOOD)) as _package:
    INFO = _package.getinfo(_SHEET)
    FIRST = INFO.header_offset + 30 + len(_SHEET) + 20
    XML = _package.read(_SHEET)


def inflated(data: bytes) -> bytes | None:
    """The sheet as zlib finds it, or None where it does not."""
    try:
        return zlib.decompress(data[FIRST : FIRST + INFO.compress_size], -15)
    except zlib.error:
        return None


@given(at=st.integers(FIRST, FIRST + INFO.compress_size - 1))
def test_a_changed_byte_of_a_sheet_is_found(at: int) -> None:
    changed = bytearray(GOOD)
    changed[at] ^= 0x10
    # a few bits between blocks mean nothing
    if inflated(bytes(changed)) == XML:
        assert write(BadDisk(at)).getvalue() == GOOD
        return
    with pytest.raises(CheckFailed, match="does not read back"):
        write(BadDisk(at))


@pytest.mark.parametrize("cut", [1, 30, 500, len(GOOD) - FIRST])
def test_a_cut_file_is_found(cut: int) -> None:
    with pytest.raises(CheckFailed, match="its package is damaged"):
        check(io.BytesIO(GOOD[:-cut]), excel_cells.columns(TABLE.schema), [told()])


def told(rows: int = 3000, tags: int | None = None) -> Sheet:
    count = XML[XML.index(b"<sheetData>") : XML.index(b"</sheetData>")].count(b"<") - 1
    header = 2 + 2 * 6
    return Sheet(rows, count - header if tags is None else tags)


def repacked(change: Callable[[bytes], bytes], part: str = _SHEET) -> io.BytesIO:
    """The good workbook with one part changed, in a sound package."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return file


def checked(file: io.BytesIO, sheet: Sheet | None = None) -> None:
    check(file, excel_cells.columns(TABLE.schema), [sheet or told()])


def test_the_same_workbook_is_right() -> None:
    checked(repacked(lambda data: data))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda xml: xml.replace(b"<row><c><v>7</v></c>", b"<row><c/>"), "3,000 rows for 3,000, or other cells"),
        (lambda xml: xml.replace(b"row 7 &lt;&amp;&gt;", b"<b/>row 7"), "or other cells"),
        (lambda xml: xml[: xml.rindex(b"<row>")] + xml[xml.rindex(b"</row>") + 6 :], "2,999 rows for 3,000"),
        (lambda xml: xml.replace(b"<is><t>text</t>", b"<is><t>next</t>"), "the header of the sheet 'Data'"),
        (lambda xml: xml.replace(b"<sheetData>", b"<sheetdata>"), "is not well-formed XML"),
    ],
)
def test_other_rows_cells_or_names_are_found(change: Callable[[bytes], bytes], found: str) -> None:
    file = repacked(change)
    with zipfile.ZipFile(file) as package:
        assert package.read(_SHEET) != XML
    with pytest.raises(CheckFailed, match=found):
        checked(file)


def test_a_missing_or_broken_part_is_found() -> None:
    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "xl/styles.xml"):
        with pytest.raises(CheckFailed):
            checked(repacked(lambda data: data[: len(data) // 2], part))


@pytest.mark.parametrize(
    ("number", "text", "right"),
    [
        (0.0, "row 0 <&>", True),
        (1.0, "row 0 <&>", False),
        (None, "row 0 <&>", False),
        (0.0, "row 0", False),
        (0.0, None, False),
    ],
)
def test_sampled_values_are_compared(number: float | None, text: str | None, right: bool) -> None:
    file = io.BytesIO()
    writer = Excel().open(file, TABLE.schema, FileOutput())
    chunk = writer.encode(TABLE, 0)
    at = file.tell()
    writer.write(chunk)
    writer.close()
    head = file.getvalue().index(chunk.batches[0].block.data, at)
    expected = pl.DataFrame({"n 0": [number], "t 1": [text]}, schema={"n 0": pl.Float64, "t 1": pl.String})
    sheet = told()
    sheet.samples.append(Sample(head, len(chunk.batches[0].block.data), expected))
    if right:
        checked(file, sheet)
    else:
        with pytest.raises(CheckFailed, match="holds other values"):
            checked(file, sheet)


def test_rows_throughout_a_long_table_are_sampled() -> None:
    table = pl.DataFrame({"n": pl.int_range(300_000, eager=True)})
    writer = Excel().open(io.BytesIO(), table.schema, FileOutput())
    chunks = [writer.encode(table[start : start + 10_000], start) for start in range(0, table.height, 10_000)]
    samples = [batch.sample["n 0"][0] for chunk in chunks for batch in chunk.batches if batch.sample is not None]
    assert samples == sorted(samples)
    assert 20 < len(samples) < 80
    assert max(later - earlier for earlier, later in zip(samples, [*samples[1:], 300_000], strict=True)) < 40_000
