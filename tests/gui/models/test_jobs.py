"""The list of jobs: newest first, never an older snapshot, found by words, and a file to drag out."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.events import Delivered, Fetched
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui.models.jobs import JOB, JobsFilter, JobsModel

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def model(qtbot: QtBot) -> JobsModel:
    model = JobsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def ended(job: Job, path: str = "/tmp/a.zip") -> Job:
    verdict = Verdict("complete", "Complete: 1,000 of 1,000 rows", 1000, 1000)
    return job.started(NOW).after(Delivered(path, 1000, 99, verdict), NOW + timedelta(seconds=2))


def names(model: JobsModel | JobsFilter) -> list[str]:
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_newest_first_in_whatever_order_they_come(model: JobsModel, new_job: Callable[..., Job]) -> None:
    numbers = list(range(50))
    random.Random(3).shuffle(numbers)
    model.fill(new_job(number, f"job {number}") for number in numbers[:20])
    for number in numbers[20:]:
        model.show_job(new_job(number, f"job {number}"))
    assert names(model) == [f"job {number}" for number in reversed(range(50))]
    for number in numbers[:25]:
        model.forget(new_job(number).id)
    assert names(model) == [f"job {number}" for number in sorted(numbers[25:], reverse=True)]
    assert [model.index_of(job.id).row() for job in model.all()] == list(range(25))


def test_an_older_snapshot_is_let_pass(model: JobsModel, new_job: Callable[..., Job]) -> None:
    queued = new_job()
    running = queued.started(NOW)
    model.show_job(running)
    model.show_job(queued)
    model.fill([queued])
    assert model.job(queued.id) is running


def test_what_is_at_work_is_known(model: JobsModel, new_job: Callable[..., Job]) -> None:
    running = new_job(2).started(NOW)
    other = replace(new_job(3).started(NOW), process=1)
    model.fill([ended(new_job(1)), running, other])
    assert model.active() == [other, running]
    assert model.at_work() == [running]
    model.show_job(ended(new_job(2)))
    assert model.at_work() == []


def test_an_end_is_told_once_also_of_a_job_that_was_never_seen_at_work(
    model: JobsModel, new_job: Callable[..., Job]
) -> None:
    told: list[str] = []
    model.job_ended.connect(lambda job: told.append(job.id))
    old, short, long = (new_job(number) for number in (1, 2, 3))
    model.fill([ended(old)])
    model.show_job(ended(short))
    model.show_job(long.started(NOW))
    assert told == [short.id]
    model.show_job(ended(long))
    model.show_job(replace(ended(long), revision=99))
    model.show_job(replace(ended(old), revision=99))
    assert told == [short.id, long.id]


def test_each_snapshot_is_told_on_its_row(qtbot: QtBot, model: JobsModel, new_job: Callable[..., Job]) -> None:
    running = new_job().started(NOW)
    model.fill([new_job(5), running])
    rows: list[int] = []
    model.dataChanged.connect(lambda first, last: rows.append(first.row()))
    with qtbot.waitSignal(model.job_changed):
        model.show_job(running.after(Fetched(5, 500, 10, 1000, 10), NOW))
    assert rows == [1]
    assert model.index(1).data(JOB).rows == 500


def test_a_result_can_be_dragged_out_as_a_copy(model: JobsModel, new_job: Callable[..., Job], tmp_path: Path) -> None:
    model.fill([ended(new_job(1), str(tmp_path / "a.zip")), new_job(2).started(NOW)])
    running, done = model.index(0), model.index(1)
    assert not model.flags(running) & Qt.ItemFlag.ItemIsDragEnabled
    assert model.flags(done) & Qt.ItemFlag.ItemIsDragEnabled
    urls = model.mimeData([running, done]).urls()
    assert [url.toLocalFile() for url in urls] == [str(tmp_path / "a.zip")]
    assert model.supportedDragActions() == Qt.DropAction.CopyAction


def test_rows_are_spoken_and_tell_their_times(model: JobsModel, new_job: Callable[..., Job]) -> None:
    model.fill([ended(new_job())])
    row = model.index(0)
    assert row.data(Qt.ItemDataRole.AccessibleTextRole).startswith("orders. Completed. Complete: 1,000")
    assert [line.split()[0] for line in row.data(Qt.ItemDataRole.ToolTipRole).splitlines()] == [
        "Made",
        "Started",
        "Ended",
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["stock", "orders"]),
        ("ORD", ["orders"]),
        ("complete orders", ["orders"]),
        ("complete stock", []),
        ("b.zip", ["orders"]),
        ("running", ["stock"]),
    ],
)
def test_jobs_are_found_by_all_the_words(
    model: JobsModel, new_job: Callable[..., Job], asked: str, found: list[str]
) -> None:
    model.fill([ended(new_job(1, "orders"), "/tmp/b.zip"), new_job(2, "stock").started(NOW)])
    rows = JobsFilter(model)
    rows.ask(asked)
    assert names(rows) == found
