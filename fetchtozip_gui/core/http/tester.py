"""Tries a source out as a job would read it: a page for a look, three pages for a proof."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.http.hints import ID_NAMES, plain
from fetchtozip_gui.core.http.paging import Offsets, PageNumbers, Plan
from fetchtozip_gui.core.http.retry import Patience
from fetchtozip_gui.core.http.watch import Received, Sent, Watched
from fetchtozip_gui.core.schema import conform
from fetchtozip_gui.core.secrets import redact_url
from fetchtozip_gui.core.sources.http import HttpSource
from fetchtozip_gui.core.work import Done, Failed, Limited, Part, Tools

__all__ = ["Proof", "Received", "Sent", "Tested", "prove", "test"]

Line = tuple[bool, str]
"""Whether it is so, and what was looked at in words."""

PATIENCE = Patience(retries=1, asked=5, total=10)
"""Somebody waits: one repetition, and a source that asks for more than a few seconds is told of instead."""
PROVED = 3
"""Pages that are looked at for a proof."""
FAR = 1_000_000
"""How many pages past the first one is certainly past the end."""


@dataclass(frozen=True)
class Tested:
    """One page, as a job would have it, and how it was come by.

    `rows_total` and `pages_total` are what the source declares, or what is known because this is the last page.
    `records` is a JSONPath and `pagination` as in a recipe; both are what was found, also where the recipe says
    `auto`. `problem` is why there is no page, or not all of it; `received` is none where no answer came to its end.
    """

    frame: pl.DataFrame
    schema: pl.Schema
    rows_total: int | None
    pages_total: int | None
    page_rows: int
    records: str
    pagination: dict[str, Any]
    said: tuple[str, ...]
    sent: Sent
    received: Received | None
    problem: FetchToZipError | None
    page: int = 1
    more: bool = False
    """Whether another page follows, as far as this one shows."""
    format: str = ""
    done: Done = field(default=Done(), repr=False)
    """Where the next page goes on from."""


@dataclass(frozen=True)
class Proof:
    """Whether the pagination holds on its first pages; each line says what was looked at, and whether it is so."""

    ok: bool
    lines: tuple[Line, ...]
    pages: tuple[Tested, ...] = field(default=(), repr=False, compare=False)
    """The pages that were fetched for it, from the first on; the last may have a problem."""


def test(source: HttpSource, tools: Tools, *, page: int = 1, after: Tested | None = None) -> Tested:
    """Fetch page `page` and everything that leads to it; what goes wrong is `problem` and never raised.

    `after` is an earlier page of the same source, so that only what follows it is asked for. Past the last page
    the last one is given.
    """
    last = after if after is not None and after.page <= page else None
    for last in _pages(source, tools, last):  # noqa: B020 - begins after the one that is known
        if last.page >= page:
            break
    assert last is not None  # without an earlier page there is always a first
    return last


def _pages(source: HttpSource, tools: Tools, after: Tested | None = None) -> Iterator[Tested]:
    """Page after page, until there is none or one has a problem."""
    if after is not None:
        yield after
    while after is None or (after.more and after.problem is None):
        after = _page(source, tools, after)
        yield after


def _page(source: HttpSource, tools: Tools, after: Tested | None) -> Tested:
    """One page more, by the job's own way of going on where it stopped."""
    done = after.done if after is not None else Done()
    limited = source.model_copy(update={"page_limit": done.pages + 1})
    patience = PATIENCE if source.retries else replace(PATIENCE, retries=0)
    watched = Watched()
    part: Part | None = None
    frame = pl.DataFrame()
    said: list[str] = []
    problem: FetchToZipError | None = None
    more = False
    try:
        for item in limited.read(tools, done, watch=watched, patience=patience):
            match item:
                case Part():
                    part = item
                case Said():
                    said.append(item.text)
                case Failed():
                    problem = item.error
                case Limited():
                    more = True
        frame = _frame(part)
    except FetchToZipError as error:
        part, problem = None, error
    words = tuple(dict.fromkeys(said))
    if part is not None:
        return _found(part, frame, done, after, words, watched, problem, more)
    if after is not None and problem is None:
        # the page after the last one: empty, or not there
        return replace(after, more=False, rows_total=done.rows, pages_total=done.pages, said=words)
    sent = watched.request or Sent(source.method, redact_url(source.url))
    known = after or Tested(frame, frame.schema, None, None, 0, "", {}, (), sent, None, None)
    return replace(
        known,
        frame=frame,
        schema=frame.schema,
        said=words,
        sent=sent,
        received=watched.answer,
        problem=problem,
        page=done.pages + 1,
        more=False,
    )


def _frame(part: Part | None) -> pl.DataFrame:
    """The page with its types, which are held back in texts (CSV) as long as other pages might disagree."""
    if part is None:
        return pl.DataFrame()
    return part.frame if part.schema is None else conform(part.frame, part.schema)


