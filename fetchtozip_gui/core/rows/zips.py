"""Looks into ZIP files without trusting them: encrypted, overlapping and exploding members are refused."""

from __future__ import annotations

import json
import struct
import zipfile
from io import BytesIO
from pathlib import Path, PurePosixPath

from fetchtozip_gui.core.errors import BadBody

MAX_EXPANSION = 400
"""Bytes out for one byte in; real data stays far below, and more is a bomb."""
FREE_BYTES = 64 * 1024 * 1024
"""What may come out before the expansion counts."""
LARGEST_WORKBOOK = 4 * 1024 * 1024 * 1024
_WORKBOOK_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_MANIFEST = "datapackage.json"
_MANIFEST_BYTES = 16 * 1024 * 1024
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED = 1


def check(archive: zipfile.ZipFile) -> None:
    """`BadBody` when members overlap, as in archives made to unpack without end, or lie outside the file."""
    file = archive.fp
    assert file is not None
    ends = 0
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        file.seek(info.header_offset)
        header = file.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
            raise BadBody(f"The ZIP is damaged: {info.filename!r} is not where it should be.")
        _, name, extra = _LOCAL_HEADER.unpack(header)
        if info.header_offset < ends:
            raise BadBody(
                f"The ZIP's members overlap at {info.filename!r} (limit of overlaps: 0).",
                "Such archives are made to unpack without end; pack the files anew.",
            )
        ends = info.header_offset + _LOCAL_HEADER.size + name + extra + info.compress_size
    if ends > archive.start_dir:
        raise BadBody("The ZIP is damaged: its last member runs into the table of contents.")


def members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files inside by their names, without those that a Mac adds."""
    infos = (info for info in archive.infolist() if not info.is_dir())
    return {info.filename: info for info in infos if not info.filename.startswith("__MACOSX/")}


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether it is read as a workbook, and not as a ZIP with files in it."""
    return any(part in archive.NameToInfo for part in _WORKBOOK_PARTS)


def data_member(archive: zipfile.ZipFile, member: str | None, suffixes: tuple[str, ...]) -> zipfile.ZipInfo:
    """The member that holds the rows: the one named, the one a Data Package names, or the only one of a data format.

    `BadBody` says what there is when it is none or several.
    """
    files = members(archive)
    there = ", ".join(repr(name) for name in list(files)[:20]) or "nothing"
    wanted = member or _packaged(archive, files)
    if wanted is None:
        found = [name for name in files if PurePosixPath(name).suffix.lower() in suffixes and name != _MANIFEST]
        found = found or (list(files) if len(files) == 1 else [])
        if len(found) != 1:
            what = "several files that may hold the rows" if found else "no file that may hold rows"
            raise BadBody(f"The ZIP has {what}: {there}.", "Name the one that is meant in source.member.")
        wanted = found[0]
    if wanted not in files:
        raise BadBody(f"The ZIP has no file {wanted!r}; there is {there}.", "Name one of them in source.member.")
    info = files[wanted]
    if info.flag_bits & _ENCRYPTED:
        raise BadBody(f"{wanted!r} in the ZIP is encrypted, which cannot be read here.", "Unpack it first.")
    return info


def _packaged(archive: zipfile.ZipFile, files: dict[str, zipfile.ZipInfo]) -> str | None:
    """The path of the first resource of a Data Package (the Frictionless standard)."""
    if _MANIFEST not in files or files[_MANIFEST].file_size > _MANIFEST_BYTES:
        return None
    try:
        path = json.loads(archive.read(_MANIFEST))["resources"][0]["path"]
    except (ValueError, LookupError, TypeError, RecursionError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return None
    path = path[0] if isinstance(path, list) and path else path
    return path if path in files else None


def check_expansion(taken: int, made: int) -> None:
    """`BadBody` when `made` bytes came out of `taken`, more than data ever do."""
    if made > FREE_BYTES and made > MAX_EXPANSION * max(1, taken):
        raise BadBody(
            f"The file unpacks to more than {MAX_EXPANSION} times its size (expansion limit).",
            "That is how a decompression bomb looks; unpack it yourself if it is none.",
        )


def check_workbook(book: bytes | Path) -> None:
    """`BadBody` for a workbook that is a damaged, overlapping or exploding ZIP; other kinds of workbooks pass."""
    size = len(book) if isinstance(book, bytes) else book.stat().st_size
    try:
        with zipfile.ZipFile(BytesIO(book) if isinstance(book, bytes) else book) as archive:
            check(archive)
            made = sum(info.file_size for info in archive.infolist())
    except zipfile.BadZipFile:
        return
    check_expansion(size, made)
    if made > LARGEST_WORKBOOK:
        raise BadBody(f"The workbook unpacks to {made:,} bytes (limit {LARGEST_WORKBOOK:,}).", "Save it as CSV.")
