"""Wrong bodies are always answered, also those that cannot be quoted back."""

from __future__ import annotations

import httpx
import pytest


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"customer_id": NaN, "country": "x"}',
        b'{"customer_id": 1e999, "country": "x"}',
        b'{"customer_id": "\\ud800", "country": "x"}',
        b'{"customer_id": "1", "country": "\\udfff"}',
        b'{"customer_id": ["\\ud800", NaN], "country": "x"}',
        b'{"customer_id": "", "country": "x"}',
        b'{"customer_id": "a/b", "country": "x"}',
        b'{"customer_id": "a\\u0000b", "country": "x"}',
        b'{"customer_id": 12345, "country": "x"}',
        b'{"country": "x"}',
        b"[" * 100_000,
        b'{"customer_id": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: repr(body[:40]),
)
def test_a_wrong_body_is_a_422_with_a_list(practice: str, body: bytes) -> None:
    answer = httpx.post(f"{practice}/customer", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    if answer.status_code == 422:
        assert all({"type", "loc", "msg"} <= fault.keys() for fault in answer.json()["detail"])


def test_true_is_no_invoice_number(practice: str) -> None:
    answer = httpx.post(f"{practice}/customer/12345/invoice", json={"invoice_no": True, "invoice_date": "today"})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "invoice_no"]


@pytest.mark.parametrize("number", ["-1", "1.5", "9223372036854775808", "9" * 5000, "NaN", "%00", "%ff%fe", "C536379"])
def test_a_wrong_number_in_the_path_is_a_422(practice: str, number: str) -> None:
    answer = httpx.get(f"{practice}/invoice/{number}")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["path", "invoice_no"]


@pytest.mark.parametrize("name", ["%00", "%ff%fe", "%2e%2e", "a" * 5000, "%F0%9F%A6%84", "'; DROP TABLE customer; --"])
def test_an_odd_customer_is_not_found_and_breaks_nothing(practice: str, name: str) -> None:
    assert httpx.get(f"{practice}/customer/{name}").status_code in (404, 422)
    assert httpx.get(f"{practice}/customer/12345").status_code == 200
