"""The list of steps: every word of the recipe is there, and what has no engine yet says so."""

from __future__ import annotations

from typing import Any, get_args

import polars as pl
import pytest
from pydantic import TypeAdapter, ValidationError

from fetchtozip_gui.core.errors import NotInThisVersion
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.steps import STEPS

WORDS = ["columns", "filter", "derive", "group", "sort", "deduplicate", "flatten", "clean", "validate", "sql"]
WRITTEN: list[dict[str, Any]] = [
    {"type": "clean", "remove_duplicates": True, "handle_missing": "drop", "trim": True, "case": "lower"},
    {"type": "clean", "handle_missing": 0, "normalize": "minmax", "outliers": "clip"},
    {"type": "clean", "handle_missing": {"value": "unknown"}},
    {
        "type": "validate",
        "schema": {
            "name": {"type": "string", "required": True, "min_length": 1, "max_length": 9, "pattern": "^a"},
            "age": {"type": "integer", "min": 0, "max": 150},
            "mail": {"type": "email", "unique": True},
            "day": {"format": "date", "enum": ["2024-01-01", 1]},
        },
        "on_error": "report",
    },
    {"type": "sql", "query": "WITH a AS (SELECT 1) SELECT * FROM a, input;"},
    {"type": "sql", "engine": "spark", "query": "SELECT * FROM input", "spark_config": {"num_executors": 4}},
]


def step_of(document: dict[str, Any]) -> Any:
    kinds = {get_args(kind.model_fields["type"].annotation)[0]: kind for kind in STEPS}
    return TypeAdapter(kinds[document["type"]]).validate_python(document)


def test_every_word_has_one_step() -> None:
    assert [get_args(kind.model_fields["type"].annotation)[0] for kind in STEPS] == WORDS


@pytest.mark.parametrize("document", WRITTEN)
def test_a_step_is_read_and_written_the_same(document: dict[str, Any]) -> None:
    step = step_of(document)
    assert isinstance(step.whole(), bool)
    assert step_of(step.model_dump(mode="json", by_alias=True, exclude_unset=True)) == step


def test_spark_is_known_and_refused_with_its_field() -> None:
    step = {"type": "sql", "engine": "spark", "query": "SELECT * FROM input"}
    recipe = Recipe.parse({"source": {"type": "file", "path": "a.csv"}, "steps": [step]})
    assert recipe.unavailable() == ["steps.0.engine: spark is not in this version"]
    with pytest.raises(NotInThisVersion, match=r"engine: spark is not in this version"):
        step_of(step).apply(pl.LazyFrame({"a": [1]}))


@pytest.mark.parametrize("kind", STEPS)
def test_all_carry_a_note_and_a_switch_and_refuse_unknown_words(kind: Any) -> None:
    assert kind.model_fields["note"].default == ""
    assert kind.model_fields["enabled"].default is True
    with pytest.raises(ValidationError, match="colour"):
        kind.model_validate({"colour": "red"})
