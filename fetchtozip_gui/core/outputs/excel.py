"""XLSX as a format of results."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import polars as pl

    from fetchtozip_gui.core.outputs.excel_writer import ExcelWriter
    from fetchtozip_gui.core.outputs.file import FileOutput

ROWS_PER_SHEET = 1_048_575
"""Under the header; the sheets of Excel and LibreOffice end there."""


class Excel:
    """Numbers, booleans, dates and times are Excel's own; text is never a formula or a link; null is an empty cell.

    Times with a zone are written in UTC and say so in their cells. What would lose digits or cannot be a number
    (more than 15 digits, NaN, infinity, dates outside 1900-03-01 to 9999-12-31, negative durations) stays text. Text
    longer than a cell holds is cut, times to the millisecond. Nested values are JSON text, bytes base64. The notes tell
    how many values of which column were changed, and where the first is.
    """

    name = "xlsx"
    suffix = ".xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def __init__(self, rows_per_sheet: int = ROWS_PER_SHEET) -> None:
        self._rows_per_sheet = rows_per_sheet

    def open(self, file: BinaryIO, schema: pl.Schema, options: FileOutput) -> ExcelWriter:
        """`file` must be empty, and opened for reading too ("w+b"): the workbook is read back before `close` returns.

        Raises `OutputError` for more columns, or longer names, than a sheet holds; nothing is written then.
        """
        if not (file.readable() and file.seekable()) or file.tell():
            raise ValueError("an XLSX file is written to an empty file that can be read and sought in")
        from fetchtozip_gui.core.outputs.excel_writer import ExcelWriter  # seven files that few commands need

        return ExcelWriter(file, schema, self._rows_per_sheet)
