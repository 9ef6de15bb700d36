"""Whatever a table holds comes back from every format, whatever the frames it was cut into."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import fastavro
import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

Write = Callable[..., Any]

_ZONES = ("UTC", "Europe/Paris", "America/St_Johns", "Asia/Kathmandu")
_LONG = "é" * 40_000
_AWKWARD = [
    "",
    " ",
    "\0",
    "\r",
    "\n",
    "\r\n",
    '"',
    "'",
    ",",
    ";",
    "\t",
    "\ufeff",
    "\u2028",
    "00123",
    "1e5",
    "NaN",
    "null",
]
_texts = st.one_of(
    st.sampled_from([*_AWKWARD, _LONG, "9" * 19, "=1+1", "\x7f", "🦊", '""', 'a"b', "a\nb,c"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)
_ints = st.one_of(st.sampled_from([2**63 - 1, -(2**63), 2**53 + 1, 0, -1]), st.integers(-(2**63), 2**63 - 1))
_floats = st.one_of(
    st.sampled_from([0.1, -0.0, 5e-324, 1.7976931348623157e308, 1e22, 1e16, 123456789.123]), st.floats()
)
_dates = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
_moments = st.datetimes(dt.datetime(1, 1, 3), dt.datetime(9999, 12, 29))
_decimals = st.integers(-(10**34), 10**34).map(lambda number: Decimal(f"{number}e-4"))
_object = pl.Struct({"a": pl.Int64, 'ä "b': pl.List(pl.String), "in": pl.Struct({"x": pl.Float64, "bytes": pl.Binary})})
_finite = st.floats(allow_nan=False, allow_infinity=False)
_objects = st.fixed_dictionaries(
    {
        "a": st.none() | _ints,
        'ä "b': st.none() | st.lists(st.none() | _texts, max_size=2),
        "in": st.none() | st.fixed_dictionaries({"x": st.none() | _finite, "bytes": st.none() | st.binary(max_size=3)}),
    }
)

KINDS: dict[str, tuple[pl.DataType, st.SearchStrategy[Any]]] = {
    "text": (pl.String(), _texts),
    "integer": (pl.Int64(), _ints),
    "unsigned": (pl.UInt64(), st.integers(0, 2**64 - 1)),
    "huge": (pl.Int128(), st.integers(-(2**127), 2**127 - 1)),
    "small": (pl.Int8(), st.integers(-128, 127)),
    "float": (pl.Float64(), _floats),
    "boolean": (pl.Boolean(), st.booleans()),
    "date": (pl.Date(), _dates),
    "datetime": (pl.Datetime("us"), _moments),
    "time": (pl.Time(), st.times()),
    "duration": (pl.Duration("us"), st.timedeltas(dt.timedelta(-40_000), dt.timedelta(40_000))),
    "decimal": (pl.Decimal(38, 4), _decimals),
    "bytes": (pl.Binary(), st.binary(max_size=20)),
    "category": (pl.Categorical(), st.sampled_from(["a", "b,", ""])),
    "list": (pl.List(pl.Int64), st.lists(st.none() | _ints, max_size=3)),
    "array": (pl.Array(pl.Int16, 2), st.lists(st.integers(-5, 5), min_size=2, max_size=2)),
    "object": (_object, _objects),
    "nothing": (pl.Null(), st.none()),
} | {
    f"zone {zone}": (pl.Datetime("us", zone), _moments.map(lambda when: when.replace(tzinfo=dt.UTC))) for zone in _ZONES
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[pl.DataFrame, list[int]]:
    """A table of up to 5 columns and 6 rows, and where to cut it."""
    height = draw(st.integers(0, 6))
    chosen = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=5, unique=True))
    columns = []
    for number, kind in enumerate(chosen):
        dtype, strategy = KINDS[kind]
        cells = draw(st.lists(st.none() | strategy, min_size=height, max_size=height))
        columns.append(pl.Series(draw(st.sampled_from([kind, f"{kind}\n{number}"])), cells, dtype=dtype))
    return pl.DataFrame(columns), draw(st.lists(st.integers(0, height), max_size=3))


def as_text(value: Any, dtype: pl.DataType) -> str | None:
    """What a CSV cell holds."""
    if value is None:
        return None
    if dtype.is_nested():
        return json.dumps(as_json(value), ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    plain = as_json(value)
    return plain if isinstance(plain, str) else str(plain)


_FRACTIONS = (0, 181_000, 100_000, 181, 999_999)
FRACTIONS = pl.DataFrame(
    {
        "datetime": [dt.datetime(2000, 1, 1, 0, 0, 0, fraction) for fraction in _FRACTIONS],
        "time": [dt.time(0, 0, 0, fraction) for fraction in _FRACTIONS],
        "list": [[dt.time(1, 2, 3, fraction)] for fraction in _FRACTIONS],
    }
)
"""Seconds with zeros at their end."""


def as_json(value: Any) -> Any:
    """What a JSON value is read as."""
    match value:
        case dict():
            return {name: as_json(part) for name, part in value.items()}
        case list():
            return [as_json(part) for part in value]
        case bytes():
            return base64.b64encode(value).decode()
        case dt.datetime() | dt.time():
            # three digits of a second where they tell all, six where not; Python has six always
            return value.isoformat(timespec="milliseconds") if _is_milliseconds(value) else value.isoformat()
        case dt.date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case _:
            return value


def _is_milliseconds(value: dt.datetime | dt.time) -> bool:
    return bool(value.microsecond) and not value.microsecond % 1000


def read_csv(data: bytes, delimiter: str = ",") -> list[list[str | None]]:
    """RFC 4180, strictly: a cell without quotes and characters is None."""
    text, rows, row, at = data.decode(), [], [], 0
    while at < len(text):
        if text[at] == '"':
            cell, at = "", at + 1
            while True:
                end = text.index('"', at)
                cell += text[at:end]
                if text[end + 1 : end + 2] != '"':
                    at = end + 1
                    break
                cell, at = cell + '"', end + 2
        else:
            end = min(text.index(mark, at) for mark in (delimiter, "\n") if mark in text[at:])
            cell, at = text[at:end] or None, end
            assert cell is None or not set(cell) & {'"', "\r"}
        row.append(cell)
        assert text[at] in (delimiter, "\n")
        if text[at] == "\n":
            rows, row = [*rows, row], []
        at += 1
    assert not row
    return rows


@given(made=tables(), delimiter=st.sampled_from([",", "\t", ";", "|"]))
@example(made=(FRACTIONS, []), delimiter=",")
def test_csv(made: tuple[pl.DataFrame, list[int]], delimiter: str, write: Write) -> None:
    table, cuts = made
    data = write("csv", table, cuts, delimiter=delimiter).data
    assert data == write("csv", table, delimiter=delimiter).data
    header, *rows = read_csv(data, delimiter)
    csv.field_size_limit(1_000_000)
    usual = list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter))
    assert usual == [[cell or "" for cell in row] for row in [header, *rows]]
    assert header == table.columns
    assert len(rows) == table.height
    for row, wanted in zip(rows, table.rows(), strict=True):
        for cell, value, dtype in zip(row, wanted, table.dtypes, strict=True):
            if dtype == pl.Float64 and value is not None:
                assert repr(float(cell or "")) == repr(value)
            elif dtype == pl.Duration and value is not None:
                assert seconds(cell) == value
            elif isinstance(value, dt.datetime) and value.tzinfo:
                assert dt.datetime.fromisoformat(cell or "") == value
            elif value is None and table.width == 1:
                assert cell == ""
            elif dtype.is_nested() and value is not None:
                assert json.loads(cell or "") == as_json(value)
            else:
                assert cell == as_text(value, dtype)


def seconds(text: str | None) -> dt.timedelta:
    """An ISO 8601 duration as Polars writes it: days, hours, minutes, seconds."""
    assert text is not None
    days, _, clock = text.lstrip("-").removeprefix("P").partition("T")
    total = dt.timedelta(days=int(days.removesuffix("D") or 0))
    for unit, mark in (("hours", "H"), ("minutes", "M"), ("seconds", "S")):
        number, found, rest = clock.partition(mark)
        if found:
            whole, _, parts = number.partition(".")
            total += dt.timedelta(**{unit: int(whole)}, microseconds=int((parts or "0").ljust(6, "0")))
            clock = rest
    return -total if text.startswith("-") else total


@given(made=tables(), name=st.sampled_from(["json", "jsonl"]))
@example(made=(FRACTIONS, []), name="json")
def test_json(made: tuple[pl.DataFrame, list[int]], name: str, write: Write) -> None:
    table, cuts = made
    data = write(name, table, cuts).data
    assert data == write(name, table).data
    text = data.decode()
    rows = json.loads(text) if name == "json" else [json.loads(line) for line in text.split("\n")[:-1]]
    assert len(rows) == table.height
    for row, wanted in zip(rows, table.to_dicts(), strict=True):
        assert list(row) == table.columns
        for column, value in wanted.items():
            if isinstance(value, float):
                finite = value == value and abs(value) != float("inf")
                assert repr(row[column]) == (repr(value) if finite else "None")
            elif isinstance(value, dt.timedelta):
                assert seconds(row[column]) == value
            elif isinstance(value, dt.datetime) and value.tzinfo:
                assert dt.datetime.fromisoformat(row[column]) == value
            else:
                assert row[column] == as_json(value)


@given(made=tables())
def test_parquet(made: tuple[pl.DataFrame, list[int]], write: Write) -> None:
    table, cuts = made
    data = write("parquet", table, cuts).data
    assert data == write("parquet", table).data
    wanted = table.with_columns(pl.col(pl.Int128).cast(pl.String))
    assert_frame_equal(pl.read_parquet(io.BytesIO(data)), wanted, check_exact=True)


@given(made=tables())
def test_avro(made: tuple[pl.DataFrame, list[int]], write: Write) -> None:
    table, cuts = made
    data = write("avro", table, cuts).data
    assert data == write("avro", table, cuts).data
    reader = fastavro.reader(io.BytesIO(data))
    originals = [field.get("doc", field["name"]) for field in reader.writer_schema["fields"]]
    assert originals == table.columns
    rows = [list(row.values()) for row in reader]
    assert len(rows) == table.height
    for row, wanted in zip(rows, table.rows(), strict=True):
        for cell, value, dtype in zip(row, wanted, table.dtypes, strict=True):
            assert repr(cell) == repr(in_avro(value, dtype))


def in_avro(value: Any, dtype: pl.DataType) -> Any:
    if value is None:
        return None
    if dtype == pl.Duration:
        return pl.select(pl.lit(value, dtype=dtype).dt.to_string("iso")).item()
    if dtype == pl.Int128:
        return str(value)
    if dtype == pl.UInt64:
        return Decimal(value)
    if isinstance(value, dt.datetime) and value.tzinfo:
        return value.astimezone(dt.UTC)
    if isinstance(value, dict):
        return {{'ä "b': "___b"}.get(name, name): part for name, part in value.items()}
    return value


@given(
    made=tables(),
    level=st.integers(0, 9),
    member=st.sampled_from(["csv", "tsv", "json", "jsonl", "avro", "parquet"]),
)
def test_zip(made: tuple[pl.DataFrame, list[int]], level: int, member: str, write: Write) -> None:
    table, cuts = made
    made_zip = write("zip", table, cuts, member=member, compression_level=level)
    with zipfile.ZipFile(io.BytesIO(made_zip.data)) as archive:
        assert archive.testzip() is None
        inside = archive.read(f"data.{member}")
        resource = json.loads(archive.read("datapackage.json"))["resources"][0]
    assert inside == write(member, table, cuts).data
    assert (resource["rowCount"], resource["bytes"]) == (table.height, len(inside))
    assert [field["name"] for field in resource["schema"]["fields"]] == table.columns


def test_zones_are_kept_as_moments(write: Write) -> None:
    paris = ZoneInfo("Europe/Paris")
    moments = [dt.datetime(2026, 10, 25, 2, 30, tzinfo=paris, fold=fold) for fold in (0, 1)]
    column = pl.Series("at", [moment.astimezone(dt.UTC) for moment in moments]).dt.convert_time_zone("Europe/Paris")
    lines = write("csv", pl.DataFrame({"at": column, "n": [1, 2]})).data.decode().splitlines()
    assert lines[1:] == ["2026-10-25T02:30:00+02:00,1", "2026-10-25T02:30:00+01:00,2"]
