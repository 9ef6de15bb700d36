"""An OpenAPI 3 document: each GET that answers a list, with example values for what it needs to be told."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from fetchtozip_gui.core.bring.brought import Brought, http, shorter
from fetchtozip_gui.core.bring.documents import MOST
from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.core.referring import with_query

_DEEPEST = 8
_STEPS = 2000
"""References and parts that are looked at for one answer: a schema may refer to itself in many ways."""


def read_openapi(document: dict[str, Any]) -> list[Brought]:
    """One for each list that can be asked for."""
    version = str(document.get("openapi", ""))
    if not version.startswith("3"):
        raise RecipeError(f"The document says OpenAPI {shorter(version, 20)}.", "Versions 3.0 and 3.1 are understood.")
    api = _Api(document)
    found: list[Brought] = []
    for path, item in _object(document.get("paths")).items():
        item = api.resolved(item)
        operation = item.get("get")
        if isinstance(operation, dict) and len(found) < MOST and api.answers_list(operation):
            found.append(api.made(str(path), item, operation))
    if not found:
        raise RecipeError("No GET of this document answers a list.", "Paste the address of the data itself.")
    return found


class _Api:
    """The document with its references followed, each within it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._steps = 0

    def resolved(self, value: Any) -> dict[str, Any]:
        """An object, or what a local reference leads to; empty where it leads nowhere, in a circle, or outside."""
        for _ in range(_DEEPEST):
            if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
                break
            parts = value["$ref"].partition("#/")[2].split("/") if value["$ref"].startswith("#/") else [""]
            value = self._document
            for part in parts:
                name = part.replace("~1", "/").replace("~0", "~")
                value = value.get(name) if isinstance(value, dict) else None
        return {} if not isinstance(value, dict) or "$ref" in value else value

    # --- what it answers ----------------------------------------------------------------------------------------

    def answers_list(self, operation: dict[str, Any]) -> bool:
        """Whether a good answer is a list, or an object with a list in it."""
        responses = _object(operation.get("responses"))
        good = [value for status, value in responses.items() if str(status).upper() in ("200", "2XX", "DEFAULT", "206")]
        for response in good:
            for kind, media in _object(self.resolved(response).get("content")).items():
                name = str(kind).partition(";")[0].lower()
                if name.endswith(("/csv", "ndjson", "jsonl")):
                    return True
                self._steps = 0
                if name.endswith(("json", "*/*")) and self._has_list(_object(media).get("schema"), 0):
                    return True
        return False

    def _has_list(self, schema: Any, depth: int) -> bool:
        self._steps += 1
        if depth > 3 or self._steps > _STEPS:
            return False
        known = self.resolved(schema)
        kind = known.get("type")
        if kind == "array" or (isinstance(kind, list) and "array" in kind):
            return True
        for word in ("allOf", "oneOf", "anyOf"):
            parts = known.get(word)
            if isinstance(parts, list) and any(self._has_list(part, depth) for part in parts):
                return True
        return any(self._has_list(part, depth + 1) for part in _object(known.get("properties")).values())

    # --- how it is asked ----------------------------------------------------------------------------------------

    def made(self, path: str, item: dict[str, Any], operation: dict[str, Any]) -> Brought:
        """The request, with notes on what the document does not tell."""
        notes: list[str] = []
        parameters = self._parameters(item, operation)
        url = self._server(item, operation) + self._path(path, parameters, notes)
        pairs, headers = [], {}
        for one in parameters:
            value = self._example(one)
            if value is None and one.get("required") and one.get("in") in ("query", "header"):
                notes.append(f"Needs a value for `{shorter(str(one['name']), 40)}`.")
            if value is None or not (one.get("required") or self._is_told(one)):
                continue
            if one.get("in") == "query":
                pairs.append((str(one["name"]), value))
            elif one.get("in") == "header":
                headers[str(one["name"])] = value
        auth = self._auth(operation, notes)
        summary = operation.get("summary") or operation.get("operationId") or ""
        title = f"GET {path}" + (f": {shorter(str(summary), 60)}" if summary else "")
        made = with_query(url, pairs)
        return http(made, title=shorter(title), foreign=True, notes=tuple(notes), headers=headers, auth=auth)

    def _server(self, *parts: dict[str, Any]) -> str:
        for part in (parts[1], parts[0], self._document):
            servers = part.get("servers")
            for server in servers if isinstance(servers, list) else ():
                url = str(_object(server).get("url", ""))
                variables = _object(_object(server).get("variables"))
                for name, variable in variables.items():
                    url = url.replace(f"{{{name}}}", str(_object(variable).get("default", "")))
                if re.match(r"https?://[^/{}]", url, re.IGNORECASE):
                    return url.rstrip("/")
        raise RecipeError(
            "The OpenAPI document does not say where its server is: `servers` has no complete address.",
            'Add {"servers": [{"url": "https://…"}]} to it.',
        )

    def _parameters(self, item: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
        known: dict[tuple[Any, Any], dict[str, Any]] = {}
        for part in (item, operation):
            parameters = part.get("parameters")
            for one in parameters if isinstance(parameters, list) else ():
                found = self.resolved(one)
                if isinstance(found.get("name"), str):
                    known[(found["name"], found.get("in"))] = found
        return list(known.values())

    def _path(self, path: str, parameters: list[dict[str, Any]], notes: list[str]) -> str:
        given = {one["name"]: one for one in parameters if one.get("in") == "path"}

        def put(found: re.Match[str]) -> str:
            value = self._example(given.get(found[1], {}))
            if value is None:
                notes.append(f"Put the value for `{shorter(found[1], 40)}` into the address.")
                value = found[1].upper()
            return quote(value, safe="")

        filled = re.sub(r"\{([^{}/]{1,100})\}", put, path)
        return filled if filled.startswith("/") else f"/{filled}"

    def _is_told(self, parameter: dict[str, Any]) -> bool:
        schema = self.resolved(parameter.get("schema"))
        return any(name in part for part in (parameter, schema) for name in ("example", "examples", "default"))

    def _example(self, parameter: dict[str, Any]) -> str | None:
        """A value that the document gives for a parameter; None where it gives none."""
        schema = self.resolved(parameter.get("schema"))
        candidates = [parameter.get("example"), schema.get("example"), schema.get("default")]
        for examples in (parameter.get("examples"), schema.get("examples")):
            if isinstance(examples, dict):
                candidates += [self.resolved(one).get("value") for one in examples.values()]
            elif isinstance(examples, list):
                candidates += examples
        enum = schema.get("enum")
        candidates += enum if isinstance(enum, list) else []
        for value in candidates:
            if isinstance(value, bool):
                return "true" if value else "false"
            if isinstance(value, (str, int, float)) and str(value):
                return str(value)[:1000]
        return None

    def _auth(self, operation: dict[str, Any], notes: list[str]) -> dict[str, Any] | None:
        """The credentials that are asked for, as references to what the keyring is to hold."""
        asked = operation.get("security", self._document.get("security"))
        names = [name for one in (asked if isinstance(asked, list) else ()) for name in _object(one)]
        if not names or {} in (asked or ()):
            return None
        schemes = _object(_object(self._document.get("components")).get("securitySchemes"))
        for name in names:
            made = _scheme(self.resolved(schemes.get(name)), re.sub(r"[^\w .-]", "", str(name))[:60] or "key")
            if made is not None:
                key = next(iter(value for value in made.values() if str(value).startswith("keyring:")), "")
                notes.append(f"Needs credentials ({shorter(str(name), 40)}): put them into the keyring as {key[8:]}.")
                return made
        notes.append("Needs credentials of a kind that is not known here.")
        return None


def _scheme(scheme: dict[str, Any], name: str) -> dict[str, Any] | None:
    match scheme.get("type"), str(scheme.get("scheme", "")).lower(), scheme.get("in"):
        case "http", "bearer", _:
            return {"type": "bearer", "token": f"keyring:{name}"}
        case "http", "basic", _:
            return {"type": "basic", "username": "", "password": f"keyring:{name}"}
        case "apiKey", _, ("header" | "query") as place:
            return {"type": "api_key", "name": str(scheme.get("name", "")), "value": f"keyring:{name}", "in": place}
    token = _object(_object(scheme.get("flows")).get("clientCredentials")).get("tokenUrl")
    if isinstance(token, str) and token.lower().startswith(("https://", "http://")):
        return {"type": "oauth2", "token_url": token, "client_id": "", "client_secret": f"keyring:{name}"}
    return None


def _object(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}
