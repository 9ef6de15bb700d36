"""The tray and the word of a job's end, where the system has them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.events import Delivered
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui import closing
from fetchtozip_gui.gui.closing import Tray, ask_to_close
from fetchtozip_gui.gui.models.jobs import JobsModel

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Shown:
    """What would be shown in a tray."""

    def __init__(self) -> None:
        self.visible = False
        self.tip = ""
        self.messages: list[tuple[str, str]] = []

    def setVisible(self, visible: bool) -> None:  # noqa: N802 - Qt's own name
        self.visible = visible

    def isVisible(self) -> bool:  # noqa: N802
        return self.visible

    def hide(self) -> None:
        self.visible = False

    def setToolTip(self, tip: str) -> None:  # noqa: N802
        self.tip = tip

    def showMessage(self, title: str, text: str, kind: object) -> None:  # noqa: N802
        self.messages.append((title, text))


def made(qtbot: QtBot) -> tuple[Tray, JobsModel, QWidget, Shown]:
    """A tray on a system that has one; the test's own has none."""
    jobs, window = JobsModel(), QWidget()
    qtbot.addWidget(window)
    window.show()
    tray = Tray(QIcon(), jobs, window, window.close)
    shown = Shown()
    tray.is_there, tray._icon = True, shown
    return tray, jobs, window, shown


def ended(job: Job) -> Job:
    verdict = Verdict("complete", "Complete: 1 of 1 rows", 1, 1)
    return job.after(Delivered("/a.zip", 1, 1, verdict), NOW)


def test_the_icon_is_there_while_jobs_run_or_nothing_else_is(qtbot: QtBot, new_job: Callable[..., Job]) -> None:
    tray, jobs, window, shown = made(qtbot)
    jobs.fill([])
    assert not shown.visible
    job = new_job().started(NOW)
    jobs.show_job(job)
    assert (shown.visible, shown.tip) == (True, "FetchToZip: 1 job running")
    tray.hide_window()
    assert window.isHidden()
    jobs.show_job(ended(job))
    assert shown.visible  # the only way back
    tray.show_window()
    assert window.isVisible()
    assert not shown.visible


def test_an_end_is_told_when_nobody_looks(qtbot: QtBot, new_job: Callable[..., Job]) -> None:
    tray, jobs, _, shown = made(qtbot)
    jobs.fill([ended(new_job(5).started(NOW))])
    first, second = new_job(1, "first").started(NOW), new_job(2, "second").started(NOW)
    for job in (first, second):
        jobs.show_job(job)
    tray.hide_window()
    jobs.show_job(ended(first))
    assert shown.messages == [("first", "Complete: 1 of 1 rows")]
    tray.show_window()
    jobs.show_job(ended(second))
    told = [("first", "Complete: 1 of 1 rows"), ("second", "Complete: 1 of 1 rows")]
    assert shown.messages in (told[:1], told)  # whether a window without a screen is in front is the system's to say


def test_the_tray_is_offered_only_where_there_is_one(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    for has_tray, offered in ((False, []), (True, [closing.TRAY])):
        ask_to_close(window, 2, {}, has_tray=has_tray)
        box = window.findChildren(QMessageBox)[-1]
        assert box.text() == "2 jobs are still running."
        texts = [button.text() for button in box.buttons()]
        assert sorted(texts) == sorted([*offered, closing.PAUSE, closing.CANCEL, closing.STAY])
        assert box.escapeButton().text() == box.defaultButton().text() == closing.STAY
        box.reject()


def test_no_answer_is_cut_with_large_text(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    # the program's own scale goes to twice the system's size
    window.setStyleSheet("QMessageBox, QPushButton { font-size: 26pt; }")
    ask_to_close(window, 2, {}, has_tray=True)
    box = window.findChildren(QMessageBox)[-1]
    qtbot.waitUntil(box.isVisible)
    for button in box.buttons():
        assert button.width() >= button.sizeHint().width(), button.text()
    box.reject()
