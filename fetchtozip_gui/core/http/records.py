"""Cuts the records and the few fields that paging needs out of a page's bytes, without parsing the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.http.expressions import Expression, expression
from fetchtozip_gui.core.http.outline import first_byte, nested
from fetchtozip_gui.core.model import Model

Kind = Literal["array", "object", "keyed", "nodes", "matches"]
Text = bytes | memoryview

_EMPTY = b"[]"
_JSON_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError)


class Records(Model):
    """Where the records are: an array, one object, an object keyed by id, objects wrapped one by one, or matches."""

    path: str = "$"
    kind: Kind = "array"
    name: str = ""
    """For `keyed` the column that keeps the key, for `nodes` the member that holds each record."""


@dataclass(frozen=True, slots=True)
class Cut:
    """`records` is one JSON array; `rows` is None where nobody had to count; `found` says that the place was there."""

    records: Text
    rows: int | None
    fields: dict[str, Any] = field(default_factory=dict)
    found: bool = True


class Cutter:
    """Cuts pages of one shape. `fields` are expressions by name; what is missing or null in a page is left out."""

    def __init__(self, records: Records, fields: Mapping[str, str] | None = None) -> None:
        self._records = records
        self._where = expression(records.path)
        self._fields = {name: expression(text) for name, text in (fields or {}).items()}
        paths = {self._where.path, *(where.path for where in self._fields.values())}
        self._envelope = Envelope(paths) if paths != {()} else None

    def cut(self, body: Text) -> Cut:
        """The page's records and fields; `BadBody` when the body is not JSON or its records have another shape."""
        try:
            if self._envelope is None and not self._fields:
                return self._shaped(body, {})
            leaves: dict[tuple[str, ...], Text] = self._envelope.open(body) if self._envelope else {(): body}
            fields = {}
            for name, where in self._fields.items():
                value = _field(where, leaves.get(where.path))
                if value is not None:
                    fields[name] = value
            return self._shaped(leaves.get(self._where.path), fields)
        except RecursionError:
            raise nested() from None
        except _JSON_ERRORS as error:
            raise BadBody(f"The body is not valid JSON: {error}.") from None

    def _shaped(self, text: Text | None, fields: dict[str, Any]) -> Cut:
        if text is None:
            return Cut(_EMPTY, 0, fields, found=False)
        start = first_byte(text)
        if start == b"n":
            return Cut(_EMPTY, 0, fields)
        match self._records.kind:
            case "array":
                self._demand(start, b"[")
                return Cut(text, None, fields)
            case "object":
                self._demand(start, b"{")
                return Cut(b"[%b]" % bytes(text), 1, fields)
            case "keyed":
                self._demand(start, b"{")
                rows = _keyed(text, self._records.name)
            case "nodes":
                self._demand(start, b"[")
                rows = _nodes(text, self._records.name)
            case "matches":
                rows = _matches(self._where, text)
        return Cut(b"[%b]" % b",".join(rows), len(rows), fields)

    def _demand(self, start: bytes, wanted: bytes) -> None:
        if start != wanted:
            kind = {b"[": "an array", b"{": "an object"}
            raise BadBody(
                f"The records at {self._where.text} are {kind.get(start, 'a single value')}, not {kind[wanted]}.",
                "Say in source.records where the records are, as a JSONPath.",
            )


def count(records: Text) -> int:
    """How many items a JSON array has, without decoding them."""
    try:
        return len(msgspec.json.decode(records, type=list[msgspec.Raw]))
    except RecursionError:
        raise nested() from None
    except _JSON_ERRORS as error:
        raise BadBody(f"The body is not valid JSON: {error}.") from None


# --- pieces of bytes ----------------------------------------------------------------------------------------------


