"""Chooses how to walk through pages, and reads off a page that has come what the walk wants to know."""

from __future__ import annotations

from typing import Any

from fetchtozip_gui.core.errors import PagingError
from fetchtozip_gui.core.http.fetching import Page
from fetchtozip_gui.core.http.guard import Guard, mark
from fetchtozip_gui.core.http.numbered import Numbered
from fetchtozip_gui.core.http.paging import AutoPages, Cursors, Known, Offsets, OnePage, PageNumbers, Plan
from fetchtozip_gui.core.http.template import Template
from fetchtozip_gui.core.http.totals import whole
from fetchtozip_gui.core.http.walk import Following, Seen, Single, Walk


def walk_of(how: AutoPages | Known, template: Template, state: dict[str, Any] | None = None) -> Walk:
    """How to walk through pages of this kind; `auto` begins with a single one."""
    if isinstance(how, (PageNumbers, Offsets)):
        return Numbered(how, template, state)
    if isinstance(how, (AutoPages, OnePage)):
        return Single(template, state)
    return Following(how, template, state)


def seen_of(page: Page, plan: Plan, template: Template, guard: Guard) -> Seen:
    """What a page says of itself and of the next one. Waits for its parsing where that has to tell the rows."""
    rows = page.rows
    if page.parsed is not None:
        parsed = page.parsed.result()
        if parsed.error is not None:
            raise parsed.error
        rows = parsed.frame.height
        page.digest = page.digest if rows else ""
    following = _following(page, plan, template)
    more = page.fields.get("more")
    return Seen(
        page.number,
        rows or 0,
        next=following,
        more=more if isinstance(more, bool) else None,
        total=whole(page.fields.get("total")),
        total_pages=whole(page.fields.get("total_pages")),
        twin=guard.twin(page.digest),
        named_by=None if following is None else guard.named_by(mark(str(following))),
    )


def _following(page: Page, plan: Plan, template: Template) -> str | int | float | None:
    """The cursor, or the next address as it is kept; 0, false and the empty text name nothing."""
    found = page.fields.get("next")
    if isinstance(found, dict):
        found = next((found[name] for name in ("href", "url", "uri") if isinstance(found.get(name), str)), found)
    if found in (None, "", False, 0):
        return None
    if isinstance(plan.pagination, Cursors) and isinstance(found, (str, int, float)) and found is not True:
        return found
    if isinstance(found, str):
        return template.next(page.url, found, page.number)
    raise PagingError(
        f"Page {page.number:,} has {_kind(found)} at {plan.fields.get('next')}, no address and no cursor.",
        "Check the JSONPath in source.pagination.",
    )


def _kind(value: Any) -> str:
    return {dict: "an object", list: "a list", bool: "true"}.get(type(value), "a number")
