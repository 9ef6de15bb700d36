"""What changed since the last run is found beside the window and told in words, once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.gui.window import Window

LONG = 60_000


def run(qtbot: QtBot, window: Window, engine: Engine, file: Path) -> str:
    recipe = Recipe.parse({"name": "people", "source": {"type": "file", "path": str(file)}})
    job = engine.submit(recipe)
    qtbot.waitUntil(lambda: window.jobs.job(job.id) is not None and not window.jobs.active(), timeout=LONG)
    return job.id


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "people.jsonl"
    file.write_text("".join(json.dumps({"id": number, "name": f"n{number}"}) + "\n" for number in range(10)))
    return file


def test_a_second_run_says_what_changed_on_its_card(qtbot: QtBot, window: Window, engine: Engine, file: Path) -> None:
    told: list[tuple[str, str]] = []
    window.rooms.comparisons.told.connect(lambda job_id, words: told.append((job_id, words)))
    first = run(qtbot, window, engine, file)
    qtbot.waitUntil(lambda: (first, "") in told, timeout=LONG)
    lines = file.read_text().splitlines()[2:]
    file.write_text(
        "\n".join([*lines, '{"id": 90, "name": "new"}', '{"id": 91, "name": "new"}', '{"id": 92, "name": "x"}'])
    )
    second = run(qtbot, window, engine, file)
    qtbot.waitUntil(lambda: second in dict(told), timeout=LONG)
    words = dict(told)[second]
    assert words.startswith("+3 rows, 2 gone since today ")
    card = window.rooms.bench.cards.cards[second]
    qtbot.waitUntil(lambda: card._change.text() == words, timeout=LONG)
    window.go_to_job(second)
    page = window.go_to("jobs")
    assert page.card._change.text() == words
    window.go_to_job(first)
    assert page.card._change.text() == ""
    window.go_to_job(second)
    assert page.card._change.text() == words  # known: nothing is compared again
