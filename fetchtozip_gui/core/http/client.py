"""The HTTP client of a job: whole, decoded pages or an error in words, politely and within limits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from types import TracebackType

import httpx

from fetchtozip_gui import __version__
from fetchtozip_gui.core.errors import Cancelled, PageFailed
from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.http.address import address, with_params
from fetchtozip_gui.core.http.ask import Ask, References, Where, header_table, prepared
from fetchtozip_gui.core.http.auth import Auth, NoAuth
from fetchtozip_gui.core.http.decode import ACCEPTED
from fetchtozip_gui.core.http.exchange import Exchange, Reply, composed
from fetchtozip_gui.core.http.limits import Limiter
from fetchtozip_gui.core.http.message import Answer, Request
from fetchtozip_gui.core.http.redirects import Borders
from fetchtozip_gui.core.http.retry import REPEATABLE, RETRIED, Again, Attempts, Patience, retry_after
from fetchtozip_gui.core.http.signing import Fixed, Signature, basic, signer
from fetchtozip_gui.core.http.statuses import excerpt, refused, shortened
from fetchtozip_gui.core.http.veil import Veil
from fetchtozip_gui.core.http.watch import Watch
from fetchtozip_gui.core.http.wire import Wire, through
from fetchtozip_gui.core.http.witness import Witness
from fetchtozip_gui.core.work import Tools

__all__ = ["Answer", "Client", "Patience", "Request", "ignore"]

MAX_PAGE_BYTES = 256 << 20
_STOP_EVERY = 0.2
"""Seconds between looks at the stop: a request that hangs is torn down this soon after it."""
_TOKEN = (30.0, 1 << 20)
"""Seconds and bytes for the answer of an OAuth 2 token's address."""
_DEFAULTS = {
    "User-Agent": f"FetchToZip/{__version__}",
    "Accept": "application/json, */*;q=0.8",
    "Accept-Encoding": ACCEPTED,
}


def ignore(said: Said) -> None:
    """For those who do not listen."""


