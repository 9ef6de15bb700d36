"""The practice dataset's own customers, invoices and stock codes, found by their ids."""

from __future__ import annotations

from typing import Any

import polars as pl

from fetchtozip_gui.api.practice_data import ROWS, invoices, rows
from fetchtozip_gui.api.practice_words import catalogue


def _of_customer(customer_id: str) -> pl.DataFrame:
    # only an id as it is written: 017850 is not 17850
    known = customer_id.isascii() and customer_id.isdigit() and len(customer_id) == 5 and customer_id[0] != "0"
    return invoices().filter(pl.col("CustomerID") == (int(customer_id) if known else -1))


def country_of(customer_id: str) -> str | None:
    """The customer's country, or None when the dataset has no invoice of theirs."""
    found = _of_customer(customer_id)
    return found["Country"][0] if len(found) else None


def invoices_of(customer_id: str) -> list[int]:
    """The customer's invoice numbers, cancelled ones (C123456) without their letter."""
    return _of_customer(customer_id)["number"].to_list()


def invoice(invoice_no: int) -> dict[str, Any] | None:
    """The invoice's shared fields, or None when the dataset has no such number."""
    if not invoices()["number"][0] <= invoice_no <= invoices()["number"][-1]:
        return None
    place = invoices()["number"].search_sorted(invoice_no)
    found = invoices().row(place, named=True)
    return found if found["number"] == invoice_no else None


def lines(invoice_no: int) -> pl.DataFrame:
    """The invoice's rows, as the dataset has them; none for an unknown number."""
    found = invoice(invoice_no)
    return rows(found["first"], min(found["lines"], ROWS - found["first"])) if found else rows(0, 0)


def goods(stock_code: str) -> tuple[str, float] | None:
    """Description and usual price of a stock code in the catalogue."""
    found = catalogue().filter(pl.col("StockCode") == stock_code)
    return (found["Description"][0], found["pence"][0] / 100) if len(found) else None
