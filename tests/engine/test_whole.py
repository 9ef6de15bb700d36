"""The real pipeline under the engine: a source over HTTP, a worker process, a kill, a resumption, a whole result."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.pool import Threads

PAGES, ROWS, GATE = 60, 50, 40
PADDING = "x" * 4000
"""Makes a page a part of its own: smaller ones are kept until they can be parsed together."""


class Source:
    """Sixty pages of fifty rows; from the fortieth on they wait until the gate is opened."""

    def __init__(self) -> None:
        self.asked: Counter[int] = Counter()
        self.gate = threading.Event()
        source = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                page = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
                source.asked[page] += 1
                if page >= GATE:
                    source.gate.wait(60)
                first = (page - 1) * ROWS
                rows = (
                    [{"id": first + row, "name": f"row {row} {PADDING}"} for row in range(ROWS)]
                    if page <= PAGES
                    else []
                )
                body = json.dumps({"total": PAGES * ROWS, "rows": rows}).encode()
                try:
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:  # who asked was killed
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/rows"
        self._thread = threading.Thread(target=self.server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@pytest.fixture
def source() -> Iterator[Source]:
    source = Source()
    yield source
    source.close()


@pytest.fixture
def engine(folder: Folder) -> Iterator[Engine]:
    engine = Engine(folder, pool=Threads(1))
    yield engine
    engine.close()


def recipe_of(source: Source, **output: Any) -> Recipe:
    return Recipe.parse(
        {
            "version": 1,
            "name": "rows",
            "source": {
                "type": "http",
                "url": source.url,
                "rate_limit": None,
                "page_limit": None,
                "pagination": {"type": "page", "size": ROWS},
            },
            "output": {"type": "file", "format": "csv", **output},
        }
    )


def ids_in(text: str) -> list[int]:
    return [int(line.split(",")[0]) for line in text.splitlines()[1:]]


@pytest.mark.parametrize("end", ["killed", "cancelled", "paused"])
def test_a_job_that_was_stopped_goes_on_and_has_every_row_once(
    engine: Engine, source: Source, story: Callable[..., Any], tmp_path: Path, end: str
) -> None:
    told = story(engine)
    out = tmp_path / "out"
    out.mkdir()
    job = engine.submit(recipe_of(source), out / "rows.csv")
    reached = told.until(lambda job: job.pages >= GATE // 2)
    assert reached.total_rows == PAGES * ROWS
    if end == "killed":
        os.kill(engine._runs._runs[job.id].attempt._worker.pid, signal.SIGKILL)  # type: ignore[attr-defined]
    else:
        (engine.cancel if end == "cancelled" else engine.pause)(job.id)
    stopped = told.ended(job.id)
    assert (stopped.state, stopped.can_go_on) == ("failed" if end == "killed" else end, True)
    assert list(out.iterdir()) == []  # nothing half written stays, not even beside
    before = source.asked.copy()
    source.gate.set()
    engine.resume(job.id)
    done = told.ended(job.id, attempt=2)
    assert done.error is None
    assert (done.state, done.rows, done.verdict and done.verdict.state) == ("completed", PAGES * ROWS, "complete")
    assert ids_in(engine.result(job.id).read_text()) == list(range(PAGES * ROWS))
    # what was finished is not asked for again
    again = [page for page in range(2, stopped.pages + 1) if source.asked[page] > before[page]]
    assert again == []
    assert list(out.iterdir()) == [out / "rows.csv"]


def test_another_format_of_the_same_source_asks_for_nothing(
    engine: Engine, source: Source, story: Callable[..., Any]
) -> None:
    source.gate.set()
    told = story(engine)
    first = told.ended(engine.submit(recipe_of(source)).id)
    asked = source.asked.copy()
    again = told.ended(engine.submit(recipe_of(source, format="jsonl"), cached=True).id)
    assert (first.error, again.error) == (None, None)
    assert source.asked == asked
    rows = [json.loads(line) for line in engine.result(again.id).read_text().splitlines()]
    assert [row["id"] for row in rows] == list(range(PAGES * ROWS))
