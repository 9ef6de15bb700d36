"""kill -9: of the engine, of its worker, at any moment, and what the next start finds."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fetchtozip_gui.core.errors import JobLocked
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder

PROGRAM = """
import json, os, sys, threading
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.pool import Threads

speaking = threading.Lock()

def say(**values):
    with speaking:
        print(json.dumps(values), flush=True)

if __name__ == "__main__":
    isolated = sys.argv[4] == "isolated"
    engine = Engine(Folder(Path(sys.argv[2])), runner=f"engine_acts:{sys.argv[3]}", isolated=isolated, pool=Threads(4))
    engine.watch(lambda job: say(id=job.id, state=job.state, pages=job.pages))
    job = engine.submit(Recipe.parse(sys.stdin.readline()))
    run = engine._runs._runs[job.id].attempt
    while isolated and getattr(run, "_worker", None) is None:
        pass
    say(worker=run._worker.pid if isolated else 0, engine=os.getpid())
    sys.stdin.read()
"""


class Program:
    """An engine in a process of its own, with one job."""

    def __init__(self, folder: Folder, recipe: Recipe, act: str, kind: str) -> None:
        command = [sys.executable, "-c", PROGRAM, str(Path(__file__).parent), str(folder.root), act, kind]
        # the second line of a pipe that stays open: the program lives until it is killed
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(recipe.document(secrets=True)) + "\n")
        self.process.stdin.flush()
        self.said: dict[str, Any] = {}

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.update(json.loads(line))
            if wanted(self.said):
                return self.said
        raise AssertionError(f"the program ended: {self.said}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(60)
        # without reading to the end: a worker may still have the other end
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


@pytest.fixture
def start(folder: Folder, make_recipe: Callable[..., Recipe]) -> Iterator[Callable[..., Program]]:
    programs: list[Program] = []

    def start(act: str, kind: str = "isolated") -> Program:
        programs.append(Program(folder, make_recipe(), act, kind))
        return programs[-1]

    yield start
    for program in programs:
        program.kill()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # without a parent that collects it, an ended process remains as a zombie in some containers
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "\nState:\tZ" not in status.read_text()


def wait_until_gone(pid: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while is_running(pid):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.02)


def wait_until_grabbed(job: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not (job / "grabbed").exists():
        assert time.monotonic() < deadline, "the lock was never grabbed"
        time.sleep(0.02)


def pages_of(folder: Folder, job_id: str) -> list[str]:
    return (folder.job(job_id) / "spool" / "pages").read_text().splitlines()


ALL = [f"page {number}" for number in range(1, 6)]


def finish(make_engine: Callable[..., Engine], story: Callable[..., Any], folder: Folder, job_id: str) -> None:
    """What the next start finds: an interrupted job that goes on, with no page read twice."""
    engine = make_engine("counting")
    told = story(engine)
    job = engine.job(job_id)
    assert job.error is not None
    assert (job.state, job.error.code, job.can_go_on) == ("failed", "interrupted", True)
    engine.resume(job_id)
    assert told.ended(job_id, attempt=2).state == "completed"
    assert pages_of(folder, job_id) == ALL
    assert engine.result(job_id).read_text().splitlines() == [str(row) for row in range(50)]


@pytest.mark.parametrize("kind", ["isolated", "here"])
def test_a_killed_engine_leaves_a_job_that_goes_on(
    start: Callable[..., Program],
    make_engine: Callable[..., Engine],
    story: Callable[..., Any],
    folder: Folder,
    kind: str,
) -> None:
    program = start("holding", kind)
    said = program.until(lambda said: said.get("pages") == 2 and "worker" in said)
    program.kill()
    finish(make_engine, story, folder, said["id"])
    if kind == "isolated":
        wait_until_gone(said["worker"], 20)


@pytest.mark.parametrize("act", ["deaf", "grabbing"])
def test_a_worker_of_a_killed_engine_that_does_not_listen_ends_too_or_keeps_its_lock(
    start: Callable[..., Program], make_engine: Callable[..., Engine], folder: Folder, act: str
) -> None:
    program = start(act)
    said = program.until(lambda said: said.get("pages") == 2 and "worker" in said)
    if act == "grabbing":
        # a kill before that would be heard
        wait_until_grabbed(folder.job(said["id"]), 60)
    program.kill()
    if act == "deaf":
        wait_until_gone(said["worker"], 20)
        return
    # it holds the interpreter's lock and hears nothing: nobody else may write in its folder
    engine = make_engine("counting")
    with pytest.raises(JobLocked):
        list(engine.follow(engine._admission.recipe_of(engine.job(said["id"])), resume=True))
    os.kill(said["worker"], signal.SIGKILL)
    wait_until_gone(said["worker"], 20)
    assert list(engine.follow(engine._admission.recipe_of(engine.job(said["id"])), resume=True))
    assert pages_of(folder, said["id"]) == ALL


def test_a_killed_worker_is_a_failed_job_and_the_engine_lives(
    start: Callable[..., Program], make_engine: Callable[..., Engine], folder: Folder
) -> None:
    program = start("holding")
    said = program.until(lambda said: said.get("pages") == 2 and "worker" in said)
    os.kill(said["worker"], signal.SIGKILL)
    program.until(lambda said: said["state"] == "failed")
    assert is_running(said["engine"])
    job = make_engine("counting").job(said["id"])
    assert job.error is not None
    assert job.error.code == "worker_died"


def test_a_death_is_seen_by_an_engine_that_was_there_all_the_time(
    start: Callable[..., Program], make_engine: Callable[..., Engine]
) -> None:
    engine = make_engine("counting")
    program = start("holding", "here")
    said = program.until(lambda said: said.get("pages") == 2 and "engine" in said)
    assert [(job.id, job.state) for job in engine.jobs()] == [(said["id"], "running")]
    program.kill()
    job = engine.jobs()[0]
    assert job.error is not None
    assert (job.state, job.error.code) == ("failed", "interrupted")


def test_kills_at_any_moment_lose_no_page_and_read_none_twice(
    start: Callable[..., Program], make_engine: Callable[..., Engine], folder: Folder
) -> None:
    chance = random.Random(11)
    for _ in range(6):
        program = start("slow", "here")
        said = program.until(lambda said: "id" in said)
        wanted = chance.randrange(6)
        program.until(lambda said, wanted=wanted: said["pages"] >= wanted)
        program.kill()
        engine = make_engine("counting")
        job = engine.job(said["id"])
        if job.state != "completed":
            list(engine.follow(engine._admission.recipe_of(job), resume=True))
        assert engine.job(said["id"]).state == "completed"
        assert pages_of(folder, said["id"]) == ALL
        engine.remove(said["id"])
        engine.close()
    assert folder.job_ids() == []


def test_while_it_lives_its_job_is_its_own(
    start: Callable[..., Program], make_engine: Callable[..., Engine], make_recipe: Callable[..., Recipe]
) -> None:
    program = start("holding")
    said = program.until(lambda said: said.get("pages") == 2 and "engine" in said)
    engine = make_engine("counting")
    assert engine.job(said["id"]).state == "running"
    with pytest.raises(JobLocked, match=f"process {said['engine']}"):
        engine.submit(make_recipe(), resume=True)
