"""The line under the pages tells of the server, of what runs and of the data folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.events import Fetched
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.memory import Memory
from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.models.preferences import Preferences
from fetchtozip_gui.gui.models.server import ServerModel
from fetchtozip_gui.gui.status_line import StatusLine

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def home(qtbot: QtBot) -> QWidget:
    home = QWidget()
    qtbot.addWidget(home)
    return home


@pytest.fixture
def jobs(home: QWidget) -> JobsModel:
    return JobsModel(home)


@pytest.fixture
def line(qtbot: QtBot, home: QWidget, jobs: JobsModel, memory: Memory) -> Iterator[StatusLine]:
    errands = Errands(home)
    line = StatusLine(jobs, ServerModel(errands, Preferences(memory), home), home)
    qtbot.addWidget(line)
    yield line
    errands.close()


def running(job: Job, pages: int) -> Job:
    return job.started(NOW).after(Fetched(pages, pages * 100, pages, 1000, 10), NOW + timedelta(seconds=10))


def test_what_runs_is_counted_here_and_told_in_the_title(
    line: StatusLine, home: QWidget, jobs: JobsModel, new_job: Callable[..., Job]
) -> None:
    assert line.running.text() == ""
    jobs.show_job(running(new_job(1), 2))
    jobs.show_job(running(new_job(2), 6))
    assert line.running.text().startswith("2 jobs running · ")
    assert line.running.text().endswith(" rows a second")
    assert home.windowTitle() == "40 % – FetchToZip"
    jobs.forget("0000000000002")
    assert line.running.text().startswith("1 job running")
    assert home.windowTitle() == "20 % – FetchToZip"
    jobs.forget("0000000000001")
    assert (line.running.text(), home.windowTitle()) == ("", "FetchToZip")


def test_a_job_whose_end_nobody_knows_has_no_percentage(
    line: StatusLine, home: QWidget, jobs: JobsModel, new_job: Callable[..., Job]
) -> None:
    jobs.show_job(new_job(1).started(NOW))
    assert line.running.text() == "1 job running"
    assert home.windowTitle() in ("", "FetchToZip")


def test_the_server_is_told_and_asked_for(qtbot: QtBot, line: StatusLine) -> None:
    line.tell("Not ready")
    assert line.server.text() == "Not ready"
    line._server.changed.emit()
    assert line.server.text() == "○ Server off"
    assert line.server.accessibleName() == "Server off"
    with qtbot.waitSignal(line.server_asked):
        qtbot.mouseClick(line.server, Qt.MouseButton.LeftButton)


def test_the_data_folder_is_told_with_its_whole_place(line: StatusLine) -> None:
    line.tell_folder(Path.home() / "FetchToZip")
    assert line.folder.text() == f"Data in {Path('~') / 'FetchToZip'}"
    assert line.folder.toolTip() == str(Path.home() / "FetchToZip")
