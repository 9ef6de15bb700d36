"""Takes the README's pictures from the real window on the practice source, in light and dark.

    python packaging/screenshots.py

Writes `docs/pictures/PAGE-light.png` and `PAGE-dark.png` for every page. Nothing is shown on a screen. The text is
set in Inter where that is installed (Debian: fonts-inter), else in the system's own font.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication

    from fetchtozip_gui.gui.window import Window

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_SCALE_FACTOR"] = "2"  # sharp on today's screens
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PICTURES = ROOT / "docs" / "pictures"
SIZE = (1440, 900)
PAGES = ("export", "jobs", "script", "settings", "help")
PATIENCE_MS = 120_000


def main() -> int:
    """Run the demonstration in a window, then grab its pages in both themes."""
    with tempfile.TemporaryDirectory() as home:
        # before anything looks for it: no place of this machine is to be seen
        os.environ.update(HOME=home, USERPROFILE=home, FETCHTOZIP_HOME=str(Path(home) / "FetchToZip"))
        for folder in ("Downloads", "FetchToZip"):
            Path(home, folder).mkdir()
        # the port of a last time: the one that the documents name, where it is free
        Path(home, "FetchToZip", "window.ini").write_text("[practice]\nport=8000\n[settings]\ntheme=light\n")
        return _take()


def _take() -> int:
    from PySide6.QtGui import QFont, QFontDatabase
    from PySide6.QtWidgets import QApplication

    from fetchtozip_gui.app import Program
    from fetchtozip_gui.engine.folder import Folder

    application = QApplication([])
    family = "Inter" if "Inter" in QFontDatabase.families() else application.font().family()
    application.setFont(QFont(family, 10))
    program = Program(application, Folder.find(), dark=False)
    window = program.window
    window.resize(*SIZE)
    window.show()
    try:
        _wait(application, lambda: window.rooms.bench.findings.tested is not None)
        _tell_story(application, window)
        PICTURES.mkdir(parents=True, exist_ok=True)
        for name, dark in (("light", False), ("dark", True)):
            program.theme.wear(dark=dark)
            for page in PAGES:
                _show(application, window, page)
                _small(window.grab().toImage()).save(str(PICTURES / f"{page}-{name}.png"), "PNG", 0)
    finally:
        program.close()
    return 0


def _small(picture: QImage) -> QImage:
    """The picture in its 256 most frequent colours: a third of the bytes, and plain grounds keep their colour."""
    picture = picture.convertToFormat(picture.Format.Format_RGB32)
    counts = Counter(memoryview(picture.constBits()).cast("I"))
    colours = [colour for colour, _ in counts.most_common(256)]
    return picture.convertToFormat(picture.Format.Format_Indexed8, colours)


def _tell_story(application: QApplication, window: Window) -> None:
    """A small workbook, the demonstration itself with named columns, and a job that is at work."""
    steps = [*window.session.practice["steps"], {"type": "filter", "where": "quantity > 0"}]
    address = str(window.session.practice["source"]["url"])
    for query, name, format, made in (
        ("rows=12000&", "sample", "xlsx", []),
        ("", "online-retail", "zip", steps),
    ):
        _start(application, window, address.replace("?", f"?{query}"), name, format, made)
        _wait(application, lambda: not window.jobs.at_work())
    _start(application, window, f"{address}&latency_ms=900", "retail-archive", "parquet", steps)
    _wait(application, lambda: any(job.rows > 100_000 for job in window.jobs.at_work()))
    _draft(window, address, "online-retail", "zip", steps)
    window.rooms.bench.source.test()
    _wait(application, lambda: window.rooms.bench.findings.tested is not None)


def _draft(window: Window, address: str, name: str, format: str, steps: list[Any]) -> None:
    source = {"type": "http", "url": address, "rate_limit": None, "page_limit": None}
    output = {"type": "file", "format": format, "path": "~/Downloads/"}
    window.draft.load({"name": name, "source": source, "steps": steps, "output": output})


def _start(application: QApplication, window: Window, address: str, name: str, format: str, steps: list[Any]) -> None:
    before = window.jobs.rowCount()
    _draft(window, address, name, format, steps)
    window.start()
    _wait(application, lambda: window.jobs.rowCount() > before)


def _show(application: QApplication, window: Window, page: str) -> None:
    """A page with nothing chosen in it, once what it asks for has come."""
    from PySide6.QtCore import QDeadlineTimer
    from PySide6.QtGui import QCursor

    QCursor.setPos(window.mapToGlobal(window.rect().bottomRight()))  # nothing is pointed at
    window.go_to(page)
    if page == "jobs":
        window.rooms.show_job(window.jobs.all()[1].id)
    window.setFocus()
    settled = QDeadlineTimer(1500)
    _wait(application, settled.hasExpired)


def _wait(application: QApplication, until: Callable[[], bool]) -> None:
    from PySide6.QtCore import QDeadlineTimer, QThread

    deadline = QDeadlineTimer(PATIENCE_MS)
    while not until():
        if deadline.hasExpired():
            raise SystemExit("The window did not get there in time.")
        application.processEvents()
        QThread.msleep(5)


if __name__ == "__main__":
    raise SystemExit(main())
