"""Finds cells of a sheet that its reader hands over as something else: errors, and words among numbers."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

_ERROR = b' t="e"'
# truth is a number beside numbers for fastexcel, and these words are null; `#N/A` is also the text of an error
_WORD = re.compile(
    rb' t="b"|>(?:#N/A(?: N/A)?|#NA|-?1\.#(?:IND|QNAN)|-?NaN|-?nan|&lt;NA&gt;|N/A|n/a|NA|NULL|null|None)</', re.ASCII
)
_CHUNK = 1024 * 1024
_LONGEST = 24
_TEXTS = "xl/sharedStrings.xml"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class Lost:
    """`errors` cells hold an error such as #N/A; `mixed` says that N/A or true may stand among numbers."""

    errors: int
    mixed: bool


def lost_cells(book: bytes | Path, sheet: str) -> Lost:
    """What can be seen in the sheet's XML; where there is none (xls, xlsb, ods), anything may stand anywhere."""
    try:
        with zipfile.ZipFile(BytesIO(book) if isinstance(book, bytes) else book) as archive:
            part = sheet_part(archive, sheet)
            if part not in archive.NameToInfo:
                return Lost(0, True)
            errors, mixed = _look(archive, part)
            return Lost(errors, mixed or (_TEXTS in archive.NameToInfo and _look(archive, _TEXTS)[1]))
    except (zipfile.BadZipFile, KeyError, ValueError):
        return Lost(0, True)


def sheet_part(archive: zipfile.ZipFile, sheet: str) -> str:
    """The name of the member that holds the sheet (ECMA-376): the workbook names its relation, and that its target."""
    from lxml import etree  # type: ignore[import-untyped]  # heavy: only for workbooks and XML

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        workbook = etree.fromstring(archive.read("xl/workbook.xml"), parser)
        relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from None
    wanted = [one.get(_RELATION) for one in workbook.iter("{*}sheet") if one.get("name") == sheet]
    targets = [str(one.get("Target")) for one in relations.iter("{*}Relationship") if one.get("Id") in wanted]
    return posixpath.normpath(posixpath.join("/xl", targets[0])).lstrip("/") if targets else ""


def _look(archive: zipfile.ZipFile, part: str) -> tuple[int, bool]:
    errors = 0
    mixed = False
    with archive.open(part) as file:
        held = b""
        while chunk := file.read(_CHUNK):
            known = held.count(_ERROR)
            held += chunk
            errors += held.count(_ERROR) - known
            mixed = mixed or _WORD.search(held) is not None
            # something may begin here and go on in the next chunk
            held = held[-_LONGEST:]
    return errors, mixed