class Client:
    """Fetches pages for one job. `fetch` may be called from `concurrency` threads at once; close it at the end.

    The origin of the first request is the source's own: `auth` and all private headers go there and nowhere else.
    Requests to another host are refused unless `allow_hosts` names it (`host` or `host:port`). `rate_limit` is
    requests a second for each host, null for none; `retries` repetitions of one page. A POST is repeated only with
    `retry_post`. `proxy` null means the system's, an empty text none. `say` hears of retries, from any thread.
    `patience` replaces `retries` and tells the waits as well. `transport` replaces the network, in tests.
    `watch` sees what goes over the wire, but not what a token is asked for with.
    """

    def __init__(
        self,
        *,
        tools: Tools,
        auth: Auth = NoAuth(),  # noqa: B008 - a frozen value
        timeout: float = 30,
        retries: int = 5,
        rate_limit: float | None = 10,
        concurrency: int = 8,
        max_page_bytes: int = MAX_PAGE_BYTES,
        verify_tls: bool = True,
        proxy: str | None = None,
        allow_hosts: Sequence[str] = (),
        retry_post: bool = False,
        headers: Mapping[str, str] | None = None,
        say: Callable[[Said], None] = ignore,
        patience: Patience | None = None,
        transport: httpx.BaseTransport | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._tools = tools
        self._say = say
        self._retry_post = retry_post
        self._patience = patience or Patience(retries=retries)
        self._veil = Veil()
        self._references = References(tools.keyring, self._veil)
        self._public = header_table(_DEFAULTS, self._references)
        self._headers = {**self._public, **header_table(headers or {}, self._references)}
        self._signer = signer(auth, tools.keyring, self._veil, self._ask_token)
        self._auth_is_free = isinstance(auth, NoAuth)
        self._borders = Borders(tuple(allow_hosts))
        self._limiter = Limiter(rate_limit, tools.wait)
        self._transport = transport or Wire(connections=concurrency, verify_tls=verify_tls, proxy=proxy)
        self._send = through(self._transport)
        self._exchange = Exchange(self._send, tools, self._limiter, self._borders, timeout, max_page_bytes, watch)
        # only over our own connections: no proxy, and no transport of a test's
        direct = (
            isinstance(self._transport, Wire)
            and self._transport.is_direct("http")
            and self._transport.is_direct("https")
        )
        self._witness = Witness(tools, verify_tls) if direct else None
        self._lock = threading.Lock()
        self._told: set[str] = set()
        self._closed = threading.Event()
        self._watcher: threading.Thread | None = None
        self._hand: ThreadPoolExecutor | None = None
        if not verify_tls:
            self._tell_once("tls", "Certificates are not checked (source.verify_tls is false).")

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back. Requests still under way in other threads end at once."""
        self._closed.set()
        self._transport.close()
        if self._watcher is not None:
            self._watcher.join()
        if self._hand is not None:
            self._hand.shutdown(wait=False, cancel_futures=True)

    def fetch(self, request: Request) -> Answer:
        """The page, whole and decoded; an empty body for 204 and where the source sent none.

        `PageFailed` for any other status than 2xx and for what cannot be reached, after all retries; `BadBody` for
        a body that is cut, corrupt or too large; `PagingError` for a page on a foreign host; `Cancelled` once the
        stop was asked for; `RecipeError` for headers and secrets that cannot be used.
        """
        if self._closed.is_set():
            raise Cancelled("The client is closed.")
        if threading.current_thread() is threading.main_thread():
            return self._aside(request)
        return self._fetch(request)

    def _aside(self, request: Request) -> Answer:
        """Fetch in another thread: inside the native transport this one would not hear Ctrl-C."""
        if self._hand is None:
            self._hand = ThreadPoolExecutor(1, thread_name_prefix="http-main")
        fetching = self._hand.submit(self._fetch, request)
        while not wait([fetching], timeout=_STOP_EVERY).done:
            pass  # where a wait without an end cannot be interrupted, this one can
        return fetching.result()

    def _fetch(self, request: Request) -> Answer:
        self._tools.check()
        if self._borders.home is None:
            self.settle(request)
        ask = prepared(request, self._headers, self._borders, self._veil, self._references)
        attempts = Attempts(self._patience)
        may_repeat = self._retry_post or ask.method in REPEATABLE
        renewed = False
        while True:
            failed: Again
            try:
                reply = self._exchange.run(ask, self._signer.sign)
                if reply.status == 401 and not renewed and self._signer.renew(reply.signature):
                    renewed = True
                    continue
                return self._judged(ask, reply, attempts.made)
            except Again as again:
                failed = again
            self._pause(ask, attempts, failed, may_repeat)

    def _judged(self, ask: Ask, reply: Reply, attempts: int) -> Answer:
        if not reply.good:
            raise self._refusal(ask, reply)
        if self._witness is not None and ask.method == "GET" and ask.body is None and reply.is_plain:
            self._doubt(self._witness, ask, reply)
        if not reply.framed:
            self._tell_once(
                "framed", "The source does not tell how long its answers are: only their format shows a cut."
            )
        if reply.address.origin != ask.address.origin:
            self._tell_once("moved", f"The source sent us on to {self._veil.cover(reply.address.origin)}.")
        return Answer(
            reply.status,
            reply.address.text,
            reply.headers,
            reply.body,
            reply.wire_bytes,
            reply.seconds,
            attempts,
            reply.framed,
        )

    def _doubt(self, witness: Witness, ask: Ask, reply: Reply) -> None:
        if not witness.doubts(reply.body):
            return
        url = with_params(reply.address.text, reply.signature.params)
        headers = composed(ask.headers, reply.signature.headers, self._borders.is_home(reply.address))
        self._limiter.take(reply.address.host)
        witness.check(reply.body, reply.address, url, headers, ask.where)

    def _refusal(self, ask: Ask, reply: Reply) -> Exception:
        words = excerpt(reply.body, reply.headers.get("content-type", ""))
        error = refused(reply.status, ask.where, ask.page, shortened(ask.veil().cover(words)) if words else "")
        if reply.status not in RETRIED:
            return error
        after = retry_after(reply.headers.get("retry-after"), reply.headers.get("date"))
        return Again(error, after=after, host=reply.address.host)

    def _pause(self, ask: Ask, attempts: Attempts, again: Again, may_repeat: bool) -> None:
        """Wait before the next attempt, or raise what to give up with."""
        error = again.error
        if not may_repeat:
            error.hint = (
                f"{error.hint} A {ask.method} is not repeated, since it may have been carried out; if it only reads, "
                "set source.retry_post."
            ).strip()
            raise error
        self._tools.check()
        seconds = attempts.wait(again)
        why = error.message.rstrip(".")
        of = min(self._patience.retries, self._patience.retries if again.tries is None else again.tries)
        self._say(Said(f"{why}; repeated in {seconds:.1f} s ({attempts.made - 1} of {of}).", "warning"))
        status = error.status if isinstance(error, PageFailed) else 0
        if status == 429 or (status == 503 and again.after):
            self._limiter.pause(again.host, seconds)  # all threads: the others would only be refused too
        self._tools.wait(seconds)

    def settle(self, request: Request) -> None:
        """Say whose origin is the source's own before the first fetch, which otherwise says so itself."""
        try:
            first = address(request.url)
        except ValueError:
            return  # `prepared` says so in words
        with self._lock:
            if self._watcher is None and not self._closed.is_set():
                self._watcher = threading.Thread(target=self._watch, name="http-stop", daemon=True)
                self._watcher.start()
            if self._borders.home is None:
                if first.user is not None and self._auth_is_free:
                    self._signer = Fixed(basic(*first.user, self._veil))
                self._borders.home = first

    def _ask_token(self, url: str, headers: Mapping[str, str], body: bytes) -> httpx.Response:
        """As `signing.AskToken`: an exchange of its own, whose home is the token's address."""
        target = address(url)
        table = {**self._public, **header_table(headers, self._references)}
        ask = Ask(Request(url, "POST"), target, "POST", body, table, 0, Where(0, url, self._veil), self._veil)
        exchange = Exchange(self._send, self._tools, Limiter(None, self._tools.wait), Borders((), target), *_TOKEN)
        attempts = Attempts(self._patience)
        while True:
            failed: Again
            try:
                reply = exchange.run(ask, Signature)
                if not reply.good and reply.status not in (400, 401):
                    raise self._refusal(ask, reply)
                kind = {"Content-Type": reply.headers.get("content-type", "")}
                return httpx.Response(reply.status, headers=kind, content=reply.body)
            except Again as again:
                failed = again
            self._pause(ask, attempts, failed, may_repeat=True)

    def _watch(self) -> None:
        while not self._closed.wait(_STOP_EVERY):
            if self._tools.stop.is_set():
                self._transport.close()
                return

    def _tell_once(self, key: str, text: str) -> None:
        with self._lock:
            if key in self._told:
                return
            self._told.add(key)
        self._say(Said(text, "warning"))
