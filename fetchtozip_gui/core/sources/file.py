"""The file source: rows from a file of this machine, in any format, also inside a ZIP or gzip."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.work import Done, Tools, Yielded

FileFormat = Literal["auto", "csv", "tsv", "json", "jsonl", "parquet", "xlsx", "avro", "xml", "delta"]


def _of_texts(name: str) -> str:
    try:
        known = codecs.lookup(name)
    except LookupError:
        raise ValueError(f"there is no encoding {name!r}; usual ones are utf-8, utf-16 and cp1252") from None
    if not getattr(known, "_is_text_encoding", True):
        raise ValueError(f"{name} is no encoding of texts; usual ones are utf-8, utf-16 and cp1252")
    return name


_ID = re.compile("[0-9a-hjkmnp-tv-z]{13}")
Encoding = Annotated[str, AfterValidator(_of_texts)]
Delimiter = Annotated[str, Field(pattern=r"^[\x01-\x09\x0b\x0c\x0e-\x21\x23-\x7f]$")]
"""One ASCII character, and neither a double quote nor the end of a line."""


class FileSource(Model):
    """A file, read from front to back in parts, with memory that does not grow with it (a workbook's does)."""

    type: Literal["file"] = "file"
    path: str = Field(min_length=1)
    """Where the file is, or the id of an upload; `~` is the user's own folder."""
    format: FileFormat = "auto"
    """`auto` looks at the first bytes and the name, also of the file in a ZIP or gzip."""
    sheet: int | str | None = None
    """The sheet of a workbook, by its name or its number from 1; null takes the first that has rows."""
    delimiter: Delimiter | None = None
    """Between the fields of a CSV; null finds comma, semicolon, tab or bar."""
    encoding: Encoding | None = None
    """Of a text; null finds UTF-8, UTF-16 or Windows-1252."""
    member: str | None = Field(default=None, min_length=1)
    """The file inside a ZIP that holds several; null takes a Data Package's first, or the only one that has rows."""
    quote: Literal["auto", "double", "single", "none"] = "auto"
    """Around the fields of a CSV in which a delimiter stands; auto finds double quotes, single ones or none."""
    header: int = Field(default=1, ge=0, le=1_000_000)
    """The line of a CSV, or the row of a sheet, that holds the columns' names; those before it are left out.

    0 when there is none: the columns are called column_1, column_2, and so on."""
    records: str = Field(default="auto", min_length=1)
    """Where the rows are: of a JSON a JSONPath such as $.data, of an XML the element that is a row, as orders/order."""
    bad_lines: Literal["stop", "skip"] = "stop"
    """What becomes of a line of a CSV or JSON Lines that is no row: it ends the job, or it is left out and told."""

    def read(self, tools: Tools, done: Done) -> Iterator[Yielded]:
        """The rows in parts, see `core.rows.files`."""
        # only loaded by jobs that read files
        from fetchtozip_gui.core.rows.file_parts import Options
        from fetchtozip_gui.core.rows.files import read_file

        yield from read_file(self.place(tools), Options.of(self), tools, done)

    def place(self, tools: Tools) -> Path:
        """Where the file is."""
        path = Path(self.path).expanduser()
        if _ID.fullmatch(self.path) and not path.exists():
            # no upload either: the error names the file, which is what most paths are
            with suppress(FetchToZipError):
                return tools.job_result(self.path)
        return path
