"""A uvicorn server on a thread of its own: started when it answers, stopped within a second."""

from __future__ import annotations

import errno
import gc
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from fetchtozip_gui.api import connections
from fetchtozip_gui.api.guard import App, Guard
from fetchtozip_gui.core.errors import FetchToZipError

ADDRESS_FILE = "server.json"
"""Where the data folder says that a server answers, and as which process."""
PORTS_TRIED = 100
"""How many ports after the wanted one are tried where the next free one will do."""

GRACE_SECONDS = 0.5
"""What answers that are on their way get to end when the server stops."""

_EVERYWHERE = ("0.0.0.0", "::")
"""No names of this server: browsers reach loopback by the first of them."""
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

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        # whoever does not read the rest of an answer holds up nobody's end
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets)
        except SystemExit:
            pass  # uvicorn's way of saying that the application did not start; it has logged why
        finally:
            self.ended.set()
            self.ready.set()


@contextmanager
def serve(app: App, host: str = "127.0.0.1", port: int = 8000, *, next_free: bool = False) -> Iterator[Served]:
    """Serve an ASGI application as long as the block runs, behind the gate in any case. Port 0 takes any free one.

    `FetchToZipError` when the port is taken (unless the next free one will do) or the application does not start.
    """
    guarded = app if isinstance(app, Guard) else Guard(app)
    if host not in _EVERYWHERE:
        guarded = guarded.reached_by(host)
    listening = _listen(host, port, PORTS_TRIED if next_free else 0)
    server = _Server(_config(guarded))
    # a thread gets no signals, so uvicorn installs no handlers: Ctrl-C stays with whoever opened the block
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


def _config(app: Guard) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=connections.HTTPConnection,
        ws=connections.WebSocketConnection,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # a header would say who asks, and from where
        h11_max_incomplete_event_size=connections.INCOMPLETE_BYTES,
        ws_max_size=connections.MESSAGE_BYTES,
        ws_per_message_deflate=False,  # messages are short, and a small compressed one may unfold to megabytes
        timeout_graceful_shutdown=GRACE_SECONDS,  # type: ignore[arg-type]
    )


@contextmanager
def announced(folder: Path, served: Served) -> Iterator[Path]:
    """Keep the server's address and process in the data folder while the block runs, for its user's eyes alone.

    `FetchToZipError` when it cannot be written.
    """
    path = folder / ADDRESS_FILE
    words = json.dumps({"address": served.url, "process": os.getpid()})
    try:
        # a new file and a rename: what a killed server left may have another mode, and nobody reads half a file
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(words)
        fresh.replace(path)
    except OSError as error:
        raise FetchToZipError(f"{path} cannot be written: {error.strerror}.", "Choose another --data-dir.") from None
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def run_forever(app: App, host: str, port: int, ready: Callable[[Served], None], *, next_free: bool = False) -> None:
    """Serve until Ctrl-C; `ready` is called once the server answers."""
    try:
        with serve(app, host, port, next_free=next_free) as served:
            all_is_loaded()
            ready(served)
            # in short waits: on Windows a wait without an end does not hear Ctrl-C
            while not served.ended.wait(0.5):
                pass
    except KeyboardInterrupt:
        return


def all_is_loaded() -> None:
    """Let no answer wait until Python's collector has looked through all that a server's process has loaded."""
    gc.freeze()
    gc.set_threshold(50_000)


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
