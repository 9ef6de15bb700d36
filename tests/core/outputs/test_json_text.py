"""JSON and JSON Lines, byte for byte where it matters."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl

Write = Callable[..., Any]


def test_an_array_has_an_object_a_line(write: Write) -> None:
    table = pl.DataFrame({"a": [1, None], "b": ["x\n", ""]})
    assert write("json", table, [1]).data == b'[{"a":1,"b":"x\\n"},\n{"a":null,"b":""}]\n'
    assert write("jsonl", table, [1]).data == b'{"a":1,"b":"x\\n"}\n{"a":null,"b":""}\n'


def test_no_rows_are_an_empty_array(write: Write) -> None:
    table = pl.DataFrame(schema={"a": pl.Int64})
    assert write("json", table).data == b"[]\n"
    assert write("jsonl", table).data == b""


def test_empty_chunks_anywhere_leave_no_comma(write: Write) -> None:
    table = pl.DataFrame({"a": [1, 2]})
    assert write("json", table, [0, 0, 1, 1, 2, 2]).data == b'[{"a":1},\n{"a":2}]\n'


def test_numbers_keep_their_digits(write: Write) -> None:
    table = pl.DataFrame(
        {
            "huge": pl.Series([2**100], dtype=pl.Int128),
            "unsigned": pl.Series([2**64 - 1], dtype=pl.UInt64),
            "float": [0.1],
            "decimal": pl.Series([Decimal("12345678901234567890.10")], dtype=pl.Decimal(38, 2)),
        }
    )
    made = write("jsonl", table)
    assert made.data == (
        b'{"huge":1267650600228229401496703205376,"unsigned":18446744073709551615,'
        b'"float":0.1,"decimal":"12345678901234567890.10"}\n'
    )
    assert made.notes == ["Decimals in `decimal` are written as text, so that no reader rounds them."]


def test_what_is_no_number_is_null_and_counted(write: Write) -> None:
    table = pl.DataFrame(
        {"a": [float("nan"), 1.0, -float("inf")], "b": [{"c": [float("nan")] * 3}, None, {"c": [2.0]}]}
    )
    made = write("jsonl", table, [1])
    assert [json.loads(line) for line in made.data.decode().splitlines()] == [
        {"a": None, "b": {"c": [None] * 3}},
        {"a": 1.0, "b": None},
        {"a": None, "b": {"c": [2.0]}},
    ]
    assert [note.partition(" values")[0] for note in made.notes] == ["Column `a`: 2", "Column `b`: 3"]


def test_nested_values_keep_their_shape_and_their_parts_are_written_as_columns_are(write: Write) -> None:
    deep = pl.List(
        pl.Struct(
            {
                "at": pl.Datetime("ms", "Europe/Paris"),
                "day": pl.Date,
                "clock": pl.Time,
                "for": pl.Duration("ns"),
                "exact": pl.Decimal(10, 2),
                "raw": pl.Array(pl.Binary, 1),
            }
        )
    )
    part = {
        "at": dt.datetime(2026, 7, 1, tzinfo=dt.UTC),
        "day": dt.date(1850, 1, 2),
        "clock": dt.time(23, 59, 59, 5),
        "for": dt.timedelta(hours=25),
        "exact": Decimal("-0.10"),
        "raw": [b"\xff"],
    }
    table = pl.DataFrame({"a": pl.Series([[part, None, dict.fromkeys(part)], [], None], dtype=deep)})
    shown = {
        "at": "2026-07-01T02:00:00+02:00",
        "day": "1850-01-02",
        "clock": "23:59:59.000005",
        "for": "P1DT1H",
        "exact": "-0.10",
        "raw": ["/w=="],
    }
    rows = [json.loads(line)["a"] for line in write("jsonl", table).data.decode().splitlines()]
    assert rows == [[shown, None, dict.fromkeys(part)], [], None]


def test_maps_are_objects_or_lists_of_entries(write: Write) -> None:
    words = pl.Series([{"k": 1}, None], dtype=pl.Map(pl.String, pl.Int64))
    numbers = pl.Series([{1: b"x"}, {}], dtype=pl.Map(pl.Int64, pl.Binary))
    made = write("jsonl", pl.DataFrame({"w": words, "n": numbers})).data
    assert made == b'{"w":{"k":1},"n":[{"key":1,"value":"eA=="}]}\n{"w":null,"n":[]}\n'


def test_times_that_iso_8601_cannot_say_in_their_zone_are_in_utc(write: Write) -> None:
    old = dt.datetime(1900, 1, 1, 12, tzinfo=dt.UTC)
    column = pl.Series("at", [old, old.replace(year=2000)]).dt.convert_time_zone("America/St_Johns")
    lines = write("jsonl", column.to_frame()).data.decode().splitlines()
    assert lines == ['{"at":"1900-01-01T12:00:00+00:00"}', '{"at":"2000-01-01T08:30:00-03:30"}']
