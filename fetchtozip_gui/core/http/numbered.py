"""Pages that are asked for by their number or their first row, many side by side."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.http.hints import ROUND
from fetchtozip_gui.core.http.message import Request
from fetchtozip_gui.core.http.paging import Offsets, PageNumbers
from fetchtozip_gui.core.http.template import Template
from fetchtozip_gui.core.http.walk import Judged, Seen, same_page, tally_of, tally_state

RAMP = 4
"""How many times the pages already judged may be asked for while nobody knows how many there are."""


class Numbered:
    """Page numbers and offsets.

    The end is an empty page, a page that is not there, a short page where the size is known, a reached total, or the
    source saying that there is no more. A short page is not the end while the source declares more rows than came:
    some give fewer rows than they are asked for, and then what they give is the size.
    """

    side_by_side = True

    def __init__(self, how: PageNumbers | Offsets, template: Template, state: Mapping[str, Any] | None = None) -> None:
        state = state or {}
        self.tally = tally_of(state)
        self._template = template
        self._by_row = isinstance(how, Offsets)
        if isinstance(how, Offsets):
            self._param, self._size_param, asked = how.offset_param, how.limit_param, how.limit
        else:
            self._param, self._size_param, asked = how.param, how.size_param, how.size
        self._start = how.start
        self._asked: int = state.get("asked", asked)
        origin: tuple[int, int] = state.get("origin", (1, how.start))
        self._first, self._value = origin
        self._step: int = state.get("step", asked if self._by_row else 1)
        self._full: int | None = state.get("full")
        self._usual: int = state.get("usual", 0)
        self._judged: int = state.get("judged", 0)
        self._before: int = state.get("before", 0)
        self._probing: bool = state.get("probing", False)
        self._more: bool = state.get("more", False)

    def request(self, page: int) -> Request:
        values: dict[str, Any] = {self._param: self._value_of(page)}
        if self._size_param:
            values[self._size_param] = self._asked
        return self._template.request(page, values)

    def bound(self) -> int:
        here = self._judged
        if self._probing or not here:
            return here + 1
        planned = self._planned()
        if planned is None:
            return RAMP * here
        return max(planned, here + 1)

    def _planned(self) -> int | None:
        """The last page, where totals tell it."""
        tally = self.tally
        if tally.total is not None and self._usual:
            return self._judged + ceil(max(0, tally.total - tally.rows) / (self._full or self._usual))
        if tally.total_pages is not None:
            return self._pages_declared()
        return None

    def _pages_declared(self) -> int:
        skipped = max(0, self._start - 1) if not self._by_row else 0
        return max(0, (self.tally.total_pages or 0) - skipped)

    def expects(self, page: int) -> bool:
        """Whether the source says that this page, the next one, is there."""
        declared = self.tally.total_pages is not None and page <= self._pages_declared()
        return self.tally.missing or declared or self._more

    # --- judging ------------------------------------------------------------------------------------------------

    def judge(self, seen: Seen) -> Judged:
        if seen.number == 1:
            self._skip_to_start(seen)
        self.tally.note(seen)
        self._judged = seen.number
        self._more = seen.more is True
        probing, self._probing = self._probing, False
        if seen.gone:
            words = f"Page {seen.number:,} is not there (404): page {seen.number - 1:,} was the last one."
            return self._end(keep=False, said=Said(words))
        if not seen.rows:
            return self._empty(seen)
        if seen.twin:
            return self._repeated(seen, probing)
        self.tally.rows += seen.rows
        self._usual = max(self._usual, seen.rows)
        before, self._before = self._before, seen.rows
        if seen.number == 1:
            return self._size_up(seen)
        if probing:
            self._full = min(before, self._asked)
            if self.tally.total is not None and self.tally.rows > self.tally.total:
                self.tally.doubt()
        return self._go_on(seen)

    def _skip_to_start(self, seen: Seen) -> None:
        if self._start > 1:
            self.tally.skipped = self._start if self._by_row else (self._start - 1) * (seen.rows or 1)

    def _empty(self, seen: Seen) -> Judged:
        if seen.more is not False and self._is_before_end(seen):
            return Judged(said=self.tally.take_said())  # rows that are filtered out after paging leave such holes
        return self._end(keep=seen.number == 1)

    def _is_before_end(self, seen: Seen) -> bool:
        """Whether the place of a page lies before the declared end, so that others must follow it."""
        if self.tally.total_pages is not None or not self.tally.missing:
            return self._declared(seen)
        size = self._full or self._usual
        begun = (seen.number - 1) * size if not self._by_row else self._value_of(seen.number) - self._start
        return size > 0 and begun + size < (self.tally.total or 0)

    def _value_of(self, page: int) -> int:
        return self._value + (page - self._first) * self._step

    def _repeated(self, seen: Seen, probing: bool) -> Judged:
        if probing:
            return self._end(keep=False)
        if seen.twin == seen.number - 1 and self._before < self._usual:
            words = f"Page {seen.number:,} repeats the short page {seen.twin:,}: that was the last one."
            return self._end(keep=False, said=Said(words))
        raise same_page(seen)

    def _size_up(self, seen: Seen) -> Judged:
        """Learn from the first page how many rows a page really has."""
        if not self._size_param:
            if self._by_row:
                self._step = seen.rows
            return self._go_on(seen)
        if seen.rows == self._asked:
            self._full = seen.rows
            if self.tally.total == seen.rows and seen.more is None and self.tally.total_pages is None:
                return self._probe()  # everything, or a "total" that counts the rows of the page
            return self._go_on(seen)
        if self._by_row:
            self._step = seen.rows
        if seen.rows > self._asked:
            self._full = seen.rows
            words = f"The source gives {seen.rows:,} rows a page where {self._asked:,} were asked for."
            return self._go_on(seen, Said(words))
        if self._over(seen):
            return self._end(keep=True)
        asked = self._asked
        if self._by_row or seen.rows in ROUND:
            # a source that places pages by what it is asked for, and caps them, would leave rows out
            self._asked = seen.rows
        if self.tally.missing or seen.more:
            self._full = seen.rows
            words = f"The source gives at most {seen.rows:,} rows a page; {asked:,} were asked for, and there are more."
            return self._go_on(seen, Said(words))
        return self._probe()  # the end, or a source that caps its pages without a word

    def _probe(self) -> Judged:
        """One more request tells whether the first page was all there is."""
        self._probing = True
        return Judged(enough=True, said=self.tally.take_said())

    def _go_on(self, seen: Seen, said: Said | None = None) -> Judged:
        short = self._full is not None and seen.rows < self._full
        if self._over(seen) or (
            short and not self.tally.missing and seen.more is not True and not self._declared(seen)
        ):
            return self._end(keep=True, said=said)
        moved = self._by_row and seen.number > 1 and seen.rows != self._step
        if moved:
            # the next row is the one after the last that came, whatever was asked for
            self._first, self._value = seen.number + 1, self._value_of(seen.number) + seen.rows
        return Judged(again=moved, said=(*self.tally.take_said(), *((said,) if said else ())))

    def _declared(self, seen: Seen) -> bool:
        """Whether the source declares pages after this one."""
        return self.tally.total_pages is not None and seen.number < self._pages_declared()

    def _over(self, seen: Seen) -> bool:
        """Whether the source itself says that this was the last page."""
        if seen.more is not None:
            return not seen.more
        tally = self.tally
        if tally.reached:
            return not self._declared(seen)
        return tally.total_pages is not None and not self._declared(seen) and not tally.missing

    def _end(self, *, keep: bool, said: Said | None = None) -> Judged:
        return Judged(keep=keep, end=True, said=(*self.tally.take_said(), *((said,) if said else ())))

    def state(self) -> dict[str, Any]:
        own: dict[str, Any] = {
            "asked": self._asked,
            "origin": [self._first, self._value],
            "step": self._step,
            "full": self._full,
            "usual": self._usual,
            "judged": self._judged,
            "before": self._before,
            "probing": self._probing,
            "more": self._more,
        }
        return {**tally_state(self.tally), **{name: value for name, value in own.items() if value}}
