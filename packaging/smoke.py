"""Tries a built program as a machine does that has no Python, an empty home and none of this one's settings.

    python packaging/smoke.py dist/fetchtozip/fetchtozip

Each check raises AssertionError with what was found. Uses the standard library alone.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0
"""Seconds that a loaded machine may take for anything that is waited for."""
FORMATS = ("csv", "tsv", "json", "jsonl", "xlsx", "parquet", "avro", "zip")
ROWS = 2000
Found = TypeVar("Found")


@dataclass(frozen=True)
class Machine:
    """The program, and the home of somebody who has never used it."""

    program: Path
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of this machine's but what a program needs to start."""
        kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "PATHEXT") if name in os.environ}
        home = str(self.home)
        return {**kept, "HOME": home, "USERPROFILE": home, "PATH": os.defpath, "QT_QPA_PLATFORM": "offscreen"}

    def call(self, *arguments: object, stdin: str = "") -> str:
        """What a command prints; `AssertionError` with its words when it fails."""
        done = subprocess.run(
            [self.program, *map(str, arguments)],
            input=stdin,
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"{arguments} ended with {done.returncode}: {done.stderr}"
        return done.stdout

    @contextmanager
    def running(self, *arguments: object) -> Iterator[subprocess.Popen[str]]:
        """The program while it stays; it has to end by itself when it is asked to, without an error."""
        said = self.home / "said.txt"
        with said.open("w") as words:
            process = subprocess.Popen(
                [self.program, *map(str, arguments)], env=self.environment, cwd=self.home, stderr=words, text=True
            )
            try:
                yield process
                process.send_signal(signal.SIGTERM)
                code = process.wait(PATIENCE)
            finally:
                process.kill()
                process.wait()
        told = said.read_text()
        assert "Traceback" not in told, told
        assert code in ((0,) if os.name == "posix" else (0, 1)), f"it ended with {code}: {told}"


def wait_for(look: Callable[[], Found | None], what: str) -> Found:
    """What `look` finds, as soon as that is something."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, f"In {PATIENCE:.0f} s there was no {what}."
        time.sleep(0.05)
    return found


def version(machine: Machine) -> None:
    """It starts, and is the version of these sources."""
    written = re.search(r'"(.+)"', (ROOT / "fetchtozip_gui" / "__init__.py").read_text().partition("__version__")[2])
    assert written is not None
    assert machine.call("--version").split() == ["fetchtozip", written[1]]


def resources(machine: Machine) -> None:
    """Icons, help and the server's pages are inside, whole."""
    inside = machine.program.parent / "_internal" / "fetchtozip_gui"
    places = {ROOT / "resources": "resources", ROOT / "fetchtozip_gui" / "api" / "assets": "api/assets"}
    for folder, place in places.items():
        for file in folder.rglob("*"):
            copy = inside / place / file.relative_to(folder)
            assert file.is_dir() or copy.read_bytes() == file.read_bytes(), f"{copy} is not as it is here"


def demo(machine: Machine) -> None:
    """The main job runs, and its result agrees with its manifest."""
    result = machine.home / "demo.zip"
    assert "541,909 of 541,909 rows" in machine.call("demo", "--output", result)
    assert "541,909 rows" in machine.call("verify", result)


def server(machine: Machine) -> None:
    """The server answers, shows its pages, runs a job in a worker process, and ends when it is asked to."""
    data = machine.home / "served"
    with machine.running("serve", "--port", 0, "--data-dir", data) as process:
        address = _address(data)
        for path in ("/docs", "/redoc", "/openapi.json"):
            assert len(_get(f"{address}{path}")) > 500, path
        rows = f"{address}/practice/online-retail?rows={ROWS}&limit=1000"
        _post(f"{address}/api/export/configure", {"file_type": "csv", "db_url": rows})
        task = json.loads(_post(f"{address}/api/export/start"))["task_id"]
        wait_for(lambda: b'"completed"' in _get(f"{address}/api/export/status/{task}"), "completed job")
        wait_for_worker(process.pid)


def formats(machine: Machine) -> None:
    """Every format can be written, and every one read again: no library has lost a part of itself."""
    data = machine.home / "served"
    with machine.running("serve", "--port", 0, "--data-dir", data):
        url = f"{_address(data)}/practice/online-retail?rows={ROWS}&limit=1000"
        _run(machine, machine.home / "rows.csv", type="http", url=url, rate_limit=None)
    for name in FORMATS:
        written, again = machine.home / f"written.{name}", machine.home / f"from-{name}.csv"
        _run(machine, written, type="file", path="rows.csv")
        _run(machine, again, type="file", path=str(written))
        assert len(again.read_text(encoding="utf-8").splitlines()) == ROWS + 1, name
    (machine.home / "rows.xml").write_text(f"<rows>{'<row><n>1</n></row>' * 9}</rows>")
    _run(machine, machine.home / "from-xml.csv", type="file", path="rows.xml")
    assert len((machine.home / "from-xml.csv").read_text().splitlines()) == 10


def steps(machine: Machine) -> None:
    """Rows are cleaned, judged and asked with SQL, for which the program starts itself as DuckDB's process."""
    (machine.home / "rows.csv").write_text("name,price\n ann ,3\nbob,-1\nann,4\n")
    wanted = [
        {"type": "clean", "trim": True},
        {"type": "validate", "schema": {"price": {"type": "integer", "min": 0}}, "on_error": "drop"},
        {"type": "sql", "query": "SELECT name, sum(price) AS total FROM input GROUP BY name"},
    ]
    _run(machine, machine.home / "totals.csv", wanted, type="file", path="rows.csv")
    assert (machine.home / "totals.csv").read_text().split() == ["name,total", "ann,7"]


def schema(machine: Machine) -> None:
    """Recipes are described: the sentences under their fields were found."""
    told = json.loads(machine.call("schema"))["$defs"]["Column"]["properties"]
    assert all("description" in told[field] for field in ("column", "name", "dtype", "keep")), told


def licenses(machine: Machine) -> None:
    """The licences of what is inside are inside: Qt's, and every library's."""
    inside = machine.program.parent / "_internal" / "licenses"
    found = {folder.name for folder in inside.iterdir() if any(folder.iterdir())}
    assert {"qt", "polars", "pydantic", "httpx", "duckdb", "xlsxwriter"} <= found, found


def window(machine: Machine) -> None:
    """The window is painted, opens its data behind it with a worker process, and closes when it is asked to."""
    data = machine.home / "window"
    with machine.running("--data-dir", data) as process:
        # it opens its data folder once it has been painted
        wait_for((data / "jobs.sqlite").exists, "data folder")
        wait_for_worker(process.pid)
    lines = [line for log in (data / "logs").iterdir() for line in log.read_text(encoding="utf-8").splitlines()]
    assert not [line for line in lines if json.loads(line)["level"] == "error"], lines


CHECKS = (version, resources, schema, licenses, demo, server, formats, steps, window)


def wait_for_worker(pid: int) -> None:
    """Wait until a worker process of a program has loaded what it works with; only Linux tells."""
    if sys.platform == "linux":
        wait_for(lambda: _has_worker(pid), "worker process with Polars loaded")


def _has_worker(pid: int) -> bool:
    children = {child for each in Path(f"/proc/{pid}/task").glob("*/children") for child in each.read_text().split()}
    for process in (Path("/proc", child) for child in children):
        try:
            is_worker = b"--multiprocessing-fork" in (process / "cmdline").read_bytes()
            if is_worker and "_polars_runtime" in (process / "maps").read_text():
                return True
        except OSError:  # it has ended meanwhile
            continue
    return False


def _run(machine: Machine, output: Path, wanted: Sequence[object] = (), **source: object) -> None:
    recipe = {"version": 1, "name": "smoke", "source": source, "steps": list(wanted)}
    machine.call("run", "-", "--output", output, stdin=json.dumps(recipe))


def _address(data: Path) -> str:
    file = data / "server.json"
    return str(json.loads(wait_for(lambda: file.exists() and file.read_text(), "server"))["address"])


def _get(url: str) -> bytes:
    return _answer(urllib.request.Request(url))


def _post(url: str, body: object = None) -> bytes:
    data = b"" if body is None else json.dumps(body).encode()
    headers = {} if body is None else {"Content-Type": "application/json"}
    return _answer(urllib.request.Request(url, data, headers, method="POST"))


def _answer(request: urllib.request.Request) -> bytes:
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        content: bytes = answer.read()
        return content


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__)
        return 2
    for check in CHECKS:
        with tempfile.TemporaryDirectory() as home:
            print(f"· {check.__name__}: {check.__doc__}", flush=True)
            check(Machine(Path(arguments[0]).resolve(), Path(home)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
