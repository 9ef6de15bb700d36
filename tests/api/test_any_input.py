"""No input gives an answer beside the documents: generated from our own OpenAPI, and by hand where that ends."""

from __future__ import annotations

import json
import math
import os
import random
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from fetchtozip_gui.api.build import build
from fetchtozip_gui.api.server import Served, serve
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.pool import Threads
from fetchtozip_gui.engine.shelf import Shelf

CASES = 10_000 if os.environ.get("FETCHTOZIP_TESTS") == "endurance" else 1_000
CHECKS = [status_code_conformance, response_schema_conformance]
FULL = (503, 507)
"""What may be answered at 500 and above, where it is documented: too many jobs wait, or the disk is full."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The whole server, on an engine that takes every job and carries out those over uploaded files."""
    folder = Folder(tmp_path_factory.mktemp("any")).prepare()
    with (
        closing(Engine(folder, pool=Threads(2), isolated=False, runner="file_jobs:run")) as engine,
        serve(build(engine, Shelf(engine.store)), port=0) as served,
    ):
        yield served


def harmless(case: Case) -> None:
    """Keep a generated case from writing outside the test's folder, and from sleeping when it asks for that."""
    if isinstance(case.body, dict) and isinstance(case.body.get("tmp_dir"), str):
        case.body["tmp_dir"] = "in/" + case.body["tmp_dir"].replace("..", "").replace("~", "")
    query = case.query if isinstance(case.query, dict) else {}
    if str(query.get("latency_ms", "")).isdigit():
        query["latency_ms"] = "1"


def try_operation(operation: APIOperation, mode: GenerationMode, cases: int, url: str, told: Counter[str]) -> None:
    @seed(20_261_125)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Case) -> None:
        harmless(case)
        response = case.call(base_url=url, timeout=60)
        told[f"{operation.label} {response.status_code}"] += 1
        assert response.status_code < 500 or response.status_code in FULL, case.as_curl_command()
        case.validate_response(response, checks=CHECKS)

    one()


def test_no_generated_request_is_answered_beside_the_documents(whole: Served) -> None:
    schema = schemathesis.openapi.from_url(f"{whole.url}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 15
    told: Counter[str] = Counter()
    asking = [operation for operation in operations if operation.body or list(operation.iter_parameters())]
    each = math.ceil(CASES / len(asking) / 2)
    for operation in operations:
        for mode in (GenerationMode.NEGATIVE, GenerationMode.POSITIVE):
            try:
                try_operation(operation, mode, each, whole.url, told)
            except Unsatisfiable:
                assert operation not in asking
    assert told.total() >= CASES


ODD_VALUES = [
    '"\\ud800"', '"\\udfff\\ud800"', "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999",
    "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1" * 400, "1" * 5000, "-1", "-0", "1.0",
    "1.5", "true", "null", '""', '" "', '"\\u0000"', '"a\\u0000b"', '"\\u202e"', '"1"', '"１"',
    '"' + "x" * 100_000 + '"', "[]", "{}", "[" * 200 + "]" * 200, '{"a":' * 200 + "1" + "}" * 200, '"😀"',
    '"env:PATH"', '"keyring:x"', '"file:///etc/passwd"', '"http://["', '"http://a:b@c:99999/"', '"//"',
    '"javascript:alert(1)"',
]  # fmt: skip
FIELDS = {
    "/api/export/inputs": (
        '{"name": "a", "column": 1, %s}',
        ("name", "column", "change_order", "dtype", "keep", "other", "\\ud800"),
    ),
    "/api/export/configure": (
        '{"file_type": "zip", %s}',
        ("file_type", "rate_limit", "page_limit", "db_url", "query", "source", "steps", "filename"),
    ),
    "/api/process": (
        '{"file_id": "01k9x3v7m2q4d", "operations": [{"type": "sort", "params": {}}], %s}',
        ("file_id", "operations", "limit", "other"),
    ),
    "/api/validate": ('{"file_id": "01k9x3v7m2q4d", "schema": {"a": {}}, %s}', ("file_id", "schema", "data")),
    "/api/analyze": (
        '{"file_id": "01k9x3v7m2q4d", %s}',
        ("file_id", "analysis_type", "columns", "method", "data"),
    ),
    "/customer": ('{"customer_id": "a", "country": "b", %s}', ("customer_id", "country")),
    "/customer/12345/invoice": (
        '{"invoice_no": 1, "invoice_date": "x", %s}',
        ("invoice_no", "invoice_date", "customer"),
    ),
    "/invoice/789101/85123A/": ('{"quantity": 1, %s}', ("quantity", "unit_price", "description")),
}
ODD_BODIES = [
    b"", b" ", b"{", b"}", b"nul", b"null", b"1", b'""', b"[]", b"[{}]", b"{}", b"[null]",
    b'{"name": "a", "column": 1', b'{"name": "a", "name": "b", "column": 1}', b'{"name": "a", "column": 1} more',
    b"\xef\xbb\xbf{}", b"\xff\xfe{\0}\0", b'{"name": "\xff\xfe", "column": 1}',
    b'{"name": "\xed\xa0\x80", "column": 1}', "{}".encode("utf-16"), b"\0", b"[" * 100_000, b'{"a":' * 100_000,
    b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b"'a'", b"{'name': 1}",
    b"[" + b"1," * 50_000 + b"1]", b"{" + b",".join(b'"k%d":1' % n for n in range(50_000)) + b"}",
    b'"' + b"x" * 1_000_000 + b'"',
]  # fmt: skip
ODD_NAMES = [
    "%00", "a%00b", "%ff%fe", "%c0%af", "%ed%a0%80", "%2e%2e", "%2e%2e%2fetc", "..%2f..%2f..%2fetc%2fpasswd",
    "%5c..%5c", "%zz", "%", "%2", "a" * 5_000, "%41" * 2_000, "a;b", "a+b", "'%20OR%201=1--", "-1", "1.5", "NaN",
    "1e999", "0x10", "%E2%80%AE", "9223372036854775808", "9" * 5_000, "CON", "~", "*", "{task_id}",
    "%0d%0aX-Evil:%201", "%F0%9F%98%80" * 50, ".", "@server",
]  # fmt: skip
NAMED = [
    ("GET", "/api/export/status/%s"), ("DELETE", "/api/export/cancel/%s"), ("GET", "/api/export/download/%s"),
    ("HEAD", "/api/export/download/%s"), ("GET", "/customer/%s"), ("GET", "/customer/%s/invoice"),
    ("GET", "/invoice/%s"), ("GET", "/invoice/789101/%s/"), ("POST", "/invoice/%s/85123A/"), ("GET", "/practice/%s"),
    ("GET", "/docs/assets/%s"), ("GET", "/api/download/%s"), ("HEAD", "/api/download/%s"),
    ("GET", "/api/download/01k9x3v7m2q4d?format=%s"), ("GET", "/api/%s"),
]  # fmt: skip
QUERIES = ("page", "limit", "offset", "cursor", "style", "rows", "fail_every", "other")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "X" * 30)


