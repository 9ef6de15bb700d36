"""A length that is too small: noticed by a second look where nothing else would show it, and only there."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from faults import BODIES, FaultServer, Wire, head

from fetchtozip_gui.core.errors import BadBody, Cancelled
from fetchtozip_gui.core.http.auth import ApiKey, Bearer
from fetchtozip_gui.core.http.client import Client, Request
from fetchtozip_gui.core.secrets import Secret
from fetchtozip_gui.core.work import Tools

OPEN = Callable[..., Client]
ROWS = "id,city\n" + "".join(f"{i},Zürich\n" for i in range(9)) + "9,Köln"


def told(length: int, body: bytes) -> bytes:
    return head(f"Content-Length: {length}", kind="text/csv") + body


def test_characters_counted_instead_of_bytes_are_noticed(server: FaultServer, connect: OPEN) -> None:
    url = server.script("/page", told(len(ROWS), ROWS.encode()))
    with pytest.raises(BadBody, match=f"says that it has {len(ROWS)} bytes and sends more") as caught:
        connect(retries=5).fetch(Request(url, page=4))
    assert caught.value.message.startswith(f"Page 4 ({url})")
    assert len(server.seen) == 2


def test_an_honest_source_is_looked_at_once_for_each_kind_of_text(server: FaultServer, connect: OPEN) -> None:
    plain = server.script("/plain", told(11, b"id,n\n1,2\n3,"))
    other = server.script("/other", told(len(ROWS.encode()), ROWS.encode()))
    client = connect()
    for _ in range(3):
        assert client.fetch(Request(plain)).body == b"id,n\n1,2\n3,"
        assert client.fetch(Request(other)).body == ROWS.encode()
    assert [ask.path for ask in server.seen] == [
        "/plain",
        "/plain",
        "/other",
        "/other",
        "/plain",
        "/other",
        "/plain",
        "/other",
    ]


@pytest.mark.parametrize(
    "body", [b"a,b\n1,2\n", b'{"a": 1}', b"[]", b"<a/>", b"PK\3\4 a zip", b"PAR1 parquet", b"x" * (1 << 20) + b"y"]
)
def test_what_ends_as_it_should_is_not_looked_at(server: FaultServer, connect: OPEN, body: bytes) -> None:
    assert connect().fetch(Request(server.script("/page", told(len(body), body)))).body == body
    assert len(server.seen) == 1


def test_posts_and_compressed_answers_are_not_looked_at(server: FaultServer, connect: OPEN) -> None:
    url = server.script("/page", told(4, b"text"))
    connect().fetch(Request(url, "POST", json={}))
    connect().fetch(Request(server.url("gzip", **{"as": "file"})))
    connect().fetch(Request(server.url("chunked", **{"as": "file"})))
    assert len(server.seen) == 3


def test_the_second_look_asks_for_the_same(server: FaultServer, connect: OPEN) -> None:
    url = server.script("/page", told(4, b"text"))
    client = connect(auth=ApiKey(name="key", value=Secret("k&k"), place="query"), headers={"X-Tenant": "Zürich"})
    client.fetch(Request(url + "?x=ä", params={"page": 2}, headers={"Accept": "text/csv"}))
    first, second = server.seen
    assert first.target == second.target == "/page?x=%C3%A4&page=2&key=k%26k"
    left = [pair for pair in second.headers if pair != ("connection", "close")]
    assert sorted(left) == sorted(first.headers)


def test_nothing_private_is_sent_where_a_redirect_led(server: FaultServer, other: FaultServer, connect: OPEN) -> None:
    moved = other.script("/page", told(4, b"text"))
    url = server.script("/old", head(f"Location: {moved}", "Content-Length: 0", status="302 Found"))
    connect(auth=Bearer(token=Secret("c4n4ry"))).fetch(Request(url))
    assert len(other.seen) == 2
    assert not [ask for ask in other.seen if "c4n4ry" in ask.raw()]


@pytest.mark.parametrize(
    "second", [b"HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n", b"nonsense\r\n\r\n", b"", lambda wire: wire.reset()]
)
def test_what_cannot_be_found_out_is_let_pass(
    server: FaultServer, connect: OPEN, second: bytes | Callable[[Wire], None]
) -> None:
    def leave(wire: Wire) -> None:
        if callable(second):
            second(wire)
        wire.send(second if isinstance(second, bytes) else b"")
        wire.cut()

    url = server.script("/page", told(4, b"text"), leave)
    assert connect().fetch(Request(url)).body == b"text"


def test_it_is_not_tried_for_ever(server: FaultServer, connect: OPEN) -> None:
    def half(wire: Wire) -> None:
        if wire.ask.header("connection") == "close":
            wire.cut()
        else:
            wire.send(told(4, b"text"))

    url = server.script("/page", half)
    client = connect()
    for _ in range(10):
        client.fetch(Request(url))
    assert len(server.seen) == 13


def test_a_server_that_keeps_the_connection_is_waited_for_only_shortly(server: FaultServer, connect: OPEN) -> None:
    def keep(wire: Wire) -> None:
        wire.send(told(4, b"text"))
        if wire.ask.header("connection") == "close":
            wire.stall()

    url = server.script("/page", keep)
    begun = time.monotonic()
    client = connect()
    for _ in range(3):
        assert client.fetch(Request(url)).body == b"text"
    assert time.monotonic() - begun < 3
    assert len(server.seen) == 4


def test_the_second_look_is_left_when_the_job_stops(server: FaultServer, connect: OPEN) -> None:
    tools = Tools()

    def hang(wire: Wire) -> None:
        if wire.ask.header("connection") == "close":
            tools.stop.set()
            wire.stall()
        wire.send(told(4, b"text"))

    url = server.script("/page", hang)
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        connect(tools=tools).fetch(Request(url))
    assert time.monotonic() - begun < 1.5


def test_it_works_under_tls(secure: FaultServer, connect: OPEN) -> None:
    url = secure.script("/page", told(len(ROWS), ROWS.encode()))
    with pytest.raises(BadBody, match="sends more"):
        connect(verify_tls=False).fetch(Request(url))


@pytest.mark.parametrize("kind", BODIES)
def test_each_kind_of_body(server: FaultServer, connect: OPEN, kind: str) -> None:
    with pytest.raises(BadBody, match="sends more"):
        connect().fetch(Request(server.url("length_short", **{"as": kind})))
