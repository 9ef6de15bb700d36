"""The program's own window, watched from inside its process: when it is first shown, how late it is while a job runs.

python -m tests.benchmarks.window_probe paint FOLDER              prints the clock at the first shown frame
python -m tests.benchmarks.window_probe lag FOLDER ADDRESS FILE   starts ADDRESS, prints delays until FILE is there
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from PySide6 import QtWidgets
from PySide6.QtCore import QEvent, QObject, Qt, QTimer

sys.path.append(str(Path(__file__).parent.parent))  # tests/, for what they share

TICK_MS = 5
IDLE_SECONDS = 3.0


class FirstFrame(QObject):
    """Waits for the window's first paint event, and tells the time when it has been dealt with."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._tell)
        return False

    def _tell(self) -> None:
        loaded = {str(getattr(module, "__file__", "") or "") for module in list(sys.modules.values())}
        mapped = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "/" in line}
        files = sorted(file for file in loaded | mapped if Path(file).is_file())
        print(json.dumps({"at": time.monotonic(), "files": files}), flush=True)
        QtWidgets.QApplication.quit()


class Lag(QObject):
    """A timer that should come every 5 ms: how much later it comes, while nothing runs and then while a job does."""

    def __init__(self, address: str, result: Path) -> None:
        super().__init__()
        self._address = address
        self._result = result
        self._late: list[float] = []
        self._idle: list[float] = []
        self._begun = self._last = time.perf_counter()
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self._late.append((now - self._last) * 1000 - TICK_MS)
        self._last = now
        if not self._idle:
            self._wait_and_start(now)
        elif len(self._late) % 20 == 0 and self._result.exists():
            self._tell(now)

    def _wait_and_start(self, now: float) -> None:
        from named_widgets import find

        if now - self._begun < IDLE_SECONDS:
            return
        field = find("Address", "EditableText")
        if not isinstance(field, QtWidgets.QLineEdit) or "/practice/" not in field.text():
            self._late.clear()  # it is still opening
            return
        self._idle = self._late[len(self._late) // 2 :]
        if self._address:
            field.setFocus()
            field.setText(self._address)
            field.editingFinished.emit()
        start = find("Start", "Button")
        assert isinstance(start, QtWidgets.QAbstractButton)
        self._late = []
        self._begun = time.perf_counter()
        start.click()

    def _tell(self, now: float) -> None:
        self._timer.stop()
        figures = {"idle": _figures(self._idle), "busy": _figures(self._late), "seconds": now - self._begun}
        print(json.dumps(figures), flush=True)
        QtWidgets.QApplication.quit()


def _figures(late: list[float]) -> dict[str, float]:
    ordered = sorted(max(0.0, each) for each in late)
    return {"p99": ordered[int(len(ordered) * 0.99)], "worst": ordered[-1], "ticks": len(ordered)}


class Watched(QtWidgets.QApplication):
    """Qt's application, with somebody who looks once the program has shown its window and waits for events."""

    def exec(self) -> int:  # type: ignore[override]
        watcher = Lag(sys.argv[3], Path(sys.argv[4])) if sys.argv[1] == "lag" else FirstFrame()
        for window in self.topLevelWidgets():
            if window.isVisible():
                window.installEventFilter(watcher)
        return super().exec()


if __name__ == "__main__":
    QtWidgets.QApplication = Watched  # type: ignore[misc]
    from fetchtozip_gui.app import main

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    raise SystemExit(main(["--data-dir", sys.argv[2]]))
