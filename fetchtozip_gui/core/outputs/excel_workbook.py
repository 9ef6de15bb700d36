"""The workbook around the rows, as XlsxWriter makes it: styles, sheets, frozen header, filter, widths, properties."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fetchtozip_gui.core.outputs.excel_cells import GENERAL, Column
from fetchtozip_gui.core.outputs.excel_rows import TEXT

HEADER = "header"
WIDEST = 60
"""Characters; a longer text is shown cut off, as it would be anywhere."""
MOST_COLUMNS = 16_384
EARLY = ("_rels/.rels", "docProps/core.xml")
"""Parts that do not depend on the number of sheets; a package that begins with one is known for a workbook."""

# the last places of a sheet, so that no head is longer than one made with them
_LAST_ROW, _LAST_COLUMN = 1_048_576, MOST_COLUMNS - 1
_CREATED = datetime.datetime(1980, 1, 1)
"""Of every workbook, so that equal rows give equal bytes."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """What stands around the rows: each sheet's XML up to its rows and after them, and the other parts.

    `styles` maps number formats, `TEXT` and `HEADER` to cell styles.
    """

    heads: tuple[str, ...]
    tails: tuple[str, ...]
    parts: dict[str, bytes]
    styles: dict[str, int]


def sheet_name(index: int) -> str:
    """Data, Data 2, Data 3, …"""
    return f"Data {index + 1}" if index else "Data"


def sheet_path(index: int) -> str:
    return f"xl/worksheets/sheet{index + 1}.xml"


def workbook(columns: Sequence[Column], widths: Sequence[int], rows: Sequence[int]) -> Workbook:
    """A workbook with these columns; `rows` has the number of data rows of each of its sheets."""
    import xlsxwriter  # type: ignore[import-untyped]  # heavy: only where a workbook is written

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": _CREATED})
    formats = _formats(book, columns)
    for index, count in enumerate(rows):
        sheet = book.add_worksheet(sheet_name(index))
        for place, made in enumerate(formats.values()):
            # each format is used once, in the same order, so that its style is the same in every workbook made here
            sheet.write_blank(0, place, None, made)
        for place, (column, width) in enumerate(zip(columns, widths, strict=True)):
            sheet.set_column(place, place, width, formats.get(column.format))
        sheet.freeze_panes(1, 0)
        if columns:
            sheet.autofilter(0, 0, count, len(columns) - 1)
            sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    book.close()
    with zipfile.ZipFile(target) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheets = [parts.pop(sheet_path(index)).decode() for index in range(len(rows))]
    cut = [re.fullmatch(r"(.*<sheetData>)(.*)(</sheetData>.*)", sheet, re.DOTALL) for sheet in sheets]
    heads, cells, tails = zip(*(found.groups() for found in cut if found), strict=True)
    styles = [int(number) for number in re.findall(r'<c r="[A-Z]+1" s="(\d+)"/>', cells[0])]
    sized = (_with_dimension(head, count, len(columns)) for head, count in zip(heads, rows, strict=True))
    return Workbook(tuple(sized), tails, parts, {GENERAL: 0, **dict(zip(formats, styles, strict=True))})


def longest_head(columns: Sequence[Column]) -> int:
    """The length of the longest head that any sheet with these columns can get."""
    # XlsxWriter writes neighbours of one width as one, so no two neighbours here are alike
    widths = [WIDEST - place % 2 for place in range(len(columns))]
    head = workbook(columns, widths, [_LAST_ROW - 1]).heads[0]
    return len(_with_dimension(head, _LAST_ROW - 1, MOST_COLUMNS))


def padded(head: str, length: int) -> str:
    """The same head as long as it was said to be: spaces inside a tag mean nothing."""
    return head.replace("/>", " " * (length - len(head)) + "/>", 1)


def width(name: str, longest: int) -> int:
    """The width of a column in characters: its values, its bold name and the filter's arrow."""
    wide = max(len(name), len(name.encode()) - len(name))
    return min(WIDEST, max(longest + 1, wide + wide // 10 + 4, 5))


def _formats(book: Any, columns: Sequence[Column]) -> dict[str, Any]:
    made = {
        HEADER: book.add_format({"bold": True, "quote_prefix": True}),
        TEXT: book.add_format({"quote_prefix": True}),
    }
    for column in columns:
        for name in column.formats:
            if name and name not in made:
                made[name] = book.add_format({"num_format": name})
    return made


def _with_dimension(head: str, rows: int, columns: int) -> str:
    from xlsxwriter.utility import xl_range  # type: ignore[import-untyped]  # heavy: only where a workbook is written

    reference = xl_range(0, 0, rows, max(0, columns - 1))
    return re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="{reference}"/>', head, count=1)
