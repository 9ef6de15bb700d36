"""A recipe in sentences: all that it would do, and none of its secrets."""

from __future__ import annotations

from typing import Any

import pytest

from fetchtozip_gui.gui.recipe_words import summary


def test_everything_is_named_and_nothing_secret() -> None:
    said = summary(
        {
            "source": {
                "type": "http",
                "url": "https://user:pw@api.example.com/orders?api_key=hidden",
                "method": "POST",
                "page_limit": 20,
                "headers": {"X-Tenant": "keyring:tenant", "Accept": "x"},
                "auth": {"type": "api_key", "value": "env:KEY"},
            },
            "steps": [{"type": "columns"}, {"type": "sql"}],
            "output": {"type": "file", "format": "csv", "path": "/tmp/x.csv"},
        }
    )
    assert said == [
        "Posts to https://api.example.com/orders?…, at most 20 pages.",
        "Sends the headers Accept, X-Tenant.",
        "Signs in by api key.",
        "Reads the secrets env:KEY, keyring:tenant.",
        "Then 2 steps: columns, sql.",
        "Writes a CSV file to /tmp/x.csv.",
    ]


@pytest.mark.parametrize(
    ("document", "first", "last"),
    [
        ({"source": {"url": "https://a.io", "page_limit": None}}, "Fetches https://a.io, to its end.", "Writes a ZIP"),
        ({"source": {"type": "file", "path": "a.csv"}}, "Reads the file a.csv.", "Writes a ZIP"),
        (
            {"source": {"type": "job"}, "output": {"type": "s3"}},
            "Reads from a source of the kind job.",
            "Writes to a s3",
        ),
        ({}, "Reads from a source of the kind ?.", "Writes a ZIP file to your folder for exports."),
        ({"source": 1, "steps": [1], "output": []}, "Reads from a source of the kind ?.", "Writes a ZIP"),
        ({"source": {"url": 5, "page_limit": "x"}}, "Fetches 5.", "Writes"),
    ],
)
def test_what_is_odd_or_missing_breaks_nothing(document: dict[str, Any], first: str, last: str) -> None:
    said = summary(document)
    assert said[0] == first
    assert said[-1].startswith(last)
