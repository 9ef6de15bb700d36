"""The gate before every route: no web page can read or drive the server, and no request is without bounds.

It stands outside the application and its routing, so that no route can forget it, and nothing switches it off. Three
answers of a browser tell a web page from a program: the name it was led to (`Host`, which a rebinding page cannot
hide), the page that asks (`Origin`) and how near that page is (`Sec-Fetch-Site`). A body has to say that it is JSON,
which no form can say and no script may say to a stranger without asking first; that question is refused too.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from fetchtozip_gui.api import admission, dialect
from fetchtozip_gui.api.admission import Body, Head, Refusal
from fetchtozip_gui.core.secrets import redact_url

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LINGER_SECONDS = 2.0
"""For what is left of a body, before the answer to a client that wants its connection closed."""
SHOWN = 500
"""Characters of a path that the live log is told."""

_LEFT = 499
"""The status that is told of a request whose client left before an answer, as nginx words it."""
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_UNLESS_SAID = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"cache-control", b"private, no-cache"),
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """A request that has ended: `path` is without the secrets of its query, `status` 101 is a WebSocket's."""

    at: datetime
    method: str
    path: str
    status: int
    seconds: float
    request_id: str


@dataclass(frozen=True, slots=True)
class Guard:
    """The application behind the gate.

    `api_key` is asked at every request, so that a changed setting counts at once; None or "" is no key. `hear` is told
    every request when it ends, on the server's own thread. `names` are hosts the server is reached by beside loopback
    and the address it listens on. `bodies` gives a path other kinds and sizes of body than a mebibyte of JSON; None is
    what the application's own `state.bodies` says.
    """

    app: App
    api_key: Callable[[], str | None] = lambda: None
    hear: Callable[[Heard], None] | None = None
    names: frozenset[str] = frozenset()
    bodies: Mapping[str, Body] | None = None

    def reached_by(self, *names: str) -> Guard:
        """The same gate for a server that is also asked under these names."""
        return replace(self, names=self.names | set(names))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        at, began, head = datetime.now(UTC), time.perf_counter(), Head.of(scope)
        # the doors that name the request in their errors find it here
        scope.setdefault("state", {})["request_id"] = head.request_id
        answer = _Answer(send, head, "websocket.http.response" in scope.get("extensions", {}))
        try:
            await self._pass(scope, head, receive, answer)
        finally:
            self._tell(
                Heard(at, head.method, _shown(head), answer.status, time.perf_counter() - began, head.request_id)
            )

    async def _pass(self, scope: Scope, head: Head, receive: Receive, answer: _Answer) -> None:
        body = self._bodies().get(scope["path"], admission.JSON)
        refusal = admission.refusal(head, names=self.names, key=self.api_key() or "", body=body)
        if scope["type"] == "websocket":
            if refusal:
                await answer.refuse_upgrade(refusal)
            else:
                await self.app(scope, receive, answer)
            return
        bounded = _Bounded(receive, body)
        answer.bounded, answer.lingers = bounded, head.brings_body and head.closes
        if refusal:
            await answer.refuse(refusal)
            return
        try:
            await self.app(scope, bounded, answer)
        except Exception:
            if bounded.refusal is None:
                _log.exception("a route failed", extra={"path": _shown(head), "request_id": head.request_id})
            if not answer.status:
                await answer.refuse(bounded.refusal or _FAILED)
        else:
            if bounded.refusal and not answer.status:
                await answer.refuse(bounded.refusal)

    def _bodies(self) -> Mapping[str, Body]:
        if self.bodies is not None:
            return self.bodies
        bodies: Mapping[str, Body] = getattr(getattr(self.app, "state", None), "bodies", {})
        return bodies

    def _tell(self, heard: Heard) -> None:
        if self.hear is None:
            return
        try:
            self.hear(heard)
        except Exception:
            _log.exception("a listener failed")


_FAILED = Refusal(500, "The server failed. Its log says how, under this answer's X-Request-ID.")


