"""The form for how a file is read: what was found is shown, a change reads again, undo takes it back."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from xlsxwriter import Workbook

from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.gui.models.files import OpenedFile
from fetchtozip_gui.gui.models.session import Opened
from fetchtozip_gui.gui.pages.file_pane import FilePane
from fetchtozip_gui.gui.widgets.read_form import ReadForm
from fetchtozip_gui.gui.window import Window

if TYPE_CHECKING:
    from conftest import Keyboard

LONG = 60_000


@pytest.fixture
def pane_of(qtbot: QtBot, closed_window: Window, engine: Engine) -> Any:
    """Opens a file of this name and body, and waits until it is read."""
    closed_window.open(Opened(engine, engine.jobs()))
    closed_window.go_to("files")
    page = closed_window.rooms.files.page

    def opened(path: Path) -> FilePane:
        page.open([path])
        pane = page.pane()
        settle(qtbot, pane)
        return pane

    return opened


def settle(qtbot: QtBot, pane: FilePane) -> None:
    form = pane.form
    assert isinstance(form, ReadForm)
    qtbot.waitUntil(
        lambda: pane.file.state not in ("waiting", "reading") and form.outlook is not None and form.is_up_to_date(),
        timeout=LONG,
    )


def choose(qtbot: QtBot, pane: FilePane, name: str, value: Any) -> OpenedFile:
    pane.form.open()
    box = pane.form.boxes[name]
    at = next(at for at in range(box.count()) if box.itemData(at) == value)
    box.setCurrentIndex(at)
    box.activated.emit(at)
    settle(qtbot, pane)
    return pane.file


def columns(pane: FilePane) -> list[str]:
    return [name for name, _ in pane.file.read.columns]


def test_what_was_found_is_shown_and_changed(qtbot: QtBot, pane_of: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Städte\nn;city\n1;Zürich\n2;Bern\n3;Rom;x\n".encode("cp1252"))
    pane = pane_of(path)
    form = pane.form
    assert form.summary.text() == "CSV · comma · cp1252 · names in line 1"
    assert not form.body.isVisible()
    form.open()
    shown = [name for name, box in form.boxes.items() if box.isVisible()]
    assert shown == ["format", "delimiter", "quote", "encoding", "header", "bad_lines"]
    assert form.boxes["header"].itemText(1) == "Line 2: n;city"
    file = choose(qtbot, pane, "header", 2)
    assert file.words().startswith("only 2 rows")
    assert "Line 5 has 3 fields" in file.read.problem
    choose(qtbot, pane, "bad_lines", "skip")
    assert (columns(pane), file.read.rows) == (["n", "city"], 2)
    assert form.summary.text() == "CSV · semicolon · cp1252 · names in line 2 · bad lines left out"
    assert form.left_out.count() == 1
    assert form.left_out.item(0).text() == "Line 5 has 3 fields where the header has 2: '3', 'Rom', 'x'."
    # the tabs follow
    profile = pane.tab("Profile")
    qtbot.waitUntil(lambda: profile.model.found == 2, timeout=LONG)
    choose(qtbot, pane, "header", 0)
    qtbot.waitUntil(lambda: profile.model.rowCount() == 1, timeout=LONG)
    assert columns(pane) == ["column_1"]
    for words in ("Names in", "Bad lines", "Names in"):
        assert file.draft.undo_words() == words
        file.draft.undo()
        settle(qtbot, pane)
    assert file.draft.part("source") == {"type": "file", "path": str(path)}
    assert form.left_out.isHidden()
    assert columns(pane) == ["Städte"]


def test_what_is_not_in_the_list_is_typed(qtbot: QtBot, pane_of: Any, tmp_path: Path, keyboard: Keyboard) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a^b\n1^2\n")
    pane = pane_of(path)
    pane.form.open()
    line = pane.form.boxes["delimiter"].lineEdit()
    line.setFocus()
    line.selectAll()
    keyboard.type("^")
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(qtbot, pane)
    assert columns(pane) == ["a", "b"]
    assert pane.file.draft.part("source")["delimiter"] == "^"
    line = pane.form.boxes["encoding"].lineEdit()
    line.setFocus()
    line.selectAll()
    keyboard.type("klingon")
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(qtbot, pane)
    assert pane.file.state == "failed"
    assert "there is no encoding 'klingon'" in pane.notice.text().replace("\u200b", "")
    pane.file.draft.undo()
    settle(qtbot, pane)
    assert pane.file.state == "ready"


def test_the_sheets_of_a_workbook_with_their_rows(qtbot: QtBot, pane_of: Any, tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    with Workbook(str(path)) as book:
        for name, count in (("First", 3), ("Second", 5)):
            sheet = book.add_worksheet(name)
            for row in range(count):
                sheet.write_row(row, 0, [name if row == 0 else row])
    pane = pane_of(path)
    assert pane.form.summary.text() == "Excel · 1 of 2 sheets · names in row 1"
    pane.form.open()
    box = pane.form.boxes["sheet"]
    assert [box.itemText(at) for at in range(3)] == [
        "Found out: the first with rows",
        "First · 3 rows",
        "Second · 5 rows",
    ]
    choose(qtbot, pane, "sheet", "Second")
    assert (columns(pane), pane.file.read.rows) == (["Second"], 4)


def test_where_the_rows_of_a_json_are(qtbot: QtBot, pane_of: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"x": {"y": [{"a": 1}]}, "z": [{"b": 1}, {"b": 2}]}')
    pane = pane_of(path)
    assert columns(pane) == ["b"]
    choose(qtbot, pane, "records", "$.x.y")
    assert (columns(pane), pane.form.summary.text()) == (["a"], "JSON · rows at $.x.y")


def test_a_file_of_a_zip_is_chosen(qtbot: QtBot, pane_of: Any, tmp_path: Path) -> None:
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x\n1\n")
        archive.writestr("b.csv", "y\n1\n")
    pane = pane_of(path)
    # what cannot be read opens the form by itself
    assert (pane.file.state, pane.form.boxes["member"].isVisible()) == ("failed", True)
    choose(qtbot, pane, "member", "b.csv")
    assert columns(pane) == ["y"]
