"""A real bus hears how far the running jobs are, and that none runs any more; Windows' taskbar is told in its form."""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from ctypes import c_int, c_uint64, c_void_p
from datetime import UTC, datetime
from pathlib import Path

import pytest
from programs import needed
from PySide6.QtDBus import QDBusConnection
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.events import Delivered, Fetched
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.signs import dock as dock_of
from fetchtozip_gui.gui.signs import sign_of, windows_taskbar
from fetchtozip_gui.gui.taskbar import Taskbar

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def window() -> int:
    return 77


class Dock:
    """Another program that listens."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert self._line() == "ready"

    def hears(self) -> tuple[str, float, bool]:
        """The next thing it is told: of which program, how far, and whether that is shown."""
        program, progress, visible = json.loads(self._line())
        return program, progress, visible

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Of a session bus of its own."""
    needed("dbus-daemon")
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
        daemon.terminate()


@pytest.fixture
def dock(address: str) -> Iterator[Dock]:
    command = [sys.executable, str(Path(__file__).with_name("dock.py")), address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Dock(process)
        finally:
            process.terminate()


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[JobsModel]:
    jobs = JobsModel()
    yield jobs
    jobs.deleteLater()


@pytest.fixture
def taskbar(jobs: JobsModel, address: str) -> Iterator[Taskbar]:
    taskbar = Taskbar(jobs, jobs, window, lambda handle: dock_of(QDBusConnection.connectToBus(address, "program")))
    yield taskbar
    QDBusConnection.disconnectFromBus("program")


def at(job: Job, pages: int) -> Job:
    return job.after(Fetched(pages, pages * 100, pages * 10, 1000, 10), NOW)


def ended(job: Job) -> Job:
    return job.after(Delivered("/tmp/a.zip", 1000, 99, Verdict("complete", "Complete", 1000, 1000)), NOW)


def test_the_bus_hears_of_all_jobs_as_of_one_and_of_their_end(
    dock: Dock, taskbar: Taskbar, jobs: JobsModel, new_job: Callable[..., Job]
) -> None:
    first, second = (new_job(number).started(NOW) for number in (1, 2))
    jobs.show_job(first)  # nobody knows yet how long it takes
    assert taskbar.shown is None
    jobs.show_job(at(first, 5))
    jobs.show_job(second)
    jobs.show_job(at(second, 5))
    jobs.show_job(ended(at(first, 10)))
    jobs.show_job(ended(at(second, 10)))
    program = "application://fetchtozip.desktop"
    told = [(0.5, True), (0.25, True), (0.5, True), (0.75, True), (0.0, False)]
    assert [dock.hears() for _ in told] == [(program, *one) for one in told]


def test_what_is_shown_goes_with_the_program(
    dock: Dock, taskbar: Taskbar, jobs: JobsModel, new_job: Callable[..., Job]
) -> None:
    jobs.show_job(at(new_job(1).started(NOW), 3))
    taskbar.close()
    assert [dock.hears()[2] for _ in range(2)] == [True, False]


def test_a_job_that_is_removed_counts_no_more(jobs: JobsModel, new_job: Callable[..., Job]) -> None:
    taskbar = Taskbar(jobs, jobs, window, lambda handle: None)
    jobs.show_job(at(new_job(1).started(NOW), 5))
    jobs.forget("0000000000001")
    assert taskbar.shown is None


def test_without_a_desktop_there_is_nothing_to_tell(qtbot: QtBot) -> None:
    assert sign_of(window) is None


def test_a_bus_that_is_not_there_harms_nothing(jobs: JobsModel, new_job: Callable[..., Job]) -> None:
    taskbar = Taskbar(
        jobs, jobs, window, lambda handle: dock_of(QDBusConnection.connectToBus("unix:path=/nowhere", "nobody"))
    )
    jobs.show_job(at(new_job(1).started(NOW), 5))
    assert taskbar.shown == 50


class TaskbarList(ctypes.Structure):
    """An ITaskbarList3 as programs meet it: it begins with the address of a table of methods."""

    _fields_ = (("table", ctypes.POINTER(ctypes.c_void_p)),)

    def __init__(self) -> None:
        self.told: list[tuple[str, int, int]] = []
        value = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_uint64, c_uint64)(self._value)
        state = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)(self._state)
        self._methods = value, state
        places = [None] * 9 + [ctypes.cast(method, c_void_p).value for method in self._methods]
        self._places = (c_void_p * len(places))(*places)
        super().__init__(self._places)

    def _value(self, this: int, window: int, done: int, of: int) -> int:
        assert (this, of) == (ctypes.addressof(self), 100)
        self.told.append(("value", window, done))
        return 0

    def _state(self, this: int, window: int, state: int) -> int:
        assert this == ctypes.addressof(self)
        self.told.append(("state", window, state))
        return 0


def test_the_taskbar_of_windows_is_told_by_its_own_methods(jobs: JobsModel, new_job: Callable[..., Job]) -> None:
    bar = TaskbarList()
    taskbar = Taskbar(jobs, jobs, window, lambda handle: windows_taskbar(ctypes.addressof(bar), handle))
    jobs.show_job(at(new_job(1).started(NOW), 5))
    taskbar.close()
    assert bar.told == [("state", 77, 2), ("value", 77, 50), ("state", 77, 0)]


def test_the_first_paint_does_not_load_it() -> None:
    code = "import sys; import fetchtozip_gui.gui.taskbar; print({'PySide6.QtDBus', 'ctypes'} & {*sys.modules})"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
