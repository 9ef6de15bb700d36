"""Forms are read off the models, and values go into the document and out of it unharmed."""

from __future__ import annotations

from typing import Any

import pytest

from fetchtozip_gui.core.sources.file import FileSource
from fetchtozip_gui.core.sources.http import HttpSource
from fetchtozip_gui.gui.form_specs import ABSENT, Spec, Words, at, parsed, put, shown, specs


def test_fields_of_the_http_source() -> None:
    known = {spec.name: spec for spec in specs(HttpSource)}
    kinds = {name: spec.kind for name, spec in known.items()}
    assert kinds == {
        "url": "text",
        "method": "choice",
        "params": "pairs",
        "headers": "pairs",
        "json": "json",
        "auth": "variant",
        "format": "choice",
        "records": "text",
        "pagination": "variant",
        "rate_limit": "number",
        "page_limit": "whole",
        "concurrency": "whole",
        "timeout": "number",
        "retries": "whole",
        "retry_post": "switch",
        "max_page_bytes": "whole",
        "verify_tls": "switch",
        "proxy": "text",
        "incremental": "variant",
        "allow_hosts": "names",
    }
    assert known["method"].choices == ("GET", "POST")
    assert (known["rate_limit"].default, known["rate_limit"].nullable) == (10, True)
    assert known["url"].default is ABSENT
    assert known["rate_limit"].about.startswith("Requests a second")
    assert list(known["auth"].members) == ["none", "basic", "bearer", "api_key", "cookie", "oauth2"]
    assert (known["auth"].default, known["pagination"].default, known["incremental"].default) == (
        "none",
        "auto",
        "none",
    )
    key = {spec.name: spec for spec in known["auth"].members["api_key"]}
    assert (key["value"].kind, key["value"].hidden, key["in"].choices) == ("secret", True, ("header", "query"))
    cookies = known["auth"].members["cookie"][0]
    assert (cookies.kind, cookies.hidden) == ("pairs", True)
    since = {spec.name: spec.kind for spec in known["incremental"].members["given"]}
    assert since == {"column": "text", "param": "text", "start": "scalar"}


def test_fields_of_the_file_source_and_words_by_hand() -> None:
    known = {spec.name: spec for spec in specs(FileSource, {"sheet": Words("Sheet!", "Which one", "first")})}
    assert (known["sheet"].kind, known["sheet"].label, known["sheet"].empty) == ("scalar", "Sheet!", "first")
    assert (known["delimiter"].kind, known["delimiter"].nullable, known["delimiter"].default) == ("text", True, None)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("10", "whole", 10),
        ("1,000", "whole", 1000),
        ("1.5", "whole", "1.5"),
        ("1.5", "number", 1.5),
        ("fast", "number", "fast"),
        ("2", "scalar", 2),
        ("Sheet 2", "scalar", "Sheet 2"),
        (" x ", "text", "x"),
        ("10", "text", "10"),
    ],
)
def test_typed_texts_are_values(text: str, kind: Any, value: Any) -> None:
    found = parsed(text, kind)
    assert (found, type(found)) == (value, type(value))


def test_values_are_shown() -> None:
    spec = Spec("rate_limit", "number", "Rate", default=10)
    assert [shown(value, spec) for value in (ABSENT, None, 2.0, 2.5, True, "x")] == ["10", "", "2", "2.5", "true", "x"]


def test_values_are_put_and_taken_out_without_a_change_in_place() -> None:
    document = {"auth": {"type": "bearer"}, "url": "x"}
    made = put(document, ("auth", "token"), "env:T")
    assert made == {"auth": {"type": "bearer", "token": "env:T"}, "url": "x"}
    assert document == {"auth": {"type": "bearer"}, "url": "x"}
    assert put(made, ("auth", "token"), ABSENT) == document
    assert put(document, ("a", "b"), 1)["a"] == {"b": 1}
    assert at(made, ("auth", "token")) == "env:T"
    assert at(made, ("url", "token")) is ABSENT
