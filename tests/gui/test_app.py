"""The whole program: painted before anything heavy is loaded, closed by a signal, opened again where it was left."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fetchtozip_gui.app import Program
from fetchtozip_gui.engine.folder import Folder

LONG = 60_000
FIRST_PAINT = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from fetchtozip_gui.app import Program
from fetchtozip_gui.engine.folder import Folder

application = QApplication([])
program = Program(application, Folder(Path(sys.argv[1])))
program.window.first_painted.disconnect()
program.window.first_painted.connect(application.quit)
program.window.show()
application.exec()
print(*{name.partition(".")[0] for name in sys.modules})
"""


@contextmanager
def opened(qtbot: QtBot, qapp: QApplication, folder: Path) -> Iterator[Program]:
    program = Program(qapp, Folder(folder), dark=False)
    qtbot.addWidget(program.window)
    program.window.show()
    try:
        yield program
    finally:
        program.window.close()
        program.close()


def test_the_first_paint_waits_for_nothing_heavy(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FIRST_PAINT, str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    heavy = {"polars", "pydantic", "httpx", "fastapi", "uvicorn", "pyarrow", "xlsxwriter"}
    assert "PySide6" in found.stdout
    assert not heavy & set(found.stdout.split())


def test_it_opens_ready_for_start_and_as_it_was_left(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, downloads: Path
) -> None:
    addresses = []
    for _ in range(2):
        with opened(qtbot, qapp, tmp_path / "data") as program:
            form = program.window.form
            qtbot.waitUntil(lambda form=form: form.draft().is_practice, timeout=LONG)
            addresses.append(form.address.text())
            assert form.address.text().startswith("http://127.0.0.1:")
            assert Path(form.draft().folder).expanduser().is_dir()
            form.fill(format="parquet", folder=str(downloads))
    # the same port: a practice job of the last time can go on
    assert addresses[0] == addresses[1]
    with opened(qtbot, qapp, tmp_path / "data") as program:
        draft = program.window.form.draft()
        assert (draft.format, Path(draft.folder).expanduser()) == ("parquet", downloads)
        program.window.form.address.setText("https://example.com/?api_key=hidden")
        qtbot.waitUntil(lambda: program.window.form.draft().practice != {}, timeout=LONG)
    assert "hidden" not in (tmp_path / "data" / "window.ini").read_text()


def test_a_second_window_on_the_same_folder_says_so(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with opened(qtbot, qapp, tmp_path / "data") as first:
        qtbot.waitUntil(lambda: first.window.form.draft().is_practice, timeout=LONG)
        with opened(qtbot, qapp, tmp_path / "data") as second:
            qtbot.waitUntil(second.window.notice.isVisible, timeout=LONG)
            assert "is in use by process" in second.window.notice.text()
            first.window.close()
            first.close()
            second.window.asked_again.emit()
            qtbot.waitUntil(lambda: second.window.form.draft().is_practice, timeout=LONG)
            assert not second.window.notice.isVisible()


def test_an_error_of_the_window_itself_is_told_and_logged(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with opened(qtbot, qapp, tmp_path / "data") as program:
        qtbot.waitUntil(lambda: program.window.form.draft().is_practice, timeout=LONG)
        error = ZeroDivisionError("by zero")
        sys.excepthook(type(error), error, None)
        assert "ZeroDivisionError: by zero" in program.window.notice.text()
        logs = [path.read_text() for path in (tmp_path / "data" / "logs").glob("*.jsonl")]
        assert any("the window met an error" in text for text in logs)


def until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_closes_it_as_its_window_does(tmp_path: Path, number: signal.Signals) -> None:
    code = "import sys; from fetchtozip_gui.app import main; raise SystemExit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "--data-dir", str(tmp_path / "data")]
    memory = tmp_path / "data" / "window.ini"
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        logs = tmp_path / "data" / "jobs.sqlite"
        until(lambda: logs.exists() and memory.exists(), process)
        process.send_signal(number)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (0, "")
    assert "Traceback" not in errors
    assert "geometry" in memory.read_text()
