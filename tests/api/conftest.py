"""What the tests of the server share: the whole application, served for real, and a real browser where there is one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import browser as real
import httpx
import pytest

from fetchtozip_gui.api.build import build
from fetchtozip_gui.api.server import serve
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.pool import Threads
from fetchtozip_gui.engine.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Door:
    """A running server and what is behind it."""

    engine: Engine
    shelf: Shelf
    url: str
    client: httpx.Client

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(f"/api/export/{path}", **more)

    def post(self, path: str, body: Any = None) -> httpx.Response:
        return self.client.post(f"/api/export/{path}", **({} if body is None else {"json": body}))

    def delete(self, path: str) -> httpx.Response:
        return self.client.delete(f"/api/export/{path}")

    def start(self, **configuration: Any) -> str:
        """Configure, start, and give the task's id."""
        configured = self.post("configure", {"file_type": "csv", **configuration})
        assert configured.status_code == 200, configured.text
        started = self.post("start")
        assert started.status_code == 200, started.text
        return str(started.json()["task_id"])

    def until(self, task_id: str, wanted: Callable[[Job], bool] = lambda job: not job.is_active) -> Job:
        """Wait for a moment of a task; its snapshot then."""
        changed = threading.Event()
        end = self.engine.watch(lambda job: changed.set())
        try:
            while not wanted(job := self.engine.job(task_id)):
                assert job.is_active, job
                assert changed.wait(60), job
                changed.clear()
            return job
        finally:
            end()

    def practice(self, rows: int, limit: int = 100, **more: Any) -> str:
        """The address of so many practice rows on this very server."""
        words = "".join(f"&{name}={value}" for name, value in more.items())
        return f"{self.url}/practice/online-retail?page=1&limit={limit}&rows={rows}{words}"


@pytest.fixture
def open_door(tmp_path: Path) -> Iterator[Callable[..., Door]]:
    """Servers on the test's folder, one after the other; jobs run in this process."""
    with ExitStack() as all_of_them:
        before = ExitStack()

        def make(**more: Any) -> Door:
            before.close()
            stack = all_of_them.enter_context(ExitStack())
            engine = Engine(Folder(tmp_path / "data").prepare(), pool=Threads(2), isolated=False)
            stack.callback(engine.close)
            shelf = Shelf(engine.store)
            served = stack.enter_context(serve(build(engine, shelf, **more), port=0))
            client = stack.enter_context(httpx.Client(base_url=served.url))
            before.push(stack.pop_all())
            all_of_them.callback(before.close)
            return Door(engine, shelf, served.url, client)

        yield make


@pytest.fixture
def door(open_door: Callable[..., Door]) -> Door:
    return open_door()


@pytest.fixture(scope="session")
def devtools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The DevTools of a headless Chromium in which evil.test is this computer and no other name exists."""
    program = real.found()
    if program is None:
        pytest.skip(real.WHY_NOT)
    names = "MAP evil.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    # the browser's own guard of local addresses is off: it is ours that is tried
    flags = (f"--host-resolver-rules={names}", "--disable-features=LocalNetworkAccessChecks")
    with real.browser(program, tmp_path_factory.mktemp("profile"), *flags) as address:
        yield address


@pytest.fixture
def page(devtools: str) -> Iterator[real.Page]:
    """A new tab."""
    with real.page(devtools) as opened:
        yield opened
