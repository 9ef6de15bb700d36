"""What the practice API's customer, invoice and stock-code routes take and answer, as its document words it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

# what can stand in one segment of an address: no slash, no control characters
Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^/\x00-\x1f\x7f]+$")]


def _no_truth(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("true and false are no numbers")
    return value


# up to the largest whole number that every JSON reader keeps exactly
InvoiceNo = Annotated[int, Field(ge=0, le=2**53 - 1), BeforeValidator(_no_truth)]
Quantity = Annotated[int, Field(ge=-(2**31), lt=2**31), BeforeValidator(_no_truth)]


class _Worded(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Customer(_Worded):
    """A customer."""

    customer_id: Id
    """The customer's id, any text without a slash."""
    country: Annotated[str, StringConstraints(max_length=1000)]
    """Where the customer lives."""


class URLLink(_Worded):
    """A link to something else of this API."""

    url: str | None = None
    """Its path."""


class Invoice(_Worded):
    """An invoice as it is created."""

    invoice_no: InvoiceNo
    """The invoice's number; one that exists is put in its place."""
    invoice_date: Annotated[str, StringConstraints(max_length=1000)]
    """The invoice's date, as it is to be shown."""
    customer: URLLink | None = None
    """Need not be sent: the customer is the one in the address."""


class InvoiceDetails(Invoice):
    """An invoice with what is on it."""

    stock_codes: dict[str, str] = {}
    """The path of each stock code on the invoice; absent as long as there is none."""


class StockCodeAsked(_Worded):
    """What is known of a stock code that is added; what is left out comes from the practice shop's catalogue."""

    description: Annotated[str, StringConstraints(max_length=1000)] | None = None
    """What it is called."""
    unit_price: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """The price of one."""
    quantity: Quantity = 1
    """How many; negative ones were returned."""


class StockCode(StockCodeAsked):
    """A stock code on an invoice."""

    message: str = "Hello World"
    """As the document's own program answers."""
    stock_code: str
    """The id; leading zeros and letters belong to it."""
    invoice: URLLink
    """The invoice it is on."""


class Told(_Worded):
    """One sentence."""

    message: str


class Fault(_Worded):
    """What is wrong, in one sentence."""

    detail: str
