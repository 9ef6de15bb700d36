"""The Jobs page: one job in full beside the list, found by words, fluid with many."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.events import Delivered, Fetched, Said
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.engine.job import LOG_LINES, Job, Line
from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.pages.jobs import JobsPage

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Journal:
    """Every line of every job, asked for one job at a time."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.asked: list[str] = []

    def __call__(self, job_id: str, answer: Callable[[Sequence[Line]], None]) -> None:
        self.asked.append(job_id)
        answer(self.lines)


@pytest.fixture
def model(qtbot: QtBot) -> JobsModel:
    return JobsModel()


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def page(qtbot: QtBot, model: JobsModel, journal: Journal) -> JobsPage:
    page = JobsPage(model, journal)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    return page


def ended(job: Job) -> Job:
    verdict = Verdict("complete", "Complete: 1 of 1 rows", 1, 1)
    return job.started(NOW).after(Delivered("/tmp/a.zip", 1, 1, verdict), NOW)


def test_without_jobs_it_says_what_to_do(page: JobsPage) -> None:
    assert page._none.isVisible()
    assert "Press Ctrl+1, then Start" in page._none.text()
    assert not page._detail.isVisible()


def test_the_newest_is_shown_with_all_that_can_be_done(
    page: JobsPage, model: JobsModel, new_job: Callable[..., Job], qtbot: QtBot
) -> None:
    model.fill([ended(new_job(1, "first")), ended(new_job(2, "second"))])
    assert page.card.job.recipe_name == "second"
    qtbot.waitUntil(page.card.isVisible)
    offered = [act for act, button in page.card.buttons.items() if button.isVisible()]
    assert offered == ["save_as", "open_file", "open_folder", "send", "retry", "edit", "remove"]
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert page.card.job.recipe_name == "first"


def test_the_card_and_the_log_follow_the_job(page: JobsPage, model: JobsModel, new_job: Callable[..., Job]) -> None:
    job = new_job().started(NOW)
    model.show_job(job)
    job = job.after(Said("The records are the list at $.data."), NOW)
    job = job.after(Said("Page 2 is asked for again.", "warning"), NOW)
    model.show_job(job.after(Fetched(5, 500, 10, 1000, 10), NOW))
    assert page.card.words.headline == "Fetching: 5 of 10 pages"
    lines = page.log.toPlainText().splitlines()
    assert lines[0].endswith("  The records are the list at $.data.")
    assert lines[1].endswith("! Page 2 is asked for again.")


def test_a_page_that_nobody_sees_follows_when_it_is_seen(
    page: JobsPage, model: JobsModel, new_job: Callable[..., Job]
) -> None:
    job = new_job().started(NOW)
    model.show_job(job)
    page.hide()
    for number in (1, 2):
        job = job.after(Fetched(number, 100, 10, 1000, 10), NOW)
        model.show_job(job)
    assert page.card.job.pages == 0
    page.show()
    assert page.card.job.pages == 2


def test_a_page_that_was_made_before_shows_the_newest_job_at_first_and_tells_of_it(
    qtbot: QtBot, model: JobsModel, journal: Journal, new_job: Callable[..., Job]
) -> None:
    page, told = JobsPage(model, journal), []
    qtbot.addWidget(page)
    page.shown.connect(told.append)
    for number in (1, 2):
        model.show_job(ended(new_job(number)))
    assert told == []
    page.show()
    assert page.card.job.id == model.newest().id
    assert told == [model.newest().id]
    page.hide()
    model.show_job(ended(new_job(3)))
    page.show()
    # what was chosen stays chosen
    assert told == [page.card.job.id]


def test_a_long_log_is_had_whole(
    page: JobsPage, model: JobsModel, journal: Journal, new_job: Callable[..., Job]
) -> None:
    job = new_job().started(NOW)
    for number in range(LOG_LINES + 20):
        job = job.after(Said(f"line {number}"), NOW + timedelta(seconds=number))
    journal.lines = [Line(NOW, f"line {number}") for number in range(LOG_LINES + 20)]
    model.show_job(job)
    assert journal.asked == []  # it still grows
    assert page.log.toPlainText().splitlines()[0].endswith("line 20")
    model.show_job(job.stopped("paused", NOW, "Paused."))
    assert journal.asked == [job.id]
    assert page.log.toPlainText().splitlines()[0].endswith("line 0")


def test_jobs_are_found_as_one_types(page: JobsPage, model: JobsModel, new_job: Callable[..., Job]) -> None:
    model.fill([ended(new_job(1, "orders")), new_job(2, "stock").started(NOW)])
    page.filter.setText("orders")
    assert (page.rows.rowCount(), page.card.job.recipe_name) == (1, "orders")
    assert page._summary.text() == "1 running · 1 of 2 jobs"
    page.filter.setText("nowhere")
    assert page._none.text() == "No job has all these words."
    page.choose(new_job(2).id)
    assert (page.filter.text(), page.card.job.recipe_name) == ("", "stock")


def test_several_are_removed_at_once(
    qtbot: QtBot, page: JobsPage, model: JobsModel, new_job: Callable[..., Job]
) -> None:
    model.fill([ended(new_job(number)) for number in range(5)])
    page.list.setFocus()
    every = QItemSelectionModel.SelectionFlag.Select
    for row in (0, 2):
        page.list.selectionModel().select(page.rows.index(row, 0), every)
    with qtbot.waitSignal(page.removed) as removed:
        qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    assert [job.id for job in removed.args[0]] == [f"{number:013d}" for number in (4, 2)]
    for job in removed.args[0]:
        model.forget(job.id)
    assert page.rows.rowCount() == 3


def test_a_removed_jobs_card_makes_room_for_the_next(
    page: JobsPage, model: JobsModel, new_job: Callable[..., Job]
) -> None:
    model.fill([ended(new_job(1, "first")), ended(new_job(2, "second"))])
    model.forget(new_job(2).id)
    assert page.card.job.recipe_name == "first"
    model.forget(new_job(1).id)
    assert not page._detail.isVisible()


def test_five_hundred_jobs_are_painted_and_followed_in_no_time(
    page: JobsPage, model: JobsModel, new_job: Callable[..., Job]
) -> None:
    model.fill([ended(new_job(number, f"job {number}")) for number in range(500)])
    at_work = [new_job(1000 + number).started(NOW) for number in range(8)]
    for job in at_work:
        model.show_job(job)
    QApplication.processEvents()
    begun = time.process_time()
    for step in range(1, 31):
        for number, job in enumerate(at_work):
            at_work[number] = later = job.after(Fetched(step, step * 100, step, 10_000, 100), NOW)
            model.show_job(replace(later, rate=100))
        QApplication.processEvents()
    # a second's worth of tellings for eight jobs; ours is a tenth of it, and machines differ
    assert time.process_time() - begun < 2
    assert page.list.verticalScrollBar().maximum() > 0
