"""Finds where in a JSON answer the records are, and says why there."""

from __future__ import annotations

import re
from typing import Any

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.http.expressions import expression, spell
from fetchtozip_gui.core.http.hints import (
    BESIDE_NAMES,
    CURSORS,
    ENVELOPE_NAMES,
    ID_NAMES,
    MORE,
    NEXT_ADDRESSES,
    PAGES,
    RECORD_NAMES,
    TOTAL_PAGES,
    TOTALS,
    plain,
    words,
)
from fetchtozip_gui.core.http.outline import Array, Node, Object, Scalar
from fetchtozip_gui.core.http.records import Records

_HINT = "Say in source.records where the records are, as a JSONPath such as $.data."
_IDS = (
    re.compile(r"\d+"),
    re.compile(r"\d{4}-\d\d(-\d\d)?([T ].*)?"),
    re.compile(r"[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}"),
    re.compile(r"[A-Za-z]+[-_.:]?\d{3,}"),
    re.compile(r"[0-9a-f]{12,}"),
)
_LINK = re.compile(r"(https?://|/)\S+")
_SAID_BESIDE = words("status success ok message code version object type kind timestamp time took error errors")
_ABOUT = frozenset((*TOTALS, *TOTAL_PAGES, *CURSORS, *MORE, *NEXT_ADDRESSES, *PAGES, *ENVELOPE_NAMES, *_SAID_BESIDE))


def find_records(root: Node) -> tuple[Records, str]:
    """Where the records are, and a sentence that says so; `BadBody` when the answer is an error or no data."""
    if isinstance(root, Array):
        return Records(), "The answer is a list of records."
    if isinstance(root, Scalar):
        raise BadBody("The answer is a single value, no records.", _HINT)
    found = _in_object(root)
    _refuse_error(root, found[0])
    return found


def named_records(root: Node, text: str) -> Records:
    """How to cut what `source.records` names; `BadBody` says what there is when it is not in the first answer."""
    where = expression(text)
    if not where.plain:
        return Records(path=text, kind="matches")
    node = root.at(where.path) if isinstance(root, Object) else (root if not where.path else None)
    path = spell(where.path)
    if node is None:
        if isinstance(root, Object):
            _refuse_error(root, None)
        there = ", ".join(_places(root)) or "nothing else"
        raise BadBody(f"There is nothing at {text} in the answer.", f"There is {there}.")
    if isinstance(node, Array):
        return _array(node).model_copy(update={"path": path}) if not where.members else Records(path=path)
    if isinstance(node, Scalar):
        if node.value is None:
            return Records(path=path)
        raise BadBody(f"At {text} the answer has a single value, no records.", _HINT)
    if where.members:
        return Records(path=text, kind="matches")
    return (
        Records(path=path, kind="keyed", name=_key_column(node))
        if _is_keyed(node)
        else Records(path=path, kind="object")
    )


# --- an object as answer ------------------------------------------------------------------------------------------


def _in_object(root: Object) -> tuple[Records, str]:
    arrays = [node for node in root.walk() if isinstance(node, Array)]
    tables = [node for node in arrays if _is_table(node)]
    # an order with its items is one record, unless something is said about pages
    if tables and not (_is_record(root) and not any(_is_named(node) for node in tables)):
        return _largest(tables)
    if keyed := _keyed(root):
        path, name = spell(keyed.path), _key_column(keyed)
        where = f"The records are the {keyed.count:,} members of the object at {path}"
        return Records(path=path, kind="keyed", name=name), f"{where}; their keys are in the column `{name}`."
    lists = [node for node in arrays if _is_named(node) and not _is_record(root)]
    if lists:
        best = max(lists, key=lambda node: node.size)
        return Records(path=spell(best.path)), f"The records are the list at {spell(best.path)}."
    if nothing := _nothing(root):
        return Records(path=spell(nothing)), f"There are no records: {spell(nothing)} is null."
    inner = _only_object(root)
    return Records(
        path=spell(inner.path), kind="object"
    ), f"The answer is one record, the object at {spell(inner.path)}."


def _is_table(node: Array) -> bool:
    return node.objects >= 0.5 and plain(node.path[-1]) not in BESIDE_NAMES


def _is_named(node: Node) -> bool:
    return plain(node.path[-1]) in RECORD_NAMES


def _is_record(root: Object) -> bool:
    """Whether the answer looks like a thing of its own: it has an id, and says nothing of pages."""
    names = {plain(name) for name, node in root.members.items() if isinstance(node, Scalar) and node.value is not None}
    about = {plain(name) for name in root.members} & (_ABOUT - _SAID_BESIDE)
    return bool(names & ID_NAMES) and not about


def _largest(tables: list[Array]) -> tuple[Records, str]:
    best = max(tables, key=lambda node: node.size * (8 if _is_named(node) else 1) / (1 << (2 * len(node.path))))
    records = _array(best)
    said = f"The records are the list at {records.path} ({len(best.items):,} of them)."
    if others := [f"{spell(node.path)} ({len(node.items):,})" for node in tables if node is not best]:
        said += f" There are other lists: {', '.join(others[:5])}; source.records can name one."
    return records, said


