"""The documents of an application: its OpenAPI, with what the gate answers, shown by Swagger UI and by ReDoc."""

from __future__ import annotations

import hashlib
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.responses import HTMLResponse, Response

from fetchtozip_gui.api import admission, dialect
from fetchtozip_gui.api.admission import ASSETS

FOLDER = Path(__file__).with_name("assets")
KINDS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "redoc.standalone.js": "text/javascript",
    "docs.js": "text/javascript",
    "redoc.js": "text/javascript",
    "page.css": "text/css",
}
"""Every asset there is, and what it is."""
PAGES = {
    "/docs": ("swagger-ui.css", "swagger-ui-bundle.js", "docs.js"),
    "/redoc": ("redoc.standalone.js", "redoc.js"),
}

# both pages write style attributes, and ReDoc searches in a worker; nothing may leave for another host
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><link rel="icon" href="data:,">
{head}
</head><body><div id="page"></div>
<noscript>This page needs JavaScript. The same for programs: <a href="/openapi.json">/openapi.json</a></noscript>
{scripts}
</body></html>"""
_REFUSALS = {
    400: "The request is no HTTP, or its address or body cannot be read",
    401: "A key is set on this server, and the request has none or another",
    403: "Host, Origin or Sec-Fetch-Site tell that a web page asks",
    408: "The body did not come in time",
    413: "The body is too large",
    414: f"The address is longer than {admission.TARGET_BYTES:,} bytes",
    415: "The body says that it is something else than what is taken here",
    431: f"More than {admission.HEADERS} headers, or {admission.HEADER_BYTES:,} bytes of them",
    500: "The server failed; its log says how",
}
_OF_BODIES = (408, 413, 415)
_SCHEMA = "Refused"


def add(app: FastAPI) -> None:
    """Give an application its documents; it is made with `docs_url=None, redoc_url=None`, whose pages ask others."""
    _complete(app)
    for address, assets in PAGES.items():
        _add_page(app, address, _page(app.title, assets))

    @app.get(f"{ASSETS}{{name}}", include_in_schema=False)
    def asset(name: str) -> Response:
        if name not in KINDS:
            raise HTTPException(404, "Not Found")
        # the page names the bytes it wants, so that a browser never asks twice
        keep = {"Cache-Control": "private, max-age=31536000, immutable"}
        return Response(_bytes(name), media_type=f"{KINDS[name]}; charset=utf-8", headers=keep)


def _add_page(app: FastAPI, address: str, text: str) -> None:
    @app.get(address, include_in_schema=False)
    @app.get(f"/api{address}", include_in_schema=False)
    def page() -> Response:
        return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY})


def _page(title: str, assets: tuple[str, ...]) -> str:
    styles = [f'<link rel="stylesheet" href="{_address(name)}">' for name in ("page.css", *assets) if ".css" in name]
    scripts = [f'<script src="{_address(name)}"></script>' for name in assets if name.endswith(".js")]
    return _PAGE.format(title=escape(title), head="\n".join(styles), scripts="\n".join(scripts))


def _address(name: str) -> str:
    return f"{ASSETS}{name}?{hashlib.sha256(_bytes(name)).hexdigest()[:12]}"


@cache
def _bytes(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def _complete(app: FastAPI) -> None:
    """Tell in the OpenAPI document how to give a key, and what the gate may answer on every route."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            parts = document.setdefault("components", {})
            parts["securitySchemes"] = {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            }
            # the first: on most servers no key is set
            document["security"] = [{}, {"bearer": []}, {"key": []}]
            detail = {"type": "string", "description": "The field, what was found, what is allowed"}
            parts.setdefault("schemas", {})[_SCHEMA] = {
                "title": _SCHEMA,
                "type": "object",
                "required": ["detail"],
                "properties": {"detail": detail},
            }
            for path, operations in document["paths"].items():
                for operation in operations.values():
                    _tell(operation, dialect.is_processing(path))
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]


def _tell(operation: dict[str, Any], has_own_words: bool) -> None:
    if has_own_words:
        # what this door calls invalid is 400
        operation["responses"].pop("422", None)
    for status, words in _REFUSALS.items():
        if status not in _OF_BODIES or "requestBody" in operation:
            schema = dialect.FAULT if has_own_words else _SCHEMA
            content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
            operation["responses"].setdefault(str(status), {"description": words, "content": content})
