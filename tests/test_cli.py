"""The command line as a script sees it: exit codes, standard output, kills and resumption, in real processes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from fetchtozip_gui.cli import _with_command

COMMAND = [sys.executable, "-m", "fetchtozip_gui"]


def call(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], input=stdin, capture_output=True, text=True, check=False, timeout=120)


def write(path: Path, url: str, **source: Any) -> Path:
    http = {"type": "http", "url": url, "rate_limit": None, **source}
    path.write_text(json.dumps({"version": 1, "name": "rows", "source": http}))
    return path


@pytest.fixture
def home(tmp_path: Path) -> str:
    return str(tmp_path / "home")


def test_the_version_is_told() -> None:
    told = call("--version")
    assert (told.returncode, told.stdout.split()[0]) == (0, "fetchtozip")


def test_the_schema_of_recipes_is_json() -> None:
    schema = json.loads(call("schema").stdout)
    assert {"source", "steps", "output"} <= set(schema["properties"])


def test_a_run_prints_the_path_alone_and_its_export_can_be_checked_and_run_again(
    practice: str, tmp_path: Path, home: str
) -> None:
    recipe = write(tmp_path / "r.json", f"{practice}/practice/online-retail?page=1&limit=500&rows=2000")
    output = tmp_path / "out.zip"
    done = call("run", str(recipe), "--output", str(output), "--data-dir", home)
    assert (done.returncode, done.stdout) == (0, f"{output}\n")
    assert "Complete: 2,000 of 2,000 rows" in done.stderr
    assert call("verify", str(output)).returncode == 0
    again = call("run", str(output), "--output", str(tmp_path / "again.csv"), "--data-dir", home)
    assert again.returncode == 0
    with zipfile.ZipFile(output) as archive:
        assert (tmp_path / "again.csv").read_bytes() == archive.read("data.csv")
    flipped = bytearray(output.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    output.write_bytes(flipped)
    checked = call("verify", str(output))
    assert (checked.returncode, checked.stdout) == (1, "")
    assert "Traceback" not in checked.stderr


def test_cached_pages_need_no_source(practice: str, tmp_path: Path, home: str) -> None:
    url = f"{practice}/practice/online-retail?page=1&limit=500&rows=1000"
    recipe = write(tmp_path / "r.json", url)
    first = call("run", str(recipe), "--output", str(tmp_path / "a.csv"), "--data-dir", home)
    assert first.returncode == 0
    document = json.loads(recipe.read_text())
    document["steps"] = [{"type": "columns", "columns": [{"column": "StockCode"}], "rest": "drop"}]
    second = call(
        "run", "-", "--cached", "--output", str(tmp_path / "b.csv"), "--data-dir", home, stdin=json.dumps(document)
    )
    assert second.returncode == 0
    assert "rows are on disk" in second.stderr
    assert (tmp_path / "b.csv").read_text().splitlines()[0] == "StockCode"


def test_a_wrong_recipe_is_2_and_names_the_field(tmp_path: Path, home: str) -> None:
    recipe = tmp_path / "r.json"
    pagination = {"type": "page", "size": 0}
    source = {"type": "http", "url": "http://localhost/", "pagination": pagination, "tiemout": 3}
    recipe.write_text(json.dumps({"version": 1, "name": "x", "source": source}))
    refused = call("run", str(recipe), "--data-dir", home)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "source.pagination.size: must be ≥ 1, found 0" in refused.stderr
    assert "source.tiemout: is not known here; did you mean timeout?" in refused.stderr


def test_rows_that_are_missing_are_1_unless_they_are_accepted(practice: str, tmp_path: Path, home: str) -> None:
    url = f"{practice}/practice/online-retail?page=1&limit=100&rows=1000&fail_every=4"
    recipe = write(tmp_path / "r.json", url, retries=0, concurrency=1)
    output = tmp_path / "out.csv"
    options = ["--output", str(output), "--data-dir", home]
    failed = call("run", str(recipe), *options)
    assert (failed.returncode, failed.stdout, output.exists()) == (1, "", False)
    assert "Partial: page" in failed.stderr
    assert "503" in failed.stderr
    accepted = call("run", str(recipe), "--accept-partial", *options)
    assert accepted.returncode == 0
    assert "Partial: " in accepted.stderr
    assert 0 < len(output.read_text().splitlines()) - 1 < 1000


def slow(practice: str, tmp_path: Path) -> Path:
    url = f"{practice}/practice/online-retail?page=1&limit=100&rows=6000&latency_ms=150"
    return write(tmp_path / "r.json", url, concurrency=2)


def started(recipe: Path, output: Path, home: str) -> subprocess.Popen[str]:
    """A run that has finished some pages and not all."""
    command = [*COMMAND, "run", str(recipe), "--output", str(output), "--data-dir", home]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    spools = Path(home) / "jobs"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        waiting = [path for path in spools.glob("*/spool/*") if path.name.startswith(("kept", "rows"))]
        if sum(path.stat().st_size for path in waiting) > 60_000:
            return process
        time.sleep(0.05)
    raise AssertionError("the run fetched nothing")


def test_ctrl_c_is_130_and_leaves_no_file(practice: str, tmp_path: Path, home: str) -> None:
    output = tmp_path / "out.csv"
    process = started(slow(practice, tmp_path), output, home)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)
    assert (process.returncode, said[0]) == (130, "")
    assert "--resume goes on" in said[1]
    assert not output.exists()


def test_a_killed_run_goes_on_where_it_was(practice: str, tmp_path: Path, home: str) -> None:
    output, recipe = tmp_path / "out.csv", slow(practice, tmp_path)
    process = started(recipe, output, home)
    process.kill()
    process.communicate()
    assert not output.exists()
    done = call("run", str(recipe), "--resume", "--output", str(output), "--data-dir", home)
    assert done.returncode == 0, done.stderr
    assert "Complete: 6,000 of 6,000 rows" in done.stderr
    whole = call("run", str(recipe), "--output", str(tmp_path / "whole.csv"), "--data-dir", home + "2")
    assert whole.returncode == 0
    assert output.read_bytes() == (tmp_path / "whole.csv").read_bytes()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ([], []),
        (["--version"], ["--version"]),
        (["run", "https://a.io/recipe.json"], ["run", "https://a.io/recipe.json"]),
        (["https://a.io/x"], ["open", "https://a.io/x"]),
        (["--data-dir", "here", "https://a.io/x"], ["--data-dir", "here", "open", "https://a.io/x"]),
        (["rnu"], ["rnu"]),
        (["demo", "--output", "a://b"], ["demo", "--output", "a://b"]),
    ],
)
def test_an_address_alone_is_to_be_opened(given: list[str], meant: list[str]) -> None:
    assert _with_command(given) == meant


def test_a_file_alone_is_to_be_opened(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    assert _with_command([str(file)]) == [str(file)]
    file.touch()
    assert _with_command([str(file)]) == ["open", str(file)]
