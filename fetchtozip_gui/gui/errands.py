"""Does what may take long away from the window's thread, and brings the answer back to it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal

from fetchtozip_gui.core.errors import FetchToZipError

T = TypeVar("T")

log = logging.getLogger(__name__)


def _nothing() -> None:
    """There is nothing to load."""


def ignore(_: object) -> None:
    """For those whom an answer does not concern."""


class Errands(QObject):
    """Runs functions in a few threads of its own."""

    begun = Signal()
    """What has waited is run from now on."""
    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None, *, waits: bool = False) -> None:
        """Where it `waits`, nothing is run before `begin`: what is heavy would hold up the first paint."""
        super().__init__(parent)
        self._waiting: list[Callable[[], None]] | None = [] if waits else None
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(4)
        self._closed = False
        self._ended.connect(self._carry_out, Qt.ConnectionType.QueuedConnection)

    @property
    def is_waiting(self) -> bool:
        """Whether nothing is run yet."""
        return self._waiting is not None

    @property
    def is_closed(self) -> bool:
        """Whether nothing is run any more."""
        return self._closed

    def away(self, work: Callable[[], T]) -> Awaitable[T]:
        """For coroutines: call `work` elsewhere, and await what it returns, or a `FetchToZipError`."""
        import asyncio  # heavy: after the first paint

        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def done(found: T) -> None:
            if not answer.done():  # cancelled, where nobody waits any more
                answer.set_result(found)

        def failed(error: FetchToZipError) -> None:
            if not answer.done():
                answer.set_exception(error)

        self.run(work, done, failed)
        return answer

    def run(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[FetchToZipError], None] = ignore
    ) -> None:
        """Call `work` elsewhere, then `done` with what it returned, or `failed` with its error, in this thread."""

        def errand() -> None:
            try:
                answer = work()
            except Exception as error:
                from fetchtozip_gui.engine.attempt import foreseen  # what jobs are driven with: not for the first paint

                failure = foreseen(error)
                self._ended.emit(lambda: failed(failure))
            else:
                self._ended.emit(lambda: done(answer))

        if self._waiting is not None:
            self._waiting.append(errand)
        elif not self._closed:
            self._pool.start(errand)

    def begin(self, load: Callable[[], object] = _nothing) -> None:
        """Call `load` elsewhere and alone, then run what has waited so far, and everything else at once.

        `load` imports what is heavy: two threads that are the first to import parts of one library at the same time can
        meet in a cycle of it, and one of them gets a module that is half made. Doing it twice is harmless.
        """

        def errand() -> None:
            try:
                load()
            except Exception:  # whatever needs the module meets the same error, and has somebody to tell
                log.exception("what is heavy could not be loaded")
            self._ended.emit(self._release)

        if self.is_waiting:
            self._pool.start(errand)

    def beside(self, parent: QObject) -> Errands:
        """Others with threads of their own, which wait as long as these do."""
        made = Errands(parent, waits=self.is_waiting)
        self.begun.connect(made.begin)
        return made

    def _release(self) -> None:
        waiting, self._waiting = self._waiting or [], None
        for errand in waiting:
            self._pool.start(errand)
        self.begun.emit()

    def close(self) -> None:
        """Wait for what runs; answers that have not been brought yet never are. Doing it twice is harmless."""
        self._closed = True
        self._waiting = None
        self._pool.clear()
        self._pool.waitForDone()

    def _carry_out(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()
