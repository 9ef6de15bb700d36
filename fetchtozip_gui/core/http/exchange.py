"""One attempt at one page: sent, its redirects followed, its answer read whole, all before one deadline."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from fetchtozip_gui.core.errors import BadBody, Cancelled, FetchToZipError, PageFailed, RecipeError
from fetchtozip_gui.core.http.address import Address, with_params
from fetchtozip_gui.core.http.ask import PUBLIC, Ask, HeaderTable
from fetchtozip_gui.core.http.decode import Body, Damaged, codings, too_large
from fetchtozip_gui.core.http.limits import Limiter
from fetchtozip_gui.core.http.redirects import REDIRECTS, Borders, Trail
from fetchtozip_gui.core.http.retry import Again
from fetchtozip_gui.core.http.signing import Signature
from fetchtozip_gui.core.http.watch import Watch
from fetchtozip_gui.core.http.wire import BrokenBody, Headers, Sender
from fetchtozip_gui.core.work import Tools

_EXCERPT_BYTES = 64 << 10
_BODILESS = frozenset({204, 205, 304})
_CORRUPT_TRIES = 2
"""A body that came to its end and is corrupt was probably made so: it is asked for again, but not five times."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back at the end of the redirects, whatever its status. `signature` is what the request carried."""

    status: int
    address: Address
    headers: httpx.Headers
    body: bytes
    wire_bytes: int
    seconds: float
    framed: bool
    signature: Signature

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_plain(self) -> bool:
        """Whether a length told where the body ends, and nothing in it would show that the length is wrong."""
        return "content-length" in self.headers and "content-encoding" not in self.headers


