"""A recipe that somebody else has made, with what it could do to the one who runs it told first."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from fetchtozip_gui.core.bring.brought import Brought, shorter
from fetchtozip_gui.core.masking import references


def from_recipe(document: Mapping[str, Any], where: str) -> Brought:
    """The recipe without its own place for the file, which could be any file of this machine."""
    recipe = copy.deepcopy(dict(document))
    notes = [f"It was made by somebody else ({shorter(where, 60)}): look at it before you start."]
    source, output = recipe.get("source"), recipe.get("output")
    if isinstance(output, dict) and output.pop("path", None):
        notes.append("Its own place for the file is left out: choose one.")
    if isinstance(source, dict):
        notes += _warnings(source, recipe)
    name = recipe.get("name")
    return Brought(f"The recipe {shorter(str(name), 60)}" if name else "A recipe", recipe, True, tuple(notes))


def _warnings(source: dict[str, Any], recipe: dict[str, Any]) -> Iterator[str]:
    try:
        host = urlsplit(str(source.get("url", ""))).hostname or str(source.get("type", "its source"))
    except ValueError:
        host = "its source"
    if secrets := sorted(set(references(recipe))):
        yield f"It sends {', '.join(shorter(text, 60) for text in secrets[:5])} of this machine to {shorter(host, 60)}."
    if source.get("verify_tls") is False:
        yield "It does not check the source's certificate (verify_tls is false)."
    if source.get("proxy"):
        yield "It goes through a proxy of its own."
    if source.get("allow_hosts"):
        yield "It allows next pages on other hosts (allow_hosts)."
    if source.get("type") == "file":
        yield f"It reads {shorter(str(source.get('path')), 100)} of this machine."
