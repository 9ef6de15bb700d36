"""Columns: places, names, what is refused, and that batches agree with the whole."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.steps.columns import ColumnsStep

FRAME = pl.DataFrame({"id": [1, 2], "name": ["a", "b"], "price": ["1.5", "x"], "day": ["2024-05-31", None]})


def columns(*asked: dict[str, object], rest: str = "keep") -> ColumnsStep:
    return ColumnsStep.model_validate({"columns": asked, "rest": rest})


def applied(step: ColumnsStep, frame: pl.DataFrame = FRAME) -> pl.DataFrame:
    planned = step.apply(frame.lazy())
    made = planned.collect()
    assert planned.collect_schema() == made.schema
    assert made.equals(step.apply_frame(frame), null_equal=True)
    return made


def test_a_place_is_kept_and_the_others_follow_in_their_sequence() -> None:
    step = columns({"column": 0, "name": "order", "change_order": 2}, {"column": "day", "change_order": 0})
    assert applied(step).columns == ["day", "name", "order", "price"]


def test_the_documented_example_of_two_columns() -> None:
    step = columns({"name": "a", "column": 1, "change_order": 1}, {"name": "b", "column": 2, "change_order": 2})
    assert applied(step).columns == ["id", "a", "b", "day"]


def test_the_rest_is_dropped_where_told() -> None:
    assert applied(columns({"column": "price"}, {"column": 0, "name": "n"}, rest="drop")).columns == ["n", "price"]


def test_two_columns_change_names() -> None:
    made = applied(columns({"column": "id", "name": "name"}, {"column": "name", "name": "id"}))
    assert made.to_dict(as_series=False)["id"] == ["a", "b"]


def test_names_that_look_like_patterns_are_names() -> None:
    frame = pl.DataFrame({"*": [1], "^i.*$": [2], "id": [3]})
    assert applied(columns({"column": "^i.*$", "change_order": 0}), frame).rows() == [(2, 1, 3)]
    assert applied(columns({"column": "*", "dtype": "string"}, rest="drop"), frame).rows() == [("1",)]


def test_a_dtype_changes_the_type_and_the_name_stays() -> None:
    made = applied(columns({"column": "day", "dtype": "date", "name": "when"}, {"column": "id", "dtype": "string"}))
    assert made["when"].to_list() == [dt.date(2024, 5, 31), None]
    assert made["id"].to_list() == ["1", "2"]


def test_a_value_that_does_not_fit_is_told_with_its_column_and_a_hint() -> None:
    for run in (lambda step: step.apply(FRAME.lazy()).collect(), lambda step: step.apply_frame(FRAME)):
        with pytest.raises(StepError) as caught:
            run(columns({"column": 1}, {"column": 2, "dtype": "float"}))
        assert caught.value.message.startswith("columns.1.dtype: column `price`: 'x' cannot become float; there are 1")
        assert "format" in caught.value.hint


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ([{"column": "prise"}], r"columns.0.column: there is no column `prise`; there are `id`, `name`.*`price`\?"),
        ([{"column": "ID"}], r"Did you mean `id`\?"),
        ([{"column": "0"}], r"there is no column `0`.*without quotes"),
        ([{"column": 4}], r"columns.0.column: there is no column 4; there are `0 id`.*the last one is 3"),
        ([{"column": 0}, {"column": "id"}], r"columns.1.column: the column `id` is also taken by columns.0"),
        ([{"column": 0, "name": "name"}], r"two columns would be called `name`: `id` and `name`"),
        ([{"column": 0, "change_order": 4}], r"columns.0.change_order: there is no place 4; the result has 4 columns"),
        (
            [{"column": 0, "change_order": 1}, {"column": 2, "change_order": 1}],
            r"change_order: place 1 is given to both `id` and `price`",
        ),
    ],
)
def test_what_cannot_be_is_named(asked: list[dict[str, object]], words: str) -> None:
    with pytest.raises(StepError, match=words):
        columns(*asked).apply(FRAME.lazy())


def test_no_column_left_is_told() -> None:
    with pytest.raises(StepError, match="no column is left"):
        columns(rest="drop").apply(FRAME.lazy())


@pytest.mark.parametrize(
    "asked",
    [
        {"column": True},
        {"column": -1},
        {"column": 0, "change_order": -1},
        {"column": 0, "name": ""},
        {"column": 0, "format": "%d"},
        {"column": 0, "dtype": "date", "format": "d.m.Y"},
        {"column": 0, "dtype": "float", "format": "#,##0"},
        {"column": 0, "dtype": "boolean", "format": "yes"},
        {"column": 0, "dtype": "number"},
        {"column": 0, "colour": "red"},
    ],
)
def test_a_wrong_recipe_is_refused_before_anything_runs(asked: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        columns(asked)


@st.composite
def plans(draw: st.DrawFn) -> tuple[int, list[dict[str, object]], str]:
    width = draw(st.integers(1, 8))
    chosen = draw(st.lists(st.integers(0, width - 1), unique=True, max_size=width))
    rest = draw(st.sampled_from(["keep", "drop"])) if chosen else "keep"
    places = draw(st.permutations(range(width if rest == "keep" else len(chosen))))
    asked: list[dict[str, object]] = []
    for number, column in enumerate(chosen):
        one: dict[str, object] = {"column": draw(st.sampled_from([column, f"c{column}"]))}
        if draw(st.booleans()):
            one["change_order"] = places[number]
        asked.append(one)
    return width, asked, rest


@given(plans())
def test_every_place_is_kept_and_nothing_is_lost(plan: tuple[int, list[dict[str, object]], str]) -> None:
    width, asked, rest = plan
    frame = pl.DataFrame({f"c{place}": [place] for place in range(width)})
    made = columns(*asked, rest=rest).apply_frame(frame)
    named = [f"c{one['column']}" if isinstance(one["column"], int) else str(one["column"]) for one in asked]
    assert sorted(made.columns) == sorted(frame.columns if rest == "keep" else named)
    fixed = {name: one["change_order"] for name, one in zip(named, asked, strict=True) if "change_order" in one}
    assert all(made.columns[place] == name for name, place in fixed.items())  # type: ignore[index]
    others = [name for name in made.columns if name not in fixed]
    assert others == sorted(others)


def test_a_column_that_is_not_kept_is_gone_and_takes_no_place() -> None:
    step = columns({"column": "name", "keep": False, "change_order": 0}, {"column": "day", "change_order": 0})
    assert applied(step).columns == ["day", "id", "price"]
    only = columns({"column": "id", "keep": False}, {"column": "day"}, rest="drop")
    assert applied(only).columns == ["day"]
    with pytest.raises(StepError, match="no column is left"):
        columns({"column": "id", "keep": False}, rest="drop").apply_frame(FRAME)


def test_old_and_new_names_are_told_and_a_name_that_is_left_out_is_free() -> None:
    step = columns({"column": "name", "keep": False}, {"column": "id", "name": "name", "change_order": 2})
    assert step.pairs(FRAME.columns) == [("price", "price"), ("day", "day"), ("id", "name")]
