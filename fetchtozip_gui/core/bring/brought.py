"""What was made of something pasted or dropped: a recipe to look at, with what is to be known of it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.core.http.hints import words
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.referring import refer
from fetchtozip_gui.core.secrets import MASK, redact_url

_OWN_HEADERS = words(
    "accept-encoding connection content-length expect host keep-alive te trailer transfer-encoding upgrade "
    "upgrade-insecure-requests priority dnt pragma cache-control if-none-match if-modified-since postman-token"
)
"""Headers of the program that was copied from, and those that this program writes itself."""
FORM = "its body is a form or a file, and only JSON bodies are sent"


@dataclass(frozen=True, slots=True)
class Brought:
    """A recipe's document that can be parsed.

    `foreign` says that somebody else has made it: it is to be shown and accepted before it runs. `secrets` are to be
    put into the keyring under these names, to which the recipe refers.
    """

    title: str
    recipe: dict[str, Any]
    foreign: bool = False
    notes: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


def finished(one: Brought, taken: Container[str]) -> Brought:
    """The same with its secrets beside it; `RecipeError` where it makes no recipe."""
    recipe, secrets = refer(one.recipe, taken=taken)
    Recipe.parse(recipe)
    notes = list(one.notes)
    if secrets:
        count = "A secret was found and is" if len(secrets) == 1 else f"{len(secrets)} secrets were found and are"
        notes.append(f"{count} kept in the keyring, not in the recipe.")
    if MASK in _texts(recipe):
        notes.append("Its secrets were left out where it was made: type them again.")
    return replace(one, recipe=recipe, secrets=secrets, notes=tuple(notes))


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def http(url: str, *, title: str = "", foreign: bool = False, notes: tuple[str, ...] = (), **source: Any) -> Brought:
    """One made of a request; what is None or empty in `source` is left out."""
    kept = {name: value for name, value in source.items() if value not in (None, {}, [], "")}
    recipe = {"version": 1, "name": name_of(url), "source": {"type": "http", "url": url, **kept}}
    return Brought(title or title_of(url), recipe, foreign, notes)


def kept_headers(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """The headers that belong to the request, not to the program that sent it."""
    kept: dict[str, str] = {}
    for name, value in pairs:
        low = name.strip().lower()
        if low and value.strip() and not low.startswith((":", "sec-", "proxy-")) and low not in _OWN_HEADERS:
            kept[name.strip()] = value.strip()
    return kept


def method_of(text: str) -> str:
    """GET or POST; `RecipeError` for another one."""
    method = text.strip().upper()
    if method not in ("GET", "POST"):
        raise RecipeError(f"The request's method is {shorter(method, 20)}.", "Only GET and POST ask for data here.")
    return method


def title_of(url: str) -> str:
    """An address as a list shows it: host and path, nothing secret."""
    try:
        parts = urlsplit(redact_url(url))
        place = parts.netloc.rpartition("@")[2]
    except ValueError:
        return shorter(url, 60)
    return shorter(f"{place}{unquote(parts.path)}".rstrip("/"), 80)


def name_of(url: str) -> str:
    """What an export is called after its address: the last word of the path, else the host."""
    try:
        parts = urlsplit(url)
        last = unquote(parts.path.rstrip("/").rpartition("/")[2])
        return (last.rpartition(".")[0] or last).strip()[:200] or parts.hostname or "export"
    except ValueError:
        return "export"


def shorter(text: str, longest: int = 120) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: longest * 4]).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
