"""Tells a file's format by its first bytes and its name."""

from __future__ import annotations

from pathlib import PurePath

import msgspec

from fetchtozip_gui.core.errors import BadBody

SUFFIXES = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xlsb": "xlsx",
    ".xls": "xlsx",
    ".ods": "xlsx",
    ".avro": "avro",
    ".xml": "xml",
}
BINARY = ("parquet", "xlsx", "avro")
# a ZIP that gets here is a workbook: others are opened first
_MAGIC = {b"PAR1": "parquet", b"Obj\x01": "avro", b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xlsx"}
# what nobody means as a table, whatever it is called
_FOREIGN = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"SQLite format 3": "an SQLite database",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
}
_CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32)])
_BINARY_SHARE = 0.02
_VALUE = msgspec.json.Decoder(msgspec.Raw)


def format_of(name: str, head: bytes) -> str:
    """csv, tsv, json, jsonl, parquet, xlsx, avro or xml; `head` holds the first bytes, at least a few thousand.

    `BadBody` for what is something else.
    """
    if what := foreign(head):
        raise BadBody(f"{name} is {what}, which is not read here.", "Save the rows in it as CSV or JSON first.")
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar":
        raise BadBody(f"{name} is a tar archive, which cannot be read here.", "Unpack it, or pack the file as a ZIP.")
    named = SUFFIXES.get(PurePath(name.lower()).suffix)
    if named is not None and named not in ("json", *BINARY):
        return named
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in (b"{", b"["):
        return "jsonl" if _is_lines(text) else "json"
    if text[:1] == b"<":
        return "xml"
    if named is not None and (named not in BINARY or not _is_text(head)):
        return named
    if not _is_text(head) or is_binary(head):
        raise BadBody(f"{name} is in no format that is known here.", "Say which one it is in source.format.")
    return "csv"


def foreign(head: bytes) -> str:
    """What a file is that nobody means as a table, whatever it is called; empty for all others."""
    for magic, what in _FOREIGN.items():
        # two letters are not enough to tell a program from a text
        if head.startswith(magic) and (len(magic) > 3 or not magic.isalnum() or is_binary(head)):
            return what
    return ""


def is_binary(head: bytes) -> bool:
    """Whether there are more control characters than any text has; UTF-16, which says so itself, is full of them."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return len(head) - len(head.translate(None, _CONTROLS)) > _BINARY_SHARE * len(head)


def _is_text(head: bytes) -> bool:
    # UTF-16 has noughts, and its mark; the odd one elsewhere is somebody's data
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) < max(1, len(head) // 10)


def _is_lines(text: bytes) -> bool:
    """Whether the first line is a whole JSON value, and not the only one."""
    line, _, rest = text.partition(b"\n")
    try:
        _VALUE.decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
    return rest.strip()[:1] in (b"{", b"[")
