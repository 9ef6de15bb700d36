"""Holds rows to rules, and lists every value that breaks one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl
from pydantic import Field

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.replay import Wanted, pieces, reading
from fetchtozip_gui.core.steps.duplicates import Rising, later_duplicates, marked
from fetchtozip_gui.core.steps.kinds import is_true, text
from fetchtozip_gui.core.steps.lookup import listed, meant
from fetchtozip_gui.core.steps.rules import Check, Rule, checks
from fetchtozip_gui.core.steps.step import AnyStep

__all__ = ["FAULTS", "Judge", "Judged", "Rule", "ValidateStep"]

FAULTS = pl.Schema(
    {"row": pl.UInt64(), "column": pl.String(), "value": pl.String(), "rule": pl.String(), "message": pl.String()}
)
"""One fault: the row's number, from 1 in the rows that reach the step, the column, its value, the rule, a sentence."""
_SHOWN = 80
OnError = Literal["fail", "drop", "report"]


class ValidateStep(AnyStep):
    """Holds the rows to rules and fails, drops or reports those that break one.

    Whatever becomes of the rows, every fault is listed in a file beside the result (in a ZIP: in `rejects.csv`).
    """

    type: Literal["validate"] = "validate"
    rules: dict[str, Rule] = Field(alias="schema", min_length=1)
    """One rule for each column, under its name. Columns without a rule may hold anything."""
    on_error: OnError = "fail"
    """fail: no result; drop: rows that break a rule are left out; report: they stay."""

    def whole(self) -> bool:
        return any(rule.unique for rule in self.rules.values())

    def twice(self) -> bool:
        return self.whole()

    def judge(self, rows: pl.LazyFrame, *, rising: bool = False) -> Judge:
        """A judge over these rows, which has read them once where a rule compares them with each other.

        With `rising` it has not: values that have to be unique must be greater than those before, which the judge is
        to `follow`.
        """
        schema = rows.collect_schema()
        notes = self._about_columns(schema)
        unique = [name for name, rule in self.rules.items() if rule.unique and name in schema]
        repeated = {} if rising else {name: later_duplicates(rows, [name], nulls=False) for name in unique}
        every = tuple(
            _Asked(name, check)
            for name in schema
            if name in self.rules
            for check in checks(name, self.rules[name], schema[name])
        )
        lost = [name for name, rule in self.rules.items() if name not in schema and rule.required]
        followed = {name: Rising() for name in unique} if rising else {}
        return Judge(every, repeated, self.on_error, tuple(notes), tuple(lost), followed)

    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """The rows that stay, without the list of faults; with `fail` the first fault is the error."""
        schema = frame.collect_schema()
        self.judge(pl.LazyFrame(schema=schema))

        def read(wanted: Wanted) -> Any:
            judge, first = self.judge(frame), 0
            for rows in pieces(frame):
                judged = judge(rows, first)
                first += rows.height
                if self.on_error == "fail" and judged.faults.height:
                    raise StepError(f"row {judged.faults['row'][0]}: {judged.faults['message'][0]}")
                yield judged.kept

        return reading(schema, read)

    def _about_columns(self, schema: pl.Schema) -> list[str]:
        """What is to be said of columns without a rule and of rules without a column."""
        names = schema.names()
        absent = [name for name in self.rules if name not in schema]
        required = [name for name in absent if self.rules[name].required]
        if required and self.on_error != "report" and names:
            raise StepError(
                f"schema.{required[0]}: there is no column `{required[0]}`, which is required; "
                f"there are {listed(names)}.",
                meant(required[0], names),
            )
        told = [f"There is no column {listed(absent)}, for which there is a rule."] if absent and names else []
        extra = [name for name in names if name not in self.rules]
        return [*told, *([f"Columns without a rule: {listed(extra)}."] if extra else [])]


@dataclass(frozen=True, slots=True)
class _Asked:
    column: str
    check: Check


