"""Sees what goes over the wire, for who tries a source out, and shows it without its secrets."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

import httpx

from fetchtozip_gui.core.http.veil import Veil
from fetchtozip_gui.core.secrets import MASK, is_secret_name, redact

SHOWN = 256 << 10
"""Bytes of a body that are shown."""

Pairs = tuple[tuple[str, str], ...]
Text = bytes
"""What a body is; an answer's `bytes` is the number of them."""


class Watch(Protocol):
    """Is told of each request as it is sent and of each answer that came to its end, redirects included.

    Both hold secrets; the veil knows all of them.
    """

    def sent(self, method: str, url: str, headers: list[tuple[str, str]], body: bytes | None, veil: Veil) -> None: ...
    def received(
        self, status: int, headers: httpx.Headers, body: bytes, wire_bytes: int, seconds: float, veil: Veil
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it was sent, its secrets masked."""

    method: str
    url: str
    headers: Pairs = ()
    body: str = ""

    def curl(self) -> str:
        """As a command of curl; where a secret was there stands its mask."""
        words = ["curl", *(["-X", self.method] if self.method != "GET" or self.body else []), self.url]
        for name, value in self.headers:
            words += ["-H", f"{name}: {value}"]
        if self.body:
            words += ["--data-raw", self.body]
        if any(name.lower() == "accept-encoding" for name, _ in self.headers):
            words.append("--compressed")
        return " ".join(shlex.quote(word) for word in words)


@dataclass(frozen=True, slots=True)
class Received:
    """An answer, whatever its status; `bytes` is its size on the wire, `body` the decoded start of it."""

    status: int
    reason: str
    headers: Pairs
    seconds: float
    bytes: int
    body: Text
    content_type: str


class Watched:
    """Keeps the newest request and its answer."""

    def __init__(self) -> None:
        self.request: Sent | None = None
        self.answer: Received | None = None

    def sent(self, method: str, url: str, headers: list[tuple[str, str]], body: bytes | None, veil: Veil) -> None:
        self.request = Sent(method, veil.cover_url(url), _headers(headers, veil), _body(body, veil))
        self.answer = None

    def received(
        self, status: int, headers: httpx.Headers, body: bytes, wire_bytes: int, seconds: float, veil: Veil
    ) -> None:
        self.answer = Received(
            status,
            _reason(status),
            _headers(headers.multi_items(), veil),
            seconds,
            wire_bytes or len(body),
            _covered(body, veil)[:SHOWN],
            headers.get("content-type", ""),
        )


def _headers(pairs: Iterable[tuple[str, str]], veil: Veil) -> Pairs:
    return tuple((_name(name), _value(name, value, veil)) for name, value in pairs)


def _name(name: str) -> str:
    """`content-type` as `Content-Type`; what has capitals already stays."""
    return name.title() if name.islower() else name


def _value(name: str, value: str, veil: Veil) -> str:
    covered = veil.cover(value)
    if not is_secret_name(name) or covered != value:
        return covered
    scheme, space, rest = value.partition(" ")
    # the kind of credentials is worth knowing, as in `Bearer ***`
    return f"{scheme} {MASK}" if space and rest and scheme.isalpha() else MASK


def _body(body: bytes | None, veil: Veil) -> str:
    if not body:
        return ""
    text = body[:SHOWN].decode("utf-8", "replace")
    try:
        value = json.loads(body)
    except ValueError:
        return veil.cover(text)
    shown = redact(value) if isinstance(value, (Mapping, list)) else value
    return veil.cover(json.dumps(shown, ensure_ascii=False))[:SHOWN]


def _covered(body: bytes, veil: Veil) -> bytes:
    """A source may say back what it was sent. A little more than what is shown, so that no secret is cut in two."""
    start = body[: SHOWN + 4096]
    if not veil.secrets:
        return start
    return veil.cover(start.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
