"""What the engine says in its threads arrives in the window's, the newest alone and not too often."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui.bridge import INTERVAL_MS, Bridge, WindowPool

SNAPSHOTS = 20_000


@pytest.fixture
def heard(qtbot: QtBot) -> list[tuple[float, Job, QThread]]:
    return []


@pytest.fixture
def bridge(qtbot: QtBot, heard: list[tuple[float, Job, QThread]]) -> Bridge:
    bridge = Bridge()
    bridge.changed.connect(lambda job: heard.append((time.monotonic(), job, QThread.currentThread())))
    return bridge


def say(bridge: Bridge, job: Job, stop: threading.Event) -> None:
    """Many snapshots for as long as it takes, from a thread that is not Qt's."""
    for revision in range(1, SNAPSHOTS + 1):
        bridge.hear(replace(job, revision=revision))
        if revision % 100 == 0:
            stop.wait(0.001)


def test_two_busy_jobs_are_told_thirty_times_a_second_at_most(
    qtbot: QtBot, qapp: QApplication, bridge: Bridge, heard: list, new_job: Callable[..., Job]
) -> None:
    never = threading.Event()
    jobs = [new_job(1), new_job(2)]
    threads = [threading.Thread(target=say, args=(bridge, job, never)) for job in jobs]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    qtbot.waitUntil(
        lambda: {job.id for _, job, _ in heard if job.revision == SNAPSHOTS} == {job.id for job in jobs}, timeout=30_000
    )
    seconds = time.monotonic() - began
    for thread in threads:
        thread.join()
    for job in jobs:
        told = [(at, snapshot.revision) for at, snapshot, _ in heard if snapshot.id == job.id]
        revisions = [revision for _, revision in told]
        assert revisions == sorted(set(revisions))
        assert 2 <= len(told) <= seconds * 1000 / INTERVAL_MS + 2
    assert {thread for _, _, thread in heard} == {qapp.thread()}


def test_the_first_after_a_silence_is_told_at_once_and_the_last_always(
    qtbot: QtBot, bridge: Bridge, heard: list, new_job: Callable[..., Job]
) -> None:
    job = new_job()
    for revision in range(5):
        bridge.hear(replace(job, revision=revision))
    qtbot.waitUntil(lambda: bool(heard))
    assert [snapshot.revision for _, snapshot, _ in heard] == [4]
    bridge.hear(replace(job, revision=5))
    bridge.hear(replace(job, revision=6))
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard[1][1].revision == 6
    assert heard[1][0] - heard[0][0] >= (INTERVAL_MS - 2) / 1000


def test_an_older_snapshot_never_replaces_a_newer_one(
    qtbot: QtBot, bridge: Bridge, heard: list, new_job: Callable[..., Job]
) -> None:
    bridge.hear(replace(new_job(), revision=7))
    bridge.hear(replace(new_job(), revision=3))
    qtbot.waitUntil(lambda: bool(heard))
    assert [snapshot.revision for _, snapshot, _ in heard] == [7]


def test_after_leaving_nothing_is_told(
    qtbot: QtBot, qapp: QApplication, bridge: Bridge, heard: list, new_job: Callable[..., Job]
) -> None:
    watching: list[Callable[[Job], None]] = []
    bridge.follow(lambda watcher: watching.append(watcher) or watching.clear)
    watching[0](new_job())
    bridge.leave()
    assert watching == []
    with qtbot.assertNotEmitted(bridge.changed, wait=3 * INTERVAL_MS):
        qapp.processEvents()


def test_the_pool_does_so_many_at_a_time_in_order(qtbot: QtBot) -> None:
    pool = WindowPool(1)
    gate, done = threading.Event(), []
    pool.submit(gate.wait)
    for number in range(5):
        pool.submit(lambda number=number: done.append(number))
    assert done == []
    gate.set()
    qtbot.waitUntil(lambda: len(done) == 5)
    assert done == list(range(5))
    pool.shutdown()


def test_a_pool_that_shuts_down_waits_for_what_runs_and_drops_what_waits() -> None:
    pool = WindowPool(1)
    running, gate, done = threading.Event(), threading.Event(), []

    def work() -> None:
        running.set()
        gate.wait()
        done.append("ran")

    pool.submit(work)
    pool.submit(lambda: done.append("waited"))
    assert running.wait(10)
    threading.Timer(0.05, gate.set).start()
    pool.shutdown()
    assert done == ["ran"]
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(gate.wait)
