"""The window: seconds to its first frame, and how late it is while a job of a million rows runs; prints a table."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def table(folder: Path, address: str, runs: int) -> Iterator[str]:
    """`address` serves a million rows in pages."""
    yield f"Load average at the start: {os.getloadavg()[0]:.1f}\n"
    yield "| what | seconds | of them processor | goal |\n|---|---|---|---|"
    with tempfile.TemporaryDirectory(dir=folder) as home:
        for what, *arguments in (("first frame", str(Path(home) / "data")), ("an empty window of Qt",)):
            _first_frame(Path(home), *arguments)  # compiles what is new
            warm = [_first_frame(Path(home), *arguments) for _ in range(max(5, runs))]
            yield _row(f"{what}, warm", warm, "< 1" if arguments else "")
            cold = []
            for _ in range(runs):
                _forget(warm[0]["files"])
                cold.append(_first_frame(Path(home), *arguments))
            yield _row(f"{what}, its files read from the disk", cold, "< 1" if arguments else "")
    yield "\n| late, ms | p99 | worst | own work p99 | own work worst | a bare loop beside it: p99, worst |"
    yield "|---|---|---|---|---|---|\n| goal | ≤ 16 | ≤ 50 | | | |"
    where: list[str] = []
    for url, what in (
        (f"{address}?page=1", "1,000,000 rows from another process"),
        ("", "541,909 practice rows, served by this process too"),
    ):
        with bare_loop() as bare:
            told = _lag(folder, url)
        beside = f"{share(bare, 0.99):.1f}, {max(bare):.1f}"
        phases = {"idle": "at rest", "busy": what, "pages": "then every page opened, the first time"}
        for name, words in phases.items():
            it = told[name]
            own = f"{it['work_p99']:.1f} | {it['work_worst']:.1f}"
            yield f"| {words}, {it['seconds']:.0f} s | {it['p99']:.1f} | {it['worst']:.1f} | {own} | {beside} |"
            where += [f"- {words}: {place}" for place in it["where"][:3]]
    yield "\nThe longest of the window's own work:\n"
    yield from where
    yield f"\nLoad average at the end: {os.getloadavg()[0]:.1f}"


def _row(what: str, frames: list[dict[str, Any]], goal: str) -> str:
    seconds, cpu = (statistics.median(frame[name] for frame in frames) for name in ("seconds", "cpu"))
    return f"| {what} | {seconds:.2f} | {cpu:.2f} | {goal} |"


def _first_frame(home: Path, *arguments: str) -> dict[str, Any]:
    """Seconds from the start of the process to its first shown frame, and the files it had opened by then."""
    begun = time.monotonic()
    told = probe(home, "first_frame", *arguments)
    return {**told, "seconds": told["at"] - begun}


def _lag(folder: Path, address: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=folder) as kept:
        home = Path(kept)
        (home / "Downloads").mkdir()
        return probe(home, "window_probe", str(home / "data"), address)


@contextmanager
def bare_loop() -> Iterator[list[float]]:
    """How late, in ms, a loop that only sleeps comes on the same machine meanwhile: what the window cannot help."""
    late: list[float] = []
    ended = threading.Event()

    def loop() -> None:
        last = time.perf_counter()
        while not ended.is_set():
            time.sleep(0.005)
            now = time.perf_counter()
            late.append((now - last) * 1000 - 5)
            last = now

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield late
    finally:
        ended.set()
        thread.join()


def share(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


def probe(home: Path, module: str, *arguments: str, seconds: int = 600) -> dict[str, Any]:
    """What a probe prints that watches the window from inside its process."""
    shared = str(Path(__file__).parent.parent)  # tests/
    path = os.pathsep.join([str(Path.cwd()), shared])
    environment = {**os.environ, "HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": path}
    # an installed program is compiled; here too, wherever it lies and whatever the shell says
    environment |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(home.parent / "compiled")}
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments]
    done = subprocess.run(command, env=environment, timeout=seconds, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _forget(files: list[str]) -> None:
    """Have the system drop what it keeps of these files; those that another process uses stay."""
    for file in files:
        descriptor = os.open(file, os.O_RDONLY)
        try:
            os.fsync(descriptor)  # what is not written yet is kept
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)
