"""Tells by their names which values of a document are secrets, and masks them; light enough for the first paint."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

MASK = "***"
REFERENCES = ("keyring:", "env:")
"""How values begin that only say where their secret is."""

_NAMES = re.compile(
    r"(^|[-_.])(auth|authorization|cookie|credentials?|jwt|key|apikey|passwd|password|pwd|secret|session|sig|signature|token)"
    r"($|[-_.])|apikey|accesstoken|clientsecret|password|secret",
    re.IGNORECASE,
)


def is_secret_name(name: str) -> bool:
    """Whether a header, parameter or field of this name is kept out of logs, records and exports."""
    return bool(_NAMES.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)))


def is_reference(value: object) -> TypeGuard[str]:
    """Whether a value only says where its secret is."""
    return isinstance(value, str) and value.startswith(REFERENCES)


def references(value: Any) -> Iterator[str]:
    """Every reference in a document."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)
    elif is_reference(value):
        yield value


def redact_url(url: str) -> str:
    """The address with its password and every query value of a secret-sounding name masked."""
    try:
        parts = urlsplit(url)
    except ValueError:  # no address after all: nobody can say where a password would stand in it
        return MASK
    host = parts.netloc
    if "@" in host:
        user, _, address = host.rpartition("@")
        host = f"{user.partition(':')[0]}:{MASK}@{address}" if ":" in user else f"{MASK}@{address}"
    query = parts.query
    pairs = parse_qsl(query, keep_blank_values=True)
    if any(is_secret_name(name) for name, _ in pairs):
        masked = [(name, MASK if is_secret_name(name) else value) for name, value in pairs]
        query = urlencode(masked, quote_via=quote, safe="*")
    return urlunsplit((parts.scheme, host, parts.path, query, parts.fragment))


def redact(value: Any) -> Any:
    """A JSON value without its secrets: by the names of keys, and in every string that is an address."""
    if isinstance(value, Mapping):
        return {
            key: (_mask(item) if is_secret_name(str(key)) and not isinstance(item, (Mapping, list)) else redact(item))
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [redact(item) for item in value]
    if isinstance(value, str) and "://" in value:
        return redact_url(value)
    return value


def _mask(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    return value if is_reference(value) else MASK


def plain_secrets(value: Any) -> tuple[str, ...]:
    """The names of the secrets that stand in a recipe's document in plain, each once."""
    return tuple(dict.fromkeys(_plain(value, "")))


def secrets_in_url(url: str) -> tuple[str, ...]:
    """The names of the secrets that an address holds in plain: `password` for that of its user, those of its query."""
    try:
        parts = urlsplit(url)
        # a user without a password is one itself, as tokens are written
        user = parts.password if parts.password is not None else parts.username
    except ValueError:  # no address yet
        return ()
    found = ["password"] if user and _is_plain(user) else []
    return (*found, *(name for name, text in parse_qsl(parts.query) if is_secret_name(name) and _is_plain(text)))


def _plain(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _plain(item, str(key))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _plain(item, "")
    elif name and is_secret_name(name) and value is not None and not isinstance(value, bool):
        if not isinstance(value, str) or _is_plain(value):
            yield name
    elif isinstance(value, str) and "://" in value:
        yield from secrets_in_url(value)


def _is_plain(text: str) -> bool:
    return bool(text) and text != MASK and not is_reference(text)
