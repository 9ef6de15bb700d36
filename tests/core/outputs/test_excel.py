"""XLSX holds what the table held, in Excel's own terms, and tells of every value it had to change."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import math
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import fastexcel
import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

Write = Callable[..., Any]
Cells = list[list[Any]]

_LONG = "é" * 40_000
_PAIRS = "🦊" * 20_000
_TEXTS = [
    "",
    " ",
    " a",
    "a\n",
    "\t",
    "\0",
    "\r",
    "\r\n",
    "\x1f",
    "\x7f",
    "\x85",
    "\u2028",
    "\ufeff",
    "\ufffe",
    "\uffff",
]
_TEXTS += ["_x000D_", "_x0041_x0042_", "_x0041\r", "_x005F_x0041_", "<&>\"'", "]]>", "&#13;", "=1+1", "00123", "1e5"]
_texts = st.one_of(
    st.sampled_from([*_TEXTS, _LONG, _PAIRS]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.text("_x0D1A\r\n &<>\ufffe", max_size=12),
)
_ints = st.one_of(
    st.sampled_from([10**15, 10**15 - 1, -(10**15), 10**11, 2**63 - 1, -(2**63)]), st.integers(-(2**63), 2**63 - 1)
)
_dates = st.one_of(st.sampled_from([dt.date(1900, 2, 28), dt.date(1900, 3, 1), dt.date(9999, 12, 31)]), st.dates())
_moments = st.datetimes(dt.datetime(1, 1, 3), dt.datetime(9999, 12, 31, 23, 59, 59, 999_999))
_decimals = st.decimals(-(10**22), 10**22, places=4).map(lambda number: number.quantize(Decimal("0.0001")))
_spans = st.timedeltas(dt.timedelta(-1000), dt.timedelta(100_000))
KINDS: dict[str, tuple[pl.DataType, st.SearchStrategy[Any]]] = {
    "text": (pl.String(), _texts),
    "integer": (pl.Int64(), _ints),
    "unsigned": (pl.UInt64(), st.integers(0, 2**64 - 1)),
    "huge": (pl.Int128(), st.integers(-(2**127), 2**127 - 1)),
    "small": (pl.Int8(), st.integers(-128, 127)),
    "float": (pl.Float64(), st.floats()),
    "single": (pl.Float32(), st.floats(width=32, allow_subnormal=False)),
    "boolean": (pl.Boolean(), st.booleans()),
    "date": (pl.Date(), _dates),
    "datetime": (pl.Datetime("us"), _moments),
    "millis": (pl.Datetime("ms"), _moments.map(lambda when: when.replace(microsecond=when.microsecond // 1000 * 1000))),
    "paris": (pl.Datetime("us", "Europe/Paris"), _moments.map(lambda when: when.replace(tzinfo=dt.UTC))),
    "time": (pl.Time(), st.times()),
    "duration": (pl.Duration("us"), _spans),
    "decimal": (pl.Decimal(38, 4), _decimals),
    "bytes": (pl.Binary(), st.binary(max_size=12)),
    "category": (pl.Categorical(), st.sampled_from(["a", "<", ""])),
    "list": (pl.List(pl.Int64), st.lists(st.none() | st.integers(-5, 5), max_size=3)),
    "nothing": (pl.Null(), st.none()),
}


def in_a_cell(value: Any, dtype: pl.DataType) -> Any:
    """What the README of the format promises to be in a cell."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.encode("utf-16-le")[: 2 * 32_767].decode("utf-16-le", errors="ignore")
    if isinstance(value, int):
        return value if abs(value) < 10**15 else str(value)
    if isinstance(value, float):
        if not math.isfinite(value) or 0 < abs(value) < 2.2250738585072014e-308:
            return ("approximately", value)
        return float(str(pl.Series([value], dtype=dtype).cast(pl.String)[0]))
    if isinstance(value, Decimal):
        digits = len(str(abs(int(value.scaleb(4)))).strip("0"))
        return float(value) if digits <= 15 else f"{value:f}"
    if isinstance(value, dt.datetime):
        naive = value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value
        if naive >= dt.datetime(1900, 3, 1):
            return naive.replace(microsecond=naive.microsecond // 1000 * 1000)
        return ("early", value)
    if isinstance(value, dt.date):
        in_range = value >= dt.date(1900, 3, 1)
        return dt.datetime.combine(value, dt.time()) if in_range else value.isoformat()
    if isinstance(value, dt.time):
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    if isinstance(value, dt.timedelta):
        negative = value < dt.timedelta(0)
        return ("negative", value) if negative else value - dt.timedelta(microseconds=value.microseconds % 1000)
    return base64.b64encode(value).decode() if isinstance(value, bytes) else json.dumps(value, separators=(",", ":"))


def same(wanted: Any, found: Any) -> bool:
    match wanted:
        case ("approximately", value):
            return isinstance(found, str) and repr(float(found)) == repr(value)
        case ("early", value):
            return isinstance(found, str) and dt.datetime.fromisoformat(found) == value
        case ("negative", value):
            return isinstance(found, str) and found.startswith("-P") and value < dt.timedelta(0)
        case dt.datetime() | dt.timedelta():
            return type(found) is type(wanted) and abs(found - wanted) < dt.timedelta(microseconds=600)
        case bool() | str() | None:
            return type(found) is type(wanted) and found == wanted
    return type(found) in (int, float, dt.time) and found == wanted


def by_openpyxl(data: bytes) -> Cells:
    """All cells under the header of the first sheet; this reader leaves the format's escapes to us."""
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [[unescaped(cell.value) for cell in row] for row in sheet.iter_rows(min_row=2)]


def unescaped(value: Any) -> Any:
    """A text as ECMA-376 part 1, 22.9.2.19 has it."""
    if not isinstance(value, str):
        return value
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), value)