class Exchange:
    """Sends what it is given; `Again` for what another attempt may mend, the error itself for the rest.

    `timeout` bounds the network's part of an attempt, with all its redirects; waiting for the limiter is not counted.
    """

    def __init__(
        self,
        send: Sender,
        tools: Tools,
        limiter: Limiter,
        borders: Borders,
        timeout: float,
        max_bytes: int,
        watch: Watch | None = None,
    ) -> None:
        self._send = send
        self._tools = tools
        self._limiter = limiter
        self._borders = borders
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._watch = watch

    def run(self, ask: Ask, sign: Callable[[], Signature]) -> Reply:
        trail = Trail(self._borders, ask.where, ask.page, ask.veil, ask.address, ask.method, ask.body)
        spent = 0.0
        while True:
            signature = sign() if self._borders.is_home(trail.here) else Signature()
            self._limiter.take(trail.here.host)
            reply = self._once(ask, trail, signature, self._timeout - spent)
            spent += reply.seconds
            if reply.status not in REDIRECTS:
                return reply
            trail.follow(reply.status, reply.headers.get("location"))
            if spent >= self._timeout:
                raise Again(self._late(ask))

    def _once(self, ask: Ask, trail: Trail, signature: Signature, seconds: float) -> Reply:
        """One request and its answer."""
        here = trail.here
        home = self._borders.is_home(here)
        url = with_params(here.text, signature.params)
        headers = composed(ask.headers, signature.headers, home)
        if self._watch is not None:
            self._watch.sent(trail.method, url, headers, trail.body, ask.veil())
        begun = time.monotonic()
        failure: Exception
        try:
            response = self._send(trail.method, url, headers, trail.body, seconds)
        except httpx.TransportError as error:
            failure = self._broken(ask, here, error, time.monotonic() - begun)
        else:
            try:
                body, wire_bytes, framed = self._read(ask, response, begun + seconds)
            finally:
                response.stream.close()  # type: ignore[union-attr]  # a sync transport gives a sync stream
            taken = time.monotonic() - begun
            if self._watch is not None:
                self._watch.received(response.status_code, response.headers, body, wire_bytes, taken, ask.veil())
            return Reply(response.status_code, here, response.headers, body, wire_bytes, taken, framed, signature)
        raise failure

    def _read(self, ask: Ask, response: httpx.Response, deadline: float) -> tuple[bytes, int, bool]:
        if response.status_code in _BODILESS:
            return b"", 0, True
        failure: Exception
        try:
            if 200 <= response.status_code < 300:
                return self._whole(ask, response, deadline)
            return self._start(response, deadline), 0, True
        except httpx.TransportError as error:
            failure = self._broken(ask, None, error, 0)
        except Damaged as error:
            failure = Again(BadBody(error.message, error.hint), tries=_CORRUPT_TRIES)
        raise failure

    def _whole(self, ask: Ask, response: httpx.Response, deadline: float) -> tuple[bytes, int, bool]:
        """The decoded body, its size on the wire, and whether anything told where it ends."""
        # looked up at once: each look into httpx.Headers goes through all of them
        headers = {name.lower(): value.decode("latin-1") for name, value in response.headers.raw}
        names = codings(response.headers, ask.where) if b"content-encoding" in headers else ()
        length = headers.get(b"content-length")
        transfer = [name.strip().lower() for name in headers.get(b"transfer-encoding", "").split(",") if name.strip()]
        if transfer and transfer != ["chunked"]:
            raise BadBody(
                f"{ask.where} came in the transfer encoding {', '.join(transfer)[:40]!r}, which cannot be read here.",
                "Ask the operator of the source, or of the proxy before it, to leave the transfer encoding out.",
            )
        if length is not None and length.isdecimal() and int(length[:20]) > self._max_bytes:
            raise too_large(ask.where, self._max_bytes, "on the wire")
        body = Body(names, self._max_bytes, ask.where)
        for chunk in response.stream:  # type: ignore[union-attr]
            self._on_time(deadline)
            body.add(chunk)
        framed = length is not None or bool(transfer) or bool(names)
        if names and not body.wire_bytes and length == "0":
            return b"", 0, True
        return body.whole(), body.wire_bytes, framed

    def _start(self, response: httpx.Response, deadline: float) -> bytes:
        """The beginning of an answer that is no success, for its words; nothing depends on it being whole."""
        try:
            body = Body(codings(response.headers, ""), 4 * _EXCERPT_BYTES, "")
            for chunk in response.stream:  # type: ignore[union-attr]
                self._on_time(deadline)
                body.add(chunk)
                if body.wire_bytes > _EXCERPT_BYTES:
                    return b""
            return body.whole()
        except (BadBody, httpx.ReadError, httpx.RemoteProtocolError, httpx.TimeoutException):
            return b""

    def _on_time(self, deadline: float) -> None:
        # our own transport keeps the deadline by itself; any other one is held to it here
        if self._tools.stop.is_set():
            raise httpx.CloseError("the job was stopped")
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the attempt's time is over")

    def _broken(self, ask: Ask, here: Address | None, error: httpx.TransportError, taken: float) -> Exception:
        """What a failed connection means; `here` is null when the answer had begun."""
        words = ask.veil().cover(str(error)) or type(error).__name__
        if isinstance(error, httpx.CloseError):
            self._tools.check()
            return Cancelled("The connection was closed by ourselves.")
        if isinstance(error, httpx.TimeoutException):
            return Again(self._late(ask))
        if isinstance(error, (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.ProxyError)):
            return RecipeError(f"{ask.where} cannot be asked for: {words}.", "Check source.url, headers and proxy.")
        if here is None or isinstance(error, BrokenBody):
            return Again(BadBody(f"{ask.where} did not come whole: {words}.", "Nothing of it was used."))
        if isinstance(error, httpx.RemoteProtocolError):
            hint = f"Check that {here.host}:{here.port} is a web server, and source.proxy where one is needed."
            return Again(PageFailed(f"{ask.where} sent no proper HTTP answer: {words}.", hint, page=ask.page))
        failed = PageFailed(f"{ask.where} cannot be reached: {words}.", _hint(here, words), page=ask.page)
        if _is_final(words):
            return failed
        stale = "before message completed" in words or "onnection reset" in words or "roken pipe" in words
        return Again(failed, at_once=stale and taken < 1)

    def _late(self, ask: Ask) -> FetchToZipError:
        return PageFailed(
            f"{ask.where} did not come within {self._timeout:g} seconds.",
            "Raise source.timeout, or ask for smaller pages.",
            page=ask.page,
        )


def composed(table: HeaderTable, signed: Mapping[str, str], home: bool) -> Headers:
    """What is sent: everything to the source's own origin, elsewhere only what is public."""
    if not home:
        return [pair for name, pair in table.items() if name in PUBLIC]
    if not signed:
        return list(table.values())
    return list({**table, **{name.lower(): (name, value) for name, value in signed.items()}}.values())


def _is_final(words: str) -> bool:
    """What another attempt cannot mend: a certificate that is wrong, a name that does not exist."""
    signs = ("certificate", "name or service not known", "nodename nor servname", "no such host is known")
    return any(sign in words.lower() for sign in signs)


def _hint(here: Address, words: str) -> str:
    if "certificate" in words:
        return (
            f"Who {here.host} is cannot be proved. If that is known and meant (a private certificate), put its "
            "certificate into the system's store, or set source.verify_tls to false."
        )
    if "refused" in words:
        return f"Nothing listens at {here.host}:{here.port}; check the address and whether the source is running."
    if _is_final(words) or "lookup" in words or "dns" in words.lower():
        return f"Check the spelling of {here.host}, and the connection to the network."
    return "Check the address, the network, and source.proxy where one is needed."
