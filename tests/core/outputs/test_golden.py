"""One awkward table in every format, against the bytes kept in tests/golden.

`python tests/core/outputs/test_golden.py` writes them anew after a change that is meant, and for
each new version, which the manifest tells.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastavro
import polars as pl
import pyarrow.parquet as pq
import pytest

from fetchtozip_gui.core.datapackage import About
from fetchtozip_gui.core.verdict import Verdict

Write = Callable[..., Any]
GOLDEN = Path(__file__).parents[2] / "golden"

AWKWARD = pl.DataFrame(
    {
        "id": [2**63 - 1, -(2**63), None, 0],
        'name, "quoted"': ["", None, 'a "b", c\r\nd\0', "=1+1"],
        "float": [0.1, float("nan"), None, 1e22],
        "exact": pl.Series([Decimal("0.10"), None, Decimal("-12345678901234567890.00"), Decimal(0)]).cast(
            pl.Decimal(38, 2)
        ),
        "is": [True, False, None, True],
        "day": [dt.date(1850, 1, 2), None, dt.date(9999, 12, 31), dt.date(1, 1, 1)],
        "at": pl.Series(
            [dt.datetime(2026, 7, 1, 12, 0, 0, 500), None, dt.datetime(1900, 1, 1), dt.datetime(2026, 1, 1)]
        )
        .dt.replace_time_zone("UTC")
        .dt.convert_time_zone("Europe/Paris"),
        "clock": [dt.time(23, 59, 59, 999999), None, dt.time(0), dt.time(12)],
        "for": [dt.timedelta(days=-1), None, dt.timedelta(microseconds=1), dt.timedelta(hours=25)],
        "bytes": [b"\x00\xff", None, b"", b"="],
        "geo": [
            {"lat": 1.5, "tags": ["a", None]},
            None,
            {"lat": None, "tags": []},
            {"lat": float("inf"), "tags": None},
        ],
        "unsigned": pl.Series([2**64 - 1, None, 0, 1], dtype=pl.UInt64),
        "nothing": pl.Series([None] * 4, dtype=pl.Null),
    }
)
ABOUT = About(
    recipe={"version": 1, "name": "awkward", "source": {"type": "file", "path": "awkward.parquet"}},
    name="awkward",
    started=dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC),
    verdict=Verdict("complete", "Complete: 4 rows", 4),
    pages=1,
    fetched_rows=4,
    fetched_bytes=1_000,
)
KINDS: dict[str, tuple[str, dict[str, object]]] = {
    "awkward.csv": ("csv", {}),
    "awkward-safe.csv": ("csv", {"safe_for_spreadsheets": True, "bom": True, "delimiter": ";"}),
    "awkward.tsv": ("tsv", {}),
    "awkward.json": ("json", {}),
    "awkward.jsonl": ("jsonl", {}),
    "awkward.parquet": ("parquet", {}),
    "awkward.avro": ("avro", {}),
    # stored: what a deflater makes of the same bytes differs from processor to processor
    "awkward.zip": ("zip", {"compression_level": 0}),
}


def made(name: str, write: Write) -> bytes:
    kind, options = KINDS[name]
    return bytes(write(kind, AWKWARD, [1, 1], ABOUT, **options).data)


@pytest.mark.parametrize("name", [name for name in KINDS if not name.endswith(("parquet", "avro"))])
def test_the_bytes_are_the_kept_ones(name: str, write: Write) -> None:
    assert made(name, write) == (GOLDEN / name).read_bytes()


def test_avro_is_the_kept_one_under_its_compression(write: Write) -> None:
    def unpacked(data: bytes) -> tuple[bytes, list[bytes]]:
        header = data[: data.index(b"avro.schema")]
        return header, [block.bytes_.getvalue() for block in fastavro.block_reader(io.BytesIO(data))]

    data, kept = made("awkward.avro", write), (GOLDEN / "awkward.avro").read_bytes()
    assert unpacked(data) == unpacked(kept)
    assert fastavro.reader(io.BytesIO(data)).writer_schema == fastavro.reader(io.BytesIO(kept)).writer_schema


def test_parquet_is_the_kept_one_in_types_and_values(write: Write) -> None:
    """Its bytes also name the version of Polars, which may change under it."""
    data, kept = made("awkward.parquet", write), (GOLDEN / "awkward.parquet").read_bytes()
    assert pq.read_schema(io.BytesIO(data)) == pq.read_schema(io.BytesIO(kept))
    assert pl.read_parquet(io.BytesIO(data)).equals(pl.read_parquet(io.BytesIO(kept)))


if __name__ == "__main__":
    from conftest import write_table

    GOLDEN.mkdir(exist_ok=True)
    for each in KINDS:
        (GOLDEN / each).write_bytes(made(each, write_table))
