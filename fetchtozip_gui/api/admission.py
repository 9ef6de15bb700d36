"""What a request's head must be for the request to be let in, and how a refusal is worded."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

TARGET_BYTES = 8_192
HEADER_BYTES = 16_384
"""Of all headers together."""
HEADERS = 100
DOCUMENTS = ("/openapi.json", "/docs", "/redoc", "/api/docs", "/api/redoc")
ASSETS = "/docs/assets/"
"""What the pages of documents are made of; names follow."""
OPEN = frozenset({"/health", *DOCUMENTS})
"""What needs no key: it tells nothing that is the user's own."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}", re.ASCII)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NEAR = (b"same-origin", b"none")
_CLOSE = (("Connection", "close"),)


@dataclass(frozen=True, slots=True)
class Body:
    """The bodies a path takes: their media types, their bytes, the seconds in which they must have come."""

    kinds: tuple[str, ...] = ("application/json",)
    bytes: int = 1 << 20
    seconds: float = 60


JSON = Body()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is answered at the gate."""

    status: int
    detail: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """A request before its body; `address` and `port` are those it arrived at."""

    method: str
    path: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    address: str
    port: int | None
    version: str
    request_id: str

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> Head:
        """The head of an ASGI scope, with the request id it brought or a new one."""
        path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        address, port = scope.get("server") or ("", None)
        headers = tuple((name.lower(), value) for name, value in scope["headers"])
        brought = [value.decode("latin-1") for name, value in headers if name == b"x-request-id"]
        valid = len(brought) == 1 and _ID.fullmatch(brought[0])
        return cls(
            scope.get("method", "GET"),
            scope["path"],
            f"{path}?{query}" if query else path,
            headers,
            address,
            port,
            scope.get("http_version", "1.1"),
            brought[0] if valid else secrets.token_hex(8),
        )

    @property
    def brings_body(self) -> bool:
        """Whether a body is on its way without being asked for."""
        return bool(self.all(b"content-length") or self.all(b"transfer-encoding")) and not self.all(b"expect")

    @property
    def closes(self) -> bool:
        """Whether the client wants its connection closed after the answer."""
        return self.version == "1.0" or any(b"close" in value.lower() for value in self.all(b"connection"))

    def all(self, name: bytes) -> list[bytes]:
        """Every value of a header, as often as it was sent."""
        return [value for key, value in self.headers if key == name]


def refusal(head: Head, *, names: frozenset[str], key: str, body: Body) -> Refusal | None:
    """Why the request is not let in, or None where it is."""
    reasons = (_unbounded(head), _misled(head, names), _driven(head), _unknown(head, key), _misdeclared(head, body))
    return next((reason for reason in reasons if reason is not None), None)


def too_large(body: Body) -> Refusal:
    return Refusal(413, f"body: at most {body.bytes:,} bytes are taken here.")


def too_slow(body: Body) -> Refusal:
    return Refusal(408, f"body: must have come within {body.seconds:g} seconds.", _CLOSE)


def _unbounded(head: Head) -> Refusal | None:
    if len(head.target) > TARGET_BYTES:
        return Refusal(414, f"address: at most {TARGET_BYTES:,} bytes are taken, found {len(head.target):,}.")
    total = sum(len(name) + len(value) + 4 for name, value in head.headers)
    if len(head.headers) > HEADERS or total > HEADER_BYTES:
        allowed = f"at most {HEADERS} with {HEADER_BYTES:,} bytes"
        return Refusal(431, f"headers: {allowed} are taken, found {len(head.headers)} with {total:,}.")
    if not head.target.startswith("/"):
        # "GET http://other/ HTTP/1.1" names a second host beside the header
        return Refusal(400, f"address: must start with /, found {_quoted(head.target.encode())}.")
    return None


def _misled(head: Head, names: frozenset[str]) -> Refusal | None:
    found = head.all(b"host")
    allowed = list(_hosts(head, names))
    if len(found) == 1 and found[0].lower() in {host.encode() for host in allowed}:
        return None
    shown = " and ".join(_quoted(value) for value in found) or "none"
    return Refusal(403, f"Host: must be {_one_of(allowed)}, found {shown}.")


def _hosts(head: Head, names: frozenset[str]) -> Iterator[str]:
    """Every spelling of this server; the address of the connection itself is safe, for it is no name to be led by."""
    for name in dict.fromkeys((*_LOOPBACK, head.address, *sorted(names))):
        if not name:
            continue
        host = f"[{name}]" if ":" in name else name.lower()
        yield f"{host}:{head.port}"
        if head.port == 80:
            yield host


def _driven(head: Head) -> Refusal | None:
    origins = head.all(b"origin")
    ours = b"http://" + head.all(b"host")[0].lower() if head.all(b"host") else b""
    if origins and (len(origins) > 1 or origins[0].lower() != ours):
        shown = " and ".join(_quoted(value) for value in origins)
        return Refusal(403, f"Origin: must be this server ({_quoted(ours)}) or absent, found {shown}.")
    sites = head.all(b"sec-fetch-site")
    if sites and (len(sites) > 1 or sites[0].lower() not in _NEAR):
        shown = " and ".join(_quoted(value) for value in sites)
        return Refusal(403, f"Sec-Fetch-Site: must be same-origin, none or absent, found {shown}.")
    return None


def _unknown(head: Head, key: str) -> Refusal | None:
    if not key or head.path in OPEN or head.path.startswith(ASSETS):
        return None
    tried = head.all(b"x-api-key")
    for value in head.all(b"authorization"):
        scheme, _, credentials = value.partition(b" ")
        if scheme.lower() == b"bearer":
            tried.append(credentials.strip())
    # all of them, at the same pace whether one is right or not
    expected = key.encode("utf-8", "surrogatepass")
    if sum(hmac.compare_digest(value, expected) for value in tried):
        return None
    ask = (("WWW-Authenticate", 'Bearer realm="FetchToZip"'),)
    found = "another key" if tried else "none"
    return Refusal(401, f"API key: this server needs Authorization: Bearer KEY or X-API-Key: KEY, found {found}.", ask)


def _misdeclared(head: Head, body: Body) -> Refusal | None:
    lengths, chunked = head.all(b"content-length"), head.all(b"transfer-encoding")
    if chunked and lengths:
        # whoever stands between may have read the other one
        return Refusal(400, "body: has a Content-Length and a Transfer-Encoding; one of them is allowed.", _CLOSE)
    # a length of 19 digits is too large anywhere, and Python refuses to read one of thousands
    length = int(lengths[0][:19]) if lengths and lengths[0].isdigit() else 0
    if not chunked and not length:
        return None
    kinds = [value.partition(b";")[0].strip().lower().decode("latin-1") for value in head.all(b"content-type")]
    if len(kinds) != 1 or kinds[0] not in body.kinds:
        shown = " and ".join(_quoted(value) for value in head.all(b"content-type")) or "none"
        return Refusal(415, f"Content-Type: must be {_one_of(list(body.kinds))}, found {shown}.")
    return too_large(body) if length > body.bytes else None


def _one_of(names: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _quoted(value: bytes) -> str:
    text = value.decode("latin-1")
    return repr(text if len(text) <= 80 else f"{text[:80]}…")
