"""When a job of the draft's source is done, the panes look at all of its rows, and say so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui.models.column_cells import PROFILE, At
from fetchtozip_gui.gui.models.last_run import Whole
from fetchtozip_gui.gui.window import Window
from fetchtozip_gui.gui.workbench import Workbench

LONG = 60_000
ROWS = 2_500
WORDS = "all 2,500 rows of the last run"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "people.jsonl"
    file.write_text("".join(json.dumps({"id": number, "city": f"c{number % 7}"}) + "\n" for number in range(ROWS)))
    return file


@pytest.fixture
def bench(qtbot: QtBot, window: Window, file: Path) -> Workbench:
    """With a file for a source, its first rows tested and looked at."""
    bench = window.rooms.bench
    qtbot.waitUntil(lambda: bench.findings.tested is not None, timeout=LONG)
    window.draft.change("File", source={"type": "file", "path": str(file)}, name="people")
    bench.source.test()
    qtbot.waitUntil(lambda: profiled(bench) == 1_000, timeout=LONG)
    return bench


def profiled(bench: Workbench) -> int:
    found: Any = bench.columns.model.index(0, At.VALUES).data(PROFILE)
    return found.rows if found is not None and found.name == "id" else 0


def run(qtbot: QtBot, window: Window) -> Job:
    before = window.jobs.rowCount()
    window.start()
    qtbot.waitUntil(lambda: window.jobs.rowCount() > before and not window.jobs.active(), timeout=LONG)
    newest = window.jobs.newest()
    assert newest is not None
    assert newest.state == "completed", newest.error
    return newest


def test_the_panes_look_at_all_rows_and_go_back_when_the_source_changes(
    qtbot: QtBot, window: Window, bench: Workbench
) -> None:
    window.draft.change("Steps", steps=[{"type": "filter", "where": "id >= 2000"}])
    run(qtbot, window)
    qtbot.waitUntil(lambda: profiled(bench) == ROWS, timeout=LONG)
    bench.steps.steps.go_to(1)
    qtbot.waitUntil(lambda: bench.steps.about.text() == f"500 rows after this step · {WORDS}", timeout=LONG)
    assert bench.columns._summary.text() == f"2 of 2 columns kept · {WORDS}"
    # how fast it is read makes no other rows of them; which of them are read does
    source = window.draft.part("source")
    window.draft.change("Sheet", source={**source, "encoding": "utf-8"})
    qtbot.waitUntil(lambda: bench.last_run.whole is None, timeout=LONG)
    qtbot.waitUntil(lambda: profiled(bench) == 1_000, timeout=LONG)
    qtbot.waitUntil(lambda: "first page: 1,000 rows" in bench.steps.about.text(), timeout=LONG)
    window.draft.undo()
    qtbot.waitUntil(lambda: profiled(bench) == ROWS, timeout=LONG)


def test_what_is_said_before_the_start_counts_all_rows(
    qtbot: QtBot, window: Window, bench: Workbench, file: Path
) -> None:
    rows = [{"id": number, "city": "Oslo" if number < 1_200 else None} for number in range(ROWS)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    run(qtbot, window)

    def said() -> list[str]:
        return [remark.words for remark in bench.output.remarks._shown]

    qtbot.waitUntil(lambda: "52 % of `city` is missing." in said(), timeout=LONG)
    steps = [{"type": "columns", "columns": [{"column": "city", "name": "town"}]}]
    window.draft.change("Rename", steps=steps)
    qtbot.waitUntil(lambda: "52 % of `town` is missing." in said(), timeout=LONG)
    # of rows that another step makes nothing is known but the first page
    window.draft.change("Fewer", steps=[{"type": "filter", "where": "id > 5"}])
    qtbot.waitUntil(lambda: not any("is missing" in words for words in said()), timeout=LONG)


def test_another_test_of_the_same_source_leaves_them_in_sight(qtbot: QtBot, window: Window, bench: Workbench) -> None:
    job = run(qtbot, window)
    qtbot.waitUntil(lambda: profiled(bench) == ROWS, timeout=LONG)
    with qtbot.waitSignal(bench.source.tested, timeout=LONG):
        bench.source.test()
    qtbot.waitUntil(lambda: not bench.last_run._pause.isActive(), timeout=LONG)
    assert bench.last_run.whole is not None
    assert bench.last_run.whole.job.id == job.id


def test_a_test_that_finds_other_columns_wins(qtbot: QtBot, window: Window, bench: Workbench, file: Path) -> None:
    run(qtbot, window)
    qtbot.waitUntil(lambda: profiled(bench) == ROWS, timeout=LONG)
    file.write_text('{"id": 1, "town": "Oslo"}\n')
    bench.source.test()
    qtbot.waitUntil(lambda: profiled(bench) == 1, timeout=LONG)
    assert bench.last_run.whole is None


def test_a_job_that_is_removed_takes_its_rows_along(
    qtbot: QtBot, window: Window, bench: Workbench, engine: Engine
) -> None:
    job = run(qtbot, window)
    qtbot.waitUntil(lambda: profiled(bench) == ROWS, timeout=LONG)
    window.acts._remove([job.id])
    qtbot.waitUntil(lambda: profiled(bench) == 1_000, timeout=LONG)
    assert bench.columns._summary.text() == "2 of 2 columns kept"


def test_pages_that_vanish_are_let_go_of(qtbot: QtBot, window: Window, bench: Workbench, engine: Engine) -> None:
    job = run(qtbot, window)
    qtbot.waitUntil(lambda: profiled(bench) == ROWS, timeout=LONG)
    (engine.folder.job(job.id) / "spool" / "manifest.jsonl").unlink()
    bench.steps._preview()
    qtbot.waitUntil(lambda: bench.last_run.whole is None, timeout=LONG)
    qtbot.waitUntil(lambda: profiled(bench) == 1_000, timeout=LONG)


def test_what_is_partial_is_called_so(new_job: Any) -> None:
    job = new_job(rows=300, verdict=Verdict("partial", "Partial", 300, 1000))
    assert Whole(job, lambda: None).words == "300 rows of the last run, which is partial"  # type: ignore[arg-type, return-value]
