"""The columns table: what it shows of the draft, what an edit makes of it, and undo for everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.analysis.profile import profile
from fetchtozip_gui.gui.models.column_cells import FAULT, PROFILE, At
from fetchtozip_gui.gui.models.column_types import type_faults, type_in, type_text
from fetchtozip_gui.gui.models.columns import ROWS, ColumnsModel
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings

ROLE = Qt.ItemDataRole


@pytest.fixture
def model(draft: DraftModel, findings: Findings, find: Callable[..., None]) -> Iterator[ColumnsModel]:
    find(InvoiceNo=["536365", "C5"], Quantity=[6, -1], UnitPrice=["2.55", None], Country=["France", "Spain"])
    model = ColumnsModel(draft, findings)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield model
    tester.deleteLater()
    model.deleteLater()


def shown(model: ColumnsModel, at: At, role: int = ROLE.DisplayRole) -> list[Any]:
    return [model.index(row, at).data(role) for row in range(model.rowCount())]


def columns(draft: DraftModel) -> list[dict[str, Any]]:
    steps = draft.part("steps")
    return steps[0]["columns"] if steps else []


def edit(model: ColumnsModel, row: int, at: At, value: Any) -> bool:
    return model.setData(model.index(row, at), value, ROLE.EditRole)


def test_every_column_of_the_source_has_a_row(model: ColumnsModel) -> None:
    assert shown(model, At.SOURCE) == ["InvoiceNo", "Quantity", "UnitPrice", "Country"]
    assert shown(model, At.NAME) == shown(model, At.SOURCE)
    assert shown(model, At.TYPE) == ["text", "whole number", "text", "text"]
    assert shown(model, At.PLACE) == ["1", "2", "3", "4"]
    assert shown(model, At.EXAMPLE) == ["536365", "6", "2.55", "France"]
    assert shown(model, At.KEEP, ROLE.CheckStateRole) == [Qt.CheckState.Checked] * 4


def test_a_new_name_is_a_step_of_the_draft_and_can_be_undone(model: ColumnsModel, draft: DraftModel) -> None:
    assert edit(model, 3, At.NAME, "land")
    assert columns(draft) == [{"column": "Country", "name": "land"}]
    assert draft.undo_words() == "Rename Country"
    draft.undo()
    assert shown(model, At.NAME)[3] == "Country"
    draft.redo()
    assert shown(model, At.NAME)[3] == "land"
    edit(model, 3, At.NAME, "Country")
    assert draft.part("steps") == []


def test_the_step_stands_before_those_that_are_there(model: ColumnsModel, draft: DraftModel) -> None:
    draft.change("Sort", steps=[{"type": "sort", "by": ["Quantity"]}])
    edit(model, 0, At.NAME, "invoice")
    assert [step["type"] for step in draft.part("steps")] == ["columns", "sort"]
    draft.undo()
    assert [step["type"] for step in draft.part("steps")] == ["sort"]


def test_a_tick_leaves_out_and_the_places_close_up(model: ColumnsModel, draft: DraftModel) -> None:
    unticked = Qt.CheckState.Unchecked.value
    assert model.setData(model.index(1, At.KEEP), unticked, ROLE.CheckStateRole)
    assert columns(draft) == [{"column": "Quantity", "keep": False}]
    assert shown(model, At.PLACE) == ["1", "–", "2", "3"]
    assert model.index(1, At.NAME).data(ROLE.FontRole).strikeOut()
    assert "left out" in model.index(1, At.KEEP).data(ROLE.AccessibleTextRole)


def test_types_are_typed_in_words(model: ColumnsModel, draft: DraftModel, qtbot: QtBot) -> None:
    assert edit(model, 2, At.TYPE, "exact decimal · 1.234,56")
    assert columns(draft) == [{"column": "UnitPrice", "dtype": "decimal", "format": "1.234,56"}]
    assert shown(model, At.TYPE)[2] == "exact decimal · 1.234,56"
    with qtbot.waitSignal(model.told) as told:
        assert not edit(model, 2, At.TYPE, "colour")
    assert told.args[0].startswith("There is no type colour; there are text, whole number,")
    assert edit(model, 2, At.TYPE, "")
    assert draft.part("steps") == []


def test_a_place_is_typed(model: ColumnsModel, draft: DraftModel, qtbot: QtBot) -> None:
    assert edit(model, 3, At.PLACE, "1")
    assert shown(model, At.SOURCE) == ["Country", "InvoiceNo", "Quantity", "UnitPrice"]
    assert edit(model, 0, At.PLACE, "3")
    assert shown(model, At.SOURCE) == ["InvoiceNo", "Quantity", "Country", "UnitPrice"]
    assert edit(model, 0, At.PLACE, "99")
    assert shown(model, At.SOURCE)[-1] == "InvoiceNo"
    with qtbot.waitSignal(model.told):
        assert not edit(model, 0, At.PLACE, "first")


def test_moved_rows_keep_what_points_at_them(model: ColumnsModel) -> None:
    kept = QPersistentModelIndex(model.index(2, At.NAME))
    model.move([2, 3], 0)
    assert (kept.row(), kept.data()) == (0, "UnitPrice")
    assert shown(model, At.SOURCE) == ["UnitPrice", "Country", "InvoiceNo", "Quantity"]


def test_rows_are_dragged(model: ColumnsModel, draft: DraftModel) -> None:
    data = model.mimeData([model.index(3, 0), model.index(3, 1), model.index(0, 1)])
    assert data.hasFormat(ROWS)
    assert model.dropMimeData(data, Qt.DropAction.MoveAction, 2, 0, QModelIndex())
    assert shown(model, At.SOURCE) == ["Quantity", "InvoiceNo", "Country", "UnitPrice"]
    assert draft.undo_words() == "Move 2 columns"


def test_a_dropped_list_fills_the_names(model: ColumnsModel, draft: DraftModel, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setText("Country\tland\nnope\tx\n")
    with qtbot.waitSignal(model.told) as told:
        assert model.dropMimeData(data, Qt.DropAction.CopyAction, -1, -1, QModelIndex())
    assert told.args == ["1 name filled in. 1 line found no column: nope"]
    assert columns(draft) == [{"column": "Country", "name": "land"}]
    assert not model.dropMimeData(QMimeData(), Qt.DropAction.CopyAction, -1, -1, QModelIndex())


def test_many_at_once_are_one_step_of_undo(model: ColumnsModel, draft: DraftModel) -> None:
    model.rename_after(range(4), "lower_snake")
    assert shown(model, At.NAME) == ["invoice_no", "quantity", "unit_price", "country"]
    assert draft.undo_words() == "lower_snake for 4 columns"
    model.set_type([0, 3], ("string", None))
    model.keep([1, 2], False)
    assert draft.undo_words() == "Leave out 2 columns"
    draft.undo()
    draft.undo()
    model.use_source_names([0, 1])
    assert shown(model, At.NAME) == ["InvoiceNo", "Quantity", "unit_price", "country"]
    model.reset([2, 3])
    assert draft.part("steps") == []


def test_reset_takes_everything_back(model: ColumnsModel, draft: DraftModel) -> None:
    document = {"type": "columns", "columns": [{"column": "Country", "change_order": 0}], "rest": "drop"}
    draft.change("Open", steps=[document])
    assert shown(model, At.KEEP, ROLE.CheckStateRole).count(Qt.CheckState.Checked) == 1
    model.reset()
    assert draft.part("steps") == []
    assert shown(model, At.SOURCE) == ["InvoiceNo", "Quantity", "UnitPrice", "Country"]


def test_faults_are_told_where_they_are(model: ColumnsModel) -> None:
    edit(model, 0, At.NAME, "")
    edit(model, 1, At.NAME, "Country")
    assert shown(model, At.NAME, FAULT) == [
        "The name is empty.",
        "2 columns would be called Country.",
        "",
        "2 columns would be called Country.",
    ]
    assert model.index(0, At.NAME).data(ROLE.ToolTipRole) == "The name is empty."
    assert "Wrong: The name is empty." in model.index(0, At.NAME).data(ROLE.AccessibleTextRole)
    assert model.fault(0) == "The name is empty."


def test_values_that_do_not_fit_a_type_are_told_there(model: ColumnsModel, findings: Findings) -> None:
    assert findings.tested is not None
    wanted = [("Country", "date", None), ("InvoiceNo", "integer", None), ("Quantity", "float", None)]
    told = type_faults(findings.tested.frame, [*wanted, ("UnitPrice", "date", "x")])
    assert list(told) == ["Country", "InvoiceNo", "UnitPrice"]
    assert told["InvoiceNo"].startswith("column `InvoiceNo`: 'C5' cannot become integer; there are 1 such values")
    assert "a date pattern such as" in told["UnitPrice"]
    model.show_type_faults(told)
    assert shown(model, At.TYPE, FAULT)[1] == ""
    assert shown(model, At.TYPE, FAULT)[0] == told["InvoiceNo"]


def test_a_column_that_the_source_does_not_have_can_be_forgotten(model: ColumnsModel, draft: DraftModel) -> None:
    draft.change("Open", steps=[{"type": "columns", "columns": [{"column": "Gone", "name": "x"}]}])
    assert shown(model, At.SOURCE)[-1] == "Gone"
    assert model.fault(4) == "The source has no column Gone."
    model.remove_lost([0, 4])
    assert draft.part("steps") == []
    assert model.rowCount() == 4


def test_before_a_test_there_are_the_columns_that_the_recipe_names(
    model: ColumnsModel, draft: DraftModel, findings: Findings
) -> None:
    edit(model, 0, At.NAME, "invoice")
    findings.clear()
    assert shown(model, At.SOURCE) == ["InvoiceNo"]
    assert shown(model, At.TYPE) == [""]
    edit(model, 0, At.NAME, "number")
    assert columns(draft) == [{"column": "InvoiceNo", "name": "number"}]


def test_profiles_are_told_in_words_too(model: ColumnsModel, findings: Findings) -> None:
    assert findings.tested is not None
    model.show_profile(profile(findings.tested.frame))
    assert model.index(2, At.VALUES).data(PROFILE).missing == 1
    assert model.index(2, At.VALUES).data(ROLE.ToolTipRole).startswith("1 of 2 missing (50.0 %)")
    assert "2 distinct" in model.index(0, At.VALUES).data(ROLE.AccessibleTextRole)


def test_an_edit_turns_the_step_on_and_keeps_its_note(model: ColumnsModel, draft: DraftModel) -> None:
    draft.change("Off", steps=[{"type": "columns", "columns": [], "enabled": False, "note": "mine"}])
    edit(model, 0, At.NAME, "x")
    assert draft.part("steps") == [
        {"type": "columns", "columns": [{"column": "InvoiceNo", "name": "x"}], "note": "mine"}
    ]


@pytest.mark.parametrize("text", ["text", "date · %d.%m.%Y", "true or false · yes|no", "date and time · ms"])
def test_types_come_back_from_their_words(text: str) -> None:
    dtype, form = type_in(text)
    assert dtype is not None
    assert type_text(dtype, form) == text
