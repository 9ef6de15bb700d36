"""The practice door: the documented customer, invoice and stock-code routes, and datasets to fetch page by page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path as FilePath
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Body, FastAPI, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from fetchtozip_gui import __version__
from fetchtozip_gui.api import documents, practice_data, practice_index
from fetchtozip_gui.api.answered_errors import ToldRoute
from fetchtozip_gui.api.practice_faults import Faults
from fetchtozip_gui.api.practice_models import (
    Customer,
    Fault,
    Id,
    Invoice,
    InvoiceDetails,
    InvoiceNo,
    StockCode,
    StockCodeAsked,
    Told,
    URLLink,
)
from fetchtozip_gui.api.practice_pages import Asked, Dataset, answer, pages_answered
from fetchtozip_gui.api.practice_store import KeptInvoice, KeptLine, Store

ONLINE_RETAIL = "online-retail"

_CUSTOMER = {"customer_id": "12345", "country": "Germany"}
_NEW_INVOICE = {"invoice_no": 123456, "invoice_date": "2021-01-05"}
_INVOICE = {**_NEW_INVOICE, "customer": {"url": "/customer/12345"}}
_INVOICES = {"id_123456": "/invoice/123456", "id_789101": "/invoice/789101"}
_STOCK_CODE = {
    "description": "SLATE GINGHAM TEA TOWEL",
    "unit_price": 6.5,
    "quantity": 6,
    "message": "Hello World",
    "stock_code": "85123A",
    "invoice": {"url": "/invoice/789101"},
}
_MISSING: dict[int | str, dict[str, Any]] = {
    404: {
        "model": Fault,
        "description": "Nothing has this id",
        "content": {"application/json": {"example": {"detail": "Item not found"}}},
    }
}
_NO_TEXT: dict[int | str, dict[str, Any]] = {
    400: {
        "model": Fault,
        "description": "The body is no text",
        "content": {"application/json": {"example": {"detail": "There was an error parsing the body"}}},
    }
}
_ON_PURPOSE = "Failed on purpose, as fail_every asks"
_FAILED: dict[int | str, dict[str, Any]] = {
    503: {
        "model": Fault,
        "description": "Failed on purpose",
        "headers": {"Retry-After": {"schema": {"type": "string"}, "description": "0: at once"}},
        "content": {"application/json": {"example": {"detail": _ON_PURPOSE}}},
    }
}

CustomerId = Annotated[Id, Path(description="The customer's id", examples=["12345"])]
InvoiceNoInPath = Annotated[
    InvoiceNo, Path(description="The invoice's number, without the C of a cancelled one", examples=[789101])
]
StockCodeInPath = Annotated[Id, Path(description="The stock code", examples=["85123A"])]


class GeneratedRows:
    """The generated Online Retail rows, as a dataset to page through."""

    total = practice_data.ROWS

    def json_rows(self, first: int, count: int) -> bytes:
        return practice_data.rows(first, count).write_json().encode()


def build(data_dir: FilePath, data_file: FilePath | None = None) -> FastAPI:
    """The practice API alone; a `data_file` is served beside the generated rows, at `dataset_path(name_of(data_file))`.

    `SourceError` or `BadBody` when the file cannot be served, `FetchToZipError` when `data_dir` cannot be used.
    """
    served = datasets(data_dir, data_file)
    store = Store(data_dir)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        store.close()

    app = FastAPI(
        title="FetchToZip practice API",
        description="A shop to practise on: its customers, invoices and stock codes, and its rows page by page.",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,  # FastAPI's own pages ask another host for their scripts
        redoc_url=None,
    )
    app.include_router(router(store, served))
    documents.add(app)
    return app


def datasets(data_dir: FilePath, data_file: FilePath | None = None) -> dict[str, Dataset]:
    """The generated rows, and those of a file; errors as `build` says."""
    served: dict[str, Dataset] = {ONLINE_RETAIL: GeneratedRows()}
    if data_file is not None:
        from fetchtozip_gui.api.practice_file import name_of, open_file  # heavy: msgspec, for a file alone

        served[name_of(data_file)] = open_file(data_file, data_dir)
    return served


def dataset_path(name: str = ONLINE_RETAIL) -> str:
    """Where a dataset is served."""
    return f"/practice/{name}"


def router(store: Store, datasets: Mapping[str, Dataset]) -> APIRouter:
    """The door's routes over a store and datasets by name; whoever made the store closes it."""
    routes = APIRouter(route_class=ToldRoute)
    _add_root(routes)
    _add_datasets(routes, datasets)
    _add_customers(routes, store)
    _add_invoices(routes, store)
    return routes


def _answers(
    example: Any, description: str = "Successful Response", status: int = 200
) -> dict[int | str, dict[str, Any]]:
    return {status: {"description": description, "content": {"application/json": {"example": example}}}}


def _add_root(routes: APIRouter) -> None:
    @routes.get("/", tags=["practice"], responses=_answers({"message": "Hello World"}))
    def root() -> Told:
        """Says that the server is there."""
        return Told(message="Hello World")


def _add_datasets(routes: APIRouter, datasets: Mapping[str, Dataset]) -> None:
    paths = {name: dataset_path(name) for name in datasets}

    @routes.get("/practice", tags=["practice"], responses=_answers(paths))
    def list_datasets() -> dict[str, str]:
        """The datasets that can be fetched page by page, and where each of them is."""
        return paths

    for name, dataset in datasets.items():
        _add_dataset(routes, name, dataset)


