"""The worker processes as the engine sees them: hired for a job, one kept warm, killed when they do not listen."""

from __future__ import annotations

import logging
import multiprocessing
import pickle
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import cast

from fetchtozip_gui.core.errors import WorkerDied
from fetchtozip_gui.core.events import Event
from fetchtozip_gui.engine import worker
from fetchtozip_gui.engine.apart import Apart
from fetchtozip_gui.engine.attempt import Desk, Task, foreseen
from fetchtozip_gui.engine.messages import Answered, Asked, Begin, Begun, Ended, Logged, Stop

IDLE_SECONDS = 600.0
"""How long a worker without a job is kept."""
GRACE_SECONDS = 1.0
"""How long a job may take to end cleanly after a stop, before its worker is killed."""
_DEAD = (EOFError, OSError, pickle.UnpicklingError)


class Worker:
    """One worker process and the engine's end of its pipe. It does one job at a time."""

    def __init__(self, runner: str) -> None:
        # spawn: a fork would copy the threads' locks, and only spawn is everywhere; never a queue with its own thread
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._speaking = threading.Lock()
        self._process = context.Process(target=worker.serve, args=(theirs, runner), name="worker", daemon=True)
        try:
            self._process.start()
        except OSError as error:
            self._connection.close()
            raise WorkerDied(
                f"A worker process could not be started: {error.strerror}.", "Close other programs."
            ) from error
        finally:
            # the worker holds the only other end, so that its death is an end of file here
            theirs.close()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def begin(self, task: Task) -> None:
        """Hand over a job; `WorkerDied` when there is nobody to take it."""
        try:
            self._send(Begin(task.recipe.document(secrets=True), task.folder, task.destination, task.accept_partial))
        except _DEAD:
            raise self._died() from None

    def hear(self, desk: Desk) -> Iterator[Begun | Event | Ended]:
        """That the job has begun, its events, how it ended; `WorkerDied` when the process does not get that far."""
        try:
            while True:
                match self._connection.recv():
                    case Asked() as asked:
                        self._send(_answer(asked, desk))
                    case Logged(level, name, text):
                        logging.getLogger(name).log(level, text)
                    case Ended() as ended:
                        yield ended
                        return
                    case said:
                        yield cast(Begun | Event, said)
        except _DEAD:
            raise self._died() from None

    def stop(self) -> None:
        """Ask the job at hand to end; one that begins later is not meant."""
        with suppress(*_DEAD):
            self._send(Stop())

    def kill(self) -> None:
        """End the process now; safe at any time, more than once."""
        self._process.kill()

    def hang_up(self) -> None:
        """Let it go: an idle worker leaves at once, a busy one as soon as its job allows."""
        self._connection.close()

    def join(self) -> None:
        """Wait for the end of a worker that was let go or killed."""
        self._process.join(worker.LEAVE_SECONDS + 1)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _send(self, message: object) -> None:
        with self._speaking:
            self._connection.send(message)

    def _died(self) -> WorkerDied:
        self._process.join(5)
        code = self._process.exitcode
        return WorkerDied(
            f"The job's worker process {_cause(code)}.",
            "The pages fetched so far are kept, and nothing half written stands under the final name: resume the job. "
            "If it happens again, what this source sends cannot be read safely.",
        )


class Crew:
    """Hires and lets go. At most one idle worker is kept, so that a job need not wait 0.3 s for its imports."""

    def __init__(self, runner: str, *, grace: float = GRACE_SECONDS, idle: float = IDLE_SECONDS) -> None:
        self._runner = runner
        self._idle = idle
        self._lock = threading.Lock()
        self._spare: Worker | None = None
        self._gone: list[Worker] = []
        self._timer: threading.Timer | None = None
        self._closed = False
        self.grace = grace

    def attempt(self, task: Task, desk: Desk) -> Apart:
        """Work for one of them, which begins when its events are asked for."""
        return Apart(self, task, desk)

    def warm(self) -> None:
        """Have a worker ready; returns before it has loaded everything."""
        with self._lock:
            if self._spare is None and not self._closed:
                self._keep(Worker(self._runner))

    def hire(self) -> Worker:
        """The idle worker, or a new one."""
        with self._lock:
            spare, self._spare = self._spare, None
            if spare is not None and not spare.is_alive:
                self._let_go(spare)
                spare = None
        return spare or Worker(self._runner)

    def give_back(self, worker: Worker, *, fit: bool) -> None:
        """After a job. One that is not `fit` is let go, and another one made ready in its place."""
        with self._lock:
            if fit and self._spare is None and not self._closed:
                self._keep(worker)
            else:
                self._let_go(worker)
        if not fit:
            # beside: whoever waits for the end of the job must not wait for this
            threading.Thread(target=self._replace, name="warm", daemon=True).start()

    def close(self) -> None:
        """Let everybody go, and return when they have left."""
        with self._lock:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()
            if self._spare is not None:
                self._let_go(self._spare)
                self._spare = None
            gone, self._gone = self._gone, []
        for left in gone:
            left.join()

    def _replace(self) -> None:
        with suppress(WorkerDied):
            self.warm()

    def _keep(self, worker: Worker) -> None:
        self._spare = worker
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(self._idle, self._retire, [worker])
        self._timer.daemon = True
        self._timer.start()

    def _retire(self, worker: Worker) -> None:
        with self._lock:
            if self._spare is worker:
                self._spare = None
                self._let_go(worker)

    def _let_go(self, worker: Worker) -> None:
        worker.hang_up()
        self._gone = [*(gone for gone in self._gone if gone.is_alive), worker]


def _answer(asked: Asked, desk: Desk) -> Answered:
    try:
        text = desk.keyring(asked.name) if asked.what == "keyring" else str(desk.job_result(asked.name))
    except Exception as error:
        return Answered(asked.number, "", foreseen(error))
    return Answered(asked.number, text)


def _cause(code: int | None) -> str:
    if code is None:
        return "hung up without a word"
    if code >= 0:
        return f"ended with {code:#x}" if code > 255 else f"ended with {code}"
    if code == -9:
        return "was killed (SIGKILL), which most often means that the memory was full"
    try:
        return f"crashed ({signal.Signals(-code).name})"
    except ValueError:
        return f"was ended by signal {-code}"
