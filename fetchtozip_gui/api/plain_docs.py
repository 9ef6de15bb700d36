"""An application's routes as one plain page: no script, and no request to any other host."""

from __future__ import annotations

import json
from html import escape
from typing import Any

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
:root {{ color-scheme: light dark }}
section {{ border-top: 1px solid #8886; padding: .5rem 0 1rem }} h2 {{ font-size: 1.1rem }} b {{ color: #16794c }}
pre {{ background: #8882; padding: .6rem; overflow: auto }} td {{ padding: 0 1rem .2rem 0; vertical-align: top }}
</style></head><body>
<h1>{title}</h1><p>{description}</p><p>The same for programs: <a href="{openapi}">{openapi}</a></p>
{routes}
</body></html>"""


def page(document: dict[str, Any], openapi: str) -> str:
    """The page for an OpenAPI document that is itself at the address `openapi`."""
    routes = [
        _route(method, path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    info = document["info"]
    return _PAGE.format(
        title=escape(info["title"]),
        description=escape(info.get("description", "")),
        openapi=escape(openapi),
        routes="\n".join(routes),
    )


def _route(method: str, path: str, operation: dict[str, Any]) -> str:
    parts = [f"<section><h2><b>{method.upper()}</b> <code>{escape(path)}</code></h2>"]
    parts.append(f"<p>{escape(operation.get('description', operation.get('summary', '')))}</p>")
    rows = [_parameter(parameter) for parameter in operation.get("parameters", [])]
    if rows:
        parts.append(f"<table>{''.join(rows)}</table>")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    parts += [f"<p>Body, {escape(name)}:</p>{_code(value)}" for name, value in _examples(body)]
    for status, answer in operation["responses"].items():
        parts.append(f"<p>{escape(status)}: {escape(answer.get('description', ''))}</p>")
        parts += [_code(value) for _, value in _examples(answer.get("content", {}).get("application/json", {}))]
    return "".join(parts) + "</section>"


def _parameter(parameter: dict[str, Any]) -> str:
    default = parameter.get("schema", {}).get("default")
    shown = f" (default {default})" if default is not None else ""
    words = escape(parameter.get("description", "") + shown)
    return f"<tr><td><code>{escape(parameter['name'])}</code></td><td>{words}</td></tr>"


def _examples(content: dict[str, Any]) -> list[tuple[str, Any]]:
    named = [(name, example["value"]) for name, example in content.get("examples", {}).items()]
    return [*named, *([("for example", content["example"])] if "example" in content else [])]


def _code(value: Any) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"
