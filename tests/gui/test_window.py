"""The main job in the real window: by keyboard alone, with every control named, errors in place, nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMessageBox, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.errors import JobLocked
from fetchtozip_gui.core.events import Delivered, Fetched
from fetchtozip_gui.core.outputs.verify import verify
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.demo import demo_recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.job import ACTIVE, Job
from fetchtozip_gui.gui.widgets.job_card import JobCard
from fetchtozip_gui.gui.window import Window

if TYPE_CHECKING:
    from conftest import Keyboard

LONG = 60_000
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CTRL = Qt.KeyboardModifier.ControlModifier
SMALL = "/practice/online-retail?rows=2000&limit=1000"
SLOW = "/practice/online-retail?rows=24000&latency_ms=250&limit=1000"


def begin(qtbot: QtBot, window: Window, address: str) -> None:
    before = len(window.jobs.cards)
    window.form.address.setText(address)
    window.start()
    qtbot.waitUntil(lambda: len(window.jobs.cards) == before + 1, timeout=LONG)


def finish(qtbot: QtBot, window: Window) -> JobCard:
    """Wait for the end of the newest job, which must be a good one."""
    qtbot.waitUntil(lambda: state(window) not in ("", *ACTIVE), timeout=LONG)
    card = window.jobs.newest()
    assert card.job.state == "completed", card.words
    return card


def state(window: Window) -> str:
    card = window.jobs.newest()
    return card.job.state if card else ""


def focusable(window: QWidget) -> list[QWidget]:
    tab = Qt.FocusPolicy.TabFocus
    return [each for each in window.findChildren(QWidget) if each.isVisible() and each.focusPolicy() & tab]


def test_the_main_job_by_keyboard_alone(
    qtbot: QtBot, window: Window, keyboard: Keyboard, practice: str, downloads: Path
) -> None:
    # the address has the keyboard, all of it selected: typing replaces the practice source
    assert window.form.address.hasFocus()
    keyboard.type(f"{practice}{SMALL}")
    keyboard.press(Qt.Key.Key_Tab)
    assert window.form.formats["zip"].hasFocus()
    keyboard.press(Qt.Key.Key_Right)
    assert window.form.draft().format == "csv"
    keyboard.press(Qt.Key.Key_Left)
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.type("two thousand")
    keyboard.press(Qt.Key.Key_Tab)
    assert window.form.folder.hasFocus()
    keyboard.press(Qt.Key.Key_Return, CTRL)
    finish(qtbot, window)
    keyboard.press(Qt.Key.Key_J, CTRL)
    keyboard.press(Qt.Key.Key_C, CTRL)
    result = downloads / "two thousand.zip"
    assert QGuiApplication.clipboard().mimeData().urls() == [QUrl.fromLocalFile(str(result))]
    assert "2,000 rows" in verify(result).words
    assert len(window.jobs.cards) == 1
    assert window.jobs.newest().words.headline == "Complete: 2,000 of 2,000 rows"


def test_start_pressed_once_makes_the_practice_zip(
    qtbot: QtBot, window: Window, practice: str, downloads: Path
) -> None:
    assert window.form.draft().is_practice
    window.form.address.setText(f"{practice}{SMALL}")
    qtbot.mouseClick(window.form.start, Qt.MouseButton.LeftButton)
    finish(qtbot, window)
    assert window.jobs.newest().words.file == downloads / "online-retail.zip"


def test_start_before_the_engine_is_there_is_not_lost(
    qtbot: QtBot, closed_window: Window, engine: Engine, practice: str
) -> None:
    closed_window.form.address.setText(f"{practice}{SMALL}")
    qtbot.mouseClick(closed_window.form.start, Qt.MouseButton.LeftButton)
    closed_window.open(engine, [], demo_recipe(practice), practice)
    finish(qtbot, closed_window)
    assert closed_window.form.address.text().endswith("?rows=2000&limit=1000")


def test_a_job_is_cancelled_resumed_and_run_again(qtbot: QtBot, window: Window, practice: str, downloads: Path) -> None:
    begin(qtbot, window, f"{practice}{SLOW}")
    card = window.jobs.newest()
    qtbot.waitUntil(lambda: card.job.rows > 0, timeout=LONG)
    card.buttons["cancel"].click()
    qtbot.waitUntil(lambda: card.job.state == "cancelled", timeout=LONG)
    assert "are kept" in card.words.detail
    card.buttons["resume"].click()
    qtbot.waitUntil(lambda: card.job.state == "completed", timeout=LONG)
    assert card.words.headline == "Complete: 24,000 of 24,000 rows"
    assert card.job.attempt == 2
    card.buttons["retry"].click()
    qtbot.waitUntil(lambda: len(window.jobs.cards) == 2 and state(window) == "completed", timeout=LONG)
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
        ("https://example.com/a", "nowhere", "Folder", "Folder: there is no folder nowhere."),
    ],
)
def test_a_wrong_entry_is_said_beside_it(
    qtbot: QtBot, window: Window, address: str, folder: str | None, field: str, words: str
) -> None:
    window.form.address.setText(address)
    if folder is not None:
        window.form.folder.setText(folder)
    window.start()
    notice = window.form.notices[field]
    qtbot.waitUntil(notice.isVisible, timeout=LONG)
    assert notice.text().replace("\u200b", "").startswith(words)
    assert (window.form.address if field == "Address" else window.form.folder).hasFocus()
    assert window.jobs.cards == {}
    qtbot.keyClick(window.form.address, Qt.Key.Key_X)
    assert not notice.isVisible()


def test_a_source_that_fails_is_told_on_the_card(qtbot: QtBot, window: Window, practice: str) -> None:
    begin(qtbot, window, f"{practice}/nothing?x=<b>1</b>")
    qtbot.waitUntil(lambda: state(window) == "failed", timeout=LONG)
    words = window.jobs.newest().words
    assert "404" in words.headline
    assert words.tone == "bad"
    assert "retry" in words.acts


def test_a_data_folder_in_use_is_told_and_can_be_tried_again(
    qtbot: QtBot, closed_window: Window, engine: Engine, practice: str
) -> None:
    closed_window.cannot_open(JobLocked("The data folder is in use.", "Close the other program."))
    again = next(button for button in closed_window.findChildren(QPushButton) if button.text() == "Try again")
    assert closed_window.notice.text() == "The data folder is in use. Close the other program."
    with qtbot.waitSignal(closed_window.asked_again):
        again.click()
    closed_window.open(engine, [], demo_recipe(practice), practice)
    assert not closed_window.notice.isVisible()
    assert not again.isVisible()


# --- manners ------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_result(qtbot: QtBot, window: Window, new_job: Callable[..., Job], downloads: Path) -> Window:
    """A window with a finished job on top of one that is at work."""
    at_work = new_job(1, "stock").started(NOW).after(Fetched(5, 500, 10, 1000, 10), NOW)
    verdict = Verdict("complete", "Complete: 1,000 of 1,000 rows", 1000, 1000)
    done = new_job(2).started(NOW).after(Delivered(str(downloads / "orders.zip"), 1000, 99, verdict), NOW)
    for job in (at_work, done):
        window.jobs.show_job(replace(job, process=1))
    return window


def test_every_control_has_a_name_and_says_what_it_does(with_result: Window) -> None:
    with_result.form.address.setText("https://example.com/x")
    controls = focusable(with_result)
    assert len(controls) >= 14
    for control in controls:
        spoken = QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)
        assert spoken, control
        assert control.toolTip(), control


def test_tab_visits_everything_from_the_address_to_the_last_job(with_result: Window, keyboard: Keyboard) -> None:
    form, card = with_result.form, with_result.jobs.newest()
    with_result.form.go_to_address()
    visited = []
    while form.address not in visited:
        keyboard.press(Qt.Key.Key_Tab)
        visited.append(QApplication.focusWidget())
        assert len(visited) < 50
    older = with_result.jobs.cards[min(with_result.jobs.cards)]
    named = [form.formats["zip"], form.name, form.folder, form._choose, form.start, card.file]
    named += [*(card.buttons[act] for act in card.words.acts), *(older.buttons[act] for act in older.words.acts)]
    assert visited == [*named, form.address]


def test_shortcuts_are_named_where_they_lead(window: Window) -> None:
    assert "Ctrl+Return" in window.form.start.toolTip()
    for field, key in ((window.form.address, "Alt+A"), (window.form.name, "Alt+N"), (window.form.folder, "Alt+F")):
        assert key in field.toolTip()
        caption = next(label for label in window.findChildren(QLabel) if label.buddy() is field)
        assert caption.text().startswith(f"&{key[-1]}")


@pytest.fixture(params=[1.0, 2.0])
def text_scale(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[float]:
    """The system's text, as it is and twice as large, before the window is made."""
    before = qapp.font()
    larger = qapp.font()
    larger.setPointSizeF(before.pointSizeF() * request.param)
    qapp.setFont(larger)
    yield request.param
    qapp.setFont(before)


