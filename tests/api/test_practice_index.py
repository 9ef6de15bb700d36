"""The dataset's customers and invoices, found by id."""

from __future__ import annotations

import polars as pl
import pytest

from fetchtozip_gui.api import practice_index
from fetchtozip_gui.api.practice_data import ROWS, invoices, rows


def test_a_customer_s_country_and_invoices_are_those_of_the_rows() -> None:
    theirs = rows(0, ROWS).filter(pl.col("CustomerID") == 17850)
    assert practice_index.country_of("17850") == theirs["Country"][0]
    numbers = theirs["InvoiceNo"].str.strip_prefix("C").cast(pl.Int64).unique().sort().to_list()
    assert practice_index.invoices_of("17850") == numbers


@pytest.mark.parametrize("unknown", ["", "1", "017850", "99999", "１７８５０", "-1785", "1e308", "9" * 5000, "None"])
def test_an_unknown_customer_is_none(unknown: str) -> None:
    assert practice_index.country_of(unknown) is None
    assert practice_index.invoices_of(unknown) == []


@pytest.mark.parametrize("unknown", [-1, 0, 536_364, 536_369 - 2, 10**9, 2**63 - 1])
def test_an_unknown_invoice_is_none(unknown: int) -> None:
    assert practice_index.invoice(unknown) is None
    assert practice_index.lines(unknown).height == 0


@pytest.mark.parametrize("place", [0, 1, 777, -1])
def test_an_invoice_has_its_own_lines(place: int) -> None:
    known = invoices().row(place, named=True)
    assert practice_index.invoice(known["number"]) == known
    lines = practice_index.lines(known["number"])
    assert lines["InvoiceNo"].unique().to_list() == [known["InvoiceNo"]]
    assert lines.equals(rows(0, ROWS).filter(pl.col("InvoiceNo") == known["InvoiceNo"]))


def test_goods_are_known_by_their_whole_id() -> None:
    assert practice_index.goods("85123A") == ("SLATE GINGHAM TEA TOWEL", 6.5)
    assert practice_index.goods("00012") is not None
    assert practice_index.goods("12") is None
