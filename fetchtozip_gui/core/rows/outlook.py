"""Looks at how a file is written without reading its rows: what was found, and what else could be chosen."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows import zips
from fetchtozip_gui.core.rows.dialect import find_dialect
from fetchtozip_gui.core.rows.encodings import Text
from fetchtozip_gui.core.rows.file_parts import QUOTES, WHOLE, Options
from fetchtozip_gui.core.rows.kinds import format_of
from fetchtozip_gui.core.rows.opened import Opened, opened

LINES = 20
"""First lines of a text that are shown, for choosing the one that holds the names."""
_LOOKED_AT = 64 * 1024
_ENCODING_IN = 16 * 1024 * 1024
"""Bytes in which a character beyond ASCII is looked for, which decides the encoding."""
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension ref="(?:[A-Z]+(\d+):)?[A-Z]+(\d+)"')
_NAMES = {mark: name for name, mark in QUOTES.items()}


@dataclass(frozen=True, slots=True)
class Outlook:
    """Null or empty where the format has no such thing. `problem` says why there is no more to tell."""

    format: str = ""
    members: tuple[str, ...] = ()
    """The files in a ZIP."""
    member: str = ""
    sheets: tuple[tuple[str, int], ...] = ()
    """A workbook's sheets, with the rows they have, that of the names among them."""
    delimiter: str = ""
    quote: str = ""
    """By its name in a recipe: double, single or none."""
    encoding: str = ""
    lines: tuple[str, ...] = ()
    """The first lines of a CSV."""
    places: tuple[tuple[str, int], ...] = ()
    """Where rows may be in a JSON or XML, with how many are there, or at least."""
    problem: str = ""


def look(path: Path, options: Options) -> Outlook:
    """What a file shows of itself under these options; what is wrong with it is told in `problem`, never raised."""
    found = Outlook(members=_members(path))
    try:
        with opened(path, options.member) as file:
            kind = format_of(file.name, file.head) if options.format == "auto" else options.format
            found = replace(found, format=kind, member=file.name if found.members else "")
            return _inside(file, kind, options, found)
    except Exception as error:
        # whatever a library says of a broken file: reading it tells the same, with more words
        return replace(found, problem=str(error) or type(error).__name__)


def _inside(file: Opened, kind: str, options: Options, found: Outlook) -> Outlook:
    match kind:
        case "csv" | "tsv":
            return _delimited(file, kind, options, found)
        case "xlsx":
            with file.on_disk() as path:
                return replace(found, sheets=tuple(_sheets(path)))
        case "jsonl":
            return replace(found, encoding=_encoding(Text(file.chunks(), options.encoding)))
        case "json":
            return replace(found, places=tuple(_places(file, options)))
        case "xml":
            from fetchtozip_gui.core.rows.stream import Stream
            from fetchtozip_gui.core.rows.xml import LOOKED_AT, row_paths, shown_path

            head = Stream(file.chunks()).ahead(LOOKED_AT + 1)
            counts = row_paths(head, encoding=options.encoding)
            return replace(found, places=tuple((shown_path(path), count) for path, count in counts.items()))
    return found


def _members(path: Path) -> tuple[str, ...]:
    with suppress(zipfile.BadZipFile, OSError, ValueError), zipfile.ZipFile(path) as archive:
        return () if zips.is_workbook(archive) else tuple(zips.members(archive))
    return ()


def _delimited(file: Opened, kind: str, options: Options, found: Outlook) -> Outlook:
    text = Text(file.chunks(), options.encoding)
    window, final = text.window(_LOOKED_AT)
    shown = window.splitlines()
    body = b"\n".join(shown[max(0, options.header - 1) :]).lstrip(b"\r\n")
    delimiter = options.delimiter or ("\t" if kind == "tsv" else None)
    dialect = find_dialect(body, final=final, delimiter=delimiter, quote=options.quote)
    lines = tuple(line.decode("utf-8", "replace")[:200] for line in shown[:LINES])
    return replace(
        found,
        delimiter=dialect.delimiter,
        quote=_NAMES[dialect.quote],
        lines=lines,
        encoding=_encoding(text),
    )


def _encoding(text: Text) -> str:
    """As reading decides it: by the first stretch that is not plain ASCII."""
    seen = 0
    while text.encoding is None and seen < _ENCODING_IN:
        window, final = text.window(1024 * 1024)
        seen += len(window)
        if final or not window:
            break
        text.drop(len(window))
    return text.encoding or "utf-8"


def _sheets(path: Path) -> Iterator[tuple[str, int]]:
    import fastexcel  # heavy: only for workbooks

    from fetchtozip_gui.core.rows.zips import check_workbook

    check_workbook(path)
    try:
        reader = fastexcel.read_excel(str(path))
        for name in reader.sheet_names:
            rows = _told_rows(path, name)
            if rows is None:
                rows = reader.load_sheet(name, header_row=None).height
            yield name, rows
    except fastexcel.FastExcelError as error:
        raise BadBody(f"The workbook cannot be read: {str(error).splitlines()[0]}.") from None


def _told_rows(path: Path, sheet: str) -> int | None:
    """How many rows a sheet says that it has, which most do; reading it to count them takes long."""
    from fetchtozip_gui.core.rows.excel_lost import sheet_part

    try:
        with zipfile.ZipFile(path) as archive, archive.open(sheet_part(archive, sheet)) as file:
            told = _DIMENSION.search(file.read(4096))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        return None
    # one cell is also what writers say who do not know
    return int(told[2]) - int(told[1]) + 1 if told is not None and told[1] is not None else None


def _places(file: Opened, options: Options) -> Iterator[tuple[str, int]]:
    from fetchtozip_gui.core.http.expressions import spell
    from fetchtozip_gui.core.http.outline import Array, Object, outline
    from fetchtozip_gui.core.rows.json_array import begins_list

    if begins_list(file.head):
        yield "$", 0
        return
    body, whole = Text(file.chunks(), options.encoding).peek(WHOLE)
    root = outline(body) if whole else None
    if isinstance(root, Object):
        found = [(spell(node.path), len(node.items)) for node in root.walk() if isinstance(node, Array)]
        yield from islice(found or [("$", 1)], 100)
