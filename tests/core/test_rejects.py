"""Rows that break a rule, through the whole job: the list beside the result, in a ZIP, and what is said."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from fetchtozip_gui.core.errors import RowsRejected
from fetchtozip_gui.core.events import Delivered, Event, Said
from fetchtozip_gui.core.outputs.verify import verify
from fetchtozip_gui.core.pipeline import run
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.work import Tools

ROWS = ["name,age", "Ann,12", "Bob,x", ",200", "Eve,7"]
RULES: dict[str, Any] = {"name": {"required": True}, "age": {"type": "integer", "max": 150}}
HEADER = ["step", "row", "column", "value", "rule", "message"]


def deliver(folder: Path, steps: list[dict[str, Any]], name: str = "out.csv", rows: list[str] = ROWS) -> list[Event]:
    (folder / "in.csv").write_text("\n".join(rows) + "\n")
    source = {"type": "file", "path": str(folder / "in.csv")}
    recipe = Recipe.parse({"source": source, "steps": steps})
    return list(run(recipe, folder / "job", folder / name, Tools()))


def validate(on_error: str, rules: dict[str, Any] = RULES) -> dict[str, Any]:
    return {"type": "validate", "schema": rules, "on_error": on_error}


def listed(text: str) -> list[list[str]]:
    table = list(csv.reader(io.StringIO(text)))
    assert table[0] == HEADER
    return table[1:]


FAULTS = [
    ["0", "2", "age", "x", "type", "`age` must be an integer, found x."],
    ["0", "3", "name", "", "required", "`name` must not be missing, found nothing."],
    ["0", "3", "age", "200", "max", "`age` must be at most 150, found 200."],
]


def test_dropped_rows_are_listed_beside_the_result(tmp_path: Path) -> None:
    events = deliver(tmp_path, [validate("drop")])
    end = events[-1]
    assert isinstance(end, Delivered)
    assert (tmp_path / "out.csv").read_text() == "name,age\nAnn,12\nEve,7\n"
    assert listed((tmp_path / "out.rejects.csv").read_text()) == FAULTS
    assert end.rows == 2
    assert end.verdict.words == "Complete: 4 rows; 2 rows were dropped (listed in out.rejects.csv)"
    assert end.verdict.rejected == 2
    said = [event.text for event in events if isinstance(event, Said) and event.level == "warning"]
    assert said == ["steps.0 (validate): 2 of 4 rows broke a rule and were left out; 3 faults in all."]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "job", "out.csv", "out.rejects.csv"]
    assert not (tmp_path / "job" / "scratch").exists()


def test_reported_rows_stay(tmp_path: Path) -> None:
    events = deliver(tmp_path, [validate("report")], "out.json")
    assert len(json.loads((tmp_path / "out.json").read_text())) == 4
    assert listed((tmp_path / "out.rejects.csv").read_text()) == FAULTS
    assert events[-1].verdict.words == "Complete: 4 rows; 2 rows broke a rule (listed in out.rejects.csv)"  # type: ignore[union-attr]


def test_a_zip_carries_the_list_and_tells_of_it(tmp_path: Path) -> None:
    deliver(tmp_path, [validate("drop")], "out.zip")
    assert not list(tmp_path.glob("*.rejects.csv"))
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == ["data.csv", "rejects.csv", "datapackage.json"]
        assert listed(archive.read("rejects.csv").decode()) == FAULTS
        package = json.loads(archive.read("datapackage.json"))
    assert [(one["path"], one["rowCount"]) for one in package["resources"]] == [("data.csv", 2), ("rejects.csv", 3)]
    assert package["fetchtozip"]["rejects"] == {"path": "rejects.csv", "rows": 2, "dropped": 2, "faults": 3}
    assert "2 rows were dropped" in package["fetchtozip"]["verdict"]["words"]
    assert package["fetchtozip"]["notes"]
    report = verify(tmp_path / "out.zip")
    assert "data.csv with 2 rows, rejects.csv with 3 rows" in report.words
    assert report.rows == 2


@pytest.mark.parametrize("name", ["out.csv", "out.zip"])
def test_a_job_that_fails_leaves_the_list_and_the_old_result(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("the old one")
    with pytest.raises(RowsRejected) as caught:
        deliver(tmp_path, [validate("fail")], name)
    assert caught.value.message.startswith(
        "steps.0 (validate): 2 of 4 rows break a rule: row 2: `age` must be an integer, found x. row 3: "
    )
    assert caught.value.hint == f"All 3 faults are listed in {tmp_path / 'out.rejects.csv'}."
    assert (tmp_path / name).read_text() == "the old one"
    assert listed((tmp_path / "out.rejects.csv").read_text()) == FAULTS
    assert {path.name for path in tmp_path.iterdir()} == {"in.csv", "job", name, "out.rejects.csv"}


def test_rows_that_keep_the_rules_leave_no_list_not_even_an_old_one(tmp_path: Path) -> None:
    deliver(tmp_path, [validate("drop")])
    assert (tmp_path / "out.rejects.csv").exists()
    events = deliver(tmp_path, [validate("drop", {"name": {"max_length": 9}})])
    assert events[-1].verdict.words == "Complete: 4 rows"  # type: ignore[union-attr]
    assert not (tmp_path / "out.rejects.csv").exists()
    (tmp_path / "out.rejects.csv").write_text("somebody's own\n")
    deliver(tmp_path, [validate("drop", {"name": {"max_length": 9}})])
    assert (tmp_path / "out.rejects.csv").read_text() == "somebody's own\n"


def test_rows_are_numbered_as_they_reach_the_step_and_judged_once(tmp_path: Path) -> None:
    steps = [
        {"type": "sort", "by": [{"column": "name", "descending": True}]},
        validate("drop", {"name": {"required": True}}),
        {"type": "clean", "handle_missing": "mode"},
        validate("report", {"age": {"type": "integer"}}),
        {"type": "sql", "query": "SELECT name, age, count(*) OVER () AS n FROM input LIMIT 1"},
        {"type": "derive", "name": "m", "expression": "n + 1"},
    ]
    events = deliver(tmp_path, steps)
    assert listed((tmp_path / "out.rejects.csv").read_text()) == [
        ["1", "4", "name", "", "required", "`name` must not be missing, found nothing."],
        ["3", "2", "age", "x", "type", "`age` must be an integer, found x."],
    ]
    assert (tmp_path / "out.csv").read_text() == "name,age,n,m\nEve,7,3,4\n"
    assert events[-1].verdict.rejected == 2  # type: ignore[union-attr]


def test_many_faults_in_many_rows(tmp_path: Path) -> None:
    count = 120_000
    rows = ["id,n", *(f"{number},{number % 7}" for number in range(count))]
    events = deliver(tmp_path, [validate("drop", {"n": {"max": 4}, "id": {"unique": True}})], "out.parquet", rows)
    faults = listed((tmp_path / "out.rejects.csv").read_text())
    assert [int(fault[1]) for fault in faults] == [number + 1 for number in range(count) if number % 7 > 4]
    assert events[-1].rows + len(faults) == count  # type: ignore[union-attr]
