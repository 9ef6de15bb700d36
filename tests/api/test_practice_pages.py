"""The five styles of pagination, walked to the end as a client would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from fetchtozip_gui.api.practice_data import ROWS, rows

PATH = "/practice/online-retail"
SMALL = 250
LIMIT = 40


@pytest.fixture(scope="module")
def client(practice: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=practice) as open_client:
        yield open_client


def ask(client: httpx.Client, **query: Any) -> httpx.Response:
    answer = client.get(PATH, params={"rows": SMALL, "limit": LIMIT, **query})
    assert answer.status_code == 200
    return answer


def by_page(client: httpx.Client) -> Iterator[list[Any]]:
    first = ask(client).json()
    for number in range(1, first["total_pages"] + 1):
        body = ask(client, page=number).json()
        assert (body["page"], body["limit"], body["total"], body["total_pages"]) == (number, LIMIT, SMALL, 7)
        yield body["data"]


def by_offset(client: httpx.Client) -> Iterator[list[Any]]:
    for offset in range(0, SMALL, LIMIT):
        body = ask(client, style="offset", offset=offset).json()
        assert (body["offset"], body["limit"], body["total"]) == (offset, LIMIT, SMALL)
        yield body["data"]


def by_cursor(client: httpx.Client) -> Iterator[list[Any]]:
    body = ask(client, style="cursor").json()
    yield body["data"]
    while body["next_cursor"] is not None:
        body = ask(client, style="cursor", cursor=body["next_cursor"]).json()
        yield body["data"]


def by_link(client: httpx.Client) -> Iterator[list[Any]]:
    answer = ask(client, style="link")
    yield answer.json()
    while "next" in answer.links:
        answer = client.get(answer.links["next"]["url"])
        assert answer.headers["X-Total-Count"] == str(SMALL)
        yield answer.json()


def by_next_url(client: httpx.Client) -> Iterator[list[Any]]:
    body = ask(client, style="next_url").json()
    yield body["results"]
    while body["next"] is not None:
        body = client.get(body["next"]).json()
        assert body["count"] == SMALL
        yield body["results"]


@pytest.mark.parametrize("walk", [by_page, by_offset, by_cursor, by_link, by_next_url])
def test_every_style_gives_every_row_once_in_order(
    client: httpx.Client, walk: Callable[[httpx.Client], Iterator[list[Any]]]
) -> None:
    pages = list(walk(client))
    assert [len(page) for page in pages] == [40] * 6 + [10]
    assert [row for page in pages for row in page] == rows(0, SMALL).to_dicts()


def test_links_name_the_pages_around(client: httpx.Client) -> None:
    def pages(number: int) -> dict[str, str]:
        links = ask(client, style="link", page=number).links
        return {rel: httpx.URL(link["url"]).params["page"] for rel, link in links.items()}

    assert pages(1) == {"first": "1", "last": "7", "next": "2"}
    assert pages(4) == {"first": "1", "last": "7", "prev": "3", "next": "5"}
    assert pages(7) == {"first": "1", "last": "7", "prev": "6"}
    assert pages(99) == {"first": "1", "last": "7", "prev": "7"}


def test_without_a_query_the_first_hundred_of_all_rows_come(client: httpx.Client) -> None:
    body = client.get(PATH).json()
    assert len(body["data"]) == body["limit"] == 100
    assert (body["page"], body["total"], body["total_pages"]) == (1, ROWS, 5420)


def test_any_page_can_be_had(client: httpx.Client) -> None:
    body = client.get(PATH, params={"page": 542, "limit": 1000}).json()
    assert body["data"] == rows(541_000, 1000).to_dicts()
    assert len(body["data"]) == 909


@pytest.mark.parametrize("style", ["page", "offset", "cursor", "link", "next_url"])
def test_past_the_end_is_empty_and_no_error(client: httpx.Client, style: str) -> None:
    beyond = {"page": 10**30, "offset": 10**30, "cursor": "cm93OjYwMDAwMA"}
    body = client.get(PATH, params={"style": style, **beyond}).json()
    assert (body if style == "link" else body.get("data", body.get("results"))) == []
    if style in ("cursor", "next_url"):
        assert body.get("next_cursor", body.get("next")) is None


def test_no_rows_at_all(client: httpx.Client) -> None:
    assert ask(client, rows=0).json() == {"data": [], "page": 1, "limit": LIMIT, "total": 0, "total_pages": 0}
    assert "next" not in ask(client, rows=0, style="link").links


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "1001"),
        ("limit", "many"),
        ("page", "0"),
        ("offset", "-1"),
        ("style", "pages"),
        ("latency_ms", "60001"),
        ("fail_every", "0"),
        ("rows", "541910"),
        ("rows", "-1"),
        ("page", "9" * 5000),
    ],
)
def test_a_wrong_parameter_is_named(client: httpx.Client, name: str, value: str) -> None:
    answer = client.get(PATH, params={name: value})
    assert answer.status_code == 422
    assert [fault["loc"] for fault in answer.json()["detail"]] == [["query", name]]
    assert {"type", "msg", "input"} <= answer.json()["detail"][0].keys()


@pytest.mark.parametrize("cursor", ["x", "cm93Oi0x", "cm93OmE", "%00", "é", "cm93OjE=====", "!" * 100])
def test_a_cursor_that_was_never_given_is_refused(client: httpx.Client, cursor: str) -> None:
    answer = client.get(PATH, params={"style": "cursor", "cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", "cursor"]
