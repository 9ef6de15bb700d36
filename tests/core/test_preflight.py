"""What is said before a job starts, and that each fix, put into the recipe, mends what it is about."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fetchtozip_gui.core.analysis.profile import profile
from fetchtozip_gui.core.preflight import Checked, Remark, check
from fetchtozip_gui.core.preflight_columns import result_profile
from fetchtozip_gui.core.recipe import Recipe


def document(**changes: Any) -> dict[str, Any]:
    source = {"type": "http", "url": "https://api.example.com/orders", "page_limit": None}
    return {"version": 1, "name": "orders", "source": source, "output": {"type": "file", "format": "csv"}, **changes}


def output(form: str, **more: Any) -> dict[str, Any]:
    return {"output": {"type": "file", "format": form, **more}}


def found(checked: Checked, code: str) -> Remark:
    (remark,) = [remark for remark in checked.remarks if remark.code == code]
    return remark


def codes(checked: Checked) -> set[str]:
    return {remark.code for remark in checked.remarks}


ORDINARY = pl.DataFrame({"id": [1, 2], "name": ["a", "b"]})


def test_an_ordinary_job_has_nothing_against_it(tmp_path: Path) -> None:
    recipe = Recipe.parse(document())
    checked = check(recipe, sample=ORDINARY, rows_total=2, pages_total=1, folder=tmp_path)
    assert {remark.level for remark in checked.remarks} == {"good"}
    assert checked.stops is None
    assert checked.destination == tmp_path / "orders.csv"
    assert not list(tmp_path.iterdir())


WIDE = pl.DataFrame({f"c{number}": [1] for number in range(16_385)})
CASES: list[tuple[str, dict[str, Any], pl.DataFrame, dict[str, Any], str, str]] = [
    ("many_rows", output("xlsx"), ORDINARY, {"rows_total": 1_048_576}, "warn", "2 sheets"),
    ("many_columns", output("xlsx"), WIDE, {}, "stop", "16,385 columns"),
    ("long_text", output("xlsx"), pl.DataFrame({"t": ["x" * 32_768]}), {}, "warn", "32,767"),
    ("long_numbers", output("csv"), pl.DataFrame({"n": [10**15 + 1]}), {}, "warn", "15 digits"),
    ("long_numbers", output("zip"), pl.DataFrame({"n": ["1234567890123456"]}), {}, "warn", "15 digits"),
    ("leading_zeros", output("csv"), pl.DataFrame({"n": ["00123", "x"]}), {}, "good", "`n` has leading zeros"),
    ("nested", output("zip"), pl.DataFrame({"n": [{"a": 1}], "l": [[1]]}), {}, "warn", "`n` and `l` are nested"),
    ("all_null", output("parquet"), pl.DataFrame({"a": [1], "n": [None]}), {}, "warn", "`n` has no value"),
    ("formulas", output("csv"), pl.DataFrame({"t": ["=1+1", "-5"]}), {}, "warn", "`t` has texts"),
    ("column_names", output("csv"), pl.DataFrame({"a\nb": [1], " =c": [2], "a b": [3]}), {}, "warn", "have names"),
    ("page_limit", {"source": document()["source"] | {"page_limit": 2}}, ORDINARY, {"pages_total": 5}, "warn", "of 2"),
    (
        "lost_zeros",
        {"steps": [{"type": "columns", "columns": [{"column": 0, "name": "code", "dtype": "integer"}]}]},
        pl.DataFrame({"n": ["00123"]}),
        {},
        "warn",
        "`n` has leading zeros, which are lost",
    ),
    ("file_name", {"name": "a/b"}, ORDINARY, {}, "warn", "called “a_b”"),
    ("path_name", output("csv", path="con.csv"), ORDINARY, {}, "warn", "con.csv"),
    ("suffix", output("xlsx", path="{name}-{date}.csv"), ORDINARY, {}, "warn", "called .csv, but xlsx"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "changes", "rows", "facts", "level", "words"), CASES)
def test_what_is_wrong_is_said_and_its_fix_mends_it(
    tmp_path: Path,
    code: str,
    changes: dict[str, Any],
    rows: pl.DataFrame,
    facts: dict[str, Any],
    level: str,
    words: str,
) -> None:
    recipe = Recipe.parse(document(**changes))
    remark = found(check(recipe, sample=rows, folder=tmp_path, **facts), code)
    assert remark.level == level
    assert words in remark.words
    assert remark.fix
    assert remark.fix_words
    mended = Recipe.parse({**recipe.document(), **remark.fix})
    after = check(mended, sample=rows, folder=tmp_path, **facts)
    assert not [one for one in after.remarks if one.code == code and one.fix]
    assert after.stops is None


def test_missing_values_are_counted_on_all_rows_where_those_are_known() -> None:
    rows = pl.DataFrame({"a": [1, 2, 3, 4], "b": [1, None, None, 4]})
    checked = check(Recipe.parse(document()), sample=rows)
    assert found(checked, "missing").words == "50 % of `b` is missing on the first page."
    whole = profile(pl.DataFrame({"a": [1, None], "b": [1, 2]}))
    assert (
        found(check(Recipe.parse(document()), sample=rows, profile=whole), "missing").words == "50 % of `a` is missing."
    )


def test_a_sheet_that_is_large_enough_is_said(tmp_path: Path) -> None:
    checked = check(Recipe.parse(document(**output("xlsx"))), sample=ORDINARY, rows_total=541_909)
    assert found(checked, "fits_sheet").words == "Fits Excel: 541,909 of 1,048,575 rows in a sheet."


def test_a_limit_of_pages_counts_for_the_rows() -> None:
    source = {**document()["source"], "page_limit": 10}
    recipe = Recipe.parse(document(source=source, **output("xlsx")))
    checked = check(recipe, sample=ORDINARY, rows_total=2_000_000, pages_total=2_000)
    assert "10,000 of" in found(checked, "fits_sheet").words


def test_a_step_that_fails_stops_the_job() -> None:
    recipe = Recipe.parse(document(steps=[{"type": "filter", "where": "nothing > 1"}]))
    stops = check(recipe, sample=ORDINARY).stops
    assert stops is not None
    assert stops.code == "steps"
    assert "nothing" in stops.words


def test_steps_that_need_all_rows_are_looked_at_too() -> None:
    group = {"type": "group", "by": ["name"], "aggregate": [{"column": "*", "function": "count"}]}
    assert check(Recipe.parse(document(steps=[group])), sample=ORDINARY, rows_total=9).estimate.bytes is not None


def test_a_part_of_a_later_version_stops_the_job() -> None:
    made = document(output={"type": "database", "kind": "sqlite", "table": "t"})
    stops = check(Recipe.parse(made), sample=ORDINARY).stops
    assert stops is not None
    assert (stops.code, stops.field) == ("not_here", "output")


# --- the file -----------------------------------------------------------------------------------------------------


def test_a_file_that_is_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").touch()
    recipe = Recipe.parse(document())
    assert found(check(recipe, folder=tmp_path), "exists").level == "good"
    assert "replaced" in found(check(recipe, folder=tmp_path, renames=False), "exists").words


def test_the_date_is_filled_in(tmp_path: Path) -> None:
    checked = check(Recipe.parse(document(**output("csv", path="{name} {date}.csv"))), folder=tmp_path)
    assert checked.destination == tmp_path / f"orders {datetime.now():%Y-%m-%d}.csv"


@pytest.mark.parametrize(
    ("path", "code"),
    [("gone/x.csv", "no_folder"), ("folder.csv/x.csv", ""), ("x.unknown", "no_format"), ("file/x.csv", "no_folder")],
)
def test_a_place_that_cannot_be_is_told(tmp_path: Path, path: str, code: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").touch()
    made = document(output={"type": "file", "path": path})
    stops = check(Recipe.parse(made), folder=tmp_path).stops
    assert (stops.code if stops else "") == code


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="nothing is forbidden to the superuser")
def test_a_folder_that_is_closed_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert found(check(Recipe.parse(document()), folder=tmp_path), "not_writable").level == "stop"
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="/proc takes no files")
def test_a_folder_that_takes_no_files_is_told() -> None:
    assert found(check(Recipe.parse(document()), folder=Path("/proc")), "not_writable").level == "stop"


def test_no_room_is_told(tmp_path: Path) -> None:
    checked = check(Recipe.parse(document()), sample=ORDINARY, rows_total=10**15, folder=tmp_path)
    assert found(checked, "no_room").level == "stop"


# --- the estimate -------------------------------------------------------------------------------------------------


def test_time_follows_the_rate_and_the_answers() -> None:
    def seconds(**source: Any) -> float | None:
        recipe = Recipe.parse(document(source={**document()["source"], **source}))
        return check(recipe, sample=ORDINARY, rows_total=1000, pages_total=540, page_seconds=0.5).estimate.seconds

    assert seconds(rate_limit=10) == 54
    assert seconds(rate_limit=None, concurrency=10) == 27
    assert seconds(rate_limit=None, pagination={"type": "link"}) == 270
    assert seconds(rate_limit=10, page_limit=100) == 10


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "jsonl", "xlsx", "parquet", "avro", "zip"])
def test_size_is_near_what_is_written(form: str, tmp_path: Path) -> None:
    from fetchtozip_gui.core.estimate import _written

    rows = pl.select(a=pl.int_range(40_000), b=pl.int_range(40_000).hash(1).cast(pl.String), c=pl.lit("some text"))
    recipe = Recipe.parse(document(**output(form)))
    told = check(recipe, sample=rows.head(1000), rows_total=rows.height).estimate.bytes
    assert told == pytest.approx(_written(recipe.output, rows), rel=0.35)


GAPS = pl.DataFrame({"id": range(1000), "name": ["a"] * 100 + [None] * 900})


def test_what_all_rows_hold_is_told_of_the_columns_as_they_are_called_in_the_result() -> None:
    steps = [{"type": "columns", "columns": [{"column": "name", "name": "who"}]}]
    recipe = Recipe.parse(document(steps=steps))
    known = result_profile(recipe, profile(GAPS))
    assert known is not None
    assert [(column.name, column.missing) for column in known.columns] == [("id", 0), ("who", 900)]
    checked = check(recipe, sample=GAPS.head(10), profile=known)
    assert found(checked, "missing").words == "90 % of `who` is missing."
    assert checked.estimate.rows == 1000


def test_steps_that_make_other_rows_leave_nothing_to_be_told() -> None:
    known = profile(GAPS)
    for steps in ([{"type": "filter", "where": "id > 5"}], [{"type": "columns", "columns": [{"column": "gone"}]}]):
        assert result_profile(Recipe.parse(document(steps=steps)), known) is None
    off = [{"type": "filter", "where": "id > 5", "enabled": False}]
    assert result_profile(Recipe.parse(document(steps=off)), known) == known


def test_rows_that_a_limited_run_has_counted_are_not_cut_once_more() -> None:
    limited = document()
    limited["source"]["page_limit"] = 2
    checked = check(Recipe.parse(limited), sample=GAPS.head(10), profile=profile(GAPS), pages_total=100)
    assert checked.estimate.rows == 1000
