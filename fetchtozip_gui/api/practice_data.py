"""The practice dataset: 541,909 rows shaped like UCI's Online Retail, each computed from its row number alone.

Nothing is stored and nothing is random: a row is integer arithmetic on its number, so any page costs the same and two
machines give the same bytes. Rows come in blocks of 256; a block holds 12 invoices, and one of 64 layouts says their
lengths. The faults of the real data are here at about its rates: a quarter of the rows without a customer, 1.7 %
cancelled (InvoiceNo begins with C, quantities are negative), 1 % exact duplicates, stock adjusted without a price.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import polars as pl

from fetchtozip_gui.api.practice_words import STOCK_CODES, catalogue, countries

ROWS = 541_909
COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")

_BLOCK, _PER_BLOCK, _LAYOUTS = 256, 12, 64
_FIRST_INVOICE = 536_365
_FIRST_CUSTOMER, _CUSTOMERS = 12_346, 4_372
_SALE, _CANCELLED, _ADJUSTMENT = range(3)
_QUANTITIES = pl.Series(
    [1] * 18 + [2] * 12 + [3] * 6 + [4] * 6 + [6] * 7 + [8] * 3 + [10] * 3 + [12] * 5 + [24] * 2 + [25, 48]
)
_PRIME = 2**31 - 1


def _spread(number: pl.Series, salt: int) -> pl.Series:
    """A number below 2³¹ that looks random, the same for ever: a polynomial of degree four over a prime field."""
    x = (number * 1_103_515_245 + salt) % _PRIME
    x = (x * x + 12_345) % _PRIME
    return x * x % _PRIME


def _numbers(first: int, count: int) -> pl.Series:
    return pl.int_range(first, first + count, dtype=pl.Int64, eager=True)


@cache
def _layouts() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Each of 64 layouts: its 256 rows (which invoice, which line), and its 12 invoices (kind, first row, lines)."""
    state = 20_101_201
    rows: list[tuple[int, int]] = []
    invoices: list[tuple[int, int, int]] = []

    def pick(choices: int) -> int:
        nonlocal state
        state = (state * 48_271) % _PRIME
        return state % choices

    for _ in range(_LAYOUTS):
        lines = [(_CANCELLED, (1, 1, 2, 2, 3, 4)[pick(6)]) for _ in range(2)] + [(_ADJUSTMENT, (1, 1, 1, 2)[pick(4)])]
        left = _BLOCK - sum(length for _, length in lines)
        for sales in range(9, 1, -1):
            length = min(1 + pick(2 * left // sales - 1), left - sales + 1)
            lines.append((_SALE, length))
            left -= length
        lines.append((_SALE, left))
        first = 0
        for invoice in range(_PER_BLOCK):
            kind, length = lines.pop(pick(len(lines)))
            invoices.append((kind, first, length))
            rows += [(invoice, line) for line in range(length)]
            first += length
    kinds = pl.DataFrame(invoices, schema={"kind": pl.Int64, "first": pl.Int64, "lines": pl.Int64}, orient="row")
    return pl.DataFrame(rows, schema={"invoice": pl.Int64, "line": pl.Int64}, orient="row"), kinds


def _layout_of(block: pl.Series) -> pl.Series:
    return _spread(block, 97) % _LAYOUTS


@cache
def invoice_count() -> int:
    """How many invoices the rows make."""
    block, row = divmod(ROWS - 1, _BLOCK)
    layout = _layout_of(pl.Series([block]))[0]
    return block * _PER_BLOCK + int(_layouts()[0]["invoice"][layout * _BLOCK + row]) + 1


@cache
def _days() -> tuple[pl.Series, pl.Series, pl.Series]:
    """The days the shop is open, as text; the first invoice of each; how many it has (fewer on Sundays)."""
    day, last, days = dt.date(2010, 12, 1), dt.date(2011, 12, 9), []
    while day <= last:
        if day.isoweekday() != 6 and not dt.date(2010, 12, 24) <= day <= dt.date(2011, 1, 3):
            days.append(day)
        day += dt.timedelta(1)
    season = (8, 8, 9, 8, 10, 9, 9, 9, 12, 13, 17, 14)
    weights = [season[day.month - 1] * (1 if day.isoweekday() == 7 else 2) for day in days]
    starts, so_far = [], 0
    for weight in weights:
        starts.append(so_far * invoice_count() // sum(weights))
        so_far += weight
    counts = [after - start for start, after in zip(starts, [*starts[1:], invoice_count()], strict=True)]
    return pl.Series([f"{day}T" for day in days]), pl.Series(starts), pl.Series(counts)


@cache
def _minutes() -> pl.Series:
    return pl.Series([f"{minute // 60:02d}:{minute % 60:02d}:00" for minute in range(24 * 60)])


def _dates(number: pl.Series) -> pl.Series:
    days, starts, counts = _days()
    day = starts.search_sorted(number, side="right") - 1
    minute = (number - starts.gather(day)) * 600 // counts.gather(day) + 480
    return days.gather(day) + _minutes().gather(minute)


def _skewed(draw: pl.Series, choices: int) -> pl.Series:
    """A choice from a draw: the first ones come most often, and the last ones still come."""
    even = draw % (choices * 64)
    return even * even // (choices * 4_096)


@cache
def invoices() -> pl.DataFrame:
    """All invoices in order, a small index to the rows: number, first (row), lines, and what their lines share.

    `factor` turns a line's quantity into what the invoice does with it: 1 sells, -1 takes back, others adjust stock.
    """
    number = _numbers(0, invoice_count())
    block = number // _PER_BLOCK
    layout = _layouts()[1][_layout_of(block) * _PER_BLOCK + number % _PER_BLOCK]
    kind = layout["kind"]
    luck, taste = _spread(number, 31_337), _spread(number, 271_828)
    customer = _skewed(taste, _CUSTOMERS) * 1_667 % _CUSTOMERS
    nobody = luck % 1_000 < pl.Series([249, 40, 1_000]).gather(kind)
    origin = (taste % 10_000).zip_with(nobody, _spread(customer, 55) % 10_000)
    adjusts = pl.Series([-9, -9, -9, 5, 5]).gather(luck % 5)
    invoice_no = number * 16 // 9 + _FIRST_INVOICE
    return pl.DataFrame(
        {
            "number": invoice_no,
            "first": block * _BLOCK + layout["first"],
            "lines": layout["lines"],
            "InvoiceNo": pl.Series(["", "C", ""]).gather(kind) + invoice_no.cast(pl.String),
            "InvoiceDate": _dates(number),
            "CustomerID": (customer * 5_942 // _CUSTOMERS + _FIRST_CUSTOMER).set(nobody, None),
            "Country": countries().gather(origin),
            "kind": kind,
            "factor": adjusts.zip_with(kind == _ADJUSTMENT, 1 - 2 * kind),
        }
    )


@cache
def _shared() -> pl.DataFrame:
    return invoices().drop("number", "first", "lines")


def rows(first: int, count: int) -> pl.DataFrame:
    """`count` rows from row `first` (from 0) on, with the eight columns; fewer where the dataset ends."""
    count = max(0, min(count, ROWS - first))
    number = _numbers(first, count)
    block = number // _BLOCK
    place = _layouts()[0][_layout_of(block) * _BLOCK + number % _BLOCK]
    invoice = _shared()[block * _PER_BLOCK + place["invoice"]]
    # an exact duplicate is computed from the number of the row before it, on the same invoice
    repeats = (_spread(number, 7) % 1_000 < 9) & (place["line"] > 0)
    source = number - repeats.cast(pl.Int64)
    luck, taste = _spread(source, 65_537), _spread(source, 161_803)
    goods = catalogue()[_skewed(luck, STOCK_CODES)]
    adjusted = invoice["kind"] == _ADJUSTMENT
    unpaid = adjusted | (taste % 1_500 == 0)
    level = (taste % 7 == 0).cast(pl.Int64) + 1
    return pl.DataFrame(
        {
            "InvoiceNo": invoice["InvoiceNo"],
            "StockCode": goods["StockCode"],
            "Description": goods["Description"].set(adjusted & (luck % 3 > 0), None),
            "Quantity": _QUANTITIES.gather(taste % len(_QUANTITIES)) * invoice["factor"],
            "InvoiceDate": invoice["InvoiceDate"],
            # Polars divides by multiplying with the inverse: 255 / 100 would be 2.5500000000000003
            "UnitPrice": ((goods["pence"] * level).set(unpaid, 0) / 100).round(2),
            "CustomerID": invoice["CustomerID"],
            "Country": invoice["Country"],
        }
    )
