"""What is asked of a source and what comes back: one page's request and its whole, decoded answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import httpx

Place = Literal["query", "body", "header"]
"""Where a page's number or cursor goes."""
Params = Mapping[str, str | int | float | bool | list[Any] | None]


@dataclass(frozen=True, slots=True)
class Request:
    """One page to be fetched.

    `params` replace those of the same name in `url`; null takes a name out, a list repeats it, booleans are written
    true and false. Header and parameter values `keyring:NAME` and `env:NAME` are looked up here and nowhere else.
    `json` null means no body. `page` counts from 1 and is told in errors; 0 where there are no pages.
    """

    url: str
    method: str = "GET"
    params: Params = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    page: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A page that came whole: the status is 2xx and the body's end was seen.

    `url` is where the answer came from after redirects, without our credentials. `headers` are as they were sent, so
    Content-Encoding and Content-Length speak of the wire. `body` is decompressed, `wire_bytes`
    is its size on the wire, `seconds` the time of the attempt that succeeded, `attempts` how many there were.
    `framed` is false when neither a length, chunks nor a compressed stream told where the body ends: only the format
    inside it can tell then whether it was cut.
    """

    status: int
    url: str
    headers: httpx.Headers
    body: bytes
    wire_bytes: int
    seconds: float
    attempts: int
    framed: bool = True
