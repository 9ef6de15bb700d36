"""Flatten: objects to columns, lists to rows or text, and names that clash."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.steps.flatten import FlattenStep

ROWS: list[dict[str, Any]] = [
    {"id": 1, "geo": {"lat": 1.5, "in": {"city": "a"}}, "tags": ["x", "y"], "items": [{"sku": "p", "n": 2}]},
    {"id": 2, "geo": None, "tags": [], "items": [{"sku": "q", "n": None}, {"sku": "r", "n": 1}]},
    {"id": 3, "geo": {"lat": None, "in": None}, "tags": None, "items": None},
]
FRAME = pl.DataFrame(ROWS)


def flatten(frame: pl.DataFrame = FRAME, **options: Any) -> pl.DataFrame:
    step = FlattenStep(**options)
    assert not step.whole()
    planned = step.apply(frame.lazy())
    made = planned.collect()
    assert made.schema == planned.collect_schema()
    assert step.apply_frame(frame).equals(made)
    return made


def test_objects_become_columns_in_place_and_lists_become_json() -> None:
    made = flatten()
    assert made.columns == ["id", "geo.lat", "geo.in.city", "tags", "items"]
    assert made["geo.lat"].to_list() == [1.5, None, None]
    assert made["geo.in.city"].to_list() == ["a", None, None]
    assert made["tags"].to_list() == ['["x","y"]', "[]", None]
    assert [text and json.loads(text) for text in made["items"]] == [
        [{"sku": "p", "n": 2}],
        [{"sku": "q"}, {"sku": "r", "n": 1}],
        None,
    ]


def test_objects_alone_are_opened_without_a_plan_to_the_same_rows() -> None:
    objects = FRAME.select("id", "geo")
    for frame in (objects, pl.concat([objects, objects]).slice(1, 4), objects.clear()):
        made = flatten(frame)
        assert made.columns == ["id", "geo.lat", "geo.in.city"]
        assert made["geo.in.city"].to_list() == [
            row["geo"] and (row["geo"]["in"] or {}).get("city") for row in frame.to_dicts()
        ]
    assert flatten(objects, columns="geo", separator="_").columns == ["id", "geo_lat", "geo_in_city"]


def test_a_list_of_objects_becomes_rows_and_then_columns() -> None:
    made = flatten(lists="rows", columns=["items"])
    assert made.select("id", "items.sku", "items.n").rows() == [
        (1, "p", 2),
        (2, "q", None),
        (2, "r", 1),
        (3, None, None),
    ]
    assert made.schema["geo"] == FRAME.schema["geo"]


def test_no_row_is_lost_to_an_empty_list() -> None:
    assert flatten(lists="rows", columns="tags").select("id", "tags").rows() == [
        (1, "x"),
        (1, "y"),
        (2, None),
        (3, None),
    ]


def test_lists_in_lists_become_rows_all_the_way() -> None:
    frame = pl.DataFrame({"l": [[[1, 2], [3]], [[]]]})
    assert flatten(frame, lists="rows")["l"].to_list() == [1, 2, 3, None]


def test_another_separator() -> None:
    assert flatten(separator="__", columns=["geo"]).columns == ["id", "geo__lat", "geo__in__city", "tags", "items"]


def test_an_object_without_fields_stays_as_text() -> None:
    assert flatten(pl.DataFrame({"o": [{}, None]}, schema={"o": pl.Struct({})})).rows() == [("{}",), (None,)]


def test_a_flat_table_is_left_alone() -> None:
    frame = pl.DataFrame({"a": [1], "b": ["x"]})
    assert flatten(frame, lists="rows").equals(frame)


def test_batches_agree_with_the_whole() -> None:
    for options in ({}, {"lists": "rows", "columns": ["items"]}):
        parts = [flatten(FRAME[row], **options) for row in range(FRAME.height)]
        assert pl.concat(parts).equals(flatten(**options))


@pytest.mark.parametrize(
    ("frame", "options", "words"),
    [
        (
            pl.DataFrame({"geo": [{"lat": 1}], "geo.lat": [2]}),
            {},
            r"the field `lat` of `geo` would have the same name as the column `geo.lat`",
        ),
        (
            pl.DataFrame({"a": [{"b.c": 1}], "a.b": [{"c": 1}]}),
            {},
            r"the field `c` of `a.b` .* the field `b.c` of `a`: `a.b.c`",
        ),
        (FRAME, {"lists": "rows"}, r"only one column of lists .* there are 2: `tags`, `items`"),
        (FRAME, {"columns": ["gео"]}, r"columns.0: there is no column"),
    ],
)
def test_what_cannot_be_is_named(frame: pl.DataFrame, options: dict[str, Any], words: str) -> None:
    with pytest.raises(StepError, match=words):
        flatten(frame, **options)
