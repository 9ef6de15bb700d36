"""A recipe's steps as one plan: batch by batch where rows are independent, over the whole spool where they are not."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import polars as pl

from fetchtozip_gui.core import schema as types
from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.errors import FetchToZipError, StepError
from fetchtozip_gui.core.rejects import Rejects, judged
from fetchtozip_gui.core.replay import CHUNK_ROWS, chunks, reading, row_by_row
from fetchtozip_gui.core.scratch import Scratch
from fetchtozip_gui.core.steps.clean import CleanStep
from fetchtozip_gui.core.steps.sql import SqlStep
from fetchtozip_gui.core.steps.validate import ValidateStep
from fetchtozip_gui.core.work import Step

BATCH_ROWS = CHUNK_ROWS
"""Rows of the chunks that whole-table results are cut into, so that the same rows make the same bytes."""


@dataclass(frozen=True, slots=True)
class _Judging:
    """Where faults go, the threads that look for them, and whether the rows arrive meanwhile, for one walk."""

    rejects: Rejects | None
    pool: ThreadPoolExecutor | None
    arriving: bool


class Shape:
    """The steps in order. Frames go in with the source's types and come out with the result's.

    `whole` plans go over the spool from its first row: a step needs other rows, or rows are numbered to be judged.
    `scratch` is a folder for what has to be put aside between two steps; without it a temporary one.
    """

    def __init__(self, steps: Sequence[Step], scratch: Path | None = None, disk: Disk | None = None) -> None:
        # with their numbers in the recipe, which errors name, whatever is turned off before them
        self._steps = tuple((number, step) for number, step in enumerate(steps) if getattr(step, "enabled", True))
        self.judges = any(isinstance(step, ValidateStep) for _, step in self._steps)
        self.whole = self.judges or any(step.whole() for _, step in self._steps)
        first = next((step for _, step in self._steps if step.whole() or isinstance(step, ValidateStep)), None)
        self.judges_first = isinstance(first, ValidateStep)
        """Whether no step needs all rows before they are judged: a walk with `arriving` rows goes on beside them."""
        self.schema = lru_cache(maxsize=4)(self._schema)
        self._scratch = scratch
        self._disk = disk

    def _schema(self, columns: tuple[tuple[str, pl.DataType], ...]) -> pl.Schema:
        """The result's types for a source of these."""
        return self._applied(pl.LazyFrame(schema=pl.Schema(columns))).collect_schema()

    def result(self, source: pl.Schema) -> pl.Schema:
        """The result's types; a source without any columns has nothing to shape."""
        return self.schema(tuple(source.items())) if source else pl.Schema()

    def batch(self, frame: pl.DataFrame, source: pl.Schema) -> pl.DataFrame:
        """Shape some rows of the source; only for plans that are not `whole`. Called in several threads."""
        frame = types.conform(frame, source)
        if not self._steps or not source:
            return frame
        result = self.result(source)
        with _worded():
            for number, step in self._steps:
                with _placed(number, step):
                    frame = step.apply_frame(frame)
            return types.conform(frame, result)

    def batches(
        self,
        rows: pl.LazyFrame,
        rejects: Rejects | None = None,
        pool: ThreadPoolExecutor | None = None,
        *,
        arriving: bool = False,
    ) -> Generator[pl.DataFrame, None, None]:
        """Shape all rows; chunks of `BATCH_ROWS` in order, with memory bounded by what the steps need.

        What breaks a rule of a validating step is listed in `rejects`; `pool` has the threads that may judge. Rows that
        are still `arriving` are read once, and `NotRising` where that does not tell whether values are unique.
        """
        with _worded(), Scratch(self._scratch, self._disk, pool) as scratch:
            yield from chunks(self._carried(rows, _Judging(rejects, pool, arriving), scratch))

    def _carried(self, rows: pl.LazyFrame, judging: _Judging, scratch: Scratch) -> pl.LazyFrame:
        """The plan of all steps, with those before the last that judges carried out already."""
        at_hand = True
        for place, (number, step) in enumerate(self._steps):
            # made once: for the sake of time, and because a group's sums may differ in their last digits
            keeps = step.twice() and not at_hand
            if isinstance(step, CleanStep) and keeps:
                with _placed(number, step):
                    begun = step.begin(rows)
                rows, at_hand = begun.done(scratch.keep(begun.rows, begun.noted)), True
                continue
            if keeps:
                rows, at_hand = scratch.keep(rows), True
            if isinstance(step, ValidateStep):
                later = [one for _, one in self._steps[place + 1 :]]
                rows, at_hand = self._judged(rows, number, step, judging, scratch, later)
                judging = replace(judging, arriving=False)
                continue
            with _placed(number, step):
                if isinstance(step, SqlStep):
                    rows = step.apply_in(rows, scratch)
                else:
                    rows = step.apply(rows) if step.whole() else row_by_row(rows, step.apply)
                rows.collect_schema()
            at_hand = isinstance(step, SqlStep) or (at_hand and step.again())
        return rows

    def _judged(
        self,
        rows: pl.LazyFrame,
        number: int,
        step: ValidateStep,
        judging: _Judging,
        scratch: Scratch,
        later: Sequence[Step],
    ) -> tuple[pl.LazyFrame, bool]:
        """The rows that stay, which are judged once, and whether they are at hand: put aside where a later step may
        look twice or not to the end, unless the next one puts them aside when their texts are in form."""
        schema = rows.collect_schema()
        stay = judged(rows, number, step, judging.rejects, judging.pool, rising=judging.arriving)
        keeps = bool(later) and isinstance(later[0], CleanStep) and later[0].twice()
        if not keeps and any(one.whole() or isinstance(one, ValidateStep) for one in later):
            return scratch.keep_frames(stay, schema), True
        return reading(schema, lambda wanted: stay), not keeps

    def _applied(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        for number, step in self._steps:
            with _placed(number, step), _worded():
                rows = step.apply(rows)
                rows.collect_schema()
        return rows


@contextmanager
def _placed(number: int, step: Step) -> Iterator[None]:
    """Errors name the step they are about."""
    try:
        yield
    except StepError as error:
        raise StepError(f"steps.{number} ({step.type}): {error.message}", error.hint) from error


class _worded:  # noqa: N801 - reads as a word at its use
    """Turns what Polars says into this program's errors."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if error is None or isinstance(error, FetchToZipError) or not isinstance(error, pl.exceptions.PolarsError):
            return
        raise StepError(str(error).partition("\n")[0]) from error
