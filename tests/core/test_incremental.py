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
