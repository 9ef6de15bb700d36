"""The workbook around the rows: sheets, header, filter, widths, the same bytes each time, and its limits."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fastexcel
import openpyxl
import polars as pl
import pytest
from lxml import etree
from programs import needed

from fetchtozip_gui.core.errors import OutputError
from fetchtozip_gui.core.outputs.excel import Excel
from fetchtozip_gui.core.outputs.file import FileOutput

Write = Callable[..., Any]
_SPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def people(rows: int) -> pl.DataFrame:
    """A plain table."""
    number = pl.int_range(rows, eager=True)
    return pl.DataFrame(
        {
            "id": number,
            "name": number.cast(pl.String) + " Ω & co",
            "born": (10_000 + number).cast(pl.Int32).cast(pl.Date),
            "score": number / 7,
        }
    )


def write_sheets(table: pl.DataFrame, per_sheet: int, step: int) -> bytes:
    """The table with few rows in each sheet, in frames of `step` rows that were encoded in threads."""
    file = io.BytesIO()
    writer = Excel(per_sheet).open(file, table.schema, FileOutput())
    with ThreadPoolExecutor(4) as pool:
        starts = range(0, table.height, step)
        for chunk in pool.map(lambda start: writer.encode(table[start : start + step], start), starts):
            writer.write(chunk)
    writer.close()
    return file.getvalue()


def test_header_is_bold_frozen_and_filterable(write: Write) -> None:
    table = people(5)
    sheet = openpyxl.load_workbook(io.BytesIO(write("xlsx", table).data)).worksheets[0]
    assert sheet.title == "Data"
    assert [cell.value for cell in sheet[1]] == table.columns
    assert all(cell.font.bold for cell in sheet[1])
    assert not any(cell.font.bold for cell in sheet[2])
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions == "A1:D6"


def test_widths_come_from_names_and_values(write: Write) -> None:
    table = pl.DataFrame(
        {"a": ["x" * 30, "y"], "b": ["漢字漢字", ""], "a rather long name": [1, 2], "c": ["z" * 5000, ""]}
    )
    sheet = openpyxl.load_workbook(io.BytesIO(write("xlsx", table, [1]).data)).worksheets[0]
    widths = [round(sheet.column_dimensions[letter].width) for letter in "ABCD"]
    assert widths == [32, 10, 24, 61]


def test_rows_go_on_in_further_sheets() -> None:
    table = people(100)
    data = write_sheets(table, 30, 7)
    reader = fastexcel.read_excel(data)
    assert reader.sheet_names == ["Data", "Data 2", "Data 3", "Data 4"]
    parts = [reader.load_sheet(name).to_polars() for name in reader.sheet_names]
    assert [part.height for part in parts] == [30, 30, 30, 10]
    assert all(part.columns == table.columns for part in parts)
    whole = pl.concat(parts)
    assert whole["id"].cast(pl.Int64).to_list() == table["id"].to_list()
    assert whole["name"].to_list() == table["name"].to_list()
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [sheet.auto_filter.ref for sheet in book] == ["A1:D31", "A1:D31", "A1:D31", "A1:D11"]
    assert [sheet.dimensions for sheet in book] == ["A1:D31", "A1:D31", "A1:D31", "A1:D11"]


def test_the_sheets_of_excel_end_at_1_048_576_rows(write: Write) -> None:
    table = pl.DataFrame({"n": pl.int_range(1_048_577, eager=True)})
    reader = fastexcel.read_excel(write("xlsx", table, [500_000, 1_048_575]).data)
    first, second = (reader.load_sheet(name).to_polars()["n"].cast(pl.Int64) for name in ("Data", "Data 2"))
    assert (first.len(), second.to_list()) == (1_048_575, [1_048_575, 1_048_576])
    assert first.equals(table["n"][:1_048_575])


def test_rows_that_deflate_to_almost_nothing(write: Write) -> None:
    table = pl.DataFrame(
        {"a": [0] * 300_000, "b": [""] * 300_000, "c": [None] * 300_000}, schema_overrides={"c": pl.Date}
    )
    data = write("xlsx", table).data
    assert len(data) < 300_000
    assert fastexcel.read_excel(data).load_sheet(0).to_polars()["a"].len() == 300_000


def test_equal_tables_give_equal_bytes(write: Write) -> None:
    table = people(5_000)
    data = write("xlsx", table, [1_000, 2_500]).data
    assert data == write("xlsx", table, [1_000, 2_500]).data
    assert write_sheets(table, 1_048_575, 700) == write_sheets(table, 1_048_575, 700)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01T00:00:00Z" in package.read("docProps/core.xml")


def test_no_rows_leave_a_header(write: Write) -> None:
    table = people(5).clear()
    data = write("xlsx", table).data
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [table.columns]
    assert sheet.auto_filter.ref == "A1:D1"
    assert fastexcel.read_excel(data).load_sheet(0).to_polars().height == 0


def test_no_columns_are_an_empty_sheet(write: Write) -> None:
    data = write("xlsx", pl.DataFrame()).data
    assert openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].max_column <= 1


def test_a_name_may_be_empty(write: Write) -> None:
    table = pl.DataFrame({"x": ["a"]}).rename({"x": ""})
    sheet = openpyxl.load_workbook(io.BytesIO(write("xlsx", table).data)).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [[""], ["a"]]


def test_too_many_columns_are_refused_before_anything_is_written() -> None:
    file = io.BytesIO()
    schema = pl.Schema({f"c{place}": pl.Int64() for place in range(16_385)})
    with pytest.raises(OutputError, match="16,385 columns"):
        Excel().open(file, schema, FileOutput())
    assert file.getvalue() == b""


@pytest.mark.slow
def test_as_many_columns_as_a_sheet_holds(write: Write) -> None:
    table = pl.DataFrame({f"c{place}": [place] if place % 2 else [f"&{place}"] for place in range(16_384)})
    data = write("xlsx", table).data
    found = fastexcel.read_excel(data).load_sheet(0).to_polars()
    assert found.columns == table.columns
    assert found.row(0) == table.row(0)


def test_a_name_that_no_cell_holds_is_refused() -> None:
    file = io.BytesIO()
    with pytest.raises(OutputError, match="longer than the 32,767 characters"):
        Excel().open(file, pl.Schema({"n" * 32_768: pl.Int64()}), FileOutput())
    assert file.getvalue() == b""


def test_the_parts_of_a_sheet_stand_in_the_order_of_the_standard(write: Write) -> None:
    with zipfile.ZipFile(io.BytesIO(write("xlsx", people(3)).data)) as package:
        sheet = etree.fromstring(package.read("xl/worksheets/sheet1.xml"))
    assert [etree.QName(part).localname for part in sheet] == [
        "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "autoFilter", "pageMargins", "ignoredErrors",
    ]  # fmt: skip
    assert len(sheet.findall("m:sheetData/m:row", _SPACE)) == 4


_PEAK = """
import io, resource, sys, tempfile
import polars as pl
from fetchtozip_gui.core.outputs.excel import Excel
from fetchtozip_gui.core.outputs.file import FileOutput

