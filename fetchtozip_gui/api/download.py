"""A file as an answer: streamed, in ranges, with an ETag and a name that is safe everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from fetchtozip_gui.core.names import safe_name

_RANGES = re.compile(
    r"bytes=\s*(?:\d{1,18}-\d{0,18}|-\d{1,18})(?:\s*,\s*(?:\d{1,18}-\d{0,18}|-\d{1,18}))*\s*", re.ASCII
)
_RANGE = re.compile(r"(\d*)-(\d*)", re.ASCII)


class Download(FileResponse):
    """Starlette's answer, which also knows what a client has already, and ignores ranges that are none (RFC 9110)."""

    def __init__(self, path: Path, media_type: str) -> None:
        super().__init__(path, media_type=media_type, headers=_headers(path.name), stat_result=path.stat())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Headers(scope=scope)
        kept = {name: self.headers[name] for name in ("etag", "last-modified")}
        if self._is_known(asked):
            await Response(status_code=304, headers=kept)(scope, receive, send)
            return
        wanted = asked.get("range")
        if wanted is None or not self._goes_on(asked.get("if-range")):
            await super().__call__(_with_range(scope, None), receive, send)
            return
        size = int(self.headers["content-length"])
        ranges = _within(wanted, size)
        if ranges == "":
            answer = JSONResponse(
                {"detail": f"The file has {size:,} bytes: no such range is in it."},
                416,
                {"Content-Range": f"bytes */{size}", **kept},
            )
            await answer(scope, receive, send)
            return
        await super().__call__(_with_range(scope, ranges), receive, send)

    def _is_known(self, asked: Headers) -> bool:
        tags = asked.get("if-none-match")
        if tags is not None:
            return tags.strip() == "*" or self.headers["etag"] in [
                tag.strip().removeprefix("W/") for tag in tags.split(",")
            ]
        since = asked.get("if-modified-since")
        try:
            return since is not None and parsedate_to_datetime(since) >= parsedate_to_datetime(
                self.headers["last-modified"]
            )
        except (TypeError, ValueError):  # no date, or one without a zone
            return False

    def _goes_on(self, if_range: str | None) -> bool:
        return if_range is None or if_range in (self.headers["etag"], self.headers["last-modified"])


def _headers(name: str) -> Mapping[str, str]:
    """RFC 6266: a name in ASCII for old clients, and the whole one as RFC 5987 writes it."""
    name = safe_name(name, otherwise="download")
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    # a quote or a backslash would end the text early, a percent sign is decoded by some browsers
    plain = re.sub(r'["\\%]', "_", plain)
    extended = f"; filename*=UTF-8''{quote(name, safe='')}" if plain != name else ""
    return {"Content-Disposition": f'attachment; filename="{plain}"{extended}', "Cache-Control": "private, no-cache"}


def _within(wanted: str, size: int) -> str | None:
    """The ranges that lie in a file of this size, as a header; empty where none does, None where it is no range."""
    if not _RANGES.fullmatch(wanted):
        return None
    found = []
    for first, last in _RANGE.findall(wanted.partition("=")[2]):
        if first and last and int(last) < int(first):
            return None
        if (first and int(first) < size) or (not first and int(last) > 0 and size):
            found.append(f"{first}-{last}")
    return f"bytes={','.join(found)}" if found else ""


def _with_range(scope: Scope, ranges: str | None) -> Scope:
    headers = [(name, value) for name, value in scope["headers"] if name not in (b"range", b"if-range")]
    if ranges is not None:
        headers.append((b"range", ranges.encode()))
    return {**scope, "headers": headers}
