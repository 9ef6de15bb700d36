"""Holds all rows of a file to its rules, and lists every fault in a file that can be scrolled through unloaded."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Judgement:
    """So many faults in so many of the rows; `path` lists every one of them, as Parquet."""

    rows: int
    failed: int
    faults: int
    path: Path
    columns: tuple[str, ...]
    """Those that reach the rules."""
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By column and rule."""
    notes: tuple[str, ...] = ()

    def of(self, column: str) -> int:
        """The faults of a column."""
        return sum(count for (name, _), count in self.counts.items() if name == column)


def judge(path: Path, steps: Sequence[dict[str, Any]], at: int, stop: threading.Event) -> Judgement:
    """Judge the rows that reach step `at` of `steps` when those of the file `path` go through them.

    To be called away from the window's thread; `FetchToZipError` where a step or a rule is wrong, and `Cancelled`
    soon after `stop`.
    """
    # heavy: after the first paint
    import polars as pl

    from fetchtozip_gui.core.errors import Cancelled
    from fetchtozip_gui.core.preview import parse
    from fetchtozip_gui.core.replay import chunks, reading
    from fetchtozip_gui.core.steps.failures import translate
    from fetchtozip_gui.core.steps.validate import FAULTS, ValidateStep
    from fetchtozip_gui.gui.models.shaping import after

    rows = after(steps[:at], pl.scan_parquet(path, glob=False))
    step = parse({**steps[at], "enabled": True, "on_error": "report"})
    assert isinstance(step, ValidateStep)
    counts: Counter[tuple[str, str]] = Counter()
    told = [0, 0]
    notes: list[str] = []

    def faults() -> Iterator[pl.DataFrame]:
        counts.clear()
        told[:] = [0, 0]
        judging = step.judge(rows)
        notes[:] = judging.notes
        absent = judging.before()
        _count(counts, absent)
        yield absent
        for frame in chunks(rows):
            if stop.is_set():
                raise Cancelled("Nobody waits for the faults any more.")
            judged = judging(frame, told[0])
            told[0] += frame.height
            told[1] += judged.failed
            if judged.faults.height:
                _count(counts, judged.faults)
                yield judged.faults

    # a name of its own: the list before it may be in sight still
    to = path.with_name(f"faults-{secrets.token_hex(6)}.parquet")
    try:
        columns = tuple(rows.collect_schema())
        # opened here: Polars opens the file in a thread, which an error may leave behind to make it once more
        with to.open("wb") as file:
            reading(FAULTS, lambda wanted: faults()).sink_parquet(file)
    except BaseException as error:
        to.unlink(missing_ok=True)
        if stop.is_set():
            raise Cancelled("Nobody waits for the faults any more.") from None
        if isinstance(error, pl.exceptions.PolarsError):
            raise translate(error) from error
        raise
    return Judgement(told[0], told[1], sum(counts.values()), to, columns, dict(counts), tuple(notes))


def save(judgement: Judgement, to: Path) -> Path:
    """Every fault as CSV, under its name whole or not at all; to be called away from the window's thread."""
    import polars as pl  # heavy: after the first paint

    from fetchtozip_gui.core.whole_file import whole
    from fetchtozip_gui.gui.words import place

    with whole(to, place(to)) as part, part.open("wb") as file:
        pl.scan_parquet(judgement.path, glob=False).sink_csv(file)
    return to


def _count(counts: Counter[tuple[str, str]], faults: pl.DataFrame) -> None:
    for column, rule, count in faults.group_by("column", "rule").len().iter_rows():
        counts[column, rule] += count
