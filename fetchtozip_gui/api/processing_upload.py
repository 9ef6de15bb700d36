"""One file out of a multipart body: streamed to disk, its type told by content and name, options beside it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from fetchtozip_gui.api.dialect import Unfit
from fetchtozip_gui.core.errors import BadBody, SourceError
from fetchtozip_gui.core.rows.kinds import SUFFIXES, foreign, format_of, is_binary
from fetchtozip_gui.core.rows.opened import opened
from fetchtozip_gui.engine.uploads import Receiving, Uploads

OPTIONS = ("sheet", "delimiter", "encoding", "member", "format", "quote", "header", "records", "bad_lines")
"""Fields that say how the file is to be read, as a recipe's file source has them."""
_NUMBERS = ("sheet", "header")
KINDS = ("multipart/form-data",)
_AS_CURL = "Send it as `curl -F file=@data.csv`."
_LONGEST_FIELD = 1_000
_PACKED = (".gz", ".gzip", ".zip")
_TEXTS = ("csv", "tsv", "json", "jsonl", "xml")


@dataclass
class Received:
    """A file on disk that is not kept yet, and how it is to be read."""

    file: Receiving
    kind: str = ""
    options: dict[str, Any] = field(default_factory=dict)


async def receive(request: Request, uploads: Uploads, stack: ExitStack) -> Received:
    """Read the whole body; `Unfit` with 400 or 415 for what is no file with rows. The file is gone when the stack is
    left, unless it was kept."""
    form = _Form(uploads, stack)
    async for chunk in request.stream():
        try:
            form.feed(request.headers["content-type"], chunk)
        except FormParserError as error:
            raise Unfit(400, f"body: is no multipart/form-data: {str(error).rstrip('.')}.") from None
        if form.waiting:
            await run_in_threadpool(form.take)
    received = form.ended()
    received.kind = await run_in_threadpool(_kind, received)
    return received


class _Form:
    """The parts of a body as they come; `feed` is quick, `take` writes to disk."""

    def __init__(self, uploads: Uploads, stack: ExitStack) -> None:
        self._uploads = uploads
        self._stack = stack
        self._parser: MultipartParser | None = None
        self._header = [b"", b""]
        self._name = self._file_name = ""
        self._is_file = self._whole = False
        self._received: Received | None = None
        self._fields: dict[str, bytes] = {}
        self.waiting: list[Callable[[], None]] = []

    def feed(self, content_type: str, chunk: bytes) -> None:
        if self._parser is None:
            boundary = parse_options_header(content_type)[1].get(b"boundary")
            if not boundary:
                raise Unfit(400, "Content-Type: multipart/form-data needs a boundary, and there is none.")
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._part_begins,
                    "on_header_field": lambda data, start, end: self._head(0, data[start:end]),
                    "on_header_value": lambda data, start, end: self._head(1, data[start:end]),
                    "on_header_end": self._header_ends,
                    "on_headers_finished": self._headers_end,
                    "on_part_data": lambda data, start, end: self._data(data[start:end]),
                    "on_end": self._end,
                },
            )
        self._parser.write(chunk)

    def take(self) -> None:
        waiting, self.waiting = self.waiting, []
        for act in waiting:
            act()

    def ended(self) -> Received:
        """What has come, once all of it has."""
        if not self._whole:
            raise Unfit(400, "body: ends before its last boundary.", "Send the whole multipart body.")
        if self._received is None:
            raise Unfit(400, "file: is required, and the body has no such part.", _AS_CURL)
        for name, value in self._fields.items():
            try:
                text = value.decode()
            except UnicodeDecodeError:
                raise Unfit(400, f"{name}: must be text in UTF-8.") from None
            if text:
                self._received.options[name] = int(text) if name in _NUMBERS and _is_number(text) else text
        return self._received

    # --- what the parser says -----------------------------------------------------------------------------------

    def _part_begins(self) -> None:
        self._header = [b"", b""]
        self._name = self._file_name = ""
        self._is_file = False

    def _head(self, at: int, data: bytes) -> None:
        self._header[at] += data

    def _header_ends(self) -> None:
        name, value = self._header
        self._header = [b"", b""]
        if name.lower() != b"content-disposition":
            return
        options = parse_options_header(value)[1]
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._file_name = options.get(b"filename", b"").decode("utf-8", "replace")
        self._is_file = b"filename" in options

    def _headers_end(self) -> None:
        name, shown = self._name, self._name[:80]
        if name == "file":
            if not self._is_file or not self._file_name.strip():
                raise Unfit(400, "file: must be a file with a name.", _AS_CURL)
            if self._received is not None or self.waiting:
                raise Unfit(400, "file: one file is taken at a time, and there are more.", "Send one request for each.")
            self.waiting.append(lambda called=self._file_name: self._begin(called))  # type: ignore[misc]
        elif name not in OPTIONS:
            allowed = ", ".join(("file", *OPTIONS))
            raise Unfit(400, f"{shown or 'body'}: is not known here; allowed are {allowed}.")
        elif self._is_file or name in self._fields:
            raise Unfit(400, f"{name}: must be text, and be there once.")
        else:
            self._fields[name] = b""

    def _data(self, data: bytes) -> None:
        if self._name == "file":
            self.waiting.append(lambda: self._write(data))
            return
        self._fields[self._name] += data
        if len(self._fields[self._name]) > _LONGEST_FIELD:
            raise Unfit(400, f"{self._name}: must have at most {_LONGEST_FIELD:,} bytes.")

    def _end(self) -> None:
        self._whole = True

    # --- what is done on disk -----------------------------------------------------------------------------------

    def _begin(self, called: str) -> None:
        self._received = Received(self._stack.enter_context(self._uploads.receiving(called)))

    def _write(self, data: bytes) -> None:
        assert self._received is not None
        self._received.file.write(data)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _kind(received: Received) -> str:
    """What the file is: its name must be one of a table's, and its first bytes must not be something else's."""
    path = received.file.path
    name = PurePosixPath(path.name.lower())
    if not received.file.flush():
        raise Unfit(400, f"file: {path.name} is empty.", "Send a file with rows.")
    suffix = PurePosixPath(name.stem).suffix if name.suffix in (".gz", ".gzip") else name.suffix
    if suffix and suffix not in (*SUFFIXES, *_PACKED):
        known = ", ".join((*SUFFIXES, *_PACKED))
        raise Unfit(415, f"file: {path.name} is of a type that is not read here.", f"Its name may end with {known}.")
    try:
        with opened(path, received.options.get("member")) as file:
            if what := foreign(file.head):
                raise Unfit(415, f"file: {PurePosixPath(file.name).name} is {what}, which is not read here.")
            kind = received.options.get("format") or _told(file.name, file.head)
            if kind in _TEXTS and is_binary(file.head):
                raise Unfit(415, f"file: {file.name} is binary, and no text of the format {kind}.")
            if not file.head.strip():
                raise Unfit(400, f"file: {file.name} is empty.", "Send a file with rows.")
    except SourceError as error:
        raise Unfit(400, f"file: {error.message}", error.hint) from None
    return kind


def _told(name: str, head: bytes) -> str:
    try:
        return format_of(name, head)
    except BadBody as error:
        raise Unfit(415, f"file: {error.message}", "Say what it is in the field `format`.") from None
