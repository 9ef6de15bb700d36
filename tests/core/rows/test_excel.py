"""Workbooks: the types of their cells, their sheets, and what is no workbook."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.bodies import body_frame
from fetchtozip_gui.core.rows.excel import excel_frame


def book(**sheets: Sequence[Sequence[Any]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def column(*cells: Any) -> pl.Series:
    return excel_frame(book(Data=[["x", "y"], *([cell, 1] for cell in cells)])).frame["x"]


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        ([1, -2, None], pl.Int64()),
        ([1.5, 2], pl.Float64()),
        ([2**53, 1], pl.Int64()),
        (["00123", "1e5", None], pl.String()),
        ([True, False], pl.Boolean()),
        ([dt.date(2024, 5, 31), dt.date(1999, 1, 1)], pl.Date()),
        ([dt.datetime(2024, 5, 31, 18, 30), dt.datetime(2024, 6, 1)], pl.Datetime("us")),
        ([dt.time(18, 30), dt.time(0, 0, 1)], pl.Time()),
        ([dt.timedelta(hours=30)], pl.Duration("us")),
    ],
)
def test_cells_have_their_types(cells: list[Any], dtype: pl.DataType) -> None:
    found = column(*cells)
    assert found.dtype == dtype
    assert found.to_list() == cells


def test_all_rows_count_for_the_type_and_not_only_the_first() -> None:
    found = column(*[1] * 3000, "x")
    assert found.dtype == pl.String
    assert found.to_list() == ["1"] * 3000 + ["x"]


def test_mixed_cells_become_texts() -> None:
    assert column("x", 1, 2.5, True).to_list() == ["x", "1", "2.5", "true"]


def test_kinds_without_a_common_type_become_texts_and_it_is_told() -> None:
    found = excel_frame(book(Data=[["d", "n"], [dt.timedelta(hours=30), 1], ["x", 2]]))
    assert found.frame["n"].to_list() == ["1", "2"]
    assert found.schema == pl.Schema({"d": pl.String(), "n": pl.Int64()})
    assert "mixes kinds of cells" in found.notes[0]


def test_an_empty_column_has_no_type() -> None:
    assert excel_frame(book(Data=[["x", "y"], [1, None]])).frame.schema["y"] == pl.Null


def test_names_are_made_unique() -> None:
    found = excel_frame(book(Data=[["a", "a", None, 7], [1, 2, 3, 4]]))
    assert found.frame.columns == ["a", "a_2", "column_3", "7"]
    assert len(found.notes) == 2


def test_empty_rows_at_the_end_are_left_out_and_those_between_stay() -> None:
    made = openpyxl.load_workbook(io.BytesIO(book(Data=[["a", "b"], [1, 2], [None, None], [3, 4]])))
    made["Data"]["B9"].number_format = "0.00"
    file = io.BytesIO()
    made.save(file)
    assert excel_frame(file.getvalue()).frame.rows() == [(1, 2), (None, None), (3, 4)]


def test_cells_with_an_error_are_told() -> None:
    found = excel_frame(book(Other=[["x"]], Data=[["a", "b"], ["#N/A", 1], [1, 2], ["#DIV/0!", 3]]), sheet="Data")
    assert found.frame["a"].to_list() == [None, 1, None]
    assert found.notes == ("2 cells hold an error such as #N/A; they are null here.",)


def test_truth_among_numbers_stays_truth() -> None:
    assert column(1, True, 2.5).to_list() == ["1", "true", "2.5"]


@pytest.mark.parametrize("word", ["N/A", "n/a", "NA", "NULL", "null", "None", "nan", "NaN", "<NA>", "#NA", "-1.#IND"])
def test_words_for_nothing_are_texts(word: str) -> None:
    assert column(1, word, 2.5).to_list() == ["1", word, "2.5"]
    assert column(dt.date(2024, 1, 1), word)[1] == word


def test_a_sheet_is_chosen() -> None:
    body = book(Empty=[], First=[["a"], [1]], Second=[["b"], [2]])
    found = excel_frame(body)
    assert found.frame.columns == ["a"]
    assert found.notes == ("The rows are those of sheet 'First'; there are 'Empty', 'First', 'Second'.",)
    assert excel_frame(body, sheet="Second").frame.columns == ["b"]
    assert excel_frame(body, sheet=3).frame.columns == ["b"]
    assert excel_frame(body, sheet="Empty").frame.shape == (0, 0)
    for sheet in ("Third", 0, 4):
        with pytest.raises(BadBody, match=r"There is no sheet .*; there are 'Empty', 'First', 'Second'"):
            excel_frame(body, sheet=sheet)


def test_a_header_alone() -> None:
    found = excel_frame(book(Data=[["a", "b"]]))
    assert found.frame.shape == (0, 2)


def test_a_path_is_read_like_a_body(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(book(Data=[["a"], [1]]))
    assert excel_frame(path).frame.rows() == [(1,)]


@pytest.mark.parametrize("body", [b"", b"hello", b"PK\x03\x04hello", b"<html></html>"])
def test_what_is_no_workbook_is_told(body: bytes) -> None:
    with pytest.raises(BadBody, match="The workbook cannot be read"):
        body_frame(body, "xlsx")


def test_a_cut_workbook_is_told() -> None:
    body = book(Data=[["a"], *[[n] for n in range(2000)]])
    for size in range(100, len(body), len(body) // 15):
        with pytest.raises(BadBody, match=r"workbook|ZIP"):
            body_frame(body[:size], "xlsx")


def test_a_workbook_that_explodes_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/workbook.xml", "w") as member:
        for _ in range(80):
            member.write(bytes(1 << 20))
    with pytest.raises(BadBody, match="expansion limit"):
        body_frame(file.getvalue(), "xlsx")
