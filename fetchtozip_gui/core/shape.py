"""A recipe's steps as one plan: batch by batch where rows are independent, over the whole spool where they are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import polars as pl

from fetchtozip_gui.core import schema as types
from fetchtozip_gui.core.errors import FetchToZipError, StepError
from fetchtozip_gui.core.work import Step

BATCH_ROWS = 25_000
"""Rows of the chunks that whole-table results are cut into, so that the same rows make the same bytes."""


class Shape:
    """The steps in order. Frames go in with the source's types and come out with the result's."""

    def __init__(self, steps: Sequence[Step]) -> None:
        # with their numbers in the recipe, which errors name, whatever is turned off before them
        self._steps = tuple((number, step) for number, step in enumerate(steps) if getattr(step, "enabled", True))
        self.whole = any(step.whole() for _, step in self._steps)
        self.schema = lru_cache(maxsize=4)(self._schema)

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

    def batches(self, rows: pl.LazyFrame) -> Iterator[pl.DataFrame]:
        """Shape all rows; chunks of `BATCH_ROWS` in order, with memory bounded by what the steps need."""
        with _worded():
            found = self._applied(rows).collect_batches(maintain_order=True, chunk_size=BATCH_ROWS, lazy=True)
            yield from _recut(iter(found))

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


def _recut(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same rows in chunks of `BATCH_ROWS`, whatever the chunks they came in."""
    held: list[pl.DataFrame] = []
    rows = 0
    for frame in frames:
        while frame.height:
            piece = frame.head(BATCH_ROWS - rows)
            frame = frame.slice(piece.height)
            held.append(piece)
            rows += piece.height
            if rows == BATCH_ROWS:
                yield pl.concat(held)
                held, rows = [], 0
    if held:
        yield pl.concat(held)
