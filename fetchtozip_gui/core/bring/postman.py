"""A Postman collection (v2.0 and v2.1): its requests with the variables put in, and the credentials they inherit."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from fetchtozip_gui.core.bring.brought import FORM, Brought, http, kept_headers, shorter
from fetchtozip_gui.core.bring.documents import MOST, skipped
from fetchtozip_gui.core.errors import RecipeError

_DEEPEST = 20
_VARIABLE = re.compile(r"\{\{\s*([^{}]{1,100}?)\s*\}\}")
_LONGEST = 64 * 1024
"""Characters of the longest text after variables were put in."""


@dataclass(frozen=True)
class _Around:
    """What a folder gives to the requests in it."""

    path: tuple[str, ...] = ()
    auth: Any = None
    variables: dict[str, str] = field(default_factory=dict)

    def fill(self, text: Any) -> str:
        """The text with its variables, which may hold variables themselves; unknown ones stay as they are."""
        made = str(text) if isinstance(text, (str, int, float)) else ""
        for _ in range(5):
            filled = _VARIABLE.sub(lambda found: self.variables.get(found[1], found[0]), made)
            if filled == made or len(filled) > _LONGEST:
                break
            made = filled
        return made


def read_postman(document: dict[str, Any]) -> list[Brought]:
    """One for each GET or POST request that can be asked here; the first has notes on those that cannot."""
    found: list[Brought] = []
    left_out: Counter[str] = Counter()
    _read(document.get("item"), _inside(_Around(), document), found, left_out, 0)
    if not found:
        raise RecipeError("No request of this collection can be made a source.", "; ".join(skipped(left_out))[:300])
    if notes := skipped(left_out):
        found[0] = replace(found[0], notes=(*found[0].notes, *notes))
    return found


def _read(items: Any, around: _Around, found: list[Brought], left_out: Counter[str], depth: int) -> None:
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict) or len(found) >= MOST:
            continue
        name = shorter(str(item.get("name", "")), 60)
        if "item" in item and depth < _DEEPEST:
            inner = _inside(replace(around, path=(*around.path, name)), item)
            _read(item["item"], inner, found, left_out, depth + 1)
        elif request := item.get("request"):
            try:
                found.append(_made({"url": request} if isinstance(request, str) else request, name, around))
            except _LeftOut as why:
                left_out[str(why)] += 1


def _inside(around: _Around, item: dict[str, Any]) -> _Around:
    variables = dict(around.variables)
    for one in _list(item.get("variable")):
        name = one.get("key") or one.get("id")
        if isinstance(name, str) and not one.get("disabled") and isinstance(one.get("value"), (str, int, float)):
            variables[name] = str(one["value"])
    auth = item.get("auth")
    return replace(around, variables=variables, auth=auth if isinstance(auth, dict) else around.auth)


class _LeftOut(Exception):
    """Why a request cannot be made a source."""


def _made(request: Any, name: str, around: _Around) -> Brought:
    if not isinstance(request, dict):
        raise _LeftOut("it is no request")
    around = _inside(around, {"auth": request.get("auth")})
    method = str(request.get("method") or "GET").upper()
    if method not in ("GET", "POST"):
        raise _LeftOut("only GET and POST ask for data here")
    url = _url(request.get("url"), around)
    if not re.match(r"https?://[^/{}]", url, re.IGNORECASE):
        raise _LeftOut("its address is not complete (a variable has no value in the collection)")
    pairs = [
        (around.fill(one.get("key")), around.fill(one.get("value")))
        for one in _list(request.get("header"))
        if not one.get("disabled")
    ]
    headers = {name: value for name, value in kept_headers(pairs).items() if name.lower() != "content-type"}
    source: dict[str, Any] = {"method": "POST"} if method == "POST" else {}
    source["json"] = _body(request.get("body"), around)
    auth, notes = _auth(around)
    missing = sorted({found[1] for text in (url, *headers.values()) for found in _VARIABLE.finditer(text)})
    if missing:
        notes.append(f"Not in the collection, and to be put in: {', '.join(shorter(one, 40) for one in missing[:10])}.")
    title = " / ".join(part for part in (*around.path, name) if part)
    return http(url, title=title, foreign=True, notes=tuple(notes), headers=headers, auth=auth, **source)


def _url(url: Any, around: _Around) -> str:
    if isinstance(url, str):
        return around.fill(url).strip()
    if not isinstance(url, dict):
        return ""
    raw = url.get("raw")
    places = {
        one["key"]: around.fill(one.get("value"))
        for one in _list(url.get("variable"))
        if isinstance(one.get("key"), str)
    }
    text = str(raw) if isinstance(raw, str) else ""
    disabled = {one.get("key") for one in _list(url.get("query")) if one.get("disabled")}
    path, mark, query = text.partition("?")
    if disabled:
        query = "&".join(pair for pair in query.split("&") if pair.partition("=")[0] not in disabled)
    path = re.sub(r"/:(\w+)", lambda found: "/" + (places.get(found[1]) or f":{found[1]}"), path)
    return around.fill(f"{path}?{query}" if mark and query else path).strip()


def _body(body: Any, around: _Around) -> Any:
    if not isinstance(body, dict) or body.get("disabled"):
        return None
    mode = body.get("mode")
    if mode == "graphql" and isinstance(body.get("graphql"), dict):
        asked = body["graphql"]
        variables = around.fill(asked.get("variables"))
        return {
            "query": around.fill(asked.get("query")),
            **({"variables": _json(variables)} if variables.strip() else {}),
        }
    if mode == "raw" and str(body.get("raw", "")).strip():
        return _json(around.fill(body["raw"]))
    if mode in ("urlencoded", "formdata", "file") and body.get(mode):
        raise _LeftOut(FORM)
    return None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise _LeftOut(FORM) from None


def _auth(around: _Around) -> tuple[dict[str, Any] | None, list[str]]:
    """The credentials in the recipe's words, and a note where it has none for them."""
    auth = around.auth
    kind = auth.get("type") if isinstance(auth, dict) else None
    if kind in (None, "noauth", "inherit"):
        return None, []
    given = auth.get(str(kind))
    if isinstance(given, list):
        given = {one.get("key"): one.get("value") for one in _list(given)}
    values = {str(key): around.fill(value) for key, value in given.items()} if isinstance(given, dict) else {}
    made: dict[str, Any] | None = None
    match kind:
        case "basic":
            made = {"type": "basic", "username": values.get("username", ""), "password": values.get("password", "")}
        case "bearer" if values.get("token"):
            made = {"type": "bearer", "token": values["token"]}
        case "apikey" if values.get("value"):
            place = "query" if values.get("in") == "query" else "header"
            made = {"type": "api_key", "name": values.get("key") or "X-API-Key", "value": values["value"], "in": place}
        case "oauth2" if values.get("accessTokenUrl") and values.get("clientId") and values.get("clientSecret"):
            made = {
                "type": "oauth2",
                "token_url": values["accessTokenUrl"],
                "client_id": values["clientId"],
                "client_secret": values["clientSecret"],
                "scope": values.get("scope", ""),
            }
        case "oauth2" if values.get("accessToken"):
            made = {"type": "bearer", "token": values["accessToken"]}
    if made is None or any("{{" in str(value) for value in made.values()):
        return None, [f"Its credentials ({shorter(str(kind), 20)}) are not in the collection: give them to the source."]
    return made, []


def _list(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
