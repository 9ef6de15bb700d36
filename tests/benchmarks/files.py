"""The Files page with 5,000,000 rows: seconds and delays of each thing that is done with them; prints a table."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.window import bare_loop, probe, share


def table(folder: Path, file: Path) -> Iterator[str]:
    """`file` is a CSV of orders."""
    yield f"Load average at the start: {os.getloadavg()[0]:.1f}\n"
    yield "| phase | s | late, ms: p99 | worst | own work p99 | own work worst |\n|---|---|---|---|---|---|"
    yield "| goal | | ≤ 16 | ≤ 50 | | |"
    with tempfile.TemporaryDirectory(dir=folder) as kept, bare_loop() as bare:
        home = Path(kept)
        (home / "Downloads").mkdir()
        told = probe(home, "files_probe", str(home / "data"), str(file), seconds=1800)
    for phase, it in told["phases"].items():
        late = f"{it['p99']:.1f} | {it['worst']:.1f} | {it['work_p99']:.1f} | {it['work_worst']:.1f}"
        yield f"| {phase} | {it['seconds']:.1f} | {late} |"
    beside = f"{share(bare, 0.99):.1f}, {max(bare):.1f}"
    yield f"\n{told['faults']:,} faults, all listed. A bare loop beside it: p99, worst {beside} ms."
    yield f"Load average at the end: {os.getloadavg()[0]:.1f}"
