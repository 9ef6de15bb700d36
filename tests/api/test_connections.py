"""The server's connections: many idle, some slow, some that never end, and none that outlives the server."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, WebSocket
from starlette.responses import StreamingResponse
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from fetchtozip_gui.api import connections
from fetchtozip_gui.api.server import Served, announced, serve
from fetchtozip_gui.core.errors import FetchToZipError


def application() -> FastAPI:
    app = FastAPI()

    @app.get("/")
    async def root() -> str:
        return "here"

    @app.get("/endless")
    async def endless() -> StreamingResponse:
        async def rows() -> AsyncIterator[bytes]:
            while True:
                yield b"row\n" * 1000
                await asyncio.sleep(0)

        return StreamingResponse(rows(), media_type="text/csv")

    @app.websocket("/echo")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        while True:
            await socket.send_text(await socket.receive_text())

    @app.websocket("/flood")
    async def flood(socket: WebSocket) -> None:
        await socket.accept()
        while True:
            await socket.send_text("x" * 10_000)

    return app


@pytest.fixture
def served() -> Iterator[Served]:
    with serve(application(), port=0) as address:
        yield address


def raw(served: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", served.port), timeout=30)


def read(wire: socket.socket) -> bytes:
    """All that comes until the server ends the connection."""
    parts = []
    try:
        while part := wire.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def send_for_ever(wire: socket.socket) -> None:
    while True:
        wire.sendall(b"x" * 1000)


def test_five_hundred_idle_sockets_stop_nobody(served: Served) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(raw(served)) for _ in range(500)]
        for wire in idle[::2]:
            wire.sendall(b"GET / HTTP/1.1\r\nHost:")
        for _ in range(5):
            assert httpx.get(served.url).json() == "here"
        # the oldest gave way
        assert read(idle[0]) == b""


def test_connections_at_work_are_not_ended_for_room(served: Served) -> None:
    with connect(f"ws://127.0.0.1:{served.port}/echo", proxy=None) as working, ExitStack() as stack:
        for _ in range(connections.CONNECTIONS + 50):
            stack.enter_context(raw(served))
        working.send("still")
        assert working.recv(timeout=30) == "still"


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow"])
def test_a_head_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    with serve(application(), port=0) as served, raw(served) as wire:
        wire.sendall(sent)
        assert read(wire) == b""


def test_a_second_head_on_a_kept_connection_is_not_waited_for_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    with serve(application(), port=0) as served, raw(served) as wire:
        wire.sendall(f"GET / HTTP/1.1\r\nHost: localhost:{served.port}\r\n\r\nGET / H".encode())
        assert read(wire).count(b"HTTP/1.1 200 OK") == 1


def test_a_body_that_nobody_reads_ends_some_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "REST_SECONDS", 0.2)
    with serve(application(), port=0) as served, raw(served) as wire:
        head = f"POST / HTTP/1.1\r\nHost: localhost:{served.port}\r\nContent-Length: 99999999\r\n\r\n"
        wire.sendall(head.encode())
        assert wire.recv(65_536).startswith(b"HTTP/1.1 415")
        with pytest.raises(ConnectionError):
            send_for_ever(wire)


def test_no_request_is_news_for_the_terminal(served: Served, capfd: pytest.CaptureFixture[str]) -> None:
    for nonsense in (b"\0\0\0\r\n\r\n", b"GET\r\n\r\n", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"):
        with raw(served) as wire:
            wire.sendall(nonsense)
            answer = read(wire)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["detail"]
    with raw(served) as wire:
        wire.sendall(f"GET / HTTP/1.1\r\nHost: localhost:{served.port}\r\nUpgrade: h2c\r\n".encode())
        wire.sendall(b"Connection: Upgrade, close\r\n\r\n")
        assert read(wire).startswith(b"HTTP/1.1 200 ")
    assert capfd.readouterr() == ("", "")


def test_a_message_over_the_bound_ends_its_websocket(served: Served) -> None:
    with connect(f"ws://127.0.0.1:{served.port}/echo", proxy=None) as client:
        client.send("x" * 60_000)
        assert len(client.recv(timeout=30)) == 60_000
        client.send("x" * 70_000)
        with pytest.raises(ConnectionClosed) as ended:
            client.recv(timeout=30)
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code == 1009


def test_it_stops_with_websockets_and_answers_that_never_end() -> None:
    with ExitStack() as stack:
        with serve(application(), port=0) as served:
            idle = stack.enter_context(connect(f"ws://127.0.0.1:{served.port}/echo", proxy=None))
            idle.send("a")
            assert idle.recv(timeout=30) == "a"
            sleeping = stack.enter_context(raw(served))
            streaming = stack.enter_context(raw(served))
            asked = f"GET /flood HTTP/1.1\r\nHost: localhost:{served.port}\r\nUpgrade: websocket\r\n"
            asked += "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + "A" * 22 + "==\r\n\r\n"
            sleeping.sendall(asked.encode())
            streaming.sendall(f"GET /endless HTTP/1.1\r\nHost: localhost:{served.port}\r\n\r\n".encode())
            assert sleeping.recv(10).startswith(b"HTTP/1.1 ")
            assert streaming.recv(10).startswith(b"HTTP/1.1 ")
            began = time.monotonic()
        took = time.monotonic() - began
        with pytest.raises(ConnectionClosed):
            idle.recv(timeout=30)
    assert took < 5, "a second where the machine is not busy"


def test_fifty_servers_leave_no_thread_and_no_socket() -> None:
    def left() -> tuple[int, int]:
        folder = Path("/proc/self/fd")
        return threading.active_count(), len(list(folder.iterdir())) if folder.is_dir() else 0

    before = None
    for _ in range(50):
        with serve(application(), port=0) as served, raw(served) as wire:
            wire.sendall(f"GET / HTTP/1.1\r\nHost: localhost:{served.port}\r\n\r\n".encode())
            assert wire.recv(10).startswith(b"HTTP/1.1 2")
        before = before or left()
    assert left() == before


def test_the_address_is_kept_for_its_user_alone_while_the_server_answers(tmp_path: Path, served: Served) -> None:
    left_behind = tmp_path / "server.json"
    left_behind.write_text("of a server that was killed")
    left_behind.chmod(0o644)
    with announced(tmp_path, served) as path:
        assert json.loads(path.read_text()) == {"address": served.url, "process": os.getpid()}
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not list(tmp_path.iterdir())


def test_an_address_that_cannot_be_kept_is_told(tmp_path: Path, served: Served) -> None:
    with pytest.raises(FetchToZipError, match=r"server\.json cannot be written"):
        announced(tmp_path / "missing", served).__enter__()
