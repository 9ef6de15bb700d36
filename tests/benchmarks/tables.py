"""The tables of figures: our job and each peer's on the same ground, as ratios of one run."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import analyzing, files, ground, window
from tests.benchmarks.cleaning import OPERATIONS
from tests.benchmarks.measure import Figures, in_turn, measure
from tests.benchmarks.serving import under_load

HERE = Path(__file__).parent
PEERS = {  # module that must be importable, script, goal: times faster by the clock
    "dlt rest_api → CSV": ("dlt", "dlt_script.py", 30),
    "airbyte-cdk low-code → CSV": ("airbyte_cdk", "airbyte_script.py", 15),
    "requests + pandas → zip": ("pandas", "pandas_script.py", 12),
    "a plain Polars script → zip": ("polars", "polars_script.py", 3),
}


@dataclass(frozen=True)
class Bench:
    """Where the ground is and how often to run."""

    folder: Path
    address: str
    runs: int
    peers: str
    quick: bool = False

    def pages(self, count: int, rows: int) -> tuple[str, int]:
        """The address and number of a set of pages, made if need be."""
        count = max(10, count // 10) if self.quick else count
        made = ground.make_pages(self.folder / "pages", count, rows)
        return f"{self.address}/{made.name}/orders", count

    def recipe(self, url: str, pages: int, output: dict[str, object], **source: object) -> Path:
        """The job of reference, in a file."""
        wanted = [
            {"column": "id", "name": "order", "change_order": 0},
            {"column": "created", "name": "created_at", "change_order": 1},
            {"column": "customer", "name": "client", "change_order": 2},
            *({"column": name, "name": name} for name in ("city", "price", "discount", "active", "day", "quantity")),
            {"column": "geo.lat", "name": "latitude"},
        ]
        recipe = {
            "version": 1,
            "name": "orders",
            "source": {
                "type": "http",
                "url": url,
                "pagination": {"type": "page", "param": "page", "start": 1},
                "page_limit": pages,
                "rate_limit": None,
                "concurrency": 16,
                **source,
            },
            "steps": [{"type": "flatten"}, {"type": "columns", "columns": wanted, "rest": "drop"}],
            "output": {"type": "file", **output},
        }
        path = self.folder / "recipe.json"
        path.write_text(json.dumps(recipe))
        return path

    def ours(self, url: str, pages: int, output: dict[str, object], suffix: str, **source: object) -> Figures:
        """Our whole process, from the command line to the file."""
        recipe = self.recipe(url, pages, output, **source)
        command = [sys.executable, "-m", "fetchtozip_gui", "run", str(recipe)]
        command += ["--output", str(self.folder / f"ours.{suffix}"), "--data-dir", str(self.folder / "home")]
        return measure(command, self.runs)

    def has(self, module: str) -> bool:
        return subprocess.run([self.peers, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


def _row(name: str, it: Figures, ours: Figures, goal: str = "") -> str:
    ratios = f"{it.cpu / ours.cpu:.1f} | {it.wall / ours.wall:.1f} | {it.peak / ours.peak:.1f}"
    return f"| {name} | {it.cpu:.2f} | {it.wall:.2f} | {it.peak:.0f} | {ratios} | {goal} |"


HEAD = "| program | CPU s | wall s | peak MiB | × our CPU | × our wall | × our peak | goal |\n" + "|---" * 8 + "|"


def whole_job(bench: Bench) -> Iterator[str]:
    """1,000 pages of 1,000 rows to a ZIP with a CSV: ours, then each peer that is installed."""
    url, pages = bench.pages(1000, 1000)
    Bench(bench.folder, bench.address, 1, bench.peers).ours(url, 10, {"format": "csv"}, "csv")  # compiles, warms up
    zipped = bench.ours(url, pages, {"format": "zip", "member": "csv"}, "zip")
    yield HEAD
    yield _row("**FetchToZip → zip(csv)**", zipped, zipped, "peak ≤ 110 MiB")
    for name in ("csv", "json", "jsonl", "parquet", "xlsx"):
        yield _row(f"FetchToZip → {name}", bench.ours(url, pages, {"format": name}, name), zipped)
    for name, (module, script, goal) in PEERS.items():
        if not bench.has(module):
            yield f"| {name} | not installed ({module}) |"
            continue
        command = [bench.peers, str(HERE / "peers" / script), url, str(pages), str(bench.folder / "peer.zip")]
        try:
            yield _row(name, measure(command, 1 if goal >= 15 else bench.runs), zipped, f"≥ {goal} × wall")
        except RuntimeError as error:
            yield f"| {name} | failed: {str(error).splitlines()[-1][:100]} |"
    curl = ["curl", "--parallel", "--parallel-max", "16", "-s", "-o", "/dev/null", f"{url}?page=[1-{pages}]"]
    yield _row("curl of the same bytes", measure(curl, bench.runs), zipped, "told beside")


def memory(bench: Bench) -> Iterator[str]:
    """The peak does not grow with the rows."""
    yield "| output | peak MiB, 1,000 pages | peak MiB, 5,000 pages | ratio | goal |\n|---|---|---|---|---|"
    small_url, small = bench.pages(1000, 1000)
    large_url, large = bench.pages(5000, 1000)
    once = Bench(bench.folder, bench.address, 1, bench.peers, bench.quick)
    for name in ("zip", "json", "xlsx"):
        few = bench.ours(small_url, small, {"format": name}, name)
        many = once.ours(large_url, large, {"format": name}, name)
        yield f"| {name} | {few.peak:.0f} | {many.peak:.0f} | {many.peak / few.peak:.2f} | ≤ 1.1 |"


def small_pages(bench: Bench) -> Iterator[str]:
    """10,000 pages of 25 rows: the cost of a request."""
    url, pages = bench.pages(10_000, 25)
    ours = bench.ours(url, pages, {"format": "csv"}, "csv")
    yield HEAD
    yield _row("**FetchToZip → csv**", ours, ours)
    for style in ("async", "threads"):
        command = [sys.executable, str(HERE / "peers" / "httpx_alone.py"), url, str(pages), style]
        yield _row(f"httpx alone, {style}, 16 at once, nothing parsed", measure(command, bench.runs), ours, "≥ 5 ×")


def formats(bench: Bench) -> Iterator[str]:
    """The writers alone, on 1,000,000 rows in memory: seconds of processor, ours against the usual library."""
    yield "| step | CPU s | × ours | size MB | goal |\n|---|---|---|---|---|"
    rows = "100000" if bench.quick else "1000000"
    pairs = (
        ("xlsx", "xlsxwriter", "≥ 20 ×"),
        ("deflate", "zlib", "≥ 4 ×, ≤ 1.15 × the size"),
        ("zip", "zipfile", "formatting the rows is in both"),
    )
    for ours, theirs, goal in pairs:
        command = [sys.executable, "-m", "tests.benchmarks.writers"]
        target = bench.folder / f"writer.{ours}"
        mine = json.loads(subprocess.check_output([*command, ours, rows, str(target)]))
        peer = json.loads(subprocess.check_output([*command, theirs, rows, str(target)]))
        yield f"| {ours}, ours | {mine['cpu']:.2f} | 1 | {mine['size'] / 1e6:.1f} | |"
        ratio = peer["cpu"] / mine["cpu"]
        yield f"| {ours}, {theirs} | {peer['cpu']:.2f} | {ratio:.1f} | {peer['size'] / 1e6:.1f} | {goal} |"


def waiting(bench: Bench) -> Iterator[str]:
    """Latency and rate: a server that answers after 50 ms, and a rate that has to be kept."""
    command = [sys.executable, "-m", "tests.benchmarks.waiting", str(bench.folder), "quick" if bench.quick else "full"]
    yield subprocess.check_output(command, text=True)


def server(bench: Bench) -> Iterator[str]:
    """How the server answers while a job of a million rows runs."""
    url, pages = bench.pages(1000, 1000)
    yield from under_load(
        {
            "type": "http",
            "url": url,
            "pagination": {"type": "page", "param": "page", "start": 1},
            "page_limit": pages,
            "rate_limit": 100_000,
            "concurrency": 16,
        },
        bench.runs,
    )


def seen(bench: Bench) -> Iterator[str]:
    """How soon the window is there, and that it never waits for a job."""
    yield from window.table(bench.folder, bench.pages(1000, 1000)[0], bench.runs)


def analysis(bench: Bench) -> Iterator[str]:
    """Each analysis of a million rows of 10 columns in Parquet, and of ten million: seconds, and the peak of memory."""
    million = _rows(bench, "million.parquet", 1_000_000)
    yield "| analysis | ours: clock s, CPU s | pandas, × ours | DuckDB, × ours | goal |\n|---|---|---|---|---|"
    for what in analyzing.ANALYSES:
        command = ["-m", "tests.benchmarks.analyzing"]
        ours = _least(bench, [sys.executable, *command, "ours", what, str(million)])
        told = []
        for peer, able in analyzing.PEERS.items():
            if what not in able:
                told.append("–")
            elif not bench.has(peer):
                told.append("not installed")
            else:
                theirs = _least(bench, [bench.peers, *command, peer, what, str(million)])
                told.append(", ".join(f"{it / mine:.1f}" for it, mine in zip(theirs, ours, strict=True)))
        yield f"| {what} | {ours[0]:.2f}, {ours[1]:.2f} | {' | '.join(told)} | ≥ 1 |"
    large = _rows(bench, "large.parquet", 10_000_000)
    yield "\n| analysis | peak MiB, 1M rows | peak MiB, 10M rows |\n|---|---|---|"
    for what in analyzing.ANALYSES:
        peaks = [
            measure([sys.executable, "-m", "tests.benchmarks.analyzing", "ours", what, str(path)], 1).peak
            for path in (million, large)
        ]
        yield f"| {what} | {peaks[0]:.0f} | {peaks[1]:.0f} |"


def _rows(bench: Bench, name: str, rows: int) -> Path:
    """A table of so many rows, made by another process: a child counts its parent's memory as its own peak."""
    path = bench.folder / name
    count = str(rows // 10 if bench.quick else rows)
    subprocess.run([sys.executable, "-m", "tests.benchmarks.analyzing", "make", count, str(path)], check=True)
    return path


def _least(bench: Bench, command: list[str]) -> tuple[float, float]:
    """Seconds of clock and of processor; the best of the runs, for others only add to them."""
    runs = [json.loads(subprocess.check_output(command)) for _ in range(bench.runs)]
    return min(run["wall"] for run in runs), min(run["cpu"] for run in runs)


def clean(bench: Bench) -> Iterator[str]:
    """Cleaning: single operations on 1,000,000 rows in memory against pandas and DuckDB, then the whole process."""
    rows = 100_000 if bench.quick else 1_000_000
    table = _orders(bench, rows, "parquet")
    yield "| operation | our CPU s | pandas CPU s | DuckDB CPU s | goal |\n|---|---|---|---|---|"
    for operation in OPERATIONS:
        told = [f"{_cpu(bench, who, operation, table):.2f}" if has else "not installed" for who, has in _who(bench)]
        yield f"| {operation} | {' | '.join(told)} | no slower |"
    yield f"\n{HEAD}"
    ours, profile = _cleaning(bench, rows), ["--profile", str(bench.folder / "profile.json")]
    peers = [_pandera(bench, rows), [*_pandera(bench, rows), "profile"]] if bench.has("pandera") else []
    one, both, *found = in_turn([ours, [*ours, *profile], *peers], bench.runs)
    yield _row(f"**FetchToZip, {rows:,} rows: file → rules, rejects, cleaned file**", one, one)
    yield _row("**FetchToZip: and the profile**", both, both)
    if found:
        yield _row(f"pandas + pandera, {rows:,} rows", found[0], one, "≥ 4 × wall, ≥ 3 × peak")
        yield _row("pandas + pandera, with the profile", found[1], both, "≥ 4 × wall, ≥ 3 × peak")
    else:
        yield "| pandas + pandera | not installed (pandera) |"
    many = 5 * rows
    yield _row(f"FetchToZip, {many:,} rows", measure(_cleaning(bench, many), bench.runs), one, "peak flat")
    if found:
        # a minute and more each
        large = [*_cleaning(bench, many), *profile], [*_pandera(bench, many), "profile"]
        both, peer = in_turn(list(large), min(2, bench.runs))
        yield _row(f"**FetchToZip, {many:,} rows, with the profile**", both, both)
        yield _row(f"pandas + pandera, {many:,} rows, with the profile", peer, both, "≥ 4 × wall, ≥ 3 × peak")


def _pandera(bench: Bench, rows: int) -> list[str]:
    """The peer's script on the same file."""
    script = [bench.peers, str(HERE / "peers" / "pandera_script.py")]
    return [*script, str(_orders(bench, rows, "csv")), str(bench.folder / "peer.csv")]


def _who(bench: Bench) -> list[tuple[str, bool]]:
    return [("ours", True), ("pandas", bench.has("pandas, pandera, pyarrow")), ("duckdb", bench.has("duckdb"))]


def _cpu(bench: Bench, who: str, operation: str, table: Path) -> float:
    command = [sys.executable if who == "ours" else bench.peers, str(HERE / "cleaning.py"), who, operation, str(table)]
    return statistics.median(float(subprocess.check_output(command)) for _ in range(bench.runs))


def _orders(bench: Bench, rows: int, kind: str) -> Path:
    """The orders of the ground in one file, without their objects; made once."""
    path = bench.folder / f"orders-{rows}.{kind}"
    if not path.exists():
        # apart: the peak of whoever starts a program would count as that program's
        code = "import sys; from tests.benchmarks import ground; "
        code += f"ground.orders(0, int(sys.argv[1])).drop('geo').write_{kind}(sys.argv[2])"
        subprocess.run([sys.executable, "-c", code, str(rows), str(path)], check=True)
    return path


def _cleaning(bench: Bench, rows: int) -> list[str]:
    """The same as the peer's script, as a recipe; about 100,000 of a million rows break a rule."""
    steps = [
        OPERATIONS["rules for five columns, faults listed"],
        {"type": "clean", "trim": True, "remove_duplicates": True},
        {"type": "clean", "columns": ["discount"], "handle_missing": "mean"},
        {"type": "clean", "columns": ["price"], "outliers": "clip"},
    ]
    source = {"type": "file", "path": str(_orders(bench, rows, "csv"))}
    recipe = bench.folder / f"cleaning-{rows}.json"
    recipe.write_text(json.dumps({"version": 1, "name": "cleaned", "source": source, "steps": steps}))
    command = [sys.executable, "-m", "fetchtozip_gui", "run", str(recipe), "--data-dir", str(bench.folder / "home")]
    return [*command, "--output", str(bench.folder / "cleaned.csv")]


def opened(bench: Bench) -> Iterator[str]:
    """A file of 5,000,000 rows on the Files page: read, looked at, judged, cleaned, exported."""
    yield from files.table(bench.folder, _orders(bench, 500_000 if bench.quick else 5_000_000, "csv"))


TABLES: dict[str, Callable[[Bench], Iterator[str]]] = {
    "the whole job": whole_job,
    "memory": memory,
    "small pages": small_pages,
    "formats": formats,
    "waiting": waiting,
    "server": server,
    "window": seen,
    "analysis": analysis,
    "clean": clean,
    "files": opened,
}
