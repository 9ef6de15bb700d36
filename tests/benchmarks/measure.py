"""One run of a whole process: its CPU seconds, wall seconds and peak memory, read from the system."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

_NOT_THEIRS = {"PYTHONDONTWRITEBYTECODE", "_RJEM_MALLOC_CONF"}
"""What a program is not to inherit: an installed one is compiled once, and so are all programs here, the first run of
each being a short one; and Polars, which benchmarks load, tells its allocator how to go about the memory."""


@dataclass(frozen=True)
class Figures:
    """Medians over the runs: seconds of processor (user and system), seconds of clock, MiB at the peak."""

    cpu: float
    wall: float
    peak: float
    runs: int


def run_once(command: Sequence[str]) -> tuple[float, float, float]:
    """CPU seconds, wall seconds, peak MiB of a command and the children it waited for."""
    # Linux begins a process' peak with that of whoever started it: a small process does, which this module is alone
    told = subprocess.run([sys.executable, __file__, *command], stdout=subprocess.PIPE, check=True).stdout
    code, cpu, wall, peak, said = json.loads(told)
    if code:
        raise RuntimeError(f"{' '.join(command)} ended with {code}: {said[-1500:]}")
    return cpu, wall, peak


def main(command: Sequence[str]) -> None:
    """Run the command and print how it ended and what it took."""
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_THEIRS}
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    cpu = usage.ru_utime + usage.ru_stime
    print(json.dumps([process.returncode, cpu, wall, peak, said.decode(errors="replace")]))


def measure(command: Sequence[str], runs: int) -> Figures:
    """The medians of several runs."""
    return in_turn([command], runs)[0]


def in_turn(commands: Sequence[Sequence[str]], runs: int) -> list[Figures]:
    """The same of several commands, each run once before any is run again: a machine's speed may change meanwhile."""
    rounds = [[run_once(command) for command in commands] for _ in range(runs)]
    return [
        Figures(*(statistics.median(values) for values in zip(*found, strict=True)), runs)
        for found in zip(*rounds, strict=True)
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
