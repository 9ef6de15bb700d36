"""Goes from page to page one after the other, where each answer says what comes next; and what all walks share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from fetchtozip_gui.core.errors import PagingError
from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.http.guard import mark
from fetchtozip_gui.core.http.message import Request
from fetchtozip_gui.core.http.paging import Cursors, Links, NextAddresses
from fetchtozip_gui.core.http.template import Template

EMPTY_PAGES = 10
"""Empty pages one after another that still name a next one, before the source is taken to be at its end."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a page when its turn in the order comes.

    `twin` is the earlier page of the same records, or 0; `named_by` the earlier page that named the same next one;
    `gone` is a page that is not there (404).
    """

    number: int
    rows: int
    next: str | int | float | None = None
    more: bool | None = None
    total: int | None = None
    total_pages: int | None = None
    twin: int = 0
    named_by: int | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether the page belongs to the result, whether it is the last, and what the user should know.

    `again` says that requests already made for later pages are void; `enough` that this is taken for the last page
    where no other may be asked for.
    """

    keep: bool = True
    end: bool = False
    again: bool = False
    enough: bool = False
    said: tuple[Said, ...] = ()


@dataclass(slots=True)
class Tally:
    """Rows so far and what the source declares. `skipped` rows lie before the page that the recipe starts with."""

    rows: int = 0
    total: int | None = None
    total_pages: int | None = None
    skipped: int = 0
    changed: bool = False
    doubted: bool = False
    said: list[Said] = field(default_factory=list)

    def note(self, seen: Seen) -> None:
        """Take in a page's totals; a change is said once. The latest counts, unless it declares less than came."""
        if seen.total is not None and not self.doubted:
            total = max(0, seen.total - self.skipped)
            if self.total is not None and total != self.total and not self.changed:
                self.changed = True
                words = f"The source's total changed from {self.total:,} to {total:,} rows at page {seen.number:,}: "
                self.said.append(Said(words + "rows may have moved between pages while they were fetched.", "warning"))
            if self.total is None or total > self.total or total >= self.rows + seen.rows:
                self.total = total
        if seen.total_pages is not None:
            self.total_pages = seen.total_pages

    def doubt(self) -> None:
        """Stop believing a total that turned out to be too small."""
        words = f"The source declares {self.total:,} rows, but there are more: its total is not believed."
        self.said.append(Said(words, "warning"))
        self.total, self.doubted = None, True

    @property
    def reached(self) -> bool:
        return self.total is not None and self.rows >= self.total

    @property
    def missing(self) -> bool:
        return self.total is not None and self.rows < self.total

    def take_said(self) -> tuple[Said, ...]:
        said = tuple(self.said)
        self.said.clear()
        return said


class Walk(Protocol):
    """Which pages to ask for, and when there are no more. Pages are judged in order, each once."""

    tally: Tally
    side_by_side: bool

    def request(self, page: int) -> Request: ...
    def bound(self) -> int:
        """The highest page that may be asked for by now."""
        ...

    def judge(self, seen: Seen) -> Judged: ...
    def state(self) -> dict[str, Any]:
        """As JSON what a later run needs to go on after the last judged page."""
        ...


def tally_of(state: Mapping[str, Any]) -> Tally:
    names = ("rows", "total", "total_pages", "skipped", "changed", "doubted")
    return Tally(**{name: state[name] for name in names if name in state})


def tally_state(tally: Tally) -> dict[str, Any]:
    kept = {"rows": tally.rows, "total": tally.total, "total_pages": tally.total_pages}
    rare = {"skipped": tally.skipped, "changed": tally.changed, "doubted": tally.doubted}
    found: dict[str, Any] = {name: value for name, value in kept.items() if value is not None}
    return {**found, **{name: value for name, value in rare.items() if value}}


class Single:
    """One page and no more."""

    side_by_side = False

    def __init__(self, template: Template, state: Mapping[str, Any] | None = None) -> None:
        self.tally = tally_of(state or {})
        self._template = template

    def request(self, page: int) -> Request:
        return self._template.request(page)

    def bound(self) -> int:
        return 1

    def judge(self, seen: Seen) -> Judged:
        self.tally.note(seen)
        self.tally.rows += seen.rows
        return Judged(end=True, said=self.tally.take_said())

    def state(self) -> dict[str, Any]:
        return tally_state(self.tally)


class Following:
    """Cursors, `Link` headers and next addresses."""

    side_by_side = False

    def __init__(
        self, how: Cursors | Links | NextAddresses, template: Template, state: Mapping[str, Any] | None = None
    ) -> None:
        state = state or {}
        self.tally = tally_of(state)
        self._how = how
        self._template = template
        self._next: str | int | float | None = state.get("next")
        self._judged: int = state.get("judged", 0)
        self._empty: int = state.get("empty", 0)
        self._start = "" if isinstance(how, Cursors) else mark(template.first)

    def request(self, page: int) -> Request:
        if page == 1 or self._next is None:
            return self._template.request(page)
        if isinstance(self._how, Cursors):
            return self._template.request(page, {self._how.param: self._next}, self._how.where)
        return self._template.request_at(page, str(self._next))

    def bound(self) -> int:
        return self._judged + 1

    def judge(self, seen: Seen) -> Judged:
        self.tally.note(seen)
        finished = self.tally.reached
        self._judged = seen.number
        if seen.twin and not finished:
            raise same_page(seen)
        if seen.twin:
            return self._end(keep=False)
        self.tally.rows += seen.rows
        self._empty = 0 if seen.rows else self._empty + 1
        following = None if seen.more is False else seen.next
        if following is None:
            self._next = None
            return self._end(keep=bool(seen.rows) or seen.number == 1)
        earlier = 0 if mark(str(following)) == self._start else seen.named_by
        if earlier is not None:
            if seen.rows and not self.tally.reached:
                raise _circle(seen.number, earlier)
            return self._end(keep=bool(seen.rows))
        self._next = following
        if self._empty > EMPTY_PAGES:
            words = (
                f"{EMPTY_PAGES + 1} pages in a row were empty though each named a next one; the source was left there."
            )
            return self._end(keep=False, said=(Said(words, "warning"),))
        return Judged(said=self.tally.take_said())

    def _end(self, *, keep: bool, said: tuple[Said, ...] = ()) -> Judged:
        return Judged(keep=keep, end=True, said=(*self.tally.take_said(), *said))

    def state(self) -> dict[str, Any]:
        own = {"next": self._next, "judged": self._judged, "empty": self._empty}
        return {**tally_state(self.tally), **{name: value for name, value in own.items() if value}}


def same_page(seen: Seen) -> PagingError:
    return PagingError(
        f"Page {seen.number:,} is the same as page {seen.twin:,}: the source does not move on.",
        "Its paging parameters may have other names, or it does not page at all (pagination none).",
    )


def _circle(page: int, earlier: int) -> PagingError:
    if not earlier:
        return PagingError(f"Page {page:,} leads back to the first page: the source goes round in a circle.")
    if earlier == page - 1:
        return PagingError(f"Page {page:,} names itself as the next page: the source does not move on.")
    return PagingError(
        f"Page {page:,} names the same next page as page {earlier:,}: the source goes round in a circle.",
        "The rows up to there are kept.",
    )
