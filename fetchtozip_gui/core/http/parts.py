"""Gathers judged pages into parts and hands everything out in order, pages that wait for their neighbours included."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.http.fetching import Page
from fetchtozip_gui.core.http.parsing import UNIT, Parsed, Parser
from fetchtozip_gui.core.work import Kept, Part, Yielded


@dataclass(frozen=True, slots=True)
class _Unit:
    pages: list[Page]
    parsed: Future[Parsed]


class Parts:
    """Which pages stand together depends on the sizes of the pages in order, and on nothing else.

    `plan` is written into the cursor of each part, and of a page that waits where it is not the last part's. Where
    `column` is given its highest value goes there too, as `incremental`.
    """

    def __init__(self, parser: Parser, pool: ThreadPoolExecutor, ahead: int, column: str | None, highest: Any) -> None:
        self.plan: dict[str, Any] = {}
        self.told: dict[str, Any] | None = None
        self._parser = parser
        self._pool = pool
        self._ahead = ahead
        self._column = column
        self._highest = highest
        self._group: list[Page] = []
        self._weight = 0
        self._out: deque[Kept | Said | _Unit] = deque()
        self._units = 0
        self._noted: set[str] = set()

    @property
    def waiting(self) -> bool:
        """Whether something can be handed out, if need be after waiting for its parsing."""
        return bool(self._out)

    def say(self, said: Said) -> None:
        self._out.append(said)

    def add(self, page: Page, *, kept: bool = False) -> None:
        """Take the next page in order; `kept` when an earlier run has put it aside already."""
        if page.parsed is not None:
            self.flush()
            self._submit([page], page.parsed)
            return
        self._group.append(page)
        self._weight += len(page.records)
        if self._weight >= UNIT:
            self.flush()
        elif not kept:
            cursor = {**self._cursor(page), "plan": self.plan} if self.told is not self.plan else self._cursor(page)
            self._out.append(Kept(page.number, bytes(page.records), cursor, page.digest))

    def flush(self) -> None:
        """Let the pages that wait be a part, however small."""
        if self._group:
            self._submit(self._group, self._pool.submit(self._parser.group, self._group))
            self._group, self._weight = [], 0

    def end(self, word: str) -> None:
        """Note how the source ended in the last page that still waits."""
        if self._group:
            self._group[-1].state["end"] = word

    def _submit(self, pages: list[Page], parsed: Future[Parsed]) -> None:
        self._out.append(_Unit(pages, parsed))
        self._units += 1

    # --- handing out --------------------------------------------------------------------------------------------

    def ready(self) -> Iterator[Yielded]:
        """What can be had at once, and what is needed to keep no more than a few units ahead."""
        while self._out:
            head = self._out[0]
            if isinstance(head, _Unit) and not head.parsed.done() and self._units <= self._ahead:
                return
            yield from self.next()

    def next(self) -> Iterator[Yielded]:
        """The oldest item, waited for."""
        head = self._out.popleft()
        if not isinstance(head, _Unit):
            yield head
            return
        self._units -= 1
        parsed = head.parsed.result()
        if parsed.pages:
            self._parser.learn(parsed.schema or parsed.known or parsed.frame.schema)
            yield from self._notes(parsed)
            yield self._part(head.pages[: parsed.pages], parsed)
        if parsed.error is not None:
            self.drop()
            raise parsed.error

    def rest(self) -> Iterator[Yielded]:
        """Everything that is left."""
        self.flush()
        while self._out:
            yield from self.next()

    def drop(self) -> None:
        """Forget what comes after a page that is bad."""
        self._out.clear()
        self._group, self._weight, self._units = [], 0, 0

    def _notes(self, parsed: Parsed) -> Iterator[Said]:
        for note in parsed.notes:
            if note not in self._noted:
                self._noted.add(note)
                yield Said(note, "warning")
        if self._column is None or not parsed.frame.height:
            return
        if self._column in parsed.frame.columns:
            self._highest = higher(self._highest, _highest(parsed, self._column))
        elif "column" not in self._noted:
            self._noted.add("column")
            there = ", ".join(parsed.frame.columns[:20])
            yield Said(
                f"source.incremental.column: there is no column {self._column!r} in the rows: {there}.", "warning"
            )

    def _part(self, pages: list[Page], parsed: Parsed) -> Part:
        state = pages[-1].state
        self.told = self.plan
        return Part(
            parsed.frame,
            first_page=pages[0].number,
            pages=len(pages),
            bytes=sum(page.size for page in pages),
            cursor={**self._cursor(pages[-1]), "plan": self.plan},
            hashes=tuple(page.digest for page in pages),
            total_rows=state.get("total"),
            total_pages=state.get("total_pages"),
            schema=parsed.schema,
            known=parsed.known,
            packed=parsed.packed,
        )

    def _cursor(self, page: Page) -> dict[str, Any]:
        cursor: dict[str, Any] = {"walk": page.state, "size": page.size}
        if self._highest is not None:
            cursor["incremental"] = self._highest
        return cursor


def _highest(parsed: Parsed, column: str) -> Any:
    values = parsed.frame[column]
    kind = (parsed.schema or parsed.frame.schema)[column]
    if values.dtype != kind:
        values = values.cast(kind, strict=False)
    if values.dtype.is_nested():
        return None
    found: Any = values.max()
    return found.isoformat() if hasattr(found, "isoformat") else found


def higher(a: Any, b: Any) -> Any:
    """The larger of two values of a column; as texts where they cannot be compared."""
    if a is None or b is None:
        return b if a is None else a
    try:
        return max(a, b)
    except TypeError:
        return max(str(a), str(b))
