"""Recipes as files: saved whole or not at all, opened again, and remembered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from fetchtozip_gui.gui.documents import MOST_RECENT
from fetchtozip_gui.gui.widgets.bring_dialog import BringDialog
from fetchtozip_gui.gui.window import Window

LONG = 60_000


def choose(qtbot: QtBot, window: Window, action: str, path: Path) -> None:
    window.actions_.made[action].trigger()
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is not None)
    dialog = window.findChild(QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is None)


def test_a_draft_is_saved_changed_and_saved_again(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    file = tmp_path / "mine.fetchtozip.json"
    window.draft.change("Name", name="mine")
    choose(qtbot, window, "save", tmp_path / "mine")
    qtbot.waitUntil(lambda: window.draft.is_saved, timeout=LONG)
    assert json.loads(file.read_text()) == window.draft.document()
    assert window.banner.text().startswith("Saved as")
    assert window.rooms.bench.page._where.text().endswith("mine.fetchtozip.json")
    window.draft.change("Name", name="ours")
    assert window.rooms.bench.page._title.text() == "ours •"
    window.actions_.made["save"].trigger()
    qtbot.waitUntil(lambda: window.draft.is_saved, timeout=LONG)
    assert json.loads(file.read_text())["name"] == "ours"
    assert sorted(path.name for path in tmp_path.glob("*.json*")) == ["mine.fetchtozip.json"]


def test_what_cannot_be_written_is_told(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    choose(qtbot, window, "save_as", tmp_path / "no" / "where.json")
    qtbot.waitUntil(window.notice.isVisible, timeout=LONG)
    assert "cannot be written" in window.notice.text()
    assert window.documents.path is None


def test_what_was_saved_here_is_opened_without_a_question(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    file = tmp_path / "a.fetchtozip.json"
    window.draft.change("Name", name="mine")
    choose(qtbot, window, "save", file)
    qtbot.waitUntil(lambda: window.draft.is_saved, timeout=LONG)
    window.draft.change("Name", name="another")
    choose(qtbot, window, "open", file)
    qtbot.waitUntil(lambda: window.draft.part("name") == "mine", timeout=LONG)
    assert window.documents.path == file
    window.draft.undo()
    assert window.draft.part("name") == "another"


def test_what_somebody_changed_since_is_shown_first(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    file = tmp_path / "a.fetchtozip.json"
    choose(qtbot, window, "save", file)
    qtbot.waitUntil(file.exists, timeout=LONG)
    file.write_text(file.read_text().replace("online-retail", "other"))
    choose(qtbot, window, "open", file)
    qtbot.waitUntil(lambda: window.findChild(BringDialog) is not None, timeout=LONG)
    assert window.draft.part("name") == "online-retail"
    window.findChild(BringDialog).use.click()
    assert window.draft.part("name") == "other"


def test_new_begins_with_an_empty_draft(window: Window) -> None:
    window.actions_.made["new"].trigger()
    assert window.draft.part("source") == {"type": "http", "url": ""}
    window.draft.undo()
    assert window.draft.part("name") == "online-retail"


def test_recent_files_are_remembered_newest_first(window: Window, tmp_path: Path) -> None:
    for number in range(MOST_RECENT + 3):
        window.documents.take({"name": f"n{number}"}, "Open", tmp_path / f"{number}.json")
    window.documents.take({"name": "again"}, "Open", tmp_path / "5.json")
    names = [path.stem for path in window.documents.recent()]
    assert names[:3] == ["5", str(MOST_RECENT + 2), str(MOST_RECENT + 1)]
    assert len(names) == MOST_RECENT
    menu = window.recent_menu.actions()
    assert [action.text() for action in menu][:2] == ["5.json", f"{MOST_RECENT + 2}.json"]
    menu[0].trigger()  # a file that is not there any more
    assert "There is no file" in window.notice.text()
    assert "5" not in [path.stem for path in window.documents.recent()]


@pytest.mark.parametrize("kept", ["", "{", "[1, 2]", '{"a": 1}'])
def test_a_damaged_list_is_an_empty_one(window: Window, kept: str) -> None:
    window.memory.keep(documents__recent=kept)
    assert window.documents.recent() == []
