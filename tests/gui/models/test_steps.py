"""The list of steps: what it says of the draft, what its edits make of it, and rows with marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from fetchtozip_gui.core.marks import marked
from fetchtozip_gui.core.preview import KINDS, preview
from fetchtozip_gui.core.steps.clean import CleanStep
from fetchtozip_gui.core.steps.sql import SqlStep
from fetchtozip_gui.core.steps.texts import CastColumn, Join, Replace, Split
from fetchtozip_gui.core.steps.validate import ValidateStep
from fetchtozip_gui.gui.form_specs import specs
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.marked import MarkedModel
from fetchtozip_gui.gui.models.steps import CHANGE, FAULT, IS_OFF, NOTE, StepsModel
from fetchtozip_gui.gui.step_words import DETAILS, INNER, NAMES, OFFERED, WORDS, title
from fetchtozip_gui.gui.theme import LIGHT, Theme

FILTER = {"type": "filter", "where": "n > 1"}
SORT = {"type": "sort", "by": ["n"]}
ROLE = Qt.ItemDataRole


@pytest.fixture
def model(draft: DraftModel) -> Iterator[StepsModel]:
    draft.begin({"steps": [FILTER, SORT]})
    model = StepsModel(draft)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield model
    tester.deleteLater()
    model.deleteLater()


def shown(model: StepsModel, role: int = ROLE.DisplayRole) -> list[Any]:
    return [model.index(row).data(role) for row in range(model.rowCount())]


def kinds(draft: DraftModel) -> list[str]:
    return [step["type"] for step in draft.part("steps")]


def test_the_source_is_first_and_each_step_says_what_it_does(model: StepsModel) -> None:
    assert shown(model) == ["Source", "Filter: n > 1", "Sort: n"]
    model.show_stages(preview(model.steps, pl.DataFrame({"n": [3, 1, 2]})))
    assert shown(model, CHANGE) == ["3 rows", "−1 row", "rows reordered"]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"type": "columns", "columns": []}, "Columns"),
        (
            {"type": "columns", "columns": [{"column": 0, "name": "x", "dtype": "date"}, {"column": 1, "keep": False}]},
            "Columns: 1 renamed, 1 retyped, 1 left out",
        ),
        ({"type": "columns", "columns": [{"column": 0}], "rest": "drop"}, "Columns: 1 column kept"),
        ({"type": "derive", "name": "x", "expression": "a * b"}, "Derive: x = a * b"),
        ({"type": "derive"}, "Derive: … = …"),
        (
            {"type": "group", "by": "a", "aggregate": [{"column": "b", "function": "count_distinct"}, {"column": "*"}]},
            "Group: count distinct of b, count of rows by a",
        ),
        ({"type": "sort", "by": [{"column": "a"}, "b"]}, "Sort: a, b"),
        ({"type": "deduplicate"}, "Deduplicate: whole rows"),
        ({"type": "deduplicate", "subset": ["a"]}, "Deduplicate: by a"),
        ({"type": "flatten"}, "Flatten: every nested column"),
        ({"type": "sql", "query": "SELECT 1"}, "SQL: SELECT 1"),
        (
            {"type": "clean", "trim": True, "columns": ["a"], "handle_missing": "mean"},
            "Clean: Trim texts, missing values",
        ),
        ({"type": "clean", "trim": False}, "Clean"),
        ({"type": "validate", "schema": {"a": {}}}, "Validate: 1 column, rows with a fault end the export"),
        (
            {"type": "validate", "schema": {"a": {}, "b": {}}, "on_error": "drop"},
            "Validate: 2 columns, rows with a fault are left out",
        ),
        ({"type": "new"}, "new"),
        ({}, "Unknown step"),
    ],
)
def test_steps_in_words(document: dict[str, Any], words: str) -> None:
    assert title(document) == words


def test_every_field_of_cleaning_validating_and_asking_has_words_of_its_own() -> None:
    """A field that is added to one of these steps has to be named, and a cleaning has to say what it does."""
    for step in (CleanStep, ValidateStep, SqlStep):
        names = {info.alias or name for name, info in step.model_fields.items()} - {"type", "note", "enabled"}
        assert names <= set(WORDS), step
        for spec in specs(step, WORDS):
            # a choice of several values has a word for each where the recipe's own is none
            assert not spec.names or set(spec.choices) <= set(spec.names), spec.name
    for part in (Replace, Split, Join, CastColumn):
        assert {info.alias or name for name, info in part.model_fields.items()} <= {*WORDS, *INNER}, part
    for name in CleanStep.model_fields:
        if name not in ("type", "note", "enabled", *DETAILS):
            assert title({"type": "clean", name: "x"}).lower() == f"clean: {WORDS[name].label}".lower()


def test_every_step_that_there_is_has_a_name_and_each_that_works_is_offered() -> None:
    assert set(NAMES) == set(KINDS)
    assert set(OFFERED) == {kind for kind, step in KINDS.items() if step.available}


def test_steps_are_added_moved_and_deleted_with_undo(model: StepsModel, draft: DraftModel) -> None:
    placed: list[int] = []
    model.placed.connect(placed.append)
    model.insert({"type": "deduplicate"}, 2)
    assert kinds(draft) == ["filter", "deduplicate", "sort"]
    assert draft.undo_words() == "Add Deduplicate"
    model.move(2, 4)
    assert kinds(draft) == ["filter", "sort", "deduplicate"]
    model.move(3, 0)
    assert kinds(draft) == ["deduplicate", "filter", "sort"]
    model.move(1, 2)
    assert placed == [2, 3, 1]
    model.delete(1)
    model.delete(0)
    assert kinds(draft) == ["filter", "sort"]
    for _ in range(4):
        draft.undo()
    assert (kinds(draft), draft.undo_words()) == (["filter", "sort"], "")


def test_a_step_is_dragged(model: StepsModel, draft: DraftModel) -> None:
    data = model.mimeData([model.index(2)])
    assert model.dropMimeData(data, Qt.DropAction.MoveAction, 1, 0, QModelIndex())
    assert kinds(draft) == ["sort", "filter"]
    assert not model.flags(model.index(0)) & Qt.ItemFlag.ItemIsDragEnabled


def test_a_step_is_turned_off_and_on(model: StepsModel, draft: DraftModel) -> None:
    model.turn(1, on=False)
    assert draft.part("steps")[0] == {**FILTER, "enabled": False}
    model.show_stages(preview(model.steps, pl.DataFrame({"n": [3, 1, 2]})))
    assert shown(model, IS_OFF) == [False, True, False]
    assert shown(model, CHANGE) == ["3 rows", "off", "rows reordered"]
    model.turn(1, on=True)
    assert draft.part("steps")[0] == FILTER


def test_typing_in_one_field_is_one_step_of_undo(model: StepsModel, draft: DraftModel) -> None:
    for text in ("n", "n >", "n > 2"):
        model.replace(1, {**FILTER, "where": text}, "where")
    model.replace(1, {**FILTER, "where": "n > 2", "note": "mine"}, "note")
    assert shown(model, NOTE)[1] == "mine"
    draft.undo()
    assert draft.undo_words() == "Edit Filter"
    draft.undo()
    assert draft.part("steps")[0] == FILTER


def test_an_error_stands_at_its_step(model: StepsModel) -> None:
    model.replace(1, {**FILTER, "where": "m > 1"})
    model.show_stages(preview(model.steps, pl.DataFrame({"n": [1]})))
    assert shown(model, CHANGE) == ["1 row", "cannot be done", "not tried"]
    assert "there is no column `m`" in shown(model, FAULT)[1]
    assert "there is no column `m`" in model.index(1).data(ROLE.AccessibleTextRole)


def test_a_draft_without_a_list_of_steps_has_a_source(draft: DraftModel) -> None:
    draft.begin({"steps": "x"})
    model = StepsModel(draft)
    assert shown(model) == ["Source"]
    model.insert(SORT, 9)
    assert kinds(draft) == ["sort"]
    model.deleteLater()


def table(frame: pl.DataFrame, *steps: dict[str, Any]) -> MarkedModel:
    *_, before, stage = preview(steps, frame)
    model = MarkedModel()
    model.show_marked(marked(stage, before))
    return model


def test_rows_that_went_are_struck_out_and_signed(qapp: Callable[..., Any]) -> None:
    Theme(qapp, dark=False)
    model = table(pl.DataFrame({"n": [1, 2]}), FILTER)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    gone = model.index(0, 0)
    assert gone.data() == "1"
    assert gone.data(ROLE.FontRole).strikeOut()
    assert gone.data(ROLE.BackgroundRole).color().name() == LIGHT.bad_soft
    assert gone.data(ROLE.AccessibleTextRole) == "1, removed"
    assert [model.headerData(row, Qt.Orientation.Vertical) for row in range(2)] == ["− 1", "2"]
    assert model.index(1, 0).data(ROLE.BackgroundRole) is None
    model.deleteLater()


def test_columns_and_values_are_signed(qapp: Callable[..., Any]) -> None:
    Theme(qapp, dark=False)
    frame = pl.DataFrame({"n": [1, 2], "m": ["x", "y"]})
    columns = [{"column": "m", "keep": False}, {"column": "n", "name": "k"}]
    model = table(frame, {"type": "columns", "columns": columns})
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    assert heads == ["• k", "− m"]
    assert model.headerData(0, Qt.Orientation.Horizontal, ROLE.ToolTipRole).endswith("was n")
    model.deleteLater()
    model = table(frame, {"type": "derive", "name": "n", "expression": "n * n"})
    assert model.index(1, 0).data(ROLE.FontRole).bold()
    assert model.index(1, 0).data(ROLE.ToolTipRole) == "changed by this step, was 2"
    assert model.index(1, 0).data(ROLE.AccessibleTextRole) == "4, changed, was 2"
    assert not model.mark(0, 0)
    model.show_marked(None)
    assert model.rowCount() == 0
    model.deleteLater()


def test_a_changed_value_says_what_it_was(qapp: Callable[..., Any]) -> None:
    Theme(qapp, dark=False)
    frame = pl.DataFrame({"city": [" Oslo", "Rome", "Rome"], "n": [None, 2, 2]})
    model = table(frame, {"type": "clean", "trim": True, "remove_duplicates": True, "handle_missing": "zero"})
    told = [model.index(row, 0).data(ROLE.ToolTipRole) for row in range(model.rowCount())]
    assert told == ["changed by this step, was “ Oslo”", None, "removed by this step"]
    assert model.index(0, 1).data(ROLE.ToolTipRole) == "changed by this step, was null"
    model.deleteLater()
