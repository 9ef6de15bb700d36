"""Requests carry their parameters where they belong, and next addresses lead nowhere they must not."""

from __future__ import annotations

from typing import Any

import pytest
from trips import URL, query

from fetchtozip_gui.core.errors import PagingError
from fetchtozip_gui.core.http.guard import digest
from fetchtozip_gui.core.http.links import linked
from fetchtozip_gui.core.http.numbered import Numbered
from fetchtozip_gui.core.http.paging import Cursors, PageNumbers
from fetchtozip_gui.core.http.template import Template
from fetchtozip_gui.core.http.totals import whole
from fetchtozip_gui.core.http.walk import Seen
from fetchtozip_gui.core.http.walks import walk_of

# --- next addresses -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "found", "wanted"),
    [
        (URL, "?page=2", f"{URL}?page=2"),
        (URL + "/x", "y?page=2", f"{URL}/y?page=2"),
        (URL, "/v2/orders?a=b%20c&d", "https://api.example.com/v2/orders?a=b%20c&d"),
        (URL, "https://api.example.com:443/o?x=1#part", "https://api.example.com/o?x=1"),
        (URL, "//api.example.com/o", "https://api.example.com/o"),
        (URL, " ?page=2\n", f"{URL}?page=2"),
    ],
)
def test_a_next_address_may_be_relative(base: str, found: str, wanted: str) -> None:
    assert Template(URL).next(base, found, 1) == wanted


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ("https://evil.example.com/orders?page=2", "another host, evil.example.com:443"),
        ("//evil.example.com/orders", "another host"),
        ("https://api.example.com.evil.com/", "another host"),
        ("https://api.example.com@evil.com/", "another host"),
        ("https://api.example.com:8443/orders", "another host, api.example.com:8443"),
        ("\\\\evil.example.com/x", "another host"),
        ("http://api.example.com/orders?page=2", "from https to plain http"),
        ("javascript:alert(1)", "cannot be used"),
        ("file:///etc/passwd", "cannot be used"),
        ("http://[::1", "cannot be used"),
        ("?" + "x" * 20_000, "20,001 characters"),
    ],
)
def test_a_next_address_elsewhere_is_refused(found: str, words: str) -> None:
    with pytest.raises(PagingError, match=words):
        Template(URL).next(URL, found, 3)


def test_another_host_must_be_named_by_the_recipe() -> None:
    other = "https://cdn.example.com:8443/p2"
    for allowed in ("cdn.example.com", "CDN.example.com:8443"):
        assert Template(URL, allowed=[allowed]).next(URL, other, 1) == other
    with pytest.raises(PagingError):
        Template(URL, allowed=["cdn.example.com:443"]).next(URL, other, 1)
    with pytest.raises(PagingError, match="plain http"):
        Template(URL, allowed=["cdn.example.com"]).next(URL, "http://cdn.example.com/p2", 1)


def test_http_may_lead_to_https_of_the_same_host() -> None:
    assert Template("http://a.example/x").next("http://a.example/x", "https://a.example/x?p=2", 1)
    with pytest.raises(PagingError):
        Template("http://a.example:81/x").next("http://a.example:81/x", "https://a.example/x?p=2", 1)


def test_secrets_are_sent_home_and_kept_nowhere() -> None:
    template = Template(f"{URL}?api_key=s3cret&q=1", {"token": "env:TOKEN", "a": 1}, key="auth")
    request = template.request(1)
    assert query(request) == {"api_key": "s3cret", "q": "1", "a": "1"}
    assert request.params == {"token": "env:TOKEN"}
    kept = template.next(URL, "?api_key=s3cret&token=revealed&auth=key&q=1&page_token=next", 1)
    assert kept == f"{URL}?q=1&page_token=next"
    again = template.request_at(2, kept)
    assert query(again) == {"q": "1", "page_token": "next", "api_key": "s3cret"}
    assert again.params == {"token": "env:TOKEN"}
    abroad = template.request_at(2, "https://other.example.com/x?q=1")
    assert (query(abroad), dict(abroad.params), dict(abroad.headers)) == ({"q": "1"}, {}, {})


# --- requests -----------------------------------------------------------------------------------------------------


def test_parameters_replace_those_of_the_address_and_keep_their_place() -> None:
    template = Template(f"{URL}?a=1&page=1&b=x%20y&b=z", {"c": ["p", "q"], "d": True})
    walk = Numbered(PageNumbers(size_param="per page", size=5), template)
    assert walk.request(3).url == f"{URL}?a=1&page=3&b=x%20y&b=z&c=p&c=q&d=true&per%20page=5"


def test_parameters_go_into_the_body_where_the_recipe_has_them() -> None:
    template = Template(URL, method="POST", json={"page": 1, "filter": {"x": 1}})
    request = Numbered(PageNumbers(size=5), template).request(2)
    assert (request.json, query(request), request.method) == ({"page": 2, "filter": {"x": 1}}, {"limit": "5"}, "POST")


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("query", ({"c.d": "n/1 ü"}, {}, {"q": 1})),
        ("header", ({}, {"c.d": "n/1 ü"}, {"q": 1})),
        ("body", ({}, {}, {"q": 1, "c": {"d": "n/1 ü"}})),
    ],
)
def test_a_cursor_is_sent_where_it_belongs(where: str, wanted: Any) -> None:
    how = Cursors.model_validate({"cursor": "$.n", "param": "c.d", "in": where})
    walk = walk_of(how, Template(URL, method="POST", json={"q": 1}))
    walk.judge(Seen(1, 5, next="n/1 ü"))
    request = walk.request(2)
    assert (query(request), dict(request.headers), request.json) == wanted


def test_a_value_that_is_sent_with_every_request() -> None:
    template = Template(f"{URL}?since=old&a=1").sending("since", "2024-01-01T00:00:00+02:00")
    assert template.request(1).url == f"{URL}?a=1&since=2024-01-01T00:00:00%2B02:00"
    body = Template(URL, method="POST", json={"since": None}).sending("since", 5)
    assert body.request(1).json == {"since": 5}


# --- small readers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ('<https://a.example/?page=2>; rel="next"', "https://a.example/?page=2"),
        ("</p?a=1,2;3>; rel=next", "/p?a=1,2;3"),
        ('<p1>; rel="prev", <p2>; title="a, b; <c>"; rel="last next"', "p2"),
        ('<p1>; REL="Next"', "p1"),
        ('<p1>; rel="nextish", <p2>; rel="other"', None),
        ('<p1>; rel="next"; anchor="/x", <p2>; rel="next"', "p2"),
        ("", None),
        ("garbage", None),
        ("<p1>; rel", None),
        ("<" * 50_000, None),
    ],
)
def test_link_headers(header: str, wanted: str | None) -> None:
    assert linked(header, "next") == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (5, 5),
        ("5", 5),
        ("1,234", 1234),
        (5.0, 5),
        (5.5, None),
        (True, None),
        (-1, None),
        ("x", None),
        (None, None),
        ("9" * 30, None),
    ],
)
def test_counts(value: Any, wanted: int | None) -> None:
    assert whole(value) == wanted


def test_digests_tell_pages_apart_by_any_byte() -> None:
    page = bytes(range(256)) * 400
    assert digest(page) == digest(memoryview(page))
    others = {digest(page[:at] + b"!" + page[at + 1 :]) for at in range(0, len(page), 999)}
    assert len(others) == len(range(0, len(page), 999))
    assert digest(page[:-1]) != digest(page)
    assert len(digest(b"[]")) == 16
