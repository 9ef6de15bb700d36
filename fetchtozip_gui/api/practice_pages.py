"""One page of a dataset in each of the five styles of pagination that clients meet."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Annotated, Any, Literal, Protocol

from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import URL

Style = Literal["page", "offset", "cursor", "link", "next_url"]


class Dataset(Protocol):
    """Rows that can be had from any place at the same cost."""

    total: int

    def json_rows(self, first: int, count: int) -> bytes:
        """A JSON array of the `count` rows from row `first` (from 0) on, all of them within the dataset."""
        ...


class Asked(BaseModel):
    """The query of a page."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    style: Style = "page"
    """How the answer is paged: page (with totals), offset, cursor, link (a plain list and a Link header), next_url."""
    page: Annotated[int, Field(ge=1)] = 1
    """The page, from 1, where the style counts pages (page, link). Past the end the page is empty."""
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    """Rows a page."""
    offset: Annotated[int, Field(ge=0)] = 0
    """Rows to pass over, where the style counts rows (offset, next_url)."""
    cursor: Annotated[str, Field(max_length=100)] | None = None
    """Where to go on (cursor): the `next_cursor` of the answer before; none for the first page."""
    rows: Annotated[int, Field(ge=0)] | None = None
    """Only the first so many rows, to try something small; at most what the dataset has."""
    latency_ms: Annotated[int, Field(ge=0, le=60_000)] = 0
    """Milliseconds to wait before answering; other requests are not held up."""
    fail_every: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Every so many requests one answers 503 with `Retry-After: 0`; the same address asked again is then answered."""


def refuse(name: str, kind: str, message: str, value: Any) -> RequestValidationError:
    """A query parameter that is wrong, to be raised: answered 422 like those that FastAPI finds itself."""
    return RequestValidationError([{"type": kind, "loc": ("query", name), "msg": message, "input": value}])


def answer(asked: Asked, dataset: Dataset, url: URL) -> Response:
    """The page that was asked for; `url` is the request's own address, from which the next ones are made."""
    total = dataset.total if asked.rows is None else asked.rows
    if total > dataset.total:
        message = f"Input should be less than or equal to {dataset.total}"
        raise refuse("rows", "less_than_equal", message, str(asked.rows))
    first = _first_row(asked)
    after = first + asked.limit
    rows = dataset.json_rows(first, min(asked.limit, total - first)) if first < total else b"[]"
    pages = -(-total // asked.limit)
    if asked.style == "page":
        tail = b'"page":%d,"limit":%d,"total":%d,"total_pages":%d' % (asked.page, asked.limit, total, pages)
        return _json(b'{"data":%b,%b}' % (rows, tail))
    if asked.style == "offset":
        tail = b'"offset":%d,"limit":%d,"total":%d' % (asked.offset, asked.limit, total)
        return _json(b'{"data":%b,%b}' % (rows, tail))
    if asked.style == "cursor":
        token = f'"{_token(after)}"' if after < total else "null"
        return _json(b'{"data":%b,"next_cursor":%b}' % (rows, token.encode()))
    if asked.style == "link":
        return _json(rows, {"Link": _links(asked.page, pages, url), "X-Total-Count": str(total)})
    address = f'"{url.include_query_params(offset=after, limit=asked.limit)}"' if after < total else "null"
    return _json(b'{"count":%d,"next":%b,"results":%b}' % (total, address.encode(), rows))


def pages_answered(path: str, dataset: Dataset) -> dict[int | str, dict[str, Any]]:
    """The answers of a dataset's route for OpenAPI: one example a style, with the dataset's first row."""
    total = dataset.total
    rows = json.loads(dataset.json_rows(0, min(1, total)))
    following = f"http://127.0.0.1:8000{path}?style=next_url&offset=1&limit=1"
    examples: dict[Style, Any] = {
        "page": {"data": rows, "page": 1, "limit": 1, "total": total, "total_pages": total},
        "offset": {"data": rows, "offset": 0, "limit": 1, "total": total},
        "cursor": {"data": rows, "next_cursor": _token(1) if total > 1 else None},
        "link": rows,
        "next_url": {"count": total, "next": following if total > 1 else None, "results": rows},
    }
    named = {style: {"summary": f"style={style}", "value": value} for style, value in examples.items()}
    headers = {
        "Link": {"schema": {"type": "string"}, "description": "style=link: the first, last, previous and next page"},
        "X-Total-Count": {"schema": {"type": "integer"}, "description": "style=link: how many rows there are"},
    }
    content = {"application/json": {"examples": named}}
    return {200: {"description": "A page of rows", "headers": headers, "content": content}}


def _first_row(asked: Asked) -> int:
    if asked.style in ("page", "link"):
        return (asked.page - 1) * asked.limit
    if asked.style == "cursor":
        return _row(asked.cursor) if asked.cursor else 0
    return asked.offset


def _token(row: int) -> str:
    return base64.urlsafe_b64encode(b"row:%d" % row).decode().rstrip("=")


def _row(token: str) -> int:
    try:
        text = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        text = b""
    found = re.fullmatch(rb"row:(\d{1,18})", text)
    if not found:
        raise refuse("cursor", "value_error", "Value error, this is not a cursor of this source", token)
    return int(found[1])


def _links(page: int, pages: int, url: URL) -> str:
    """RFC 8288: the addresses of the pages around this one, each with everything else that was asked."""
    numbers = {"first": 1, "last": max(1, pages)}
    if page > 1:
        numbers["prev"] = min(page - 1, numbers["last"])
    if page < pages:
        numbers["next"] = page + 1
    return ", ".join(f'<{url.include_query_params(page=number)}>; rel="{rel}"' for rel, number in numbers.items())


def _json(body: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(body, media_type="application/json", headers=headers)
