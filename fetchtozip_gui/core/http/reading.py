"""Reads a paged source from its first page, or from where an earlier run stopped, to its end."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fetchtozip_gui.core.errors import PageFailed, SourceError
from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.http.detect import Wanted, detect
from fetchtozip_gui.core.http.fetching import Fetching, Page, Preparing
from fetchtozip_gui.core.http.guard import Guard, mark
from fetchtozip_gui.core.http.message import Answer, Request
from fetchtozip_gui.core.http.numbered import Numbered
from fetchtozip_gui.core.http.pace import Pace
from fetchtozip_gui.core.http.paging import Plan
from fetchtozip_gui.core.http.parsing import Parser
from fetchtozip_gui.core.http.parts import Parts
from fetchtozip_gui.core.http.records import count
from fetchtozip_gui.core.http.template import Template
from fetchtozip_gui.core.http.trial import fails, given_up, next_guess, on_trial, proven, why
from fetchtozip_gui.core.http.walk import Seen
from fetchtozip_gui.core.http.walks import seen_of, walk_of
from fetchtozip_gui.core.work import Done, Failed, Limited, Tools, Yielded

WINDOW = 16 * 1024 * 1024
"""Bytes of pages that may be under way, or have come out of turn, at once."""

_LOOK = 0.25
"""Seconds between looks at the stop and at what the client says."""
_SOON = 0.004
"""Seconds to wait for a page before more are asked for at once."""


class Reading:
    """One run over one source, in a thread of its own choosing; `run` is used once."""

    def __init__(
        self,
        fetch: Callable[[Request], Answer],
        template: Template,
        wanted: Wanted,
        *,
        page_limit: int | None,
        concurrency: int,
        column: str | None,
        heard: deque[Said],
        tools: Tools,
        done: Done,
    ) -> None:
        """`heard` is what the client says, from any thread."""
        self._fetch = fetch
        self._template = template
        self._wanted = wanted
        self._limit = page_limit or math.inf
        self._concurrency = concurrency
        self._column = column
        self._heard = heard
        self._tools = tools
        self._done = done
        self._guard = Guard(done.hashes)
        self._plan = Plan()
        self._walk = walk_of(wanted.pagination, template)
        self._first: Seen | None = None
        self._arrived: dict[int, Page] = {}
        self._asked = self._judged = self._turn = 0
        self._weight = 0.0
        self._pace = Pace()
        self._end = ""

    def run(self, fetchers: ThreadPoolExecutor, parsers: ThreadPoolExecutor) -> Iterator[Yielded]:
        """Parts in order, pages that wait for their part, sentences; `Limited` or `Failed` last."""
        parser = Parser(self._done.schema)
        self._preparing = Preparing(parser, parsers)
        self._fetching = Fetching(fetchers, self._concurrency, self._fetch, self._preparing)
        highest = self._done.cursor.get("incremental")
        self._parts = Parts(parser, parsers, self._tools.workers + 2, self._column, highest)
        try:
            self._resume()
            self._ask()
            while not self._end:
                self._tools.check()
                page = self._next(wait=not self._parts.waiting)
                if page is None:
                    yield from self._parts.next() if self._parts.waiting else ()
                    continue
                self._judge(page)
                self._ask()
                yield from self._parts.ready()
            yield from self._parts.rest()
            while self._heard:
                yield self._heard.popleft()
            if self._end == "limited":
                yield Limited()
        except SourceError as error:
            yield from self._failed(error)
        finally:
            self._fetching.close()

    def _failed(self, error: SourceError) -> Iterator[Yielded]:
        """What came before the error, and the error last; a page before it may turn out to be bad as well."""
        try:
            yield from self._parts.rest()
        except SourceError as earlier:
            error = earlier
        while self._heard:
            yield self._heard.popleft()
        yield Failed(error)

    # --- beginning ----------------------------------------------------------------------------------------------

    def _resume(self) -> None:
        """Take up the plan, the walk and the pages put aside by an earlier run, if there was one."""
        kept = [page for number, page in enumerate(self._done.kept, self._done.pages + 1) if page.page == number]
        last = kept[-1].cursor if kept else self._done.cursor
        if not last:
            return
        plans = (page.cursor["plan"] for page in reversed(kept) if "plan" in page.cursor)
        self._take_up(Plan.model_validate(next(plans, None) or self._done.cursor["plan"]), last["walk"])
        for page in kept:
            digest, _, following = page.digest.partition(":")
            self._guard.add(page.page, digest, following)
            state, size = page.cursor["walk"], page.cursor.get("size", len(page.body))
            again = Page(page.page, records=page.body, size=size, digest=page.digest, state=state)
            self._parts.add(again, kept=True)
        self._judged = self._asked = self._done.pages + len(kept)
        if self._plan.guessed and self._judged == 1:
            rows = count(kept[0].body) if kept else self._done.rows
            self._first = Seen(1, rows, total=self._walk.tally.total, total_pages=self._walk.tally.total_pages)
        if last["walk"].get("end") == "end":
            self._end = "end"
        elif self._judged >= self._limit:
            self._end = "limited"

    def _take_up(self, plan: Plan, state: dict[str, Any] | None = None) -> None:
        self._walk = walk_of(plan.pagination, self._template, state)
        self._preparing.follow(plan)
        self._adopt(plan)

    def _adopt(self, plan: Plan) -> None:
        self._plan = plan
        self._parts.plan = plan.document()

    def _look(self, page: Page) -> Page:
        """The first answer: make the plan, then treat it as any other page."""
        assert page.answer is not None
        plan, said = detect(page.answer, self._wanted, self._template)
        for sentence in said:
            self._parts.say(sentence)
        self._take_up(plan)
        return self._preparing.page(1, self._turn, page.answer)

    # --- asking -------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Ask for as many pages as the walk, the page limit and the window allow."""
        if self._end:
            return
        bound = min(self._walk.bound(), self._limit, 2 if self._plan.guessed else math.inf)
        room = 1
        if self._walk.side_by_side and self._judged:
            while (page := self._fetching.take(0)) is not None:
                self._arrive(page)
            # what has come is being parsed: as much as there are threads for that need not hold up the next
            many = 2 * self._fetching.threads + min(len(self._arrived), self._tools.workers)
            room = max(1, min(many, int(WINDOW / max(self._weight, 1))))
        while self._asked < bound and self._asked - self._judged < room:
            self._asked += 1
            request = self._walk.request(self._asked)
            self._fetching.ask(self._asked, self._turn, request)

    def _next(self, *, wait: bool) -> Page | None:
        """The next page in order; None when something was said, or when it is not there and nobody should wait."""
        wanted = self._judged + 1
        patience = _SOON
        if wait or wanted in self._arrived:
            self._pace.waiting()
        while wanted not in self._arrived:
            page = self._fetching.take(patience if wait else 0)
            if page is not None:
                self._arrive(page)
            elif self._heard:
                self._parts.say(self._heard.popleft())
                return None
            elif not wait:
                return None
            else:
                self._tools.check()
                self._hurry()
                patience = min(4 * patience, _LOOK)
        found = self._arrived.pop(wanted)
        self._pace.got(found.seconds)
        return found

    def _arrive(self, page: Page) -> None:
        if page.turn == self._turn:
            self._arrived[page.number] = page

    def _hurry(self) -> None:
        """Nothing has come: ask for more at once, as many as can arrive while one page is worked on."""
        self._fetching.grow(self._pace.wanted(self._fetching.threads, self._weight))
        self._ask()

    def _void(self) -> None:
        """What was asked for after the last judged page is not wanted any more."""
        self._turn += 1
        self._fetching.forget()
        self._arrived.clear()
        self._asked = self._judged

    # --- judging ------------------------------------------------------------------------------------------------

    def _judge(self, page: Page) -> None:
        if page.answer is not None:
            page = self._look(page)
        gone = self._is_gone(page)
        seen = Seen(page.number, 0, gone=True) if gone else None
        testing = on_trial(self._plan, page.number, page.error)
        if page.error is not None and not gone and not testing:
            raise page.error
        if page.error is None:
            seen = seen_of(page, self._plan, self._template, self._guard)
        if testing and fails(seen, self._walk.tally.missing):
            self._try_next(why(page.error))
            return
        if testing:
            self._adopt(proven(self._plan))
        assert seen is not None
        if seen.number == 1:
            self._first = seen
        judged = self._walk.judge(seen)
        self._judged = page.number
        for said in judged.said:
            self._parts.say(said)
        if judged.end or (judged.enough and self._judged >= self._limit):
            self._end = "end"
        elif self._judged >= self._limit:
            self._end = "limited"
        if judged.keep:
            self._keep(page, seen)
        else:
            self._parts.end(self._end)
        if judged.again and not self._end:
            self._void()

    def _try_next(self, reason: str) -> None:
        """The second page was no other page: ask for it in another way, or take the first for everything."""
        assert self._first is not None
        if not self._plan.guesses:
            self._parts.say(given_up(self._plan, reason, self._walk.tally.missing))
            self._end = "end"
            self._parts.end("end")
            return
        plan, said = next_guess(self._plan, reason)
        self._parts.say(said)
        self._take_up(plan)
        self._walk.judge(self._first)
        self._void()

    def _keep(self, page: Page, seen: Seen) -> None:
        following = mark(str(seen.next)) if seen.next is not None else ""
        self._guard.add(page.number, page.digest, following)
        page.digest = f"{page.digest}:{following}" if following else page.digest
        page.state = self._walk.state()
        if self._end:
            page.state["end"] = self._end
        self._weight = max(self._weight * 0.98, page.size)
        self._parts.add(page)

    def _is_gone(self, page: Page) -> bool:
        """Whether a page is past the end: not there, after pages that were, and nobody says that it should be."""
        error = page.error
        past = isinstance(error, PageFailed) and error.status == 404 and page.number > 1
        return past and isinstance(self._walk, Numbered) and not self._walk.expects(page.number)
