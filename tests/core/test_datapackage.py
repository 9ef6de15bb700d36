"""The manifest's parts that an archive's tests do not show."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import polars as pl
import pytest

from fetchtozip_gui.core.datapackage import About, Resource, describe, moment, slug, to_bytes


def resource(**schema: pl.DataType | type[pl.DataType]) -> Resource:
    return Resource("data.csv", "csv", "text/csv", pl.Schema(schema), rows=1, bytes=2, digest="00", delimiter=",")


@pytest.mark.parametrize(
    ("name", "short"), [("Orders 2026", "orders-2026"), ("a/b\\c", "a-b-c"), ("東京", "export"), ("x_y.z-1", "x_y.z-1")]
)
def test_slugs(name: str, short: str) -> None:
    assert slug(name) == short


def test_moments_are_utc_to_the_second() -> None:
    assert moment(datetime(2026, 1, 2, 3, 4, 5, 678)) == "2026-01-02T03:04:05Z"
    assert moment(datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=5)))) == "2026-01-01T22:00:00Z"


def test_types_are_the_standards() -> None:
    made = describe(
        About(),
        resource(
            a=pl.Int128,
            b=pl.Decimal(10, 2),
            c=pl.Binary,
            d=pl.Datetime("us", "Europe/Paris"),
            e=pl.List(pl.Int8),
            f=pl.Struct({"x": pl.Int8}),
            g=pl.Null,
            h=pl.Categorical(),
            i=pl.Time,
            j=pl.Duration("us"),
        ),
    )
    assert made["resources"][0]["schema"]["fields"] == [
        {"name": "a", "type": "integer"},
        {"name": "b", "type": "number"},
        {"name": "c", "type": "string", "format": "binary"},
        {"name": "d", "type": "datetime", "timezone": "Europe/Paris"},
        {"name": "e", "type": "array"},
        {"name": "f", "type": "object"},
        {"name": "g", "type": "any"},
        {"name": "h", "type": "string"},
        {"name": "i", "type": "time"},
        {"name": "j", "type": "duration"},
    ]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            {"type": "http", "url": "https://x.test/?token=abc"},
            [{"title": "http", "path": "https://x.test/?token=***"}],
        ),
        ({"type": "file", "path": "a.csv"}, [{"title": "file", "path": "a.csv"}]),
        ({"type": "database", "kind": "sqlite"}, [{"title": "database"}]),
        ({}, None),
    ],
)
def test_sources(source: dict[str, str], told: object) -> None:
    assert describe(About(recipe={"source": source}), resource(a=pl.Int8)).get("sources") == told


def test_secrets_that_slipped_into_the_recipe_are_masked() -> None:
    recipe = {"source": {"headers": {"X-Api-Key": "geheim"}, "url": "https://u:geheim@x.test"}}
    assert b"geheim" not in to_bytes(describe(About(recipe=recipe), resource(a=pl.Int8)))


def test_without_anything_said_about_the_job_it_is_still_a_package() -> None:
    made = describe(About(), resource(a=pl.Int8), ["A note."])
    assert made["created"] == "1980-01-01T00:00:00Z"
    assert "verdict" not in made["fetchtozip"]
    assert made["fetchtozip"]["notes"] == ["A note."]
