"""Keeps every secret that this client sends out of everything it says, in each spelling a server may echo."""

from __future__ import annotations

import base64
import json
import threading
from functools import cached_property
from urllib.parse import quote, quote_plus

from fetchtozip_gui.core.secrets import MASK, redact_url

_TELLING = 8
"""A secret shorter than this is found in harmless text by chance, so its presence proves nothing."""


class Veil:
    """Known secrets, and texts without them. Safe to use from several threads."""

    def __init__(self, secrets: frozenset[str] = frozenset()) -> None:
        self._lock = threading.Lock()
        self._known = _Known(secrets - {""})

    @property
    def secrets(self) -> frozenset[str]:
        return self._known.secrets

    def add(self, *secrets: str) -> None:
        """Remember secrets from now on; the empty one is none."""
        with self._lock:
            self._known = _Known(self._known.secrets | set(secrets) - {""})

    def plus(self, secrets: frozenset[str]) -> Veil:
        """One more veil that knows these too, for what belongs to a single page."""
        return Veil(self.secrets | secrets)

    def cover(self, text: str) -> str:
        for spelling in self._known.spellings:
            if spelling in text:
                text = text.replace(spelling, MASK)
        return text

    def cover_url(self, url: str) -> str:
        try:
            return self.cover(redact_url(url))
        except ValueError:  # not even an address
            return self.cover(url.partition("?")[0])

    def shows(self, text: str) -> bool:
        """Whether a secret can be read in `text`."""
        return any(len(spelling) >= _TELLING and spelling in text for spelling in self._known.spellings)


class _Known:
    """A set of secrets with their spellings, worked out when first needed."""

    def __init__(self, secrets: frozenset[str]) -> None:
        self.secrets = secrets

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        found = {spelling for secret in self.secrets for spelling in _spellings(secret)}
        # the longest first: a secret that is part of another one would leave the rest of it standing
        return tuple(sorted(found, key=lambda text: (-len(text), text)))


def _spellings(secret: str) -> set[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    encoded = base64.b64encode(raw).decode()
    safe = raw.decode("utf-8", "replace")
    return {
        secret,
        quote(safe, safe=""),
        quote(safe),
        quote_plus(safe),
        json.dumps(secret)[1:-1],
        encoded,
        encoded.rstrip("="),
        base64.urlsafe_b64encode(raw).decode(),
    }
