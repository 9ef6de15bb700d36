"""The program's own window, watched from inside its process: how late it is while a job runs.

python -m tests.benchmarks.window_probe FOLDER ADDRESS RESULTS   starts ADDRESS, prints delays until RESULTS holds a ZIP
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from named_widgets import find, shown
from PySide6 import QtWidgets
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest

TICK_MS = 5
SETTLING_SECONDS = 4.0
"""After the practice source is there: the window tests it by itself and shows its first page."""
IDLE_SECONDS = 4.0
LONGEST_SECONDS = 300.0


class Lag(QObject):
    """A timer that should come every 5 ms: how much later it comes, idle and then while a job runs.

    Beside it, how long the window's thread itself has worked between two ticks: that much does not depend on what else
    the machine does.
    """

    def __init__(self, address: str, results: Path) -> None:
        super().__init__()
        self._address = address
        self._results = results
        self._is_there = False
        self._idle: dict[str, float] = {}
        self._begun = time.perf_counter()
        self._forget()
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self._late.append((now - self._last) * 1000 - TICK_MS)
        self._work.append((worked - self._worked) * 1000)
        self._last, self._worked = now, worked
        if not self._idle:
            self._wait_and_start(now)
        elif len(self._late) % 20 == 0:
            if any(self._results.glob("*.zip")):
                self._tell(now)
            elif now - self._begun > LONGEST_SECONDS:
                self._give_up()

    def _wait_and_start(self, now: float) -> None:
        field = find("Address", "EditableText") if not self._is_there else None
        if isinstance(field, QtWidgets.QLineEdit) and "/practice/" in field.text():
            self._is_there, self._begun = True, now
        if not self._is_there or now - self._begun < SETTLING_SECONDS:
            self._forget()
            return
        if now - self._begun < SETTLING_SECONDS + IDLE_SECONDS:
            return
        self._idle = _figures(self._late, self._work)
        if self._address:
            for name, text in (("Address", self._address), ("Pages", "1000")):
                _type(name, text)
        start = find("Start", "Button")
        assert isinstance(start, QtWidgets.QAbstractButton)
        self._forget()
        self._begun = time.perf_counter()
        start.click()

    def _forget(self) -> None:
        self._late, self._work = [], []
        self._last, self._worked = time.perf_counter(), time.thread_time()

    def _give_up(self) -> None:
        print("There is no result. The window shows:", *(name for name, _, _ in shown()), sep="\n", file=sys.stderr)
        QtWidgets.QApplication.exit(1)

    def _tell(self, now: float) -> None:
        self._timer.stop()
        figures = {"idle": self._idle, "busy": _figures(self._late, self._work), "seconds": now - self._begun}
        print(json.dumps(figures), flush=True)
        QtWidgets.QApplication.quit()


def _type(name: str, text: str) -> None:
    field = find(name, "EditableText")
    if field is not None:
        field.setFocus()
        QTest.keySequence(field, "Ctrl+A")
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Tab)


def _figures(late: list[float], work: list[float]) -> dict[str, float]:
    ordered, worked = sorted(late), sorted(work)
    return {
        "p99": max(0.0, ordered[int(len(ordered) * 0.99)]),
        "worst": max(0.0, ordered[-1]),
        "work_p99": worked[int(len(worked) * 0.99)],
        "work_worst": worked[-1],
    }


class Watched(QtWidgets.QApplication):
    """Qt's application, with somebody who looks once the program has shown its window and waits for events."""

    def exec(self) -> int:  # type: ignore[override]
        watcher = Lag(sys.argv[2], Path(sys.argv[3]))
        for window in self.topLevelWidgets():
            if window.isVisible():
                window.installEventFilter(watcher)
        return super().exec()


if __name__ == "__main__":
    QtWidgets.QApplication = Watched  # type: ignore[misc]
    from fetchtozip_gui.app import main

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    raise SystemExit(main(["--data-dir", sys.argv[1]]))
