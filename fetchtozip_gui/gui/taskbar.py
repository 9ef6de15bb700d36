"""How far the running jobs are, on the program's sign in the taskbar or dock of a Linux desktop."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from fetchtozip_gui.gui.models.jobs import JobsModel

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection

    from fetchtozip_gui.engine.job import Job

_INTERFACE = "com.canonical.Unity.LauncherEntry"
"""The D-Bus interface to which the docks of GNOME, KDE, Unity and others listen: there is no other they share."""
_PATH = "/com/canonical/unity/launcherentry/fetchtozip"
_PROGRAM = "application://fetchtozip.desktop"
"""The name of the desktop file, by which a dock knows whose progress it is."""


def session_bus() -> QDBusConnection | None:
    """The desktop's own bus; None where there is no desktop."""
    if not sys.platform.startswith("linux") or QGuiApplication.platformName() not in ("xcb", "wayland"):
        return None
    from PySide6.QtDBus import QDBusConnection  # only there, and not before a job runs

    return QDBusConnection.sessionBus()


class Taskbar(QObject):
    """Jobs that run at the same time count as one piece of work, which never goes back when one of them ends."""

    def __init__(
        self,
        jobs: JobsModel,
        parent: QObject | None = None,
        connect: Callable[[], QDBusConnection | None] = session_bus,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._connect = connect
        self._bus: QDBusConnection | None = None
        self._asked = False
        self._together: dict[str, float | None] = {}
        self._shown: int | None = None
        jobs.job_changed.connect(self._follow)
        jobs.job_gone.connect(self._forget)

    @property
    def shown(self) -> int | None:
        """The percentage that is shown; None where nothing is."""
        return self._shown

    def close(self) -> None:
        """Take it away: a dock would show it for ever."""
        self._together.clear()
        self._tell(None)

    def _follow(self, job: Job) -> None:
        if job.is_active:
            self._together[job.id] = job.progress
        elif job.id in self._together:
            self._together[job.id] = 1.0
        self._add_up()

    def _forget(self, job_id: str) -> None:
        self._together.pop(job_id, None)
        self._add_up()

    def _add_up(self) -> None:
        if not self._jobs.active():
            self._together.clear()
        known = [progress for progress in self._together.values() if progress is not None]
        # those of which nobody knows how far they are count as begun
        self._tell(int(100 * sum(known) / len(self._together)) if known else None)

    def _tell(self, percent: int | None) -> None:
        if percent == self._shown:
            return
        if not self._asked:
            self._asked = True
            self._bus = self._connect()
        self._shown = percent
        if self._bus is None or not self._bus.isConnected():
            return
        from PySide6.QtDBus import QDBusMessage  # loaded by now

        message = QDBusMessage.createSignal(_PATH, _INTERFACE, "Update")
        shown = {"progress": (percent or 0) / 100, "progress-visible": percent is not None}
        message.setArguments([_PROGRAM, shown])
        self._bus.send(message)
