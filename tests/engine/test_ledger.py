"""Snapshots: kept, told in order, and not harmed by those who hear them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from fetchtozip_gui.core.errors import NoSuchJob
from fetchtozip_gui.core.events import Fetched, Said
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.ledger import Ledger
from fetchtozip_gui.engine.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(folder: Folder) -> Iterator[Store]:
    store = Store(folder, lambda: NOW)
    yield store
    store.close()


@pytest.fixture
def ledger(store: Store) -> Ledger:
    return Ledger(store)


def add(ledger: Ledger, folder: Folder) -> Job:
    job = Job(folder.new_job(), "orders", {}, "key", NOW)
    ledger.add(job)
    return job


def say(ledger: Ledger, job_id: str, text: str) -> Job:
    return ledger.change(job_id, lambda job: job.after(Said(text), NOW))


def test_a_change_is_there_when_it_returns_and_told_before(ledger: Ledger, folder: Folder) -> None:
    heard: list[Job] = []
    ledger.watch(heard.append)
    job = add(ledger, folder)
    after = say(ledger, job.id, "hello")
    assert heard == [job, after]
    assert ledger.get(job.id) == after
    assert ledger.all() == [after]


def test_a_change_that_changes_nothing_is_not_told(ledger: Ledger, folder: Folder) -> None:
    job = add(ledger, folder)
    heard: list[Job] = []
    ledger.watch(heard.append)
    assert ledger.change(job.id, lambda job: job) is job
    assert heard == []


def test_an_unknown_job_is_told(ledger: Ledger, folder: Folder) -> None:
    with pytest.raises(NoSuchJob, match="There is no job 'x'"):
        ledger.get("x")
    with pytest.raises(NoSuchJob):
        say(ledger, "x", "hello")


def test_who_has_unsubscribed_hears_no_more(ledger: Ledger, folder: Folder) -> None:
    heard: list[Job] = []
    unsubscribe = ledger.watch(heard.append)
    job = add(ledger, folder)
    unsubscribe()
    unsubscribe()
    say(ledger, job.id, "hello")
    assert heard == [job]


def test_a_failing_watcher_is_logged_and_dropped_and_the_others_hear_on(
    ledger: Ledger, folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Job] = []
    called: list[Job] = []

    def fail(job: Job) -> None:
        called.append(job)
        raise RuntimeError("no")

    ledger.watch(fail)
    ledger.watch(heard.append)
    with caplog.at_level(logging.ERROR):
        job = add(ledger, folder)
        after = say(ledger, job.id, "hello")
    assert called == [job]
    assert heard == [job, after]
    assert "watcher" in caplog.text


def test_a_watcher_may_itself_change_a_job_and_hears_the_newest_last(ledger: Ledger, folder: Folder) -> None:
    heard: list[Job] = []

    def answer(job: Job) -> None:
        heard.append(job)
        if job.state == "queued" and not job.log:
            say(ledger, job.id, "seen")

    ledger.watch(answer)
    ledger.watch(heard.append)
    job = add(ledger, folder)
    assert [each.revision for each in heard if each.id == job.id][-1] == 1


def test_no_watcher_hears_an_older_snapshot_after_a_newer_one(ledger: Ledger, folder: Folder) -> None:
    job = add(ledger, folder)
    heard: list[int] = []
    ledger.watch(lambda job: heard.append(job.revision))
    start = threading.Barrier(8)

    def work() -> None:
        start.wait(10)
        for _ in range(100):
            ledger.change(job.id, lambda job: job.after(Fetched(job.pages + 1, 0, 0), NOW))

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert ledger.get(job.id).pages == 800
    assert heard == sorted(set(heard))
    assert heard[-1] == 800


def test_a_state_is_saved_at_once_and_progress_now_and_then(ledger: Ledger, folder: Folder, store: Store) -> None:
    job = add(ledger, folder)
    running = ledger.change(job.id, lambda job: job.started(NOW))
    for number in range(200):
        say(ledger, job.id, f"line {number}")
    other = Store(folder, lambda: NOW)
    saved = other.jobs()[0]
    assert saved.state == "running"
    assert saved.revision <= running.revision + 10
    ended = ledger.change(job.id, lambda job: job.stopped("cancelled", NOW, "Cancelled."))
    assert other.jobs() == [ended]
    other.close()


def test_the_jobs_own_folder_has_its_last_state_too(ledger: Ledger, folder: Folder) -> None:
    job = add(ledger, folder)
    ended = ledger.change(job.id, lambda job: job.stopped("cancelled", NOW, "Cancelled."))
    assert Job.read((folder.job(job.id) / "job.json").read_text()) == ended


def test_what_another_process_has_done_is_taken_in_and_told(ledger: Ledger, folder: Folder) -> None:
    job = add(ledger, folder)
    heard: list[Job] = []
    ledger.watch(heard.append)
    store = Store(folder, lambda: NOW)
    other = Ledger(store)
    theirs = add(other, folder)
    ended = other.change(job.id, lambda job: job.stopped("cancelled", NOW, "Cancelled."))
    store.close()
    ledger.refresh()
    assert heard == [theirs, ended]
    assert ledger.all() == [theirs, ended]


def test_a_database_that_fails_harms_no_job(ledger: Ledger, folder: Folder, store: Store) -> None:
    job = add(ledger, folder)
    store.close()
    ended = ledger.change(job.id, lambda job: job.stopped("cancelled", NOW, "Cancelled."))
    ledger.refresh()
    assert ledger.get(job.id) == ended
    assert Job.read((folder.job(job.id) / "job.json").read_text()) == ended


def test_a_dropped_job_is_gone(ledger: Ledger, folder: Folder, store: Store) -> None:
    job = add(ledger, folder)
    ledger.drop(job.id)
    assert ledger.all() == []
    assert store.jobs() == []
    with pytest.raises(NoSuchJob):
        ledger.get(job.id)
