"""The engine as one Qt signal, and Qt's thread pool as the engine's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThreadPool, QTimer, Signal

if TYPE_CHECKING:
    from fetchtozip_gui.engine.job import Job


INTERVAL_MS = 100
"""Between two tellings: ten a second are as many as can be read, and each lays out cards anew."""


class Bridge(QObject):
    """Tells each job's newest snapshot in the window's thread; those that came and went in between are dropped.

    The first one after a silence is told at once, and the last one always.
    """

    changed = Signal(object)
    """A `Job`."""
    _stirred = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._newest: dict[str, Job] = {}
        self._leave: Callable[[], None] | None = None
        self._pause = QTimer(self, singleShot=True, interval=INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._pause.timeout.connect(self._tell)
        self._stirred.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    def follow(self, watch: Callable[[Callable[[Job], None]], Callable[[], None]]) -> None:
        """Hear what `Engine.watch` tells, until `leave`."""
        self._leave = watch(self.hear)

    def leave(self) -> None:
        """Hear no more; what was heard and not told is dropped."""
        if self._leave is not None:
            self._leave()
            self._leave = None
        self._pause.stop()
        with self._lock:
            self._newest.clear()

    def hear(self, job: Job) -> None:
        """Take a snapshot, from any thread."""
        with self._lock:
            silent = not self._newest
            known = self._newest.get(job.id)
            if known is None or job.revision >= known.revision:
                self._newest[job.id] = job
        if silent:
            self._stirred.emit()

    def _wake(self) -> None:
        if not self._pause.isActive():
            self._tell()

    def _tell(self) -> None:
        with self._lock:
            jobs, self._newest = list(self._newest.values()), {}
        if jobs:
            # before the telling: what is heard meanwhile waits for the next turn
            self._pause.start()
        for job in jobs:
            self.changed.emit(job)


class WindowPool:
    """A `QThreadPool` with the two methods of `engine.pool.Pool`: at most `count` jobs at a time, in their order."""

    def __init__(self, count: int = 2) -> None:
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(count)
        self._closed = False

    def allow(self, count: int) -> None:
        """Run at most `count` jobs at a time from now on; those that run already go on."""
        self._pool.setMaxThreadCount(count)

    def submit(self, work: Callable[[], None]) -> None:
        if self._closed:
            raise RuntimeError("The pool is shut down.")
        self._pool.start(work)

    def shutdown(self) -> None:
        self._closed = True
        self._pool.clear()
        self._pool.waitForDone()
