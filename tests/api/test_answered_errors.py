"""Wrong bodies are always answered, also those that cannot be quoted back."""

from __future__ import annotations

import httpx
import pytest

from fetchtozip_gui.api.answered_errors import field_faults, status_of
from fetchtozip_gui.core.errors import (
    FetchToZipError,
    JobLocked,
    NoRoom,
    NoSuchJob,
    NotInThisVersion,
    RecipeError,
    TooManyJobs,
)


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


def test_a_recipe_s_faults_are_a_list_with_their_fields() -> None:
    told = field_faults(RecipeError("source.pages.0.size: must be ≥ 1, found 0\nIt is all wrong: really."))
    assert [(fault["loc"], fault["msg"]) for fault in told.errors()] == [
        (("body", "source", "pages", 0, "size"), "must be ≥ 1, found 0"),
        (("body",), "It is all wrong: really."),
    ]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NoSuchJob(""), 404),
        (NotInThisVersion(""), 400),
        (JobLocked(""), 409),
        (TooManyJobs(""), 503),
        (NoRoom(""), 507),
    ],
)
def test_each_kind_of_error_has_its_status(error: FetchToZipError, status: int) -> None:
    assert status_of(error) == status


def test_what_is_quoted_back_holds_no_secret(practice: str) -> None:
    for body in (
        {"customer_id": ["canary"]},
        {"password": "canary"},
        {"customer_id": 5, "country": {"token": "canary"}},
    ):
        answer = httpx.post(f"{practice}/customer", json=body)
        assert (answer.status_code, "canary" in answer.text) == (422, False)
