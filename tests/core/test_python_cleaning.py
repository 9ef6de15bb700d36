"""Scripts made of recipes that clean, validate and query do what the recipes do, with every field of their steps."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fetchtozip_gui.core.errors import NotInThisVersion, RowsRejected
from fetchtozip_gui.core.pipeline import run
from fetchtozip_gui.core.python_cleaning import AS_WRITTEN, CLEAN
from fetchtozip_gui.core.python_script import as_python
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.steps.clean import CleanStep
from fetchtozip_gui.core.steps.sql import SqlStep
from fetchtozip_gui.core.steps.texts import CastColumn, Join, Replace, Split
from fetchtozip_gui.core.steps.validate import Rule, ValidateStep
from fetchtozip_gui.core.work import Tools

EVERY_STEP = {"type", "note", "enabled"}
ROWS = """id,name,city,price,n,day,mail
1, Ann ,oslo,1.5,3,2024-05-31,ann@example.com
2,Bob|Ray,ROME,2.25,4,2024-06-01,bob
3,,lima,900.5,5,31.05.2024,x@y.org
4,Eve,,4.5,,2024-13-01,
5,eve,oslo,,700,,eve@example.com
5,Ann|Lee|Fox,oslo,3.5,6,2024-05-01,a@b.co
7,Ann|Lee|Fox,oslo,3.5,6,2024-05-01,a@b.co
8,"long, long name",Kyiv,2.5,5,2024-01-01,no
"""
CLEANINGS: list[dict[str, Any]] = [
    {"trim": True, "case": "lower", "empty_is_missing": True},
    {"columns": ["name"], "trim": True, "case": "upper"},
    {"case": "title"},
    {"replace": [{"columns": ["city"], "find": "o", "with": "0"}, {"find": "^A", "pattern": True, "with": "Q"}]},
    {"replace": [{"find": "Ann", "with": None}, {"columns": ["city"], "values": {"oslo": "Oslo", "ROME": None}}]},
    {"split": [{"column": "name", "separator": "|", "into": ["a", "b"], "keep": True}], "trim": True},
    {"split": [{"column": "name", "separator": "|", "into": ["a", "b"]}], "empty_is_missing": True},
    {"join": [{"columns": ["price", "city"], "name": "both", "separator": "/", "keep": True}]},
    {"join": [{"columns": ["n", "id"], "name": "both"}], "cast": [{"column": "price", "dtype": "string"}]},
    {
        "replace": [{"columns": ["day"], "find": "^\\D*(?:.*13.*|..\\..*)$", "pattern": True, "with": None}],
        "cast": [{"column": "day", "dtype": "date", "format": "%Y-%m-%d"}, {"column": "id", "dtype": "float"}],
    },
    {"remove_duplicates": ["id"]},
    {"remove_duplicates": True, "handle_missing": "drop"},
    *({"handle_missing": how} for how in ("mean", "median", "mode", "zero", "ffill", "bfill", 7, 0.5, {"value": "?"})),
    {"outliers": "drop", "columns": ["price", "n"]},
    {"outliers": "clip"},
    {"outliers": "clip", "outlier_method": "zscore", "outlier_factor": 1.2},
    {"normalize": "minmax"},
    {"normalize": "zscore", "columns": ["price"]},
]
RULES: list[dict[str, dict[str, Any]]] = [
    {"name": {"required": True, "max_length": 9, "pattern": "^[A-Z]"}, "city": {"enum": ["oslo", "lima"]}},
    {"id": {"unique": True, "type": "integer", "min": 2}, "price": {"type": "number", "min": 2, "max": 4}},
    {"day": {"type": "date", "min": "2024-03-01", "max": "2024-05-31"}, "name": {"min_length": 4}},
    {"day": {"format": "%d.%m.%Y"}, "mail": {"format": "email"}, "n": {"enum": [3, 5, 6]}, "city": {"max": 3}},
    {"mail": {"type": "email"}, "n": {"type": "boolean"}, "name": {"type": "string"}, "day": {"format": "date-time"}},
]


def recipe(folder: Path, steps: list[dict[str, Any]]) -> Recipe:
    (folder / "in.csv").write_text(ROWS)
    source = {"type": "file", "path": str(folder / "in.csv")}
    output = {"type": "file", "path": "made.csv"}
    return Recipe.parse({"name": "made", "source": source, "steps": steps, "output": output})


def rows(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema_length=None)


def both(folder: Path, monkeypatch: pytest.MonkeyPatch, *steps: dict[str, Any]) -> tuple[str, str]:
    """What ended the script and the recipe, once both have written their files."""
    wanted = recipe(folder, list(steps))
    monkeypatch.chdir(folder)
    ends = ["", ""]
    try:
        exec(compile(as_python(wanted), "script.py", "exec"), {"__name__": "script"})
    except SystemExit as end:
        ends[0] = str(end.code)
    try:
        list(run(wanted, folder / "job", folder / "own.csv", Tools()))
    except RowsRejected as error:
        ends[1] = error.message
    return ends[0], ends[1]


@pytest.mark.parametrize("fields", CLEANINGS, ids=str)
def test_a_script_cleans_as_the_recipe_does(
    fields: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert both(tmp_path, monkeypatch, {"type": "clean", **fields}) == ("", "")
    made, own = rows(tmp_path / "made.csv"), rows(tmp_path / "own.csv")
    rounded = pl.col(pl.Float64).round(9)
    assert made.with_columns(rounded).equals(own.with_columns(rounded)), (made, own)


@pytest.mark.parametrize("on_error", ["drop", "report", "fail"])
@pytest.mark.parametrize("schema", RULES, ids=str)
def test_a_script_lists_the_faults_that_the_recipe_lists(
    schema: dict[str, Any], on_error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, own = both(tmp_path, monkeypatch, {"type": "validate", "schema": schema, "on_error": on_error})
    assert bool(script) == bool(own) == (on_error == "fail")
    listed = ["row", "column", "value", "rule"]
    assert rows(tmp_path / "rejects-0.csv").equals(rows(tmp_path / "own.rejects.csv").select(listed))
    if on_error != "fail":
        assert rows(tmp_path / "made.csv").equals(rows(tmp_path / "own.csv"))


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_a_script_asks_the_same_query(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "SELECT city, sum(n) AS n FROM input GROUP BY city ORDER BY city NULLS LAST"
    step = {"type": "sql", "engine": engine, "query": query, "timeout": 30, "memory_limit": 512}
    assert both(tmp_path, monkeypatch, step) == ("", "")
    assert rows(tmp_path / "made.csv").equals(rows(tmp_path / "own.csv"))
    with pytest.raises(NotInThisVersion, match="no Python script"):
        as_python(recipe(tmp_path, [{"type": "sql", "engine": "spark", "query": query}]))


def test_no_field_is_forgotten() -> None:
    """A field that is added to a step has to be known by the scripts, and be tried here."""
    namespace: dict[str, Any] = {}
    exec(f"import math\nimport polars as pl\n{AS_WRITTEN}\n{CLEAN}", namespace)
    assert set(inspect.signature(namespace["clean"]).parameters) - {"frame"} == fields(CleanStep)
    assert {name for one in CLEANINGS for name in one} == fields(CleanStep)
    for name, model in (("replace", Replace), ("split", Split), ("join", Join), ("cast", CastColumn)):
        assert {part for one in CLEANINGS for entry in one.get(name, ()) for part in entry} == fields(model), name
    assert {part for rules in RULES for rule in rules.values() for part in rule} == fields(Rule, without=set())
    assert fields(ValidateStep) == {"schema", "on_error"}
    assert fields(SqlStep) == {"engine", "query", "timeout", "memory_limit", "spark_config"}


def fields(model: Any, without: set[str] = EVERY_STEP) -> set[str]:
    return {info.alias or name for name, info in model.model_fields.items()} - without
