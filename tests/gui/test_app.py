"""The whole program: painted before anything heavy is loaded, used, closed, opened again where it was left."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from PySide6.QtCore import QProcess, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fetchtozip_gui.app import Program
from fetchtozip_gui.core.outputs.verify import verify
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.gui.instance import hand_over
from fetchtozip_gui.gui.memory import Memory

if TYPE_CHECKING:
    from conftest import Keyboard

LONG = 90_000
CTRL = Qt.KeyboardModifier.ControlModifier
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
MAIN = "import sys; from fetchtozip_gui.app import main; raise SystemExit(main(sys.argv[1:]))"


@pytest.fixture
def data(tmp_path: Path, downloads: Path) -> Path:
    """A data folder whose window exports to the test's own downloads, on a port of its own."""
    folder = tmp_path / "data"
    folder.mkdir()
    memory = Memory(folder / "window.ini")
    memory.keep(settings__folder=str(downloads), settings__port="20000")
    memory.save()
    return folder


@pytest.fixture(autouse=True)
def _loop() -> None:
    """The program has one of its own."""


@contextmanager
def opened(qtbot: QtBot, qapp: QApplication, folder: Path, wanted: str = "") -> Iterator[Program]:
    program = Program(qapp, Folder(folder), dark=False, wanted=wanted)
    program.window.show()
    program.window.activateWindow()
    try:
        yield program
    finally:
        program.window.preferences.set("asks", False)
        program.window.close()
        program.close()
        program.window.deleteLater()


def ready(qtbot: QtBot, program: Program) -> None:
    qtbot.waitUntil(lambda: program.window.session.engine is not None, timeout=LONG)


def tested(qtbot: QtBot, program: Program) -> None:
    qtbot.waitUntil(lambda: program.window.rooms.bench.findings.tested is not None, timeout=LONG)


def ask_for(program: Program, query: str) -> None:
    """Have fewer rows of the practice source, or have them more slowly."""
    source = program.window.draft.part("source")
    url = str(source["url"]).replace("?", f"?{query}&")
    program.window.draft.change("Query", source={**source, "url": url})


def test_the_first_paint_waits_for_nothing_heavy(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FIRST_PAINT, str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=90)
    heavy = {"polars", "pydantic", "httpx", "fastapi", "uvicorn", "pyarrow", "xlsxwriter", "duckdb"}
    assert "PySide6" in found.stdout
    assert not heavy & set(found.stdout.split())


def test_the_main_job_by_keyboard_alone(
    qtbot: QtBot, qapp: QApplication, data: Path, downloads: Path, keyboard: Keyboard
) -> None:
    with opened(qtbot, qapp, data) as program:
        tested(qtbot, program)
        ask_for(program, "rows=3000")
        keyboard.press(Qt.Key.Key_Return, CTRL)
        jobs = program.window.jobs
        qtbot.waitUntil(lambda: jobs.rowCount() == 1 and not jobs.active(), timeout=LONG)
        assert jobs.newest().verdict.words == "Complete: 3,000 of 3,000 rows"
        keyboard.press(Qt.Key.Key_2, CTRL)
        assert qapp.focusWidget().accessibleName() == "Jobs"
    assert "3,000 rows" in verify(downloads / "online-retail.zip").words


def test_the_main_job_by_mouse(qtbot: QtBot, qapp: QApplication, data: Path, downloads: Path) -> None:
    with opened(qtbot, qapp, data) as program:
        tested(qtbot, program)
        ask_for(program, "rows=3000")
        bench, jobs = program.window.rooms.bench, program.window.jobs
        qtbot.mouseClick(bench.output.start, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: jobs.rowCount() == 1 and not jobs.active(), timeout=LONG)
        card = bench.cards.newest()
        qtbot.waitUntil(card.file.isVisible, timeout=LONG)
        qtbot.mouseClick(card.buttons["details"], Qt.MouseButton.LeftButton)
        page = program.window.findChild(type(program.window.rooms.page("jobs")))
        assert page.isVisible()
        assert page.card.job.id == jobs.newest().id
        assert "Pagination: page numbers" in page.log.toPlainText()
    assert (downloads / "online-retail.zip").is_file()


def test_it_is_as_it_was_left(qtbot: QtBot, qapp: QApplication, data: Path) -> None:
    with opened(qtbot, qapp, data) as program:
        tested(qtbot, program)
        address = program.window.server.address
        program.window.draft.change("Name", name="mine")
        program.window.preferences.set("theme", "dark")
        program.window.go_to("settings")
    with opened(qtbot, qapp, data) as program:
        ready(qtbot, program)
        assert program.window.draft.part("name") == "mine"
        assert program.window.draft.undo_words() == ""
        assert program.window.preferences.text("theme") == "dark"
        # the same port: a practice job of the last time can go on
        assert program.window.server.address == address
        source = {"type": "http", "url": "https://example.com/?api_key=hidden"}
        program.window.draft.change("Address", source=source)
    assert "hidden" not in (data / "window.ini").read_text()


