"""Tries the draft's source out beside the window's thread, and keeps the pages that have been looked at."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from fetchtozip_gui.core.errors import Cancelled, FetchToZipError
from fetchtozip_gui.gui.coroutines import Latest
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.source_words import HARMLESS

if TYPE_CHECKING:
    from fetchtozip_gui.core.http.tester import Proof, Tested
    from fetchtozip_gui.core.work import Source, Tools
    from fetchtozip_gui.gui.answer_words import Shown

T = TypeVar("T")
Work = Literal["", "Testing", "Proving"]


class Trial(QObject):
    """One test at a time; what another one has overtaken, or Stop has ended, is never told."""

    changed = Signal()
    """Work has begun or ended, or another page is looked at."""
    refused = Signal(object)
    """The source's recipe is wrong: a `RecipeError` with a line for each field."""

    def __init__(
        self,
        draft: DraftModel,
        findings: Findings,
        errands: Errands,
        read_secret: Callable[[str], str] | None = None,
        parent: QObject | None = None,
        result_of: Callable[[str], Path] | None = None,
    ) -> None:
        super().__init__(parent)
        self._draft = draft
        self._findings = findings
        self._errands = errands
        self._latest = Latest(errands, self)
        ways = {"keyring": read_secret, "job_result": result_of}
        self._ways = {name: way for name, way in ways.items() if way is not None}
        self._stop = threading.Event()
        self._source: dict[str, Any] = {}
        self._pages: list[Shown] = []
        self._page = 1
        self.work: Work = ""
        draft.changed.connect(self._follow)

    # --- what there is ------------------------------------------------------------------------------------------

    @property
    def shown(self) -> Shown | None:
        """The page that is looked at."""
        return self._pages[self._page - 1] if self._pages else None

    @property
    def page(self) -> int:
        return self._page

    @property
    def pages(self) -> Sequence[Tested]:
        """The pages that were fetched, from the first on."""
        return [shown.tested for shown in self._pages]

    # --- what is asked for --------------------------------------------------------------------------------------

    def test(self) -> None:
        """Fetch the first page."""
        source = self._draft.part("source")
        self._begin("Testing", lambda: self._test(source))

    def prove(self) -> None:
        """Fetch three pages and look whether the pagination holds; they can be looked at like those of a test."""
        source = self._draft.part("source")
        self._begin("Proving", lambda: self._prove(source))

    def go_to(self, page: int) -> None:
        """Look at a page that was fetched, or fetch the one after the last."""
        if 1 <= page <= len(self._pages):
            self._page = page
            self.changed.emit()
        elif self._pages and page == len(self._pages) + 1 and self._pages[-1].tested.more:
            last = self._pages[-1].tested
            self._begin("Testing", lambda: self._test_next(page, last))

    def stop(self) -> None:
        """End what is under way; what was found before stays."""
        if self.work:
            self._stop.set()
            self._latest.stop()
            self.work = ""
            self.changed.emit()

    # --- under way ----------------------------------------------------------------------------------------------

    def _begin(self, word: Work, find: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._stop.set()
        self._stop = threading.Event()
        self.work = word
        self.changed.emit()
        self._latest.start(self._tell(find))

    async def _tell(self, find: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await find()
        except FetchToZipError as error:
            self.work = ""
            self.changed.emit()
            self.refused.emit(error)
        else:
            self._follow("source")
            self.changed.emit()

    async def _away(self, source: dict[str, Any], work: Callable[[Source, Tools], T]) -> T:
        """What `work` brings back from a thread beside the window, which Stop ends early."""
        stop, ways = self._stop, self._ways
        brought = await self._errands.away(lambda: work(*_made(source, stop, ways)))
        self.work = ""
        return brought

    async def _test(self, source: dict[str, Any]) -> None:
        page = await self._away(source, _tested)
        if not isinstance(page.tested.problem, Cancelled):
            self._source, self._pages, self._page = source, [page], 1
            self._findings.tell(page.tested)

    async def _test_next(self, number: int, last: Tested) -> None:
        # of the source as it was tested: pages of two states do not belong together
        page = await self._away(self._source, lambda source, tools: _tested(source, tools, number, last))
        if not isinstance(page.tested.problem, Cancelled):
            self._add(page)

    async def _prove(self, source: dict[str, Any]) -> None:
        proof, pages = await self._away(source, _proved)
        self._take_proved(pages, source)
        self._findings.prove(proof)

    def _take_proved(self, proved: Sequence[Shown], source: dict[str, Any]) -> None:
        """Show the pages of a proof: those that are new, where the same source was looked at before."""
        if not self._pages or self._findings.outdated:
            self._source, self._pages, self._page = source, list(proved), 1
            self._findings.tell(proved[0].tested)
        elif not any(shown.tested.problem for shown in (*self._pages, *proved)):
            self._pages += proved[len(self._pages) :]

    def _add(self, page: Shown) -> None:
        if page.tested.page <= len(self._pages):
            # there was none after it: the last one is known for the last now
            self._pages[page.tested.page - 1] = page
        else:
            self._pages.append(page)
        self._page = page.tested.page

    def _follow(self, part: str) -> None:
        """Another address is another source; anything else that matters makes what was found out of date."""
        if part not in ("", "source") or not self._pages:
            return
        source = self._draft.part("source")
        if _place(source) != _place(self._source):
            self.stop()
            self._pages, self._page = [], 1
            self._findings.clear()
            self.changed.emit()
        else:
            self._findings.outdate(_matters(source) != _matters(self._source))


def _place(source: dict[str, Any]) -> tuple[object, ...]:
    """Which source it is: its kind, and its address without the query."""
    try:
        parts = urlsplit(str(source.get("url", "")).strip())
    except ValueError:
        return (source.get("type"), source.get("url"))
    where = source.get("path") or source.get("job_id")
    return (source.get("type"), where, parts.scheme.lower(), parts.netloc.lower(), parts.path)


def _matters(source: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in source.items() if name not in HARMLESS}


def _made(document: dict[str, Any], stop: threading.Event, ways: Mapping[str, Any]) -> tuple[Source, Tools]:
    """The source itself, and the tools it works with; `RecipeError` where the document is wrong."""
    # heavy: after the first paint
    from fetchtozip_gui.core.recipe import Recipe
    from fetchtozip_gui.core.work import Tools

    source: Source = Recipe.parse({"version": 1, "source": document}).source
    return source, Tools(stop=stop, **ways)


def _tested(source: Source, tools: Tools, page: int = 1, after: Tested | None = None) -> Shown:
    # heavy: after the first paint
    from fetchtozip_gui.core.http.tester import test
    from fetchtozip_gui.core.look import look
    from fetchtozip_gui.core.sources.http import HttpSource
    from fetchtozip_gui.gui.answer_words import shown

    if isinstance(source, HttpSource):
        return shown(test(source, tools, page=page, after=after))
    return shown(look(source, tools))


def _proved(source: Any, tools: Tools) -> tuple[Proof, list[Shown]]:
    # heavy: after the first paint
    from fetchtozip_gui.core.http.tester import prove
    from fetchtozip_gui.gui.answer_words import shown

    proof = prove(source, tools)
    return proof, [shown(page) for page in proof.pages]