rows, step = int(sys.argv[1]), 4096
def frame(start):
    n = pl.int_range(start, start + step, eager=True)
    text = n.cast(pl.String) + " and <more>"
    return pl.DataFrame({"n": n, "x": n / 7, "text": text, "again": (n * n).cast(pl.String)})
with tempfile.TemporaryFile() as file:
    writer = Excel().open(file, frame(0).schema, FileOutput())
    for start in range(0, rows, step):
        writer.write(writer.encode(frame(start), start))
    writer.close()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_rows() -> None:
    peaks = [
        int(subprocess.run([sys.executable, "-c", _PEAK, str(rows)], capture_output=True, check=True).stdout)
        for rows in (100_000, 1_500_000)
    ]
    assert peaks[1] <= 1.1 * peaks[0]


@pytest.mark.slow
def test_libreoffice_opens_it(tmp_path: Path, write: Write) -> None:
    needed("soffice")
    table = people(50).with_columns(awkward=pl.Series(["=1+1", "a\tb", " ä ", "_x0041_", "<&>"] * 10))
    (tmp_path / "made.xlsx").write_bytes(write("xlsx", table).data)
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [
        "soffice",
        home,
        "--headless",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true",
    ]
    subprocess.run([*command, "--outdir", str(tmp_path), str(tmp_path / "made.xlsx")], check=True, capture_output=True)
    found = pl.read_csv(tmp_path / "made.csv", infer_schema=False)
    assert found.columns == table.columns
    assert found["id"].to_list() == table["id"].cast(pl.String).to_list()
    assert found["name"].to_list() == table["name"].to_list()
    assert found["born"].to_list() == table["born"].cast(pl.String).to_list()
    assert found["awkward"].to_list() == table["awkward"].to_list()
