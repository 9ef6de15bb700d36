"""Fetches pages in threads of its own and makes each ready: cut, counted, recognisable, large ones parsed."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.http.candidates import error_words
from fetchtozip_gui.core.http.guard import digest
from fetchtozip_gui.core.http.links import linked
from fetchtozip_gui.core.http.message import Answer, Request
from fetchtozip_gui.core.http.outline import Object, outline
from fetchtozip_gui.core.http.paging import Links, Plan
from fetchtozip_gui.core.http.parsing import UNIT, Parsed, Parser
from fetchtozip_gui.core.http.records import Cutter, count
from fetchtozip_gui.core.http.sniff import charset_in, refuse_html, utf8
from fetchtozip_gui.core.http.totals import total_in

_SLICE = 0.25
"""Seconds between looks at the other of two stops."""


@dataclass(slots=True)
class Page:
    """A page on its way. `rows` is known, or `parsed` will tell; `state` is the walk's after it was judged."""

    number: int
    turn: int = 0
    records: bytes | memoryview = b""
    rows: int | None = None
    size: int = 0
    seconds: float = 0.0
    digest: str = ""
    url: str = ""
    charset: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    parsed: Future[Parsed] | None = None
    answer: Answer | None = None
    error: Exception | None = None
    state: dict[str, Any] = field(default_factory=dict)


class Ending(threading.Event):
    """A stop of one's own that also hears the job's."""

    def __init__(self, outer: threading.Event) -> None:
        super().__init__()
        self._outer = outer

    def is_set(self) -> bool:
        return super().is_set() or self._outer.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        until = None if timeout is None else time.monotonic() + timeout
        while not self.is_set():
            left = _SLICE if until is None else min(_SLICE, until - time.monotonic())
            if left <= 0:
                return False
            self._outer.wait(left)
        return True


class Preparing:
    """Turns answers into pages. Without a plan the answer itself is handed on, for the first look."""

    def __init__(self, parser: Parser, pool: ThreadPoolExecutor) -> None:
        self._parser = parser
        self._pool = pool
        self._plan: Plan | None = None
        self._cutter: Cutter | None = None

    def follow(self, plan: Plan) -> None:
        """From now on pages are of this plan."""
        self._plan = plan
        self._cutter = Cutter(plan.records, plan.fields) if plan.format == "json" else None
        self._parser.format = plan.format

    def page(self, number: int, turn: int, answer: Answer) -> Page:
        """The page of an answer; `BadBody` when it holds something else than records."""
        plan = self._plan
        page = Page(number, turn, size=len(answer.body), seconds=answer.seconds, url=answer.url)
        if plan is None:
            page.answer = answer
            return page
        for name, header in plan.headers.items():
            page.fields[name] = total_in(answer.headers, header)
        if isinstance(plan.pagination, Links):
            page.fields["next"] = linked(answer.headers.get("link"), "next")
        if self._cutter is None:
            page.records = answer.body
            page.charset = charset_in(answer.headers.get("content-type", ""))
            page.digest = digest(answer.body)
            page.parsed = self._pool.submit(self._parser.page, page)
        else:
            self._cut(page, self._cutter, answer)
        return page

    def _cut(self, page: Page, cutter: Cutter, answer: Answer) -> None:
        body = utf8(answer.body, answer.headers.get("content-type", ""))
        if not body:
            if answer.status != 204:
                raise BadBody(f"Page {page.number:,} has no body where JSON was expected.")
            page.records, page.rows = b"[]", 0
            return
        try:
            cut = cutter.cut(body)
            if not cut.found:
                _refuse_error(body)
            page.fields.update(cut.fields)
            page.records, page.rows = cut.records, cut.rows
            if len(cut.records) < UNIT:
                page.rows = count(cut.records) if cut.rows is None else cut.rows
                page.digest = digest(cut.records) if page.rows else ""
                return
        except BadBody as error:
            refuse_html(body, f"Page {page.number:,}")
            raise BadBody(f"Page {page.number:,}: {error.message}", error.hint) from None
        page.digest = digest(cut.records)
        page.parsed = self._pool.submit(self._parser.page, page)


def _refuse_error(body: bytes) -> None:
    """A page without the records' place may be an empty last one, but not an error told with status 200."""
    root = outline(body)
    words = error_words(root) if isinstance(root, Object) else ""
    if words:
        raise BadBody(f"The source answered with an error instead of data: {words}.")


class Fetching:
    """A few threads that take requests from one queue and put pages into another, in any order."""

    def __init__(
        self, pool: ThreadPoolExecutor, most: int, fetch: Callable[[Request], Answer], prepare: Preparing
    ) -> None:
        self._pool = pool
        self._most = most
        self._fetch = fetch
        self._prepare = prepare
        self._jobs: queue.SimpleQueue[tuple[int, int, Request] | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[Page] = queue.SimpleQueue()
        self._threads = 0

    @property
    def threads(self) -> int:
        return self._threads

    def ask(self, number: int, turn: int, request: Request) -> None:
        """Queue a request."""
        if not self._threads:
            self.grow(1)
        self._jobs.put((number, turn, request))

    def grow(self, wanted: int) -> None:
        """Have so many threads, and no more than are allowed. Each costs a connection and its buffers."""
        while self._threads < min(wanted, self._most):
            self._threads += 1
            self._pool.submit(self._work)

    def take(self, seconds: float) -> Page | None:
        """What has come, waiting for so long."""
        try:
            return self._results.get(timeout=seconds) if seconds else self._results.get_nowait()
        except queue.Empty:
            return None

    def forget(self) -> None:
        """Drop the requests that no thread has taken up."""
        try:
            while True:
                self._jobs.get_nowait()
        except queue.Empty:
            return

    def close(self) -> None:
        """Let the threads go after what they are doing."""
        self.forget()
        for _ in range(self._threads):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            number, turn, request = job
            try:
                page = self._prepare.page(number, turn, self._fetch(request))
            except Exception as error:
                page = Page(number, turn, error=error)
            self._results.put(page)
