"""The columns pane by keyboard and by mouse: everything that is done with columns can be done, seen and undone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import polars as pl
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.analysis.profile import Profile
from fetchtozip_gui.core.errors import SpoolError
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.column_cells import FAULT, PROFILE, At
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.pages.columns_pane import ColumnsPane
from fetchtozip_gui.gui.theme import DARK, LIGHT, Theme

KEY, ALT = Qt.Key, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def pane(
    qtbot: QtBot, qapp: QApplication, draft: DraftModel, findings: Findings, find: Callable[..., None], errands: Errands
) -> Iterator[ColumnsPane]:
    Theme(qapp, dark=False)
    find(InvoiceNo=["536365", "C5"], Quantity=[6, None], Country=["France", "Spain"])
    pane = ColumnsPane(draft, findings, errands)
    qtbot.addWidget(pane)
    pane.resize(640, 400)
    with qtbot.waitExposed(pane):
        pane.show()
    qtbot.waitUntil(lambda: pane.model.index(0, At.VALUES).data(PROFILE) is not None)
    yield pane
    pane.leave()


def names(pane: ColumnsPane, at: At = At.SOURCE) -> list[str]:
    return [pane.model.index(row, at).data() for row in range(pane.model.rowCount())]


def press(pane: ColumnsPane, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(pane.table, key, modifier)


def editor(pane: ColumnsPane, kind: type[QWidget]) -> Any:
    (found,) = [one for one in pane.table.viewport().findChildren(kind) if one.isVisible() and one.accessibleName()]
    return found


def act(pane: ColumnsPane, *path: str) -> QAction:
    menu = pane.more.menu()
    menu.aboutToShow.emit()
    for name in path[:-1]:
        menu = next(action.menu() for action in menu.actions() if action.text() == name)
    return next(action for action in menu.actions() if action.text() == path[-1])


def test_before_a_test_it_says_what_to_do(qtbot: QtBot, pane: ColumnsPane, findings: Findings) -> None:
    findings.clear()
    assert not pane.table.isVisible()
    assert pane._empty.isVisible()
    assert "(F5)" in pane._empty.text()


def test_a_name_is_typed_with_the_keyboard_alone(qtbot: QtBot, pane: ColumnsPane) -> None:
    pane.table.setFocus()
    pane.table.choose([2])
    press(pane, KEY.Key_F2)
    line = editor(pane, QLineEdit)
    assert line.accessibleName() == "Name of Country"
    line.selectAll()
    QTest.keyClicks(line, "land")
    QTest.keyClick(line, KEY.Key_Return)
    qtbot.waitUntil(lambda: names(pane, At.NAME)[2] == "land")
    press(pane, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert names(pane, At.NAME)[2] == "Country"
    assert pane.redo.accessibleName() == "Redo: Rename Country"
    pane.redo.click()
    assert names(pane, At.NAME)[2] == "land"
    assert pane.undo.toolTip().startswith("Undo: Rename Country (")


def test_a_type_is_chosen_from_the_list_or_typed(qtbot: QtBot, pane: ColumnsPane, draft: DraftModel) -> None:
    pane.table.setCurrentIndex(pane.model.index(1, At.TYPE))
    press(pane, KEY.Key_F2)
    box = editor(pane, QComboBox)
    box.setCurrentIndex(box.findText("exact decimal"))
    box.activated.emit(box.currentIndex())
    assert draft.part("steps")[0]["columns"] == [{"column": "Quantity", "dtype": "decimal"}]
    pane.table.setCurrentIndex(pane.model.index(2, At.TYPE))
    press(pane, KEY.Key_F2)
    box = editor(pane, QComboBox)
    box.setEditText("date · %d/%m/%y")
    QTest.keyClick(box, KEY.Key_Return)
    qtbot.waitUntil(lambda: len(draft.part("steps")[0]["columns"]) == 2)
    assert draft.part("steps")[0]["columns"][1] == {"column": "Country", "dtype": "date", "format": "%d/%m/%y"}


def test_rows_move_with_alt_and_arrows(pane: ColumnsPane) -> None:
    pane.table.setFocus()
    pane.table.choose([1, 2])
    press(pane, KEY.Key_Up, ALT)
    assert names(pane) == ["Quantity", "Country", "InvoiceNo"]
    assert pane.table.chosen() == [0, 1]
    assert not pane.up.isEnabled()
    press(pane, KEY.Key_Up, ALT)
    pane.down.click()
    assert names(pane) == ["InvoiceNo", "Quantity", "Country"]
    assert not pane.down.isEnabled()


def test_space_and_delete_leave_out_all_that_are_chosen(pane: ColumnsPane, draft: DraftModel) -> None:
    pane.table.setFocus()
    pane.table.choose([0, 2])
    press(pane, KEY.Key_Space)
    assert [row.keep for row in pane.model.rows] == [False, True, False]
    press(pane, KEY.Key_Space)
    assert draft.part("steps") == []
    press(pane, KEY.Key_Delete)
    assert [row.keep for row in pane.model.rows] == [False, True, False]
    assert pane._summary.text() == "1 of 3 columns kept"


def test_a_click_on_the_box_leaves_out(qtbot: QtBot, pane: ColumnsPane) -> None:
    rect = pane.table.visualRect(pane.model.index(1, At.KEEP))
    at = QPoint(rect.left() + 16, rect.center().y())
    qtbot.mouseClick(pane.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert [row.keep for row in pane.model.rows] == [True, False, True]


def test_names_are_copied_and_pasted(pane: ColumnsPane, qapp: QApplication) -> None:
    pane.table.choose([0, 2])
    pane.table.copy()
    assert qapp.clipboard().text() == "InvoiceNo\tInvoiceNo\nCountry\tCountry"
    qapp.clipboard().setText("number\nland\nmore")
    pane.table.choose([1])
    pane.table.paste()
    assert names(pane, At.NAME) == ["InvoiceNo", "number", "land"]
    assert pane._said.text() == "2 names filled in. 1 line found no column: more"


def test_a_search_hides_the_others_and_moves_go_past_them(pane: ColumnsPane) -> None:
    pane.search.setText("n")
    assert pane._said.text() == "3 columns found"
    pane.search.setText("IN")
    assert [pane.table.isRowHidden(row) for row in range(3)] == [False, True, True]
    pane.search.setText("o")
    pane.table.choose([2])
    pane.table.shift(-1)
    assert names(pane) == ["Country", "InvoiceNo", "Quantity"]
    assert [pane.table.isRowHidden(row) for row in range(3)] == [False, False, True]
    pane.search.clear()
    assert not any(pane.table.isRowHidden(row) for row in range(3))


def test_the_menu_acts_on_what_is_chosen_or_on_all(pane: ColumnsPane, draft: DraftModel) -> None:
    act(pane, "Names", "lower_snake").trigger()
    assert names(pane, At.NAME) == ["invoice_no", "quantity", "country"]
    pane.table.choose([0])
    act(pane, "Type", "whole number").trigger()
    act(pane, "Move to the end").trigger()
    assert names(pane) == ["Quantity", "Country", "InvoiceNo"]
    act(pane, "Reset these").trigger()
    assert names(pane, At.NAME)[2] == "InvoiceNo"
    act(pane, "Reset all").trigger()
    assert draft.part("steps") == []


def test_a_type_that_does_not_fit_is_told_and_gone_to(qtbot: QtBot, pane: ColumnsPane) -> None:
    pane.model.set_type([0], ("integer", None))
    qtbot.waitUntil(lambda: bool(pane.model.index(0, At.TYPE).data(FAULT)))
    assert pane.mend.isVisible()
    assert pane.mend.text() == "✗ 1 column to mend"
    pane.mend.click()
    assert pane.table.chosen() == [0]
    assert "'C5' cannot become integer" in pane._said.text()
    pane.model.set_type([0], ("string", None))
    qtbot.waitUntil(lambda: not pane.model.index(0, At.TYPE).data(FAULT))
    assert not pane.mend.isVisible()


def test_a_list_is_dropped_on_the_table(pane: ColumnsPane) -> None:
    data = QMimeData()
    data.setText("InvoiceNo\tnumber\nCountry\tland")
    below = QPointF(40, pane.table.viewport().height() - 3)
    drop = QDropEvent(
        below,
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QEvent.Type.Drop,
    )
    # not sent: Qt hands a drop only to whom a drag of its own is over
    pane.table.dropEvent(drop)
    assert names(pane, At.NAME) == ["number", "Quantity", "land"]


def test_all_rows_of_a_job_are_looked_at(qtbot: QtBot, pane: ColumnsPane) -> None:
    pane.look_at(lambda: nullcontext(pl.LazyFrame({"Quantity": range(5000)})), "all 5,000 rows of the last run")
    qtbot.waitUntil(lambda: getattr(pane.model.index(1, At.VALUES).data(PROFILE), "rows", 0) == 5000)
    assert pane.model.index(0, At.VALUES).data(PROFILE) is None
    assert pane._summary.text().endswith("all 5,000 rows of the last run")
    pane.look_at(None)
    qtbot.waitUntil(lambda: pane.model.index(1, At.VALUES).data(PROFILE).rows == 2)
    assert "last run" not in pane._summary.text()


def test_rows_that_cannot_be_read_are_told(qtbot: QtBot, pane: ColumnsPane) -> None:
    def rows() -> AbstractContextManager[pl.LazyFrame]:
        raise SpoolError("They are gone.")

    with qtbot.waitSignal(pane.lost):
        pane.look_at(rows, "all rows")


def test_an_older_answer_is_dropped(qtbot: QtBot, pane: ColumnsPane) -> None:
    looked, go_on = threading.Event(), threading.Event()

    def slow() -> AbstractContextManager[pl.LazyFrame]:
        looked.set()
        assert go_on.wait(60)
        return nullcontext(pl.LazyFrame({"Quantity": [1] * 7}))

    told: list[Profile | None] = []
    pane.counted.connect(told.append)
    pane.look_at(slow, "all 7 rows")
    qtbot.waitUntil(looked.is_set)
    pane.look_at(lambda: nullcontext(pl.LazyFrame({"Quantity": [1] * 5})), "all 5 rows")
    qtbot.waitUntil(lambda: pane.model.index(1, At.VALUES).data(PROFILE).rows == 5)
    go_on.set()
    pane._errands._pool.waitForDone()
    qtbot.wait(20)
    assert pane.model.index(1, At.VALUES).data(PROFILE).rows == 5
    assert [found.rows for found in told if found is not None] == [5]


@pytest.mark.parametrize("dark", [False, True])
def test_bars_are_painted_in_both_themes(qapp: QApplication, pane: ColumnsPane, dark: bool) -> None:
    theme = Theme(qapp, dark=dark)
    cell = pane.table.visualRect(pane.model.index(1, At.VALUES))
    picture: QImage = pane.table.viewport().grab(cell).toImage()
    found = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
    # a half of the values is missing: the solid line and the hollow one are both there
    colours = DARK if dark else LIGHT
    assert {colours.good, colours.warn, colours.muted} <= found
    theme.deleteLater()


def test_the_columns_share_the_room_until_one_is_made_wider(pane: ColumnsPane) -> None:
    head = pane.table.horizontalHeader()
    assert head.length() == pane.table.viewport().width()
    pane.resize(900, 400)
    assert head.length() == pane.table.viewport().width()
    head.resizeSection(At.NAME, 300)
    pane.resize(700, 400)
    assert head.sectionSize(At.NAME) == 300


def test_every_control_has_a_name_and_a_tooltip(pane: ColumnsPane) -> None:
    for control in (pane.search, pane.up, pane.down, pane.undo, pane.redo, pane.more, pane.mend, pane.table):
        assert control.accessibleName() or control.text()
        assert control.toolTip() or control is pane.table
        assert control.focusPolicy() is not Qt.FocusPolicy.NoFocus


def test_where_there_is_little_room_the_example_gives_way(pane: ColumnsPane) -> None:
    pane.resize(460, 400)
    assert pane.table.isColumnHidden(At.EXAMPLE)
    assert pane.table.horizontalHeader().length() == pane.table.viewport().width()
    assert "such as 536365" in pane.model.index(0, At.SOURCE).data(Qt.ItemDataRole.ToolTipRole)
    pane.resize(800, 400)
    assert not pane.table.isColumnHidden(At.EXAMPLE)
