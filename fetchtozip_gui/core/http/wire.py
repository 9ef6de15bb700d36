"""The httpx transport everything goes through: pyreqwest's pooled HTTP/1.1 client with all its own cleverness off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Protocol

import httpx
from pyreqwest import exceptions as native
from pyreqwest.client import SyncClient, SyncClientBuilder
from pyreqwest.http import HeaderMap
from pyreqwest.proxy import ProxyBuilder
from pyreqwest.request import SyncStreamRequest
from pyreqwest.response import SyncResponse

from fetchtozip_gui.core.errors import RecipeError

Headers = list[tuple[str, str]]

_IDLE = timedelta(seconds=30)
_BUFFERED = 32 << 20
_AHEAD = 16
_LOOK = 0.1
"""Seconds between looks whether the client was closed."""
_LOOPBACK = "localhost,127.0.0.0/8,::1"


class BrokenBody(httpx.ReadError):
    """The head of an answer came, and its body did not come whole."""


class Sender(Protocol):
    """Sends one request and gives the answer, its body to be streamed; raises `httpx.TransportError`.

    `seconds` bound everything from connecting to the last byte of the body.
    """

    def __call__(
        self, method: str, url: str, headers: Headers, content: bytes | None, seconds: float
    ) -> httpx.Response: ...


class Wire(httpx.BaseTransport):
    """No redirects, cookies, decompression or retries: each of them is ours to decide or to check.

    `send` is `handle_request` without an `httpx.Request`, which takes a third of the time of a small page to build.
    After `close`, also from another thread, every waiting request ends at once with `httpx.CloseError`: the native
    client tears down what it is doing by itself, which includes bodies up to `_BUFFERED` bytes. Larger ones are read
    by a thread that can be left behind, since nothing ends such a read before its deadline.
    """

    def __init__(self, *, connections: int, verify_tls: bool = True, proxy: str | None = None) -> None:
        self._connections = connections
        self._verify = verify_tls
        self._proxies = _proxies(proxy)
        self._lock = threading.Lock()
        self._clients: dict[str, SyncClient] = {}
        self._closed = threading.Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        seconds = max((value or 0 for value in request.extensions.get("timeout", {}).values()), default=0)
        content = request.read()
        return self.send(
            request.method, str(request.url), request.headers.multi_items(), content or None, seconds or 3600.0
        )

    def send(self, method: str, url: str, headers: Headers, content: bytes | None, seconds: float) -> httpx.Response:
        """As `Sender` says."""
        client = self._client(url.partition(":")[0])
        failure: httpx.TransportError
        try:
            builder = client.request(method, url).headers(headers).timeout(timedelta(seconds=seconds))
            if content is not None:
                builder = builder.body_bytes(content)
            request = builder.streamed_read_buffer_limit(_BUFFERED).build_streamed()
            response = request.__enter__()
            stream = _Stream(request, response, self._closed)
            return httpx.Response(response.status, headers=_items(response.headers), stream=stream)
        except native.PyreqwestError as error:
            failure = _translated(error)
        except ValueError:
            failure = httpx.LocalProtocolError("a header or the address holds a character that cannot be sent")
        # outside of the handler, so that the native error, which holds the address, is no part of a traceback
        raise failure

    def close(self) -> None:
        with self._lock:
            self._closed.set()
            clients = list(self._clients.values())
        for client in clients:
            client.close()

    def is_direct(self, scheme: str) -> bool:
        """Whether no proxy stands between us and addresses of this scheme."""
        return not {"all", scheme} & self._proxies.keys()

    def _client(self, scheme: str) -> SyncClient:
        client = self._clients.get(scheme)
        if client is None:
            with self._lock:
                if self._closed.is_set():
                    raise httpx.CloseError("the client is closed")
                client = self._clients.get(scheme) or self._build(scheme)
                self._clients[scheme] = client
        return client

    def _build(self, scheme: str) -> SyncClient:
        # without an https address to ask there is no certificate to check, and the system's need not be loaded
        plain = scheme == "http" and not any(proxy.startswith("https:") for proxy in self._proxies.values())
        builder = self._builder().danger_accept_invalid_certs(plain or not self._verify)
        try:
            return builder.build()
        except native.BuilderError:
            # a system without certificates (a bare container): those that come with httpx
            import certifi  # heavy: only where the system has none

            return self._builder().add_root_certificate_pem(Path(certifi.where()).read_bytes()).build()

    def _builder(self) -> SyncClientBuilder:
        builder = (
            SyncClientBuilder()
            .http1_only()
            .gzip(False)
            .brotli(False)
            .zstd(False)
            .deflate(False)
            .follow_redirects(False)
            .default_cookie_store(False)
            .referer(False)
            .pool_max_idle_per_host(self._connections)
            .pool_idle_timeout(_IDLE)
            .no_proxy()
        )
        kinds = {"http": ProxyBuilder.http, "https": ProxyBuilder.https, "all": ProxyBuilder.all}
        for scheme, address in self._proxies.items():
            if scheme in kinds:
                builder = builder.proxy(_proxy(kinds[scheme], address, self._proxies.get("no", "")))
        return builder


class _Stream(httpx.SyncByteStream):
    """A body as it arrives, in pieces of any size."""

    def __init__(self, request: SyncStreamRequest, response: SyncResponse, closed: threading.Event) -> None:
        self._request = request
        self._response = response
        self._closed = closed
        self._length = _told_length(response)
        self._left = False
        self._reader: threading.Thread | None = None

    def __iter__(self) -> Iterator[bytes]:
        seen = 0
        while self._length <= _BUFFERED and seen <= _BUFFERED:
            chunk = self._next()
            if chunk is None:
                return
            seen += len(chunk)
            yield chunk
            if seen == self._length:
                return  # to ask for the end as well costs a fifth of the time of a small page
        yield from self._rest()

    def close(self) -> None:
        self._left = True
        if self._reader is None:  # else it does so itself: to end a request waits for the read under way
            self._request.__exit__(None, None, None)

    def _next(self) -> bytes | None:
        failure: httpx.TransportError
        try:
            chunk = self._response.body_reader.read_chunk()
            return None if chunk is None else bytes(chunk)
        except native.PyreqwestError as error:
            failure = _translated(error)
        raise failure

    def _rest(self) -> Iterator[bytes]:
        arrived: SimpleQueue[bytes | httpx.TransportError | None] = SimpleQueue()
        room = threading.Semaphore(_AHEAD)

        def read() -> None:
            item: bytes | httpx.TransportError | None = b""
            while isinstance(item, bytes) and not self._left:
                if not room.acquire(timeout=_LOOK):
                    continue
                try:
                    item = self._next()
                except httpx.TransportError as error:
                    item = error
                arrived.put(item)
            self._request.__exit__(None, None, None)

        self._reader = threading.Thread(target=read, name="http-body", daemon=True)
        self._reader.start()
        while (item := self._wait(arrived)) is not None:
            if isinstance(item, httpx.TransportError):
                raise item
            room.release()
            yield item

    def _wait(self, arrived: SimpleQueue[bytes | httpx.TransportError | None]) -> bytes | httpx.TransportError | None:
        while True:
            try:
                return arrived.get(timeout=_LOOK)
            except Empty:
                if self._closed.is_set():
                    raise httpx.CloseError("the client is closed") from None


def _told_length(response: SyncResponse) -> int:
    """Bytes of the body, or 0 where chunks or the connection's end tell them."""
    try:
        return 0 if response.get_header("transfer-encoding") else int(response.get_header("content-length") or 0)
    except ValueError:
        return 0


