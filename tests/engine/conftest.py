"""What the tests of the engine share: a data folder, small recipes, engines that are closed, the acts of a job."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.pool import Threads

# worker processes find the acts by name: a spawned process is given this process's path
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data").prepare()


@pytest.fixture
def make_recipe() -> Callable[..., Recipe]:
    def make(name: str = "orders", *, output: dict[str, Any] | None = None, **source: Any) -> Recipe:
        document = {
            "version": 1,
            "name": name,
            "source": {"type": "http", "url": "http://127.0.0.1:9/orders", **source},
            "output": {"type": "file", "format": "csv", **(output or {})},
        }
        return Recipe.parse(document)

    return make


@pytest.fixture
def make_engine(folder: Folder) -> Iterator[Callable[..., Engine]]:
    """Engines on the test's folder, whose jobs perform one of the acts in `engine_acts`."""
    made: list[Engine] = []

    def make(act: str, *, isolated: bool = False, threads: int = 2, **more: Any) -> Engine:
        more.setdefault("pool", Threads(threads))
        engine = Engine(folder, runner=f"engine_acts:{act}", isolated=isolated, **more)
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.close()


class Story:
    """Everything watchers hear, and a way to wait for a moment of it."""

    def __init__(self, engine: Engine) -> None:
        self.heard: list[Job] = []
        self._changed = threading.Condition()
        self.end = engine.watch(self._hear)

    def _hear(self, job: Job) -> None:
        with self._changed:
            self.heard.append(job)
            self._changed.notify_all()

    def until(self, wanted: Callable[[Job], bool], seconds: float = 120) -> Job:
        """The first snapshot that is wanted, also one heard before."""
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(wanted, self.heard)), seconds), self.heard[-1:]
            return next(filter(wanted, self.heard))

    def ended(self, job_id: str, attempt: int = 1, seconds: float = 120) -> Job:
        return self.until(lambda job: job.id == job_id and job.attempt == attempt and not job.is_active, seconds)

    def states(self, job_id: str) -> list[str]:
        """The states a job went through, each once."""
        states = [job.state for job in self.heard if job.id == job_id]
        return [state for at, state in enumerate(states) if at == 0 or states[at - 1] != state]


@pytest.fixture
def story() -> Callable[[Engine], Story]:
    return Story
