"""Each step's table and what it changed, with errors at their step and marks for what came and went."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core import preview as module
from fetchtozip_gui.core.errors import NotInThisVersion, RecipeError, StepError
from fetchtozip_gui.core.marks import Marked, marked
from fetchtozip_gui.core.preview import Stage, parse, preview

FRAME = pl.DataFrame(
    {
        "id": [1, 2, 3, 4],
        "city": ["Oslo", "Rome", "Oslo", None],
        "price": ["1.5", "2", "1.5", "4"],
        "tags": [["a", "b"], [], ["c"], None],
    }
)


def step(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, **fields}


def last(*steps: dict[str, Any], frame: pl.DataFrame = FRAME) -> Stage:
    return preview(steps, frame)[-1]


def words(*steps: dict[str, Any], frame: pl.DataFrame = FRAME) -> str:
    stage = last(*steps, frame=frame)
    assert stage.error is None
    assert stage.change is not None
    return stage.change.words()


def shown(*steps: dict[str, Any], frame: pl.DataFrame = FRAME) -> Marked:
    *_, before, stage = preview(steps, frame)
    found = marked(stage, before)
    assert found is not None
    return found


def test_without_steps_there_is_the_source() -> None:
    (source,) = preview([], FRAME)
    assert (source.number, source.type, source.rows, source.change) == (-1, "source", 4, None)
    assert source.frame is FRAME


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (step("filter", where="id > 1"), "−1 row"),
        (step("filter", where="id > 0"), "no change"),
        (step("derive", name="half", expression="id / 2"), "1 column added"),
        (step("derive", name="id", expression="id * id"), "3 values changed"),
        (step("derive", name="city", expression="upper(city)"), "3 values changed"),
        (step("sort", by=["price"]), "rows reordered"),
        (step("sort", by=["id"]), "no change"),
        (step("deduplicate", subset=["city", "price"]), "−1 row"),
        (step("deduplicate"), "no change"),
        (step("flatten", lists="rows"), "+1 row, 1 column retyped"),
        (step("group", by=["city"], aggregate=[{"column": "*", "function": "count"}]), ""),
        (step("columns", columns=[{"column": "id", "name": "key"}]), "1 column renamed"),
        (step("columns", columns=[{"column": 0, "name": "city"}, {"column": 1, "name": "id"}]), "2 columns renamed"),
        (step("columns", columns=[{"column": "price", "dtype": "float"}]), "1 column retyped"),
        (step("columns", columns=[{"column": "tags", "keep": False}]), "1 column removed"),
        (step("columns", columns=[{"column": "id"}], rest="drop"), "3 columns removed"),
        (step("columns", columns=[{"column": "id", "change_order": 3}]), "columns moved"),
    ],
)
def test_what_a_step_changed_in_words(asked: dict[str, Any], told: str) -> None:
    assert words(asked) == (told or "4 rows became 3, 1 column added, 3 columns removed")


def test_a_retyped_value_is_no_changed_value_and_both_are_told() -> None:
    stage = last(step("columns", columns=[{"column": "price", "name": "cost", "dtype": "float"}]))
    assert stage.change is not None
    assert stage.change.retyped == (("cost", "string", "number"),)
    assert stage.change.renamed == (("price", "cost"),)
    assert stage.change.cells == 0


def test_a_step_that_is_turned_off_is_skipped_and_told() -> None:
    _, off, after = preview([step("filter", where="id > 3", enabled=False), step("filter", where="id > 1")], FRAME)
    assert (off.is_skipped, off.rows, off.change, off.error) == (True, 4, None, None)
    assert after.rows == 3


def test_a_step_that_is_turned_off_need_not_be_right() -> None:
    assert preview([step("filter", enabled=False)], FRAME)[1].error is None


def test_an_error_stands_at_its_step_and_the_later_ones_are_not_tried() -> None:
    stages = preview([step("filter", where="id > 1"), step("sort", by=["Id"]), step("sort", by=["id"])], FRAME)
    assert isinstance(stages[2].error, StepError)
    assert str(stages[2].error) == (
        "by.0: there is no column `Id`; there are `id`, `city`, `price`, `tags`. Did you mean `id`?"
    )
    assert (stages[3].frame, stages[3].error, stages[3].is_skipped) == (None, None, True)


def test_a_wrong_step_behind_an_error_is_told_too() -> None:
    stages = preview([step("sort", by=["nope"]), step("filter")], FRAME)
    assert [type(stage.error) for stage in stages] == [type(None), StepError, RecipeError]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"type": "filter"}, "where: is required"),
        ({"type": "nope"}, 'type: must be one of columns, filter, derive, .*, found "nope"'),
        ({}, "type: must be one of"),
        ({"type": "group", "aggregate": [{"column": "a", "function": "x"}]}, "aggregate.0.function: must be"),
    ],
)
def test_what_is_wrong_with_a_step_is_told_with_its_field(document: dict[str, Any], told: str) -> None:
    with pytest.raises(RecipeError, match=told):
        parse(document)


def test_a_step_without_an_engine_says_so() -> None:
    spark = step("sql", query="SELECT * FROM input", engine="spark")
    assert isinstance(last(spark).error, NotInThisVersion)


def test_rows_are_followed_through_cleaning_and_rules() -> None:
    rows = pl.DataFrame({"city": [" Oslo", "Rome", "Rome", None], "n": [1, 2, 2, 900]})

    def change(kind: str, **fields: Any) -> str:
        made = preview([step(kind, **fields)], rows)[1].change
        assert made is not None
        return made.words()

    assert change("clean", trim=True) == "1 value changed"
    assert change("clean", remove_duplicates=True) == "−1 row"
    assert change("clean", handle_missing="drop", trim=True) == "−1 row, 1 value changed"
    # the numbers by which rows are followed are no column of theirs
    assert change("clean", normalize="minmax") == "1 column retyped"
    assert change("validate", schema={"n": {"max": 100}}, on_error="drop") == "−1 row"
    assert change("validate", schema={"n": {"max": 100}}, on_error="report") == "no change"


def test_a_value_that_does_not_fit_is_the_steps_error() -> None:
    error = last(step("columns", columns=[{"column": "city", "dtype": "integer"}])).error
    assert "'Oslo', 'Rome' cannot become integer" in str(error)


def test_a_column_called_as_the_mark_is_no_trouble() -> None:
    frame = pl.DataFrame({"row": [3, 1], "row_": [0, 0]})
    stage = last(step("sort", by=["row"]), frame=frame)
    assert stage.frame is not None
    assert stage.frame.rows() == [(1, 0), (3, 0)]


def test_of_a_lazy_table_all_rows_are_counted_and_some_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAMPLE", 10)
    rows = pl.LazyFrame({"n": range(100)})
    steps = [
        step("filter", where="n >= 5"),
        step("sort", by=["n"], enabled=False),
        step("deduplicate"),
        step("filter", where="n < 50"),
    ]
    stages = preview(steps, rows)
    assert [stage.rows for stage in stages] == [100, 95, 95, 95, 45]
    assert [stage.change.words() for stage in stages if stage.change] == ["−5 rows", "no change", "−50 rows"]
    assert stages[-1].frame is not None
    assert stages[-1].frame["n"].to_list() == [5, 6, 7, 8, 9]


def test_groups_of_a_lazy_table_are_counted_over_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAMPLE", 2)
    rows = pl.LazyFrame({"n": [1, 2, 3, 4, 4]})
    group = step("group", by=["n"], aggregate=[{"column": "*", "function": "count"}])
    stage = preview([group], rows)[-1]
    assert stage.change is not None
    assert stage.change.words() == "5 rows became 4, 1 column added"


def test_a_value_past_the_sample_that_does_not_fit_leaves_the_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAMPLE", 1)
    stages = preview(
        [step("columns", columns=[{"column": "n", "dtype": "integer"}]), step("filter", where="n > 0")],
        pl.LazyFrame({"n": ["1", "x"]}),
    )
    assert [stage.error for stage in stages] == [None] * 3
    assert [stage.rows for stage in stages] == [None] * 3


def test_rows_that_went_stand_where_they_stood() -> None:
    found = shown(step("filter", where="id <> 2"))
    assert found.frame["id"].to_list() == [1, 2, 3, 4]
    assert found.rows is not None
    assert found.rows.to_list() == ["", "removed", "", ""]


def test_rows_that_came_are_marked() -> None:
    found = shown(step("columns", columns=[{"column": "tags"}], rest="drop"), step("flatten", lists="rows"))
    assert found.frame["tags"].to_list() == ["a", "b", None, "c", None]
    assert found.rows is not None
    assert found.rows.to_list() == ["", "added", "", "", ""]


def test_columns_that_came_went_and_changed_are_marked() -> None:
    columns = [{"column": "city", "keep": False}, {"column": "price", "name": "cost", "dtype": "float"}]
    found = shown(step("columns", columns=columns))
    assert found.frame.columns == ["id", "city", "cost", "tags"]
    assert found.columns == {"city": "removed", "cost": "was price; number, was string"}
    assert shown(step("derive", name="two", expression="id")).columns == {"two": "added"}


def test_marks_leave_the_stage_as_it_was() -> None:
    before, stage = preview([step("columns", columns=[{"column": "city", "keep": False}])], FRAME)
    found = marked(stage, before)
    assert found is not None
    assert found.frame.columns == FRAME.columns
    assert stage.frame is not None
    assert stage.frame.columns == ["id", "price", "tags"]


def test_a_column_that_took_the_name_of_one_that_went() -> None:
    found = shown(step("columns", columns=[{"column": "id", "keep": False}, {"column": "city", "name": "id"}]))
    assert found.frame.columns == ["id", "price", "tags"]
    assert found.columns == {"id": "removed; was city"}


def test_values_that_changed_are_marked_in_their_row() -> None:
    found = shown(step("derive", name="id", expression="CASE WHEN id = 3 THEN 30 ELSE id END"))
    assert found.cells["id"].to_list() == [False, False, True, False]


@given(st.lists(st.integers(0, 5)), st.integers(0, 5))
def test_nothing_is_lost_in_the_marks(values: list[int], least: int) -> None:
    frame = pl.DataFrame({"n": pl.Series(values, dtype=pl.Int64)})
    found = shown(step("filter", where=f"n >= {least}"), frame=frame)
    assert found.frame.equals(frame)
    gone = found.rows.to_list() if found.rows is not None else [""] * len(values)
    assert [mark == "removed" for mark in gone] == [value < least for value in values]
