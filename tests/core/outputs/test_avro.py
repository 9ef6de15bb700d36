"""Avro: types, names and blocks as other readers see them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import fastavro
import polars as pl
import pytest

Write = Callable[..., Any]


def read(data: bytes) -> tuple[dict[str, Any], list[Any]]:
    reader = fastavro.reader(io.BytesIO(data))
    types = {field["name"]: field["type"][1] for field in reader.writer_schema["fields"]}
    return types, list(reader)


@pytest.mark.parametrize(
    "number", [0, 1, -1, 127, 128, -128, -129, 255, 256, 32767, 32768, -32769, 2**63, 2**64 - 1, 10**30, -(10**30)]
)
def test_decimals_of_every_size_keep_their_sign(number: int, write: Write) -> None:
    value = Decimal(f"{number}e-4")
    table = pl.DataFrame({"a": pl.Series([value], dtype=pl.Decimal(38, 4)), "b": pl.Series([[value]])})
    table = table.with_columns(pl.col("b").cast(pl.List(pl.Decimal(38, 4))))
    assert read(write("avro", table).data)[1] == [{"a": value, "b": [value]}]


def test_times_are_logical_types_in_their_own_unit(write: Write) -> None:
    moment = dt.datetime(1850, 1, 2, 3, 4, 5, 678000)
    local = pl.Series([moment])
    utc = local.dt.replace_time_zone("UTC")
    table = pl.DataFrame(
        {
            "ms": local.cast(pl.Datetime("ms")),
            "us": local,
            "ns": local.cast(pl.Datetime("ns")),
            "utc": utc,
            "paris": utc.dt.convert_time_zone("Europe/Paris"),
            "day": [dt.date(1850, 1, 2)],
            "clock": [dt.time(1, 2, 3, 4)],
        }
    )
    made = write("avro", table)
    types, rows = read(made.data)
    assert {name: found["logicalType"] for name, found in types.items()} == {
        "ms": "local-timestamp-millis",
        "us": "local-timestamp-micros",
        "ns": "local-timestamp-nanos",
        "utc": "timestamp-micros",
        "paris": "timestamp-micros",
        "day": "date",
        "clock": "time-micros",
    }
    aware = moment.replace(tzinfo=dt.UTC)
    assert rows == [
        {
            "ms": moment,
            "us": moment,
            "ns": int((moment - dt.datetime(1970, 1, 1)) / dt.timedelta(microseconds=1)) * 1000,
            "utc": aware,
            "paris": aware,
            "day": dt.date(1850, 1, 2),
            "clock": dt.time(1, 2, 3, 4),
        }
    ]
    assert made.notes == ["Times in `paris` are written as their moment in UTC; Avro keeps no zone."]


def test_what_avro_has_no_type_for_is_told(write: Write) -> None:
    table = pl.DataFrame(
        {
            "huge": pl.Series([2**100], dtype=pl.Int128),
            "for": [dt.timedelta(hours=1)],
            "empty": pl.Series([{}], dtype=pl.Struct({})),
            "fine": pl.Series([1_001, 1_000], dtype=pl.Int64).cast(pl.Time).head(1),
            "n": [None],
            "unsigned": pl.Series([2**64 - 1], dtype=pl.UInt64),
        }
    )
    made = write("avro", table)
    row = {"huge": str(2**100), "for": "PT1H", "empty": "{}", "fine": dt.time(0, 0, 0, 1), "n": None}
    assert read(made.data)[1] == [{**row, "unsigned": Decimal(2**64 - 1)}]
    assert made.notes == [
        "Avro has no type for the values of `huge`, `for`, `empty`; they are written as text.",
        "Column `fine`: 1 times are finer than a microsecond, which is as fine as Avro's are; the rest is cut.",
    ]


def test_names_that_avro_refuses_are_changed_and_told(write: Write) -> None:
    table = pl.DataFrame({"geo.lat": [1], "geo_lat": [2], "2nd": [3], "": [4], "ü": [{"a b": 5}]})
    made = write("avro", table)
    assert read(made.data)[1] == [{"geo_lat": 1, "geo_lat_2": 2, "_2nd": 3, "_": 4, "__2": {"a_b": 5}}]
    assert "`geo.lat` is `geo_lat`" in made.notes[0]


def test_records_inside_records_have_names_of_their_own(write: Write) -> None:
    inner = {"x": {"y": [{"z": 1}]}}
    table = pl.DataFrame({"a": [inner, None], "b": [inner, inner]})
    assert read(write("avro", table).data)[1] == table.to_dicts()


def test_blocks_are_deflated_and_every_chunk_is_one(write: Write) -> None:
    table = pl.DataFrame({"a": ["same"] * 10_000})
    data = write("avro", table, [0, 4_000, 10_000]).data
    assert len(data) < 3_000
    assert [block.num_records for block in fastavro.block_reader(io.BytesIO(data))] == [4_000, 6_000]


def test_no_rows_are_a_header(write: Write) -> None:
    types, rows = read(write("avro", pl.DataFrame(schema={"a": pl.List(pl.Int8)})).data)
    assert rows == []
    assert types == {"a": {"type": "array", "items": ["null", "int"]}}
