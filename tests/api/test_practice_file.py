"""A file of the user's own, served: values stay what they are in the file."""

from __future__ import annotations

import datetime as dt
import decimal
import json
from pathlib import Path

import httpx
import polars as pl
import pytest

from fetchtozip_gui.api.doors.practice import build, dataset_path
from fetchtozip_gui.api.practice_file import SUFFIXES, name_of, open_file
from fetchtozip_gui.api.server import serve
from fetchtozip_gui.core.errors import BadBody, SourceError

CSV = "id,count,price,code,note,mixed\n00123,5,2.50,1e5,,1\n00124,-7,3,1234567890123456789,é,x\n"


def served_rows(path: Path, folder: Path) -> list[dict[str, object]]:
    dataset = open_file(path, folder)
    rows = json.loads(dataset.json_rows(0, dataset.total))
    assert len(rows) == dataset.total
    return rows


def test_in_a_csv_ids_stay_text_and_numbers_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(CSV, encoding="utf-8")
    assert served_rows(path, tmp_path / "data") == [
        {"id": "00123", "count": 5, "price": 2.5, "code": "1e5", "note": None, "mixed": "1"},
        {"id": "00124", "count": -7, "price": 3.0, "code": "1234567890123456789", "note": "é", "mixed": "x"},
    ]


def test_a_tsv_is_split_at_tabs(tmp_path: Path) -> None:
    path = tmp_path / "orders.tsv"
    path.write_text("a\tb\n1,5\t007\n", encoding="utf-8")
    assert served_rows(path, tmp_path / "data") == [{"a": "1,5", "b": "007"}]


def test_json_rows_are_the_very_bytes_of_the_file(tmp_path: Path) -> None:
    rows = ['{"a": 1.50, "big": 123456789012345678901234567890}', '{"a": "x", "deep": {"b": [1, {}]}}', "7"]
    for name, text in {
        "list.json": f"[{','.join(rows)}]",
        "object.json": f'{{"count": 3, "few": [1], "items": [{", ".join(rows)}]}}',
        "lines.jsonl": "\n".join(rows) + "\n\n",
    }.items():
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        dataset = open_file(path, tmp_path / "data")
        assert dataset.total == 3
        assert dataset.json_rows(1, 2).decode() == f"[{rows[1]},{rows[2]}]", name


def test_an_object_without_a_list_is_one_row(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text('{"a": 1}')
    assert served_rows(path, tmp_path) == [{"a": 1}]


def test_types_json_has_no_word_for_become_text(tmp_path: Path) -> None:
    path = tmp_path / "types.parquet"
    pl.DataFrame(
        {
            "bytes": [b"\xff\x00"],
            "when": [dt.datetime(2011, 1, 2, 3, 4, 5, 600_000)],
            "day": [dt.date(2011, 1, 2)],
            "exact": [decimal.Decimal("12345678901234567890.10")],
            "long": pl.Series([2**64 - 1], dtype=pl.UInt64),
            "nan": [float("nan")],
            "list": [[1, None]],
        }
    ).write_parquet(path)
    assert served_rows(path, tmp_path / "data") == [
        {
            "bytes": "/wA=",
            "when": "2011-01-02T03:04:05.600",
            "day": "2011-01-02",
            "exact": "12345678901234567890.10",
            "long": 2**64 - 1,
            "nan": None,
            "list": [1, None],
        }
    ]


def test_sheets_arrow_and_avro_are_read(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": ["00123", "7"], "count": [1, 2]})
    frame.write_excel(tmp_path / "sheet.xlsx")
    frame.write_ipc(tmp_path / "table.arrow")
    frame.write_avro(tmp_path / "table.avro")
    for name in ("sheet.xlsx", "table.arrow", "table.avro"):
        assert served_rows(tmp_path / name, tmp_path / "data") == frame.to_dicts(), name


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_is_not_what_it_says_is_told(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(b'a,b\tc\n"1\xff\x00{')
    with pytest.raises(BadBody, match="broken"):
        open_file(path, tmp_path / "data")


def test_missing_and_unknown_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        open_file(tmp_path / "none.csv", tmp_path)
    with pytest.raises(SourceError, match="cannot be served"):
        open_file(tmp_path / "song.mp3", tmp_path)


def test_a_file_opened_again_leaves_the_first_reader_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("id\n" + "1\n" * 5000)
    first = open_file(path, tmp_path / "data")
    path.write_text("id\n2\n")
    second = open_file(path, tmp_path / "data")
    assert second.json_rows(0, 1) == b'[{"id":2}]'
    assert first.total == 5000
    assert [name.name for name in (tmp_path / "data").iterdir()] == ["orders.arrow"]


@pytest.mark.parametrize(
    ("file", "name"),
    [("orders.csv", "orders"), ("my orders (1).csv", "my-orders-1"), ("ü.json", "data"), ("a/../b.csv", "b")],
)
def test_a_name_needs_no_escaping(file: str, name: str) -> None:
    assert name_of(Path(file)) == name


def test_the_file_is_served_in_every_style_beside_the_generated_rows(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("id\n" + "\n".join(f"{number:05d}" for number in range(250)) + "\n")
    route = dataset_path(name_of(path))
    with serve(build(tmp_path / "data", path), port=0) as served, httpx.Client(base_url=served.url) as client:
        assert client.get("/practice").json() == {"online-retail": "/practice/online-retail", "orders": route}
        body = client.get(route, params={"page": 3}).json()
        assert (body["total"], body["total_pages"], len(body["data"])) == (250, 3, 50)
        assert body["data"][0] == {"id": "00200"}
        assert client.get(route, params={"style": "link", "limit": 200}).links.keys() == {"first", "last", "next"}
        assert client.get(route, params={"rows": 251}).status_code == 422
