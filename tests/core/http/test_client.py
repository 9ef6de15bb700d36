"""What a fetch sends, what it gives, what it says, and how it gives up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from typing import Any

import httpx
import pytest
from faults import BODIES, FAULTS, FaultServer, packed, reply

from fetchtozip_gui import __version__
from fetchtozip_gui.core.errors import BadBody, Cancelled, PageFailed, RecipeError
from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.http.client import Client, Patience, Request
from fetchtozip_gui.core.http.statuses import _HINTS

OPEN = Callable[..., Client]
OK = BODIES["json"][1]


def test_an_answer_tells_everything_about_itself(server: FaultServer, connect: OPEN) -> None:
    answer = connect().fetch(Request(server.url("gzip", x=1), params={"page": 2}, page=2))
    assert (answer.status, answer.body, answer.attempts, answer.framed) == (200, OK, 1, True)
    assert answer.url == server.url("gzip?x=1&page=2")
    assert answer.wire_bytes == len(packed("gzip", OK))
    assert 0 < answer.seconds < 10
    assert isinstance(answer.headers, httpx.Headers)
    assert answer.headers["CONTENT-TYPE"] == "application/json"


def test_who_asks_and_for_what_is_said(server: FaultServer, connect: OPEN) -> None:
    connect().fetch(Request(server.url("ok")))
    ask = server.seen[0]
    assert ask.header("user-agent") == f"FetchToZip/{__version__}"
    assert ask.header("accept-encoding") == "gzip, deflate, br, zstd"
    assert (ask.header("accept") or "").startswith("application/json")
    assert ask.header("host") == f"127.0.0.1:{server.port}"


def test_headers_of_the_page_come_before_those_of_the_client(server: FaultServer, connect: OPEN) -> None:
    client = connect(headers={"x-a": "client", "X-B": "client", "user-agent": "Mine/1"})
    client.fetch(Request(server.url("ok"), headers={"X-A": "page", "Accept": "text/csv"}))
    ask = server.seen[0]
    sent = [ask.header(name) for name in ("x-a", "x-b", "user-agent", "accept")]
    assert sent == ["page", "client", "Mine/1", "text/csv"]
    assert len([name for name, _ in ask.headers if name in ("x-a", "user-agent")]) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "a\r\nX-Evil: b"},
        {"X-A\r\nX-Evil": "b"},
        {"": "a"},
        {"X A": "b"},
        {"Host": "evil"},
        {"content-length": "5"},
    ],
)
def test_headers_that_would_break_the_request_are_refused(
    server: FaultServer, connect: OPEN, headers: dict[str, str]
) -> None:
    with pytest.raises(RecipeError, match=r"source\.headers"):
        connect(headers=headers)
    with pytest.raises(RecipeError, match=r"source\.headers"):
        connect().fetch(Request(server.url("ok"), headers=headers))
    assert server.seen == []


def test_a_header_beyond_ascii_is_sent_as_utf8(server: FaultServer, connect: OPEN) -> None:
    connect().fetch(Request(server.url("ok"), headers={"X-City": "Zürich"}))
    assert (server.seen[0].header("x-city") or "").encode("latin-1").decode() == "Zürich"


def test_a_json_body_is_posted(server: FaultServer, connect: OPEN) -> None:
    body = {"query": "ä", "page": 1, "list": [True, None]}
    connect().fetch(Request(server.url("ok"), "post", json=body))
    ask = server.seen[0]
    assert (ask.method, ask.body.decode()) == ("POST", '{"query":"ä","page":1,"list":[true,null]}')
    assert ask.header("content-type") == "application/json"
    client = connect()
    client.fetch(Request(server.url("ok"), "POST", json=[], headers={"Content-Type": "application/vnd.api+json"}))
    client.fetch(Request(server.url("ok"), "POST"))
    assert [(ask.header("content-type"), ask.body) for ask in server.seen[1:]] == [
        ("application/vnd.api+json", b"[]"),
        (None, b""),
    ]


@pytest.mark.parametrize("status", [200, 201, 202, 203, 206])
def test_every_success_is_an_answer(server: FaultServer, connect: OPEN, status: int) -> None:
    answer = connect().fetch(Request(server.script("/page", reply(status, body=b"[]"))))
    assert (answer.status, answer.body) == (status, b"[]")


@pytest.mark.parametrize("headers", [(), ("Content-Encoding: gzip",), ("Content-Encoding: br",)])
def test_nothing_is_an_answer_too(server: FaultServer, connect: OPEN, headers: tuple[str, ...]) -> None:
    assert connect().fetch(Request(server.script("/page", reply(200, *headers)))).body == b""
    assert connect().fetch(Request(server.script("/none", reply(205)))).status == 205


def test_a_header_that_cannot_be_read_costs_only_itself(server: FaultServer, connect: OPEN) -> None:
    headers = connect().fetch(Request(server.url("header_latin"))).headers
    assert headers["x-plain"] == "yes"
    assert headers["content-type"] == "application/json"
    assert "x-latin" not in headers


def test_repeated_headers_are_all_kept(server: FaultServer, connect: OPEN) -> None:
    url = server.script("/page", reply(200, "Link: <a>; rel=next", "Link: <b>; rel=last", "X-Latin: \xe4"))
    assert connect().fetch(Request(url)).headers.get_list("link") == ["<a>; rel=next", "<b>; rel=last"]


@pytest.mark.parametrize(
    "url", ["shop.example/orders", "ftp://shop.example/", "http://", "https://[nonsense/?token=s3cret"]
)
def test_an_address_that_is_none_is_told(connect: OPEN, url: str) -> None:
    with pytest.raises(PageFailed, match="cannot be fetched") as caught:
        connect().fetch(Request(url))
    assert "s3cret" not in str(caught.value)


# --- statuses


@pytest.mark.parametrize(
    "status", [400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 413, 414, 415, 418, 422, 431, 451, 501]
)
def test_a_refusal_is_not_repeated_and_says_what_to_do(server: FaultServer, connect: OPEN, status: int) -> None:
    url = server.script("/page", reply(status))
    with pytest.raises(PageFailed, match=f"Page 3 \\({url}\\) answered {status}") as caught:
        connect(retries=5).fetch(Request(url, page=3))
    assert (caught.value.page, caught.value.status) == (3, status)
    assert caught.value.hint
    assert len(server.seen) == 1


def test_hints_name_fields_of_the_recipe() -> None:
    assert "source.auth" in _HINTS[401]
    assert "source.url" in _HINTS[404]
    assert "source.method" in _HINTS[405]
    assert "source.rate_limit" in _HINTS[429]


def test_what_the_source_says_is_passed_on_in_short(server: FaultServer, connect: OPEN) -> None:
    said = b'{"error":\n "no   such\tfield\xe2\x80\xae: ' + b"x" * 500 + b'"}'
    url = server.script("/page", reply(422, body=said))
    with pytest.raises(PageFailed, match=r'and says: "\{"error": "no such field : x+…"\.') as caught:
        connect().fetch(Request(url))
    assert len(caught.value.message) < 300


@pytest.mark.parametrize(
    "answer",
    [
        reply(404, body=b"<!doctype html><h1>no</h1>").replace(b"application/json", b"text/html"),
        reply(404, body=b" <Error>no</Error>"),
        reply(404, body=b"\0\1\2"),
        reply(404, "Content-Encoding: gzip", body=packed("gzip", bytes(30 << 20))),
        reply(404, "Content-Encoding: gzip", body=b"no gzip"),
        reply(404, "Content-Encoding: rot13", body=b"abc"),
        reply(404, body=b"a" * 100_000),
    ],
)
def test_an_error_s_body_never_hides_the_error(server: FaultServer, connect: OPEN, answer: bytes) -> None:
    with pytest.raises(PageFailed, match=r"answered 404 Not Found\."):
        connect(timeout=0.5).fetch(Request(server.script("/page", answer)))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_repeated_and_told(server: FaultServer, connect: OPEN, status: int) -> None:
    said: list[Said] = []
    url = server.script("/page", reply(status), reply(status), FAULTS["ok"].act)
    answer = connect(retries=2, say=said.append).fetch(Request(url, params={"api_key": "s3cret"}, page=7))
    assert (answer.body, answer.attempts) == (OK, 3)
    assert [event.level for event in said] == ["warning", "warning"]
    assert said[1].text.startswith(f"Page 7 ({url}?api_key=***) answered {status}")
    assert said[1].text.endswith("(2 of 2).")


def test_what_is_repeated_less_often_says_so(server: FaultServer, connect: OPEN) -> None:
    said: list[str] = []
    with pytest.raises(BadBody):
        connect(retries=5, say=lambda event: said.append(event.text)).fetch(Request(server.url("gzip_junk")))
    assert [text[-9:] for text in said] == ["(1 of 2).", "(2 of 2)."]


def test_it_gives_up_after_the_last_attempt(server: FaultServer, connect: OPEN) -> None:
    url = server.script("/page", reply(503))
    with pytest.raises(PageFailed, match="answered 503 Service Unavailable; 4 attempts were made"):
        connect(retries=3).fetch(Request(url))
    assert len(server.seen) == 4


@pytest.mark.parametrize("fault", ["closed", "cut_50", "stall"])
def test_a_post_is_repeated_only_where_told(server: FaultServer, connect: OPEN, fault: str) -> None:
    url = server.script("/page", FAULTS[fault].act, FAULTS["ok"].act)
    with pytest.raises((PageFailed, BadBody)) as caught:
        connect(timeout=0.2).fetch(Request(url, "POST", json={}))
    assert "A POST is not repeated" in caught.value.hint
    assert caught.value.hint.endswith("set source.retry_post.")
    assert len(server.seen) == 1
    url = server.script("/other", FAULTS[fault].act, FAULTS["ok"].act)
    assert connect(timeout=0.5, retry_post=True).fetch(Request(url, "POST", json={})).attempts == 2


# --- Retry-After


def test_retry_after_is_obeyed(server: FaultServer, connect: OPEN) -> None:
    in_two = formatdate(time.time() + 2, usegmt=True)
    cases: list[tuple[str, float, float]] = [
        ("0.3", 0.3, 0.8),
        (in_two, 0.5, 2.5),
        ("soon", 0, 0.3),
        (formatdate(0, usegmt=True), 0, 0.3),
    ]
    for value, least, most in cases:
        url = server.script("/page", reply(503, f"Retry-After: {value}"), FAULTS["ok"].act)
        begun = time.monotonic()
        assert connect().fetch(Request(url)).attempts == 2
        assert least <= time.monotonic() - begun < most, value


def test_ten_years_are_not_waited(server: FaultServer, connect: OPEN) -> None:
    url = server.script("/page", reply(429, "Retry-After: 315360000"))
    begun = time.monotonic()
    with pytest.raises(PageFailed, match="429 Too Many Requests and asks to wait 10 years; at most 5 minutes"):
        connect(retries=5).fetch(Request(url))
    assert time.monotonic() - begun < 1


def test_the_waits_of_a_page_stay_within_their_total(server: FaultServer, connect: OPEN) -> None:
    url = server.script("/page", reply(500))
    client = connect(patience=Patience(retries=1000, first=0.01, longest=0.1, total=0.6))
    begun = time.monotonic()
    with pytest.raises(PageFailed):
        client.fetch(Request(url))
    waited = time.monotonic() - begun
    assert 0.6 <= waited < 0.6 * 1.05 + 0.02 * len(server.seen)


def test_a_429_slows_everybody_down(server: FaultServer, connect: OPEN) -> None:
    """One page is told to wait; the others of the same host wait with it."""
    first = threading.Event()
    asked: list[tuple[str, float]] = []

    def act(wire: Any) -> None:
        asked.append((wire.ask.query("page"), time.monotonic()))
        if wire.ask.query("page") == "1" and not first.is_set():
            first.set()
            wire.send(reply(429, "Retry-After: 0.5"))
        else:
            wire.answer(b"[]")

    url = server.script("/page", act)
    said = threading.Event()
    client = connect(say=lambda event: said.set())
    with ThreadPoolExecutor(4) as pool:
        slow = pool.submit(client.fetch, Request(url, params={"page": 1}))
        assert said.wait(5)
        server.closing.wait(0.05)
        others = [pool.submit(client.fetch, Request(url, params={"page": i})) for i in (2, 3, 4)]
        assert {future.result().status for future in [slow, *others]} == {200}
    refused = asked[0][1]
    assert len(asked) == 5
    assert all(moment - refused > 0.45 for _, moment in asked[1:])


def test_the_rate_holds_for_repetitions_too(server: FaultServer, connect: OPEN) -> None:
    url = server.script("/page", reply(500), reply(500), FAULTS["ok"].act)
    begun = time.monotonic()
    connect(rate_limit=10, retries=2).fetch(Request(url))
    assert 0.2 <= time.monotonic() - begun < 0.6


# --- limits


def test_a_page_may_not_be_larger_than_told(server: FaultServer, connect: OPEN) -> None:
    client = connect(max_page_bytes=len(OK) - 1)
    for name in ("ok", "chunked", "no_length", "gzip", "br", "zstd"):
        with pytest.raises(BadBody, match=r"\(max_page_bytes\)"):
            client.fetch(Request(server.url(name)))
    assert connect(max_page_bytes=len(OK)).fetch(Request(server.url("chunked"))).body == OK


def test_a_closed_client_fetches_nothing(server: FaultServer, connect: OPEN) -> None:
    client = connect()
    client.fetch(Request(server.url("ok")))
    client.close()
    with pytest.raises(Cancelled, match="closed"):
        client.fetch(Request(server.url("ok")))
