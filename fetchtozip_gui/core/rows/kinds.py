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
_VALUE = msgspec.json.Decoder(msgspec.Raw)


def format_of(name: str, head: bytes) -> str:
    """csv, tsv, json, jsonl, parquet, xlsx, avro or xml; `head` holds the first bytes, at least a few thousand."""
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
    if not _is_text(head):
        raise BadBody(f"{name} is in no format that is known here.", "Say which one it is in source.format.")
    return "csv"


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