class _Bounded:
    """The application's `receive`: a body that is too large or too slow ends, and `refusal` says why."""

    def __init__(self, receive: Receive, body: Body) -> None:
        self._receive = receive
        self._body = body
        self._deadline = asyncio.get_running_loop().time() + body.seconds
        self._came = 0
        self._whole = False
        self.refusal: Refusal | None = None

    async def __call__(self) -> Message:
        if self._whole and self.refusal is None:
            return await self._receive()
        if self.refusal is None:
            try:
                async with asyncio.timeout_at(self._deadline):
                    message = await self._receive()
            except TimeoutError:
                self.refusal, self._whole = admission.too_slow(self._body), True
            else:
                self._came += len(message.get("body", b""))
                self._whole = not message.get("more_body", False)
                if self._came <= self._body.bytes:
                    return message
                self.refusal = admission.too_large(self._body)
        # to the application the client has left; what it answers to that is not sent
        return {"type": "http.disconnect"}

    async def drop(self) -> None:
        """Take in what still comes: a connection that is closed over unread bytes loses the answer on its way."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while not self._whole:
                    message = await self._receive()
                    self._whole = not message.get("more_body", False)


class _Answer:
    """The application's `send`: adds what every answer carries; `status` is 0 until one has started."""

    def __init__(self, send: Send, head: Head, in_words: bool) -> None:
        self._send = send
        self._path = head.path
        self._in_words = in_words
        self._request_id = (b"x-request-id", head.request_id.encode())
        self.status = 0
        self._refused = False
        self.bounded: _Bounded | None = None
        self.lingers = False

    async def __call__(self, message: Message) -> None:
        if self._refused or (self.bounded and self.bounded.refusal and not self.status):
            return
        if _says_nothing(message):
            await self.refuse(_FAILED)
        else:
            await self._pass_on(message)

    async def _pass_on(self, message: Message) -> None:
        kind = message["type"]
        if self.bounded and self.lingers and not self.status:
            await self.bounded.drop()
        if kind in ("http.response.start", "websocket.http.response.start"):
            self.status = message["status"]
            message = {**message, "headers": self._headers(message.get("headers", ()))}
        elif kind == "websocket.accept":
            self.status = 101
            message = {**message, "headers": [*message.get("headers", ()), self._request_id]}
        elif kind == "websocket.close" and not self.status:
            await self.refuse_upgrade(Refusal(403, message.get("reason") or "There is no WebSocket here."))
            return
        await self._send(message)

    async def refuse(self, refusal: Refusal, kind: str = "http.response") -> None:
        """Answer in place of the application."""
        body = json.dumps(dialect.worded(self._path, refusal.status, refusal.detail)).encode()
        self._refused = True
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        headers += [(name.encode(), value.encode()) for name, value in refusal.headers]
        await self._pass_on({"type": f"{kind}.start", "status": refusal.status, "headers": headers})
        await self._pass_on({"type": f"{kind}.body", "body": body})

    async def refuse_upgrade(self, refusal: Refusal) -> None:
        """403 before the WebSocket is accepted, whatever the reason; some servers cannot send the words."""
        if self._in_words:
            await self.refuse(replace(refusal, status=403, headers=()), "websocket.http.response")
        else:
            self.status = 403
            await self._send({"type": "websocket.close"})

    def _headers(self, said: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        said = list(said)
        names = {name.lower() for name, _ in said}
        ours = {name for name, _ in _ALWAYS} | {self._request_id[0]}
        kept = [(name, value) for name, value in said if name.lower() not in ours]
        return [*kept, *_ALWAYS, self._request_id, *(pair for pair in _UNLESS_SAID if pair[0] not in names)]


def _says_nothing(message: Message) -> bool:
    """Whether this is how Starlette answers for a route that failed: one plain line, without the shape of an error."""
    if message["type"] != "http.response.start" or message["status"] != 500:
        return False
    return any(name == b"content-type" and value.startswith(b"text/plain") for name, value in message["headers"])


def _shown(head: Head) -> str:
    try:
        return redact_url(head.target)[:SHOWN]
    except ValueError:  # no address at all, such as //[
        return head.target.partition("?")[0][:SHOWN]
