"""Which recipes ask for the same work."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.shape import Shape

SORT = {"type": "sort", "by": ["a"]}
FILTER = {"type": "filter", "where": "a > 1"}


def recipe(*steps: dict[str, Any]) -> Recipe:
    return Recipe.parse({"source": {"type": "http", "url": "http://a.example/"}, "steps": list(steps)})


def test_a_note_asks_for_no_other_work() -> None:
    assert recipe(SORT).key() == recipe({**SORT, "note": "newest first"}).key()
    assert recipe(SORT).source_key() == recipe({**SORT, "note": "newest first"}).source_key()


def test_a_step_that_is_turned_off_is_as_none() -> None:
    assert recipe(SORT).key() == recipe(SORT, {**FILTER, "enabled": False}).key()
    assert recipe(SORT).key() != recipe(SORT, FILTER).key()


def test_a_step_that_is_turned_off_needs_no_engine() -> None:
    sql = {"type": "sql", "engine": "spark", "query": "SELECT 1 FROM input"}
    assert recipe(sql).unavailable() == ["steps.0.engine: spark is not in this version"]
    assert recipe({**sql, "enabled": False}, SORT).unavailable() == []


def test_errors_name_the_steps_place_in_the_recipe() -> None:
    shape = Shape(recipe({**SORT, "enabled": False}, {"type": "sort", "by": ["nope"]}).steps)
    with pytest.raises(StepError, match=r"^steps\.1 \(sort\): by\.0: there is no column `nope`"):
        shape.result(pl.Schema({"a": pl.Int64()}))
