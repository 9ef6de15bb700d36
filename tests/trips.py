"""Walks through pretended sources: every walk is judged by the rows that it brought home."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fetchtozip_gui.core.http.guard import Guard, digest, mark
from fetchtozip_gui.core.http.message import Request
from fetchtozip_gui.core.http.paging import Cursors, Offsets, PageNumbers
from fetchtozip_gui.core.http.template import Template
from fetchtozip_gui.core.http.walk import Seen
from fetchtozip_gui.core.http.walks import walk_of

URL = "https://api.example.com/orders"


@dataclass
class Reply:
    """A page as a source gives it: its rows, and what it says beside them."""

    rows: list[int]
    next: Any = None
    more: bool | None = None
    total: int | None = None
    total_pages: int | None = None
    gone: bool = False


@dataclass
class Trip:
    rows: list[int] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    ended: bool = False


def query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query))


def travel(how: Any, source: Callable[[dict[str, str]], Reply], *, pages: int = 60, restart_at: int = 0) -> Trip:
    """Walk to the end, one page after another; at `restart_at` the walk is put away as JSON and taken up again."""
    template = Template(URL)
    walk, guard, trip = walk_of(how, template), Guard(), Trip()
    for number in range(1, pages + 1):
        assert walk.bound() >= number
        request = walk.request(number)
        trip.asked.append(query(request))
        reply = source(trip.asked[-1])
        page = digest(repr(reply.rows).encode()) if reply.rows else ""
        following = None
        if reply.next is not None and not isinstance(how, (PageNumbers, Offsets)):
            following = reply.next if isinstance(how, Cursors) else template.next(request.url, reply.next, number)
        seen = Seen(
            number,
            len(reply.rows),
            next=following,
            more=reply.more,
            total=reply.total,
            total_pages=reply.total_pages,
            twin=guard.twin(page),
            named_by=None if following is None else guard.named_by(mark(str(following))),
            gone=reply.gone,
        )
        judged = walk.judge(seen)
        trip.said += [said.text for said in judged.said]
        if judged.keep:
            trip.rows += reply.rows
            guard.add(number, page, mark(str(following)) if following is not None else "")
        if judged.end:
            trip.ended = True
            return trip
        if number == restart_at:
            state = walk.state()
            walk = walk_of(how, template, state)
            assert walk.state() == state
    return trip


def table(
    total: int, *, cap: int | None = None, declare: bool = False, clamp: bool = False, missing: bool = False
) -> Callable[[dict[str, str]], Reply]:
    """A source of `total` rows by page or offset. `cap` is the most it gives, `clamp` repeats the last page past the
    end, `missing` answers 404 there."""

    def page(asked: dict[str, str]) -> Reply:
        size = min(int(asked.get("limit", cap or 10)), cap or 10**9)
        first = int(asked["offset"]) if "offset" in asked else (int(asked["page"]) - 1) * size
        if first >= total and missing:
            return Reply([], gone=True)
        if first >= total and clamp:
            first = (total - 1) // size * size
        return Reply(list(range(first, min(first + size, total))), total=total if declare else None)

    return page


NUMBERED: list[Any] = [PageNumbers(size=10), Offsets(limit=10)]
