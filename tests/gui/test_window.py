"""The main job in the real window: by keyboard alone, with every control named, errors in place, nothing lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QSplitter
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
from fetchtozip_gui.gui.window_state import restore_splitters, state_of

if TYPE_CHECKING:
    from conftest import Keyboard

LONG = 60_000
CTRL = Qt.KeyboardModifier.ControlModifier
SMALL = "/practice/online-retail?rows=2000&limit=1000"
SLOW = "/practice/online-retail?rows=24000&latency_ms=250&limit=1000"


def address_of(window: Window) -> str:
    return str(window.draft.part("source")["url"])


def type_address(window: Window, address: str) -> None:
    window.draft.change("Address", source={**window.draft.part("source"), "url": address})


def begin(qtbot: QtBot, window: Window, address: str) -> None:
    before = window.jobs.rowCount()
    type_address(window, address)
    window.start()
    qtbot.waitUntil(lambda: window.jobs.rowCount() == before + 1, timeout=LONG)


def finish(qtbot: QtBot, window: Window) -> JobCard:
    """Wait for the end of the newest job, which must be a good one."""
    qtbot.waitUntil(lambda: state(window) not in ("", *ACTIVE), timeout=LONG)
    card = window.rooms.bench.cards.newest()
    assert card.job.state == "completed", card.words
    return card


def state(window: Window) -> str:
    card = window.rooms.bench.cards.newest()
    return card.job.state if card else ""


def test_the_main_job_by_keyboard_alone(
    qtbot: QtBot, window: Window, keyboard: Keyboard, practice: str, downloads: Path
) -> None:
    keyboard.press(Qt.Key.Key_L, CTRL)
    # the address has the keyboard, all of it selected: typing replaces the practice source
    keyboard.type(f"{practice}{SMALL}")
    keyboard.press(Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.rooms.bench.findings.tested is not None, timeout=LONG)
    keyboard.press(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    keyboard.press(Qt.Key.Key_A, CTRL)
    keyboard.type("two thousand")
    keyboard.press(Qt.Key.Key_Return, CTRL)
    finish(qtbot, window)
    keyboard.press(Qt.Key.Key_J, CTRL)
    keyboard.press(Qt.Key.Key_C, CTRL)
    result = downloads / "two thousand.zip"
    assert QGuiApplication.clipboard().mimeData().urls() == [QUrl.fromLocalFile(str(result))]
    assert "2,000 rows" in verify(result).words
    assert window.jobs.rowCount() == 1
    assert window.rooms.bench.cards.newest().words.headline == "Complete: 2,000 of 2,000 rows"


def test_the_practice_source_is_tested_by_itself_and_started_by_mouse(
    qtbot: QtBot, window: Window, downloads: Path
) -> None:
    bench = window.rooms.bench
    qtbot.waitUntil(lambda: bench.findings.tested is not None, timeout=LONG)
    assert bench.findings.tested.rows_total == 541_909
    qtbot.waitUntil(lambda: bench.columns.model.rowCount() == 8, timeout=LONG)
    window.draft.change("Fewer", source={**window.draft.part("source"), "page_limit": 2})
    qtbot.waitUntil(lambda: bench.output.start.isEnabled() and not bench.output._timer.isActive(), timeout=LONG)
    qtbot.mouseClick(bench.output.start, Qt.MouseButton.LeftButton)
    finish(qtbot, window)
    assert window.rooms.bench.cards.newest().words.file == downloads / "online-retail.zip"


def test_the_other_pages_are_made_while_nothing_runs(qtbot: QtBot, window: Window) -> None:
    window.go_to_address()
    focused = window.focusWidget()
    with qtbot.waitSignal(window.rooms.prepared, timeout=LONG):
        window.rooms.prepare()
    made = dict(window.rooms._made)
    assert set(made) == {place.id for place in window.places}
    assert window.rooms.bench.page.isVisible()
    assert window.focusWidget() is focused
    for name, page in made.items():
        assert page.window() is window
        assert window.rooms.page(name) is page
    assert window.go_to("script") is made["script"]


def test_nothing_is_made_beside_a_job(qtbot: QtBot, window: Window, practice: str) -> None:
    begin(qtbot, window, f"{practice}{SLOW}")
    window.rooms.prepare()
    window.rooms._prepare_one()
    assert list(window.rooms._made) == ["export"]
    window.act("cancel", window.jobs.newest().id)
    with qtbot.waitSignal(window.rooms.prepared, timeout=LONG):
        qtbot.waitUntil(lambda: state(window) == "cancelled", timeout=LONG)


def test_nothing_is_made_while_a_file_is_read(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("id,name\n" + "".join(f"{number},name {number}\n" for number in range(1_000_000)))
    window.go_to("files")
    window.rooms.files.page.open([path])
    assert window.rooms.files.model.is_reading
    window.rooms.prepare()
    window.rooms._prepare_one()
    assert set(window.rooms._made) == {"export", "files"}
    with qtbot.waitSignal(window.rooms.prepared, timeout=LONG):
        qtbot.waitUntil(lambda: not window.rooms.files.model.is_reading, timeout=LONG)


def test_start_before_the_engine_is_there_is_not_lost(
    qtbot: QtBot, closed_window: Window, engine: Engine, practice: str
) -> None:
    closed_window.draft.begin({"source": {"type": "http", "url": f"{practice}{SMALL}"}})
    closed_window.start()
    closed_window.open(Opened(engine, address=practice, practice=demo_recipe(practice)))
    finish(qtbot, closed_window)
    assert address_of(closed_window) == f"{practice}{SMALL}"


def test_a_job_is_cancelled_resumed_and_run_again(qtbot: QtBot, window: Window, practice: str, downloads: Path) -> None:
    begin(qtbot, window, f"{practice}{SLOW}")
    card = window.rooms.bench.cards.newest()
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


def test_a_result_is_sent_to_another_job(qtbot: QtBot, window: Window, practice: str, downloads: Path) -> None:
    begin(qtbot, window, f"{practice}{SMALL}")
    first = finish(qtbot, window).job
    before = window.draft.document()
    page = window.go_to("jobs")
    assert isinstance(page, JobsPage)
    assert page.card is not None
    page.card.buttons["send"].click()
    bench = window.rooms.bench
    sent = {"type": "job", "job_id": first.id}
    qtbot.waitUntil(lambda: window.draft.part("source") == sent, timeout=LONG)
    # its rows are shown without being asked for
    qtbot.waitUntil(
        lambda: bench.findings.tested is not None and bench.findings.tested.rows_total == 2_000, timeout=LONG
    )
    steps = [{"type": "filter", "where": "Country = 'France'"}]
    window.draft.change("France", steps=steps, output={"type": "file", "format": "csv"}, name="france")
    window.start()
    qtbot.waitUntil(lambda: window.jobs.rowCount() == 2, timeout=LONG)
    second = finish(qtbot, window).job
    assert second.rows == 2_000
    assert 0 < second.written_rows < 2_000
    assert (downloads / "france.csv").is_file()
    window.draft.undo()
    window.draft.undo()
    assert window.draft.document() == before


def test_a_job_whose_source_was_removed_says_so(qtbot: QtBot, window: Window, engine: Engine) -> None:
    window.draft.change("Gone", source={"type": "job", "job_id": "0123456789abc"}, name="gone")
    window.start()
    qtbot.waitUntil(lambda: state(window) == "failed", timeout=LONG)
    words = window.rooms.bench.cards.newest().words
    assert "is not here any more" in words.headline
    assert words.hint == "Choose another job, or run that one again."


def test_a_result_that_is_gone_is_said_on_its_card(qtbot: QtBot, window: Window, practice: str) -> None:
    begin(qtbot, window, f"{practice}{SMALL}")
    card = finish(qtbot, window)
    card.words.file.unlink()
    card.buttons["open_folder"].click()
    qtbot.waitUntil(card.notice.isVisible)
    assert "no longer at" in card.notice.text()


# --- errors in place ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": {"type": "http", "url": " "}}, "Address:"),
        ({"source": {"type": "http", "url": "ftp://example.com/a"}}, "Address:"),
        ({"output": {"type": "file", "path": "/no/where/"}}, "/no/where"),
    ],
)
def test_a_draft_that_cannot_be_started_says_why(
    qtbot: QtBot, window: Window, changes: dict[str, object], words: str
) -> None:
    output = window.rooms.bench.output
    window.draft.change("Wrong", merge="source.url", **changes)
    qtbot.waitUntil(lambda: not output.start.isEnabled(), timeout=LONG)
    assert words in output.reason
    window.go_to("jobs")
    window.start()
    qtbot.waitUntil(output.notice.isVisible, timeout=LONG)
    assert words in output.notice.text().replace("\u200b", "")
    assert window.jobs.rowCount() == 0
    window.draft.undo()
    qtbot.waitUntil(output.start.isEnabled, timeout=LONG)
    assert not output.notice.isVisible()


def test_a_source_that_fails_is_told_on_the_card(qtbot: QtBot, window: Window, practice: str) -> None:
    begin(qtbot, window, f"{practice}/nothing?x=<b>1</b>")
    qtbot.waitUntil(lambda: state(window) == "failed", timeout=LONG)
    words = window.rooms.bench.cards.newest().words
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
    assert window.rooms.bench.page.isVisible()
    keyboard.press(Qt.Key.Key_2, CTRL)
    assert window.findChildren(JobsPage) == [page]


def test_the_sidebar_is_walked_with_the_arrows(window: Window, keyboard: Keyboard) -> None:
    window.sidebar.buttons["export"].setFocus()
    for name in ("jobs", "files", "script", "settings"):
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
    address = address_of(window)
    assert not window.actions_.made["undo"].isEnabled()
    window.draft.change("Rename to mine", name="mine")
    assert window.actions_.made["undo"].text() == "&Undo “Rename to mine”"
    window.rooms.bench.output.start.setFocus()
    keyboard.press(Qt.Key.Key_Z, CTRL)
    assert window.draft.part("name") == "online-retail"
    assert window.actions_.made["redo"].text() == "&Redo “Rename to mine”"
    assert address_of(window) == address


def test_splitters_are_as_they_were_left(window: Window) -> None:
    flow = window.findChild(QSplitter, "export-flow")
    flow.setSizes([700, 300, 400])
    left = flow.saveState()
    window.memory.keep(**state_of(window))
    flow.setSizes([300, 700, 400])
    restore_splitters(window, window.memory)
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
    assert address_of(window) == "https://api.example.com/orders?page=1"
    window.draft.undo()
    assert is_same_place(address_of(window), window.session.practice)


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


def test_the_practice_source_is_one_click_away(qtbot: QtBot, window: Window) -> None:
    type_address(window, "https://example.com/x")
    window.actions_.made["practice"].trigger()
    assert is_same_place(address_of(window), window.session.practice)
    qtbot.waitUntil(lambda: window.rooms.bench.findings.tested is not None, timeout=LONG)


def test_another_address_has_another_name_and_is_not_asked_in_haste(window: Window) -> None:
    assert window.draft.part("source")["rate_limit"] is None
    window.draft.change("Address", merge="source.url", source={**window.draft.part("source"), "url": "https://a.io/x"})
    assert (window.draft.part("name"), "rate_limit" in window.draft.part("source")) == ("x", False)
    window.draft.undo()
    assert window.draft.document()["source"] == window.session.practice["source"]
    assert window.draft.part("name") == "online-retail"


def test_where_the_server_moves_the_practice_source_goes_along(window: Window) -> None:
    address, key = "http://127.0.0.1:9", {"type": "api_key", "name": "X-API-Key", "value": "keyring:@server"}
    moved = demo_recipe(address)
    moved["source"]["auth"] = key
    window.session.move(address, moved)
    source = window.draft.part("source")
    assert source["url"].startswith(f"{address}/practice/online-retail?")
    assert source["auth"] == key
    window.session.move(address, demo_recipe(address))
    assert "auth" not in window.draft.part("source")


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
    qtbot.waitUntil(lambda: window.rooms.bench.cards.newest() is None)


def test_a_job_is_brought_back_to_be_edited(qtbot: QtBot, window: Window, practice: str) -> None:
    begin(qtbot, window, f"{practice}{SMALL}")
    job = finish(qtbot, window).job
    window.draft.change("Name", name="another")
    window.act("edit", job.id)
    assert window.draft.document() == {"version": 1, "steps": [], **job.recipe}


def test_closing_without_jobs_asks_nothing(window: Window) -> None:
    assert window.close()
    assert window.findChild(QMessageBox) is None
