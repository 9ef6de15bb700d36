"""The window's own short waits, tests of a source and previews, as coroutines on Qt's loop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from fetchtozip_gui.gui.errands import Errands

if TYPE_CHECKING:
    import asyncio

ROUNDS = 100
"""Of Qt's loop at the end, in which cancelled coroutines tidy up; each of them needs one or two."""


@contextmanager
def coroutines(application: QApplication) -> Iterator[None]:
    """Let coroutines run in this thread, on the loop that Qt runs or is about to; those that wait yet are cancelled.

    The loop is told to be the running one here: qasync's own `already_running` can only be undone by ending Qt's loop.
    """
    # heavy: 0.15 s, after the first paint
    import asyncio

    from qasync import QEventLoop

    heard = signal.set_wakeup_fd(-1)
    loop = QEventLoop(application)
    signal.set_wakeup_fd(heard)  # on Windows the loop takes it, and Ctrl-C would no longer wake Qt
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        for _ in range(ROUNDS):
            if not asyncio.all_tasks(loop):
                break
            application.processEvents()
        asyncio._set_running_loop(None)
        loop.close()


class Latest(QObject):
    """Runs one coroutine at a time: the one before is cancelled, and so nothing that is outdated is ever shown.

    Before there is a loop (see `coroutines`) and as long as the errands wait, the coroutine waits too.
    """

    def __init__(self, errands: Errands, parent: QObject) -> None:
        super().__init__(parent)
        self._errands = errands
        self._held: Coroutine[Any, Any, None] | None = None
        self._task: asyncio.Task[None] | None = None
        errands.begun.connect(self._go_on)
        parent.destroyed.connect(lambda: self.stop())  # what is shown in is gone, and Qt tells no method of ours then

    @property
    def is_running(self) -> bool:
        """Whether a coroutine waits, for its answer or for the loop."""
        return self._held is not None or (self._task is not None and not self._task.done())

    def start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run it in the window's thread, in place of the one before; not at all once the errands are closed."""
        self.stop()
        if self._errands.is_closed:
            coroutine.close()
            return
        self._held = coroutine
        if not self._errands.is_waiting:
            self._go_on()

    def stop(self) -> None:
        """Go on with nothing: what the coroutine awaits is not told any more."""
        held, self._held, task, self._task = self._held, None, self._task, None
        if held is not None:
            held.close()
        if task is not None:
            task.cancel()

    def _go_on(self) -> None:
        held, self._held = self._held, None
        if held is None:
            return
        import asyncio  # heavy, and loaded by now

        self._task = asyncio.get_running_loop().create_task(held)
        self._task.add_done_callback(_tell)


def _tell(task: asyncio.Task[None]) -> None:
    """An error that no coroutine has foreseen is told like any other of the window's own code."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        sys.excepthook(type(error), error, error.__traceback__)
