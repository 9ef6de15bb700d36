"""The table of rules edits the draft's last validating step, and faults are counted over all rows."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from fetchtozip_gui.core.errors import Cancelled, FetchToZipError, StepError
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.judging import judge, save
from fetchtozip_gui.gui.models.rules import FAULTS, FIELDS, RulesModel

CHECK = Qt.ItemDataRole.CheckStateRole


@pytest.fixture
def model(draft: DraftModel) -> RulesModel:
    model = RulesModel(draft, draft)
    model.show_columns(["id", "email"])
    return model


def put(model: RulesModel, row: int, field: str, value: Any) -> None:
    index = model.index(row, FIELDS.index(field) + FAULTS + 1)
    role = CHECK if isinstance(value, Qt.CheckState) else Qt.ItemDataRole.EditRole
    assert model.setData(index, value, role)


def test_the_first_rule_adds_a_step_and_the_last_takes_it_away(model: RulesModel, draft: DraftModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    put(model, 0, "required", Qt.CheckState.Checked)
    put(model, 0, "min", "1")
    put(model, 1, "type", "email")
    put(model, 1, "enum", "a@b.de, c@d.fr")
    put(model, 1, "max_length", "20")
    rules = {
        "id": {"required": True, "min": 1},
        "email": {"type": "email", "enum": ["a@b.de", "c@d.fr"], "max_length": 20},
    }
    assert draft.part("steps") == [{"type": "validate", "schema": rules, "on_error": "report"}]
    assert model.index(1, FIELDS.index("enum") + FAULTS + 1).data() == "a@b.de, c@d.fr"
    model.set_on_error("drop")
    assert draft.part("steps")[0]["on_error"] == "drop"
    model.clear(1)
    put(model, 0, "required", Qt.CheckState.Unchecked)
    put(model, 0, "min", "")
    assert draft.part("steps") == []
    draft.undo()
    assert model.rules == {"id": {"min": 1}}
    tester.deleteLater()


def test_the_last_validating_step_is_the_one(model: RulesModel, draft: DraftModel) -> None:
    first = {"type": "validate", "schema": {"id": {"min": 0}}, "on_error": "fail"}
    last = {"type": "validate", "schema": {"gone": {"unique": True}}, "on_error": "fail"}
    draft.change("Steps", steps=[first, {"type": "filter", "where": "id > 1"}, last])
    # a rule for a column that is not there any more stays in sight
    assert model.names() == ["id", "email", "gone"]
    put(model, 0, "max", "2.5")
    assert draft.part("steps")[2]["schema"] == {"gone": {"unique": True}, "id": {"max": 2.5}}
    assert draft.part("steps")[0] == first


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "rows.parquet"
    numbers = pl.int_range(60_000, eager=True)
    pl.DataFrame({"id": numbers, "kind": (numbers % 3).cast(pl.String)}).write_parquet(path)
    return path


def steps(**rules: Any) -> list[dict[str, Any]]:
    return [{"type": "filter", "where": "id >= 10000"}, {"type": "validate", "schema": rules, "on_error": "fail"}]


def test_every_fault_of_all_rows_is_listed(path: Path, tmp_path: Path, model: RulesModel) -> None:
    found = judge(path, steps(kind={"enum": ["0", "1"]}, id={"max": 59_000}), 1, threading.Event())
    listed = pl.read_parquet(found.path)
    assert (found.rows, found.of("kind"), found.of("id")) == (50_000, 16_667, 999)
    assert listed.height == found.faults == 16_667 + 999
    # a row that breaks two rules is one row
    assert found.failed == 16_667 + 999 - 333
    # rows are numbered as they reach the rules
    assert listed.row(0, named=True) | {"message": ""} == {
        "row": 2,
        "column": "kind",
        "value": "2",
        "rule": "enum",
        "message": "",
    }
    saved = save(found, tmp_path / "faults.csv")
    assert pl.read_csv(saved).height == found.faults
    with pytest.raises(FetchToZipError, match="cannot be written"):
        save(found, tmp_path / "nowhere" / "faults.csv")


def test_wrong_rules_and_stops_are_told(path: Path) -> None:
    with pytest.raises(StepError, match="cannot be compared"):
        judge(path, steps(id={"min": "2026-01-01"}), 1, threading.Event())
    with pytest.raises(FetchToZipError, match="pattern"):
        judge(path, steps(kind={"pattern": "("}), 1, threading.Event())
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        judge(path, steps(kind={"required": True}), 1, stop)
    assert not list(path.parent.glob("faults-*"))


def test_nothing_is_left_where_reading_fails_at_once(path: Path) -> None:
    """Polars makes the file it is to write in a thread of its own, at times after its error is told."""
    for _ in range(100):
        with pytest.raises(StepError, match="cannot be compared"):
            judge(path, steps(id={"min": "2026-01-01"}), 1, threading.Event())
    time.sleep(0.2)
    assert not list(path.parent.glob("faults-*"))
