"""What takes long is done elsewhere, and its answer comes back to the window's thread."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.errors import FetchToZipError, OutputError, Unforeseen
from fetchtozip_gui.gui.errands import Errands, ignore


def test_work_is_done_elsewhere_and_answered_here(qtbot: QtBot, qapp: QApplication, errands: Errands) -> None:
    answers: list[tuple[QThread, QThread]] = []
    errands.run(QThread.currentThread, lambda there: answers.append((there, QThread.currentThread())))
    qtbot.waitUntil(lambda: bool(answers))
    there, here = answers[0]
    assert there is not here
    assert here is qapp.thread()


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (OutputError("The file is gone."), OutputError, "The file is gone."),
        (ZeroDivisionError("by zero"), Unforeseen, "ZeroDivisionError: by zero"),
    ],
)
def test_errors_come_back_in_words(
    qtbot: QtBot, errands: Errands, error: Exception, kind: type[FetchToZipError], words: str
) -> None:
    def work() -> None:
        raise error

    failures: list[FetchToZipError] = []
    errands.run(work, lambda _: pytest.fail("it did not work"), failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert type(failures[0]) is kind
    assert words in failures[0].message


def test_once_closed_nothing_comes_back(qapp: QApplication, qtbot: QtBot) -> None:
    errands, answers = Errands(), []
    errands.run(lambda: 1, answers.append)
    errands.close()
    errands.close()
    errands.run(lambda: 2, answers.append)
    qapp.processEvents()
    assert answers == []


def test_what_waits_is_run_when_it_may_begin(qtbot: QtBot) -> None:
    errands, done = Errands(waits=True), []
    errands.run(lambda: 1, done.append)
    qtbot.wait(20)
    assert done == []
    errands.begin()
    errands.run(lambda: 2, done.append)
    qtbot.waitUntil(lambda: sorted(done) == [1, 2])
    errands.close()


def test_nothing_runs_beside_what_is_loaded_first(qtbot: QtBot) -> None:
    errands, order = Errands(waits=True), []
    others = errands.beside(errands)
    loads = threading.Event()

    def load() -> None:
        assert loads.wait(10)
        order.append("loaded")

    for each in (errands, others):
        each.run(lambda: order.append("run"), ignore)
    errands.begin(load)
    errands.run(lambda: order.append("run"), ignore)
    qtbot.wait(50)
    assert order == []
    loads.set()
    qtbot.waitUntil(lambda: order == ["loaded", "run", "run", "run"])
    for each in (others, errands):
        each.close()


def test_what_cannot_be_loaded_keeps_nobody_waiting(qtbot: QtBot) -> None:
    errands, done = Errands(waits=True), []
    errands.run(lambda: 1, done.append)
    errands.begin(lambda: 1 / 0)
    qtbot.waitUntil(lambda: done == [1])
    assert errands.beside(errands)._waiting is None
    errands.close()
