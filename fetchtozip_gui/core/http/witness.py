"""Notices a source that sends more than the length it tells, where nothing else would show that its data is cut.

HTTP clients read as many bytes as Content-Length says and forget the rest. A source that counts characters instead of
bytes so loses the end of each page with an umlaut in it. JSON, XML and compressed answers show such a cut themselves,
CSV and text do not: an answer that ends in the middle of a line is asked for once more over a bare socket.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.http.address import Address
from fetchtozip_gui.core.http.wire import Headers
from fetchtozip_gui.core.work import Tools

LARGEST = 1 << 20
"""Bytes of the largest page that is asked for a second time."""

_ENDS = b"\n\r}]>;"
_MARKED = (b"PK", b"PAR1", b"Obj\x01", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")  # formats that show their own end
_TRIES = 3
_SECONDS = 10.0
_LOOK = 0.2
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*\r\n", re.IGNORECASE)


class Witness:
    """Doubts until it has seen the source count right, once for plain and once for other characters."""

    def __init__(self, tools: Tools, verify_tls: bool) -> None:
        self._tools = tools
        self._verify = verify_tls
        self._lock = threading.Lock()
        self._trusted: set[bool] = set()
        self._tries = 0

    def doubts(self, body: bytes) -> bool:
        """Whether a body with a length and without coding ends as if it were cut."""
        if not body or body[-1] in _ENDS or len(body) > LARGEST or body.startswith(_MARKED):
            return False
        return body.isascii() not in self._trusted and self._tries < _TRIES

    def check(self, body: bytes, address: Address, url: str, headers: Headers, where: object) -> None:
        """Ask once more; `BadBody` when the source sends more than it says. What cannot be found out is let pass."""
        with self._lock:
            if not self.doubts(body):
                return
            self._tries += 1
            more = self._more(address, url, headers)
            if more is False:
                self._trusted.add(body.isascii())
                self._tries = 0
        if more:
            raise BadBody(
                f"{where} says that it has {len(body):,} bytes and sends more, so its end would be lost.",
                "The source counts the length of its answers wrongly; tell its operator, or ask for another format.",
            )

    def _more(self, address: Address, url: str, headers: Headers) -> bool | None:
        """Whether bytes come after the length told; null when that cannot be seen."""
        until = time.monotonic() + _SECONDS
        try:
            with self._connected(address) as sock:
                sock.sendall(_request(address, url, headers))
                return self._surplus(sock, until)
        except (OSError, ValueError):
            return None

    def _connected(self, address: Address) -> socket.socket:
        sock = socket.create_connection((address.host.strip("[]"), address.port), timeout=_SECONDS / 2)
        if not address.secure:
            return sock
        context = ssl.create_default_context()
        if not self._verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context.wrap_socket(sock, server_hostname=address.host.strip("[]"))

    def _surplus(self, sock: socket.socket, until: float) -> bool | None:
        sock.settimeout(_LOOK)
        data, quiet = b"", 0
        while time.monotonic() < until:
            self._tools.check()
            try:
                piece = sock.recv(1 << 16)
            except TimeoutError:
                quiet += 1
                piece = b""
            else:
                quiet = 0
                if not piece:
                    return _verdict(data, ended=True)
            data += piece
            # a whole answer and then a second of silence: nothing more will come
            if len(data) > 2 * LARGEST or _verdict(data) or (quiet * _LOOK >= 1 and _verdict(data) is False):
                return _verdict(data)
        return None


def _verdict(data: bytes, ended: bool = False) -> bool | None:
    """True for more than was told, false for just as much, null for less or for another kind of answer."""
    head, mark, body = data.partition(b"\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n")
    if not mark or length is None or not head.startswith(b"HTTP/1.1 2"):
        return None
    told = int(length[1])
    return len(body) > told if len(body) >= told else None


def _request(address: Address, url: str, headers: Headers) -> bytes:
    target = url[len(address.origin) :] or "/"
    host = address.origin.partition("://")[2]
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode()
