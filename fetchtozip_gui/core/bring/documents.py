"""JSON documents that hold requests: told apart by what is at their top, and HAR files read."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from fetchtozip_gui.core.bring.brought import Brought, http, kept_headers, title_of
from fetchtozip_gui.core.bring.foreign import from_recipe
from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.core.http.hints import param_kind
from fetchtozip_gui.core.rows.depth import too_deep

MOST = 500
"""Requests that are taken out of one document."""
_MARK = b"\xef\xbb\xbf"
"""The byte order mark of UTF-8, which some editors write first."""
_KNOWN = "Recipes, HAR files, Postman collections (v2) and OpenAPI 3 documents are understood."


_NOTHING = msgspec.Raw()


class _Top(msgspec.Struct):
    """What tells the kinds apart; nothing else of a document is decoded for it."""

    version: msgspec.Raw = _NOTHING
    source: msgspec.Raw = _NOTHING
    log: msgspec.Raw = _NOTHING
    info: msgspec.Raw = _NOTHING
    item: msgspec.Raw = _NOTHING
    openapi: msgspec.Raw = _NOTHING
    swagger: msgspec.Raw = _NOTHING
    fetchtozip: msgspec.Raw = _NOTHING


def is_recipe(data: bytes) -> bool:
    """Whether a file's JSON is a recipe, right or wrong, and not rows."""
    data = data.removeprefix(_MARK)
    try:
        return not too_deep(data) and _kind(data) == "recipe"
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False


def _kind(data: bytes) -> str:
    """Which kind of document a JSON object is, empty where it is none of them; raises what `msgspec` does."""
    top = msgspec.json.decode(data, type=_Top)
    kinds = {name for name in _Top.__struct_fields__ if bytes(getattr(top, name))}
    if "swagger" in kinds:
        return "swagger"
    if "openapi" in kinds:
        return "openapi"
    if {"info", "item"} <= kinds:
        return "postman"
    if "log" in kinds and b'"entries"' in bytes(top.log)[:100_000]:
        return "har"
    if "source" in kinds and bytes(top.source).lstrip().startswith(b"{"):
        return "recipe"
    return "package" if "fetchtozip" in kinds else ""


def read_document(data: bytes, where: str, *, is_file: bool = False) -> list[Brought]:
    """What a JSON object holds; of a file that holds rows instead, nothing. `RecipeError` where it is damaged."""
    data = data.removeprefix(_MARK)
    if too_deep(data):
        if is_file:
            return []
        raise RecipeError(f"{where} is nested too deep to be read.", _KNOWN)
    try:
        match _kind(data):
            case "swagger":
                raise RecipeError(f"{where} is a Swagger 2 document.", "Convert it to OpenAPI 3 first.")
            case "openapi":
                from fetchtozip_gui.core.bring.openapi import read_openapi  # each kind is loaded when one comes

                return read_openapi(msgspec.json.decode(data, type=dict[str, Any]))
            case "postman":
                from fetchtozip_gui.core.bring.postman import read_postman  # as above

                return read_postman(msgspec.json.decode(data, type=dict[str, Any]))
            case "har":
                return _read_har(data)
            case "recipe":
                return [from_recipe(msgspec.json.decode(data, type=dict[str, Any]), where)]
            case "package":
                return _from_package(data, where)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        if is_file:
            return []  # lines of JSON, or data that is damaged: the file source says what is wrong with it
        raise RecipeError(f"{where.capitalize()} is no complete JSON: {error}.", "Copy all of it.") from None
    if is_file:
        return []
    raise RecipeError("This JSON is neither a recipe nor a list of requests.", _KNOWN)


def _from_package(data: bytes, where: str) -> list[Brought]:
    """The manifest that an exported archive carries."""
    own = msgspec.json.decode(data, type=dict[str, Any])["fetchtozip"]
    recipe = own.get("recipe") if isinstance(own, dict) else None
    return [from_recipe(recipe, where)] if isinstance(recipe, dict) else []


# --- HAR ----------------------------------------------------------------------------------------------------------