@st.composite
def tables(draw: st.DrawFn) -> tuple[pl.DataFrame, list[int]]:
    """A table of up to 6 columns and 8 rows, and where to cut it."""
    height = draw(st.integers(1, 8))
    chosen = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=6, unique=True))
    columns = []
    for kind in chosen:
        dtype, strategy = KINDS[kind]
        cells = draw(st.lists(st.none() | strategy, min_size=height, max_size=height))
        columns.append(pl.Series(kind, cells, dtype=dtype))
    return pl.DataFrame(columns), draw(st.lists(st.integers(0, height), max_size=3))


@given(made=tables())
def test_every_value_comes_back(made: tuple[pl.DataFrame, list[int]], write: Write) -> None:
    table, cuts = made
    found = by_openpyxl(write("xlsx", table, cuts).data)
    assert len(found) == table.height
    for cells, row in zip(found, table.rows(), strict=True):
        for cell, value, dtype in zip(cells, row, table.dtypes, strict=True):
            wanted = in_a_cell(value, dtype)
            assert same(wanted, cell), (dtype, wanted, cell)


@given(
    texts=st.lists(_texts, min_size=1, max_size=8),
    names=st.lists(_texts.filter(lambda t: len(t) < 50), max_size=4, unique=True),
)
def test_texts_and_names_come_back_from_a_second_reader(texts: list[str], names: list[str], write: Write) -> None:
    table = pl.DataFrame({name: [*texts, "end"] for name in ["first", *names]})
    reader = fastexcel.read_excel(write("xlsx", table).data)
    found = reader.load_sheet(0, header_row=None, dtypes="string").to_polars()
    # the one thing this reader does not decode
    rows = [
        tuple(cell.replace("_xFFFE_", "\ufffe").replace("_xFFFF_", "\uffff") for cell in row) for row in found.rows()
    ]
    assert rows[0] == tuple(table.columns)
    assert [row[0] for row in rows[1:]] == [in_a_cell(text, pl.String()) for text in [*texts, "end"]]


def test_numbers_and_times_are_cells_of_their_own_kind(write: Write) -> None:
    table = pl.DataFrame(
        {
            "number": [1, 123_456_789_012],
            "price": [0.1, 1e22],
            "paid": [True, False],
            "day": [dt.date(2024, 2, 29), dt.date(1900, 3, 1)],
            "at": [dt.datetime(2024, 2, 29, 23, 59, 59, 999_999), dt.datetime(2024, 2, 29, 12)],
            "told": pl.Series(
                [dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)] * 2, dtype=pl.Datetime("us", "Europe/Paris")
            ),
            "clock": [dt.time(6), dt.time(6, 0, 0, 5000)],
            "took": [dt.timedelta(hours=30), dt.timedelta(milliseconds=1)],
            "money": pl.Series([Decimal("12.30"), Decimal("0.05")], dtype=pl.Decimal(10, 2)),
        }
    )
    data = write("xlsx", table).data
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    formats = [[cell.number_format for cell in row] for row in sheet.iter_rows(min_row=2)]
    moment, clock, span = "yyyy-mm-dd hh:mm:ss", "hh:mm:ss", "[h]:mm:ss"
    utc = moment + '" UTC"'
    assert formats[0] == ["General", "General", "General", "yyyy-mm-dd", moment + ".000", utc, clock, span, "0.00"]
    assert formats[1] == ["0", "General", "General", "yyyy-mm-dd", moment, utc, clock + ".000", span + ".000", "0.00"]
    kinds = ["float", "float", "boolean", "datetime", "datetime", "datetime", "datetime", "duration", "float"]
    guessed = fastexcel.read_excel(data).load_sheet(0).to_polars()
    expected = {
        "float": pl.Float64,
        "boolean": pl.Boolean,
        "datetime": pl.Datetime("ms"),
        "duration": pl.Duration("ms"),
    }
    assert [expected[kind] for kind in kinds] == guessed.dtypes
    assert guessed["at"][0] == dt.datetime(2024, 2, 29, 23, 59, 59, 999_000)
    assert guessed["told"][0] == dt.datetime(2024, 7, 1, 12)


