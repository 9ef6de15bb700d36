"""The documentation page: every route, no script, no other host."""

from __future__ import annotations

import re

import httpx

from fetchtozip_gui.api import plain_docs


def test_both_pages_list_every_route_and_ask_nobody(practice: str) -> None:
    document = httpx.get(f"{practice}/openapi.json").json()
    for path in ("/docs", "/redoc"):
        answer = httpx.get(f"{practice}{path}")
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        for route in document["paths"]:
            assert f"<code>{route}</code>" in answer.text
        assert "<script" not in answer.text
        assert not re.findall(r"""(?:src|href)=(?!"/openapi\.json")""", answer.text)


def test_what_is_shown_is_escaped() -> None:
    operation = {"description": "<b>&", "responses": {"200": {"description": "<i>"}}}
    document = {"info": {"title": "<script>"}, "paths": {"/<a>": {"get": operation}}}
    shown = plain_docs.page(document, '/x"onload="')
    assert "<script>" not in shown
    assert "&lt;b&gt;&amp;" in shown
    assert "/&lt;a&gt;" in shown
    assert 'x"onload' not in shown
