"""Steps that look at all rows before they change one: a plan that learns once, when it is first read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import polars as pl

from fetchtozip_gui.core.replay import Pending, Wanted, in_parts, parts_of, pieces
from fetchtozip_gui.core.work import ahead


class Learned:
    """Stages that learn from the rows as they reach them, once, one pass each, and leave a plan row by row.

    It is carried out when it is first read, so that a plan that is only looked at costs nothing.
    """

    def __init__(self, rows: pl.LazyFrame, stages: Sequence[Callable[[pl.LazyFrame], pl.LazyFrame]]) -> None:
        self._rows = rows
        self._left = list(stages)
        self._lock = threading.Lock()

    def plan(self, schema: pl.Schema) -> pl.LazyFrame:
        """The cleaned rows."""
        return in_parts(schema, self._parts)

    def _parts(self, wanted: Wanted) -> Iterator[Pending]:
        with self._lock:
            while self._left:
                self._rows = self._left[0](self._rows)
                self._left.pop(0)
        parts = parts_of(self._rows)
        if parts is not None:
            return parts(wanted)
        return (frame.clone for frame in ahead(pieces(self._rows, wanted)))
