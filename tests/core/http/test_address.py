"""Addresses: one parser for what is checked and what is asked, and queries that keep what they said."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.http.address import address, is_local, joined, with_params, without_values

NAMES = st.text(min_size=1, max_size=12).filter(lambda text: not any("\ud800" <= sign <= "\udfff" for sign in text))


@pytest.mark.parametrize(
    ("text", "origin", "normal"),
    [
        ("https://Example.com", "https://example.com", "https://example.com/"),
        ("http://example.com:80/a b#frag", "http://example.com", "http://example.com/a%20b"),
        ("https://example.com:443/?q=ä", "https://example.com", "https://example.com/?q=%C3%A4"),
        ("http://bücher.example/", "http://xn--bcher-kva.example", "http://xn--bcher-kva.example/"),
        ("http://[::1]:8080/x", "http://[::1]:8080", "http://[::1]:8080/x"),
        ("http://0x7f000001/", "http://127.0.0.1", "http://127.0.0.1/"),
        # what other parsers read as a user named good.example, the transport reads as the host
        ("http://good.example\\@evil.example/", "http://good.example", "http://good.example/@evil.example/"),
    ],
)
def test_an_address_is_read_as_the_transport_reads_it(text: str, origin: str, normal: str) -> None:
    found = address(text)
    assert (found.origin, found.text, found.user) == (origin, normal, None)


def test_a_name_and_password_are_kept_apart() -> None:
    found = address("https://anna:p%40ss@example.com/x?y=a@b")
    assert found.user == ("anna", "p@ss")
    assert found.text == "https://example.com/x?y=a@b"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("example.com/x", "no complete address"),
        ("ftp://example.com/", "only http and https are fetched, not ftp"),
        ("file:///etc/passwd", "only http and https are fetched, not file"),
        ("http://", "no complete address"),
        ("http://a b/", "no complete address"),
        ("http://example.com:99999/", "no complete address"),
        ("", "no complete address"),
    ],
)
def test_what_is_no_web_address_is_told(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        address(text)


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/b", "https://example.com/b"),
        ("b?x=1#y", "https://example.com/v1/b?x=1"),
        ("?page=2", "https://example.com/v1/a?page=2"),
        ("//other.example/c", "https://other.example/c"),
        ("\\\\other.example\\c", "https://other.example/c"),
        ("  https://other.example/d ", "https://other.example/d"),
        ("ht\ntps://other.example/e", "https://other.example/e"),
    ],
)
def test_a_location_is_joined_as_browsers_do(location: str, leads_to: str) -> None:
    assert joined(address("https://example.com/v1/a?page=1"), location).text == leads_to


def test_a_location_may_not_leave_the_web() -> None:
    with pytest.raises(ValueError, match="not javascript"):
        joined(address("https://example.com/"), "javascript:alert(1)")


def test_params_join_the_query_that_is_there() -> None:
    base = "https://example.com/x?fields=id,name&page=1&flag"
    assert with_params(base, {}) == base
    assert with_params(base, {"page": 2}) == "https://example.com/x?fields=id,name&flag&page=2"
    assert with_params(base, {"page": None, "flag": None, "fields": None}) == "https://example.com/x"


def test_params_are_written_as_servers_read_them() -> None:
    params = {"a": True, "b": False, "c": 1.5, "d": [1, "x y", None], "e": None, "f": "ä&=+#", "$filter": "p eq 'x'"}
    query = urlsplit(with_params("https://example.com/", params)).query
    assert "d=1&d=x%20y" in query
    assert "$filter=p%20eq%20'x'" in query
    assert parse_qsl(query)[:3] == [("a", "true"), ("b", "false"), ("c", "1.5")]
    assert ("f", "ä&=+#") in parse_qsl(query)


@given(st.dictionaries(NAMES, NAMES | st.integers() | st.lists(NAMES, min_size=1, max_size=3), min_size=1, max_size=5))
def test_any_params_come_out_as_they_went_in(params: dict[str, str | int | list[str]]) -> None:
    url = address(with_params("https://example.com/x?kept=1", {"kept": 1, **params})).text
    sent = [
        (name, str(item)) for name, value in params.items() for item in (value if isinstance(value, list) else [value])
    ]
    found = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    assert [pair for pair in found if pair[0] != "kept"] == [pair for pair in sent if pair[0] != "kept"]


def test_values_can_be_taken_out() -> None:
    text = "https://example.com/x?a=s%20ecret&b=2&c=s+ecret"
    assert without_values(text, frozenset({"s ecret"})) == "https://example.com/x?b=2"
    assert without_values("https://example.com/x?a=1", frozenset({"1"})) == "https://example.com/x"


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("db.localhost", True),
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("192.168.0.1", True),
        ("169.254.169.254", True),
        ("0.0.0.0", True),
        ("[::1]", True),
        ("[fe80::1]", True),
        ("[::ffff:10.0.0.1]", True),
        ("example.com", False),
        ("93.184.216.34", False),
        ("[2606:2800:220:1::1]", False),
    ],
)
def test_private_hosts_are_known(host: str, local: bool) -> None:
    assert is_local(host) is local