def test_nothing_is_cut_off_at_twice_the_text(text_scale: float, with_result: Window, qapp: QApplication) -> None:
    with_result.resize(1200, 760)
    qapp.processEvents()
    for area in with_result.findChildren(QScrollArea):
        assert area.widget().minimumSizeHint().width() <= area.viewport().width()
    for button in with_result.findChildren(QPushButton):
        if button.isVisible():
            assert button.width() >= button.fontMetrics().horizontalAdvance(button.text()), button.text()
            assert button.height() >= button.fontMetrics().height(), button.text()


def test_a_dropped_address_becomes_the_source(window: Window) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://api.example.com/orders?page=1")])
    drop = QDropEvent(
        QPoint(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(drop)
    assert window.form.address.text() == "https://api.example.com/orders?page=1"
    assert window.form.draft().called == "orders"


def test_one_click_goes_back_to_the_practice_source(window: Window) -> None:
    window.form.address.setText("https://example.com/x")
    back = next(button for button in window.findChildren(QPushButton) if "practice" in button.text())
    assert back.isVisible()
    back.click()
    assert window.form.draft().is_practice
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
    job_id = window.jobs.newest().job.id
    answer("Keep working")
    assert window.isVisible()
    answer("Pause and close")
    qtbot.waitUntil(lambda: not window.isVisible())
    window.leave()
    engine.close()
    job = engine.job(job_id)
    assert (job.state, job.can_go_on) == ("paused", True)


def test_closing_without_jobs_asks_nothing(window: Window) -> None:
    assert window.close()
    assert window.findChild(QMessageBox) is None
