"""A first answer says how the other pages are asked for: by naming the next one, or by numbers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from first_answers import TWO, look

from fetchtozip_gui.core.http.paging import Cursors, Links, NextAddresses, Offsets, OnePage, PageNumbers
from fetchtozip_gui.core.http.records import Cutter, Records

LINKED = {
    "link": '<https://api.example.com/orders?page=2>; rel="next", <https://api.example.com/orders?page=9>; rel="last"'
}


# --- how the next page is named -----------------------------------------------------------------------------------


def test_a_link_header_is_followed() -> None:
    plan, said = look(TWO, headers=LINKED)
    assert plan.pagination == Links()
    assert "Link header" in said


def test_a_link_header_without_next_means_one_page() -> None:
    plan, _ = look(TWO, headers={"link": '<https://api.example.com/orders?page=1>; rel="last"'}, query="?page=1")
    assert plan.pagination == OnePage()


@pytest.mark.parametrize(
    ("beside", "path"),
    [
        ({"next": "https://api.example.com/orders?page=2"}, "$.next"),
        ({"next": "/orders?page=2"}, "$.next"),
        ({"next": "?page=2"}, "$.next"),
        ({"links": {"next": "orders?page=2", "self": "x"}}, "$.links.next"),
        ({"links": {"next": {"href": "orders?page=2"}}}, "$.links.next.href"),
        ({"_links": {"self": {"href": "/a"}, "next": {"href": "/orders?page=2"}}}, "$._links.next.href"),
        ({"paging": {"next": "https://api.example.com/x?after=Q", "cursors": {"after": "Q"}}}, "$.paging.next"),
        ({"@odata.nextLink": "https://api.example.com/orders?$skiptoken=7"}, "$['@odata.nextLink']"),
        ({"meta": {"next_page_url": "/orders?page=2"}}, "$.meta.next_page_url"),
        ({"info": {"count": 826, "pages": 42, "next": "https://api.example.com/orders?page=2"}}, "$.info.next"),
        ({"link": [{"relation": "up"}, {"relation": "next", "url": "/b"}]}, "$.link[?@.relation=='next'].url"),
        ({"links": [{"rel": "next", "href": "/b"}]}, "$.links[?@.rel=='next'].href"),
    ],
)  # fmt: skip
def test_a_next_address_is_found(beside: dict[str, Any], path: str) -> None:
    plan, said = look({"data": TWO, **beside})
    assert plan.pagination == NextAddresses(next=path)
    assert plan.fields["next"] == path
    assert path in said
    assert Cutter(plan.records, plan.fields).cut(json.dumps({"data": TWO, **beside}).encode()).fields["next"]


@pytest.mark.parametrize(
    ("beside", "path", "param"),
    [
        ({"next_cursor": "abc"}, "$.next_cursor", "cursor"),
        ({"meta": {"next_cursor": "abc"}}, "$.meta.next_cursor", "cursor"),
        ({"response_metadata": {"next_cursor": "abc"}}, "$.response_metadata.next_cursor", "cursor"),
        ({"nextPageToken": "abc"}, "$.nextPageToken", "pageToken"),
        ({"next_page_token": "abc"}, "$.next_page_token", "page_token"),
        ({"NextToken": "abc"}, "$.NextToken", "NextToken"),
        ({"paging": {"cursors": {"before": "a", "after": "b"}}}, "$.paging.cursors.after", "after"),
        ({"paging": {"next": {"after": "25"}}}, "$.paging.next.after", "after"),
        ({"pagination": {"cursor": "abc"}}, "$.pagination.cursor", "cursor"),
        ({"continuationToken": "abc"}, "$.continuationToken", "continuationToken"),
        ({"offset": "itr7/rec7"}, "$.offset", "offset"),
        ({"next_page": 2}, "$.next_page", "page"),
        ({"meta": {"next_offset": 2}}, "$.meta.next_offset", "offset"),
        ({"has_more": True, "last_id": "x2"}, "$.last_id", "after"),
        ({"has_more": True, "object": "list"}, "$.data[-1].id", "starting_after"),
    ],
)
def test_a_cursor_is_found_with_its_parameter(beside: dict[str, Any], path: str, param: str) -> None:
    plan, said = look({"data": TWO, **beside})
    assert isinstance(plan.pagination, Cursors)
    assert (plan.pagination.cursor, plan.pagination.param, plan.pagination.where) == (path, param, "query")
    assert plan.guessed
    assert f"`{param}`" in said


def test_a_cursor_goes_back_where_the_recipe_has_it() -> None:
    plan, _ = look({"data": TWO, "nextPageToken": "b"}, query="?token=a")
    assert isinstance(plan.pagination, Cursors)
    assert plan.pagination.param == "token"
    variables = {"query": "query($after: String) {…}", "variables": {"first": 2, "after": None}}
    page = {"nodes": TWO, "pageInfo": {"endCursor": "Q", "hasNextPage": True}}
    plan, _ = look({"data": {"users": page}}, post=variables)
    assert isinstance(plan.pagination, Cursors)
    assert (plan.pagination.param, plan.pagination.where) == ("variables.after", "body")
    assert plan.fields["more"] == "$.data.users.pageInfo.hasNextPage"
    plan, _ = look({"results": TWO, "next_cursor": "Q", "has_more": True}, post={"filter": {}, "start_cursor": None})
    assert isinstance(plan.pagination, Cursors)
    assert (plan.pagination.param, plan.pagination.where) == ("start_cursor", "body")


@pytest.mark.parametrize(
    "beside",
    [
        {"next": None},
        {"next_cursor": None, "has_more": False},
        {"has_more": False, "last_id": "x"},
        {"next_cursor": ""},
    ],
)
def test_no_next_page_means_one_request(beside: dict[str, Any]) -> None:
    plan, _ = look({"data": TWO, **beside})
    assert plan.pagination == OnePage()


def test_the_records_own_fields_are_no_signs() -> None:
    rows = [{"id": n, "next": "/a?page=2", "next_cursor": "x", "total": 99, "page": 1} for n in range(2)]
    for body in (rows, {"data": rows}, {"data": rows, "query": {"page": 3, "total": 7}}):
        plan, _ = look(body)
        assert plan.pagination == OnePage()
        assert not plan.fields


# --- numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("beside", "query", "wanted"),
    [
        ({"page": 1, "total_pages": 5}, "", PageNumbers(param="page", size_param=None, size=2)),
        ({"page": 1, "limit": 2, "total": 9, "total_pages": 5}, "?page=1&limit=2", PageNumbers(size=2)),
        ({"meta": {"currentPage": 1, "totalPages": 5}}, "", PageNumbers(size_param=None, size=2)),
        (
            {"number": 0, "totalPages": 5, "totalElements": 9, "size": 2},
            "",
            PageNumbers(start=0, size_param=None, size=2),
        ),
        ({"pageNumber": 1, "total": 9}, "", PageNumbers(param="pageNumber", size_param=None, size=2)),
        ({}, "?page=3&per_page=2", PageNumbers(start=3, size_param="per_page", size=2)),
        ({}, "?page[number]=1&page[size]=2", PageNumbers(param="page[number]", size_param="page[size]", size=2)),
        ({}, "?p=1", PageNumbers(param="p", size_param=None, size=2)),
        ({"total_pages": 3}, "", PageNumbers(size_param=None, size=2)),
        ({"offset": 0, "limit": 2, "total": 9}, "", Offsets(limit_param=None, limit=2)),
        ({"skip": 0, "limit": 2, "total": 9}, "", Offsets(offset_param="skip", limit_param=None, limit=2)),
        ({"startAt": 0, "maxResults": 2, "total": 9}, "", Offsets(offset_param="startAt", limit_param=None, limit=2)),
        (
            {"startIndex": 1, "totalResults": 9},
            "",
            Offsets(offset_param="startIndex", limit_param=None, limit=2, start=1),
        ),
        ({}, "?offset=0&limit=2", Offsets(limit=2)),
        ({}, "?$skip=0&$top=2", Offsets(offset_param="$skip", limit_param="$top", limit=2)),
        ({"@odata.count": 9}, "?$top=2", Offsets(offset_param="$skip", limit_param="$top", limit=2)),
        ({}, "?limit=2", PageNumbers(size=2)),
        ({}, "?_limit=2", PageNumbers(param="_page", size_param="_limit", size=2)),
        ({"total": 9}, "", PageNumbers(size_param=None, size=2)),
    ],
)
def test_numbers_are_understood(beside: dict[str, Any], query: str, wanted: Any) -> None:
    plan, said = look({"data": TWO, **beside}, query=query)
    assert plan.pagination == wanted
    assert plan.guessed
    assert "because" in said


@pytest.mark.parametrize("beside", [{"from": 1_700_000_000}, {"number": 12}, {"start": "2024-01-01"}, {"page": 300}])
def test_numbers_that_are_no_place_are_left_alone(beside: dict[str, Any]) -> None:
    plan, _ = look({"data": TWO, **beside})
    assert plan.pagination == OnePage()


def test_more_rows_declared_than_came_leads_to_several_tries() -> None:
    plan, said = look({"data": TWO, "total": 9})
    assert [type(guess) for guess in (plan.pagination, *plan.guesses)] == [PageNumbers, Offsets]
    assert "declares 9 rows and 2 came" in said


@pytest.mark.parametrize(
    ("beside", "query"),
    [
        ({"total": 2}, ""),
        ({"total": 2}, "?page=1"),
        ({"page": 1, "total_pages": 1}, ""),
        ({}, "?limit=5"),
        ({"count": 2}, ""),
    ],
)
def test_when_everything_came_nothing_more_is_asked(beside: dict[str, Any], query: str) -> None:
    plan, _ = look({"data": TWO, **beside}, query=query)
    assert plan.pagination == OnePage()


@pytest.mark.parametrize(
    ("beside", "headers", "fields", "where"),
    [
        ({"total": 9}, {}, {"total": "$.total"}, {}),
        ({"meta": {"total_count": 9}}, {}, {"total": "$.meta.total_count"}, {}),
        ({"count": 9}, {}, {"total": "$.count"}, {}),
        ({"count": 2}, {}, {}, {}),
        ({"@odata.count": 9}, {}, {"total": "$['@odata.count']"}, {}),
        ({"total": "1,234"}, {}, {"total": "$.total"}, {}),
        ({"total": 99.5}, {}, {}, {}),
        ({"total": 1}, {}, {}, {}),
        ({}, {"X-Total-Count": "9"}, {}, {"total": "X-Total-Count"}),
        ({}, {"Content-Range": "items 0-1/9"}, {}, {"total": "Content-Range"}),
        ({}, {"Content-Range": "items 0-1/*"}, {}, {}),
        (
            {},
            {"X-WP-Total": "9", "X-WP-TotalPages": "5"},
            {},
            {"total": "X-WP-Total", "total_pages": "X-WP-TotalPages"},
        ),
    ],
)
def test_totals_are_found(beside: dict[str, Any], headers: dict[str, str], fields: Any, where: Any) -> None:
    plan, _ = look({"data": TWO, **beside}, headers=headers)
    assert plan.fields == fields
    assert plan.headers == where


def test_an_estimated_total_is_none() -> None:
    hits = [{"_id": str(n), "_source": {"a": n}} for n in range(2)]
    exact, _ = look({"took": 1, "hits": {"total": {"value": 40, "relation": "eq"}, "hits": hits}})
    estimate, _ = look({"took": 1, "hits": {"total": {"value": 10000, "relation": "gte"}, "hits": hits}})
    assert exact.fields == {"total": "$.hits.total.value"}
    assert estimate.fields == {}
    assert exact.records == estimate.records == Records(path="$.hits.hits")


def test_a_round_number_of_rows_without_a_sign_is_told() -> None:
    plan, said = look([{"id": n} for n in range(100)])
    assert plan.pagination == OnePage()
    assert "exactly 100 rows" in said


def test_the_recipes_pagination_is_kept_and_totals_are_still_read() -> None:
    how = Cursors(cursor="$.x", param="c")
    plan, said = look({"data": TWO, "total": 9, "next": "/a?b=1"}, pagination=how)
    assert plan.pagination == how
    assert plan.fields == {"next": "$.x", "total": "$.total"}
    assert "Pagination" not in said
