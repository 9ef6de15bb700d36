"""The request log: newest first, bounded, told in few steps, from whatever thread it is heard."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from fetchtozip_gui.gui.models.requests import MOST, RequestFilter, RequestLog


@dataclass
class Told:
    path: str
    method: str = "GET"
    status: int = 200
    seconds: float = 0.0123
    at: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def log(qtbot: QtBot) -> RequestLog:
    log = RequestLog()
    QAbstractItemModelTester(log, QAbstractItemModelTester.FailureReportingMode.Fatal, log)
    return log


def paths(log: RequestLog | RequestFilter) -> list[str]:
    return [log.index(row, 4).data() for row in range(log.rowCount())]


def test_requests_of_other_threads_come_newest_first(qtbot: QtBot, log: RequestLog) -> None:
    thread = threading.Thread(target=lambda: [log.hear(Told(f"/{number}")) for number in range(5)])
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: log.rowCount() == 5)
    assert paths(log) == ["/4", "/3", "/2", "/1", "/0"]
    assert [log.index(0, column).data() for column in (1, 2, 3)] == ["GET", "200", "12.3"]


def test_only_the_newest_are_kept(qtbot: QtBot, log: RequestLog) -> None:
    for first in (0, MOST - 10):
        for number in range(first, first + MOST - 10):
            log.hear(Told(f"/{number}"))
        last = f"/{first + MOST - 11}"
        qtbot.waitUntil(lambda last=last: log.rowCount() > 0 and paths(log)[0] == last)
    assert log.rowCount() == MOST
    for number in range(3 * MOST):
        log.hear(Told(f"/more/{number}"))
    qtbot.waitUntil(lambda: paths(log)[0] == f"/more/{3 * MOST - 1}")
    assert (log.rowCount(), paths(log)[-1]) == (MOST, f"/more/{2 * MOST}")
    log.clear()
    assert log.rowCount() == 0


def test_a_burst_is_told_in_few_steps(qtbot: QtBot, log: RequestLog) -> None:
    steps: list[int] = []
    log.rowsInserted.connect(lambda *_: steps.append(1))
    for number in range(500):
        log.hear(Told(f"/{number}"))
    qtbot.waitUntil(lambda: log.rowCount() == 500)
    assert len(steps) == 1


def test_requests_are_found_by_words(qtbot: QtBot, log: RequestLog) -> None:
    for told in (Told("/health"), Told("/api/export/start", "POST", 400), Told("/api/export/inputs", "POST")):
        log.hear(told)
    qtbot.waitUntil(lambda: log.rowCount() == 3)
    found = RequestFilter(log)
    for asked, expected in (("post 400", ["/api/export/start"]), ("health", ["/health"]), ("nowhere", [])):
        found.ask(asked)
        assert paths(found) == expected
