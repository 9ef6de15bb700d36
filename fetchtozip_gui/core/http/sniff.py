"""Says which format a first answer's body is in, by its content type and its first bytes."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.http.message import Answer

Format = Literal["json", "jsonl", "csv", "xml", "xlsx", "parquet"]

_TYPES: tuple[tuple[re.Pattern[str], Format], ...] = (
    (
        re.compile(
            r"application/(x-)?(ndjson|jsonl|jsonlines|json-lines|stream\+json|json-seq)|text/(x-)?(ndjson|jsonl)"
        ),
        "jsonl",
    ),
    (re.compile(r"application/json|text/json|text/x-json|.*\+json|application/javascript"), "json"),
    (re.compile(r"(text|application)/(csv|x-csv|tab-separated-values|tsv)|text/comma-separated-values"), "csv"),
    (re.compile(r"application/xml|text/xml|.*\+xml"), "xml"),
    (re.compile(r"application/vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet"), "xlsx"),
    (re.compile(r"application/(vnd\.apache\.|x-)?parquet"), "parquet"),
)
_SUFFIXES: dict[str, Format] = {
    "json": "json",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "csv": "csv",
    "tsv": "csv",
    "xml": "xml",
    "xlsx": "xlsx",
    "parquet": "parquet",
}
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"))
_MARKS_16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_TITLE = re.compile(rb"<title[^>]*>([^<]{0,200})", re.IGNORECASE)
_HTML = re.compile(rb"\s*(<!--.{0,2000}?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


def sniff(answer: Answer) -> tuple[Format, str]:
    """The format and why; `BadBody` for a web page, and for what is none of the formats."""
    body = answer.body
    head = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    told = next((name for form, name in _TYPES if form.fullmatch(kind)), None)
    if body.startswith(b"PAR1"):
        return "parquet", "the body begins as Parquet does"
    if body.startswith(b"PK\x03\x04"):
        return "xlsx", "the body is a ZIP, as XLSX is"
    refuse_html(body, "The answer")
    if head[:1] in (b"{", b"[") or (told in ("json", "jsonl") and head[:1] != b"<" and head):
        lines = told == "jsonl" or _is_lines(body)
        return ("jsonl", "each line is a JSON value") if lines else ("json", "the body is JSON")
    if head[:1] == b"<" and told != "csv":
        return "xml", "the body is XML"
    if told:
        return told, f"the content type is {kind}"
    suffix = urlsplit(answer.url).path.rpartition(".")[2].lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix], f"the address ends in .{suffix}"
    first = head.partition(b"\n")[0]
    if any(mark in first for mark in b",;\t|") and b"\x00" not in head:
        return "csv", "the first line is separated by commas, semicolons or tabs"
    if not body:
        return "json", "the body is empty"
    raise BadBody(
        f"The answer is in no known format (content type {kind or 'none'}, begins {bytes(head[:40])!r}).",
        "Say in source.format what it is: json, jsonl, csv, xml, xlsx or parquet.",
    )


def refuse_html(body: bytes, what: str) -> None:
    """`BadBody` when a body is a web page where data should be, such as the form of a login that has expired."""
    if body.lstrip()[:1] != b"<" or not _HTML.match(body[:4096]):
        return
    found = _TITLE.search(body[:65536])
    title = found[1].decode("utf-8", "replace").strip() if found else ""
    raise BadBody(
        f"{what} is a web page{f' with the title {title!r}' if title else ''}, no data.",
        "If it asks to log in, check source.auth; otherwise look for the address that the page takes its data from.",
    )


def utf8(body: bytes, content_type: str) -> bytes:
    """A text body as UTF-8 without a byte order mark; JSON must be UTF-8 (RFC 8259), but not every source knows."""
    for mark, charset in (*_MARKS, *_MARKS_16):
        if body.startswith(mark):
            return body[3:] if charset == "utf-8" else _recoded(body, charset)
    if b"\x00" in body[:4]:
        return _recoded(body, _zeros(body[:4]))
    declared = charset_in(content_type)
    return _recoded(body, declared) if declared and declared != "utf-8" else body


def charset_in(content_type: str) -> str | None:
    """The character set that a content type names; the spellings of UTF-8, and ASCII with it, are one."""
    if "charset" not in content_type:
        return None
    found = content_type.lower().partition("charset")[2].strip("= \"'").partition(";")[0].strip("\"' ")
    return "utf-8" if found in ("utf-8", "utf8", "us-ascii", "ascii", "unicode-1-1-utf-8") else found or None


def _recoded(body: bytes, charset: str) -> bytes:
    try:
        return body.decode(charset).lstrip("\ufeff").encode()
    except (UnicodeError, LookupError):
        raise BadBody(f"The body is not in the character set it says it is in ({charset[:40]}).") from None


def _zeros(head: bytes) -> str:
    """The encoding of JSON text by where its first zero bytes are (RFC 4627, 3)."""
    zeros = [byte == 0 for byte in head]
    if zeros[:3] == [True, True, True]:
        return "utf-32-be"
    if zeros[1:4] == [True, True, True]:
        return "utf-32-le"
    return "utf-16-be" if zeros[0] else "utf-16-le"


def _is_lines(body: bytes) -> bool:
    """Whether there is more after the first JSON value, and that value stands on a line of its own."""
    first, end, rest = body.strip().partition(b"\n")
    if not end or not rest.strip():
        return False
    try:
        msgspec.json.decode(first, type=msgspec.Raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True
