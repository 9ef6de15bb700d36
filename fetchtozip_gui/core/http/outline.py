"""The structure of a JSON answer, seen without decoding its records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Union

import msgspec

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.depth import LIMIT

DEPTH = 5
"""Objects within objects that are looked into; records are not buried deeper."""
WIDTH = 400
"""Members of one object that are looked into."""
SAMPLE = 50
"""Items of an array that are decoded to see what they are."""

_BLANK = b" \t\r\n"


@dataclass(frozen=True)
class Scalar:
    path: tuple[str, ...]
    value: Any


@dataclass(frozen=True)
class Array:
    """`items` are the still undecoded members."""

    path: tuple[str, ...]
    items: list[msgspec.Raw] = field(repr=False)
    size: int

    @cached_property
    def sample(self) -> list[Any]:
        try:
            return [msgspec.json.decode(item) for item in self.items[:SAMPLE]]
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BadBody(f"The body is not valid JSON: {error}.") from None

    @property
    def objects(self) -> float:
        """The share of objects among the items."""
        return sum(isinstance(item, dict) for item in self.sample) / len(self.sample) if self.sample else 0.0


@dataclass(frozen=True)
class Object:
    """`count` members, of which the first `WIDTH` are outlined; below `DEPTH` none are."""

    path: tuple[str, ...]
    members: dict[str, Node] = field(repr=False)
    count: int
    size: int

    def walk(self) -> Iterator[Node]:
        """Everything below, outermost first; not into arrays."""
        level: list[Object] = [self]
        while level:
            deeper: list[Object] = []
            for node in (node for parent in level for node in parent.members.values()):
                yield node
                if isinstance(node, Object):
                    deeper.append(node)
            level = deeper

    def at(self, path: tuple[str, ...]) -> Node | None:
        node: Node = self
        for name in path:
            if not isinstance(node, Object) or name not in node.members:
                return None
            node = node.members[name]
        return node


Node = Union[Scalar, Array, Object]  # noqa: UP007 - a name that is used before it is defined


def outline(body: bytes | memoryview) -> Node:
    """The structure of a JSON body; `BadBody` when it is not JSON or nested absurdly deep."""
    try:
        return _node(body, (), DEPTH)
    except RecursionError:
        raise nested() from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadBody(f"The body is not valid JSON: {error}.") from None


def nested() -> BadBody:
    """What is said of a body that is too deep to be looked into."""
    return BadBody(
        f"The JSON is nested deeper than {LIMIT} levels, the limit.",
        "Data this deep is no table; check that the address answers what you expect.",
    )


def _node(text: bytes | memoryview | msgspec.Raw, path: tuple[str, ...], depth: int) -> Node:
    view = memoryview(text)
    kind = first_byte(view)
    if kind == b"[":
        return Array(path, msgspec.json.decode(text, type=list[msgspec.Raw]), len(view))
    if kind == b"{":
        found = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
        shown = list(found.items())[: WIDTH if depth else 0]
        members = {name: _node(raw, (*path, name), depth - 1) for name, raw in shown}
        return Object(path, members, len(found), len(view))
    return Scalar(path, msgspec.json.decode(text))


def first_byte(text: bytes | memoryview) -> bytes:
    """The first byte that is not white space, or nothing."""
    for at in range(len(text)):
        one = bytes(text[at : at + 1])
        if one not in _BLANK:
            return one
    return b""
