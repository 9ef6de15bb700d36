"""Where work is done: at once, or in threads; the window has a pool of its own with the same two methods."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol


class Pool(Protocol):
    """Does work that never raises. The work's own thread only supervises; it may wait, not compute."""

    def submit(self, work: Callable[[], None]) -> None: ...

    def shutdown(self) -> None:
        """Return when what runs has ended; what has not begun is dropped."""
        ...


class Inline:
    """Does everything at once, in the caller's thread."""

    def submit(self, work: Callable[[], None]) -> None:
        work()

    def shutdown(self) -> None:
        """Nothing can be running."""


class Threads:
    """Does at most `count` things at a time, in the order in which they came."""

    def __init__(self, count: int = 2) -> None:
        self._executor = ThreadPoolExecutor(count, thread_name_prefix="job")

    def submit(self, work: Callable[[], None]) -> None:
        self._executor.submit(work)

    def shutdown(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)
