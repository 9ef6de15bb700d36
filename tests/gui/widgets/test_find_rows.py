"""Only rows that have what is typed stay in sight, and short tables have no such field."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from fetchtozip_gui.gui.widgets.find_rows import LONG, FindRows


def fill(table: QTableView, count: int) -> None:
    model = table.model()
    assert isinstance(model, QStandardItemModel)
    model.removeRows(0, model.rowCount())
    for number in range(count):
        model.appendRow([QStandardItem(f"Column {number}"), QStandardItem(str(number))])


@pytest.fixture
def pane(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.table = QTableView()
    made.table.setModel(QStandardItemModel(made))
    made.find = FindRows(made.table, "Find a column")
    made.find.works_in(made)
    column = QVBoxLayout(made)
    column.addWidget(made.find)
    column.addWidget(made.table)
    fill(made.table, 30)
    with qtbot.waitExposed(made):
        made.show()
    return made


def left(pane: QWidget) -> list[str]:
    model = pane.table.model()
    return [model.index(row, 0).data() for row in range(model.rowCount()) if not pane.table.isRowHidden(row)]


def test_what_is_typed_is_left(qtbot: QtBot, pane: QWidget) -> None:
    with qtbot.waitActive(pane):
        pane.activateWindow()
    pane.table.setFocus()
    QTest.keyClick(pane.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert pane.find.hasFocus()
    QTest.keyClicks(pane.find, "COLUMN 2")
    assert left(pane) == ["Column 2", *(f"Column {number}" for number in range(20, 30))]
    assert pane.table.currentIndex().data() == "Column 2"
    QTest.keyClick(pane.find, Qt.Key.Key_Down)
    assert pane.table.hasFocus()
    QTest.keyClick(pane.find, Qt.Key.Key_Escape)
    assert len(left(pane)) == 30


def test_other_rows_are_searched_too_and_few_are_not(pane: QWidget) -> None:
    pane.find.setText("column 31")
    assert left(pane) == []
    fill(pane.table, 40)
    assert left(pane) == ["Column 31"]
    fill(pane.table, LONG)
    assert pane.find.isHidden()
    assert len(left(pane)) == LONG


def test_of_two_tables_in_one_window_the_keys_go_to_the_one_that_is_used(qtbot: QtBot, pane: QWidget) -> None:
    # as the tabs of a file are
    window, other = QWidget(), QWidget()
    qtbot.addWidget(window)
    table = QTableView()
    table.setModel(QStandardItemModel(other))
    find = FindRows(table, "Find another column")
    find.works_in(other)
    column = QVBoxLayout(other)
    column.addWidget(find)
    column.addWidget(table)
    both = QVBoxLayout(window)
    both.addWidget(pane)
    both.addWidget(other)
    fill(table, 30)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    for used, wanted in ((table, find), (pane.table, pane.find)):
        used.setFocus()
        QTest.keyClick(used, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert wanted.hasFocus()
    pane.setParent(None)  # whoever made it deletes it
