"""The worker process: runs jobs one after the other, far from whoever must not be harmed by them."""

from __future__ import annotations

import faulthandler
import gc
import itertools
import logging
import os
import signal
import sys
import threading
import traceback
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Literal

from fetchtozip_gui.core.errors import Cancelled, FetchToZipError
from fetchtozip_gui.core.give_way import polars_leaves_cores, process_gives_way
from fetchtozip_gui.core.memory import keep_little
from fetchtozip_gui.engine.attempt import Desk, Here, Task, find, foreseen
from fetchtozip_gui.engine.messages import Answered, Asked, Begin, Begun, Ended, Logged, Stop

LEAVE_SECONDS = 2.0
"""How long a job may take to end cleanly once the engine is gone."""
WORN_BYTES = 192 * 1024 * 1024
"""A worker that has needed more memory than this is not kept: most of it is never given back."""


def serve(connection: Connection, runner: str) -> None:
    """A worker's whole life: until the engine hangs up."""
    _settle_in()
    with suppress(Exception):  # a missing module is told by the first job, with words
        find(runner)
        from fetchtozip_gui.core.recipe import Recipe  # noqa: F401 - heavy: so that the first job finds it loaded
    gc.freeze()  # what is loaded stays: a collection after each job then takes no 50 ms
    office = _Office(connection)
    _forward_warnings(office)
    threading.Thread(target=office.listen, name="listen", daemon=True).start()
    while (begin := office.next()) is not None:
        office.send(Begun())
        ended = _work(begin, runner, office)
        office.send(replace(ended, worn=_peak() > WORN_BYTES))
        gc.collect()


def _work(begin: Begin, runner: str, office: _Office) -> Ended:
    desk = Desk(keyring=office.keyring, job_result=office.job_result, say=office.send)
    try:
        from fetchtozip_gui.core.recipe import Recipe  # heavy: all plug-ins' models

        task = Task(Recipe.parse(begin.recipe), begin.folder, begin.destination, begin.accept_partial)
        with closing(Here(runner, task, desk, office.stop).events()) as events:
            for event in events:
                office.send(event)
    except BaseException as error:
        trace = "" if isinstance(error, FetchToZipError) else traceback.format_exc()
        return Ended(foreseen(error), trace)
    return Ended()


class _Office:
    """The worker's end of the pipe: one thread listens, any thread may speak."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._speaking = threading.Lock()
        self._waiting: dict[int, Future[str]] = {}
        self._numbers = itertools.count()
        self._tasks: SimpleQueue[Begin | None] = SimpleQueue()
        self._idle = threading.Event()
        self.stop = threading.Event()

    def next(self) -> Begin | None:
        """The next job, or None once the engine has hung up."""
        self._idle.set()
        return self._tasks.get()

    def listen(self) -> None:
        try:
            while True:
                self._hear(self._connection.recv())
        except (EOFError, OSError):
            pass
        # the engine is gone: end what runs as a cancel would, and then leave, whatever still holds this process
        self.stop.set()
        self._tasks.put(None)
        for answer in list(self._waiting.values()):
            answer.set_exception(Cancelled("The engine is gone."))
        self._idle.wait(LEAVE_SECONDS)
        os._exit(0)

    def _hear(self, message: object) -> None:
        match message:
            case Begin():
                self._idle.clear()
                self.stop.clear()
                self._tasks.put(message)
            case Stop():
                self.stop.set()
            case Answered(number, text, error):
                answer = self._waiting.pop(number)
                answer.set_result(text) if error is None else answer.set_exception(error)

    def send(self, message: Any) -> None:
        with self._speaking:
            try:
                self._connection.send(message)
            except OSError as error:
                raise Cancelled("The engine is gone.") from error

    def keyring(self, name: str) -> str:
        return self._ask("keyring", name)

    def job_result(self, job_id: str) -> Path:
        return Path(self._ask("job_result", job_id))

    def _ask(self, what: Literal["keyring", "job_result"], name: str) -> str:
        number = next(self._numbers)
        answer: Future[str] = Future()
        self._waiting[number] = answer
        self.send(Asked(number, what, name))
        return answer.result()


class _Forward(logging.Handler):
    def __init__(self, office: _Office) -> None:
        super().__init__(logging.WARNING)
        self._office = office

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Exception):
            self._office.send(Logged(record.levelno, record.name, record.getMessage()))


def _forward_warnings(office: _Office) -> None:
    logging.getLogger().addHandler(_Forward(office))


def _settle_in() -> None:
    keep_little()
    polars_leaves_cores()
    process_gives_way()
    # Ctrl-C in a terminal reaches the whole group; the engine decides what it means
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(Exception):  # no standard error under a window
        faulthandler.enable()
    with suppress(OSError):  # Linux: when memory runs out, this process goes and the window stays
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")


def _peak() -> int:
    """Bytes of the most memory this process has had, as far as the system tells; none on Windows."""
    if sys.platform == "win32":
        return 0
    if sys.platform == "linux":
        # not ru_maxrss, which on Linux begins with what the starting process had
        with Path("/proc/self/status").open(encoding="ascii") as status:
            return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:")), 0)
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
