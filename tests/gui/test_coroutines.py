"""Coroutines run in the window's thread, the latest of a kind alone, and none is left behind at the end."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.errors import OutputError
from fetchtozip_gui.gui.coroutines import Latest, coroutines
from fetchtozip_gui.gui.errands import Errands


@pytest.fixture
def latest(errands: Errands) -> Latest:
    return Latest(errands, errands)


@pytest.fixture
def held() -> Iterator[Callable[[], int]]:
    """Work that ends with the test, or when `go_on` is set."""
    go_on = threading.Event()

    def work() -> int:
        assert go_on.wait(60)
        return 1

    work.go_on = go_on
    yield work
    go_on.set()


def test_what_is_awaited_is_done_elsewhere_and_told_here(
    qtbot: QtBot, qapp: QApplication, errands: Errands, latest: Latest
) -> None:
    told: list[tuple[QThread, QThread]] = []

    async def look() -> None:
        there = await errands.away(QThread.currentThread)
        told.append((there, QThread.currentThread()))

    latest.start(look())
    assert latest.is_running
    qtbot.waitUntil(lambda: not latest.is_running)
    (there, here) = told[0]
    assert there is not here
    assert here is qapp.thread()


def test_an_error_is_raised_where_it_is_awaited(qtbot: QtBot, errands: Errands, latest: Latest) -> None:
    told: list[str] = []

    def work() -> None:
        raise OutputError("The file is gone.")

    async def look() -> None:
        try:
            await errands.away(work)
        except OutputError as error:
            told.append(error.message)

    latest.start(look())
    qtbot.waitUntil(lambda: told == ["The file is gone."])


@pytest.mark.parametrize("again", [True, False])
def test_what_is_outdated_or_stopped_is_never_told(
    qtbot: QtBot, errands: Errands, latest: Latest, held: Callable[[], int], again: bool
) -> None:
    told: list[str] = []

    async def look(name: str, work: Callable[[], int]) -> None:
        await errands.away(work)
        told.append(name)

    latest.start(look("first", held))
    qtbot.wait(10)
    if again:
        latest.start(look("second", int))
        qtbot.waitUntil(lambda: told == ["second"])
    else:
        latest.stop()
    held.go_on.set()
    errands._pool.waitForDone()
    qtbot.wait(20)
    assert told == ["second"] * again
    assert not latest.is_running


def test_an_answer_that_is_there_is_not_told_once_stopped(qtbot: QtBot, errands: Errands, latest: Latest) -> None:
    told: list[int] = []

    async def look() -> None:
        loop = asyncio.get_running_loop()
        found = loop.create_future()
        loop.call_soon(found.set_result, 1)
        # behind what has the coroutine go on in the next round of the loop, and before that round
        found.add_done_callback(lambda _: latest.stop())
        told.append(await found)

    latest.start(look())
    qtbot.wait(20)
    assert told == []


def test_what_waits_begins_with_the_errands(qtbot: QtBot) -> None:
    errands, told = Errands(waits=True), []
    first, second = Latest(errands, errands), Latest(errands, errands)

    async def look(number: int) -> None:
        told.append(await errands.away(lambda: number))

    first.start(look(1))
    first.start(look(2))
    second.start(look(3))
    second.stop()
    qtbot.wait(20)
    assert told == []
    assert first.is_running
    assert not second.is_running
    errands.begin()
    qtbot.waitUntil(lambda: told == [2])
    errands.close()


def test_once_the_errands_are_closed_nothing_is_started(qtbot: QtBot, errands: Errands, latest: Latest) -> None:
    told = []

    async def look() -> None:
        told.append(1)

    errands.close()
    latest.start(look())
    assert not latest.is_running
    qtbot.wait(10)
    assert told == []


def test_an_error_that_nobody_foresaw_is_told_like_any_other(qtbot: QtBot, latest: Latest) -> None:
    async def look() -> None:
        raise ZeroDivisionError

    with capture_exceptions() as caught:
        latest.start(look())
        qtbot.waitUntil(lambda: bool(caught))
    assert [kind for kind, *_ in caught] == [ZeroDivisionError]


def test_at_the_end_everything_that_waits_is_cancelled(
    qapp: QApplication, qtbot: QtBot, held: Callable[[], int]
) -> None:
    ended: list[str] = []

    async def look() -> None:
        try:
            await errands.away(held)
        finally:
            ended.append("cancelled")

    with coroutines(qapp):
        errands = Errands()
        latest = Latest(errands, errands)
        latest.start(look())
        qtbot.wait(20)
        assert ended == []
    assert ended == ["cancelled"]
    assert not latest.is_running
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
    held.go_on.set()
    errands.close()


def test_signals_wake_the_loop_as_before(qapp: QApplication) -> None:
    heard, said = socket.socketpair()
    said.setblocking(False)
    before = signal.set_wakeup_fd(said.fileno())
    try:
        with coroutines(qapp):
            assert signal.set_wakeup_fd(said.fileno()) == said.fileno()
        assert signal.set_wakeup_fd(-1) == said.fileno()
    finally:
        signal.set_wakeup_fd(before)
        heard.close()
        said.close()


def test_nothing_is_left_of_one_whose_owner_is_gone(qtbot: QtBot, errands: Errands, held: Callable[[], int]) -> None:
    owner, told = QObject(), []
    latest = Latest(errands, owner)

    async def look() -> None:
        told.append(await errands.away(held))

    latest.start(look())
    qtbot.wait(10)
    owner.deleteLater()
    qtbot.wait(10)
    held.go_on.set()
    errands._pool.waitForDone()
    qtbot.wait(20)
    assert told == []
