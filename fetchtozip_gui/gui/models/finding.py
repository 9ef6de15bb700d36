"""One question about all rows of a file, answered away from the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.errands import Errands

T = TypeVar("T")


class Finding(QObject, Generic[T]):
    """The answer to the newest question; what another one has overtaken, or `stop` has ended, is never told."""

    changed = Signal()

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._turn = 0
        self._cancel: Callable[[], None] | None = None
        self.answer: T | None = None
        self.error: FetchToZipError | None = None
        self.is_working = False

    def ask(self, work: Callable[[], T], cancel: Callable[[], None] | None = None) -> None:
        """Ask; `cancel` lets the work itself know that nobody waits for it any more."""
        self._end()
        self._turn += 1
        turn = self._turn
        self._cancel = cancel
        self.answer, self.error, self.is_working = None, None, True
        self._errands.run(work, lambda found: self._take(turn, found, None), lambda why: self._take(turn, None, why))
        self.changed.emit()

    def stop(self) -> None:
        """Wait no longer."""
        if self.is_working:
            self._end()
            self._turn += 1
            self.is_working = False
            self.changed.emit()

    def _end(self) -> None:
        if self.is_working and self._cancel is not None:
            self._cancel()

    def _take(self, turn: int, found: T | None, error: FetchToZipError | None) -> None:
        if turn == self._turn:
            self.answer, self.error, self.is_working = found, error, False
            self.changed.emit()
