"""The server thread: it answers when its block begins, and is gone when it ends."""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from fetchtozip_gui.api.server import serve
from fetchtozip_gui.core.errors import FetchToZipError

ROOT = Path(__file__).parents[2]


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """The smallest application; `/wait` never answers."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    if scope["path"] == "/wait":
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


async def broken(scope: Any, receive: Any, send: Any) -> None:
    """An application that cannot start."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no room"})


def server_threads() -> int:
    return sum(thread.name == "server" for thread in threading.enumerate())


def answers(url: str) -> bool:
    try:
        return httpx.get(url).text == "hello"
    except httpx.ConnectError:
        return False


def test_it_answers_from_the_first_to_the_last_line_of_the_block() -> None:
    with serve(hello, port=0) as served:
        assert served.url == f"http://127.0.0.1:{served.port}"
        assert answers(served.url)
        assert not served.ended.is_set()
    assert served.ended.is_set()
    assert not answers(served.url)


def test_an_error_in_the_block_stops_it_too() -> None:
    before = server_threads()
    with pytest.raises(ZeroDivisionError), serve(hello, port=0) as served:
        raise ZeroDivisionError
    assert not answers(served.url)
    assert server_threads() == before


def test_it_stops_within_a_second_though_connections_are_open() -> None:
    with serve(hello, port=0) as served, httpx.Client() as kept_alive:
        assert kept_alive.get(served.url).text == "hello"
        with socket.create_connection(("127.0.0.1", served.port)):
            started = time.monotonic()
            served_until = served.ended
            # the block ends here, with an idle connection and one that never asked
    assert served_until.is_set()
    assert time.monotonic() - started < 1


def test_a_request_that_never_ends_holds_the_stop_for_less_than_a_second() -> None:
    with socket.socket() as asking:
        with serve(hello, port=0) as served:
            asking.connect(("127.0.0.1", served.port))
            asking.sendall(f"GET /wait HTTP/1.1\r\nHost: localhost:{served.port}\r\n\r\n".encode())
            assert answers(served.url), "it was read: this came after it"
            started = time.monotonic()
        assert time.monotonic() - started < 5


def test_the_port_can_be_had_again_at_once() -> None:
    with httpx.Client() as kept_alive:
        with serve(hello, port=0) as served:
            assert kept_alive.get(served.url).text == "hello"
        # the server closed first, so the system still remembers the connection for a minute
        with serve(hello, port=served.port) as again:
            assert again.port == served.port


def test_a_taken_port_is_told_or_the_next_free_one_is_used() -> None:
    with serve(hello, port=0) as first:
        with pytest.raises(FetchToZipError, match=f"Port {first.port} of 127.0.0.1 is taken"):
            serve(hello, port=first.port).__enter__()
        with serve(hello, port=first.port, next_free=True) as second:
            assert second.port > first.port
            assert answers(second.url)


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(FetchToZipError, match="cannot be listened on"):
        serve(hello, host="192.0.2.1", port=0).__enter__()


def test_an_application_that_cannot_start_is_told(caplog: pytest.LogCaptureFixture) -> None:
    before = server_threads()
    with pytest.raises(FetchToZipError, match="could not be started"):
        serve(broken, port=0).__enter__()
    assert "no room" in caplog.text
    assert server_threads() == before


def test_small_answers_are_not_held_back() -> None:
    # with Nagle's algorithm on, every answer in two writes waits 40 ms for the client's acknowledgement
    with serve(hello, port=0) as served, httpx.Client() as client:
        client.get(served.url)
        times = []
        for _ in range(20):
            started = time.perf_counter()
            client.get(served.url)
            times.append(time.perf_counter() - started)
    assert sorted(times)[5] < 0.03


def test_nothing_is_said_about_requests(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), serve(hello, port=0) as served:
        assert answers(served.url)
    assert capfd.readouterr() == ("", "")
    assert not [record for record in caplog.records if record.name == "uvicorn.access"]


def test_the_process_keeps_its_signal_handlers() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with serve(hello, port=0):
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


FOREVER = """
import gc, pathlib, signal, sys, threading
from fetchtozip_gui.api.doors.practice import build
from fetchtozip_gui.api.server import run_forever

def ready(served):
    assert gc.get_freeze_count() > 50_000, "the collector would look through all that is loaded"
    print(served.url, flush=True)
    threading.Thread(target=lambda: sys.stdin.readline() and signal.raise_signal(signal.SIGINT)).start()

signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored in what a shell runs in the background
run_forever(build(pathlib.Path(sys.argv[1])), "127.0.0.1", 0, ready)
print("ended", flush=True)
"""


def test_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", FOREVER, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:
        assert process.stdout is not None
        assert httpx.get(process.stdout.readline().strip()).json() == {"message": "Hello World"}
        out, err = process.communicate("interrupt\n", timeout=30)
    assert (process.returncode, out, err) == (0, "ended\n", "")
