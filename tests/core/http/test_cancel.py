"""A stop is heard in every phase of a fetch, in well under two seconds."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from faults import FaultServer, Wire, head, reply

from fetchtozip_gui.core.errors import Cancelled
from fetchtozip_gui.core.http.auth import OAuth2
from fetchtozip_gui.core.http.client import Client, Patience, Request
from fetchtozip_gui.core.secrets import Secret
from fetchtozip_gui.core.work import Tools

OPEN = Callable[..., Client]


def stopped_after(client: Client, tools: Tools, request: Request, begun: threading.Event) -> float:
    """Seconds from the stop to `Cancelled`."""
    with ThreadPoolExecutor(1) as pool:
        fetching = pool.submit(client.fetch, request)
        assert begun.wait(5)
        moment = time.monotonic()
        tools.stop.set()
        with pytest.raises(Cancelled):
            fetching.result(5)
        return time.monotonic() - moment


@pytest.mark.parametrize("name", ["stall", "stall_0", "stall_50", "stall_99", "dripped_head", "dripped_body"])
def test_a_request_that_hangs_is_torn_down(server: FaultServer, connect: OPEN, name: str) -> None:
    begun = threading.Event()

    def act(wire: Wire) -> None:
        begun.set()
        server.routes[name](wire)

    tools = Tools()
    client = connect(tools=tools, retries=5, timeout=60)
    assert stopped_after(client, tools, Request(server.script("/page", act)), begun) < 1


@pytest.mark.parametrize("name", ["stall", "stall_50"])
def test_ctrl_c_is_heard_by_the_main_thread(server: FaultServer, name: str) -> None:
    """Inside the native transport Python hears no signal, so the main thread does not go there."""
    code = (
        "import signal, sys, threading\n"
        "from fetchtozip_gui.core.http.client import Client, Request\n"
        "from fetchtozip_gui.core.work import Tools\n"
        "threading.Timer(0.5, lambda: signal.raise_signal(signal.SIGINT)).start()\n"
        "with Client(tools=Tools(), timeout=60, proxy='') as client:\n"
        f"    client.fetch(Request('{server.url(name)}'))\n"
    )
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=30, check=False)
    assert b"KeyboardInterrupt" in done.stderr
    assert time.monotonic() - begun < 8  # the start of Python included


def test_a_large_body_that_hangs_is_torn_down(server: FaultServer, connect: OPEN) -> None:
    """Beyond what the transport reads by itself."""
    begun = threading.Event()

    def act(wire: Wire) -> None:
        wire.send(head(f"Content-Length: {90 << 20}") + bytes(60 << 20))  # more than any buffer on the way can hold
        begun.set()
        wire.stall()

    tools = Tools()
    client = connect(tools=tools, timeout=60)
    assert stopped_after(client, tools, Request(server.script("/page", act)), begun) < 1


def test_a_wait_between_attempts_is_cut_short(server: FaultServer, connect: OPEN) -> None:
    tools, begun = Tools(), threading.Event()
    client = connect(tools=tools, patience=Patience(first=50), say=lambda said: begun.set())
    assert stopped_after(client, tools, Request(server.script("/page", reply(503))), begun) < 1
    assert len(server.seen) == 1


def test_a_wait_for_the_rate_is_cut_short(server: FaultServer, connect: OPEN) -> None:
    tools, begun = Tools(), threading.Event()
    client = connect(tools=tools, rate_limit=0.01)
    client.fetch(Request(server.url("ok")))
    begun.set()
    assert stopped_after(client, tools, Request(server.url("ok")), begun) < 1


def test_a_token_that_never_comes_is_given_up(server: FaultServer, connect: OPEN) -> None:
    tools, begun = Tools(), threading.Event()

    def act(wire: Wire) -> None:
        begun.set()
        wire.stall()

    auth = OAuth2(token_url=server.script("/token", act), client_id="a", client_secret=Secret("b"))
    assert stopped_after(connect(tools=tools, auth=auth), tools, Request(server.url("ok")), begun) < 1


def test_all_threads_hear_it(server: FaultServer, connect: OPEN) -> None:
    tools, gate = Tools(), threading.Barrier(9)

    def act(wire: Wire) -> None:
        gate.wait(10)
        wire.stall()

    url = server.script("/page", act)
    client = connect(tools=tools, concurrency=8)
    with ThreadPoolExecutor(8) as pool:
        fetching = [pool.submit(client.fetch, Request(url, page=i + 1)) for i in range(8)]
        gate.wait(10)
        moment = time.monotonic()
        tools.stop.set()
        for future in fetching:
            with pytest.raises(Cancelled):
                future.result(5)
    assert time.monotonic() - moment < 1


def test_nothing_is_asked_after_the_stop(server: FaultServer, connect: OPEN) -> None:
    tools = Tools()
    client = connect(tools=tools)
    tools.stop.set()
    with pytest.raises(Cancelled):
        client.fetch(Request(server.url("ok")))
    assert server.seen == []


def test_closing_ends_what_is_under_way(server: FaultServer, connect: OPEN) -> None:
    begun = threading.Event()

    def act(wire: Wire) -> None:
        begun.set()
        wire.stall()

    client = connect(timeout=60)
    with ThreadPoolExecutor(1) as pool:
        fetching = pool.submit(client.fetch, Request(server.script("/page", act)))
        assert begun.wait(5)
        client.close()
        with pytest.raises(Cancelled):
            fetching.result(1)


def test_closing_leaves_no_thread_behind(server: FaultServer, connect: OPEN) -> None:
    before = {thread for thread in threading.enumerate() if thread.name == "http-stop"}
    client = connect()
    client.fetch(Request(server.url("ok")))
    assert {thread for thread in threading.enumerate() if thread.name == "http-stop"} - before
    client.close()
    assert {thread for thread in threading.enumerate() if thread.name == "http-stop"} == before


class Endless(httpx.BaseTransport):
    """A transport that knows no deadline: a body without end."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=_Zeros())


class _Zeros(httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield b"0"


def test_any_transport_is_held_to_stop_and_deadline(connect: OPEN) -> None:
    begun = threading.Event()
    begun.set()
    tools = Tools()
    client = connect(tools=tools, transport=Endless(), timeout=60)
    assert stopped_after(client, tools, Request("http://x.example/"), begun) < 1
    moment = time.monotonic()
    with pytest.raises(Exception, match=r"did not come within 0\.2 seconds"):
        connect(transport=Endless(), timeout=0.2, retries=0).fetch(Request("http://x.example/"))
    assert time.monotonic() - moment < 1
