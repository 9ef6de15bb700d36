"""One attempt at a job in a worker process: its events come over a pipe, and what does not listen is killed."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Generator
from typing import TYPE_CHECKING

from fetchtozip_gui.core.errors import Cancelled, WorkerDied
from fetchtozip_gui.core.events import Event
from fetchtozip_gui.engine.attempt import Desk, Task
from fetchtozip_gui.engine.messages import Begun, Ended

if TYPE_CHECKING:
    from fetchtozip_gui.engine.crew import Crew, Worker


class _NotBegun(WorkerDied):
    """The worker was dead before it had the job."""


class Apart:
    """An attempt in a worker process, supervised by the thread that asks for its events."""

    def __init__(self, crew: Crew, task: Task, desk: Desk) -> None:
        self._crew = crew
        self._task = task
        self._desk = desk
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._stopping = False
        self._timer: threading.Timer | None = None

    def events(self) -> Generator[Event, None, None]:
        try:
            yield from self._by(self._crew.hire())
        except _NotBegun:
            # it had died while it was idle, which says nothing about this job
            yield from self._by(self._crew.hire())

    def _by(self, worker: Worker) -> Generator[Event, None, None]:
        ended: Ended | None = None
        begun = False
        try:
            with self._lock:
                # a stop must come after the job it means: the worker forgets it when a job begins
                self._check()
                worker.begin(self._task)
                self._worker = worker
            for said in worker.hear(self._desk):
                if isinstance(said, Begun):
                    begun = True
                elif isinstance(said, Ended):
                    ended = said
                    _raise(said)
                else:
                    yield said
        except WorkerDied as error:
            # killed because it did not listen; when it was stopped and crashed as well, nobody waits for it any more
            self._check()
            if not begun:
                raise _NotBegun(error.message, error.hint) from None
            raise
        finally:
            with self._lock:
                self._worker = None
                if self._timer is not None:
                    self._timer.cancel()
            if ended is None:
                worker.kill()
                worker.join()
                _sweep(self._task)
            self._crew.give_back(worker, fit=ended is not None and not ended.worn)

    def stop(self) -> None:
        with self._lock:
            first, self._stopping = not self._stopping, True
            worker = self._worker
            if worker is None or not first:
                return
            self._timer = threading.Timer(self._crew.grace, self._kill, [worker])
            self._timer.daemon = True
            self._timer.start()
        worker.stop()

    def _kill(self, worker: Worker) -> None:
        with self._lock:
            if self._worker is worker:
                worker.kill()

    def _check(self) -> None:
        if self._stopping:
            raise Cancelled("The job was cancelled.")


def _sweep(task: Task) -> None:
    """Remove the half-written file that a killed worker could not."""
    from fetchtozip_gui.core.outputs.destination import remove_leftovers  # heavy: the formats' writers

    with contextlib.suppress(OSError):
        remove_leftovers(task.destination)


def _raise(ended: Ended) -> None:
    if ended.trace:
        logging.getLogger(__name__).error("A job met an error of the program itself:\n%s", ended.trace)
    if ended.error is not None:
        raise ended.error
