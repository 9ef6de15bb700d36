"""Secrets are masked in every spelling a server may echo."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.http.veil import Veil

SECRET = 'pä ss/"word+1'


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        json.dumps(SECRET)[1:-1],
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(SECRET.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_each_spelling_is_covered(spelling: str) -> None:
    assert Veil(frozenset({SECRET})).cover(f"wrong key {spelling}!") == "wrong key ***!"


@given(st.sets(st.text(min_size=1, max_size=8), min_size=1, max_size=4), st.text(max_size=20))
def test_no_secret_stays_readable(secrets: set[str], text: str) -> None:
    veil = Veil()
    veil.add(*secrets)
    covered = veil.cover(text.join(sorted(secrets)))
    assert not any(secret in covered for secret in secrets if not set(secret) <= {"*"})


def test_the_longer_secret_is_covered_before_its_part() -> None:
    assert Veil(frozenset({"abc", "abcdef"})).cover("abcdef abc") == "*** ***"


def test_addresses_lose_what_their_names_tell_and_what_is_known() -> None:
    veil = Veil(frozenset({"hidden-value"}))
    assert (
        veil.cover_url("https://a:b@x.example/p?api_key=1&q=hidden-value")
        == "https://a:***@x.example/p?api_key=***&q=***"
    )
    assert veil.cover_url("https://[nonsense/?token=hidden-value") == "***"


def test_more_secrets_for_one_page_do_not_stay() -> None:
    veil = Veil(frozenset({"always-there"}))
    assert veil.plus(frozenset({"this-page"})).cover("always-there this-page") == "*** ***"
    assert veil.cover("always-there this-page") == "*** this-page"


def test_only_a_telling_secret_proves_anything() -> None:
    veil = Veil(frozenset({"id", "long-enough"}))
    assert veil.shows("https://x.example/long-enough")
    assert not veil.shows("https://x.example/id")
    assert not Veil(frozenset({""})).shows("")
