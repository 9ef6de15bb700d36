"""What all requests of a source share: a page is asked for by setting a few parameters, or at a next address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote_plus

from fetchtozip_gui.core.errors import PagingError
from fetchtozip_gui.core.http.address import Address, address, joined
from fetchtozip_gui.core.http.message import Place, Request
from fetchtozip_gui.core.masking import is_reference, is_secret_name, redact_url

LIMIT = 16 * 1024
"""Characters of the longest next address or cursor that is followed."""

_SAFE = "-._~!$'()*,;:@/"


class Template:
    """The recipe's own request. Parameters of its query that are secret are sent, but never kept or told."""

    def __init__(
        self,
        url: str,
        params: Mapping[str, Any] | None = None,
        *,
        method: str = "GET",
        json: Any = None,
        key: str = "",
        allowed: Collection[str] = (),
    ) -> None:
        """`key` is the query parameter that the credentials use; `allowed` names other hosts that may be gone to."""
        self._path = url.partition("#")[0].partition("?")[0]
        self._home = address(self._path)
        self._method = method
        self._json = json
        self._key = key
        self._allowed = frozenset(host.lower() for host in allowed)
        self._pairs: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._references: dict[str, str] = {}
        for raw in filter(None, url.partition("#")[0].partition("?")[2].split("&")):
            name, _, value = raw.partition("=")
            self._add(unquote_plus(name), raw, unquote_plus(value))
        for name, value in (params or {}).items():
            self._pairs.pop(name, None)
            if is_reference(value):
                self._references[name] = value
                continue
            for one in value if isinstance(value, (list, tuple)) else (value,):
                self._add(name, _pair(name, one), _text(one))
        self._base = self._url({})

    def _add(self, name: str, raw: str, value: str) -> None:
        self._pairs[name] = f"{self._pairs[name]}&{raw}" if name in self._pairs else raw
        self._values[name] = value

    @property
    def given(self) -> dict[str, Any]:
        """The parameters that the recipe itself sends, by name: of its query, and of its JSON body's top."""
        return {**(self._json if isinstance(self._json, dict) else {}), **self._values}

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters of the recipe's query."""
        return self._values

    @property
    def json(self) -> Any:
        return self._json

    def place(self, name: str) -> Place:
        """Where a parameter goes: into the body when the recipe has it there, and into the query otherwise."""
        inside = isinstance(self._json, dict) and name.partition(".")[0] in self._json and name not in self._values
        return "body" if inside else "query"

    def sending(self, name: str, value: Any) -> Template:
        """The same with one parameter more in every request."""
        made = copy(self)
        made._pairs, made._values = dict(self._pairs), dict(self._values)
        if self.place(name) == "body":
            made._json = _with_member(self._json, name.split("."), value)
        else:
            made._pairs.pop(name, None)
            made._add(name, _pair(name, value), _text(value))
        made._base = made._url({})
        return made

    def request(self, page: int, values: Mapping[str, Any] | None = None, place: Place | None = None) -> Request:
        """Ask for a page with these parameters set; each goes where the recipe has it unless `place` is given."""
        url, json = self._base, self._json
        headers: dict[str, str] = {}
        if values:
            query = {}
            for name, value in values.items():
                where = place or self.place(name)
                if where == "query":
                    query[name] = value
                elif where == "header":
                    headers = {**headers, name: _text(value)}
                else:
                    json = _with_member(json, name.split("."), value)
            url = self._url(query) if query else url
        return Request(url, self._method, self._references, headers, json, page)

    def _url(self, values: Mapping[str, Any]) -> str:
        pairs = {**self._pairs, **{name: _pair(name, value) for name, value in values.items()}}
        return f"{self._path}?{'&'.join(pairs.values())}" if pairs else self._path

    # --- next addresses -----------------------------------------------------------------------------------------

    @property
    def first(self) -> str:
        """The first page's own address, as a next address that leads back to it would be kept."""
        return self._kept(self._base)

    def request_at(self, page: int, url: str) -> Request:
        """Ask for a page at a kept next address; what is secret goes along on the recipe's own host alone."""
        if address(url).origin != self._home.origin:
            return Request(url, self._method, json=self._json, page=page)
        present = {unquote_plus(raw.partition("=")[0]) for raw in url.partition("?")[2].split("&")}
        hidden = [raw for name, raw in self._pairs.items() if is_secret_name(name) and name not in present]
        if hidden:
            url = f"{url}{'&' if '?' in url else '?'}{'&'.join(hidden)}"
        return Request(url, self._method, self._references, json=self._json, page=page)

    def next(self, base: str, found: str, page: int) -> str:
        """The absolute next address that page `page` (at `base`) names, as it is kept: without secrets.

        Raises `PagingError` when it is refused: another host, from https to http, or no address at all.
        """
        shown = _shown(found)
        if len(found) > LIMIT:
            raise PagingError(f"Page {page:,} names a next address of {len(found):,} characters.", "It looks broken.")
        try:
            here = address(base)
            to = joined(here, found.strip())
        except ValueError as error:
            raise PagingError(f"Page {page:,} names a next address that cannot be used: {error} ({shown}).") from None
        if here.secure and not to.secure:
            raise PagingError(
                f"Page {page:,} leads from https to plain http ({shown}), which is refused.",
                "Use page or offset pagination, or begin at the http address.",
            )
        if not self._may_go(to, here):
            raise PagingError(
                f"Page {page:,} leads to another host, {to.host}:{to.port}, which is refused.",
                "If that is right, name it in source.allow_hosts; credentials are not sent there.",
            )
        return self._kept(to.text)

    def _may_go(self, to: Address, here: Address) -> bool:
        return (
            any(to.host == known.host and _port(to) == _port(known) for known in (here, self._home))
            or to.host.lower() in self._allowed
            or f"{to.host}:{to.port}".lower() in self._allowed
        )

    def _kept(self, url: str) -> str:
        path, mark, query = url.partition("?")
        kept = "&".join(raw for raw in query.split("&") if raw and not self._is_secret(raw))
        return f"{path}?{kept}" if mark and kept else path

    def _is_secret(self, raw: str) -> bool:
        name, _, value = raw.partition("=")
        name = unquote_plus(name)
        if name == self._key or name in self._references:
            return True
        return is_secret_name(name) and self._values.get(name) == unquote_plus(value)


def _port(of: Address) -> int:
    """Where the two default ports are one: http may lead to https."""
    return 443 if of.port == 80 and of.scheme == "http" else of.port


def _shown(found: str) -> str:
    try:
        return redact_url(found[:200])
    except ValueError:
        return "unreadable"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _pair(name: str, value: Any) -> str:
    return f"{_quoted(name)}={value if type(value) is int else quote(_text(value), safe=_SAFE)}"


@lru_cache(maxsize=64)
def _quoted(name: str) -> str:
    return quote(name, safe="-._~!$()*,;:@[]")


def _with_member(value: Any, path: list[str], new: Any) -> Any:
    members = dict(value) if isinstance(value, dict) else {}
    members[path[0]] = _with_member(members.get(path[0]), path[1:], new) if len(path) > 1 else new
    return members
