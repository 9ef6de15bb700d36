"""Reads how many rows and pages a source declares, from an answer's body or headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fetchtozip_gui.core.http.hints import TOTAL_HEADERS, TOTAL_PAGES_HEADERS

_RANGE = re.compile(r"\w+[ =](?:\d+-\d+|\*)/(\d+)")


def whole(value: Any) -> int | None:
    """A count, also written as text or as a float without a fraction; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip().replace(",", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
    if isinstance(value, float) and value.is_integer() and value < 2**53:
        value = int(value)
    return value if isinstance(value, int) and value >= 0 else None


def total_in(headers: Mapping[str, str], name: str) -> int | None:
    """The count that the header `name` holds; of a `Content-Range` it is what follows the slash (RFC 9110, 14.4)."""
    text = headers.get(name)
    if text is None:
        return None
    if name == "Content-Range":
        found = _RANGE.fullmatch(text.strip())
        return int(found[1]) if found else None
    return whole(text)


def total_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Which of an answer's headers declare the `total` of rows and of pages."""
    found = {}
    for kind, names in (("total", (*TOTAL_HEADERS, "Content-Range")), ("total_pages", TOTAL_PAGES_HEADERS)):
        name = next((name for name in names if total_in(headers, name) is not None), None)
        if name:
            found[kind] = name
    return found
