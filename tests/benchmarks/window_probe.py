"""The program's own window, watched from inside its process: how late it is at rest, while a job runs, and when used.

python -m tests.benchmarks.window_probe FOLDER ADDRESS    starts ADDRESS, or the practice source where it is empty

Counting begins once the window is at rest, and again once the job runs; it ends a second after the job has ended. Then
every page is opened for the first time. Prints delays as JSON, with what the window did at the longest of its own.
"""

from __future__ import annotations

import faulthandler
import json
import os
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from PySide6 import QtWidgets
from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 5
LATE_MS = 16.0
REST_SECONDS = 2.0
"""As long as this no errand runs and nothing of the window's own is late: it is at rest."""
IDLE_SECONDS = 3.0
AFTER_SECONDS = 1.0
LONGEST_SECONDS = 280.0
"""Until a phase has come to its end."""
TOLD = 6
"""Delays of each phase whose place is told."""


class Watchdog(threading.Thread):
    """Looks at the stack of the window's thread whenever a tick is late; the place that it sees most often is told.

    `faulthandler` writes the stack without making frames of it: a frame that is held keeps a `QPainter` of the window
    alive past the end of its painting, which Qt does not survive.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._watched = f"0x{threading.get_ident():016x}"
        self._stacks = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the thread
        self.expected = 0.0
        self.seen: Counter[str] = Counter()

    def run(self) -> None:
        while True:
            time.sleep(0.003)
            if time.perf_counter() - self.expected > 0.008:
                self.seen[self._look()] += 1

    def _look(self) -> str:
        self._stacks.seek(0)
        self._stacks.truncate()
        faulthandler.dump_traceback(self._stacks, all_threads=True)
        self._stacks.seek(0)
        watched = self._stacks.read().partition(self._watched)[2].partition("\n\n")[0]
        found = re.findall(r'File ".*fetchtozip_gui/(.*)", line (\d+) in (.*)', watched)
        lines = [f"{file}:{line} {name}" for file, line, name in found if file != "app.py"]
        return " < ".join(lines[:4]) or "Qt itself"


class Lag(QObject):
    """A timer that should come every 5 ms: how much later it comes, phase by phase.

    Beside it, how long the window's thread itself has worked between two ticks: that much does not depend on what else
    the machine does.
    """

    def __init__(self, address: str, window: Any) -> None:
        super().__init__()
        self._address = address
        self._window = window
        self._pressed = False
        self._phases: dict[str, dict[str, Any]] = {}
        self._dog = Watchdog()
        self._steps = iter(
            [
                ("", self._is_at_rest),
                ("idle", self._has_been(IDLE_SECONDS)),
                ("", self._take_address),
                ("", self._is_at_rest),
                ("", self._start),
                ("busy", self._has_ended),
                ("pages", self._pages_are_open),
            ]
        )
        self._pages = [place.id for place in window.places]
        self._next()
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._dog.start()

    def _next(self) -> None:
        self._phase, self._is_over = next(self._steps, ("", None))
        self._begun = self._calm = time.perf_counter()
        self._late: list[float] = []
        self._work: list[float] = []
        self._where: list[tuple[float, float, float, str]] = []
        self._forget()

    def _forget(self) -> None:
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._dog.expected = self._last + TICK_MS / 1000
        self._dog.seen = Counter()

    def _tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        late, work = (now - self._last) * 1000 - TICK_MS, (worked - self._worked) * 1000
        self._late.append(late)
        self._work.append(work)
        if max(late, work) > LATE_MS:
            seen = self._dog.seen.most_common(1)
            self._where.append((work, late, now - self._begun, seen[0][0] if seen else "not seen"))
        if work > LATE_MS:
            self._calm = now
        self._forget()
        if self._is_over is not None and self._is_over(now):
            if self._phase:
                self._phases[self._phase] = self._figures(now)
            self._next()
            if self._is_over is None:
                self._tell()
        elif now - self._begun > LONGEST_SECONDS:
            self._give_up()

    # --- the ends of the phases ---------------------------------------------------------------------------------

    def _is_at_rest(self, now: float) -> bool:
        window = self._window
        if window.session.engine is None or window.rooms.bench.findings.tested is None:
            self._calm = now
        return now - self._calm > REST_SECONDS

    def _has_been(self, seconds: float) -> Callable[[float], bool]:
        return lambda now: now - self._begun > seconds

    def _take_address(self, now: float) -> bool:
        window = self._window
        if self._address:
            window.draft.change("Address", source={"type": "http", "url": self._address})
            # as many and as fast as they come, once the window has taken over the address
            window.draft.change("Pages", source={**window.draft.part("source"), "page_limit": 1000, "rate_limit": None})
            window.rooms.bench.source.test()
        return True

    def _start(self, now: float) -> bool:
        newest = self._window.jobs.newest()
        if not self._pressed:
            self._pressed = True
            self._window.start()
        return newest is not None and (newest.pages > 0 or not newest.is_active)

    def _has_ended(self, now: float) -> bool:
        newest = self._window.jobs.newest()
        if newest.is_active:
            self._calm = now
        return now - self._calm > AFTER_SECONDS

    def _pages_are_open(self, now: float) -> bool:
        # a page every quarter of a second, and back to the first one
        if now - self._calm > 0.25:
            self._calm = now
            if not self._pages:
                return True
            self._window.go_to(self._pages.pop())
        return False

    # --- telling ------------------------------------------------------------------------------------------------

    def _figures(self, now: float) -> dict[str, Any]:
        late, work = sorted(self._late), sorted(self._work)
        # by its own work: the machine's other work makes a window late that does nothing
        worst = sorted(self._where, reverse=True)[:TOLD]
        return {
            "seconds": now - self._begun,
            "p99": max(0.0, late[int(len(late) * 0.99)]),
            "worst": max(0.0, late[-1]),
            "work_p99": work[int(len(work) * 0.99)],
            "work_worst": work[-1],
            "where": [
                f"{late:.0f} ms late, {work:.0f} ms of own work, after {at:.1f} s: {place}"
                for work, late, at, place in worst
            ],
        }

    def _give_up(self) -> None:
        self._timer.stop()
        jobs = [f"{job.state}, page {job.pages}: {job.verdict or job.error or ''}" for job in self._window.jobs.all()]
        waits = self._is_over.__name__ if self._is_over else ""
        print(f"No end of {waits} after {LONGEST_SECONDS} s. Jobs: {jobs}. {self._phases}", file=sys.stderr)
        QtWidgets.QApplication.exit(1)

    def _tell(self) -> None:
        self._timer.stop()
        newest = self._window.jobs.newest()
        print(json.dumps({**self._phases, "verdict": newest.verdict.words if newest.verdict else newest.state}))
        QtWidgets.QApplication.quit()


class Watched(QtWidgets.QApplication):
    """Qt's application, with somebody who looks once the program has shown its window and waits for events."""

    def exec(self) -> int:  # type: ignore[override]
        window = next(it for it in self.topLevelWidgets() if isinstance(it, QtWidgets.QMainWindow) and it.isVisible())
        watcher = Lag(sys.argv[2], window)
        watcher.setParent(self)
        return super().exec()


if __name__ == "__main__":
    QtWidgets.QApplication = Watched  # type: ignore[misc]
    from fetchtozip_gui.app import main

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    raise SystemExit(main(["--data-dir", sys.argv[1]]))
