"""A web server of raw sockets: what a path does is told by a function that holds the connection, or by plain bytes."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

Act = Callable[["Wire"], None]
Reply = bytes | Act

RECORDS = [{"id": i, "name": f"Zürich {i} ✓", "price": i * 1.25, "code": f"{i:05d}"} for i in range(60)]
BODIES: dict[str, tuple[str, bytes]] = {
    "json": ("application/json", json.dumps(RECORDS, ensure_ascii=False).encode()),
    "jsonl": ("application/x-ndjson", "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in RECORDS).encode()),
    "csv": (
        "text/csv; charset=utf-8",
        (
            "id,name,price,code\n" + "".join(f"{r['id']},{r['name']},{r['price']},{r['code']}\n" for r in RECORDS)
        ).encode(),
    ),
    "html": (
        "text/html; charset=utf-8",
        ("<!doctype html><table>" + "".join(f"<tr><td>{r['name']}" for r in RECORDS) + "</table>").encode(),
    ),
    "file": ("application/octet-stream", bytes(i * i % 251 for i in range(6000))),
}


@dataclass(frozen=True)
class Asked:
    """A request as it arrived; header names are in lower case."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def query(self, name: str, default: str = "") -> str:
        return parse_qs(urlsplit(self.target).query).get(name, [default])[0]

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)

    def raw(self) -> str:
        """Everything that was sent, to look for what should not be there."""
        return f"{self.method} {self.target} {self.headers} {self.body!r}"


class Wire:
    """One request's connection, to be misused: `ask`, the body asked for, and ways to send it."""

    def __init__(self, sock: socket.socket, server: RawServer, ask: Asked) -> None:
        self.sock = sock
        self.server = server
        self.ask = ask
        self.kind, self.body = BODIES[ask.query("as", "json")]
        self.open = True
        """Whether the connection is kept after this answer."""

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def answer(self, body: bytes, *headers: str, status: str = "200 OK", kind: str | None = None) -> None:
        """A right answer with a length."""
        self.send(head(f"Content-Length: {len(body)}", *headers, status=status, kind=kind or self.kind) + body)

    def drip(self, data: bytes, gap: float = 0.1) -> None:
        for i in range(len(data)):
            self.send(data[i : i + 1])
            self.wait(gap)

    def wait(self, seconds: float) -> None:
        """Pause, but not beyond the end of the server."""
        if self.server.closing.wait(seconds):
            raise ConnectionAbortedError

    def stall(self) -> None:
        self.wait(60)

    def cut(self) -> None:
        self.open = False

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.cut()


def head(*headers: str, status: str = "200 OK", kind: str = "application/json") -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", f"Content-Type: {kind}", *headers, "", "")).encode("latin-1")


def reply(status: int, *headers: str, body: bytes = b"") -> bytes:
    """A whole answer as bytes, for scripts."""
    return head(f"Content-Length: {len(body)}", *headers, status=f"{status} Status") + body


@dataclass
class RawServer:
    """Listens on a free port of loopback while it is open; `routes` say what a path does, by its name.

    `seen` holds every request in the order of arrival, `connections` counts them.
    """

    routes: Mapping[str, Act] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    seen: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    connections: int = 0

    def __enter__(self) -> RawServer:
        self._scripts: dict[str, Iterator[Reply]] = {}
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            waiting = list(self._open)
        for sock in waiting:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    @property
    def origin(self) -> str:
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"

    def url(self, path: str, **query: object) -> str:
        pairs = "&".join(f"{name}={value}" for name, value in query.items())
        return f"{self.origin}/{path.lstrip('/')}" + (f"?{pairs}" if pairs else "")

    def script(self, path: str, *replies: Reply) -> str:
        """Answer requests for `path` with these in turn, the last one for ever; returns the address."""
        self._scripts[path] = _for_ever(replies)
        return self.url(path)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with suppress(OSError):
            if self.context is not None:
                sock = self.context.wrap_socket(sock, server_side=True)
            with self._lock:
                self._open.add(sock)
            self._talk(sock)
        with self._lock:
            self._open.discard(sock)
        with suppress(OSError):
            sock.close()

    def _talk(self, sock: socket.socket) -> None:
        buffer = b""
        while not self.closing.is_set():
            ask, buffer = _read(sock, buffer)
            if ask is None:
                return
            with self._lock:
                self.seen.append(ask)
                scripted = next(self._scripts[ask.path]) if ask.path in self._scripts else None
            wire = Wire(sock, self, ask)
            act = scripted if scripted is not None else self.routes.get(ask.path.strip("/"), _missing)
            if callable(act):
                act(wire)
            else:
                wire.send(act)
            if not wire.open or ask.header("connection") == "close":
                return


def _missing(wire: Wire) -> None:
    wire.answer(b"nothing here", status="404 Not Found", kind="text/plain")


def _for_ever(replies: tuple[Reply, ...]) -> Iterator[Reply]:
    yield from replies
    while True:
        yield replies[-1]


def _read(sock: socket.socket, buffer: bytes) -> tuple[Asked | None, bytes]:
    while b"\r\n\r\n" not in buffer:
        data = sock.recv(65536)
        if not data:
            return None, b""
        buffer += data
    start, _, rest = buffer.partition(b"\r\n\r\n")
    first, *lines = start.decode("latin-1").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    length = int(dict(headers).get("content-length", "0"))
    while len(rest) < length:
        rest += sock.recv(65536)
    method, target, _ = first.split(" ", 2)
    return Asked(method, target, headers, rest[:length]), rest[length:]
