"""Rows encoded side by side in threads, stretch by stretch, and numbered in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import polars as pl

from fetchtozip_gui.core.outputs.format import Writer

LEAST_ROWS = 4_000
"""Rows that are shaped and encoded together at least: a call for each small page would cost more than its rows."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """What a writer takes, and how many rows are in it."""

    chunk: Any
    rows: int


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Shaped rows that are too few to be encoded, and how many rows stand before them."""

    first: int = 0
    frames: tuple[pl.DataFrame, ...] = ()
    rows: int = 0


class Encoding:
    """The stretches of one result, in the threads of a pool."""

    def __init__(self, writer: Writer, pool: ThreadPoolExecutor) -> None:
        self._writer = writer
        self._pool = pool
        self._before: Future[_Waiting] = Future()
        self._before.set_result(_Waiting())
        self._futures: deque[Future[Encoded | None]] = deque()

    def submit(self, make: Callable[[], pl.DataFrame], *, last: bool = False) -> None:
        """Have rows made and encoded in one thread, which learns from the one before it where they stand."""
        link = _Link(self._writer, make, self._before, last)
        self._before = link.after
        self._futures.append(self._pool.submit(link.run))

    def done(self, ahead: int) -> Iterator[Encoded]:
        """What is encoded, in order; waits until at most `ahead` stretches are left."""
        while self._futures and (len(self._futures) > ahead or self._futures[0].done()):
            encoded = self._futures.popleft().result()
            if encoded is not None:
                yield encoded

    def cancel(self) -> None:
        """Begin no more of them."""
        # the newest first: one that has begun may wait for the one before it
        for future in reversed(self._futures):
            future.cancel()


class _Link:
    """The work on one stretch of rows, in any thread: stretches are made side by side and numbered in order.

    Only `before` is waited for: the link before this one, which a pool has always begun earlier.
    """

    def __init__(self, writer: Writer, make: Callable[[], pl.DataFrame], before: Future[_Waiting], last: bool) -> None:
        self.after: Future[_Waiting] = Future()
        self._writer = writer
        self._make = make
        self._before = before
        self._last = last

    def run(self) -> Encoded | None:
        """The rows encoded; None where they are too few and wait for the next ones."""
        try:
            made = self._make()
            before = self._before.result()
        except BaseException as error:
            self.after.set_exception(error)
            raise
        frames, rows = (*before.frames, made), before.rows + made.height
        if rows < LEAST_ROWS and not self._last:
            self.after.set_result(_Waiting(before.first, frames, rows))
            return None
        self.after.set_result(_Waiting(before.first + rows))
        return Encoded(self._writer.encode(pl.concat(frames), before.first), rows) if rows else None