def _add_dataset(routes: APIRouter, name: str, dataset: Dataset) -> None:
    faults = Faults()

    @routes.get(
        dataset_path(name),
        tags=["practice"],
        name=f"Rows of {name}",
        description=f"{dataset.total:,} rows, a page at a time, in any of five styles of pagination.",
        responses={**pages_answered(dataset_path(name), dataset), **_FAILED},
    )
    async def read_page(request: Request, asked: Annotated[Asked, Query()]) -> Response:
        if asked.latency_ms:
            await asyncio.sleep(asked.latency_ms / 1000)
        if asked.fail_every and faults.strikes(asked.fail_every, request.url.query):
            return JSONResponse({"detail": _ON_PURPOSE}, 503, {"Retry-After": "0"})
        return answer(asked, dataset, request.url)


def _add_customers(routes: APIRouter, store: Store) -> None:
    created = {**_answers(_CUSTOMER, status=201), **_NO_TEXT}

    @routes.post("/customer", tags=["customer"], status_code=201, responses=created)
    def create_customer(customer: Annotated[Customer, Body(examples=[_CUSTOMER])]) -> Customer:
        """Creates a new customer. One that exists gets the country that is sent."""
        store.keep_customer(customer.customer_id, customer.country)
        return customer

    @routes.get("/customer/{customer_id}", tags=["customer"], responses={**_answers(_CUSTOMER), **_MISSING})
    def read_customer(customer_id: CustomerId) -> Customer:
        """Retrieves customer details: a created customer, or one of the dataset's."""
        return Customer(customer_id=customer_id, country=_customer(store, customer_id))

    answers = {**_answers(_INVOICE), **_NO_TEXT, **_MISSING}

    @routes.post("/customer/{customer_id}/invoice", tags=["customer"], responses=answers)
    def create_invoice(customer_id: CustomerId, invoice: Annotated[Invoice, Body(examples=[_NEW_INVOICE])]) -> Invoice:
        """Creates a new invoice for a given customer. A number that exists is put in its place."""
        _customer(store, customer_id)
        store.keep_invoice(KeptInvoice(invoice.invoice_no, invoice.invoice_date, customer_id))
        return invoice.model_copy(update={"customer": _link("customer", customer_id)})

    @routes.get("/customer/{customer_id}/invoice", tags=["customer"], responses={**_answers(_INVOICES), **_MISSING})
    def get_invoices(customer_id: CustomerId) -> dict[str, str]:
        """Returns the invoices of a given customer: an object with the path of each, keyed by its id."""
        _customer(store, customer_id)
        return {f"id_{number}": f"/invoice/{number}" for number in store.invoices_of(customer_id)}


def _add_invoices(routes: APIRouter, store: Store) -> None:
    @routes.get(
        "/invoice/{invoice_no}",
        tags=["invoice"],
        responses={**_answers(_INVOICE), **_MISSING},
        response_model_exclude_unset=True,
    )
    def read_invoice(invoice_no: InvoiceNoInPath) -> InvoiceDetails:
        """Retrieves a specific invoice by its number, with the paths of its stock codes once it has some."""
        invoice = _invoice(store, invoice_no)
        codes = {code: f"/invoice/{invoice_no}/{quote(code, safe='')}/" for code in store.stock_codes(invoice_no)}
        return InvoiceDetails(
            invoice_no=invoice_no,
            invoice_date=invoice.invoice_date,
            customer=None if invoice.customer_id is None else _link("customer", invoice.customer_id),
            **({"stock_codes": codes} if codes else {}),
        )

    stock_code = "/invoice/{invoice_no}/{stockcode}/"

    @routes.get(stock_code, tags=["stock code"], responses={**_answers(_STOCK_CODE), **_MISSING})
    def read_item(invoice_no: InvoiceNoInPath, stockcode: StockCodeInPath) -> StockCode:
        """Retrieves a specific stock code on the invoice."""
        _invoice(store, invoice_no)
        line = store.line(invoice_no, stockcode)
        if line is None:
            raise HTTPException(404, "Item not found")
        return _stock_code(line)

    @routes.post(stock_code, tags=["stock code"], responses={**_answers(_STOCK_CODE), **_NO_TEXT, **_MISSING})
    def add_item(
        invoice_no: InvoiceNoInPath,
        stockcode: StockCodeInPath,
        asked: Annotated[StockCodeAsked | None, Body(examples=[{"quantity": 6}])] = None,
    ) -> StockCode:
        """Adds a stock code to the invoice. The body may be left out; one that is there already is replaced."""
        _invoice(store, invoice_no)
        known = asked or StockCodeAsked()
        description, price = practice_index.goods(stockcode) or (None, None)
        line = KeptLine(
            invoice_no,
            stockcode,
            description if known.description is None else known.description,
            price if known.unit_price is None else known.unit_price,
            known.quantity,
        )
        store.keep_line(line)
        return _stock_code(line)


def _customer(store: Store, customer_id: str) -> str:
    """The customer's country; 404 where there is none."""
    country = store.country_of(customer_id)
    if country is None:
        raise HTTPException(404, "Item not found")
    return country


def _invoice(store: Store, invoice_no: int) -> KeptInvoice:
    invoice = store.invoice(invoice_no)
    if invoice is None:
        raise HTTPException(404, "Item not found")
    return invoice


def _link(kind: str, name: str | int) -> URLLink:
    return URLLink(url=f"/{kind}/{quote(str(name), safe='')}")


def _stock_code(line: KeptLine) -> StockCode:
    return StockCode(
        stock_code=line.stock_code,
        description=line.description,
        unit_price=line.unit_price,
        quantity=line.quantity,
        invoice=_link("invoice", line.invoice_no),
    )
