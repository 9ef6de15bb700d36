"""The window: seconds to its first frame, and how late it is while a job of a million rows runs; prints a table."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PROBE = (sys.executable, "-m", "tests.benchmarks.window_probe")


def table(folder: Path, address: str, runs: int) -> Iterator[str]:
    """`address` serves a million rows in pages."""
    yield f"Load average at the start: {os.getloadavg()[0]:.1f}\n"
    yield "| what | figure | goal |\n|---|---|---|"
    with tempfile.TemporaryDirectory(dir=folder) as home:
        _first_frame(Path(home))  # compiles what is new
        warm = [_first_frame(Path(home)) for _ in range(max(5, runs))]
        yield _row("first frame, warm", warm)
        cold = []
        for _ in range(runs):
            _forget(warm[0]["files"])
            cold.append(_first_frame(Path(home)))
        yield _row("first frame, its files read from the disk", cold)
    for url, what in (
        (f"{address}?page=1", "1,000,000 rows from another process"),
        ("", "541,909 practice rows, served by this process too"),
    ):
        told = _lag(folder, url)
        busy, idle = told["busy"], told["idle"]
        words = f"{what}, {told['seconds']:.0f} s"
        yield f"| lag p99: {words} | {busy['p99']:.1f} ms (idle {idle['p99']:.1f}) | ≤ 16 ms |"
        yield f"| lag worst: {words} | {busy['worst']:.1f} ms (idle {idle['worst']:.1f}) | ≤ 50 ms |"
    yield f"\nLoad average at the end: {os.getloadavg()[0]:.1f}"


def _row(what: str, frames: list[dict[str, Any]]) -> str:
    seconds, cpu = (statistics.median(frame[name] for frame in frames) for name in ("seconds", "cpu"))
    return f"| {what} | {seconds:.2f} s ({cpu:.2f} s of processor) | < 1 s |"


def _first_frame(home: Path) -> dict[str, Any]:
    """Seconds from the start of the process to its first shown frame, and the files it had opened by then."""
    begun = time.monotonic()
    told = _probe(home, "paint", str(home / "data"))
    return {**told, "seconds": told["at"] - begun}


def _lag(folder: Path, address: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=folder) as kept:
        home = Path(kept)
        results = home / "Downloads"
        results.mkdir()
        return _probe(home, "lag", str(home / "data"), address, str(results))


def _probe(home: Path, *arguments: str) -> dict[str, Any]:
    shared = str(Path(__file__).parent.parent)  # tests/
    path = os.pathsep.join([str(Path.cwd()), shared])
    environment = {**os.environ, "HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": path}
    done = subprocess.run([*_PROBE, *arguments], env=environment, timeout=600, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _forget(files: list[str]) -> None:
    """Have the system drop what it keeps of these files; those that another process uses stay."""
    for file in files:
        descriptor = os.open(file, os.O_RDONLY)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)
