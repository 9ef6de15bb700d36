"""Rows that are shaped while they still arrive, in a thread of its own beside the source."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial

import polars as pl

from fetchtozip_gui.core import schema as types
from fetchtozip_gui.core.errors import Cancelled
from fetchtozip_gui.core.replay import CHUNK_ROWS, Pending, Wanted, in_parts

_MADE = 2
"""Frames that wait to be taken."""
Walk = Callable[[pl.LazyFrame], Generator[pl.DataFrame, None, None]]


class Beside:
    """A walk over rows while they are given, at most some ten thousand rows behind.

    It may go through them once, and not by way of an engine: an engine that waits for rows holds the very threads in
    which the next ones are parsed.
    """

    def __init__(self, schema: pl.Schema, walk: Walk) -> None:
        self._schema = schema
        self._change = threading.Condition()
        self._given: deque[pl.DataFrame] = deque()
        self._given_rows = 0
        self._made: deque[pl.DataFrame] = deque()
        self._ended = self._closed = self._over = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._carry_out, args=(walk,), name="beside")
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether the walk has ended, which it does before `rest` only by an error."""
        return self._over

    def give(self, frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Hand over the next rows, and take what was made of those before; waits where the walk is behind."""
        with self._change:
            self._given.append(frame)
            self._given_rows += frame.height
            self._change.notify_all()
        yield from self._taken(lambda: self._given_rows < CHUNK_ROWS)

    def rest(self) -> Iterator[pl.DataFrame]:
        """There are no more rows: what is still made of them. Raises what ended the walk."""
        with self._change:
            self._ended = True
            self._change.notify_all()
        yield from self._taken(lambda: False)
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """End the walk wherever it is."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        self._thread.join()

    def _taken(self, enough: Callable[[], bool]) -> Iterator[pl.DataFrame]:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._made or self._over or enough())
                if not self._made:
                    return
                frame = self._made.popleft()
                self._change.notify_all()
            yield frame

    # --- in its own thread --------------------------------------------------------------------------------------

    def _carry_out(self, walk: Walk) -> None:
        try:
            with closing(walk(in_parts(self._schema, self._parts))) as frames:
                for frame in frames:
                    self._put(frame)
        except BaseException as error:  # raised again where the rest is asked for
            self._error = error
        with self._change:
            self._over = True
            self._change.notify_all()

    def _put(self, frame: pl.DataFrame) -> None:
        with self._change:
            self._made.append(frame)
            self._change.notify_all()
            self._change.wait_for(lambda: len(self._made) < _MADE or self._closed)
            self._go_on()

    def _parts(self, wanted: Wanted) -> Iterator[Pending]:
        while frames := self._next():
            yield partial(_joined, frames, self._schema)

    def _next(self) -> list[pl.DataFrame]:
        """The rows that have arrived by now, but no more than a chunk; none at the end."""
        frames: list[pl.DataFrame] = []
        rows = 0
        with self._change:
            self._change.wait_for(lambda: self._given or self._ended or self._closed)
            self._go_on()
            while self._given and (not frames or rows + self._given[0].height <= CHUNK_ROWS):
                frames.append(self._given.popleft())
                rows += frames[-1].height
            self._given_rows -= rows
            self._change.notify_all()
        return frames

    def _go_on(self) -> None:
        if self._closed:
            raise Cancelled("Nobody wants these rows any more.")


def _joined(frames: list[pl.DataFrame], schema: pl.Schema) -> pl.DataFrame:
    return pl.concat([types.conform(frame, schema) for frame in frames])
