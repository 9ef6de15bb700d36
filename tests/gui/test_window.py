"""The main job in the real window: by keyboard alone, with every control named, errors in place, nothing lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QSplitter
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.errors import JobLocked
from fetchtozip_gui.core.outputs.verify import verify
from fetchtozip_gui.demo import demo_recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.job import ACTIVE
from fetchtozip_gui.gui import closing
from fetchtozip_gui.gui.models.session import Opened
from fetchtozip_gui.gui.pages.help import HelpPage
from fetchtozip_gui.gui.pages.jobs import JobsPage
from fetchtozip_gui.gui.starting import is_same_place
from fetchtozip_gui.gui.widgets.bring_dialog import BringDialog
from fetchtozip_gui.gui.widgets.job_card import JobCard
from fetchtozip_gui.gui.window import Window

if TYPE_CHECKING:
    from conftest import Keyboard

LONG = 60_000
CTRL = Qt.KeyboardModifier.ControlModifier
SMALL = "/practice/online-retail?rows=2000&limit=1000"
SLOW = "/practice/online-retail?rows=24000&latency_ms=250&limit=1000"


def type_address(window: Window, address: str) -> None:
    window.rooms.form.address.setText(address)
    window.rooms.form.address.textEdited.emit(address)


def begin(qtbot: QtBot, window: Window, address: str) -> None:
    before = window.jobs.rowCount()
    type_address(window, address)
    window.start()
    qtbot.waitUntil(lambda: window.jobs.rowCount() == before + 1, timeout=LONG)


def finish(qtbot: QtBot, window: Window) -> JobCard:
    """Wait for the end of the newest job, which must be a good one."""
    qtbot.waitUntil(lambda: state(window) not in ("", *ACTIVE), timeout=LONG)
    card = window.rooms.cards.newest()
    assert card.job.state == "completed", card.words
    return card


def state(window: Window) -> str:
    card = window.rooms.cards.newest()
    return card.job.state if card else ""


def test_the_main_job_by_keyboard_alone(
    qtbot: QtBot, window: Window, keyboard: Keyboard, practice: str, downloads: Path
) -> None:
    # the address has the keyboard, all of it selected: typing replaces the practice source
    assert window.rooms.form.address.hasFocus()
    keyboard.type(f"{practice}{SMALL}")
    keyboard.press(Qt.Key.Key_Tab)
    assert window.rooms.form.formats["zip"].hasFocus()
    keyboard.press(Qt.Key.Key_Right)
    assert window.draft.part("output")["format"] == "csv"
    keyboard.press(Qt.Key.Key_Left)
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.type("two thousand")
    keyboard.press(Qt.Key.Key_Tab)
    assert window.rooms.form.folder.hasFocus()
    keyboard.press(Qt.Key.Key_Return, CTRL)
    finish(qtbot, window)
    keyboard.press(Qt.Key.Key_J, CTRL)
    keyboard.press(Qt.Key.Key_C, CTRL)
    result = downloads / "two thousand.zip"
    assert QGuiApplication.clipboard().mimeData().urls() == [QUrl.fromLocalFile(str(result))]
    assert "2,000 rows" in verify(result).words
    assert window.jobs.rowCount() == 1
    assert window.rooms.cards.newest().words.headline == "Complete: 2,000 of 2,000 rows"


def test_start_pressed_once_makes_the_practice_zip(
    qtbot: QtBot, window: Window, practice: str, downloads: Path
) -> None:
    assert is_same_place(window.rooms.form.address.text(), window.session.practice)
    type_address(window, f"{practice}{SMALL}")
    qtbot.mouseClick(window.rooms.form.start, Qt.MouseButton.LeftButton)
    finish(qtbot, window)
    assert window.rooms.cards.newest().words.file == downloads / "online-retail.zip"


def test_start_before_the_engine_is_there_is_not_lost(
    qtbot: QtBot, closed_window: Window, engine: Engine, practice: str
) -> None:
    type_address(closed_window, f"{practice}{SMALL}")
    qtbot.mouseClick(closed_window.rooms.form.start, Qt.MouseButton.LeftButton)
    closed_window.open(Opened(engine, address=practice, practice=demo_recipe(practice)))
    finish(qtbot, closed_window)
    assert closed_window.rooms.form.address.text().endswith("?rows=2000&limit=1000")


def test_a_job_is_cancelled_resumed_and_run_again(qtbot: QtBot, window: Window, practice: str, downloads: Path) -> None:
    begin(qtbot, window, f"{practice}{SLOW}")
    card = window.rooms.cards.newest()
    qtbot.waitUntil(lambda: card.job.rows > 0, timeout=LONG)
    card.buttons["cancel"].click()
    qtbot.waitUntil(lambda: card.job.state == "cancelled", timeout=LONG)
    assert "are kept" in card.words.detail
    card.buttons["resume"].click()
    qtbot.waitUntil(lambda: card.job.state == "completed", timeout=LONG)
    assert card.words.headline == "Complete: 24,000 of 24,000 rows"
    assert card.job.attempt == 2
    card.buttons["retry"].click()
    qtbot.waitUntil(lambda: window.jobs.rowCount() == 2 and state(window) == "completed", timeout=LONG)
    assert [path.name for path in downloads.iterdir()] == ["online-retail.zip"]


def test_a_second_start_leaves_the_first_file_alone(
    qtbot: QtBot, window: Window, practice: str, downloads: Path
) -> None:
    for _ in range(2):
        begin(qtbot, window, f"{practice}{SMALL}")
        finish(qtbot, window)
    assert sorted(path.name for path in downloads.iterdir()) == ["online-retail (1).zip", "online-retail.zip"]


def test_a_copy_is_saved_elsewhere(qtbot: QtBot, window: Window, practice: str, tmp_path: Path) -> None:
    begin(qtbot, window, f"{practice}{SMALL}")
    card = finish(qtbot, window)
    copy = tmp_path / "copy.zip"
    card.buttons["save_as"].click()
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is not None)
    dialog = window.findChild(QFileDialog)
    dialog.fileSelected.emit(str(copy))
    dialog.reject()
    qtbot.waitUntil(card.notice.isVisible)
    assert card.notice.text().startswith("Saved as")
    assert copy.read_bytes() == card.words.file.read_bytes()


def test_a_result_that_is_gone_is_said_on_its_card(qtbot: QtBot, window: Window, practice: str) -> None:
    begin(qtbot, window, f"{practice}{SMALL}")
    card = finish(qtbot, window)
    card.words.file.unlink()
    card.buttons["open_folder"].click()
    qtbot.waitUntil(card.notice.isVisible)
    assert "no longer at" in card.notice.text()


# --- errors in place ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "folder", "field", "words"),
    [
        ("", None, "Address", "Address: is empty. Type or paste one that begins with https:// or http://."),
        ("ftp://example.com/a", None, "Address", "Address: must be an address that begins with https:// or http://"),
        ("https://example.com/a", "nowhere", "Folder", "Folder: there is no folder "),
    ],
)
def test_a_wrong_entry_is_said_beside_it(
    qtbot: QtBot, window: Window, address: str, folder: str | None, field: str, words: str
) -> None:
    type_address(window, address)
    if folder is not None:
        window.rooms.form.folder.setText(folder)
        window.rooms.form.folder.textEdited.emit(folder)
    window.start()
    notice = window.rooms.form.notices[field]
    qtbot.waitUntil(notice.isVisible, timeout=LONG)
    assert notice.text().replace("\u200b", "").startswith(words)
    assert (window.rooms.form.address if field == "Address" else window.rooms.form.folder).hasFocus()
    assert window.jobs.rowCount() == 0
    qtbot.keyClick(window.rooms.form.address, Qt.Key.Key_X)
    assert not notice.isVisible()


def test_a_source_that_fails_is_told_on_the_card(qtbot: QtBot, window: Window, practice: str) -> None:
    begin(qtbot, window, f"{practice}/nothing?x=<b>1</b>")
    qtbot.waitUntil(lambda: state(window) == "failed", timeout=LONG)
    words = window.rooms.cards.newest().words
    assert "404" in words.headline
    assert words.tone == "bad"
    assert "retry" in words.acts


def test_a_data_folder_in_use_is_told_and_can_be_tried_again(
    qtbot: QtBot, closed_window: Window, engine: Engine, practice: str
) -> None:
    closed_window.cannot_open(JobLocked("The data folder is in use.", "Close the other program."))
    again = closed_window.banner.do
    assert again.text() == "Try again"
    assert closed_window.banner.text() == "The data folder is in use. Close the other program."
    with qtbot.waitSignal(closed_window.asked_again):
        again.click()
    closed_window.open(Opened(engine, address=practice, practice=demo_recipe(practice)))
    assert not closed_window.banner.isVisible()


# --- pages --------------------------------------------------------------------------------------------------------


def test_pages_are_made_when_they_are_asked_for(window: Window, keyboard: Keyboard) -> None:
    assert window.findChild(JobsPage) is None
    keyboard.press(Qt.Key.Key_2, CTRL)
    page = window.findChild(JobsPage)
    assert page.isVisible()
    assert page.filter.hasFocus()
    keyboard.press(Qt.Key.Key_1, CTRL)
    assert window.rooms.form.isVisible()
    keyboard.press(Qt.Key.Key_2, CTRL)
    assert window.findChildren(JobsPage) == [page]


def test_the_sidebar_is_walked_with_the_arrows(window: Window, keyboard: Keyboard) -> None:
    window.sidebar.buttons["export"].setFocus()
    for name in ("jobs", "script", "settings"):
        keyboard.press(Qt.Key.Key_Down)
        assert window.sidebar.buttons[name].hasFocus()
        keyboard.press(Qt.Key.Key_Space)
        assert window.sidebar.buttons[name].isChecked()
        # whoever walks along the sidebar stays there
        assert window.sidebar.buttons[name].hasFocus()


def test_f1_shows_the_help_and_every_shortcut(window: Window, keyboard: Keyboard) -> None:
    keyboard.press(Qt.Key.Key_F1)
    page = window.findChild(HelpPage)
    assert page.isVisible()
    assert "practice source" in page.text.toPlainText()
    keyboard.press(Qt.Key.Key_F1, CTRL)
    shown = page.text.toPlainText()
    for action in window.actions_.known.values():
        assert not action.keys or action.words in shown, action


def test_undo_and_redo_say_what_they_do(window: Window, keyboard: Keyboard) -> None:
    address = window.rooms.form.address.text()
    assert not window.actions_.made["undo"].isEnabled()
    window.draft.change("Rename to mine", name="mine")
    assert window.actions_.made["undo"].text() == "&Undo “Rename to mine”"
    window.rooms.form.start.setFocus()
    keyboard.press(Qt.Key.Key_Z, CTRL)
    assert window.draft.part("name") == "online-retail"
    assert window.actions_.made["redo"].text() == "&Redo “Rename to mine”"
    assert window.rooms.form.address.text() == address


def test_splitters_are_as_they_were_left(window: Window) -> None:
    flow = window.findChild(QSplitter, "export-flow")
    flow.setSizes([700, 300])
    left = flow.saveState()
    window.memory.keep(**window.state())
    flow.setSizes([300, 700])
    window._restore_splitters(window)
    assert flow.saveState() == left


# --- what is dropped ----------------------------------------------------------------------------------------------


def drop(window: Window, data: QMimeData) -> None:
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPoint(10, 10), action, data, button, Qt.KeyboardModifier.NoModifier))


def test_a_dropped_address_becomes_the_source(qtbot: QtBot, window: Window) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://api.example.com/orders?page=1")])
    drop(window, data)
    qtbot.waitUntil(lambda: window.draft.part("name") == "orders", timeout=LONG)
    assert window.rooms.form.address.text() == "https://api.example.com/orders?page=1"
    window.draft.undo()
    assert is_same_place(window.rooms.form.address.text(), window.session.practice)


def test_a_file_that_is_nothing_is_told(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "nowhere.json"))])
    drop(window, data)
    qtbot.waitUntil(window.notice.isVisible, timeout=LONG)


def test_what_others_made_is_shown_before_it_is_taken(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    recipe = {"name": "theirs", "source": {"type": "http", "url": "https://example.com/x?token=abcdefgh12345"}}
    file = tmp_path / "theirs.json"
    file.write_text(json.dumps({"version": 1, **recipe}))
    window.bringing.take(file)
    qtbot.waitUntil(lambda: window.findChild(BringDialog) is not None, timeout=LONG)
    dialog = window.findChild(BringDialog)
    assert "Fetches https://example.com/x, at most 100 pages." in dialog.about.text()
    assert "abcdefgh12345" not in dialog.about.text()
    assert window.draft.part("name") == "online-retail"
    dialog.reject()
    assert window.draft.part("name") == "online-retail"


def test_one_click_goes_back_to_the_practice_source(window: Window) -> None:
    type_address(window, "https://example.com/x")
    back = next(button for button in window.findChildren(QPushButton) if button.text() == "Use the practice source")
    assert back.isVisible()
    back.click()
    assert is_same_place(window.rooms.form.address.text(), window.session.practice)
    assert not back.isVisible()


# --- closing ------------------------------------------------------------------------------------------------------


@pytest.fixture
def answer(qtbot: QtBot, window: Window) -> Callable[[str], None]:
    """Closes the window and presses a button of the question."""

    def press(text: str) -> None:
        assert not window.close()
        qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None)
        box = window.findChild(QMessageBox)
        next(button for button in box.buttons() if button.text() == text).click()
        qtbot.waitUntil(lambda: window.findChild(QMessageBox) is None)

    return press


def test_closing_with_a_job_at_work_asks_and_pauses_it(
    qtbot: QtBot, window: Window, engine: Engine, practice: str, answer: Callable[[str], None]
) -> None:
    begin(qtbot, window, f"{practice}{SLOW}")
    qtbot.waitUntil(lambda: state(window) == "running", timeout=LONG)
    job_id = window.jobs.newest().id
    answer(closing.STAY)
    assert window.isVisible()
    answer(closing.PAUSE)
    qtbot.waitUntil(lambda: not window.isVisible())
    window.leave()
    engine.close()
    job = engine.job(job_id)
    assert (job.state, job.can_go_on) == ("paused", True)


def test_closing_can_cancel_the_jobs(
    qtbot: QtBot, window: Window, engine: Engine, practice: str, answer: Callable[[str], None]
) -> None:
    begin(qtbot, window, f"{practice}{SLOW}")
    qtbot.waitUntil(lambda: state(window) == "running", timeout=LONG)
    job_id = window.jobs.newest().id
    answer(closing.CANCEL)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=LONG)
    window.leave()
    engine.close()
    assert engine.job(job_id).state == "cancelled"


def test_closing_asks_nothing_where_that_is_set(qtbot: QtBot, window: Window, practice: str) -> None:
    begin(qtbot, window, f"{practice}{SLOW}")
    window.preferences.set("asks", False)
    assert window.close()


def test_jobs_that_were_cut_off_are_offered_again(qtbot: QtBot, window: Window, engine: Engine, practice: str) -> None:
    begin(qtbot, window, f"{practice}{SLOW}")
    qtbot.waitUntil(lambda: window.jobs.newest().rows > 0, timeout=LONG)
    engine.pause(window.jobs.newest().id)
    qtbot.waitUntil(lambda: state(window) == "paused", timeout=LONG)
    window.offer_recovery([window.jobs.newest()])
    assert window.banner.text().startswith("The program ended while 1 job ran: “online-retail”.")
    window.banner.do.click()
    qtbot.waitUntil(lambda: window.jobs.newest().attempt == 2, timeout=LONG)
    finish(qtbot, window)
    assert window.jobs.newest().attempt == 2


def test_a_removed_job_is_gone_everywhere(qtbot: QtBot, window: Window, engine: Engine, practice: str) -> None:
    begin(qtbot, window, f"{practice}{SMALL}")
    result = finish(qtbot, window).words.file
    window.act("details", window.jobs.newest().id)
    page = window.findChild(JobsPage)
    page.card.buttons["remove"].click()
    box = window.findChild(QMessageBox)
    next(button for button in box.buttons() if button.text() == "Remove").click()
    qtbot.waitUntil(lambda: window.jobs.rowCount() == 0, timeout=LONG)
    assert engine.jobs() == []
    assert result.exists()  # a file in a folder of the user's own is his
    qtbot.waitUntil(lambda: window.rooms.cards.newest() is None)


def test_a_job_is_brought_back_to_be_edited(qtbot: QtBot, window: Window, practice: str) -> None:
    begin(qtbot, window, f"{practice}{SMALL}")
    job = finish(qtbot, window).job
    window.draft.change("Name", name="another")
    window.act("edit", job.id)
    assert window.draft.document() == {"version": 1, "steps": [], **job.recipe}


def test_closing_without_jobs_asks_nothing(window: Window) -> None:
    assert window.close()
    assert window.findChild(QMessageBox) is None
