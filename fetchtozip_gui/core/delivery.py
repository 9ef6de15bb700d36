"""Rows on their way into an output: shaped and encoded side by side, written in order, published at the end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from fetchtozip_gui.core import datapackage
from fetchtozip_gui.core import schema as types
from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.errors import RowsRejected
from fetchtozip_gui.core.events import Event, Shaped, Wrote
from fetchtozip_gui.core.outputs import format_of
from fetchtozip_gui.core.outputs.destination import Destination
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.outputs.format import Writer
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.rejects import Rejects
from fetchtozip_gui.core.shape import BATCH_ROWS, Shape
from fetchtozip_gui.core.spool import Spool
from fetchtozip_gui.core.verdict import Verdict

CHUNK_ROWS = 4_000
"""Rows that are encoded together at least: a call for each small page would cost more than its rows."""


class Delivery:
    """One result in the making.

    Rows that need no whole-table step go straight through with `offer` while pages still arrive. When the source's
    types are widened after bytes were written, those are thrown away and `rest` writes everything once more from
    the spool: at most twice the work, and the same bytes as if the types had been known from the start.
    """

    def __init__(
        self,
        recipe: Recipe,
        options: FileOutput,
        destination: Path,
        shape: Shape,
        disk: Disk,
        pool: ThreadPoolExecutor,
        *,
        ahead: int,
        started: datetime,
    ) -> None:
        self._recipe = recipe
        self._shape = shape
        self._disk = disk
        self._pool = pool
        self._ahead = ahead
        self._started = started
        self._options = options
        self._format = format_of(recipe.output, destination)
        self._target = Destination(destination, disk)
        self._rejects = Rejects(destination, options, disk) if shape.judges else None
        self._late = shape.whole
        self._begin()

    def _begin(self) -> None:
        self._source: pl.Schema | None = None
        self._writer: Writer | None = None
        self._shaping: deque[Future[pl.DataFrame]] = deque()
        self._encoding: deque[Future[Any]] = deque()
        self._heights: deque[int] = deque()
        self._held: list[pl.DataFrame] = []
        self._held_rows = 0
        self._submitted = 0
        self.rows = 0
        self.bytes = 0

    def __enter__(self) -> Delivery:
        return self

    def __exit__(self, *_: object) -> None:
        self._abandon()

    @property
    def path(self) -> Path:
        """Where the result stands, once it is published."""
        return self._target.path

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        schema = self._shape.result(self._source or pl.Schema())
        return tuple((name, types.type_name(dtype)) for name, dtype in schema.items())

    # --- rows in ------------------------------------------------------------------------------------------------

    def offer(self, frame: pl.DataFrame, source: pl.Schema) -> Iterator[Event]:
        """Take the next rows of the source if they can go straight through; `source` is the union of types so far."""
        if self._late:
            return
        if self._source is not None and source != self._source:
            self._abandon()
            self._late = True
            return
        yield from self._take(frame, source)

    def rest(self, spool: Spool) -> Iterator[Event]:
        """Write what has not gone straight through, to the last row."""
        if self._late:
            self._begin()
            spool.settle()
            if self._shape.whole and spool.schema:
                yield from self._open(spool.schema)
                for frame in self._judged(spool):
                    yield from self._shaped(frame)
            else:
                for frame in spool.frames():
                    yield from self._take(frame, spool.schema)
        if self._writer is None:
            yield from self._open(spool.schema)
        while self._shaping:
            yield from self._shaped(self._shaping.popleft().result())
        self._encode()
        yield from self._write(0)

    def _judged(self, spool: Spool) -> Iterator[pl.DataFrame]:
        """All rows shaped; where rows that break a rule are to end the job, they are listed beside it."""
        try:
            yield from self._shape.batches(spool.scan(), self._rejects)
        except RowsRejected:
            if self._rejects is not None and self._rejects.finish(inside=False):
                self._rejects.commit()
            raise

    def _open(self, source: pl.Schema) -> Iterator[Event]:
        self._source = source
        schema = self._shape.result(source)
        self._writer = self._format.open(self._target.begin(), schema, self._options)
        yield Shaped(self.columns)

    def _take(self, frame: pl.DataFrame, source: pl.Schema) -> Iterator[Event]:
        if self._writer is None:
            yield from self._open(source)
        for piece in frame.iter_slices(BATCH_ROWS):
            self._shaping.append(self._pool.submit(self._shape.batch, piece, source))
            while self._shaping and (len(self._shaping) > self._ahead or self._shaping[0].done()):
                yield from self._shaped(self._shaping.popleft().result())

    def _shaped(self, frame: pl.DataFrame) -> Iterator[Event]:
        self._held.append(frame)
        self._held_rows += frame.height
        if self._held_rows >= CHUNK_ROWS:
            self._encode()
        yield from self._write(self._ahead)

    def _encode(self) -> None:
        """Have what is held encoded as one chunk; its size is a function of the rows alone."""
        assert self._writer is not None
        if self._held_rows:
            self._encoding.append(self._pool.submit(self._writer.encode, pl.concat(self._held), self._submitted))
            self._submitted += self._held_rows
            self._heights.append(self._held_rows)
        self._held, self._held_rows = [], 0

    def _write(self, ahead: int) -> Iterator[Event]:
        assert self._writer is not None
        before = self.rows
        while self._encoding and (len(self._encoding) > ahead or self._encoding[0].done()):
            self.bytes += self._writer.write(self._encoding.popleft().result())
            self.rows += self._heights.popleft()
        if self.rows != before:
            yield Wrote(self.rows, self.bytes)

    # --- the end ------------------------------------------------------------------------------------------------

    def finish(self, verdict: Verdict, spool: Spool) -> tuple[Verdict, list[str]]:
        """Complete the file, check it, sync it and give it its name: the verdict with the rows that broke a rule, and
        sentences the user should read."""
        assert self._writer is not None
        inside = self._format.name == "zip"
        rejected = self._rejects.finish(inside=inside) if self._rejects is not None else None
        if rejected is not None:
            verdict = verdict.with_rejects(rejected.rows, rejected.dropped, f"listed in {rejected.place}")
        about = datapackage.About(
            recipe=self._recipe.public(),
            name=self._recipe.name,
            started=self._started,
            verdict=verdict,
            pages=spool.pages,
            fetched_rows=spool.rows,
            fetched_bytes=spool.bytes,
            rejects=rejected,
            notes=tuple(self._rejects.notes) if self._rejects is not None else (),
        )
        self._writer.close(about)
        notes = [*about.notes, *self._writer.notes]
        if self._rejects is not None and not inside:
            # before the result: rows that are missing in it are never without their list
            notes += self._rejects.commit()
        notes += self._target.commit()
        if self._rejects is not None and inside:
            self._rejects.discard()
            self._rejects.remove_old()
        self.bytes = self._target.path.stat().st_size
        return verdict, notes

    def _abandon(self) -> None:
        for future in (*self._shaping, *self._encoding):
            future.cancel()
        if self._writer is not None:
            self._writer.abort()
            self._writer = None
        self._target.discard()
        if self._rejects is not None:
            self._rejects.discard()
