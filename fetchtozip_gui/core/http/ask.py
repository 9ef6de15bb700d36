"""One page's request made ready: address, method, body, and what of it is private to the source's own origin."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from fetchtozip_gui.core.errors import PageFailed, RecipeError
from fetchtozip_gui.core.http.address import Address, address, with_params
from fetchtozip_gui.core.http.message import Params, Request
from fetchtozip_gui.core.http.redirects import Borders, foreign
from fetchtozip_gui.core.http.signing import sendable
from fetchtozip_gui.core.http.statuses import shortened
from fetchtozip_gui.core.http.veil import Veil
from fetchtozip_gui.core.masking import is_reference
from fetchtozip_gui.core.secrets import Keyring, Secret, is_secret_name

HeaderTable = Mapping[str, tuple[str, str]]
"""Headers by their lower-case name, each with its name and value as they are sent."""

PUBLIC = frozenset({"accept", "accept-encoding", "accept-language", "user-agent"})
"""Headers that say nothing about who asks; only these go to another origin."""

_OURS = frozenset(
    ("connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade")
)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_REFERENCE = re.compile(r"keyring:.+|env:[A-Z_][A-Z0-9_]*", re.ASCII | re.DOTALL)
_ECHOED = 8
"""A value of a secret-sounding name counts as a secret from this length on: `key=id` names no secret."""


@dataclass(frozen=True, slots=True)
class Ask:
    """`headers` belong to the source's own origin, except the public ones. `page` is 0 where there are none."""

    request: Request
    address: Address
    method: str
    body: bytes | None
    headers: HeaderTable
    page: int
    where: Where
    base_veil: Veil

    def veil(self) -> Veil:
        """What must not be shown, with the secrets of this page alone; worked out only when something is told."""
        return self.base_veil.plus(_own_secrets(self.request, self.headers))


@dataclass(frozen=True, slots=True)
class Where:
    """Which page an error speaks of, without secrets; composed only when it is told."""

    page: int
    url: str
    veil: Veil

    def __str__(self) -> str:
        shown = shortened(self.veil.cover_url(self.url))
        return f"Page {self.page} ({shown})" if self.page else shown


class References:
    """Looks up `keyring:NAME` and `env:NAME` where headers and parameters hold them, each once."""

    def __init__(self, keyring: Keyring, veil: Veil) -> None:
        self._keyring = keyring
        self._veil = veil
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()

    def value(self, text: Any) -> Any:
        if not is_reference(text) or not _REFERENCE.fullmatch(text):
            return text
        with self._lock:
            if text not in self._known:
                secret = Secret(text).reveal(self._keyring).strip("\r\n")
                self._veil.add(secret)
                self._known[text] = secret
            return self._known[text]

    def params(self, params: Params) -> Params:
        if not any(isinstance(value, str) and value[:4] in ("keyr", "env:") for value in params.values()):
            return params
        return {name: self.value(value) for name, value in params.items()}


def header_table(headers: Mapping[str, str], references: References) -> dict[str, tuple[str, str]]:
    """Check headers of a recipe; `RecipeError` names the one that cannot be sent."""
    table = {}
    for name, value in headers.items():
        path = f"source.headers.{name[:60]!r}"
        if not _NAME.fullmatch(name):
            raise RecipeError(f"{path}: is no name of a header.", "Use letters, digits and hyphens.")
        if name.lower() in _OURS:
            raise RecipeError(f"{path}: is written by the program itself.", "Leave it out.")
        table[name.lower()] = (name, sendable(references.value(str(value)), path).strip())
    return table


def prepared(request: Request, headers: HeaderTable, borders: Borders, veil: Veil, references: References) -> Ask:
    """`PageFailed` for an address that is none, `PagingError` for one on a host that is not the source's."""
    params = references.params(request.params)
    base = _address(request, veil)
    url = with_params(base.text, params)
    target = base if url is base.text else Address(url, base.origin, base.scheme, base.host, base.port)
    where = Where(request.page, url, veil)
    method = request.method.upper()
    body = None if request.json is None else _written(request.json)
    if request.headers or body is not None:
        own = header_table(request.headers, references)
        json_type = {"content-type": ("Content-Type", "application/json")} if body is not None else {}
        headers = {**json_type, **headers, **own}
    if not borders.is_home(target):
        target = _abroad(target, params, body, borders, where)
    return Ask(request, target, method, body, headers, request.page, where, veil)


def _address(request: Request, veil: Veil) -> Address:
    reason = ""
    try:
        return address(request.url)
    except ValueError as error:
        reason = veil.cover(str(error))
    raise PageFailed(
        f"{Where(request.page, request.url, veil)} cannot be fetched: {reason}.",
        "An address is written https://host/path.",
        page=request.page,
    )


def _abroad(target: Address, params: Params, body: bytes | None, borders: Borders, where: Where) -> Address:
    if not borders.is_allowed(target):
        raise foreign(where, target, borders)
    if body is not None:
        raise PageFailed(
            f"{where} is on another host than the source's first page, and a body is not sent there.",
            "Make it a source of its own.",
            page=where.page,
        )
    text = with_params(target.text, {name: None for name in params if is_secret_name(name)})
    return Address(text, target.origin, target.scheme, target.host, target.port)


def _written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _own_secrets(request: Request, headers: HeaderTable) -> frozenset[str]:
    pairs: list[tuple[str, Any]] = list(parse_qsl(request.url.partition("?")[2]))
    pairs += request.params.items()
    pairs += headers.values()
    _collect(request.json, pairs.append)
    values = (str(value) for name, value in pairs if is_secret_name(name))
    return frozenset(text for value in values for text in (value, value.partition(" ")[2]) if len(text) >= _ECHOED)


def _collect(value: Any, add: Callable[[tuple[str, Any]], None]) -> None:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if isinstance(item, (str, int, float)):
                add((str(name), item))
            else:
                _collect(item, add)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _collect(item, add)
