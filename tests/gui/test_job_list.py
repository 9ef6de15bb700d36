"""The newest jobs keep their cards in order, follow the jobs, and old ones make room."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.events import Delivered
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.theme import Theme
from fetchtozip_gui.gui.widgets.job_card import JobCard
from fetchtozip_gui.gui.widgets.job_list import AT_ONCE, JobList

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def model(qtbot: QtBot) -> JobsModel:
    return JobsModel()


@pytest.fixture
def jobs(qtbot: QtBot, model: JobsModel) -> JobList:
    jobs = JobList(model)
    qtbot.addWidget(jobs)
    jobs.resize(600, 600)
    with qtbot.waitExposed(jobs):
        jobs.show()
    return jobs


def ended(job: Job) -> Job:
    verdict = Verdict("complete", "Complete: 1 of 1 rows", 1, 1)
    return job.started(NOW).after(Delivered("/a.zip", 1, 1, verdict), NOW)


def from_top(jobs: JobList) -> list[str]:
    cards = sorted(jobs.cards.values(), key=lambda card: card.mapTo(jobs, card.rect().topLeft()).y())
    return [card.job.recipe_name for card in cards]


def visible_texts(jobs: JobList) -> list[str]:
    return [label.text() for label in jobs.findChildren(QLabel) if label.isVisible()]


def all_button(jobs: JobList) -> QPushButton:
    return next(button for button in jobs.findChildren(QPushButton) if not isinstance(button.parent(), JobCard))


def test_without_jobs_it_says_what_to_do_first(jobs: JobList) -> None:
    assert "No jobs yet" in visible_texts(jobs)
    assert any(text.startswith("Press Start") for text in visible_texts(jobs))
    assert not all_button(jobs).isVisible()


def test_the_newest_job_is_on_top_in_whatever_order_they_come(
    qtbot: QtBot, jobs: JobList, model: JobsModel, new_job: Callable[..., Job]
) -> None:
    for number in (2, 4, 1, 3):
        model.show_job(new_job(number, f"job {number}"))
    qtbot.waitUntil(lambda: from_top(jobs) == ["job 4", "job 3", "job 2", "job 1"])
    assert "No jobs yet" not in visible_texts(jobs)
    assert jobs.newest().job.recipe_name == "job 4"


def test_a_file_needs_no_more_room_than_there_was_before(
    qtbot: QtBot, qapp: QApplication, jobs: JobList, model: JobsModel, new_job: Callable[..., Job]
) -> None:
    Theme(qapp, dark=False)
    before = jobs.minimumWidth()
    model.show_job(ended(new_job(1, "orders-of-the-northern-region-2026_all-customers-and-all-years")))
    qtbot.waitUntil(jobs.newest().file.isVisible)
    assert jobs.minimumWidth() == before
    assert jobs.minimumSizeHint().width() <= before


def test_snapshots_go_to_their_card_and_never_back(
    jobs: JobList, model: JobsModel, new_job: Callable[..., Job]
) -> None:
    queued = new_job()
    model.show_job(queued.started(NOW))
    model.show_job(queued)
    assert [card.job.state for card in jobs.cards.values()] == ["running"]
    assert "1 running" in visible_texts(jobs)


def test_old_jobs_make_room_and_are_counted(
    qtbot: QtBot, jobs: JobList, model: JobsModel, new_job: Callable[..., Job]
) -> None:
    for number in range(AT_ONCE + 3):
        model.show_job(ended(new_job(number)))
    assert sorted(jobs.cards) == [f"{number:013d}" for number in range(3, AT_ONCE + 3)]
    assert all_button(jobs).text() == f"All {AT_ONCE + 3} jobs"
    with qtbot.waitSignal(jobs.all_asked):
        all_button(jobs).click()


def test_a_job_at_work_always_has_its_card(jobs: JobList, model: JobsModel, new_job: Callable[..., Job]) -> None:
    at_work = new_job(0).started(NOW)
    model.fill([at_work, *(ended(new_job(number)) for number in range(1, AT_ONCE + 5))])
    assert at_work.id in jobs.cards
    assert len(jobs.cards) == AT_ONCE + 1


def test_the_card_that_is_used_stays(jobs: JobList, model: JobsModel, new_job: Callable[..., Job]) -> None:
    jobs.activateWindow()
    model.show_job(ended(new_job(0)))
    jobs.cards[new_job(0).id].take_focus()
    for number in range(1, AT_ONCE + 1):
        model.show_job(ended(new_job(number)))
    assert new_job(0).id in jobs.cards


def test_a_removed_job_goes_and_an_older_one_comes(
    jobs: JobList, model: JobsModel, new_job: Callable[..., Job]
) -> None:
    model.fill([ended(new_job(number)) for number in range(AT_ONCE + 1)])
    model.forget(f"{AT_ONCE:013d}")
    assert sorted(jobs.cards) == [f"{number:013d}" for number in range(AT_ONCE)]


def test_a_card_offers_what_is_done_most_and_the_way_to_the_rest(
    qtbot: QtBot, jobs: JobList, model: JobsModel, new_job: Callable[..., Job]
) -> None:
    model.show_job(ended(new_job()))
    card = jobs.newest()
    qtbot.waitUntil(card.isVisible)
    offered = [act for act, button in card.buttons.items() if button.isVisible()]
    assert offered == ["save_as", "open_folder", "retry", "details"]
    with qtbot.waitSignal(jobs.asked) as asked:
        card.buttons["details"].click()
    assert asked.args == ["details", card.job.id]
