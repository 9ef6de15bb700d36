"""The whole program, watched from inside its process until its window has been shown for the first time.

python -m tests.benchmarks.first_frame FOLDER    prints the clock, the processor's seconds and the files opened by then
python -m tests.benchmarks.first_frame           does so of an empty window in place of the program's
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from fetchtozip_gui.gui import display


def watch() -> None:
    """Put somebody beside Qt's application who tells the time once the window's first paint has been dealt with."""
    from PySide6 import QtWidgets  # as late as the program loads it
    from PySide6.QtCore import QEvent, QObject, QTimer

    class FirstFrame(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint:
                watched.removeEventFilter(self)
                QTimer.singleShot(0, tell)
                QTimer.singleShot(0, QtWidgets.QApplication.quit)
            return False

    class Watched(QtWidgets.QApplication):
        def exec(self) -> int:  # type: ignore[override]
            watcher = FirstFrame()
            for window in self.topLevelWidgets():
                if window.isVisible():
                    window.installEventFilter(watcher)
            return super().exec()

    QtWidgets.QApplication = Watched  # type: ignore[misc]


def tell() -> None:
    """Print what was needed until now."""
    at, cpu = time.monotonic(), time.process_time()
    modules = list(sys.modules.values())
    loaded = {str(getattr(it, name, "") or "") for it in modules for name in ("__file__", "__cached__")}
    mapped = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "/" in line}
    files = sorted(file for file in loaded | mapped if Path(file).is_file())
    print(json.dumps({"at": at, "cpu": cpu, "files": files}), flush=True)


def show_nothing() -> None:
    """What Qt alone takes on this machine."""
    watch()
    from PySide6 import QtWidgets

    application = QtWidgets.QApplication(["empty"])
    window = QtWidgets.QMainWindow()
    window.show()
    application.exec()


def show_program(folder: str) -> None:
    """What the program takes, started as the command does."""
    from fetchtozip_gui.__main__ import main

    check = display.check

    def check_and_watch() -> None:
        """The last that the program does before it loads Qt."""
        check()
        watch()

    display.check = check_and_watch  # type: ignore[assignment]
    sys.argv = ["fetchtozip", "--data-dir", folder]
    main()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    show_program(sys.argv[1]) if sys.argv[1:] else show_nothing()
