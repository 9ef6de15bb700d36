"""Secrets in recipes: how they are written, and resolved."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.core.masking import MASK, is_reference, is_secret_name, redact, redact_url

__all__ = ["MASK", "Keyring", "Secret", "is_secret_name", "redact", "redact_url"]

Keyring = Callable[[str], str]
"""Gives the secret kept under a name, or raises `RecipeError`."""


class Secret:
    """A password or token, or a reference to one (`keyring:NAME`, `env:NAME`). Never shown by str, repr or JSON."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @property
    def is_reference(self) -> bool:
        return is_reference(self._text)

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