def _found(
    part: Part,
    frame: pl.DataFrame,
    before: Done,
    after: Tested | None,
    said: tuple[str, ...],
    watched: Watched,
    problem: FetchToZipError | None,
    more: bool,
) -> Tested:
    assert watched.request is not None
    plan = Plan.model_validate(part.cursor["plan"])
    rows = before.rows + frame.height
    page_rows = after.page_rows if after is not None else frame.height
    total, pages = part.total_rows, part.total_pages
    if not more and problem is None:
        total, pages = total or rows, before.pages + 1
    elif pages is None and total is not None and page_rows:
        pages = math.ceil(total / page_rows)
    return Tested(
        frame,
        frame.schema,
        total,
        pages,
        page_rows,
        plan.records.path,
        plan.pagination.model_dump(mode="json", by_alias=True),
        said,
        watched.request,
        watched.answer,
        problem,
        page=before.pages + 1,
        more=more,
        format=plan.format,
        done=replace(
            before,
            pages=before.pages + 1,
            rows=rows,
            cursor=part.cursor,
            hashes=(*before.hashes, *part.hashes),
            total_rows=part.total_rows,
            total_pages=part.total_pages,
        ),
    )


# --- three pages -------------------------------------------------------------------------------------------------


def prove(source: HttpSource, tools: Tools) -> Proof:
    """Look at three pages: rows are new, keys do not repeat, the end can be reached."""
    pages = list(itertools.islice(_pages(source, tools), PROVED))
    last = pages[-1]
    if last.problem is not None:
        return Proof(False, (*_came(pages[:-1]), (False, str(last.problem))), tuple(pages))
    lines = [*_came(pages), *_rows_are_new(pages), *_keys(pages), _end(source, tools, last)]
    return Proof(all(ok for ok, _ in lines), tuple(lines), tuple(pages))


def _came(pages: Sequence[Tested]) -> list[Line]:
    if not pages:
        return []
    counts = [f"{page.frame.height:,}" for page in pages]
    if not any(page.frame.height for page in pages):
        return [(False, "The source answers no rows.")]
    if len(pages) == 1:
        return [(True, f"One page came, with {counts[0]} rows.")]
    return [(True, f"{len(pages)} pages came, with {', '.join(counts[:-1])} and {counts[-1]} rows.")]


def _rows_are_new(pages: Sequence[Tested]) -> Iterator[Line]:
    seen: set[str] = set()
    for page in pages:
        # not Polars' own JSON, which ends the process over bytes and times
        rows = [repr(row) for row in page.frame.iter_rows()]
        again = sum(1 for row in rows if row in seen)
        if again:
            yield False, f"{again:,} of the {len(rows):,} rows of page {page.page} came before on an earlier page."
            return
        seen.update(rows)
    if len(pages) > 1:
        yield True, "All rows are new: none of them came twice on these pages."


def _keys(pages: Sequence[Tested]) -> Iterator[Line]:
    """A column of keys, if there is one: named as an id, and with another value in each row of the first page."""
    first = pages[0].frame
    name = next((name for name in sorted(first.columns, key=_likeness) if _is_key(first, name)), None)
    if name is None:
        if first.height:
            yield True, "No column looks like a key, so rows were compared as a whole."
        return
    values = pl.concat([page.frame.select(pl.col(name).cast(pl.String)) for page in pages if name in page.frame])
    found = values.height - values[name].n_unique()
    if found:
        yield False, f"`{name}` looks like a key, and {found:,} of its {values.height:,} values repeat."
    else:
        yield True, f"Keys do not repeat: `{name}` has {values.height:,} different values."


def _likeness(name: str) -> int:
    """0 for a name that means a key by itself, more for one that only sounds like it."""
    word = plain(name)
    if word in ID_NAMES:
        return 0
    return 1 if word.endswith(("id", "uuid", "key")) else 2


def _is_key(frame: pl.DataFrame, name: str) -> bool:
    values, likeness = frame[name], _likeness(name)
    if likeness == 2 or values.dtype.is_nested() or values.null_count() or not frame.height:
        return False
    # what is called id has to be one; what only ends so may name something else, such as the customer of an order
    return (likeness == 0 and plain(name) != "key") or values.n_unique() == frame.height


def _end(source: HttpSource, tools: Tools, last: Tested) -> Line:
    if not last.more:
        rows = f"{last.done.rows:,} rows"
        return True, f"The end was reached: page {last.done.pages} is the last one, {rows} in all."
    pages = f" in {last.pages_total:,} pages" if last.pages_total else ""
    if last.rows_total is not None:
        return True, f"The end is known: the source declares {last.rows_total:,} rows{pages}."
    if last.pages_total is not None:
        return True, f"The end is known: the source declares {last.pages_total:,} pages."
    how = Plan.model_validate(last.done.cursor["plan"]).pagination
    if not isinstance(how, (PageNumbers, Offsets)):
        return True, "Each page names another next one; the end is the page that names none."
    return _past_the_end(source, tools, how)


def _past_the_end(source: HttpSource, tools: Tools, how: PageNumbers | Offsets) -> Line:
    """Ask for a page that cannot be there: a source that answers rows for it would be read for ever."""
    step = how.limit if isinstance(how, Offsets) else 1
    far = how.model_copy(update={"start": how.start + FAR * step})
    past = _page(source.model_copy(update={"pagination": far}), tools, None)
    if past.problem is None and past.frame.height:
        return False, "A page far past the end is answered with rows, so the end cannot be seen. Set a limit of pages."
    if past.problem is None:
        return True, "The end can be reached: a page far past it is empty."
    status = past.received.status if past.received is not None else 0
    if status == 404:
        return True, "The end can be reached: a page far past it is not there (404)."
    if 400 <= status < 500:
        return False, (
            f"A page far past the end is refused with {status}. Unless the last page is shorter than the others, "
            "the job will be partial there: set a limit of pages."
        )
    return False, f"Whether the end can be reached is not known: {past.problem}"
