"""Addresses, taken apart by the transport's own parser, so that the host which is checked is the host that is asked."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

from pyreqwest.http import Url

from fetchtozip_gui.core.http.message import Params

SCHEMES = ("http", "https")
_QUERY_SAFE = "/:@,$!'()*;?~"  # allowed as they are in a query (RFC 3986, 3.4), and kept readable


@dataclass(frozen=True, slots=True)
class Address:
    """An absolute http or https address, without fragment, and without `user` (name, password), which is kept apart.

    `origin` is scheme, host and port as text; two addresses share credentials only when their origins are equal.
    """

    text: str
    origin: str
    scheme: str
    host: str
    port: int
    user: tuple[str, str] | None = None

    @property
    def secure(self) -> bool:
        return self.scheme == "https"


@lru_cache(maxsize=1024)
def address(text: str) -> Address:
    """Take an absolute address apart; `ValueError` says what is wrong with it."""
    try:
        url = Url.parse(text)
    except ValueError as error:
        raise ValueError(f"it is no complete address ({error})") from None
    return _checked(url)


def joined(base: Address, location: str) -> Address:
    """Where `location`, which may be relative, leads from `base`; `ValueError` says what is wrong with it."""
    try:
        url = Url.parse(base.text).join(location)
    except ValueError as error:
        raise ValueError(f"it is no address ({error})") from None
    return _checked(url)


def _checked(url: Url) -> Address:
    if url.scheme not in SCHEMES:
        raise ValueError(f"only http and https are fetched, not {url.scheme}")
    if not url.host_str:
        raise ValueError("it names no host")
    user = (unquote(url.username), unquote(url.password or "")) if url.username or url.password else None
    text = str(url).partition("#")[0]
    if user is not None:
        text = f"{url.scheme}://{text.partition('@')[2]}"
    return Address(text, url.origin_ascii, url.scheme, url.host_str, url.port_or_known_default or 0, user)


def with_params(text: str, params: Params) -> str:
    """`text` with `params` in its query; what the address already says under other names stays as it is written."""
    if not params:
        return text
    path, mark, query = text.partition("?")
    if mark:
        query = "&".join(pair for pair in query.split("&") if _name(pair) not in params)
    added = "&".join(f"{_quoted(name)}={_written(item)}" for name, value in params.items() for item in _items(value))
    whole = "&".join(part for part in (query, added) if part)
    return f"{path}?{whole}" if whole else path


def without_values(text: str, values: frozenset[str]) -> str:
    """`text` without the query pairs whose value is one of `values`."""
    path, _, query = text.partition("?")
    kept = "&".join(pair for pair in query.split("&") if unquote_plus(pair.partition("=")[2]) not in values)
    return f"{path}?{kept}" if kept else path


def _name(pair: str) -> str:
    return unquote_plus(pair.partition("=")[0])


def _items(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, (list, tuple)) else (value,)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _quoted(str(value))


@lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    return quote(text, safe=_QUERY_SAFE, errors="replace")


def is_local(host: str) -> bool:
    """Whether a host is this machine or a private network, as far as its name alone can tell."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        number = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = getattr(number, "ipv4_mapped", None)
    return not (mapped or number).is_global
