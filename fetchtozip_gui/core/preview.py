"""Applies a recipe's steps to some rows, one after another, and tells what each of them changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any

import polars as pl
from pydantic import ValidationError

from fetchtozip_gui.core.errors import FetchToZipError, NotInThisVersion, RecipeError, StepError
from fetchtozip_gui.core.faults import sentences
from fetchtozip_gui.core.schema import type_name
from fetchtozip_gui.core.steps import STEPS
from fetchtozip_gui.core.steps.clean import CleanStep
from fetchtozip_gui.core.steps.columns import ColumnsStep
from fetchtozip_gui.core.steps.failures import translate
from fetchtozip_gui.core.steps.rows import DeduplicateStep
from fetchtozip_gui.core.steps.step import AnyStep

KINDS: dict[str, type[AnyStep]] = {
    kind.model_fields["type"].default: kind for kind in STEPS if issubclass(kind, AnyStep)
}
"""Every step by the word that a recipe has for it."""
SAMPLE = 10_000
"""Rows of a longer table that are shown; the numbers of rows are those of all of it."""
_FOLLOWED = ("filter", "sort", "deduplicate", "flatten", "derive", "clean", "validate")
"""Steps through which a row can be followed by a number that it carries; they pass on columns they do not know."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a step did to the table before it. Names are the new ones, but for columns that are gone."""

    rows_added: int = 0
    rows_removed: int = 0
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    """Pairs of old and new."""
    retyped: tuple[tuple[str, str, str], ...] = ()
    """Name, type before, type after."""
    moved: bool = False
    """Whether columns stand in another sequence."""
    reordered: bool = False
    """Whether rows do."""
    cells: int = 0
    """Values that are others in columns whose type stayed; of the rows that are shown."""
    origin: pl.Series | None = field(default=None, compare=False)
    """For each row the place it had before; null where rows cannot be followed, as through a group."""

    def words(self) -> str:
        """On one line, such as `−10,624 rows, 2 columns renamed`."""
        if self.rows_added and self.rows_removed:
            rows = [f"{_counted(self.rows_removed, 'row')} became {self.rows_added:,}"]
        elif self.rows_added or self.rows_removed:
            count = self.rows_added or self.rows_removed
            rows = [f"{'+' if self.rows_added else '−'}{_counted(count, 'row')}"]
        else:
            rows = []
        told = [
            *rows,
            *_told(self.added, "added"),
            *_told(self.removed, "removed"),
            *_told(self.renamed, "renamed"),
            *_told(self.retyped, "retyped"),
            *(["columns moved"] if self.moved else []),
            *(["rows reordered"] if self.reordered else []),
            *([f"{_counted(self.cells, 'value')} changed"] if self.cells else []),
        ]
        return ", ".join(told) or "no change"


@dataclass(frozen=True, slots=True)
class Stage:
    """The table after a step; `number` is the step's place in the recipe, and -1 is the source itself.

    After an error there is no frame, and none of the later stages has one.
    """

    number: int
    type: str
    frame: pl.DataFrame | None
    rows: int | None = None
    """Of the whole table; null where it is not known."""
    change: Change | None = None
    error: FetchToZipError | None = None
    is_skipped: bool = False
    """Turned off, or behind an error."""


def preview(steps: Sequence[Mapping[str, Any]], rows: pl.DataFrame | pl.LazyFrame) -> list[Stage]:
    """The source's stage and one for each step; `steps` are the recipe's, as JSON, and need not be right.

    Never raises for what the steps say: an error stands at its step. Of a lazy table the first `SAMPLE` rows go
    through the steps, and the numbers of rows alone are counted over all of it.
    """
    sample = rows.head(SAMPLE).collect(engine="streaming") if isinstance(rows, pl.LazyFrame) else rows
    stages = [Stage(-1, "source", sample, sample.height)]
    parsed: list[AnyStep] = []
    frame: pl.DataFrame | None = sample
    for number, document in enumerate(steps):
        stage = _stage(number, document, frame, parsed)
        frame = stage.frame
        stages.append(stage)
    return _over_all(stages, parsed, rows) if isinstance(rows, pl.LazyFrame) else stages


def parse(document: Mapping[str, Any]) -> AnyStep:
    """One step of a recipe; `RecipeError` holds a line a fault, which begins with the field."""
    kind = KINDS.get(str(document.get("type")))
    if kind is None:
        raise RecipeError(f"type: must be one of {', '.join(KINDS)}, found {json.dumps(document.get('type'))}")
    try:
        return kind.model_validate_json(json.dumps(document))
    except ValidationError as error:
        raise RecipeError("\n".join(sentences(kind, dict(document), error))) from None


