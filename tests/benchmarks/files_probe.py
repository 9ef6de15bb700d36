"""The Files page watched from inside its process: how late the window is while a file is read, judged and exported.

python -m tests.benchmarks.files_probe HOME FILE [STACKS]      prints the delays; STACKS gets where they were
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6 import QtWidgets
from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 5
LATE_MS = 16
LONGEST_SECONDS = 900.0
RULES = {"id": {"type": "integer", "min": 0}, "city": {"required": True}, "quantity": {"max": 23}}
"""Of which the last is broken by one row in about fifty."""
STEPS = [
    {"type": "clean", "columns": ["discount"], "handle_missing": "mean"},
    {"type": "clean", "columns": ["price"], "outliers": "clip"},
]
Phase = tuple[str, Callable[[], None], Callable[[], bool]]


class Stacks(threading.Thread):
    """Looks at the window's thread whenever its timer is late: where that is, the delay is."""

    def __init__(self, to: Path, watched: Files) -> None:
        super().__init__(daemon=True)
        self._to = to
        self._watched = watched
        self._main = threading.main_thread().ident

    def run(self) -> None:
        with self._to.open("w") as file:
            while True:
                time.sleep(0.004)
                late = (time.perf_counter() - self._watched.last) * 1000 - TICK_MS
                if late < LATE_MS:
                    continue
                print(f"--- {late:.0f} ms, {self._watched.phase}", *self._places(), sep="\n", file=file, flush=True)

    def _places(self) -> list[str]:
        """Where the threads are. No frame is held for long: a painter in one would die in the wrong thread."""
        found = []
        for ident, frame in sys._current_frames().items():
            if ident == self.ident:
                continue
            lines, at = [], frame
            while at is not None and len(lines) < 6:
                lines.append(f"{at.f_code.co_filename[-40:]}:{at.f_lineno} {at.f_code.co_name}")
                at = at.f_back
            found.append(("" if ident == self._main else "   beside ") + " < ".join(lines))
        del frame, at
        return found


class Files(QObject):
    """A timer that should come every 5 ms, through all that is done with a file; the delays are kept by phase."""

    def __init__(self, window: Any, file: Path) -> None:
        super().__init__()
        self._window = window
        self._file = file
        self._phases = self._plan()
        self._told: dict[str, dict[str, float]] = {}
        self._done: Callable[[], bool] = lambda: window.session.engine is not None
        self._ticks = 0
        self.phase = "start"
        self._forget()
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _plan(self) -> Iterator[Phase]:
        window = self._window
        window.go_to("files")
        page = window.rooms.files.page
        yield "reading", lambda: page.open([self._file]), lambda: page.current.state == "ready"
        pane = page.pane()
        draft = pane.file.draft
        rows = pane.tab("Rows")
        yield "scrolling", lambda: self._scroll(rows.grid), lambda: self._scrolled >= 100
        profile = pane.tab("Profile")
        yield "profile", lambda: None, lambda: profile.model.rowCount() > 0 and not profile.model.is_working
        rules = pane.tab("Rules")
        validate = {"type": "validate", "schema": RULES, "on_error": "drop"}
        yield (
            "rules",
            lambda: draft.change("Rules", steps=[validate]),
            lambda: rules.finding.answer is not None and rules.faults.rowCount() == rules.finding.answer.faults,
        )
        self._faults = rules.finding.answer.faults
        clean = pane.tab("Clean")
        yield (
            "cleaning",
            lambda: draft.change("Clean", steps=[*STEPS, validate]),
            lambda: clean.model.stage(3) is not None and clean.model.stage(3).change is not None,
        )
        shown = pane.tab("Rows")
        yield (
            "rows after the steps",
            lambda: shown.which.setCurrentIndex(1),
            lambda: shown.which.currentIndex() == 1 and shown.words.text().endswith("rows"),
        )
        export = pane.tab("Export")
        yield (
            "export",
            lambda: export.export(),
            lambda: export.card is not None and export.card.job.state in ("completed", "failed"),
        )
        if export.card.job.state != "completed":
            raise RuntimeError(f"The export has failed: {export.card.job.error}")

    def _scroll(self, grid: QtWidgets.QTableView) -> None:
        """To a hundred places all over the table."""
        self._scrolled = 0
        bar = grid.verticalScrollBar()

        def on() -> None:
            self._scrolled += 1
            bar.setValue(bar.maximum() * (self._scrolled * 37 % 100) // 100)
            if self._scrolled < 100:
                QTimer.singleShot(30, on)

        on()

    def _tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self._late.append((now - self.last) * 1000 - TICK_MS)
        self._work.append((worked - self._worked) * 1000)
        self.last, self._worked = now, worked
        self._ticks += 1
        try:
            if self._ticks % 10 == 0 and self._done():
                self._go_on(now)
            elif now - self._begun > LONGEST_SECONDS:
                raise RuntimeError(f"{self.phase} does not end.")
        except Exception:
            # Qt would go on without this tick, and nobody would hear of it
            traceback.print_exc()
            os._exit(1)

    def _go_on(self, now: float) -> None:
        if self.phase != "start":
            self._told[self.phase] = figures(self._late, self._work) | {"seconds": now - self._begun}
        phase = next(self._phases, None)
        if phase is None:
            self._timer.stop()
            print(json.dumps({"phases": self._told, "faults": self._faults}), flush=True)
            os._exit(0)
        self.phase, begin, self._done = phase
        print(self.phase, file=sys.stderr)
        self._forget()
        begin()

    def _forget(self) -> None:
        self._late: list[float] = []
        self._work: list[float] = []
        self.last, self._worked = time.perf_counter(), time.thread_time()
        self._begun = self.last


def figures(late: list[float], work: list[float]) -> dict[str, float]:
    """Of delays and of the window's own work, in ms."""
    ordered, worked = sorted(late), sorted(work)
    return {
        "p99": max(0.0, ordered[int(len(ordered) * 0.99)]),
        "worst": max(0.0, ordered[-1]),
        "work_p99": worked[int(len(worked) * 0.99)],
        "work_worst": worked[-1],
    }


class Watched(QtWidgets.QApplication):
    """Qt's application, with somebody who works once the program has shown its window and waits for events."""

    def exec(self) -> int:  # type: ignore[override]
        window = next(one for one in self.topLevelWidgets() if type(one).__name__ == "Window")
        watcher = Files(window, Path(sys.argv[2]))
        if sys.argv[3:]:
            Stacks(Path(sys.argv[3]), watcher).start()
        return super().exec()


if __name__ == "__main__":
    QtWidgets.QApplication = Watched  # type: ignore[misc]
    from fetchtozip_gui.app import main

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    raise SystemExit(main(["--data-dir", sys.argv[1]]))