def _array(node: Array) -> Records:
    """An array, or one whose objects only wrap a record each, as the edges of GraphQL do."""
    path = spell(node.path)
    edges = bool(node.path) and plain(node.path[-1]) == "edges" and bool(node.sample)
    if edges and all(isinstance(item, dict) and isinstance(item.get("node"), dict) for item in node.sample):
        return Records(path=path, kind="nodes", name="node")
    return Records(path=path)


def _keyed(root: Object) -> Object | None:
    """The object, at the root or below a name that holds records, whose members are the records."""
    if _is_keyed(root):
        return root
    below = [node for node in root.walk() if isinstance(node, Object) and len(node.path) <= 3 and _is_keyed(node)]
    beside = [node for node in below if plain(node.path[-1]) not in (ENVELOPE_NAMES - RECORD_NAMES)]
    named = [node for node in beside if _is_named(node) or (node.count >= 3 and not _is_record(root))]
    return max(named, key=lambda node: node.size, default=None)


def _is_keyed(node: Object) -> bool:
    members = list(node.members.items())
    if not members:
        return False
    ids = all(any(form.fullmatch(key) for form in _IDS) for key, _ in members)
    objects = [value for _, value in members if isinstance(value, Object)]
    if len(objects) == len(members):
        return (len(members) > 1 and _alike(objects)) or (ids and bool(objects[0].count))
    if not all(isinstance(value, Scalar) for _, value in members):
        return False
    values: list[Any] = [value.value for _, value in members if isinstance(value, Scalar)]
    links = all(isinstance(value, str) and _LINK.fullmatch(value) for value in values)
    kinds = {type(value) for value in values if value is not None}
    return (links and (ids or len(values) > 1)) or (ids and len(values) > 1 and len(kinds) == 1)


def _alike(objects: list[Object]) -> bool:
    """Whether most objects have most of the same members, so that they are rows of one table."""
    seen: dict[str, int] = {}
    for one in objects:
        for name in one.members:
            seen[name] = seen.get(name, 0) + 1
    shared = sum(1 for times in seen.values() if times >= 0.6 * len(objects))
    return bool(seen) and shared >= 0.5 * len(seen)


def _key_column(node: Object) -> str:
    taken = {name for value in node.members.values() if isinstance(value, Object) for name in value.members}
    return next(name for name in ("key", "_key", "__key__", "object_key") if name not in taken)


def _only_object(root: Object) -> Object:
    """The object inside an envelope that says nothing else: `{"status": "ok", "data": {…}}`."""
    inner = [node for node in root.members.values() if isinstance(node, Object) and _is_named(node)]
    rest = [name for name, node in root.members.items() if node not in inner]
    if len(inner) == 1 and all(plain(name) in _ABOUT for name in rest):
        return _only_object(inner[0])
    return root


def _nothing(root: Object) -> tuple[str, ...] | None:
    """Where an envelope has null instead of records: `{"data": null, "next": null}`."""
    empty = [name for name, node in root.members.items() if isinstance(node, Scalar) and node.value is None]
    named = [name for name in empty if plain(name) in RECORD_NAMES - ENVELOPE_NAMES]
    rest = [name for name in root.members if name not in named]
    known = len(named) == 1 and all(plain(name) in _ABOUT for name in rest) and not error_words(root)
    return (named[0],) if known else None


def _refuse_error(root: Object, found: Records | None) -> None:
    """An error told with status 200 is no record: GraphQL's errors, `{"ok": false, "error": "…"}`."""
    if found is not None and (found.kind not in ("object", "keyed") or _is_record(root)):
        return
    if reason := error_words(root):
        raise BadBody(
            f"The source answered with an error instead of data: {reason}.", "Check the request and its credentials."
        )


def error_words(root: Object) -> str:
    """What an error answer says, or nothing when the object is none."""
    for name in ("error", "errors", "fault", "exception"):
        node = root.members.get(name)
        if isinstance(node, Array) and node.items:
            return _said(node.sample[0])
        if isinstance(node, Object):
            inner = {key: value.value for key, value in node.members.items() if isinstance(value, Scalar)}
            return _said(inner)
        if isinstance(node, Scalar) and isinstance(node.value, str) and node.value:
            return node.value[:200]
        if isinstance(node, Scalar) and node.value is True:
            message = root.members.get("message")
            return str(message.value)[:200] if isinstance(message, Scalar) else "no reason given"
    return ""


def _said(value: Any) -> str:
    if isinstance(value, dict):
        for name in ("message", "detail", "title", "reason", "error_description", "code"):
            if value.get(name):
                return str(value[name])[:200]
    return str(value)[:200]


def _places(root: Node) -> list[str]:
    if isinstance(root, Array):
        return [f"a list of {len(root.items):,}"]
    if not isinstance(root, Object):
        return []
    arrays = [f"{spell(node.path)} (a list of {len(node.items):,})" for node in root.walk() if isinstance(node, Array)]
    return arrays[:8] or [spell((name,)) for name in list(root.members)[:8]]
