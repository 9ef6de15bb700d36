"""Prints the table of ratios: `python -m tests.benchmarks [--runs N] [--quick] [--only NAME] [--peers PYTHON]`."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import ground, tables


def main() -> None:
    options = _options()
    if sys.platform == "win32":
        raise SystemExit("The benchmarks read a process's peak memory with wait4, which Windows does not have.")
    folder = Path(options.ground or Path(tempfile.gettempdir()) / "fetchtozip-ground")
    print(_machine(options.peers))
    with ground.nginx(folder / "nginx", folder / "pages") as address:
        bench = tables.Bench(folder, address, options.runs, options.peers, quick=options.quick)
        for name, table in tables.TABLES.items():
            if not options.only or options.only in name:
                print(f"\n### {name}\n")
                for line in table(bench):
                    print(line, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--runs", type=int, default=3, help="runs of each command; medians are printed")
    parser.add_argument("--quick", action="store_true", help="a tenth of the pages: to see that everything runs")
    parser.add_argument("--only", help="only the tables whose name contains this")
    parser.add_argument("--ground", help="folder for pages and results (about 2 GB), kept for the next time")
    parser.add_argument("--peers", default=sys.executable, help="the Python that has the peers installed")
    return parser.parse_args()


def _machine(peers: str) -> str:
    names = ("polars", "httpx", "pyreqwest", "msgspec", "isal", "xlsxwriter")
    ours = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    code = (
        "import importlib.metadata as m\n"
        "for n in ('pandas','requests','polars','dlt','airbyte-cdk'):\n"
        "    try: print(n, m.version(n), end='; ')\n"
        "    except m.PackageNotFoundError: print(n, 'not installed', end='; ')"
    )
    theirs = subprocess.run([peers, "-c", code], capture_output=True, text=True, check=True).stdout
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{system}\nours: {ours}\npeers: {theirs}"


if __name__ == "__main__":
    main()