def cases() -> Iterator[tuple[str, str, bytes]]:
    """Method, target and body of each."""
    for path, (template, fields) in FIELDS.items():
        for field in fields:
            for value in ODD_VALUES:
                yield "POST", path, (template % f'"{field}": {value}').encode()
        for body in ODD_BODIES:
            yield "POST", path, body
    for body in ODD_BODIES:
        yield "POST", "/api/export/bulk-inputs", body
        yield "POST", "/api/export/start", body
    for name in ODD_NAMES:
        for method, path in NAMED:
            yield method, path.replace("%s", name), b""
        for query in QUERIES:
            yield "GET", f"/practice/online-retail?{query}={name}", b""
    for method in METHODS:
        for path in ("/", "/health", "/docs", "/openapi.json", *FIELDS, "/api/export/start", "/api/export/ws/a"):
            yield method, path, b""


def ask(port: int, method: str, target: str, body: bytes, *more: str) -> tuple[int, bytes, bytes]:
    kind = (f"Content-Length: {len(body)}", "Content-Type: application/json") if body and not more else more
    head = "\r\n".join((f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close", *kind, "", ""))
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        wire.sendall(head.encode() + body)
        answer = b"".join(iter(lambda: wire.recv(1 << 16), b""))
    head_told, _, told = answer.partition(b"\r\n\r\n")
    return int(head_told[9:12]), head_told, told


def test_no_odd_request_is_answered_beside_the_documents(whole: Served) -> None:
    tried = list(cases())
    assert len(tried) > 900
    for method, target, body in random.Random(3).sample(tried, len(tried)):
        said = f"{method} {target[:100]} {body[:100]!r}"
        status, head, told = ask(whole.port, method, target, body)
        assert status < 500 or status in FULL, said
        assert b"x-request-id" in head, said
        if method != "HEAD" and b"application/json" in head:
            answer = json.loads(told)
            assert status < 400 or answer.get("detail") or answer["error"], said
    assert httpx.get(f"{whole.url}/health").status_code == 200


@pytest.mark.parametrize(
    ("sent", "headers", "status"),
    [
        (b'{"name": "a", "column": 1}extra', ("Content-Length: 26",), 200),
        (b"", ("Content-Length: 0",), 422),
        (b"1a\r\n" + b'{"name": "a", "column": 1}' + b"\r\n0\r\n\r\n", ("Transfer-Encoding: chunked",), 200),
        (b"zz\r\n{}\r\n0\r\n\r\n", ("Transfer-Encoding: chunked",), 400),
        (b"-1\r\n{}\r\n0\r\n\r\n", ("Transfer-Encoding: chunked",), 400),
        (b"2\r\n{}0\r\n\r\n", ("Transfer-Encoding: chunked",), 400),
    ],
)
def test_a_wrong_length_is_told(whole: Served, sent: bytes, headers: tuple[str, ...], status: int) -> None:
    found, _, _ = ask(whole.port, "POST", "/api/export/inputs", sent, "Content-Type: application/json", *headers)
    assert found == status


def test_a_body_that_breaks_off_changes_nothing(whole: Served) -> None:
    httpx.delete(f"{whole.url}/api/export/inputs-clear").raise_for_status()
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", whole.port), timeout=60) as wire:
            head = f"POST /api/export/inputs HTTP/1.1\r\nHost: 127.0.0.1:{whole.port}\r\n"
            wire.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 90\r\n\r\n".encode())
            wire.sendall(b'{"name": "half", "column": 1}')
    assert httpx.get(f"{whole.url}/api/export/inputs-list").json()["count"] == 0
