"""What goes wrong is told with its page, what came before it stands, and a stop or an end leaves nothing running."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import pytest
from paged_api import PagedApi
from raw_server import RawServer, reply

from fetchtozip_gui.core.errors import BadBody, Cancelled, PageFailed, PagingError
from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.http.parsing import UNIT
from fetchtozip_gui.core.sources.http import HttpSource
from fetchtozip_gui.core.work import Done, Failed, Kept, Part, Tools, Yielded

STYLES: dict[str, Any] = {
    "page": {"type": "page", "size": 10},
    "offset": {"type": "offset", "limit": 10},
    "cursor": {"type": "cursor", "cursor": "$.next_cursor", "param": "cursor"},
    "link": {"type": "link"},
    "next_url": {"type": "next_url", "next": "$.next"},
}


def source(url: str, **fields: Any) -> HttpSource:
    quick = {"rate_limit": None, "page_limit": None, "proxy": "", "retries": 0}
    return HttpSource.model_validate({"url": url, **quick, **fields})


def read(source: HttpSource, tools: Tools | None = None) -> list[Yielded]:
    return list(source.read(tools or Tools(), Done()))


def ids(items: list[Yielded]) -> list[int]:
    return [value for item in items if isinstance(item, Part) for value in item.frame["id"].to_list()]


def failure(items: list[Yielded]) -> Any:
    assert isinstance(items[-1], Failed), items[-1]
    assert sum(isinstance(item, Failed) for item in items) == 1
    return items[-1].error


def answering(page: int, body: bytes, **how: Any) -> Callable[[int, Any], bool]:
    """A page that is answered in its own way."""

    def before(number: int, wire: Any) -> bool:
        if number == page:
            wire.answer(body, **how)
        return number == page

    return before


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as running:
        yield running


# --- pages that fail ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("width", [0, UNIT // 9])
def test_what_came_before_a_failed_page_stands(style: str, width: int) -> None:
    broken = answering(7, b"out of order", status="500 Internal Server Error", kind="text/plain")
    with PagedApi(120, style=style, before=broken, widths=lambda page: width) as api:
        items = read(source(api.url, pagination=STYLES[style], concurrency=6))
        assert ids(items) == list(range(60))
        error = failure(items)
        assert isinstance(error, PageFailed)
        assert (error.page, error.status) == (7, 500)


@pytest.mark.parametrize("width", [0, UNIT // 9])
@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b'{"data":[{"id":1}', "application/json", "Page 5"),
        (b'{"data":[{"id":1},{"id":}]}', "application/json", "Page 5"),
        (b'{"data":[{"id":1},{"id":"\xff"}]}', "application/json", "Page 5"),
        (b'{"data":{"id":1}}', "application/json", "Page 5.*are an object, not an array"),
        (b'{"error":"session expired"}', "application/json", "session expired"),
        (b"<!doctype html><title>Sign in</title>", "text/html", "Page 5.*web page.*Sign in"),
        (b"", "application/json", "Page 5.*no body"),
        (b'{"data":' + b"[" * 200 + b"]" * 200 + b"}", "application/json", "Page 5.*nested deeper"),
        (b'{"data":' + b"[" * 100_000, "application/json", "Page 5.*nested deeper"),
    ],
)
def test_a_page_that_is_no_data_is_told_and_what_came_before_it_stands(
    body: bytes, kind: str, words: str, width: int
) -> None:
    with PagedApi(80, before=answering(5, body, kind=kind), widths=lambda page: width) as api:
        items = read(source(api.url, pagination=STYLES["page"]))
        assert ids(items) == list(range(40))
        error = failure(items)
        assert isinstance(error, BadBody)
        assert re.search(words, error.message), error.message


def test_the_first_bad_page_of_several_is_told() -> None:
    def before(page: int, wire: Any) -> bool:
        if page in (4, 6):
            wire.answer(b'{"data":[{"id":tru}]}')
        return page in (4, 6)

    with PagedApi(80, before=before) as api:
        items = read(source(api.url, pagination=STYLES["page"]))
    assert ids(items) == list(range(30))
    assert "Page 4" in failure(items).message


def test_a_first_page_that_fails_is_all_there_is(server: RawServer) -> None:
    items = read(source(server.url("nowhere")))
    assert failure(items).status == 404
    assert not ids(items)


def test_a_missing_page_within_the_declared_total_is_no_end() -> None:
    with PagedApi(80, before=answering(4, b"", status="404 Not Found")) as api:
        items = read(source(api.url, pagination=STYLES["page"]))
        assert failure(items).page == 4
        assert ids(items) == list(range(30))


def test_a_page_without_its_records_that_is_no_error_is_empty(server: RawServer) -> None:
    def pages(wire: Any) -> None:
        wire.answer(b'{"items":[{"id":1}],"next":"?p=2"}' if not wire.ask.query("p") else b'{"kind":"list"}')

    server.routes = {"g": pages}
    items = read(source(server.url("g")))
    assert ids(items) == [1]
    assert not isinstance(items[-1], Failed)


def test_retries_are_said() -> None:
    replies = [reply(503, "Retry-After: 0"), reply(200, body=b'[{"id":1}]')]
    with RawServer() as server:
        items = read(source(server.script("/r", *replies), retries=2))
    assert ids(items) == [1]
    assert any("503" in item.text and item.level == "warning" for item in items if isinstance(item, Said))


# --- circles and hosts --------------------------------------------------------------------------------------------


def test_a_repeated_page_is_an_error_and_no_endless_loop() -> None:
    with PagedApi(200, before=lambda page, wire: False, declare=False) as api:
        fixed = json.dumps({"data": api.page(3)}, ensure_ascii=False).encode()
        api.before = lambda page, wire: page > 5 and not wire.answer(fixed)
        items = read(source(api.url, pagination=STYLES["page"]))
    assert ids(items) == list(range(50))
    assert "Page 6 is the same as page 3" in failure(items).message


def test_a_next_address_on_another_host_is_refused(server: RawServer) -> None:
    with RawServer() as other:
        answer = json.dumps({"data": [{"id": 1}], "next": other.url("orders", page=2)}).encode()
        items = read(source(server.script("/orders", reply(200, body=answer))))
        assert isinstance(failure(items), PagingError)
        assert "another host" in failure(items).message
        assert ids(items) == []
        assert not other.seen


def test_a_host_that_is_allowed_gets_no_credentials(server: RawServer) -> None:
    with RawServer() as other:
        there = other.script("/orders", reply(200, body=b'{"data":[{"id":2}],"next":null}'))
        answer = json.dumps({"data": [{"id": 1}], "next": there + "?page=2"}).encode()
        recipe = source(
            server.script("/orders", reply(200, body=answer)) + "?token=hush-url",
            params={"api_key": "hush-param"},
            headers={"X-Secret": "hush-header"},
            auth={"type": "bearer", "token": "hush-bearer"},
            allow_hosts=[f"127.0.0.1:{other.port}"],
        )
        items = read(recipe)
        assert ids(items) == [1, 2]
        assert all(word in server.seen[0].raw() for word in ("hush-url", "hush-param", "hush-header", "hush-bearer"))
        assert "hush" not in other.seen[0].raw()
        assert "hush" not in json.dumps([item.cursor for item in items if isinstance(item, Part)])


def test_a_key_that_the_source_echoes_is_kept_nowhere_and_sent_once(server: RawServer) -> None:
    def echo(wire: Any) -> None:
        page = int(wire.ask.query("page", "1"))
        target = f"/echo?key={wire.ask.query('key')}&page={page + 1}" if page < 4 else None
        wire.answer(json.dumps({"data": [{"id": page}], "next": target}).encode())

    server.routes = {"echo": echo}
    key = {"type": "api_key", "name": "key", "value": "hush", "in": "query"}
    items = read(source(server.url("echo"), auth=key))
    assert ids(items) == [1, 2, 3, 4]
    assert [ask.target.count("key=hush") for ask in server.seen] == [1, 1, 1, 1]
    assert "hush" not in repr(items)


def test_credentials_do_not_follow_when_a_run_goes_on_abroad(server: RawServer) -> None:
    with RawServer() as other:
        there = other.script("/orders", reply(200, body=b'{"data":[{"id":2}],"next":null}'))
        answer = json.dumps({"data": [{"id": 1, "pad": "x" * UNIT}], "next": there}).encode()
        recipe = source(
            server.script("/orders", reply(200, body=answer)),
            auth={"type": "bearer", "token": "hush"},
            allow_hosts=["127.0.0.1"],
        )
        with closing(recipe.read(Tools(), Done())) as items:
            part = next(item for item in items if isinstance(item, Part))
        seen = len(other.seen)
        done = Done(1, 1, part.bytes, part.cursor, part.hashes, (), part.frame.schema)
        assert ids(list(recipe.read(Tools(), done))) == [2]
        assert len(server.seen) == 1
        assert all("hush" not in ask.raw() for ask in other.seen[seen:])


# --- stops and ends -----------------------------------------------------------------------------------------------


def ours() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(("fetch", "parse", "http-"))]


@pytest.mark.parametrize("style", STYLES)
def test_a_stop_is_heard_at_once_though_pages_hang(style: str) -> None:
    hanging, stop = threading.Event(), threading.Event()

    def before(page: int, wire: Any) -> bool:
        if page >= 4:
            hanging.set()
            wire.server.closing.wait(30)
        return False

    def stopper() -> None:
        hanging.wait(20)
        stop.set()

    with PagedApi(120, style=style, before=before) as api:
        threading.Thread(target=stopper).start()
        begun = time.monotonic()
        with pytest.raises(Cancelled):
            read(source(api.url, pagination=STYLES[style]), Tools(stop=stop))
        assert time.monotonic() - begun < 2
        assert not ours()


class Watched(threading.Event):
    """A stop that tells when somebody begins to wait on it."""

    def __init__(self) -> None:
        super().__init__()
        self.waited_on = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        self.waited_on.set()
        return super().wait(timeout)


@pytest.mark.parametrize("fields", [{}, {"rate_limit": 0.1}, {"retries": 50}])
def test_a_generator_that_is_closed_leaves_nothing_behind(fields: dict[str, Any]) -> None:
    stop = Watched()

    def before(page: int, wire: Any) -> bool:
        if page == 2 and "retries" in fields:
            wire.answer(b"", "Retry-After: 60", status="503 Service Unavailable")
            return True
        if page == 2:
            stop.waited_on.set()
            wire.server.closing.wait(30)
        return False

    with PagedApi(120, style="next_url", before=before) as api:
        items = source(api.url, pagination=STYLES["next_url"], **fields).read(Tools(stop=stop), Done())
        while not isinstance(next(items), Kept):
            pass
        assert stop.waited_on.wait(10)
        begun = time.monotonic()
        items.close()
        assert time.monotonic() - begun < 2
        assert not ours()


def test_an_end_leaves_nothing_behind() -> None:
    with PagedApi(30) as api:
        read(source(api.url))
        read(source(api.server.url("nowhere")))
    assert not ours()


def test_a_generator_that_was_never_begun_asks_nothing() -> None:
    with PagedApi(30) as api:
        items = source(api.url).read(Tools(), Done())
        items.close()
        assert not api.asked
    assert not ours()


def test_a_stop_before_the_first_page_asks_nothing() -> None:
    stop = threading.Event()
    stop.set()
    with PagedApi(30) as api, suppress(Cancelled):
        read(source(api.url), Tools(stop=stop))
        pytest.fail("it was not cancelled")
    assert not api.asked