class _Pair(msgspec.Struct):
    name: str = ""
    value: str = ""


class _Post(msgspec.Struct):
    text: str = ""


class _Request(msgspec.Struct):
    method: str = ""
    url: str = ""
    headers: list[_Pair] = []
    postData: _Post | None = None  # noqa: N815 - the format's own name


class _Content(msgspec.Struct):
    mimeType: str = ""  # noqa: N815 - the format's own name
    size: float = -1


class _Response(msgspec.Struct):
    status: int = 0
    content: _Content = msgspec.field(default_factory=_Content)


class _Entry(msgspec.Struct):
    request: _Request = msgspec.field(default_factory=_Request)
    response: _Response = msgspec.field(default_factory=_Response)


class _Log(msgspec.Struct):
    entries: list[_Entry] = []


class _Har(msgspec.Struct):
    log: _Log = msgspec.field(default_factory=_Log)


def _read_har(data: bytes) -> list[Brought]:
    """What a browser has recorded: each request that was answered with data, pages of one taken once."""
    try:
        entries = msgspec.json.decode(data, type=_Har).log.entries
    except msgspec.ValidationError as error:
        raise RecipeError(f"The HAR file is damaged: {error}.", "Save it again.") from None
    found: dict[Any, Brought] = {}
    pages: dict[Any, int] = {}
    for entry in entries:
        if _is_data(entry) and (one := _from_entry(entry)) is not None:
            key = _same(entry)
            found.setdefault(key, one)
            pages[key] = pages.get(key, 0) + 1
    if not found:
        raise RecipeError(
            "No request in this HAR file was answered with JSON, CSV or XML.",
            "Record the page again while its data loads.",
        )
    return [_counted(one, pages[key]) for key, one in list(found.items())[:MOST]]


def _is_data(entry: _Entry) -> bool:
    kind = entry.response.content.mimeType.partition(";")[0].strip().lower()
    data = (
        kind.endswith(("json", "/csv", "+xml", "/xml", "ndjson", "jsonl")) and "svg" not in kind and "xhtml" not in kind
    )
    try:
        urlsplit(entry.request.url)
    except ValueError:
        return False
    good = 200 <= entry.response.status < 300 and entry.response.content.size != 0
    return data and good and entry.request.method.upper() in ("GET", "POST") and entry.request.url.startswith("http")


def _same(entry: _Entry) -> Any:
    """Equal for the pages of one list."""
    parts = urlsplit(entry.request.url)
    query = tuple(pair for pair in parse_qsl(parts.query) if param_kind(pair[0]) not in ("page", "offset"))
    body = entry.request.postData.text if entry.request.postData else ""
    return entry.request.method.upper(), parts.netloc, parts.path, query, body


def _from_entry(entry: _Entry) -> Brought | None:
    request = entry.request
    method = request.method.upper()
    headers = kept_headers([(pair.name, pair.value) for pair in request.headers])
    # what a browser says of itself and of the page it was on tells nothing of the data
    headers = {
        name: value
        for name, value in headers.items()
        if name.lower() not in ("user-agent", "referer", "origin", "accept-language", "content-type")
    }
    source: dict[str, Any] = {}
    text = request.postData.text if request.postData else ""
    if method == "POST":
        source["method"] = "POST"
        try:
            source["json"] = json.loads(text) if text else None
        except ValueError:
            return None
    title = f"{method} {title_of(request.url)}"
    return http(request.url.partition("#")[0], title=title, foreign=True, headers=headers, **source)


def _counted(one: Brought, times: int) -> Brought:
    if times == 1:
        return one
    note = f"{times:,} requests of this kind were recorded; the first is taken."
    return Brought(one.title, one.recipe, one.foreign, (*one.notes, note))


def skipped(reasons: dict[str, int]) -> tuple[str, ...]:
    """Notes on requests that were left out, by why."""
    return tuple(
        f"{count:,} other request{'s are' if count > 1 else ' is'} left out: {why}." for why, count in reasons.items()
    )
