"""Every fault a web server can commit: an error or the right data, and never anything between."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from faults import BODIES, FAULTS, LOGIN, FaultServer, Wire, head, in_chunks, reply

from fetchtozip_gui.core.errors import BadBody, PageFailed
from fetchtozip_gui.core.http.client import Client, Request

OPEN = Callable[..., Client]
QUICK = [name for name, fault in FAULTS.items() if not fault.endless]
ENDLESS = [name for name, fault in FAULTS.items() if fault.endless]


def test_there_are_enough_faults() -> None:
    assert len(FAULTS) > 150
    assert {fault.outcome for fault in FAULTS.values()} == {"error", "whole", "format"}


@pytest.mark.parametrize("kind", BODIES)
def test_a_fault_is_an_error_or_the_right_data(server: FaultServer, connect: OPEN, kind: str) -> None:
    for name in QUICK:
        client = connect()
        url = server.url(name, **{"as": kind})
        expected = FAULTS[name].outcome
        if expected == "error":
            with pytest.raises((PageFailed, BadBody)) as caught:
                client.fetch(Request(url, page=3))
            assert "Page 3 (http://127.0.0.1" in caught.value.message, name
            assert caught.value.hint, name
        elif expected == "whole":
            answer = client.fetch(Request(url))
            assert answer.body == (b"" if name == "nothing_204" else BODIES[kind][1]), name
        client.close()


@pytest.mark.parametrize("name", ENDLESS)
def test_an_endless_answer_ends_with_the_attempt(server: FaultServer, connect: OPEN, name: str) -> None:
    client = connect(timeout=0.3, retries=0)
    with pytest.raises(PageFailed, match=r"did not come within 0\.3 seconds"):
        client.fetch(Request(server.url(name)))


def test_no_attempt_outlives_its_deadline(server: FaultServer, connect: OPEN) -> None:
    """2 s allowed: all done by 2.5 s, side by side."""
    client = connect(timeout=2, retries=0, concurrency=len(ENDLESS))
    names = [name for name in ENDLESS if name != "early_hints_flood"]  # it would take this process's time from others

    def timed(name: str) -> float:
        begun = time.monotonic()
        with pytest.raises(PageFailed, match="did not come within 2 seconds"):
            client.fetch(Request(server.url(name)))
        return time.monotonic() - begun

    with ThreadPoolExecutor(len(names)) as pool:
        times = dict(zip(names, pool.map(timed, names), strict=True))
    assert all(1.9 < seconds < 2.5 for seconds in times.values()), times


def test_redirects_share_one_deadline(server: FaultServer, connect: OPEN) -> None:
    def slow(wire: Wire) -> None:
        wire.wait(0.7)
        wire.answer(b"", "Location: /stall", status="302 Found")

    begun = time.monotonic()
    with pytest.raises(PageFailed, match="did not come within 1 seconds"):
        connect(timeout=1, retries=0).fetch(Request(server.script("/slow", slow)))
    assert time.monotonic() - begun < 1.5
    assert [ask.path for ask in server.seen] == ["/slow", "/stall"]


@pytest.mark.parametrize(
    "name", ["cut_0", "cut_50", "cut_99", "chunk_cut", "chunk_size_bad", "reset_in_body", "length_long"]
)
def test_a_body_that_breaks_off_is_told_as_one(server: FaultServer, connect: OPEN, name: str) -> None:
    with pytest.raises(BadBody, match=r"did not come whole: .*; 2 attempts were made"):
        connect().fetch(Request(server.url(name)))


def test_a_length_beyond_the_limit_is_refused_long_before_it_is_reached(server: FaultServer, connect: OPEN) -> None:
    sent = 0

    def endless(wire: Wire) -> None:
        nonlocal sent
        wire.send(head("Content-Length: 9999999999"))
        while not wire.server.closing.is_set():
            wire.send(bytes(1 << 20))
            sent += 1

    with pytest.raises(BadBody, match="max_page_bytes"):
        connect().fetch(Request(server.script("/page", endless)))
    assert sent < 100  # MiB, of the 256 that are allowed


@pytest.mark.parametrize(
    "name", ["cut_50", "chunk_cut", "reset_in_body", "length_twice", "gzip_cut_7", "closed", "no_http"]
)
def test_a_broken_answer_is_asked_for_again(server: FaultServer, connect: OPEN, name: str) -> None:
    url = server.script("/page", FAULTS[name].act, FAULTS["ok"].act)
    answer = connect().fetch(Request(url))
    assert (answer.body, answer.attempts) == (BODIES["json"][1], 2)


@pytest.mark.parametrize("name", ["coding_unknown", "bomb_gzip_1", "length_huge", "transfer_unknown"])
def test_what_no_repetition_mends_is_not_repeated(server: FaultServer, connect: OPEN, name: str) -> None:
    with pytest.raises(BadBody):
        connect(retries=5).fetch(Request(server.url(name)))
    assert len(server.seen) == 1


def test_a_corrupt_body_is_not_asked_for_more_than_three_times(server: FaultServer, connect: OPEN) -> None:
    with pytest.raises(BadBody, match=r"gzip stream is corrupt.*3 attempts"):
        connect(retries=5).fetch(Request(server.url("gzip_bad_check")))
    assert len(server.seen) == 3


def test_what_only_the_format_can_tell_is_handed_on_as_it_came(server: FaultServer, connect: OPEN) -> None:
    client = connect()
    login = client.fetch(Request(server.url("login_page")))
    assert (login.body, login.headers["content-type"]) == (LOGIN, "text/html")
    unframed = client.fetch(Request(server.url("no_length_cut")))
    assert not unframed.framed
    assert client.fetch(Request(server.url("ok"))).framed


def test_an_unframed_answer_is_told_once(server: FaultServer, connect: OPEN) -> None:
    said: list[str] = []
    client = connect(say=lambda event: said.append(event.text))
    for _ in range(2):
        client.fetch(Request(server.url("no_length")))
    assert len(said) == 1
    assert "only their format shows a cut" in said[0]


def test_large_bodies_come_whole_or_not_at_all(server: FaultServer, connect: OPEN) -> None:
    """Beyond what the transport reads by itself another thread reads; the rules are the same."""
    data = bytes(range(256)) * (160 << 10)  # 40 MiB
    short = head(f"Content-Length: {len(data)}") + data[:-1]
    whole = server.script("/whole", reply(200, body=data))
    chunked = server.script("/chunked", head("Transfer-Encoding: chunked") + in_chunks(data, 1 << 20) + b"0\r\n\r\n")
    cut = server.script("/cut", lambda wire: (wire.send(short), wire.cut()))
    slow = server.script("/slow", lambda wire: (wire.send(short), wire.stall()))
    client = connect(retries=0, timeout=2)
    assert client.fetch(Request(whole)).body == data
    assert client.fetch(Request(chunked)).body == data
    with pytest.raises(BadBody, match="did not come whole"):
        client.fetch(Request(cut))
    with pytest.raises(PageFailed, match="did not come within 2 seconds"):
        client.fetch(Request(slow))


def test_an_endless_body_is_left_at_the_limit(server: FaultServer, connect: OPEN) -> None:
    def endless(wire: Wire) -> None:
        wire.send(head("Connection: close"))
        while not wire.server.closing.is_set():
            wire.send(bytes(1 << 16))

    with pytest.raises(BadBody, match="max_page_bytes"):
        connect(max_page_bytes=50 << 20).fetch(Request(server.script("/page", endless)))


def test_what_follows_a_body_never_reaches_the_next_page(server: FaultServer, connect: OPEN) -> None:
    """A length that is too small leaves bytes on the connection, here a whole forged answer."""
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    url = server.script("/page", lambda wire: wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]" + forged))
    client = connect()
    assert [client.fetch(Request(url)).body for _ in range(20)] == [b"[1]"] * 20


def test_connections_are_kept_and_a_stale_one_is_replaced_at_once(server: FaultServer, connect: OPEN) -> None:
    client = connect(retries=2)
    for _ in range(30):
        assert client.fetch(Request(server.url("ok"))).attempts == 1
    assert server.connections == 1
    for _ in range(30):
        assert client.fetch(Request(server.url("closed_after"))).body == BODIES["json"][1]


def test_threads_share_the_connections(server: FaultServer, connect: OPEN) -> None:
    client = connect(concurrency=4)
    gate = threading.Barrier(4)

    def work(number: int) -> bytes:
        gate.wait()
        return b"".join(client.fetch(Request(server.url("ok"), page=i + 1)).body for i in range(25))

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(work, range(4))) == {BODIES["json"][1] * 25}
    # each one answers 25 requests; where one becomes free while a thread opens its own, that thread takes the free one
    assert server.connections <= 8
