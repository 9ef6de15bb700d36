"""Bodies of every shape and format become rows, and the same parts whatever the order of arrival."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from http_sources import PAGINATIONS, failure, parts, read, rows, source
from paged_api import PagedApi
from raw_server import RawServer, reply

from fetchtozip_gui.core.http.parsing import UNIT
from fetchtozip_gui.core.work import Kept


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as running:
        yield running


# --- shapes and formats -------------------------------------------------------------------------------------------


def test_objects_keyed_by_id_keep_the_key(server: RawServer) -> None:
    body = b'{"id_123456": "/invoice/123456", "id_789101": "/invoice/789101"}'
    frame = rows(read(source(server.script("/k", reply(200, body=body)))))
    assert frame.rows() == [("id_123456", "/invoice/123456"), ("id_789101", "/invoice/789101")]
    assert frame.columns == ["key", "value"]


def test_records_by_jsonpath(server: RawServer) -> None:
    body = b'{"a":[{"x":1,"y":{"z":[{"id":1},{"id":2}]}},{"x":2,"y":{"z":[{"id":3}]}}]}'
    url = server.script("/j", reply(200, body=body))
    assert rows(read(source(url, records="$.a[?@.x==2].y.z")))["id"].to_list() == [3]
    assert rows(read(source(url, records="$..id")))["value"].to_list() == [1, 2, 3]
    assert rows(read(source(url, records="$.a")))["x"].to_list() == [1, 2]
    assert "There is" in failure(read(source(url, records="$.b"))).hint


def _file(kind: str) -> bytes:
    frame = pl.DataFrame({"id": [1, 2, 3], "name": ["a", "ü", None]})
    target = io.BytesIO()
    match kind:
        case "csv":
            frame.write_csv(target)
        case "jsonl":
            frame.write_ndjson(target)
        case "parquet":
            frame.write_parquet(target)
        case "xlsx":
            frame.write_excel(target)
        case "xml":
            return "<rows><row><id>1</id><name>a</name></row><row><id>2</id><name>ü</name></row></rows>".encode()
    return target.getvalue()


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "xlsx", "xml"])
@pytest.mark.parametrize("told", [True, False])
def test_bodies_of_other_formats(server: RawServer, kind: str, told: bool) -> None:
    types = {"csv": "text/csv", "xml": "text/xml"}
    server.routes = {"f": lambda wire: wire.answer(_file(kind), kind=types.get(kind, "application/octet-stream"))}
    url = server.url("f")
    items = read(source(url, format=kind if told else "auto"))
    assert [str(value) for value in rows(items)["id"].to_list()[:2]] == ["1", "2"]
    assert rows(items)["name"].to_list()[:2] == ["a", "ü"]
    if kind == "csv":
        assert parts(items)[0].schema == {"id": pl.Int64, "name": pl.String}


def test_csv_pages_by_number(server: RawServer) -> None:
    def pages(wire: Any) -> None:
        first = (int(wire.ask.query("page")) - 1) * 2
        wire.answer("".join(["id\n", *(f"{n}\n" for n in range(first, min(first + 2, 7)))]).encode(), kind="text/csv")

    server.routes = {"csv": pages}
    items = read(source(server.url("csv"), pagination={"type": "page", "size": 2}))
    assert rows(items)["id"].to_list() == [str(n) for n in range(7)]


def test_types_are_those_of_all_pages() -> None:
    found = [{"id": n, "n": 1 if n < 4 else 1.5, **({"late": "x"} if n == 5 else {})} for n in range(1, 6)]
    with PagedApi(5, size=1, make=lambda number, width: found[number]) as api:
        frame = rows(read(source(api.url, pagination={"type": "page", "size": 1})))
    assert frame["n"].to_list() == [1.0, 1.0, 1.0, 1.5, 1.5]
    assert frame["late"].to_list() == [None, None, None, None, "x"]


# --- parts --------------------------------------------------------------------------------------------------------


def test_small_pages_stand_together_and_large_ones_alone() -> None:
    wide = {3: UNIT // 5, 9: UNIT // 5}
    with PagedApi(120, widths=lambda page: wide.get(page, 100)) as api:
        first = read(source(api.url, pagination=PAGINATIONS["page"]))
        again = read(source(api.url, pagination=PAGINATIONS["page"], concurrency=1))
    cuts = [(part.first_page, part.pages) for part in parts(first)]
    assert cuts == [(1, 2), (3, 1), (4, 5), (9, 1), (10, 3)]
    assert cuts == [(part.first_page, part.pages) for part in parts(again)]
    assert rows(first)["id"].to_list() == list(range(120))


def test_small_pages_are_parsed_together_until_they_are_large_enough() -> None:
    with PagedApi(120, widths=lambda page: UNIT // 25) as api:
        items = read(source(api.url, pagination=PAGINATIONS["page"]))
    assert [part.pages for part in parts(items)] == [3, 3, 3, 3]
    assert len([item for item in items if isinstance(item, Kept)]) == 8


def test_a_page_that_waits_is_put_aside_at_once() -> None:
    with PagedApi(60) as api:
        items = read(source(api.url, pagination=PAGINATIONS["page"]))
    kept = [item for item in items if isinstance(item, Kept)]
    assert [page.page for page in kept] == [1, 2, 3, 4, 5, 6]
    assert items.index(kept[-1]) < items.index(parts(items)[0])
    assert all(page.body.startswith(b"[") and len(page.digest) == 16 for page in kept)
    assert parts(items)[0].hashes == tuple(page.digest for page in kept)
