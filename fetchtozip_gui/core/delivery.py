"""Rows on their way into an output: shaped and encoded side by side, written in order, published at the end."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path

import polars as pl

from fetchtozip_gui.core import datapackage
from fetchtozip_gui.core import schema as types
from fetchtozip_gui.core.beside import Beside
from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.encoding import LEAST_ROWS, Encoding
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
from fetchtozip_gui.core.steps.duplicates import NotRising
from fetchtozip_gui.core.verdict import Verdict


class Delivery:
    """One result in the making.

    Rows that need no whole-table step go straight through with `offer` while pages still arrive, and those that are
    judged first are judged and put aside meanwhile. When the source's types are widened after that, what was made is
    thrown away and `rest` makes everything once more from the spool: at most twice the work, and the same bytes as if
    the types had been known from the start.
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
        arriving: bool,
    ) -> None:
        """`arriving` says whether rows are still to be fetched."""
        self._recipe = recipe
        self._shape = shape
        self._disk = disk
        self._pool = pool
        self._ahead = ahead
        self._started = started
        self._options = options
        self._format = format_of(recipe.output, destination)
        self._target = Destination(destination, disk)
        self._judges_meanwhile = arriving and shape.judges_first
        self._late = shape.whole and not self._judges_meanwhile
        self._begin()

    def _begin(self) -> None:
        self._source: pl.Schema | None = None
        self._writer: Writer | None = None
        self._encoding: Encoding | None = None
        self._beside: Beside | None = None
        self._rejects = Rejects(self._target.path, self._options, self._disk) if self._shape.judges else None
        self._held: list[tuple[pl.DataFrame, pl.Schema | None]] = []
        self._held_rows = 0
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

    @property
    def takes(self) -> bool:
        """Whether rows can go straight through; else `rest` reads them all."""
        return not self._late

    def offer(self, frame: pl.DataFrame, source: pl.Schema, known: pl.Schema | None = None) -> Iterator[Event]:
        """Take the next rows of the source if they can go straight through.

        `source` is the union of types so far, `known` the frame's own types, where they are.
        """
        if self._late:
            return
        if self._judges_meanwhile and not source:
            self._late = True
            return
        if self._source is None:
            yield from self._open(source)
        elif source is not self._source:
            if source != self._source:
                self._begin_late()
                return
            self._source = source
        if self._beside is None:
            self._take(frame, known)
        else:
            yield from self._put_out(self._beside.give(frame))
            if self._beside.over:
                # what is wrong with these rows is told when all are there
                self._begin_late()
                return
        yield from self._write(self._ahead)

    def _begin_late(self) -> None:
        """Leave everything to `rest`."""
        self._abandon()
        self._late = True

    def rest(self, spool: Spool) -> Iterator[Event]:
        """Write what has not gone straight through, to the last row."""
        if self._beside is not None:
            try:
                yield from self._put_out(self._told(self._beside.rest()))
            except NotRising:
                self._begin_late()
        if self._late:
            self._begin()
            spool.settle()
            yield from self._open(spool.schema)
            if self._shape.whole and spool.schema:
                made = self._shape.batches(spool.scan(), self._rejects, self._pool)
                yield from self._put_out(self._told(made))
            else:
                for frame in spool.frames():
                    self._take(frame, None)
                    yield from self._write(self._ahead)
        elif self._writer is None:
            yield from self._open(spool.schema)
        self._flush(last=True)
        yield from self._write(0)

    def _put_out(self, frames: Iterator[pl.DataFrame]) -> Iterator[Event]:
        assert self._encoding is not None
        for frame in frames:
            self._encoding.submit(frame.clone)
            yield from self._write(self._ahead)

    def _told(self, frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """The same; where rows that break a rule are to end the job, they are listed beside it."""
        try:
            yield from frames
        except RowsRejected:
            if self._rejects is not None and self._rejects.finish(inside=False):
                self._rejects.commit()
            raise

    def _open(self, source: pl.Schema) -> Iterator[Event]:
        self._source = source
        schema = self._shape.result(source)
        self._writer = self._format.open(self._target.begin(), schema, self._options)
        self._encoding = Encoding(self._writer, self._pool)
        if self._judges_meanwhile and not self._late:
            walk = partial(self._shape.batches, rejects=self._rejects, pool=self._pool, arriving=True)
            self._beside = Beside(source, walk)
        yield Shaped(self.columns)

    def _take(self, frame: pl.DataFrame, known: pl.Schema | None) -> None:
        for piece in frame.iter_slices(BATCH_ROWS):
            self._held.append((piece, known))
            self._held_rows += piece.height
            if self._held_rows >= LEAST_ROWS:
                self._flush()

    def _flush(self, *, last: bool = False) -> None:
        """Have what is held shaped and encoded; where it is cut depends on the rows alone."""
        held, source = self._held, self._source
        assert source is not None
        assert self._encoding is not None
        self._held, self._held_rows = [], 0
        self._encoding.submit(lambda: self._shaped(held, source), last=last)

    def _shaped(self, held: list[tuple[pl.DataFrame, pl.Schema | None]], source: pl.Schema) -> pl.DataFrame:
        if not held:
            return pl.DataFrame(schema=self._shape.result(source))
        frames = [frame if known is source else types.conform(frame, source) for frame, known in held]
        return self._shape.batch(pl.concat(frames), source)

    def _write(self, ahead: int) -> Iterator[Event]:
        assert self._writer is not None
        assert self._encoding is not None
        before = self.rows
        for encoded in self._encoding.done(ahead):
            self.bytes += self._writer.write(encoded.chunk)
            self.rows += encoded.rows
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
        if self._encoding is not None:
            self._encoding.cancel()
        if self._beside is not None:
            self._beside.close()
            self._beside = None
        if self._writer is not None:
            self._writer.abort()
            self._writer = None
        self._target.discard()
        if self._rejects is not None:
            self._rejects.discard()