def test_the_server_inside_works_on_the_same_jobs_and_columns(qtbot: QtBot, qapp: QApplication, data: Path) -> None:
    with opened(qtbot, qapp, data) as program:
        tested(qtbot, program)
        window, address = program.window, program.window.server.address
        model = window.rooms.bench.columns.model
        qtbot.waitUntil(lambda: model.rowCount() == 8, timeout=LONG)
        # answered by another thread, which waits for nothing of the window's
        item = {"name": "invoice", "column": 0, "change_order": 0}
        assert httpx.post(f"{address}/api/export/inputs", json=item).status_code in (200, 201)
        qtbot.waitUntil(lambda: "invoice" in json.dumps(window.draft.part("steps")), timeout=LONG)
        assert json.loads((data / "server.json").read_text())["address"] == address
        window.server.turn(on=False)
        qtbot.waitUntil(lambda: not window.server.is_busy, timeout=LONG)
        assert window.session.practice == {}
        assert not (data / "server.json").exists()


def test_jobs_that_a_kill_cut_off_are_offered_and_go_on(qtbot: QtBot, qapp: QApplication, data: Path) -> None:
    with opened(qtbot, qapp, data) as program:
        tested(qtbot, program)
        ask_for(program, "rows=30000&latency_ms=250")
        program.window.start()
        jobs = program.window.jobs
        qtbot.waitUntil(lambda: jobs.rowCount() == 1 and jobs.newest().rows > 0, timeout=LONG)
        job = jobs.newest()
        program.window.session.engine.pause(job.id)
        qtbot.waitUntil(lambda: not jobs.active(), timeout=LONG)
        # as the record stands when its process is gone
        record = jobs.newest()
        store = program.window.session.engine.store
        cut = type(record).read(record.text().replace('"paused"', '"running"'))
        store.save(type(cut)(**{**_values(cut), "revision": cut.revision + 1, "process": 2**22, "ended_at": None}))
    with opened(qtbot, qapp, data) as program:
        ready(qtbot, program)
        banner = program.window.banner
        qtbot.waitUntil(banner.isVisible, timeout=LONG)
        assert banner.text().startswith("The program ended while 1 job ran: “online-retail”.")
        qtbot.mouseClick(banner.do, Qt.MouseButton.LeftButton)
        jobs = program.window.jobs
        qtbot.waitUntil(lambda: jobs.newest().state == "completed", timeout=LONG)
        assert jobs.newest().verdict.words == "Complete: 30,000 of 30,000 rows"


def _values(job: object) -> dict[str, object]:
    return {name: getattr(job, name) for name in type(job).__dataclass_fields__}  # type: ignore[attr-defined]


def test_an_address_that_was_asked_for_becomes_the_source(qtbot: QtBot, qapp: QApplication, data: Path) -> None:
    with opened(qtbot, qapp, data, "https://api.example.com/orders") as program:
        qtbot.waitUntil(lambda: program.window.draft.part("name") == "orders", timeout=LONG)
        # another start on the same folder hands over what it was asked for, from a process of its own
        second = QProcess(program.window)
        second.start(sys.executable, ["-c", MAIN, "--data-dir", str(data), "https://api.example.com/stock"])
        qtbot.waitUntil(lambda: program.window.draft.part("name") == "stock", timeout=LONG)
        qtbot.waitUntil(lambda: second.state() is QProcess.ProcessState.NotRunning, timeout=LONG)
        assert second.exitCode() == 0
    assert not hand_over(data, "nobody is there")


def test_a_folder_that_is_in_use_is_told_and_can_be_tried_again(qtbot: QtBot, qapp: QApplication, data: Path) -> None:
    lock = Folder(data).prepare().own()
    with opened(qtbot, qapp, data) as program:
        banner = program.window.banner
        qtbot.waitUntil(banner.isVisible, timeout=LONG)
        assert "is in use by process" in banner.text()
        lock.release()
        banner.do.click()
        ready(qtbot, program)
        assert not banner.isVisible()


def test_an_error_of_the_window_itself_is_told_and_logged(qtbot: QtBot, qapp: QApplication, data: Path) -> None:
    with opened(qtbot, qapp, data) as program:
        ready(qtbot, program)
        error = ZeroDivisionError("by zero")
        sys.excepthook(type(error), error, None)
        assert "ZeroDivisionError: by zero" in program.window.notice.text()
        logs = [path.read_text() for path in (data / "logs").glob("*.jsonl")]
        assert any("the window met an error" in text for text in logs)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_closes_it_as_its_window_does(qtbot: QtBot, data: Path, number: signal.Signals) -> None:
    process = QProcess()
    process.start(sys.executable, ["-c", MAIN, "--data-dir", str(data)])
    # announced once it is served, which is the last thing that is opened
    qtbot.waitUntil((data / "server.json").exists, timeout=LONG)
    process.waitForStarted()
    subprocess.run(["kill", f"-{number.value}", str(process.processId())], check=True)
    qtbot.waitUntil(lambda: process.state() is QProcess.ProcessState.NotRunning, timeout=LONG)
    errors = bytes(process.readAllStandardError().data()).decode()
    assert (process.exitCode(), process.exitStatus()) == (0, QProcess.ExitStatus.NormalExit), errors
    assert "Traceback" not in errors
    assert not (data / "server.json").exists()
