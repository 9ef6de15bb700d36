"""What a recipe says of an HTTP source is checked, and sent as it is meant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from http_sources import PAGINATIONS, parts, read, rows, said, source
from paged_api import PagedApi
from pydantic import ValidationError
from raw_server import RawServer, reply

from fetchtozip_gui.core.sources.http import HttpSource


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as running:
        yield running


# --- incremental --------------------------------------------------------------------------------------------------


def test_only_what_is_newer_is_asked_for_and_the_highest_value_is_told() -> None:
    with PagedApi(35) as api:
        newer = {"column": "id", "param": "since", "start": 3}
        recipe = source(api.url, pagination=PAGINATIONS["page"], incremental=newer)
        items = read(recipe)
        assert parts(items)[-1].cursor["incremental"] == 34
        assert all(ask.query("since") == "3" for ask in api.server.seen)
        read(recipe.with_since(34))
        assert api.server.seen[-1].query("since") == "34"


def test_a_column_that_is_not_there_is_told() -> None:
    with PagedApi(5) as api:
        items = read(source(api.url, incremental={"column": "updated", "param": "since"}))
    assert "no column 'updated'" in said(items, "warning")
    assert "incremental" not in parts(items)[-1].cursor


# --- requests -------------------------------------------------------------------------------------------------------


def test_parameters_of_every_kind_are_sent() -> None:
    with PagedApi(5) as api:
        read(source(api.url, params={"a": "ü b", "n": 1.5, "yes": True, "none": None, "many": ["x", 2]}))
        assert api.server.seen[0].target == "/orders?a=%C3%BC%20b&n=1.5&yes=true&none=&many=x&many=2"


def test_a_post_is_read_with_its_body(server: RawServer) -> None:
    def search(wire: Any) -> None:
        asked = json.loads(wire.ask.body)
        found = [{"id": asked["page"] * 2 + n} for n in range(2 if asked["page"] < 4 else 1)]
        wire.answer(json.dumps({"data": found, "filter": asked["filter"]}).encode())

    server.routes = {"search": search}
    recipe = source(server.url("search"), method="POST", json={"page": 1, "size": 2, "filter": {"a": 1}})
    assert rows(read(recipe))["id"].to_list() == [2, 3, 4, 5, 6, 7, 8]
    assert {ask.method for ask in server.seen} == {"POST"}
    paged = {"type": "page", "size_param": "size", "size": 2}
    explicit = source(server.url("search"), method="POST", json={"page": 0, "filter": {}}, pagination=paged)
    assert rows(read(explicit))["id"].to_list() == [2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(("told", "rows_read"), [(False, 0), (True, 1)])
def test_a_post_is_repeated_only_where_told(server: RawServer, told: bool, rows_read: int) -> None:
    url = server.script("/once", reply(503, "Retry-After: 0"), reply(200, body=b'[{"id":1}]'))
    items = read(source(url, method="POST", json={}, retries=2, retry_post=told))
    assert sum(part.frame.height for part in parts(items)) == rows_read


# --- the model ----------------------------------------------------------------------------------------------------


def test_the_recipes_words_and_defaults() -> None:
    made = HttpSource.model_validate({"url": "https://a.example/x"})
    assert (made.method, made.rate_limit, made.page_limit, made.concurrency) == ("GET", 10, 100, 8)
    assert (made.timeout, made.retries, made.max_page_bytes) == (30, 5, 256 * 1024 * 1024)
    assert (made.verify_tls, made.proxy, made.incremental, made.records) == (True, None, None, "auto")
    document = {"url": "https://a.example/x", "method": "POST", "json": {"a": 1}, "pagination": PAGINATIONS["cursor"]}
    dumped = HttpSource.model_validate(document).model_dump(mode="json", by_alias=True)
    assert dumped["json"] == {"a": 1}
    assert dumped["pagination"]["in"] == "query"
    assert HttpSource.model_validate(dumped) == HttpSource.model_validate(document)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"url": "ftp://a.example"}, "https:// or http://"),
        ({"url": "http://"}, "address"),
        ({"url": "a.example/x"}, "https:// or http://"),
        ({"method": "PUT"}, "GET"),
        ({"records": "data"}, r"begins with \$"),
        ({"records": "$.a["}, "not a JSONPath"),
        ({"records": "$." + "x" * 1100}, "1,024 bytes"),
        ({"params": {"a": {"b": 1}}}, "must be text, a number"),
        ({"params": {"a": [[1]]}}, "must be text, a number"),
        ({"page_limit": 0}, "greater than or equal to 1"),
        ({"rate_limit": 0}, "greater than 0"),
        ({"concurrency": 0}, "greater than or equal to 1"),
        ({"timeout": 0}, "greater than 0"),
        ({"retries": -1}, "greater than or equal to 0"),
        ({"pagination": "pages"}, "pages"),
        ({"nonsense": 1}, "[Ee]xtra"),
    ],
)
def test_a_wrong_source_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        HttpSource.model_validate({"url": "https://a.example/x", **wrong})
