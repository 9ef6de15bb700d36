"""A real web API over raw sockets that pages its rows in every style, and can be told to behave badly."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from raw_server import RawServer, Wire


def order(number: int, width: int = 0) -> dict[str, Any]:
    """Row `number`, with `width` characters of padding."""
    row = {"id": number, "name": f"Zürich {number}", "price": number * 1.25, "open": number % 2 == 0}
    return {**row, "pad": f"{number:07d}" * (width // 7)} if width else row


@dataclass
class PagedApi:
    """`rows` orders (or what `make` makes of their number and width), `size` a page.

    `widths` says how wide the rows of a page are, by the page's number. `asked` counts the requests for each page;
    `before` is called with a page's number before it is answered, and may answer by itself (then it returns True).
    """

    rows: int
    size: int = 10
    style: str = "page"
    declare: bool = True
    make: Callable[[int, int], dict[str, Any]] = order
    widths: Callable[[int], int] = lambda page: 0
    before: Callable[[int, Wire], bool] = lambda page, wire: False
    asked: Counter[int] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> PagedApi:
        self.server = RawServer({"orders": self._answer})
        self.server.__enter__()
        return self

    def __exit__(self, *args: object) -> None:
        self.server.__exit__(*args)

    @property
    def url(self) -> str:
        return self.server.url("orders")

    @property
    def pages(self) -> int:
        return -(-self.rows // self.size)

    def wanted(self) -> list[int]:
        return list(range(self.rows))

    def page(self, number: int) -> list[dict[str, Any]]:
        first = (number - 1) * self.size
        return [self.make(row, self.widths(number)) for row in range(first, min(first + self.size, self.rows))]

    def _number(self, wire: Wire) -> int:
        if self.style == "offset":
            return int(wire.ask.query("offset", "0")) // self.size + 1
        if self.style == "cursor":
            return int(wire.ask.query("cursor", "c1")[1:])
        return int(wire.ask.query("page", "1"))

    def _answer(self, wire: Wire) -> None:
        number = self._number(wire)
        with self._lock:
            self.asked[number] += 1
        if self.before(number, wire):
            return
        found = self.page(number)
        more = number < self.pages
        headers, body = self._worded(number, found, more)
        wire.answer(json.dumps(body, ensure_ascii=False).encode(), *headers, kind="application/json")

    def _worded(self, number: int, rows: list[dict[str, Any]], more: bool) -> tuple[list[str], Any]:
        total = {"total": self.rows} if self.declare else {}
        if self.style == "link":
            return ([f'Link: <?page={number + 1}>; rel="next"'] if more else []), rows
        if self.style == "cursor":
            return [], {"data": rows, "next_cursor": f"c{number + 1}" if more else None}
        if self.style == "next_url":
            return [], {"results": rows, "next": f"/orders?page={number + 1}" if more else None}
        if self.style == "plain":
            return [], rows
        if self.style == "offset":
            return [], {"data": rows, "offset": (number - 1) * self.size, **total}
        return [], {"data": rows, "page": number, **total}
