"""Takes secrets out of text by their values, in every form in which they travel."""

from __future__ import annotations

import base64
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from fetchtozip_gui.core.secrets import MASK, is_secret_name

SHORTEST = 4
"""Characters of the shortest value that is looked for: shorter ones are in every text, and only their names tell."""
MOST = 500
"""Values that are remembered; the longest unused is forgotten first."""


class Redactor:
    """Knows the secrets of the recipes at work and masks them in any text. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forms: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def learn(self, values: Iterable[str]) -> None:
        """Mask these from now on, also base64, percent-encoded and as JSON writes them."""
        with self._lock:
            for value in values:
                if len(value) >= SHORTEST:
                    self._forms.setdefault(value, ())
                    self._forms[value] = self._forms[value] or _forms(value)
                    self._forms.move_to_end(value)
            while len(self._forms) > MOST:
                self._forms.popitem(last=False)

    def text(self, text: str) -> str:
        """`text` with every known secret masked."""
        with self._lock:
            known = [form for forms in self._forms.values() for form in forms]
        found = {form for form in known if form in text}
        # the longest first: a form may contain another one
        for form in sorted(found, key=len, reverse=True):
            text = text.replace(form, MASK)
        return text

    def value(self, value: Any) -> Any:
        """A JSON value with every known secret masked, in keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in value]
        return value


def _forms(value: str) -> tuple[str, ...]:
    data = value.encode("utf-8", "surrogatepass")
    forms = {value, quote(value, safe="", errors="replace"), quote(value, errors="replace")}
    forms |= {quote_plus(value, errors="replace"), json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    forms |= {repr(value)[1:-1], data.hex()}
    for shift in range(3):
        # inside a longer text, as in the user:password of Basic, only characters made of the secret alone are known
        within = slice(-(-shift * 8 // 6), (shift + len(data)) * 8 // 6)
        forms.add(base64.b64encode(bytes(shift) + data).decode()[within])
        forms.add(base64.urlsafe_b64encode(bytes(shift) + data).decode()[within])
    return tuple(form for form in forms if len(form) >= SHORTEST)


def secrets_in(written: Any, shown: Any, environment: Mapping[str, str]) -> Iterator[str]:
    """The secret texts of a recipe: what stands in the `written` document and is masked in the `shown` one.

    References to the environment are followed; those to the keyring are learned when they are read.
    """
    if isinstance(written, Mapping):
        for key, item in written.items():
            yield from secrets_in(item, shown.get(key) if isinstance(shown, Mapping) else None, environment)
    elif isinstance(written, (list, tuple)):
        others = shown if isinstance(shown, (list, tuple)) and len(shown) == len(written) else [None] * len(written)
        for item, other in zip(written, others, strict=True):
            yield from secrets_in(item, other, environment)
    elif isinstance(written, str):
        yield from _secrets_in_text(written, shown, environment)
    elif shown == MASK and written is not None:
        yield str(written)


def _secrets_in_text(written: str, shown: Any, environment: Mapping[str, str]) -> Iterator[str]:
    kind, _, name = written.partition(":")
    if kind == "env" and name in environment:
        yield environment[name]
    elif shown == written or kind in ("env", "keyring"):
        return
    elif isinstance(shown, str) and shown != MASK and "://" in written:
        yield from _secrets_in_url(written)
    else:
        yield written
        # "Bearer TOKEN": what comes back in an error is often the second word alone
        yield from written.split()[1:]


def _secrets_in_url(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    user, at, _ = parts.netloc.rpartition("@")
    if at:
        password = user.partition(":")[2] or user
        yield password
        yield unquote(password)
    yield from (value for name, value in parse_qsl(parts.query) if is_secret_name(name))


def learning(read: Callable[[str], str], redactor: Redactor) -> Callable[[str], str]:
    """`read`, whose every answer the redactor masks from then on."""

    def answer(name: str) -> str:
        secret = read(name)
        redactor.learn([secret])
        return secret

    return answer
