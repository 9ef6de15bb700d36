"""A uvicorn server on a thread of its own: started when it answers, stopped within a second."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from fetchtozip_gui.core.errors import FetchToZipError

PORTS_TRIED = 100
"""How many ports after the wanted one are tried where the next free one will do."""

_NOT_OURS = (errno.EADDRINUSE, errno.EACCES)
"""How systems say that a port is somebody else's; Windows says EACCES of a port that is held exclusively."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers at `url`; `ended` is set once it does no longer."""

    host: str
    port: int
    ended: threading.Event

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it is ready or will never be."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self.ended = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets)
        except SystemExit:
            pass  # uvicorn's way of saying that the application did not start; it has logged why
        finally:
            self.ended.set()
            self.ready.set()


@contextmanager
def serve(app: Any, host: str = "127.0.0.1", port: int = 8000, *, next_free: bool = False) -> Iterator[Served]:
    """Serve an ASGI application as long as the block runs. Port 0 takes any free one.

    `FetchToZipError` when the port is taken (unless the next free one will do) or the application does not start.
    """
    listening = _listen(host, port, PORTS_TRIED if next_free else 0)
    # a thread gets no signals, so uvicorn installs no handlers: Ctrl-C stays with whoever opened the block
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1, server_header=False)
    server = _Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), name="server", daemon=True)
    thread.start()
    try:
        server.ready.wait()
        if not server.started:
            raise FetchToZipError("The server could not be started.", "The log says why.")
        yield Served(host, listening.getsockname()[1], server.ended)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def run_forever(app: Any, host: str, port: int, ready: Callable[[Served], None], *, next_free: bool = False) -> None:
    """Serve until Ctrl-C; `ready` is called once the server answers."""
    try:
        with serve(app, host, port, next_free=next_free) as served:
            ready(served)
            # in short waits: on Windows a wait without an end does not hear Ctrl-C
            while not served.ended.wait(0.5):
                pass
    except KeyboardInterrupt:
        return


def _listen(host: str, port: int, more: int) -> socket.socket:
    for wanted in range(port, min(port + more, 65_535) + 1):
        try:
            return _bound(host, wanted)
        except OSError as error:
            if error.errno not in _NOT_OURS:
                raise FetchToZipError(f"{host} cannot be listened on: {error.strerror or error}.") from None
    raise FetchToZipError(
        f"Port {port} of {host} is taken or reserved.", "Choose another with --port, or 0 for any free one."
    )


def _bound(host: str, port: int) -> socket.socket:
    # named explicitly: without IPPROTO_TCP asyncio leaves Nagle's algorithm on, and each answer takes 45 ms
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # a port just left can be had again at once; elsewhere the option would let two servers share one
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        # listening before uvicorn does: two starts at once cannot both have bound
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    return listening
