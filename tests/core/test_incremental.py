"""An incremental recipe asks for what is newer than the last time, and forgets nothing when a run fails."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder


def test_the_highest_value_is_sent_next_time(serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([[{"id": 7}, {"id": 12}, {"id": 9}]], total=3)
    source = {
        "type": "http",
        "url": server.url,
        "pagination": {"type": "none"},
        "retries": 0,
        "incremental": {"column": "id", "param": "since", "start": 1},
    }
    recipe = Recipe.parse({"name": "newer", "source": source})
    asked = []
    for number in range(4):
        server.paths.clear()
        server.pages[0] = 500 if number == 1 else [{"id": 7 + number}, {"id": 12 + number}]
        server.total = 2
        with closing(Engine(Folder.find(tmp_path), isolated=False)) as engine:
            job = engine.follow(recipe, tmp_path / f"{number}.csv")
            if number == 1:
                with pytest.raises(FetchToZipError):
                    list(job)
            else:
                list(job)
        asked.append(server.paths[0])
    assert asked == ["/rows?since=1", "/rows?since=12", "/rows?since=12", "/rows?since=14"]


def test_a_run_that_keeps_nothing_asks_for_everything_and_changes_nothing(serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([[{"id": 7}, {"id": 12}]], total=2)
    since = {"column": "id", "param": "since", "start": 1}
    source = {"type": "http", "url": server.url, "pagination": {"type": "none"}, "incremental": since}
    recipe = Recipe.parse({"name": "newer", "source": source})
    with closing(Engine(Folder.find(tmp_path), isolated=False)) as engine:
        for number, keeps in enumerate((False, True, False, True)):
            list(engine.follow(recipe, tmp_path / f"{number}.csv", keeps_since=keeps))
    assert server.paths == ["/rows?since=1", "/rows?since=1", "/rows?since=1", "/rows?since=12"]
