"""The HTTP source gives every row once, in order, from real servers in every style."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from http_sources import PAGINATIONS, failure, failure_free, parts, read, rows, said, source
from paged_api import PagedApi
from raw_server import RawServer, reply

from fetchtozip_gui.core.work import Failed, Limited


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as running:
        yield running


# --- styles -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", PAGINATIONS)
@pytest.mark.parametrize("explicit", [True, False])
def test_all_rows_come_once_in_order(style: str, explicit: bool) -> None:
    with PagedApi(137, style=style) as api:
        items = read(source(api.url, pagination=PAGINATIONS[style] if explicit else "auto"))
        assert rows(items)["id"].to_list() == api.wanted()
        assert not isinstance(items[-1], (Failed, Limited))
        assert set(api.asked.values()) == {1}
        assert sum(part.pages for part in parts(items)) == 14
        assert sum(part.bytes for part in parts(items)) > 137 * 40


@pytest.mark.parametrize("style", PAGINATIONS)
def test_the_practice_source_is_read_in_each_of_its_styles(practice: str, style: str) -> None:
    url = f"{practice}/practice/online-retail?style={style}&rows=1234&limit=50"
    items = read(source(url, retries=3))
    frame = rows(items)
    assert frame.height == 1234
    whole = rows(read(source(f"{practice}/practice/online-retail?rows=1234&limit=1000&page=1")))
    assert frame.equals(whole)
    assert failure_free(items)


def test_pages_are_fetched_side_by_side_and_handed_on_in_order() -> None:
    together = threading.Barrier(3)
    late = threading.Event()

    def before(page: int, wire: Any) -> bool:
        if page in (3, 4, 5):
            together.wait(10)  # breaks unless three are under way at once
        if page == 3:
            late.wait(10)
        if page == 5:
            late.set()
        return False

    with PagedApi(80, before=before) as api:
        items = read(source(api.url, pagination=PAGINATIONS["page"], concurrency=4))
        assert rows(items)["id"].to_list() == api.wanted()
        assert failure_free(items)


@pytest.mark.parametrize("style", ["page", "offset"])
def test_without_a_total_little_is_asked_beyond_the_end(style: str) -> None:
    with PagedApi(30, style=style, declare=False) as api:
        items = read(source(api.url, pagination=PAGINATIONS[style], concurrency=8))
        assert rows(items)["id"].to_list() == api.wanted()
        assert max(api.asked) <= 3 + 2 * 8


def test_with_a_total_nothing_is_asked_beyond_the_end() -> None:
    with PagedApi(300) as api:
        read(source(api.url, pagination=PAGINATIONS["page"], concurrency=8))
        assert max(api.asked) == 30


def test_a_page_that_is_not_there_after_full_ones_is_the_end(server: RawServer) -> None:
    def pages(wire: Any) -> None:
        number = int(wire.ask.query("page"))
        wire.answer(b"[%d]" % number) if number <= 5 else wire.answer(b"", status="404 Not Found")

    server.routes = {"p": pages}
    items = read(source(server.url("p"), pagination={"type": "page", "size": 1}))
    assert rows(items)["value"].to_list() == [1, 2, 3, 4, 5]
    assert "404" in said(items)
    assert failure_free(items)


def test_an_offset_whose_page_is_short_goes_on_after_its_last_row(server: RawServer) -> None:
    def uneven(wire: Any) -> None:
        first, size = int(wire.ask.query("offset")), int(wire.ask.query("limit"))
        last = min(first + (size if first != 60 else 7), 200)
        wire.answer(json.dumps({"data": [{"id": n} for n in range(first, last)], "total": 200}).encode())

    server.routes = {"u": uneven}
    items = read(source(server.url("u"), pagination={"type": "offset", "limit": 10}))
    assert rows(items)["id"].to_list() == list(range(200))


# --- limits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", PAGINATIONS)
def test_the_page_limit_stops_and_says_that_there_is_more(style: str) -> None:
    with PagedApi(137, style=style) as api:
        items = read(source(api.url, pagination=PAGINATIONS[style], page_limit=5))
        assert rows(items)["id"].to_list() == list(range(50))
        assert isinstance(items[-1], Limited)
        assert max(api.asked) == 5


@pytest.mark.parametrize("style", PAGINATIONS)
def test_a_page_limit_that_is_just_enough_is_no_limit(style: str) -> None:
    with PagedApi(50, style=style) as api:
        items = read(source(api.url, pagination=PAGINATIONS[style], page_limit=5))
        assert rows(items).height == 50
        assert not any(isinstance(item, Limited) for item in items)


def test_a_short_first_page_at_the_limit_is_the_end() -> None:
    with PagedApi(4, declare=False) as api:
        items = read(source(api.url, pagination=PAGINATIONS["page"], page_limit=1))
        assert not any(isinstance(item, Limited) for item in items)


def test_a_source_without_rows_is_one_empty_page(server: RawServer) -> None:
    for body in (b"[]", b'{"data":[],"total":0}', b'{"data":null,"next":null}'):
        items = read(source(server.script("/empty", reply(200, body=body))))
        assert [(part.pages, part.frame.height) for part in parts(items)] == [(1, 0)]
        assert failure_free(items)
    assert failure_free(read(source(server.script("/none", reply(204)))))


# --- totals -------------------------------------------------------------------------------------------------------


def test_declared_totals_reach_the_parts(server: RawServer) -> None:
    body = b'{"data":[{"a":1}],"total":40,"total_pages":40,"next":null}'
    items = read(source(server.script("/t", reply(200, body=body)), pagination="none"))
    assert (parts(items)[0].total_rows, parts(items)[0].total_pages) == (40, 40)
    items = read(source(server.script("/h", reply(200, "X-Total-Count: 7", body=b'[{"a":1}]')), pagination="none"))
    assert parts(items)[0].total_rows == 7


def test_a_total_that_nothing_leads_to_is_told(server: RawServer) -> None:
    items = read(source(server.script("/t", reply(200, body=b'{"data":[{"a":1},{"a":2}],"total":40}'))))
    assert rows(items).height == 2
    assert parts(items)[-1].total_rows == 40
    assert "does not lead to a second page" in said(items, "warning")
    assert [ask.target for ask in server.seen] == ["/t", "/t?page=2", "/t?offset=2"]


# --- guesses ------------------------------------------------------------------------------------------------------


def test_a_guess_that_is_wrong_is_followed_by_the_next(server: RawServer) -> None:
    def skipping(wire: Any) -> None:
        first = int(wire.ask.query("offset", "0"))
        found = ",".join(f'{{"id":{n}}}' for n in range(first, min(first + 2, 7)))
        wire.answer(f'{{"data":[{found}],"total":7}}'.encode())

    server.routes = {"s": skipping}
    items = read(source(server.url("s")))
    assert rows(items)["id"].to_list() == list(range(7))
    assert "`page` is not how this source pages" in said(items)


@pytest.mark.parametrize("refused", [True, False])
def test_a_cursors_parameter_is_found_by_trying(server: RawServer, refused: bool) -> None:
    def tokens(wire: Any) -> None:
        if wire.ask.query("cursor") and refused:
            wire.answer(b'{"error":"unknown parameter cursor"}', status="400 Bad Request")
            return
        here = int(wire.ask.query("after", "0"))
        following = f'"{here + 1}"' if here < 3 else "null"
        wire.answer(f'{{"data":[{{"id":{here}}}],"next_cursor":{following}}}'.encode())

    server.routes = {"c": tokens}
    items = read(source(server.url("c")))
    assert rows(items)["id"].to_list() == [0, 1, 2, 3]


def test_a_cursor_that_leads_nowhere_is_an_error_that_says_what_to_do(server: RawServer) -> None:
    items = read(source(server.script("/c", reply(200, body=b'{"data":[{"id":1}],"next_cursor":"x"}'))))
    error = failure(items)
    assert error.code == "paging_failed"
    assert "$.next_cursor" in error.message
    assert "source.pagination" in error.hint
    assert rows(items).height == 1


def test_an_address_with_page_numbers_and_a_single_page(server: RawServer) -> None:
    items = read(source(server.script("/one", reply(200, body=b'[{"a":1}]')) + "?page=1"))
    assert rows(items).height == 1
    assert failure_free(items)
