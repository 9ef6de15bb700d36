"""The whole program, watched from inside its process until its window has been shown for the first time.

python -m tests.benchmarks.first_frame FOLDER    prints the clock, the processor's seconds and the files opened by then
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from PySide6 import QtWidgets
from PySide6.QtCore import QEvent, QObject, QTimer


class FirstFrame(QObject):
    """Waits for the window's first paint event, and tells the time when it has been dealt with."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._tell)
        return False

    def _tell(self) -> None:
        at, cpu = time.monotonic(), time.process_time()
        modules = list(sys.modules.values())
        loaded = {str(getattr(it, name, "") or "") for it in modules for name in ("__file__", "__cached__")}
        mapped = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "/" in line}
        files = sorted(file for file in loaded | mapped if Path(file).is_file())
        print(json.dumps({"at": at, "cpu": cpu, "files": files}), flush=True)
        QtWidgets.QApplication.quit()


class Watched(QtWidgets.QApplication):
    """Qt's application, with somebody who looks once the program has shown its window and waits for events."""

    def exec(self) -> int:  # type: ignore[override]
        watcher = FirstFrame()
        for window in self.topLevelWidgets():
            if window.isVisible():
                window.installEventFilter(watcher)
        return super().exec()


if __name__ == "__main__":
    QtWidgets.QApplication = Watched  # type: ignore[misc]
    from fetchtozip_gui.__main__ import main

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.argv = ["fetchtozip", "--data-dir", sys.argv[1]]
    main()