def _stage(number: int, document: Mapping[str, Any], before: pl.DataFrame | None, parsed: list[AnyStep]) -> Stage:
    kind = str(document.get("type", ""))
    if document.get("enabled") is False:
        return Stage(number, kind, before, before.height if before is not None else None, is_skipped=True)
    try:
        step = parse(document)
        if not type(step).available:
            raise NotInThisVersion(f"The step `{kind}` is not in this version.", "Turn it off, or delete it.")
        if before is None:
            return Stage(number, kind, None, is_skipped=True)
        after, origin = _applied(step, before)
    except FetchToZipError as error:
        return Stage(number, kind, None, error=error)
    parsed.append(step)
    return Stage(number, kind, after, after.height, _compared(step, before, after, origin))


def _applied(step: AnyStep, before: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series | None]:
    """The step's result, and the place that each of its rows had before."""
    if step.type not in _FOLLOWED or not before.width:  # type: ignore[attr-defined]
        after = _run(step, before)
        # columns change no rows
        same = isinstance(step, ColumnsStep) and after.height == before.height
        return after, pl.int_range(before.height, eager=True) if same else None
    mark = "row"
    while mark in before.columns:
        mark += "_"
    followed = step
    if isinstance(step, DeduplicateStep) and step.subset is None:
        followed = step.model_copy(update={"subset": tuple(before.columns)})
    if isinstance(step, CleanStep) and step.remove_duplicates is True:
        followed = step.model_copy(update={"remove_duplicates": tuple(before.columns)})
    number = pl.int_range(pl.len())
    # cleaning changes every text and every number, and leaves objects alone
    marked = before.with_columns((pl.struct(number) if isinstance(step, CleanStep) else number).alias(mark))
    try:
        after = _run(followed, marked)
    except FetchToZipError:
        # without the mark, which must not stand in the words of an error
        return _run(step, before), None
    if mark not in after.columns:
        return after, None
    numbers = after.get_column(mark)
    return after.drop(mark), numbers.struct.unnest().to_series() if numbers.dtype == pl.Struct else numbers


def _run(step: AnyStep, frame: pl.DataFrame) -> pl.DataFrame:
    try:
        return step.apply_frame(frame)
    except pl.exceptions.PolarsError as error:
        raise translate(error) from error


def _compared(step: AnyStep, before: pl.DataFrame, after: pl.DataFrame, origin: pl.Series | None) -> Change:
    pairs = _pairs(step, before, after)
    old_of = {new: old for old, new in pairs}
    kept = {old for old, _ in pairs}
    sequence = [before.columns.index(old_of[name]) for name in after.columns if name in old_of]
    if origin is None:
        # through a group every row is another one
        added, removed, reordered = after.height, before.height, False
    else:
        distinct = origin.n_unique()
        added, removed = after.height - distinct, before.height - distinct
        reordered = not origin.is_sorted()
    same = [(old, new) for old, new in pairs if before.schema[old] == after.schema[new]]
    return Change(
        added,
        removed,
        tuple(name for name in after.columns if name not in old_of),
        tuple(name for name in before.columns if name not in kept),
        tuple((old, new) for old, new in pairs if old != new),
        tuple(
            (new, type_name(before.schema[old]), type_name(after.schema[new]))
            for old, new in pairs
            if before.schema[old] != after.schema[new]
        ),
        sequence != sorted(sequence),
        reordered,
        0 if origin is None else sum(int(changed_cells(before, after, origin, *pair).sum()) for pair in same),
        origin,
    )


def _pairs(step: AnyStep, before: pl.DataFrame, after: pl.DataFrame) -> list[tuple[str, str]]:
    """The columns that are the same ones before and after, in the sequence after."""
    if isinstance(step, ColumnsStep):
        return step.pairs(before.columns)
    return [(name, name) for name in after.columns if name in before.columns]


def changed_cells(before: pl.DataFrame, after: pl.DataFrame, origin: pl.Series, old: str, new: str) -> pl.Series:
    """For each row after a step whether its value in a column is another one than in the row that it was."""
    values = before.get_column(old).gather(origin)
    return ~after.get_column(new).eq_missing(values)


def _over_all(stages: list[Stage], parsed: list[AnyStep], rows: pl.LazyFrame) -> list[Stage]:
    """The stages with the numbers of rows of the whole table, which are counted all together."""
    try:
        plans = list(accumulate(parsed, lambda plan, step: step.apply(plan), initial=rows))
        found = pl.collect_all([plan.select(pl.len()) for plan in plans], engine="streaming")
    except (pl.exceptions.PolarsError, StepError):
        # a value past the sample that a step refuses: the job will say it, and the sample is still worth a look
        return [replace(stage, rows=None) for stage in stages]
    heights = iter([int(frame.item()) for frame in found])
    now = next(heights)
    told = [replace(stages[0], rows=now)]
    for stage in stages[1:]:
        before = now
        if stage.change is None:
            told.append(replace(stage, rows=now if stage.frame is not None else None))
            continue
        now = next(heights)
        added, removed = (now, before) if stage.change.origin is None else (max(0, now - before), max(0, before - now))
        change = replace(stage.change, rows_added=added, rows_removed=removed)
        told.append(replace(stage, rows=now, change=change))
    return told


def _told(names: Sequence[object], what: str) -> list[str]:
    return [f"{_counted(len(names), 'column')} {what}"] if names else []


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
