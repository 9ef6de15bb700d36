"""A table after a step with what the step took away still in it, and marks for what came, went and changed."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from fetchtozip_gui.core.preview import Change, Stage, changed_cells


@dataclass(frozen=True, slots=True)
class Marked:
    """`frame` has the rows and columns of both; the marks say which are only of one."""

    frame: pl.DataFrame
    rows: pl.Series | None = None
    """For each row `added`, `removed`, or nothing; null where none is."""
    columns: dict[str, str] = field(default_factory=dict)
    """What happened to a column, in words: `added`, `removed`, `was InvoiceNo`, `integer, was string`."""
    cells: dict[str, pl.Series] = field(default_factory=dict)
    """For each row whether its value changed, for the columns where one did."""
    was: dict[str, pl.Series] = field(default_factory=dict)
    """For each row the value before, for the same columns."""


def marked(stage: Stage, before: Stage | None) -> Marked | None:
    """The table of a stage with the changes from the one before; null where there is no table."""
    if stage.frame is None:
        return None
    if before is None or before.frame is None or stage.change is None:
        return Marked(stage.frame)
    change = stage.change
    columns = _columns(change)
    if change.origin is None:
        return Marked(stage.frame, None, columns)
    cells, was = _cells(before.frame, stage.frame, change)
    if before.frame.schema == stage.frame.schema and before.frame.height != change.origin.n_unique():
        return _with_removed_rows(before.frame, stage.frame, change.origin, cells, was)
    repeated = ~change.origin.is_first_distinct()
    rows = _mark(repeated, "added") if repeated.any() else None
    return Marked(_with_removed_columns(before.frame, stage.frame, change), rows, columns, cells, was)


def _columns(change: Change) -> dict[str, str]:
    told: dict[str, list[str]] = {name: ["added"] for name in change.added}
    for name in change.removed:
        told.setdefault(name, ["removed"])
    for old, new in change.renamed:
        told.setdefault(new, []).append(f"was {old}")
    for name, was, now in change.retyped:
        told.setdefault(name, []).append(f"{now}, was {was}" if was != now else f"another {now}")
    return {name: "; ".join(words) for name, words in told.items()}


def _cells(
    before: pl.DataFrame, after: pl.DataFrame, change: Change
) -> tuple[dict[str, pl.Series], dict[str, pl.Series]]:
    """Which values changed, and what they were."""
    assert change.origin is not None
    found: dict[str, pl.Series] = {}
    was: dict[str, pl.Series] = {}
    if not change.cells:
        return found, was
    old_of = {new: old for old, new in change.renamed}
    for name in after.columns:
        old = old_of.get(name, name)
        if name in change.added or before.schema[old] != after.schema[name]:
            continue
        changed = changed_cells(before, after, change.origin, old, name)
        if changed.any():
            found[name] = changed
            was[name] = before.get_column(old).gather(change.origin)
    return found, was


def _with_removed_rows(
    before: pl.DataFrame,
    after: pl.DataFrame,
    origin: pl.Series,
    cells: dict[str, pl.Series],
    was: dict[str, pl.Series],
) -> Marked:
    """The rows that went, where they stood; behind all others where the rows have another sequence now."""
    places = pl.int_range(before.height, eager=True)
    gone = places.filter(~places.is_in(origin.implode()))
    rows = pl.concat([_mark(~origin.is_first_distinct(), "added"), _all(gone.len(), "removed")])
    frame = pl.concat([after, before[gone]])
    if not origin.is_sorted():
        order = pl.int_range(frame.height, eager=True)
    else:
        order = pl.concat([origin.cast(pl.Int64), gone.cast(pl.Int64)]).arg_sort()
    moved = {name: pl.concat([changed, _all(gone.len(), False)])[order] for name, changed in cells.items()}
    before_that = {name: values.extend_constant(None, gone.len())[order] for name, values in was.items()}
    return Marked(frame[order], rows[order], {}, moved, before_that)


def _with_removed_columns(before: pl.DataFrame, after: pl.DataFrame, change: Change) -> pl.DataFrame:
    """The columns that went, behind those that they stood behind."""
    assert change.origin is not None
    old_of = {new: old for old, new in change.renamed}
    # a new frame, for what is inserted is inserted in place
    frame = after.clone()
    for name in change.removed:
        if name in after.columns:
            # another column has its name now; one table cannot show both
            continue
        place = before.columns.index(name)
        stood_before = before.columns[place - 1] if place else None
        behind = next((new for new in frame.columns if old_of.get(new, new) == stood_before), None)
        at = frame.columns.index(behind) + 1 if behind is not None else 0
        frame.insert_column(at, before.get_column(name).gather(change.origin))
    return frame


def _mark(which: pl.Series, word: str) -> pl.Series:
    return which.to_frame("which").select(pl.when(pl.col("which")).then(pl.lit(word)).otherwise(pl.lit(""))).to_series()


def _all(count: int, value: str | bool) -> pl.Series:
    return pl.Series([value]).new_from_index(0, count)
