"""Parquet and Avro: types and rows come back, in parts too, and damage is told."""

from __future__ import annotations

import datetime as dt
import decimal
import io
import uuid
from pathlib import Path
from typing import Any

import fastavro
import polars as pl
import pytest

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows import columnar
from fetchtozip_gui.core.rows.columnar import avro_frame, avro_parts, parquet_frame, parquet_parts, parquet_rows

FRAME = pl.DataFrame(
    {
        "id": ["00123", None, "x"],
        "n": [2**63 - 1, None, -1],
        "f": [0.1, None, float("nan")],
        "b": [True, None, False],
        "day": [dt.date(1899, 1, 1), None, dt.date(2024, 5, 31)],
        "at": [dt.datetime(2024, 5, 31, 1, 2, 3, 456), None, dt.datetime(1, 1, 1)],
        "o": [{"a": [1, 2]}, None, {"a": None}],
        "bytes": [b"\x00\xff", None, b""],
    }
)


def parquet(frame: pl.DataFrame, **how: Any) -> bytes:
    file = io.BytesIO()
    frame.write_parquet(file, **how)
    return file.getvalue()


def test_parquet_comes_back() -> None:
    assert parquet_frame(parquet(FRAME)).frame.equals(FRAME)


def test_categories_become_texts() -> None:
    frame = pl.DataFrame({"c": ["a", "b", None]}, schema={"c": pl.Categorical})
    nested = frame.select(l=pl.concat_list("c"), s=pl.struct("c"))
    assert parquet_frame(parquet(frame)).frame.schema == {"c": pl.String()}
    found = parquet_frame(parquet(nested)).frame
    assert found.schema == {"l": pl.List(pl.String()), "s": pl.Struct({"c": pl.String()})}


@pytest.mark.parametrize("row_group", [7, 1000])
@pytest.mark.parametrize("skip", [0, 1, 3, 4, 9])
def test_parts_are_the_same_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row_group: int, skip: int
) -> None:
    monkeypatch.setattr(columnar, "_READ_CELLS", 40)
    monkeypatch.setattr(columnar, "_PART_CELLS", 16)
    path = tmp_path / "x.parquet"
    frame = pl.DataFrame({"a": range(95), "b": [str(n) for n in range(95)]})
    frame.write_parquet(path, row_group_size=row_group)
    whole = list(parquet_parts(path))
    assert pl.concat(whole).equals(frame)
    assert max(part.height for part in whole) == 8
    rest = list(parquet_parts(path, skip))
    assert [part.rows() for part in rest] == [part.rows() for part in whole[skip:]]
    assert parquet_rows(path) == 95


def test_parquet_without_rows_has_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    FRAME.clear().write_parquet(path)
    assert [part.schema for part in parquet_parts(path)] == [FRAME.schema]


def test_damaged_parquet_is_told() -> None:
    body = parquet(pl.DataFrame({"a": range(5000)}))
    for bad in (b"", b"PAR1", b"hello", body[:-5], body[: len(body) // 2], body[200:]):
        with pytest.raises(BadBody, match="The Parquet cannot be read"):
            parquet_frame(bad)


def test_parquet_that_declares_too_much_is_refused() -> None:
    body = parquet(pl.select(a=pl.repeat(0, 210_000_000, dtype=pl.Int8)))
    with pytest.raises(BadBody, match=r"declares 210,000,000 values \(limit 200,000,000\)"):
        parquet_frame(body)


def avro(fields: dict[str, Any], rows: list[dict[str, Any]], codec: str = "deflate", **how: Any) -> bytes:
    schema = {"type": "record", "name": "r", "fields": [{"name": name, "type": kind} for name, kind in fields.items()]}
    file = io.BytesIO()
    fastavro.writer(file, fastavro.parse_schema(schema), rows, codec=codec, **how)
    return file.getvalue()


def test_avro_comes_back() -> None:
    fields = {
        "a": ["null", "long"],
        "s": "string",
        "d": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
        "at": {"type": "long", "logicalType": "timestamp-micros"},
        "e": {"type": "enum", "name": "e", "symbols": ["X", "Y"]},
    }
    rows = [
        {"a": 2**60, "s": "é", "d": decimal.Decimal("1.25"), "at": dt.datetime(2024, 1, 1, tzinfo=dt.UTC), "e": "X"},
        {"a": None, "s": "", "d": decimal.Decimal("-1.00"), "at": dt.datetime(1900, 1, 1, tzinfo=dt.UTC), "e": "Y"},
    ]
    found = avro_frame(avro(fields, rows)).frame
    assert found.to_dicts() == rows
    assert found.schema["d"] == pl.Decimal(9, 2)


def test_avro_that_polars_cannot_read_comes_as_json_values() -> None:
    one = uuid.uuid4()
    fields = {
        "u": ["null", "int", "string"],
        "m": {"type": "map", "values": "int"},
        "id": {"type": "string", "logicalType": "uuid"},
    }
    rows = [{"u": None, "m": {"x": 1}, "id": one}, {"u": 7, "m": {}, "id": one}, {"u": "t", "m": {"y": 2}, "id": one}]
    found = avro_frame(avro(fields, rows)).frame
    assert found["u"].to_list() == [None, "7", "t"]
    assert found["m"].struct.field("x").to_list() == [1, None, None]
    assert found["id"].to_list() == [str(one)] * 3


def test_avro_without_rows_has_its_columns() -> None:
    assert avro_frame(avro({"a": "int", "b": "string"}, [])).frame.schema == {"a": pl.Null(), "b": pl.Null()}


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2"])
def test_avro_in_parts(monkeypatch: pytest.MonkeyPatch, codec: str) -> None:
    monkeypatch.setattr(columnar, "_AVRO_PART", 500)
    rows = [{"a": n, "s": str(n) * 5} for n in range(1000)]
    body = avro({"a": "int", "s": "string"}, rows, codec, sync_interval=300)
    parts = [avro_frame(part).frame for part in avro_parts(io.BytesIO(body))]
    assert len(parts) > 5
    assert pl.concat(parts).to_dicts() == rows


def test_avro_without_rows_is_one_part() -> None:
    body = avro({"a": "int"}, [])
    assert list(avro_parts(io.BytesIO(body))) == [body]


def test_damaged_avro_is_told() -> None:
    body = avro({"a": "int"}, [{"a": n} for n in range(1000)])
    for bad in (b"", b"Obj\x01", b"hello world", body[:-5], body[:60], body[:-20] + b"x" * 20):
        with pytest.raises(BadBody, match="Avro"):
            avro_frame(bad)
        with pytest.raises(BadBody, match="Avro"):
            list(avro_parts(io.BytesIO(bad)))