def test_decimals_are_numbers_up_to_15_digits(write: Write) -> None:
    numbers = ["12345678901.2345", "-12345678901.2345", "123456789012.3456", "1000000000000000000000", "0.0001", "-7"]
    table = pl.DataFrame({"n": pl.Series([Decimal(number) for number in numbers], dtype=pl.Decimal(38, 4))})
    found = [row[0] for row in by_openpyxl(write("xlsx", table).data)]
    assert found == [12345678901.2345, -12345678901.2345, "123456789012.3456", 1e21, 0.0001, -7]


def test_null_is_an_empty_cell_and_empty_text_is_not(write: Write) -> None:
    table = pl.DataFrame({"a": [None, "", None], "b": [1, None, None]}, schema={"a": pl.String, "b": pl.Int64})
    assert by_openpyxl(write("xlsx", table).data) == [[None, 1], ["", None], [None, None]]


def test_what_was_changed_is_told_with_the_first_row(write: Write) -> None:
    table = pl.DataFrame(
        {
            "id": [1, 10**15, 2**63 - 1, None],
            "score": [0.5, math.nan, math.inf, 5e-324],
            "day": [dt.date(2024, 1, 1), dt.date(1900, 2, 28), None, dt.date(1, 1, 1)],
            "text": ["a", "b", "c", _LONG],
            "at": [None, None, None, dt.datetime(2024, 1, 1, 0, 0, 0, 1)],
            "took": [None, dt.timedelta(-1), None, None],
            "when": pl.Series([None] * 4, dtype=pl.Datetime("ms", "Asia/Kathmandu")),
            "object": [{"x": math.nan}, None, None, None],
        }
    )
    outside = "outside the dates of a spreadsheet (1900-03-01 to 9999-12-31)"
    strange = "that no number of a spreadsheet can be (NaN, infinite or nearer to zero than 2.2e-308)"
    long, infinite = (
        "outside the durations of a spreadsheet (negative, or over 8,000 years)",
        "is not finite (NaN, infinity)",
    )
    for cuts in ([], [1, 3]):
        assert write("xlsx", table, cuts).notes == [
            "Column `id`: 2 values of more than 15 digits are written as text; the first is in row 2.",
            f"Column `score`: 3 values {strange} are written as text; the first is in row 2.",
            f"Column `day`: 2 values {outside} are written as text; the first is in row 2.",
            "Column `text`: 1 text longer than the 32,767 characters a cell holds was cut; the first is in row 4.",
            "Column `at`: 1 time finer than a millisecond, the finest of Excel, was cut to it; the first is in row 4.",
            f"Column `took`: 1 value {long} is written as text; the first is in row 2.",
            "Column `when`: the times of Asia/Kathmandu are written in UTC.",
            f"Column `object`: 1 number inside objects or lists that {infinite} is null in the JSON text.",
        ]


def test_times_beyond_any_calendar_are_told_as_counts(write: Write) -> None:
    days = pl.Series("day", [2_000_000_000, 2_932_897], dtype=pl.Int32).cast(pl.Date)
    moments = pl.Series("at", [-(2**62), 2**62]).cast(pl.Datetime("ms"))
    nanos = pl.Series("fine", [-(2**63) + 1, 2**63 - 1]).cast(pl.Datetime("ns"))
    found = by_openpyxl(write("xlsx", pl.DataFrame([days, moments, nanos])).data)
    assert found == [
        ["2000000000 days since 1970-01-01", f"{-(2**62)} ms since 1970-01-01", "1677-09-21T00:12:43.145224193"],
        ["+10000-01-01", f"{2**62} ms since 1970-01-01", dt.datetime(2262, 4, 11, 23, 47, 16, 854_000)],
    ]


PAYLOADS = [
    f"{start}{rest}"
    for start in ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "'=", '"=', "%0A=", "|")
    for rest in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x.y","z")', "WEBSERVICE(A1)", "http://a.b/")
]


def test_text_is_never_a_formula_or_a_link(write: Write) -> None:
    table = pl.DataFrame({"=1+1": PAYLOADS, "@b": pl.Series(PAYLOADS, dtype=pl.Categorical)})
    data = write("xlsx", table).data
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        sheet = etree.fromstring(package.read("xl/worksheets/sheet1.xml"))
    assert not [name for name in names if "rels" in name and "sheet" in name]
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    assert not sheet.xpath("//m:f | //m:hyperlinks", namespaces=space)
    assert set(sheet.xpath("//m:c/@t", namespaces=space)) == {"inlineStr"}
    read = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    # a cell that is edited stays text as well
    assert all(cell.quotePrefix and cell.data_type == "s" for row in read.iter_rows() for cell in row)
    assert [row[0] for row in by_openpyxl(data)] == PAYLOADS


@pytest.mark.parametrize(
    "character", ["\0", "\x0b", "\x1f", "\ufffe", "\uffff", "\x7f", "\x9f", "\ufdd0", "\U0001ffff"]
)
def test_the_xml_is_well_formed_whatever_the_text(character: str, write: Write) -> None:
    table = pl.DataFrame({f"n{character}": [character, f" {character}", f"<{character}&"]})
    with zipfile.ZipFile(io.BytesIO(write("xlsx", table).data)) as package:
        for name in package.namelist():
            etree.fromstring(package.read(name), etree.XMLParser(resolve_entities=False))
