"""Steps that look at all rows come to the same whether what is before them is put aside, judged or walked through."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.rejects import Rejects
from fetchtozip_gui.core.replay import reading
from fetchtozip_gui.core.shape import Shape

RULES = {"id": {"max": 59_000}, "name": {"required": True}}
TEXTS = {"type": "clean", "trim": True, "case": "lower", "empty_is_missing": True}
ALL = {"type": "clean", "remove_duplicates": ["name", "price"], "handle_missing": "mean", "outliers": "clip"}
CASES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "one step": ([{**TEXTS, **ALL}], [TEXTS, ALL]),
    "after a filter": ([{"type": "filter", "where": "id % 3 != 1"}, {**TEXTS, **ALL}], []),
    "after rules": ([{"type": "validate", "schema": RULES, "on_error": "drop"}, {**TEXTS, **ALL}], []),
    "after two sets of rules": (
        [
            {"type": "validate", "schema": RULES, "on_error": "drop"},
            {"type": "validate", "schema": {"name": {"unique": True}}, "on_error": "report"},
            {**TEXTS, **ALL},
            {"type": "deduplicate", "subset": ["id"]},
        ],
        [],
    ),
    "after a sort": (
        [{"type": "sort", "by": ["price", "id"]}, {**TEXTS, **ALL}, {"type": "filter", "where": "id < 100"}],
        [],
    ),
}


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    chance = random.Random(5)
    rows = 60_000
    names = [f" Name {chance.randrange(20_000)}" + " " * chance.randrange(3) for _ in range(rows)]
    return pl.DataFrame(
        {
            "id": range(rows),
            "name": [name if chance.random() > 0.01 else None for name in names],
            "price": [chance.choice([1.5, 2.5, 3.5, 900.0, None]) for _ in range(rows)],
        }
    )


def shaped(steps: list[dict[str, Any]], rows: pl.LazyFrame, folder: Path, pool: ThreadPoolExecutor | None) -> Any:
    """The rows, and the bytes of the list of rejects."""
    wanted = Recipe.parse({"source": {"type": "file", "path": "x.csv"}, "steps": steps})
    disk = Disk(threading.Event(), lambda said: None)
    rejects = Rejects(folder / "x.csv", FileOutput(), disk)
    made = pl.concat(Shape(wanted.steps, folder / "scratch", disk).batches(rows, rejects, pool))
    rejects.finish(inside=False)
    rejects.commit()
    return made, rejects.path.read_bytes() if rejects.path.exists() else b""


@pytest.mark.parametrize("case", CASES)
def test_the_way_does_not_change_the_rows(case: str, table: pl.DataFrame, tmp_path: Path) -> None:
    steps, same = CASES[case]
    expected, told = shaped(steps, table.lazy(), tmp_path / "plain", None)
    assert 0 < expected.height < table.height
    walked = reading(table.schema, lambda wanted: table.iter_slices(7_000))
    with ThreadPoolExecutor(2) as pool:
        found, listed = shaped(steps, walked, tmp_path / "walked", pool)
        assert_frame_equal(found, expected)
        assert listed == told
        if same:
            assert_frame_equal(shaped(same, walked, tmp_path / "apart", pool)[0], expected)


def test_what_becomes_the_same_by_its_form_is_a_duplicate(tmp_path: Path) -> None:
    rows = pl.DataFrame({"id": [1, 2, 3], "name": ["a ", "A", "b"]})
    step = {"type": "clean", "trim": True, "case": "lower", "remove_duplicates": ["name"]}
    for before in ([], [{"type": "validate", "schema": {"id": {"min": 1}}, "on_error": "drop"}]):
        walked = reading(rows.schema, lambda wanted: iter([rows]))
        found, _ = shaped([*before, step], walked, tmp_path, None)
        assert found.to_dict(as_series=False) == {"id": [1, 3], "name": ["a", "b"]}
