"""The list of sources: every word of the recipe is there, and what has no engine yet says so."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from fetchtozip_gui.core.errors import NotInThisVersion
from fetchtozip_gui.core.sources import SOURCES
from fetchtozip_gui.core.work import Done, Tools

KINDS: dict[str, Any] = {get_args(kind.model_fields["type"].annotation)[0]: kind for kind in SOURCES}
POSTGRES = {
    "host": "localhost",
    "port": 5432,
    "database": "d",
    "username": "u",
    "password": "env:PW",
    "ssl_mode": "require",
}
ABSENT: list[dict[str, Any]] = [
    {"type": "database", "kind": "postgresql", "connection": POSTGRES, "query": "SELECT 1", "batch_size": 1000},
    {"type": "database", "kind": "mongodb", "url": "mongodb://h/d", "collection": "c", "filters": {"a": [1, None]}},
    {"type": "database", "kind": "sqlite", "connection": "saved-1", "table": "t"},
    {"type": "s3", "connection": {"endpoint_url": "http://h", "aws_secret_access_key": "keyring:s"}, "key": "a.csv"},
    {"type": "s3", "prefix": "2024/", "format": "parquet"},
    {"type": "website", "url": "https://example.com", "max_depth": 2, "exclude_patterns": ["*/blog/*"]},
]


def source_of(document: dict[str, Any]) -> Any:
    return TypeAdapter(KINDS[document["type"]]).validate_python(document)


def test_every_word_has_one_source() -> None:
    assert list(KINDS) == ["http", "file", "job", "database", "s3", "website"]


@pytest.mark.parametrize("document", ABSENT)
def test_a_known_source_without_an_engine_parses_and_refuses(document: dict[str, Any]) -> None:
    source = source_of(document)
    assert source.available is False
    assert source_of(source.model_dump(mode="json", exclude_unset=True)) == source
    with pytest.raises(NotInThisVersion, match=f"`{document['type']}` is not in this version"):
        source.read(Tools(), Done())


def test_a_password_is_not_shown() -> None:
    source = source_of({**ABSENT[0], "connection": {**POSTGRES, "password": "hunter2"}})
    assert "hunter2" not in f"{source!r} {source.model_dump_json()}"


@pytest.mark.parametrize(
    "document",
    [
        {"type": "database", "kind": "postgresql", "url": "x"},
        {"type": "database", "kind": "postgresql", "url": "x", "query": "q", "table": "t"},
        {"type": "database", "kind": "postgresql", "query": "q"},
        {"type": "database", "kind": "oracle", "url": "x", "query": "q"},
        {"type": "s3"},
        {"type": "s3", "key": "a", "prefix": "b"},
        {"type": "website", "url": "ftp://x"},
        {"type": "job"},
        {"type": "file", "path": "x", "colour": "red"},
    ],
)
def test_a_wrong_recipe_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source_of(document)