def _items(headers: HeaderMap) -> Headers:
    try:
        return list(headers.items())
    except ValueError:
        return [(name, value) for name in dict.fromkeys(headers.keys()) for value in _readable(headers, name)]


def _readable(headers: HeaderMap, name: str) -> list[str]:
    # a value beyond ASCII cannot be handed over; the others of the answer still can
    try:
        return headers.getall(name)
    except ValueError:
        return []


def _translated(error: native.PyreqwestError) -> httpx.TransportError:
    """The same in httpx's terms, with the innermost cause as its words: the outer ones hold the whole address."""
    causes = error.details.get("causes") if isinstance(error, native.DetailedPyreqwestError) else None
    words = causes[-1]["message"] if causes else "the transport failed"
    kinds: tuple[tuple[type[native.PyreqwestError], type[httpx.TransportError]], ...] = (
        (native.ClientClosedError, httpx.CloseError),
        (native.RequestTimeoutError, httpx.ReadTimeout),
        (native.BodyDecodeError, BrokenBody),
        (native.ConnectError, httpx.ConnectError),
        (native.NetworkError, httpx.ReadError),
        (native.DecodeError, httpx.RemoteProtocolError),
        (native.BuilderError, httpx.LocalProtocolError),
    )
    if isinstance(error, native.ReadError) and error.message.startswith("response body"):
        return BrokenBody(words)
    for kind, ours in kinds:
        if isinstance(error, kind):
            return ours(words)
    return httpx.NetworkError(words)


def through(transport: httpx.BaseTransport) -> Sender:
    """`Sender` over any httpx transport; the deadline is then checked only between the pieces of the body."""

    def send(method: str, url: str, headers: Headers, content: bytes | None, seconds: float) -> httpx.Response:
        timeout = {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}
        extensions = {"timeout": timeout}
        return transport.handle_request(
            httpx.Request(method, url, headers=headers, content=content, extensions=extensions)
        )

    return transport.send if isinstance(transport, Wire) else send


def _proxies(proxy: str | None) -> dict[str, str]:
    """The recipe's proxy, or the system's; an empty text means none at all. Loopback is always asked directly."""
    if proxy is not None:
        return {"all": proxy} if proxy else {}
    from urllib.request import getproxies  # heavy: it brings http.client

    return {
        kind: proxy if "://" in proxy or kind == "no" else f"http://{proxy}" for kind, proxy in getproxies().items()
    }


def _proxy(kind: object, address: str, exceptions: str) -> ProxyBuilder:
    try:
        builder: ProxyBuilder = kind(address)  # type: ignore[operator]
    except (ValueError, native.PyreqwestError):
        builder = None  # type: ignore[assignment]
    if builder is None:
        raise RecipeError(
            "source.proxy: it is no address of a proxy.",
            "Write it as http://host:port, socks5://host:port, or with name:password@ before the host.",
        )
    return builder.no_proxy(",".join(part for part in (_LOOPBACK, exceptions) if part))
