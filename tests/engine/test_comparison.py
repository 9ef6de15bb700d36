"""A second run tells what became different; a real engine, real jobs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine import comparison
from fetchtozip_gui.engine.comparison import since_last
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(Folder(tmp_path / "data"), isolated=False)
    yield engine
    engine.close()


class Runs:
    """Runs one recipe over a file that changes between."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._file = folder / "rows.csv"

    def __call__(self, *lines: str, **changes: Any) -> str:
        self._file.write_text("id,name\n" + "".join(f"{line}\n" for line in lines))
        source = {"type": "file", "path": str(self._file)}
        recipe = Recipe.parse({"version": 1, "name": "rows", "source": source, **changes})
        job = self._engine.submit(recipe)
        assert job.state == "completed", job.error
        return job.id


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Runs:
    return Runs(engine, tmp_path)


def test_the_first_run_has_nothing_to_be_compared_with(engine: Engine, run: Runs) -> None:
    assert since_last(engine, run("1,a")) is None


def test_a_second_run_is_compared_with_the_first(engine: Engine, run: Runs) -> None:
    first = run("1,a", "2,b", "3,c")
    found = since_last(engine, run("1,a", "3,C", "4,d", "5,e"))
    assert found is not None
    assert found.before == first
    assert found.since == engine.job(first).ended_at
    assert (found.difference.added, found.difference.gone, found.difference.changed) == (2, 1, 1)
    assert found.difference.words(found.since, datetime.now(UTC)).startswith("+2 rows, 1 gone, 1 changed since ")


def test_the_steps_are_done_before_rows_are_compared(engine: Engine, run: Runs) -> None:
    steps = [{"type": "filter", "where": "id < 3"}]
    run("1,a", "2,b", "3,c", steps=steps)
    found = since_last(engine, run("1,a", "2,B", "3,c", "4,d", steps=steps))
    assert found is not None
    assert (found.difference.added, found.difference.gone, found.difference.changed) == (0, 0, 1)


def test_what_was_found_is_kept(engine: Engine, run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    run("1,a")
    second = run("1,a", "2,b")
    found = since_last(engine, second)
    monkeypatch.setattr(comparison, "_compared", None)
    assert since_last(engine, second) == found


def test_damage_to_what_was_kept_is_mended(engine: Engine, run: Runs) -> None:
    run("1,a")
    second = run("1,a", "2,b")
    found = since_last(engine, second)
    (engine.folder.job(second) / "compared.json").write_text('{"before": 7')
    assert since_last(engine, second) == found


def test_a_job_whose_pages_are_gone_is_passed_over(engine: Engine, run: Runs) -> None:
    first, second = run("1,a"), run("1,a", "2,b")
    shutil.rmtree(engine.folder.job(second) / "spool")
    found = since_last(engine, run("1,a", "2,b", "3,c"))
    assert found is not None
    assert (found.before, found.difference.added) == (first, 2)


def test_another_source_is_not_compared(engine: Engine, run: Runs, tmp_path: Path) -> None:
    run("1,a")
    other = tmp_path / "other.csv"
    other.write_text("id\n1\n")
    assert since_last(engine, run("1,a", source={"type": "file", "path": str(other)})) is None


def test_a_damaged_spool_is_not_taken_for_an_empty_one(engine: Engine, run: Runs) -> None:
    first = run("1,a")
    (engine.folder.job(first) / "spool" / "manifest.jsonl").write_bytes(b"damaged\n")
    assert since_last(engine, run("1,a", "2,b")) is None
