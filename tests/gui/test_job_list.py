"""The list keeps its cards in order, follows snapshots, and shows older jobs when asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.events import Delivered
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui.widgets.job_card import JobCard
from fetchtozip_gui.gui.widgets.job_list import AT_ONCE, JobList

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def jobs(qtbot: QtBot) -> JobList:
    jobs = JobList()
    qtbot.addWidget(jobs)
    jobs.resize(600, 600)
    with qtbot.waitExposed(jobs):
        jobs.show()
    return jobs


def ended(job: Job) -> Job:
    verdict = Verdict("complete", "Complete: 1 of 1 rows", 1, 1)
    return job.started(NOW).after(Delivered("/a.zip", 1, 1, verdict), NOW)


def from_top(jobs: JobList) -> list[str]:
    cards = sorted(jobs.findChildren(JobCard), key=lambda card: card.mapTo(jobs, card.rect().topLeft()).y())
    return [card.job.recipe_name for card in cards]


def visible_texts(jobs: JobList) -> list[str]:
    return [label.text() for label in jobs.findChildren(QLabel) if label.isVisible()]


def test_without_jobs_it_says_what_to_do_first(jobs: JobList) -> None:
    assert "No jobs yet" in visible_texts(jobs)
    assert any(text.startswith("Press Start") for text in visible_texts(jobs))


def test_the_newest_job_is_on_top_in_whatever_order_they_come(
    qtbot: QtBot, jobs: JobList, new_job: Callable[..., Job]
) -> None:
    for number in (2, 5, 1, 4, 3):
        jobs.show_job(new_job(number, f"job {number}"))
    qtbot.waitUntil(lambda: from_top(jobs) == ["job 5", "job 4", "job 3", "job 2", "job 1"])
    assert "No jobs yet" not in visible_texts(jobs)
    assert jobs.newest().job.recipe_name == "job 5"


def test_snapshots_go_to_their_card_and_never_back(jobs: JobList, new_job: Callable[..., Job]) -> None:
    queued = new_job()
    jobs.show_job(queued.started(NOW))
    jobs.show_job(queued)
    assert [card.job.state for card in jobs.findChildren(JobCard)] == ["running"]
    assert "1 running" in visible_texts(jobs)


def test_older_jobs_are_shown_when_they_are_asked_for(qtbot: QtBot, jobs: JobList, new_job: Callable[..., Job]) -> None:
    many = [ended(new_job(number)) for number in range(AT_ONCE + 3)]
    jobs.fill(many)
    older = next(button for button in jobs.findChildren(QPushButton) if "older" in button.text())
    assert len(jobs.cards) == AT_ONCE
    assert (older.isVisible(), older.text()) == (True, "Show 3 older jobs")
    assert f"{AT_ONCE + 3} finished" in visible_texts(jobs)
    older.click()
    assert len(jobs.cards) == AT_ONCE + 3
    assert not older.isVisible()


def test_a_job_at_work_always_has_its_card(jobs: JobList, new_job: Callable[..., Job]) -> None:
    at_work = new_job(0).started(NOW)
    jobs.fill([at_work, *(ended(new_job(number)) for number in range(1, AT_ONCE + 5))])
    assert at_work.id in jobs.cards
    assert [job.id for job in jobs.at_work()] == [at_work.id]


def test_jobs_of_another_process_do_not_hold_the_window(jobs: JobList, new_job: Callable[..., Job]) -> None:
    jobs.show_job(replace(new_job().started(NOW), process=1))
    assert jobs.at_work() == []
