"""Turns a first answer into a plan: which format, where the records are, how the other pages are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.http.candidates import find_records, named_records
from fetchtozip_gui.core.http.expressions import expression
from fetchtozip_gui.core.http.links import linked
from fetchtozip_gui.core.http.message import Answer
from fetchtozip_gui.core.http.numbers import numbered
from fetchtozip_gui.core.http.outline import Array, Node, Object, outline
from fetchtozip_gui.core.http.paging import AutoPages, Cursors, Known, Links, NextAddresses, OnePage, PageNumbers, Plan
from fetchtozip_gui.core.http.records import Cutter, Records, count
from fetchtozip_gui.core.http.signs import Choice, Signs, next_named, read_signs
from fetchtozip_gui.core.http.sniff import Format, refuse_html, sniff, utf8
from fetchtozip_gui.core.http.template import Template

AUTO = AutoPages()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the recipe says of its own; the rest is found out."""

    format: Format | Literal["auto"] = "auto"
    records: str = "auto"
    pagination: AutoPages | Known = AUTO


def detect(answer: Answer, wanted: Wanted, template: Template) -> tuple[Plan, list[Said]]:
    """The plan, and a sentence for each thing that was found out; `BadBody` when the answer is no data."""
    said: list[str] = []
    form = _format(answer, wanted, said)
    root: Node | None = None
    records = Records()
    rows = 0
    if form == "json":
        body = utf8(answer.body, answer.headers.get("content-type", ""))
        root, records = _records(body, wanted, said)
        rows = _rows(root, records, body)
    elif wanted.records != "auto":
        said.append(f"source.records is for JSON alone; all rows of the {form} are taken.")
    where = expression(records.path).path if expression(records.path).plain else ()
    signs = read_signs(root, where, rows, answer.headers, template)
    if isinstance(wanted.pagination, AutoPages):
        choice = _choose(answer, root, records, where, signs, form)
        said.append(f"Pagination: {_words(choice)}.")
    else:
        choice = Choice(wanted.pagination, "the recipe says so")
    plan = Plan(
        format=form,
        records=records,
        pagination=choice.how,
        guesses=choice.guesses,
        guessed=choice.guessed,
        fields=_fields(choice.how, signs),
        headers=signs.headers,
    )
    return plan, [Said(text) for text in said]


def _format(answer: Answer, wanted: Wanted, said: list[str]) -> Format:
    if wanted.format != "auto":
        if wanted.format != "xml":
            refuse_html(answer.body, "The answer")
        return wanted.format
    form, why = sniff(answer)
    said.append(f"Format: {form}, because {why}.")
    return form


def _records(body: bytes, wanted: Wanted, said: list[str]) -> tuple[Node | None, Records]:
    if not body.strip():
        return None, Records() if wanted.records == "auto" else Records(path=wanted.records)
    root = outline(body)
    if wanted.records != "auto":
        return root, named_records(root, wanted.records)
    records, words = find_records(root)
    said.append(words)
    return root, records


def _rows(root: Node | None, records: Records, body: bytes) -> int:
    if root is None:
        return 0
    if records.kind == "array":
        where = expression(records.path).path
        node: Any = root.at(where) if isinstance(root, Object) else root
        return len(node.items) if isinstance(node, Array) else 0
    cut = Cutter(records).cut(body)
    return cut.rows if cut.rows is not None else count(cut.records)


def _choose(
    answer: Answer, root: Node | None, records: Records, where: tuple[str, ...], signs: Signs, form: Format
) -> Choice:
    if records.kind == "object":
        if linked(answer.headers.get("link"), "next") is not None:
            return Choice(Links(), "the answer has a Link header with rel=next")
        return Choice(OnePage(), "the answer is a single record")
    if form in ("xlsx", "parquet") and linked(answer.headers.get("link"), "next") is None:
        return Choice(OnePage(), f"the answer is a whole {form} file")
    found = next_named(root, where, answer.headers, signs)
    if found:
        return found
    if answer.headers.get("link") and linked(answer.headers["link"], "prev") is None and _names_pages(answer):
        return Choice(OnePage(), "the Link header names no next page")
    return numbered(signs)


def _names_pages(answer: Answer) -> bool:
    return any(linked(answer.headers["link"], relation) is not None for relation in ("first", "last"))


def _fields(how: Known, signs: Signs) -> dict[str, str]:
    fields = dict(signs.fields)
    if isinstance(how, NextAddresses):
        fields["next"] = how.next
    if isinstance(how, Cursors):
        fields["next"] = how.cursor
        if how.more:
            fields["more"] = how.more
    if isinstance(how, (OnePage, Links)) or (isinstance(how, NextAddresses) and "more" in fields):
        fields.pop("more", None)
    return fields


def _words(choice: Choice) -> str:
    how = choice.how
    match how:
        case OnePage():
            kind = "one request"
        case PageNumbers():
            kind = f"page numbers in `{how.param}`"
        case Cursors():
            kind = "a cursor"
        case Links():
            kind = "Link headers"
        case NextAddresses():
            kind = "next addresses"
        case _:
            kind = f"offsets in `{how.offset_param}`"
    tried = ", still to be tried" if choice.guessed and choice.guesses else ""
    return f"{kind}, because {choice.why}{tried}"
