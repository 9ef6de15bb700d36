"""The generated rows: the same for ever, from any place, in the shape and with the faults of the real data."""

from __future__ import annotations

import hashlib

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.api.practice_data import COLUMNS, ROWS, invoice_count, invoices, rows
from fetchtozip_gui.api.practice_words import STOCK_CODES, catalogue, countries


@pytest.fixture(scope="module")
def everything() -> pl.DataFrame:
    return rows(0, ROWS)


def test_the_dataset_has_its_rows_and_columns(everything: pl.DataFrame) -> None:
    assert ROWS == 541_909
    assert everything.height == ROWS
    assert tuple(everything.columns) == COLUMNS
    assert everything.dtypes == [pl.String, pl.String, pl.String, pl.Int64, pl.String, pl.Float64, pl.Int64, pl.String]


def test_the_bytes_are_the_same_on_every_machine(everything: pl.DataFrame) -> None:
    # who changes the rows changes what users have fetched: that is a new version, never an accident
    digest = hashlib.blake2b(everything.write_csv().encode(), digest_size=16).hexdigest()
    assert digest == "8fde4d6a5fc79dc0cda9d1743ae3fe66"


@given(first=st.integers(0, ROWS + 10), count=st.integers(0, 1000))
def test_a_page_is_the_same_stretch_of_the_whole(everything: pl.DataFrame, first: int, count: int) -> None:
    assert rows(first, count).equals(everything.slice(first, count))


def test_rows_past_the_end_are_none() -> None:
    assert rows(ROWS, 10).height == 0
    assert rows(ROWS - 1, 10).height == 1
    assert rows(0, 0).schema == rows(0, 1).schema


@pytest.mark.parametrize(
    ("fault", "rate", "within"),
    [
        (pl.col("CustomerID").is_null(), 0.249, 0.002),
        (pl.col("InvoiceNo").str.starts_with("C"), 0.017, 0.001),
        (pl.col("Quantity") < 0, 0.02, 0.001),
        (pl.col("UnitPrice") == 0, 0.005, 0.001),
        (pl.col("Description").is_null(), 0.003, 0.001),
        (pl.col("Country") == "United Kingdom", 0.91, 0.005),
        (pl.struct(pl.all()).is_first_distinct().not_(), 0.01, 0.001),
        (pl.col("StockCode").str.starts_with("0"), 0.027, 0.002),
        (pl.col("StockCode").str.contains("[A-Z]$"), 0.26, 0.03),
    ],
    ids=str,
)
def test_faults_come_at_about_the_real_rates(
    everything: pl.DataFrame, fault: pl.Expr, rate: float, within: float
) -> None:
    assert everything.select(fault.mean()).item() == pytest.approx(rate, abs=within)


def test_cancelled_invoices_take_back(everything: pl.DataFrame) -> None:
    cancelled = pl.col("InvoiceNo").str.starts_with("C")
    assert everything.select((pl.col("Quantity").filter(cancelled) < 0).all()).item()
    sold = pl.col("Quantity").filter(~cancelled & (pl.col("UnitPrice") > 0))
    assert everything.select((sold > 0).all()).item()


def test_an_invoice_has_one_number_date_customer_and_country(everything: pl.DataFrame) -> None:
    shared = everything.select("InvoiceNo", "InvoiceDate", "CustomerID", "Country")
    assert shared.unique().height == everything["InvoiceNo"].n_unique() == invoice_count()
    assert everything["InvoiceNo"].rle().len() == invoice_count(), "the lines of an invoice stand together"


def test_dates_never_go_back_and_span_the_year(everything: pl.DataFrame) -> None:
    dates = everything["InvoiceDate"]
    assert dates.is_sorted()
    assert dates[0].startswith("2010-12-01T")
    assert dates[-1].startswith("2011-12-09T")
    assert dates.str.to_datetime("%Y-%m-%dT%H:%M:%S").dt.weekday().is_in([6]).any() is False, "closed on Saturdays"


def test_every_stock_code_has_one_description_and_is_sold(everything: pl.DataFrame) -> None:
    goods = catalogue()
    assert STOCK_CODES == goods.height == goods["StockCode"].n_unique() == goods["Description"].n_unique()
    named = everything.drop_nulls("Description").select("StockCode", "Description").unique()
    assert named.height == STOCK_CODES
    assert named.join(goods, on=["StockCode", "Description"]).height == STOCK_CODES


def test_38_countries_buy(everything: pl.DataFrame) -> None:
    assert everything["Country"].n_unique() == countries().n_unique() == 38
    assert len(countries()) == 10_000


def test_the_index_says_which_rows_an_invoice_has(everything: pl.DataFrame) -> None:
    index = invoices()
    assert index["first"][0] == 0
    assert (index["first"] + index["lines"])[:-1].equals(index["first"][1:], check_names=False)
    assert everything["InvoiceNo"].gather(index["first"]).equals(index["InvoiceNo"])


def test_prices_are_whole_pence() -> None:
    prices = rows(0, 20_000)["UnitPrice"].to_list()
    assert all(price == round(price, 2) for price in prices)
