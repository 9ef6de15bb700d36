"""The practice door: its routes told in OpenAPI, faults and waits on purpose, and a router for any app."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from fetchtozip_gui.api.doors.practice import GeneratedRows, build, router
from fetchtozip_gui.api.practice_store import Store
from fetchtozip_gui.api.server import serve

PATH = "/practice/online-retail"


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(method, path, told) for path, methods in document["paths"].items() for method, told in methods.items()]


def test_every_route_is_told_with_examples_and_its_errors(practice: str) -> None:
    document = httpx.get(f"{practice}/openapi.json").json()
    assert len(operations(document)) == 10
    for method, path, told in operations(document):
        name = f"{method} {path}"
        assert len(told["description"]) > 20, name
        good = told["responses"].get("200", told["responses"].get("201"))
        content = good["content"]["application/json"]
        assert content.get("example") or content.get("examples"), name
        assert all(answer["description"] for answer in told["responses"].values()), name
        if "{" in path:
            assert {"404", "422"} <= told["responses"].keys(), name
        assert all(parameter["description"] for parameter in told.get("parameters", [])), name
    assert {"200", "422", "503"} <= document["paths"][PATH]["get"]["responses"].keys()


def test_the_examples_told_for_reading_are_what_is_answered(practice: str) -> None:
    document = httpx.get(f"{practice}/openapi.json").json()
    parameters = {"{customer_id}": "12345", "{invoice_no}": "789101", "{stockcode}": "85123A"}
    for path in ("/", "/practice", "/customer/{customer_id}", "/invoice/{invoice_no}/{stockcode}/"):
        address = path
        for name, value in parameters.items():
            address = address.replace(name, value)
        example = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["example"]
        assert httpx.get(practice + address).json() == example, path
    examples = document["paths"][PATH]["get"]["responses"]["200"]["content"]["application/json"]["examples"]
    for style, example in examples.items():
        answered = httpx.get(practice + PATH, params={"style": style, "offset": 0, "limit": 1}).json()
        if style == "next_url":
            assert example["value"].pop("next").partition(PATH)[2] == answered.pop("next").partition(PATH)[2]
        assert answered == example["value"], style


def test_every_third_request_fails_and_the_next_try_gets_through(tmp_path: Path) -> None:
    with serve(build(tmp_path), port=0) as served, httpx.Client(base_url=served.url) as client:
        answers = [client.get(PATH, params={"fail_every": 3, "limit": 1, "page": page}) for page in range(1, 8)]
        assert [answer.status_code for answer in answers] == [200, 200, 503, 200, 200, 503, 200]
        assert answers[2].headers["Retry-After"] == "0"
        assert client.get(answers[2].url).status_code == 200
        assert client.get(PATH, params={"limit": 1}).status_code == 200


def test_even_where_every_request_fails_a_second_try_gets_through_side_by_side(tmp_path: Path) -> None:
    def fetch(page: int) -> list[int]:
        query = {"fail_every": 1, "limit": 1, "page": page}
        return [client.get(PATH, params=query).status_code for _ in range(2)]

    with (
        serve(build(tmp_path), port=0) as served,
        httpx.Client(base_url=served.url) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        assert list(pool.map(fetch, range(1, 40))) == [[503, 200]] * 39


def test_a_wait_holds_up_nobody_else(practice: str) -> None:
    def slow(_: int) -> int:
        return client.get(PATH, params={"latency_ms": 1000, "limit": 1}).status_code

    started = time.monotonic()
    with httpx.Client(base_url=practice, timeout=30) as client, ThreadPoolExecutor(6) as pool:
        waiting = [pool.submit(slow, number) for number in range(6)]
        assert client.get("/").status_code == 200
        assert not any(request.done() for request in waiting), "answered while six others wait"
        assert [request.result() for request in waiting] == [200] * 6
    assert 1 <= time.monotonic() - started < 5, "they waited side by side"


def test_the_router_fits_into_a_bigger_application(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as store:
        bigger = FastAPI()
        bigger.include_router(router(store, {"online-retail": GeneratedRows()}), prefix="/door")
        with serve(bigger, port=0) as served, httpx.Client(base_url=f"{served.url}/door") as client:
            assert client.get("/customer/12345").json() == {"customer_id": "12345", "country": "Germany"}
            links = client.get(PATH, params={"style": "link", "rows": 200}).links
            assert links["next"]["url"].startswith(f"{served.url}/door{PATH}?")


def test_two_applications_share_nothing(tmp_path: Path) -> None:
    with serve(build(tmp_path / "a"), port=0) as a, serve(build(tmp_path / "b"), port=0) as b:
        for url in (a.url, b.url):
            statuses = [httpx.get(url + PATH, params={"fail_every": 2, "limit": 1}).status_code for _ in range(2)]
            assert statuses == [200, 503]
        httpx.post(f"{a.url}/customer", json={"customer_id": "only-here", "country": "Malta"})
        assert httpx.get(f"{b.url}/customer/only-here").status_code == 404


@pytest.mark.parametrize("customer_id", ["00123", "müller & co", "100%", "a?b#c", "😀"])
def test_an_id_of_any_text_can_be_read_back_at_the_path_that_is_told(practice: str, customer_id: str) -> None:
    customer = {"customer_id": customer_id, "country": "Malta"}
    assert httpx.post(f"{practice}/customer", json=customer).json() == customer
    invoice = {"invoice_no": 4_000_000 + len(customer_id), "invoice_date": "2021-01-05"}
    path = f"/customer/{quote(customer_id, safe='')}"
    answered = httpx.post(f"{practice}{path}/invoice", json=invoice).json()
    assert answered["customer"]["url"] == path
    assert httpx.get(practice + answered["customer"]["url"]).json() == customer


def test_no_window_is_loaded() -> None:
    program = (
        "import pkgutil, importlib, sys, fetchtozip_gui.api as api\n"
        "for found in pkgutil.walk_packages(api.__path__, api.__name__ + '.'):\n"
        "    importlib.import_module(found.name)\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "sys.exit(sorted(loaded & {'PySide6', 'qasync', 'shiboken6'}) or 0)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[3], check=False).returncode == 0
