"""The validating step's judge: every fault with its row, in order, and what becomes of the rows."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.replay import chunks
from fetchtozip_gui.core.steps.validate import FAULTS, ValidateStep

FRAME = pl.DataFrame({"name": ["Ann", "", None, "Bob"], "age": [12, 200, -1, 12], "note": ["", "", "", ""]})
RULES: dict[str, Any] = {
    "name": {"type": "string", "required": True, "min_length": 2},
    "age": {"type": "integer", "min": 0, "max": 150, "unique": True},
}


def step(rules: dict[str, Any] = RULES, **fields: Any) -> ValidateStep:
    return ValidateStep.model_validate({"type": "validate", "schema": rules, **fields})


def test_every_fault_is_told_in_the_order_of_rows_and_columns() -> None:
    judged = step(on_error="report").judge(FRAME.lazy())(FRAME, 0)
    assert judged.faults.schema == FAULTS
    assert judged.faults.rows() == [
        (2, "name", "", "required", "`name` must not be missing, found an empty text."),
        (2, "age", "200", "max", "`age` must be at most 150, found 200."),
        (3, "name", None, "required", "`name` must not be missing, found nothing."),
        (3, "age", "-1", "min", "`age` must be at least 0, found -1."),
        (4, "age", "12", "unique", "`age` must be unique, found 12."),
    ]
    assert judged.failed == 3
    assert judged.kept is FRAME


def test_dropped_rows_and_their_faults_are_all_rows() -> None:
    judged = step(on_error="drop").judge(FRAME.lazy())(FRAME, 0)
    assert judged.kept["name"].to_list() == ["Ann"]
    assert judged.kept.height + judged.failed == FRAME.height


def test_rows_are_numbered_through_all_stretches_and_long_values_are_cut_in_the_sentence_alone() -> None:
    frame = pl.DataFrame({"a": ["x" * 100]})
    faults = step({"a": {"max_length": 3}}).judge(frame.lazy())(frame, 70_000).faults
    assert faults.row(0)[0] == 70_001
    assert faults.row(0)[2] == "x" * 100
    assert faults.row(0)[4] == f"`a` must have at most 3 characters, found {'x' * 80}…."


def test_many_rows_against_plain_python() -> None:
    chance = random.Random(3)
    rows = [(chance.randrange(200_000), chance.choice(["a", "b", None, "zz"])) for _ in range(130_000)]
    frame = pl.DataFrame(rows, schema={"n": pl.Int64, "t": pl.String}, orient="row")
    seen: set[int] = set()
    expected = []
    for number, (n, t) in enumerate(rows, 1):
        if n > 190_000:
            expected.append((number, "n", "max"))
        if n in seen:
            expected.append((number, "n", "unique"))
        seen.add(n)
        if t is None:
            expected.append((number, "t", "required"))
        elif t == "zz":
            expected.append((number, "t", "enum"))
    rules = {"n": {"max": 190_000, "unique": True}, "t": {"required": True, "enum": ["a", "b"]}}
    checked = step(rules, on_error="drop")
    judge, first, found, kept = checked.judge(frame.lazy()), 0, [], 0
    for part in chunks(frame.lazy()):
        judged = judge(part, first)
        first += part.height
        kept += judged.kept.height
        found += judged.faults.select("row", "column", "rule").rows()
    assert found == expected
    assert kept == len(rows) - len({row for row, _, _ in expected})
    assert checked.apply(frame.lazy()).collect().height == kept


def test_columns_without_a_rule_and_rules_without_a_column_are_said() -> None:
    judge = step({"nmae": {"type": "string"}, "age": {}}, on_error="drop").judge(FRAME.lazy())
    assert judge.notes == (
        "There is no column `nmae`, for which there is a rule.",
        "Columns without a rule: `name`, `note`.",
    )
    with pytest.raises(StepError, match=r"schema\.nmae: there is no column `nmae`, which is required; .*`name`"):
        step({"nmae": {"required": True}}).judge(FRAME.lazy())
    told = step({"nmae": {"required": True}}, on_error="report").judge(FRAME.lazy()).before()
    assert told.rows() == [(None, "nmae", None, "required", "`nmae` must not be missing, and there is no such column.")]


def test_a_plan_without_a_list_of_faults() -> None:
    assert step(on_error="drop").apply(FRAME.lazy()).collect().height == 1
    assert step(on_error="report").apply(FRAME.lazy()).collect().equals(FRAME)
    with pytest.raises(StepError, match="row 2: `name` must not be missing"):
        step().apply(FRAME.lazy()).collect()


def test_what_needs_other_rows() -> None:
    assert step().whole()
    assert not step({"a": {"required": True}}).whole()


def test_no_rules_are_no_step() -> None:
    with pytest.raises(ValidationError, match="at least 1"):
        step({})
