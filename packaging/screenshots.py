"""Takes the README's pictures from the real window on the practice source: every page, in light and dark.

    python packaging/screenshots.py

Writes `docs/pictures/PAGE-light.png` and `PAGE-dark.png`. Nothing is shown on a screen. The text is set in Inter where
that is installed (Debian: fonts-inter), else in the system's own font.
"""

from __future__ import annotations

import os
import sys
import tempfile
import urllib.request
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
SIZE = (1480, 900)
PATIENCE_MS = 180_000
SOLD = [{"type": "filter", "where": "Quantity > 0"}, {"type": "deduplicate"}]


def main() -> int:
    """Tell a small story in a window, then grab every page twice."""
    with tempfile.TemporaryDirectory() as home:
        # before anything looks for it: no place of this machine is to be seen
        os.environ.update(HOME=home, USERPROFILE=home, FETCHTOZIP_HOME=str(Path(home) / "FetchToZip"))
        for folder in ("Downloads", "FetchToZip"):
            Path(home, folder).mkdir()
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
    PICTURES.mkdir(parents=True, exist_ok=True)
    try:
        _wait(application, lambda: window.rooms.bench.findings.tested is not None)
        _tell_story(application, window)
        _open_workbook(application, window)
        for place in window.places:
            window.go_to(place.id)
            _settle(application)
            for name, dark in (("light", False), ("dark", True)):
                program.theme.wear(dark=dark)
                _settle(application)
                _small(window.grab().toImage()).save(str(PICTURES / f"{place.id}-{name}.png"), "PNG", 0)
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
    """A workbook of the first rows, the whole practice source, and one job that is at work; a script asks as well."""
    practice = window.draft.document()
    _run(application, window, _sample(practice))
    _run(application, window, {**practice, "steps": [*practice["steps"], *SOLD]})
    slow = {**practice, "name": "invoices", "output": {"type": "file", "format": "parquet"}}
    slow["source"] = {**practice["source"], "url": f"{practice['source']['url']}&latency_ms=150", "concurrency": 4}
    _start(application, window, slow)
    _wait(application, lambda: any(job.rows > 150_000 for job in _jobs(window) if job.is_active))
    address = window.server.address
    for path in ("/health", "/api/export/inputs-list", "/practice"):
        urllib.request.urlopen(f"{address}{path}").read()
    window.draft.load({**practice, "steps": [*practice["steps"], *SOLD]}, "Practice source")
    window.rooms.bench.source.test()
    bench = window.rooms.bench
    _wait(application, lambda: not bench.findings.outdated and "last run" in bench.steps.about.text())
    _settle(application, 2_000)


def _open_workbook(application: QApplication, window: Window) -> None:
    """The first job's file, on the Files page with the profile of its columns."""
    from fetchtozip_gui.gui.pages.file_pane import FilePane

    window.go_to("files")
    files = window.rooms.files
    assert files is not None
    files.page.open([Path.home() / "Downloads" / "sample.xlsx"])
    _wait(application, lambda: files.page.current is not None and files.page.current.lazy() is not None)
    pane = files.page.pane()
    assert isinstance(pane, FilePane)
    pane.tab("Profile")
    _settle(application, 4_000)


def _sample(practice: dict[str, Any]) -> dict[str, Any]:
    source = {**practice["source"], "url": practice["source"]["url"].replace("?", "?rows=12000&")}
    return {**practice, "name": "sample", "source": source, "output": {"type": "file", "format": "xlsx"}}


def _run(application: QApplication, window: Window, document: dict[str, Any]) -> None:
    _start(application, window, document)
    _wait(application, lambda: not any(job.is_active for job in _jobs(window)))


def _start(application: QApplication, window: Window, document: dict[str, Any]) -> None:
    before = len(_jobs(window))
    window.draft.load(document, "Story")
    window.start()
    _wait(application, lambda: len(_jobs(window)) > before)


def _jobs(window: Window) -> list[Any]:
    engine = window.session.engine
    return engine.jobs() if engine is not None else []


def _wait(application: QApplication, until: Callable[[], bool]) -> None:
    from PySide6.QtCore import QDeadlineTimer

    deadline = QDeadlineTimer(PATIENCE_MS)
    while not until():
        if deadline.hasExpired():
            raise SystemExit("The window did not get there in time.")
        _settle(application, 20)


def _settle(application: QApplication, milliseconds: int = 300) -> None:
    """Let what is asked for in the background come and be painted."""
    from PySide6.QtCore import QEventLoop, QTimer

    # not QTest's wait, which holds the interpreter: all that is loaded beside the window would take minutes
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    raise SystemExit(main())
