"""The steps pane: steps are added, edited, turned off, moved and deleted, and the rows show what each of them does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import polars as pl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.errors import SpoolError
from fetchtozip_gui.core.preview import KINDS
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.models.steps import CHANGE
from fetchtozip_gui.gui.pages.steps_pane import StepsPane
from fetchtozip_gui.gui.theme import Theme
from fetchtozip_gui.gui.widgets.fields import ChoiceField, Field, LineField
from fetchtozip_gui.gui.widgets.step_fields import ColumnField, ColumnsField, ListField
from fetchtozip_gui.gui.widgets.step_form import StepForm

KEY, ALT = Qt.Key, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def pane(
    qtbot: QtBot, qapp: QApplication, draft: DraftModel, findings: Findings, find: Callable[..., None], errands: Errands
) -> StepsPane:
    Theme(qapp, dark=False)
    find(city=["Oslo", "Rome", "Oslo"], n=[1, 2, 3])
    pane = StepsPane(draft, findings, errands)
    qtbot.addWidget(pane)
    pane.resize(720, 560)
    with qtbot.waitExposed(pane):
        pane.show()
    qtbot.waitUntil(lambda: pane.shown.rowCount() == 3)
    return pane


def changes(pane: StepsPane) -> list[str]:
    return [pane.model.index(row).data(CHANGE) for row in range(pane.model.rowCount())]


def field(form: StepForm, path: str) -> Any:
    return next(one for one in form.fields() if ".".join(one.path) == path)


def type_into(pane: StepsPane, path: str, text: str) -> None:
    line = field(pane.form, path).line
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)


def test_the_source_is_shown_first(pane: StepsPane) -> None:
    assert pane.words.text() == "The source's rows"
    assert pane.about.text() == "first page: 3 rows"
    assert not pane.switch.isEnabled()
    assert not pane.remove.isEnabled()
    assert pane.form.fields() == []


def test_a_filter_is_added_typed_and_shown(qtbot: QtBot, pane: StepsPane, draft: DraftModel) -> None:
    pane.insert("filter")
    assert pane.steps.row == 1
    qtbot.waitUntil(lambda: changes(pane)[1] == "cannot be done")
    assert "an SQL expression" in field(pane.form, "where").marked
    type_into(pane, "where", "n > 1")
    qtbot.waitUntil(lambda: changes(pane)[1] == "−1 row")
    qtbot.waitUntil(lambda: pane.words.text() == "−1 row")
    assert field(pane.form, "where").line.hasFocus()
    assert field(pane.form, "where").marked == ""
    assert pane.about.text() == "2 rows after this step · first page: 3 rows"
    assert pane.shown.mark(0, 0) == "removed"
    assert draft.part("steps") == [{"type": "filter", "where": "n > 1"}]
    draft.undo()
    draft.undo()
    assert draft.part("steps") == []


def test_a_step_that_cannot_be_done_is_marked_in_its_field(qtbot: QtBot, pane: StepsPane, draft: DraftModel) -> None:
    draft.change("Open", steps=[{"type": "sort", "by": ["N"]}])
    pane.steps.go_to(1)
    qtbot.waitUntil(lambda: changes(pane)[1] == "cannot be done")
    marked = field(pane.form, "by.0").marked if any(f.path == ("by", "0") for f in pane.form.fields()) else ""
    marked = marked or field(pane.form, "by").marked
    assert "there is no column `N`" in marked
    assert "Did you mean `n`?" in marked
    qtbot.waitUntil(lambda: pane.words.text().startswith("✗ This step cannot be done"))
    assert pane.shown.rowCount() == 3


def test_keys_turn_off_move_and_delete(qtbot: QtBot, pane: StepsPane, draft: DraftModel) -> None:
    draft.change("Open", steps=[{"type": "filter", "where": "n > 1"}, {"type": "deduplicate", "subset": ["city"]}])
    qtbot.waitUntil(lambda: changes(pane) == ["3 rows", "−1 row", "no change"])
    pane.steps.setFocus()
    pane.steps.go_to(1)
    QTest.keyClick(pane.steps, KEY.Key_Space)
    assert pane.switch.text() == "Turn on"
    qtbot.waitUntil(lambda: changes(pane) == ["3 rows", "off", "−1 row"])
    qtbot.waitUntil(lambda: pane.words.text() == "This step is turned off.")
    QTest.keyClick(pane.steps, KEY.Key_Down, ALT)
    assert [step["type"] for step in draft.part("steps")] == ["deduplicate", "filter"]
    assert pane.steps.row == 2
    QTest.keyClick(pane.steps, KEY.Key_Delete)
    assert [step["type"] for step in draft.part("steps")] == ["deduplicate"]
    assert pane.steps.row == 1
    QTest.keyClick(pane.steps, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(draft.part("steps")) == 2


def test_buttons_do_what_keys_do(pane: StepsPane, draft: DraftModel) -> None:
    pane.insert("deduplicate")
    pane.insert("flatten")
    assert [step["type"] for step in draft.part("steps")] == ["deduplicate", "flatten"]
    assert not pane.down.isEnabled()
    pane.up.click()
    assert [step["type"] for step in draft.part("steps")] == ["flatten", "deduplicate"]
    assert not pane.up.isEnabled()
    pane.switch.click()
    assert draft.part("steps")[0]["enabled"] is False
    pane.remove.click()
    assert [step["type"] for step in draft.part("steps")] == ["deduplicate"]


def test_the_menu_offers_every_step_that_works(pane: StepsPane, draft: DraftModel) -> None:
    for action in pane.add.menu().actions():
        action.trigger()
    assert {step["type"] for step in draft.part("steps")} == {kind for kind, one in KINDS.items() if one.available}


def test_a_step_is_inserted_behind_the_chosen_one(pane: StepsPane, draft: DraftModel) -> None:
    draft.change("Open", steps=[{"type": "filter", "where": "n > 1"}, {"type": "sort", "by": ["n"]}])
    pane.steps.go_to(1)
    pane.insert("deduplicate")
    assert [step["type"] for step in draft.part("steps")] == ["filter", "deduplicate", "sort"]
    assert pane.steps.row == 2


def test_a_note_is_kept_and_changes_no_row(qtbot: QtBot, pane: StepsPane, draft: DraftModel) -> None:
    draft.change("Open", steps=[{"type": "filter", "where": "n > 1"}])
    pane.steps.go_to(1)
    type_into(pane, "note", "only some")
    assert draft.part("steps")[0]["note"] == "only some"
    qtbot.waitUntil(lambda: changes(pane) == ["3 rows", "−1 row"])


def test_a_group_is_made_with_its_form(qtbot: QtBot, pane: StepsPane, draft: DraftModel) -> None:
    pane.insert("group")
    qtbot.waitUntil(lambda: changes(pane)[1].startswith("3 rows became 1"))
    by = field(pane.form, "by")
    assert isinstance(by, ColumnsField)
    by.pick.click()
    menu = next(one for one in by.findChildren(QMenu) if one.actions())
    next(action for action in menu.actions() if action.text() == "city").trigger()
    menu.close()
    values = field(pane.form, "aggregate")
    assert isinstance(values, ListField)
    values.add.click()
    column, function = field(pane.form, "aggregate.1.column"), field(pane.form, "aggregate.1.function")
    assert isinstance(column, ColumnField)
    column.box.setEditText("n")
    function.box.setCurrentIndex(function.box.findData("max"))
    function.box.activated.emit(function.box.currentIndex())
    assert draft.part("steps") == [
        {
            "type": "group",
            "by": ["city"],
            "aggregate": [{"column": "*", "function": "count"}, {"column": "n", "function": "max"}],
        }
    ]
    qtbot.waitUntil(lambda: pane.shown.names == ["city", "count", "n_max"])
    removes = [button for button in values.findChildren(QToolButton) if button.text() == "✕" and button.isVisible()]
    removes[0].click()
    assert draft.part("steps")[0]["aggregate"] == [{"column": "n", "function": "max"}]


def test_all_rows_of_a_job_go_through_the_steps(qtbot: QtBot, pane: StepsPane, draft: DraftModel) -> None:
    draft.change("Open", steps=[{"type": "filter", "where": "n >= 10"}])
    pane.steps.go_to(1)
    pane.look_at(lambda: nullcontext(pl.LazyFrame({"n": range(50_000)})), "all 50,000 rows of the last run")
    qtbot.waitUntil(lambda: changes(pane) == ["50,000 rows", "−10 rows"])
    qtbot.waitUntil(lambda: pane.about.text() == "49,990 rows after this step · all 50,000 rows of the last run")
    pane.look_at(None)
    qtbot.waitUntil(lambda: "first page: " in pane.about.text())


def test_while_rows_are_looked_at_only_the_newest_of_what_is_asked_for_waits(
    qtbot: QtBot, pane: StepsPane, draft: DraftModel
) -> None:
    looks, go_on = [], threading.Event()

    def rows() -> AbstractContextManager[pl.LazyFrame]:
        looks.append(1)
        go_on.wait(60)
        return nullcontext(pl.LazyFrame({"n": range(100)}))

    pane.look_at(rows, "all 100 rows of the last run")
    qtbot.waitUntil(lambda: bool(looks))
    for least in (10, 20, 30):
        draft.change("Open", steps=[{"type": "filter", "where": f"n >= {least}"}])
        pane._preview()
    go_on.set()
    qtbot.waitUntil(lambda: changes(pane) == ["100 rows", "−30 rows"])
    assert len(looks) == 2


def test_rows_that_cannot_be_read_are_told(qtbot: QtBot, pane: StepsPane) -> None:
    def rows() -> AbstractContextManager[pl.LazyFrame]:
        raise SpoolError("They are gone.")

    with qtbot.waitSignal(pane.lost):
        pane.look_at(rows, "all rows")


def test_rows_that_are_gone_when_they_have_been_looked_at_are_not_shown(
    qtbot: QtBot, pane: StepsPane, findings: Findings
) -> None:
    looked, go_on = threading.Event(), threading.Event()

    def rows() -> AbstractContextManager[pl.LazyFrame]:
        looked.set()
        assert go_on.wait(60)
        return nullcontext(pl.LazyFrame({"n": range(100)}))

    pane.look_at(rows, "all 100 rows of the last run")
    qtbot.waitUntil(looked.is_set)
    findings.clear()
    pane.look_at(None)
    go_on.set()
    pane._errands._pool.waitForDone()
    qtbot.wait(20)
    assert pane.model.stage(0) is None
    assert pane.shown.rowCount() == 0


def test_before_a_test_it_says_what_to_do(pane: StepsPane, findings: Findings) -> None:
    findings.clear()
    assert pane.about.text() == "The rows appear when the source has been tested (F5)."
    assert pane.shown.rowCount() == 0


@pytest.fixture
def form(qtbot: QtBot) -> StepForm:
    form = StepForm()
    qtbot.addWidget(form)
    return form


@pytest.mark.parametrize("kind", [kind for kind, step in KINDS.items() if step.available])
def test_every_step_has_a_form_with_tooltips_from_its_model(form: StepForm, kind: str) -> None:
    form.show_step({"type": kind}, ["a", "b"], 2)
    fields = {one.path[0] for one in form.fields()}
    model = KINDS[kind].model_fields
    assert fields == {info.alias or name for name, info in model.items() if name not in ("type", "enabled")}
    for one in form.fields():
        editor: QWidget | None = one.focusProxy()
        assert editor is not None
        assert editor.accessibleName()
        assert editor.toolTip()


def test_the_first_step_of_columns_is_left_to_its_table(form: StepForm) -> None:
    form.show_step({"type": "columns", "columns": []}, ["a"], 1)
    assert [one.path for one in form.fields()] == [("note",)]


def test_a_choice_may_be_none_of_them(qtbot: QtBot, form: StepForm) -> None:
    form.show_step({"type": "columns", "columns": [{"column": "a", "dtype": "date"}]}, ["a"], 2)
    dtype = field(form, "columns.0.dtype")
    assert isinstance(dtype, ChoiceField)
    assert dtype.box.currentText() == "date"
    dtype.box.setCurrentIndex(0)
    with qtbot.waitSignal(form.edited) as edited:
        dtype.box.activated.emit(0)
    assert edited.args == [{"type": "columns", "columns": [{"column": "a"}]}, "columns"]


def test_what_no_field_has_stands_above_the_form(form: StepForm) -> None:
    form.show_step({"type": "filter", "where": "a"}, ["a"], 1)
    form.show_faults(["where: is wrong", "The step is not in this version."])
    where: Field = field(form, "where")
    assert isinstance(where, LineField)
    assert where.marked == "is wrong"
    assert "not in this version" in form.notice.text()
    form.show_faults([])
    assert (where.marked, form.notice.text()) == ("", "")
