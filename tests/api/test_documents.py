"""The documents: in a real browser with its network watched, and as programs read them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx
import pytest
from browser import Page
from fastapi import FastAPI

from fetchtozip_gui.api import documents
from fetchtozip_gui.api.server import serve


@pytest.mark.parametrize(("path", "shown"), [("/docs", ".opblock"), ("/redoc", "[data-section-id*=operation]")])
@pytest.mark.parametrize("prefix", ["", "/api"])
def test_a_page_shows_every_route_and_asks_no_other_host(
    practice: str, page: Page, prefix: str, path: str, shown: str
) -> None:
    page.open(f"{practice}{prefix}{path}")
    page.until(f"document.querySelector('{shown}')")
    text = re.sub("[\u200b\\s]", "", page.evaluate("document.body.textContent"))
    for route in httpx.get(f"{practice}/openapi.json").json()["paths"]:
        assert route in text
    asked = page.asked()
    left = {url: why for url, why in asked.items() if urlsplit(url).netloc != urlsplit(practice).netloc}
    # ReDoc names its maker's logo, which our policy stops inside the browser
    assert set(left.values()) <= {"csp"}
    assert f"{practice}/openapi.json" in asked


def test_try_it_out_is_let_in_by_the_gate(practice: str, page: Page) -> None:
    page.open(f"{practice}/docs#/customer/create_customer_customer_post")
    page.until("document.querySelector('.try-out__btn')")
    page.evaluate("document.querySelector('.try-out__btn').click()")
    page.until("document.querySelector('.execute')")
    page.evaluate("document.querySelector('.execute').click()")
    page.until("document.querySelector('.live-responses-table .response-col_status')")
    shown = page.evaluate("document.querySelector('.live-responses-table tbody .response-col_status').innerText")
    assert shown.startswith("201")


def test_the_pages_name_only_assets_of_our_own(practice: str) -> None:
    for path in ("/docs", "/redoc", "/api/docs", "/api/redoc"):
        answer = httpx.get(f"{practice}{path}")
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "default-src 'none'" in policy
        for address in re.findall(r"""(?:src|href)=["']([^"']+)""", answer.text):
            assert address.startswith(("/docs/assets/", "/openapi.json", "data:,"))
            if address.startswith("/docs/"):
                got = httpx.get(f"{practice}{address}")
                assert got.status_code == 200
                assert "immutable" in got.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["", "README.md", "../documents.py", "..%2fdocuments.py", "%2e%2e/build.py", "x" * 99])
def test_nothing_else_is_an_asset(practice: str, name: str) -> None:
    assert httpx.get(f"{practice}/docs/assets/{name}").status_code == 404


def test_every_asset_is_there_with_its_licence() -> None:
    for name in documents.KINDS:
        assert (documents.FOLDER / name).stat().st_size
    kept = {path.name for path in documents.FOLDER.iterdir()}
    licences = {name for name in kept if "LICENSE" in name or "NOTICE" in name}
    assert kept == {*documents.KINDS, *licences, "README.md"}
    assert len(licences) == 5


def test_a_title_is_escaped() -> None:
    app = FastAPI(title="</title><script>alert(1)</script>", docs_url=None, redoc_url=None)
    documents.add(app)
    with serve(app, port=0) as served:
        assert "<script>alert" not in httpx.get(f"{served.url}/docs").text


def test_the_document_tells_how_to_give_a_key_and_what_the_gate_answers(practice: str) -> None:
    document = httpx.get(f"{practice}/openapi.json").json()
    assert set(document["components"]["securitySchemes"]) == {"bearer", "key"}
    post, get = document["paths"]["/customer"]["post"], document["paths"]["/practice"]["get"]
    assert {"401", "403", "413", "415", "431"} <= set(post["responses"])
    assert {"401", "403", "431"} <= set(get["responses"])
    assert "413" not in get["responses"]
