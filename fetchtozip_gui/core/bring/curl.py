"""A cURL command as a source: what it asks for, without what it does with the answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fetchtozip_gui.core.bring.brought import FORM, Brought, http, kept_headers, method_of, shorter
from fetchtozip_gui.core.bring.words import CLOSE, OPEN, split
from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.core.http.hints import words
from fetchtozip_gui.core.secrets import is_secret_name

_CURL = re.compile(r"(?:\$ |> )?(?:[\w./\\:-]*[/\\])?curl(?:\.exe)?[ \t]", re.IGNORECASE)
_SHORT = {
    "X": "request", "H": "header", "d": "data", "u": "user", "b": "cookie", "G": "get", "k": "insecure", "x": "proxy",
    "A": "user-agent", "e": "referer", "m": "max-time", "F": "form", "T": "upload-file", "K": "config", "I": "head",
    "E": "cert",
}  # fmt: skip
_TAKES = words(
    "request header data data-raw data-binary data-ascii data-urlencode json user cookie proxy user-agent referer url "
    "max-time form form-string upload-file config cert key cacert capath output write-out cookie-jar connect-timeout "
    "retry retry-delay retry-max-time limit-rate max-redirs resolve interface dump-header range ciphers tls-max "
    "proxy-user proxy-header noproxy unix-socket oauth2-bearer url-query stderr trace trace-ascii max-filesize "
    "keepalive-time speed-limit speed-time time-cond aws-sigv4 connect-to dns-servers doh-url pinnedpubkey "
    "request-target"
)
"""Long options that are followed by an argument."""
_SHORT_TAKES = frozenset("XHdubxAemFTKEowcDrPQtyYzCU")
_REFUSED = {
    "upload-file": "it sends a file", "form": FORM, "form-string": FORM, "config": "its options are in another file",
    "unix-socket": "it asks a socket of that machine", "cert": "it needs a certificate of that machine",
    "aws-sigv4": "it is signed for each request", "head": "it asks for no data (HEAD)",
}  # fmt: skip
_SILENT = words(
    "silent show-error location compressed fail fail-with-body verbose include output write-out globoff http1.1 http2 "
    "no-progress-meter progress-bar remote-name remote-header-name ipv4 ipv6 tlsv1.2 tlsv1.3 retry connect-timeout "
    "location-trusted no-buffer http2-prior-knowledge path-as-is retry-delay parallel"
)
_SILENT_SHORT = frozenset("sSLfviogOJNw4601#Zq")


def is_curl(text: str) -> bool:
    """Whether a text begins as a cURL command does."""
    return bool(_CURL.match(text))


@dataclass
class _Asked:
    """What the options say, in the order in which they were said."""

    urls: list[str] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    query: list[str] = field(default_factory=list)
    method: str = ""
    is_get: bool = False
    is_json: bool = False
    encoded: bool = False
    source: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_curl(text: str) -> list[Brought]:
    """One for each address of the command; `RecipeError` for a command that asks for no data."""
    command, rest = split(re.sub(r"^(\$|>) ", "", text))
    asked = _Asked()
    if rest.strip("\\; \n"):
        asked.notes.append(f"What follows the command is left out: {shorter(rest, 60)}")
    _Options(command[1:], asked).read()
    if not asked.urls:
        raise RecipeError("The command names no address.", "Copy all of it, up to the address.")
    return [_made(asked, url) for url in asked.urls[:50]]


class _Options:
    """Reads options one after another."""

    def __init__(self, words: list[str], asked: _Asked) -> None:
        self._words = words
        self._at = 0
        self._asked = asked

    def read(self) -> None:
        plain = False
        while self._at < len(self._words):
            word = self._next()
            if plain or not word.startswith("-") or word == "-":
                self._asked.urls.append(word)
            elif word == "--":
                plain = True
            elif word in ("--next", "-:"):
                self._asked.notes.append("The requests after --next are left out.")
                return
            elif word.startswith("--"):
                self._long(word[2:])
            else:
                self._short(word[1:])

    def _next(self) -> str:
        self._at += 1
        return self._words[self._at - 1]

    def _argument(self, name: str) -> str:
        if self._at >= len(self._words):
            raise RecipeError(f"The command ends after {name}, whose value is missing.", "Copy all of it.")
        return self._next()

    def _long(self, name: str) -> None:
        name, mark, value = name.partition("=")
        if name in _TAKES:
            self._apply(name, value if mark else self._argument(f"--{name}"))
        else:
            self._apply(name, "")

    def _short(self, letters: str) -> None:
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter not in _SHORT_TAKES:
                self._apply(_SHORT.get(letter, letter), "", short=letter)
                continue
            value = letters or self._argument(f"-{letter}")
            self._apply(_SHORT.get(letter, letter), value, short=letter)
            return

    def _apply(self, name: str, value: str, short: str = "") -> None:
        asked = self._asked
        if name in _REFUSED:
            raise RecipeError(f"This command cannot be made a source: {_REFUSED[name]}.", "Use another request.")
        match name:
            case "url":
                asked.urls.append(value)
            case "request":
                asked.method = value
            case "header":
                self._header(value)
            case "data" | "data-raw" | "data-binary" | "data-ascii" | "json" | "data-urlencode":
                self._data(name, value)
            case "url-query":
                asked.query.append(value)
            case "get":
                asked.is_get = True
            case "insecure":
                asked.source["verify_tls"] = False
            case "proxy":
                asked.source["proxy"] = value if "://" in value else f"http://{value}"
            case "user-agent":
                asked.headers.append(("User-Agent", value))
            case "referer":
                asked.headers.append(("Referer", value.removesuffix(";auto")))
            case _:
                self._named(name, value, short)

    def _named(self, name: str, value: str, short: str) -> None:
        """The options of who asks and how long, and those that are passed over."""
        asked = self._asked
        match name:
            case "user":
                user, _, password = value.partition(":")
                asked.source["auth"] = {"type": "basic", "username": _plain(user), "password": _secret(password)}
            case "oauth2-bearer":
                asked.source["auth"] = {"type": "bearer", "token": _secret(value)}
            case "cookie":
                if "=" in value:
                    asked.headers.append(("Cookie", value))
                else:
                    asked.notes.append(f"The cookies in the file {shorter(value, 40)} are left out.")
            case "max-time":
                self._seconds(value)
            case _ if (short in _SILENT_SHORT) if short else (name in _SILENT):
                pass
            case _:
                asked.notes.append(f"{'-' if short else '--'}{shorter(short or name, 40)} is left out.")

    def _header(self, value: str) -> None:
        if value.startswith("@"):
            self._asked.notes.append(f"The headers in the file {shorter(value[1:], 40)} are left out.")
            return
        name, mark, text = value.partition(":")
        if mark:
            self._asked.headers.append((name, text))

    def _data(self, name: str, value: str) -> None:
        if value.startswith("@") and name != "data-raw":
            raise RecipeError(
                f"The body is in the file {shorter(value[1:], 60)}, which is not read.", "Put it into the command."
            )
        if name == "data-urlencode":
            before, mark, after = value.partition("=")
            value = f"{before}{mark}{quote(after, safe='')}" if mark and before else quote(after or before, safe="")
            self._asked.encoded = True
        self._asked.is_json |= name == "json"
        self._asked.data.append(value)

    def _seconds(self, value: str) -> None:
        try:
            seconds = float(value)
        except ValueError:
            seconds = 0.0
        if 0 < seconds <= 86_400:
            self._asked.source["timeout"] = seconds


def _made(asked: _Asked, url: str) -> Brought:
    for name in re.findall(f"{OPEN}(.*?){CLOSE}", _query_secrets(url)):
        asked.notes.append(f"${name} has no value here: put it into the address.")
    url = _plain(_query_secrets(url))
    if not re.match(r"[a-z][a-z0-9+.-]*://", url, re.IGNORECASE):
        url = f"http://{url}"  # as curl does
    headers = {name: _plain(value) for name, value in _sorted_out(asked.headers).items()}
    source: dict[str, Any] = dict(asked.source)
    data = "&".join(asked.data) if not asked.is_json else "".join(asked.data)
    if asked.query or (asked.is_get and data):
        added = "&".join(filter(None, [*asked.query, data if asked.is_get else ""]))
        url = f"{url}{'&' if '?' in url else '?'}{_plain(added)}"
        data = "" if asked.is_get else data
    method = method_of(asked.method or ("POST" if data else "GET"))
    if data:
        source["json"] = _json(_plain(data))
        headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
        if method == "POST":
            asked.notes.append("A failed page is asked for again only where retry_post is switched on.")
    if method == "POST":
        source["method"] = method
    return http(url, headers=headers, notes=tuple(dict.fromkeys(asked.notes)), **source)


def _json(data: str) -> Any:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise RecipeError(f"This command cannot be made a source: {FORM}.", "Use a request with a JSON body.") from None
    return value


def _sorted_out(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Headers to send; one whose whole value is a variable, or a scheme and a variable, refers to it."""
    made = {}
    for name, value in kept_headers(pairs).items():
        scheme, _, rest = value.partition(" ")
        if (reference := _secret(rest)) != rest and scheme.lower() == "bearer" and reference.startswith("env:"):
            value = f"{scheme} {reference}"
        else:
            value = _secret(value)
        made[name] = value
    return made


def _secret(text: str) -> str:
    """A value that is a variable of the environment, as a reference to it."""
    found = re.fullmatch(f"{OPEN}([A-Z_][A-Z0-9_]*){CLOSE}", text.strip())
    return f"env:{found[1]}" if found else _plain(text)


def _query_secrets(url: str) -> str:
    """The address with references where its query has a variable under a secret-sounding name."""

    def referred(found: re.Match[str]) -> str:
        return f"{found[1]}{found[2]}=env:{found[3]}" if is_secret_name(found[2]) else found[0]

    return re.sub(f"([?&])([^=&]+)={OPEN}([A-Z_][A-Z0-9_]*){CLOSE}(?=&|$)", referred, url)


def _plain(text: str) -> str:
    return text.replace(OPEN, "$").replace(CLOSE, "")
