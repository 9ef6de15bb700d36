"""Every example printed in the practice API's document, sent to the real server as a reader would paste it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from fetchtozip_gui.api.build import build as build_all
from fetchtozip_gui.api.doors.practice import build
from fetchtozip_gui.api.server import serve
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.shelf import Shelf


@pytest.fixture(params=["alone", "whole server"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of the practice API, served alone and beside the other doors."""
    with ExitStack() as stack:
        if request.param == "alone":
            app = build(tmp_path)
        else:
            engine = Engine(Folder(tmp_path).prepare(), isolated=False)
            stack.callback(engine.close)
            app = build_all(engine, Shelf(engine.store))
        served = stack.enter_context(serve(app, port=0))
        yield stack.enter_context(httpx.Client(base_url=served.url))


def test_the_root_says_hello(fresh: httpx.Client) -> None:
    answer = fresh.get("/")
    assert (answer.status_code, answer.json()) == (200, {"message": "Hello World"})
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_both_documentation_pages_open(fresh: httpx.Client, path: str) -> None:
    answer = fresh.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "/customer/{customer_id}/invoice" in fresh.get("/openapi.json").json()["paths"]


def test_post_customer(fresh: httpx.Client) -> None:
    answer = fresh.post("/customer", json={"customer_id": "12345", "country": "Germany"})
    assert (answer.status_code, answer.json()) == (201, {"customer_id": "12345", "country": "Germany"})


def test_get_customer(fresh: httpx.Client) -> None:
    answer = fresh.get("/customer/12345")
    assert (answer.status_code, answer.json()) == (200, {"customer_id": "12345", "country": "Germany"})


def test_get_customer_that_does_not_exist(fresh: httpx.Client) -> None:
    answer = fresh.get("/customer/54321x")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Item not found"})


def test_post_invoice(fresh: httpx.Client) -> None:
    answer = fresh.post("/customer/12345/invoice", json={"invoice_no": 123456, "invoice_date": "2021-01-05"})
    assert answer.status_code == 200
    assert answer.json() == {
        "invoice_no": 123456,
        "invoice_date": "2021-01-05",
        "customer": {"url": "/customer/12345"},
    }


@pytest.mark.parametrize("customer", [None, {}, {"url": None}, {"url": "/customer/other"}])
def test_post_invoice_as_the_document_s_program_takes_it(fresh: httpx.Client, customer: object) -> None:
    body = {"invoice_no": 5, "invoice_date": "2021-01-05", "customer": customer}
    assert fresh.post("/customer/12345/invoice", json=body).json()["customer"] == {"url": "/customer/12345"}


def test_get_invoice(fresh: httpx.Client) -> None:
    answer = fresh.get("/invoice/123456")
    assert answer.status_code == 200
    assert answer.json() == {
        "invoice_no": 123456,
        "invoice_date": "2021-01-05",
        "customer": {"url": "/customer/12345"},
    }


def test_get_the_invoices_of_a_customer(fresh: httpx.Client) -> None:
    answer = fresh.get("/customer/12345/invoice")
    assert answer.status_code == 200
    assert answer.json() == {"id_123456": "/invoice/123456", "id_789101": "/invoice/789101"}


def test_every_path_in_that_list_can_be_read(fresh: httpx.Client) -> None:
    for path in fresh.get("/customer/12345/invoice").json().values():
        assert fresh.get(path).status_code == 200


def test_add_a_stock_code_and_read_it(fresh: httpx.Client) -> None:
    added = fresh.post("/invoice/123456/85123A/")
    assert added.status_code == 200
    assert added.json()["message"] == "Hello World"
    answer = fresh.get("/invoice/123456/85123A/")
    assert (answer.status_code, answer.json()) == (200, added.json())
    assert answer.json()["invoice"] == {"url": "/invoice/123456"}
    assert fresh.get("/invoice/123456").json()["stock_codes"] == {"85123A": "/invoice/123456/85123A/"}


def test_a_stock_code_takes_what_is_known_of_it(fresh: httpx.Client) -> None:
    body = {"description": "A KEY", "unit_price": 0.1, "quantity": -3}
    answer = fresh.post("/invoice/123456/00123/", json=body)
    expected = {**body, "stock_code": "00123", "message": "Hello World", "invoice": {"url": "/invoice/123456"}}
    assert answer.json() == expected == fresh.get("/invoice/123456/00123/").json()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/invoice/1"),
        ("GET", "/invoice/1/85123A/"),
        ("GET", "/invoice/123456/85123A/"),
        ("POST", "/invoice/1/85123A/"),
        ("GET", "/customer/nobody/invoice"),
    ],
)
def test_what_is_not_there_is_told_as_printed(fresh: httpx.Client, method: str, path: str) -> None:
    answer = fresh.request(method, path)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Item not found"})


def test_an_invoice_for_nobody_is_not_created(fresh: httpx.Client) -> None:
    answer = fresh.post("/customer/nobody/invoice", json={"invoice_no": 5, "invoice_date": "2021-01-05"})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Item not found"})
    assert fresh.get("/invoice/5").status_code == 404


def test_a_new_customer_from_creation_to_invoices(fresh: httpx.Client) -> None:
    assert fresh.get("/customer/777").status_code == 404
    assert fresh.post("/customer", json={"customer_id": "777", "country": "France"}).status_code == 201
    assert fresh.get("/customer/777/invoice").json() == {}
    fresh.post("/customer/777/invoice", json={"invoice_no": 42, "invoice_date": "2021-02-03"})
    assert fresh.get("/customer/777/invoice").json() == {"id_42": "/invoice/42"}
    assert fresh.get("/invoice/42").json()["customer"] == {"url": "/customer/777"}


def test_the_dataset_the_document_uses_is_served(fresh: httpx.Client) -> None:
    body = fresh.get("/practice/online-retail", params={"page": 1, "limit": 5}).json()
    assert list(body["data"][0]) == [
        "InvoiceNo",
        "StockCode",
        "Description",
        "Quantity",
        "InvoiceDate",
        "UnitPrice",
        "CustomerID",
        "Country",
    ]
    row = body["data"][0]
    assert fresh.get(f"/customer/{row['CustomerID']}").json()["country"] == row["Country"]
    assert fresh.get(f"/invoice/{row['InvoiceNo']}").json()["invoice_date"] == row["InvoiceDate"]
    details = fresh.get(f"/invoice/{row['InvoiceNo']}/{row['StockCode']}/").json()
    assert (details["description"], details["unit_price"]) == (row["Description"], row["UnitPrice"])
