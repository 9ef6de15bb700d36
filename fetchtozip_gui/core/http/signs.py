"""Reads the signs of more pages in a first answer: how the next one is asked for, and why that is believed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fetchtozip_gui.core.http import hints
from fetchtozip_gui.core.http.expressions import spell
from fetchtozip_gui.core.http.hints import plain, spelled_like, words
from fetchtozip_gui.core.http.links import linked
from fetchtozip_gui.core.http.outline import Array, Node, Object, Scalar
from fetchtozip_gui.core.http.paging import Cursors, Known, Links, NextAddresses, OnePage
from fetchtozip_gui.core.http.template import Template
from fetchtozip_gui.core.http.totals import total_headers, total_in, whole

_ADDRESS = re.compile(r"(https?://|//|/|\?|\./)\S*|[\w./-]+\?[\w\[\]$%.-]+=\S*")
_CONTAINERS = words("cursors next paging pageinfo cursor pagination meta page")


@dataclass
class Signs:
    """What the first answer says about itself. `fields` and `headers` are those of a `Plan`."""

    said: list[tuple[tuple[str, ...], Any]]
    """The values beside the records, outermost first, by their path."""
    rows: int
    template: Template
    headers: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    total: int | None = None
    total_pages: int | None = None
    more: bool | None = None

    def named(self, *names: str) -> Iterator[tuple[tuple[str, ...], Any]]:
        """The values of these plain names, in the order of the names."""
        for name in names:
            yield from ((path, value) for path, value in self.said if plain(path[-1]) == name)


@dataclass(frozen=True)
class Choice:
    """A pagination and why; `guesses` are tried after it, `guessed` says that it has to prove itself."""

    how: Known
    why: str
    guesses: tuple[Known, ...] = ()
    guessed: bool = False


def read_signs(
    root: Node | None, where: tuple[str, ...], rows: int, headers: Mapping[str, str], template: Template
) -> Signs:
    """Collect the totals and flags of a first answer whose records are at `where`."""
    signs = Signs(list(_beside(root, where)), rows, template)
    signs.headers = total_headers(headers)
    if "total" in signs.headers:
        signs.total = total_in(headers, signs.headers["total"])
    if "total_pages" in signs.headers:
        signs.total_pages = total_in(headers, signs.headers["total_pages"])
    _body_totals(signs)
    for path, value in signs.named(*sorted(hints.MORE)):
        if isinstance(value, bool):
            signs.more, signs.fields["more"] = value, spell(path)
            break
    return signs


def _beside(root: Node | None, where: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not isinstance(root, Object):
        return
    for node in root.walk():
        if isinstance(node, Scalar) and _about_page(node.path, where):
            yield node.path, node.value


def _about_page(path: tuple[str, ...], where: tuple[str, ...]) -> bool:
    """Whether a value stands around the records, or in an object that by its name speaks of the page."""
    if where and path[: len(where)] == where:
        return False
    around = where[:-1]
    shared = 0
    while shared < min(len(around), len(path) - 1) and around[shared] == path[shared]:
        shared += 1
    return all(plain(name) in hints.ENVELOPE_NAMES or plain(name) == "total" for name in path[shared:-1])


def _body_totals(signs: Signs) -> None:
    if signs.total is None:
        for path, value in signs.named(*hints.TOTALS, "value"):
            total = whole(value)
            name = plain(path[-1])
            if total is None or total < signs.rows or (name == "count" and total <= signs.rows):
                continue
            if name == "value" and (len(path) < 2 or plain(path[-2]) != "total" or _is_estimate(signs, path)):
                continue
            signs.total, signs.fields["total"] = total, spell(path)
            break
    if signs.total_pages is None:
        for path, value in signs.named(*hints.TOTAL_PAGES):
            pages = whole(value)
            if pages is not None:
                signs.total_pages, signs.fields["total_pages"] = pages, spell(path)
                break


def _is_estimate(signs: Signs, path: tuple[str, ...]) -> bool:
    """Search engines stop counting at 10,000 and say that there are at least as many."""
    return any(other == (*path[:-1], "relation") and value != "eq" for other, value in signs.said)


# --- where the next page is named ---------------------------------------------------------------------------------


def next_named(root: Node | None, where: tuple[str, ...], headers: Mapping[str, str], signs: Signs) -> Choice | None:
    """The pagination of an answer that names the next page itself: header, address or cursor."""
    if linked(headers.get("link"), "next") is not None:
        return Choice(Links(), "the answer has a Link header with rel=next")
    if found := _next_address(root, where, signs):
        return Choice(NextAddresses(next=found), f"{found} is the next page's address")
    if signs.more is False:
        return Choice(OnePage(), f"{signs.fields['more']} is false")
    return _cursor(root, where, signs)


def _next_address(root: Node | None, where: tuple[str, ...], signs: Signs) -> str | None:
    for path, value in signs.said:
        if not isinstance(value, str) or not value:
            continue
        own, above = plain(path[-1]), plain(path[-2]) if len(path) > 1 else ""
        if own in hints.NEXT_ADDRESSES and _ADDRESS.fullmatch(value):
            return spell(path)
        if own in hints.ADDRESS_MEMBERS and above in hints.NEXT_ADDRESSES:
            return spell(path)
    for node in root.walk() if isinstance(root, Object) else ():
        if isinstance(node, Array) and plain(node.path[-1]) in ("link", "links") and _about_page(node.path, where):
            for item in node.sample:
                relation = next(
                    (name for name in ("rel", "relation") if isinstance(item, dict) and item.get(name) == "next"), ""
                )
                member = next((name for name in ("href", "url", "uri") if relation and item.get(name)), "")
                if member:
                    return f"{spell(node.path)}[?@.{relation}=='next'].{member}"
    return None


def _cursor(root: Node | None, where: tuple[str, ...], signs: Signs) -> Choice | None:
    for name, params in hints.CURSORS.items():
        for path, value in signs.named(name):
            if _is_cursor(name, path, value, signs):
                return _sent_back(spell(path), path[-1], _likeliest(name, value, params, signs), signs)
    if signs.more and isinstance(root, Object):
        table = root.at(where)
        last = table.sample[-1] if isinstance(table, Array) and table.sample else None
        names = [name for name in last if plain(name) == "id"] if isinstance(last, dict) else []
        numbered = any(hints.param_kind(name) in ("page", "offset") for name in signs.template.given)
        if names and not numbered and not list(signs.named(*hints.PAGES, *hints.OFFSETS)):
            return _sent_back(f"{spell(where)}[-1].{names[0]}", "", hints.LAST_RECORD, signs)
    return None


def _is_cursor(name: str, path: tuple[str, ...], value: Any, signs: Signs) -> bool:
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        return False
    if isinstance(value, str) and _ADDRESS.fullmatch(value):
        return False
    above = plain(path[-2]) if len(path) > 1 else ""
    if name in ("after", "cursor", "endcursor"):
        return above in _CONTAINERS or signs.more is True
    if name == "offset":
        return isinstance(value, str) and whole(value) is None
    if name == "lastid":
        return signs.more is True
    if name == "next" and above in ("cursor", "cursors"):
        return True
    return True


def _likeliest(name: str, value: Any, params: tuple[str, ...], signs: Signs) -> tuple[str, ...]:
    number = whole(value)
    if name in ("next", "nextpage") and number is not None:
        first, second = ("page", "offset") if number == 2 or number != signs.rows else ("offset", "page")
        return (first, second, *params)
    return params


def _sent_back(expression: str, name: str, params: tuple[str, ...], signs: Signs) -> Choice:
    """A cursor pagination, with all names its parameter may have: those that the recipe sends already come first."""
    given = signs.template.given
    names = [spelled_like(name, param) for param in params] if name else list(params)
    variables = signs.template.json.get("variables") if isinstance(signs.template.json, dict) else None
    if isinstance(variables, dict):
        own = [key for key in variables if plain(key) in {plain(param) for param in (*params, name)}]
        names = [f"variables.{key}" for key in (*own, *names)]
    known = [key for key in given if plain(key) in {plain(param) for param in (*params, name)}]
    ordered = tuple(dict.fromkeys((*known, *names)))[:4]
    inside = isinstance(signs.template.json, dict)
    sent = {"cursor": expression, "more": signs.fields.get("more")}
    places = {param: "body" if inside and param not in signs.template.query else "query" for param in ordered}
    choices = tuple(Cursors.model_validate({**sent, "param": param, "in": place}) for param, place in places.items())
    why = f"{expression} is a cursor, sent back as `{choices[0].param}`"
    return Choice(choices[0], why, choices[1:], guessed=True)