@dataclass(frozen=True, slots=True)
class Judged:
    """Some rows after the judgement: those that stay, all faults, and how many rows have one."""

    kept: pl.DataFrame
    faults: pl.DataFrame
    failed: int


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges rows stretch by stretch; `repeated` holds the rising numbers of rows that repeat an earlier value."""

    asked: tuple[_Asked, ...]
    repeated: dict[str, pl.Series]
    on_error: OnError
    notes: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    """Required columns that are not there at all."""
    rising: Mapping[str, Rising] = field(default_factory=dict)

    def follow(self, rows: pl.DataFrame) -> None:
        """Look at the next rows, in their order, before they are judged: `NotRising` where a value is not greater than
        those before and has to be unique."""
        for name, values in self.rising.items():
            values.follow(rows.get_column(name))

    def before(self) -> pl.DataFrame:
        """The faults that are in no row."""
        absent = list(self.absent)
        return pl.DataFrame(
            {
                "row": [None] * len(absent),
                "column": absent,
                "value": [None] * len(absent),
                "rule": ["required"] * len(absent),
                "message": [f"`{name}` must not be missing, and there is no such column." for name in absent],
            },
            schema=FAULTS,
        )

    def __call__(self, rows: pl.DataFrame, first: int) -> Judged:
        """`first` is how many rows came before these."""
        failed = pl.Series([False], dtype=pl.Boolean).new_from_index(0, rows.height)
        settled: dict[str, pl.Series] = {}
        found: list[_Broken] = []
        for one in self.asked:
            bad = is_true(one.check.bad(rows.get_column(one.column)))
            if one.check.rule == "required":
                settled[one.column] = bad
            elif one.column in settled:
                bad &= ~settled[one.column]  # a text that must not be empty is told once
            if bad.any():
                failed |= bad
                found.append(_Broken(one.column, one.check.rule, one.check.words, bad.arg_true()))
        for name, numbers in self.repeated.items():
            bad = marked(numbers, first, rows.height)
            if bad.any():
                failed |= bad
                found.append(_Broken(name, "unique", "must be unique", bad.arg_true()))
        if not found:
            return Judged(rows, pl.DataFrame(schema=FAULTS), 0)
        kept = rows.filter(~failed) if self.on_error == "drop" else rows
        return Judged(kept, _listed(rows, first, found), int(failed.sum()))


@dataclass(frozen=True, slots=True)
class _Broken:
    """A rule and the places of the rows that break it."""

    column: str
    rule: str
    words: str
    places: pl.Series


def _listed(rows: pl.DataFrame, first: int, found: list[_Broken]) -> pl.DataFrame:
    """The faults by their rows, those of a row in the order of the columns and of the rules of each.

    Series and not expressions: these are planned anew for every stretch of rows, which costs more than the work.
    """
    order = {name: place for place, name in enumerate(rows.columns)}
    found = sorted(found, key=lambda one: order[one.column])
    keys = [one.places.cast(pl.UInt64) * len(found) + number for number, one in enumerate(found)]
    values = [text(rows.get_column(one.column).gather(one.places)).alias("value") for one in found]
    listed = pl.DataFrame({"key": pl.concat(keys), "value": pl.concat(values)}).sort("key")
    key, value = listed.get_columns()
    number = key % len(found)
    heads = pl.Series([f"`{one.column}` {one.words}, found " for one in found])
    return pl.DataFrame(
        {
            "row": key // len(found) + (first + 1),
            "column": pl.Series([one.column for one in found]).gather(number),
            "value": value,
            "rule": pl.Series([one.rule for one in found]).gather(number),
            "message": heads.gather(number) + _shown(value) + ".",
        },
        schema=FAULTS,
    )


def _shown(values: pl.Series) -> pl.Series:
    """The values as a sentence shows them."""
    long = values.str.len_bytes() > _SHOWN
    if long.any():
        cut = pl.when(pl.col("value").str.len_chars() > _SHOWN).then(pl.col("value").str.slice(0, _SHOWN) + "…")
        values = values.to_frame().select(cut.otherwise(pl.col("value"))).to_series()
    if values.null_count():
        values = values.fill_null("nothing")
    empty = values == ""
    return values.set(empty, "an empty text") if empty.any() else values
