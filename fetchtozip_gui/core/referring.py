"""Takes the secrets out of a recipe's document and leaves references to them in their places."""

from __future__ import annotations

import base64
import binascii
import copy
import re
from collections.abc import Container
from typing import Any, Literal
from urllib.parse import quote, unquote, unquote_plus, urlsplit, urlunsplit

from fetchtozip_gui.core.masking import MASK, is_reference, is_secret_name, redact

Kind = Literal["keyring", "env"]

_AUTH = ("password", "token", "value", "client_secret")


def refer(
    document: dict[str, Any], kind: Kind = "keyring", *, taken: Container[str] = ()
) -> tuple[dict[str, Any], dict[str, str]]:
    """A copy of a recipe's document without secrets in plain, and those secrets by the names they are referred to.

    No name is one of `taken`, which are those in the keyring already. Credentials in headers and addresses become the
    recipe's `auth` where it has none. A secret inside a JSON body cannot be referred to and stays where it is.
    """
    made = copy.deepcopy(document)
    out = _Out(kind, taken)
    source = made.get("source")
    if isinstance(source, dict):
        out.base = _host(source) if kind == "keyring" else ""
        _source(source, out)
    if isinstance(output := made.get("output"), dict):
        _walk(output, out)
    return made, out.secrets


def without_secrets(document: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A recipe's document with variables of the environment in the place of its secrets, and their names."""
    made, secrets = refer(document, "env")
    # what cannot be referred to, such as a password in a body, is masked
    masked: dict[str, Any] = redact(made)
    return masked, tuple(secrets)


class _Out:
    """The secrets found so far. Equal ones share a name."""

    def __init__(self, kind: Kind, taken: Container[str]) -> None:
        self._kind = kind
        self._taken = taken
        self.base = ""
        self.secrets: dict[str, str] = {}

    def put(self, secret: str, what: str) -> str:
        """The reference that stands for a secret from now on; `what` is the word it is named after."""
        for name, known in self.secrets.items():
            if known == secret:
                return f"{self._kind}:{name}"
        wanted = self._named(what)
        name, number = wanted, 1
        while name in self.secrets or name in self._taken:
            number += 1
            name = f"{wanted}{'_' if self._kind == 'env' else ' '}{number}"
        self.secrets[name] = secret
        return f"{self._kind}:{name}"

    def _named(self, what: str) -> str:
        if self._kind == "env":
            return variable(what)
        printable = "".join(character for character in f"{self.base} {what}" if character.isprintable())
        return printable.strip(" @:")[:150] or "secret"


def variable(text: str) -> str:
    """A name for an environment variable: `X-API-Key` becomes `X_API_KEY`."""
    name = re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")[:60]
    return f"_{name}" if name[:1].isdigit() else name or "SECRET"


def variable_of(reference: str) -> str:
    """The environment variable in which a script looks for what a reference stands for."""
    kind, _, name = reference.partition(":")
    return name if kind == "env" else variable(name)


def _host(source: dict[str, Any]) -> str:
    try:
        return urlsplit(str(source.get("url", ""))).hostname or ""
    except ValueError:
        return ""


def _source(source: dict[str, Any], out: _Out) -> None:
    if source.get("type") != "http":
        _walk(source, out)
        return
    _auth(source.get("auth"), out)
    _address(source, out)
    headers = source.get("headers")
    if isinstance(headers, dict):
        for name in [name for name in headers if is_secret_name(str(name))]:
            _header(source, headers, name, out)
        if not headers:
            del source["headers"]
    params = source.get("params")
    if isinstance(params, dict):
        for name, value in params.items():
            if is_secret_name(str(name)) and _is_plain(value):
                params[name] = out.put(str(value), str(name))


def _auth(auth: Any, out: _Out) -> None:
    if not isinstance(auth, dict):
        return
    for name in _AUTH:
        if _is_plain(auth.get(name)):
            what = str(auth.get("name") or "key") if name == "value" else name.replace("_", " ")
            auth[name] = out.put(auth[name], what)
    cookies = auth.get("cookies")
    if isinstance(cookies, dict):
        auth["cookies"] = {
            name: out.put(value, f"cookie {name}") if _is_plain(value) else value for name, value in cookies.items()
        }


def _address(source: dict[str, Any], out: _Out) -> None:
    """Out of the address: its user, and what its query has under secret-sounding names."""
    try:
        parts = urlsplit(str(source.get("url", "")))
        user, password = parts.username, parts.password
    except ValueError:
        return
    place = parts.netloc.rpartition("@")[2]
    if (user or password) and _is_free(source):
        source["auth"] = {
            "type": "basic",
            "username": unquote(user or ""),
            "password": out.put(unquote(password or ""), "password"),
        }
    kept = []
    for raw in filter(None, parts.query.split("&")):
        name, _, value = raw.partition("=")
        name, value = unquote_plus(name), unquote_plus(value)
        if value and is_secret_name(name):
            params = source.setdefault("params", {})
            params.setdefault(name, value if is_reference(value) else out.put(value, name))
        else:
            kept.append(raw)
    if place != parts.netloc or len(kept) < len(list(filter(None, parts.query.split("&")))):
        source["url"] = urlunsplit((parts.scheme, place, parts.path, "&".join(kept), parts.fragment))


def _header(source: dict[str, Any], headers: dict[str, Any], name: str, out: _Out) -> None:
    value = headers[name]
    if not _is_plain(value):
        return
    if _is_free(source) and (auth := _as_auth(name, value, out)) is not None:
        source["auth"] = auth
        del headers[name]
    else:
        headers[name] = out.put(value, name)


def _as_auth(name: str, value: str, out: _Out) -> dict[str, Any] | None:
    """A header as the recipe's own words for who asks."""
    scheme, _, rest = value.strip().partition(" ")
    rest = rest.strip()
    match name.lower(), scheme.lower():
        case "authorization", "bearer" if rest:
            return {"type": "bearer", "token": rest if is_reference(rest) else out.put(rest, "token")}
        case "authorization", "basic" if rest:
            try:
                user, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return None
            return {"type": "basic", "username": user, "password": out.put(password, "password")}
        case "cookie", _:
            pairs = [pair.strip().partition("=") for pair in value.split(";") if pair.strip()]
            cookies = {key: out.put(text, f"cookie {key}") for key, mark, text in pairs if key and mark}
            return {"type": "cookie", "cookies": cookies} if cookies else None
        case "authorization", _:
            return None
    return {"type": "api_key", "name": name, "value": out.put(value, name), "in": "header"}


def _is_free(source: dict[str, Any]) -> bool:
    """Whether the recipe does not say who asks."""
    auth = source.get("auth")
    return auth in (None, "none") or (isinstance(auth, dict) and auth.get("type") in (None, "none"))


def _is_plain(value: object) -> bool:
    # what an exported recipe has in the place of a secret is none
    return isinstance(value, str) and value not in ("", MASK) and not is_reference(value)


def _walk(value: Any, out: _Out) -> None:
    """Every text under a secret-sounding name, at any depth."""
    if isinstance(value, list):
        for item in value:
            _walk(item, out)
    if not isinstance(value, dict):
        return
    for name, item in value.items():
        if is_secret_name(str(name)) and _is_plain(item):
            value[name] = out.put(item, str(name))
        else:
            _walk(item, out)


def with_query(url: str, pairs: list[tuple[str, str]]) -> str:
    """An address with more in its query, after what it has."""
    if not pairs:
        return url
    whole, _, fragment = url.partition("#")
    added = "&".join(f"{quote(name, safe='[]$')}={quote(value, safe='/:,{}')}" for name, value in pairs)
    return f"{whole}{'&' if '?' in whole else '?'}{added}" + (f"#{fragment}" if fragment else "")