def _keyed(text: Text, column: str) -> list[bytes]:
    """`{"7": {"a": 1}}` as rows `{"key": "7", "a": 1}`, and `{"7": 1}` as `{"key": "7", "value": 1}`."""
    rows = []
    taken = msgspec.json.encode(column)
    for key, raw in msgspec.json.decode(text, type=dict[str, msgspec.Raw]).items():
        value = bytes(raw)
        head = b"{%b:%b," % (taken, msgspec.json.encode(key))
        if value[:1] != b"{":
            rows.append(b'%b"value":%b}' % (head, value))
            continue
        if taken in value and column in msgspec.json.decode(value, type=dict[str, msgspec.Raw]):
            raise BadBody(
                f"The record {key!r} has a field `{column}` of its own, which would hide its key.",
                "Say in source.records where the records are, as a JSONPath ending in [*]; the keys are left out then.",
            )
        inside = value[1:].lstrip()
        rows.append(head[:-1] + b"}" if inside == b"}" else head + inside)
    return rows


def _nodes(text: Text, name: str) -> list[bytes]:
    items = msgspec.json.decode(text, type=list[dict[str, msgspec.Raw] | None])
    return [bytes(item[name]) for item in items if item and name in item]


def _matches(where: Expression, text: Text) -> list[bytes]:
    """What the expression selects, encoded again; arrays that it names (and does not list) give their items."""
    found = []
    for value in where.matches(msgspec.json.decode(text)):
        found.extend(value if isinstance(value, list) and not where.members else [value])
    return [msgspec.json.encode(value) for value in found]


def _field(where: Expression, text: Text | None) -> Any:
    if text is None:
        return None
    if where.rest == "$":
        return msgspec.json.decode(text)
    if where.rest.startswith("$[-1]") and first_byte(text) == b"[":
        # the last record's id: only that record is decoded
        last = msgspec.json.decode(text, type=list[msgspec.Raw])[-1:]
        text = b"[%b]" % b"".join(bytes(raw) for raw in last)
    return next(where.matches(msgspec.json.decode(text)), None)


# --- one pass over the envelope -----------------------------------------------------------------------------------


class Envelope:
    """The bytes at some paths of a body, found in one pass that decodes nothing."""

    def __init__(self, paths: set[tuple[str, ...]], here: tuple[str, ...] = ()) -> None:
        self._paths = paths
        self._here = here
        self._leaves: list[tuple[str, tuple[str, ...]]] = []
        self._branches: list[tuple[str, Envelope]] = []
        self._inner: list[tuple[tuple[str, ...], Envelope]] = []
        fields: list[tuple[str, Any, Any]] = []
        for number, name in enumerate(sorted({path[len(here)] for path in paths if len(path) > len(here)})):
            fields.append(
                (f"f{number}", self._add(f"f{number}", (*here, name)), msgspec.field(default=None, name=name))
            )
        self._type = msgspec.defstruct("Envelope", fields)
        self._decoder = msgspec.json.Decoder(self._type)

    def _add(self, attribute: str, path: tuple[str, ...]) -> Any:
        below = {other for other in self._paths if len(other) > len(path) and other[: len(path)] == path}
        if path in self._paths:
            self._leaves.append((attribute, path))
            if below:
                self._inner.append((path, Envelope(below, path)))
            return msgspec.Raw
        branch = Envelope(below, path)
        self._branches.append((attribute, branch))
        return branch._type | None

    def open(self, body: Text) -> dict[tuple[str, ...], Text]:
        """The undecoded values by path; what is missing is left out."""
        try:
            found: dict[tuple[str, ...], Text] = {}
            self._gather(self._decoder.decode(body), found)
        except msgspec.ValidationError:
            # something on the way is no object, such as the empty list that PHP writes for an empty object
            found = {path: text for path in self._paths if (text := _at(body, path[len(self._here) :])) is not None}
        if () in self._paths:
            found[()] = body
        return found

    def _gather(self, struct: Any, found: dict[tuple[str, ...], Text]) -> None:
        for attribute, path in self._leaves:
            raw = getattr(struct, attribute)
            if raw is not None:
                found[path] = memoryview(raw)
        for attribute, branch in self._branches:
            below = getattr(struct, attribute)
            if below is not None:
                branch._gather(below, found)
        for path, inner in self._inner:
            if path in found:
                found.update(inner.open(found[path]))


def _at(text: Text, path: tuple[str, ...]) -> Text | None:
    for name in path:
        if first_byte(text) != b"{":
            return None
        raw = msgspec.json.decode(text, type=dict[str, msgspec.Raw]).get(name)
        if raw is None:
            return None
        text = memoryview(raw)
    return text
