"""A first answer is understood: its format, and where its records are."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from first_answers import TWO, look

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.http.paging import Plan

# --- where the records are ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "path", "kind"),
    [
        (TWO, "$", "array"),
        ([], "$", "array"),
        ([1, 2, 3], "$", "array"),
        ({"data": TWO}, "$.data", "array"),
        ({"data": {"items": TWO}, "status": "ok"}, "$.data.items", "array"),
        ({"results": TWO, "count": 2}, "$.results", "array"),
        ({"value": TWO, "@odata.context": "x"}, "$.value", "array"),
        ({"orders": TWO, "customers": [{"id": 1}]}, "$.orders", "array"),
        ({"data": TWO, "included": TWO * 50}, "$.data", "array"),
        ({"data": TWO, "errors": []}, "$.data", "array"),
        ({"items": [], "total": 0}, "$.items", "array"),
        ({"data": {"users": {"nodes": TWO, "pageInfo": {"hasNextPage": False}}}}, "$.data.users.nodes", "array"),
        ({"data": {"users": {"edges": [{"node": row} for row in TWO]}}}, "$.data.users.edges", "nodes"),
        ({"rows": [[1, "a"], [2, "b"]], "columns": ["id", "name"]}, "$.rows", "array"),
        ({"a b": TWO}, "$['a b']", "array"),
        ({"id": 7, "name": "x", "tags": ["a", "b"]}, "$", "object"),
        ({"id": 7, "customer": "x", "lines": TWO}, "$", "object"),
        ({"customer_id": "12345", "country": "Germany"}, "$", "object"),
        ({"message": "Hello World"}, "$", "object"),
        ({"status": "ok", "data": {"id": 7, "name": "x"}}, "$.data", "object"),
        ({"id_123456": "/invoice/123456", "id_789101": "/invoice/789101"}, "$", "keyed"),
        ({"id_123456": "/invoice/123456"}, "$", "keyed"),
        ({"1": {"a": 1, "b": 2}, "2": {"a": 3, "b": 4}}, "$", "keyed"),
        ({"bitcoin": {"usd": 1}, "ethereum": {"usd": 2}}, "$", "keyed"),
        ({"2024-01-01": 1.5, "2024-01-02": 1.6}, "$", "keyed"),
        ({"data": {"7": {"a": 1}, "8": {"a": 2}}, "status": "ok"}, "$.data", "keyed"),
        ({"base": "EUR", "rates": {f"2024-01-0{n}": {"USD": n} for n in range(1, 4)}}, "$.rates", "keyed"),
        ({"id": 1, "address": {"city": "x"}, "company": {"name": "y"}}, "$", "object"),
        ({"id": 3, "error": "timed out", "name": "job"}, "$", "object"),
    ],
)  # fmt: skip
def test_records_are_found(body: Any, path: str, kind: str) -> None:
    plan, _ = look(body)
    assert (plan.records.path, plan.records.kind) == (path, kind)


def test_the_largest_list_is_taken_and_the_others_are_named() -> None:
    plan, said = look({"orders": TWO * 20, "customers": TWO})
    assert plan.records.path == "$.orders"
    assert "$.customers (2)" in said
    assert "source.records" in said


def test_a_key_column_does_not_hide_a_field() -> None:
    plan, said = look({"1": {"key": 1, "b": 2}, "2": {"key": 3, "b": 4}})
    assert plan.records.name == "_key"
    assert "`_key`" in said


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"errors": [{"message": "Field 'x' is unknown"}], "data": None}, "Field 'x' is unknown"),
        ({"errors": [{"message": "no"}], "data": {"users": None}}, "no"),
        ({"ok": False, "error": "invalid_auth"}, "invalid_auth"),
        ({"error": {"code": 403, "message": "quota"}}, "quota"),
        ({"error": True, "message": "maintenance"}, "maintenance"),
        ("just text", "single value"),
        (b"{", "not valid JSON"),
        (b'{"a":' * 3000 + b"1" + b"}" * 3000, "nested deeper"),
    ],
)
def test_an_error_told_with_status_200_is_no_data(body: Any, words: str) -> None:
    with pytest.raises(BadBody, match=words):
        look(body)


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("$.b", {"a": TWO, "b": TWO}, "array"),
        ("$", {"data": TWO}, "object"),
        ("$.a", {"a": {"1": {"x": 1}, "2": {"x": 2}}}, "keyed"),
        ("$.a", {"a": None}, "array"),
        ("$.a[*]", {"a": TWO}, "array"),
        ("$.a[*]", {"a": {"1": {"x": 1}}}, "matches"),
        ("$.a[*].b", {"a": []}, "matches"),
    ],
)
def test_the_recipes_own_place_is_obeyed(path: str, body: Any, kind: str) -> None:
    plan, _ = look(body, records=path)
    assert plan.records.kind == kind


@pytest.mark.parametrize(("path", "words"), [("$.itens", r"\$\.items \(a list of 2\)"), ("$.n", "single value")])
def test_a_place_that_is_not_there_is_told_with_what_there_is(path: str, words: str) -> None:
    with pytest.raises(BadBody) as error:
        look({"items": TWO, "n": 1}, records=path)
    assert re.search(words, str(error.value))


# --- formats ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "wanted"),
    [
        (b'[{"a":1}]', "text/html", "json"),
        (b'\xef\xbb\xbf{"data":[]}', "", "json"),
        (b'{"a":1}\n{"a":2}\n', "application/json", "jsonl"),
        (b'{"a":1}\n', "application/x-ndjson", "jsonl"),
        (b"a,b\n1,2\n", "text/csv; charset=utf-8", "csv"),
        (b"a;b\n1;2\n", "text/plain", "csv"),
        (b"a\n1\n", "text/csv", "csv"),
        (b"<rows><row/></rows>", "application/xml", "xml"),
        (b"<?xml version='1.0'?><feed/>", "application/atom+xml", "xml"),
        (b"PAR1....PAR1", "application/octet-stream", "parquet"),
        (b"PK\x03\x04....", "application/octet-stream", "xlsx"),
    ],
)
def test_formats_are_told_apart(body: bytes, kind: str, wanted: str) -> None:
    plan, said = look(body, headers={"content-type": kind})
    assert plan.format == wanted
    assert wanted in said


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_json_in_other_encodings_of_unicode_is_read(charset: str) -> None:
    plan, _ = look('{"data":[{"ü":1},{"ü":2}]}'.encode(charset))
    assert plan.records.path == "$.data"


def test_the_charset_that_is_declared_is_believed_and_checked() -> None:
    latin = '[{"n":"Zürich"}]'.encode("latin-1")
    look(latin, headers={"content-type": "application/json; charset=ISO-8859-1"})
    with pytest.raises(BadBody, match="character set"):
        look(latin + b"!", headers={"content-type": "application/json; charset=utf-16"})
    with pytest.raises(BadBody, match="character set"):
        look(latin, headers={"content-type": "application/json; charset=no-such"})


@pytest.mark.parametrize("wanted", ["auto", "json", "csv"])
@pytest.mark.parametrize(
    "body", [b"<!DOCTYPE html><html><title> Sign in </title>", b"\n <HTML><head><title>Sign in</title></head>"]
)
def test_a_login_page_is_no_data(body: bytes, wanted: str) -> None:
    with pytest.raises(BadBody, match="web page with the title 'Sign in'"):
        look(body, headers={"content-type": "text/html"}, format=wanted)


def test_bytes_of_no_known_format_are_told() -> None:
    with pytest.raises(BadBody, match=r"no known format \(content type image/png"):
        look(b"\x89PNG\r\n\x1a\n\x00", headers={"content-type": "image/png"})


def test_a_plan_survives_its_own_document() -> None:
    for beside in ({"next_cursor": "x"}, {"next": "/a"}, {"page": 1, "total": 9}, {"offset": 0, "total": 9}, {}):
        plan, _ = look({"data": TWO, **beside})
        assert Plan.model_validate_json(json.dumps(plan.document())) == plan
