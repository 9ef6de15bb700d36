"""Reads a sheet of a workbook, with the types its cells have."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.column_names import nameless, unique_names
from fetchtozip_gui.core.rows.excel_lost import lost_cells
from fetchtozip_gui.core.rows.parsed import Parsed
from fetchtozip_gui.core.rows.text_types import types_of

if TYPE_CHECKING:
    from fastexcel import ExcelReader

_EXACT = 2**53
_DAY_ZERO = dt.date(1899, 12, 31)


def excel_frame(book: bytes | Path, *, sheet: str | int | None = None, header: int = 1) -> Parsed:
    """The rows of a sheet: the one of this name or number (from 1), else the first that has any.

    The row with the number `header` holds the names, none when it is 0; empty rows before the first do not count. Whole
    numbers become integers, days without a time dates, times without a day times. A workbook is
    read as a whole: memory grows with the sheet. `BadBody` says what there is.
    """
    import fastexcel  # heavy: only for workbooks

    logging.getLogger("fastexcel").setLevel(logging.ERROR)
    notes: list[str] = []
    try:
        reader = fastexcel.read_excel(str(book) if isinstance(book, Path) else book)
        name = _sheet(reader, sheet, notes)
        first = reader.load_sheet(name, header_row=None, n_rows=header or 1, dtypes="string").to_polars()
        if not first.width:
            return Parsed(pl.DataFrame(), notes=tuple(notes))
        if first.height < header:
            there = f"sheet {name!r} has {first.height:,} rows"
            raise BadBody(f"There is no row {header:,} to take the names from; {there}.", "Name another in `header`.")
        names = unique_names([str(cell or "") for cell in first.row(-1)], notes) if header else nameless(first.width)
        lost = lost_cells(book, name)
        if lost.errors:
            notes.append(f"{lost.errors:,} cells hold an error such as #N/A; they are null here.")
        return _rows(reader, name, list(names), notes, mixed=lost.mixed, header=header)
    except fastexcel.FastExcelError as error:
        raise BadBody(
            f"The workbook cannot be read: {str(error).splitlines()[0]}.",
            "It may be cut, encrypted or no workbook at all.",
        ) from None


def _sheet(reader: ExcelReader, sheet: str | int | None, notes: list[str]) -> str:
    names = reader.sheet_names
    there = ", ".join(repr(name) for name in names)
    if isinstance(sheet, int):
        if 1 <= sheet <= len(names):
            return names[sheet - 1]
    elif sheet is not None:
        if sheet in names:
            return sheet
    else:
        filled = (name for name in names if reader.load_sheet(name, header_row=None, n_rows=1).width)
        name = next(filled, names[0]) if names[1:] else names[0]
        if names[1:]:
            notes.append(f"The rows are those of sheet {name!r}; there are {there}.")
        return name
    raise BadBody(f"There is no sheet {sheet!r}; there are {there}.", "Name one of them in `sheet`, or its number.")


def _rows(reader: ExcelReader, name: str, names: list[str], notes: list[str], *, mixed: bool, header: int) -> Parsed:
    from fastexcel import UnsupportedColumnTypeCombinationError  # heavy: only for workbooks

    options: dict[str, Any] = {
        "header_row": None,
        "skip_rows": header,
        "column_names": names,
        "schema_sample_rows": None,
    }

    def texts() -> pl.DataFrame:
        written: pl.DataFrame = reader.load_sheet(name, dtypes="string", **options).to_polars()
        return written

    try:
        frame = reader.load_sheet(name, **options).to_polars()
    except UnsupportedColumnTypeCombinationError:
        notes.append("A column mixes kinds of cells that have no common type; all cells are read as text.")
        frame = _without_tail(texts())
        return Parsed(frame, types_of(frame), tuple(notes))
    if mixed:
        frame = pl.DataFrame([_faithful(cells, text) for cells, text in zip(frame, texts(), strict=True)])
    return Parsed(pl.DataFrame([_typed(column) for column in _without_tail(frame)]), notes=tuple(notes))


def _faithful(cells: pl.Series, texts: pl.Series) -> pl.Series:
    """The texts where the cells' common type has made something else of them: null of N/A, 1 of true."""
    if texts.null_count() < cells.null_count():
        return texts
    if cells.dtype.is_numeric() and texts.str.to_lowercase().is_in(["true", "false", "nan"]).any():
        return texts
    return cells


def _without_tail(frame: pl.DataFrame) -> pl.DataFrame:
    """Without the empty rows at the end, which formatted but empty cells leave."""
    filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series().arg_true()
    return frame.head(int(filled[-1]) + 1 if filled.len() else 0)


def _typed(cells: pl.Series) -> pl.Series:
    if cells.null_count() == cells.len():
        return cells.cast(pl.Null)
    if cells.dtype == pl.Float64:
        whole = ((cells.round() == cells) & (cells.abs() <= _EXACT)).all()
        return cells.cast(pl.Int64) if whole else cells
    if isinstance(cells.dtype, pl.Datetime):
        days = cells.dt.date()
        if (days == _DAY_ZERO).all():
            return cells.dt.time()
        return days if (cells.dt.time() == dt.time()).all() else cells.cast(pl.Datetime("us"))
    return cells.cast(pl.Duration("us")) if isinstance(cells.dtype, pl.Duration) else cells
