"""Secrets in recipes: how they are written, resolved and kept out of everything that is shown."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from fetchtozip_gui.core.errors import RecipeError

MASK = "***"
Keyring = Callable[[str], str]
"""Gives the secret kept under a name, or raises `RecipeError`."""

_NAMES = re.compile(
    r"(^|[-_.])(auth|authorization|cookie|credentials?|jwt|key|apikey|passwd|password|pwd|secret|session|sig|signature|token)"
    r"($|[-_.])|apikey|accesstoken|clientsecret|password|secret",
    re.IGNORECASE,
)


def is_secret_name(name: str) -> bool:
    """Whether a header, parameter or field of this name is kept out of logs, records and exports."""
    return bool(_NAMES.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)))


class Secret:
    """A password or token, or a reference to one (`keyring:NAME`, `env:NAME`). Never shown by str, repr or JSON."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @property
    def is_reference(self) -> bool:
        return self._text.startswith(("keyring:", "env:"))

    def written(self) -> str:
        """As the recipe's author wrote it: for the worker's pipe and the user's own recipe file alone."""
        return self._text

    def reveal(self, keyring: Keyring) -> str:
        """The secret itself; `RecipeError` when the variable or the keyring's entry is missing."""
        kind, _, name = self._text.partition(":")
        if kind == "env" and name:
            try:
                return os.environ[name]
            except KeyError:
                raise RecipeError(
                    f"the environment variable {name} is not set.", "Set it, or use keyring:NAME."
                ) from None
        if kind == "keyring" and name:
            return keyring(name)
        return self._text

    def __str__(self) -> str:
        return self._text if self.is_reference else MASK

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = core_schema.no_info_after_validator_function(cls, core_schema.str_schema())
        return core_schema.json_or_python_schema(
            json_schema=written,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), written]),
            serialization=core_schema.plain_serializer_function_ser_schema(_dump, info_arg=True),
        )


def _dump(secret: Secret, info: Any) -> str:
    return secret.written() if (info.context or {}).get("secrets") else str(secret)


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
    return value if isinstance(value, str) and value.startswith(("keyring:", "env:")) else MASK
