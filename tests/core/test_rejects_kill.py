"""The list of rejects when the process dies or the disk is full: whole and the same, or not there."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from disks import Full, Killed, Mortal

from fetchtozip_gui.core.errors import RowsRejected
from fetchtozip_gui.core.events import Event, Said
from fetchtozip_gui.core.pipeline import run
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.work import Tools

KILLS = 200 if os.environ.get("FETCHTOZIP_TESTS") == "endurance" else 24
ROWS = 60_000
"""More than a stretch that is judged at once, so that the list is begun long before it is complete."""
RULES: dict[str, Any] = {"id": {"unique": True}, "age": {"type": "integer", "max": 90}, "name": {"required": True}}
STEPS: dict[str, list[dict[str, Any]]] = {
    "drop": [
        {"type": "validate", "schema": RULES, "on_error": "drop"},
        {"type": "clean", "remove_duplicates": ["name"], "handle_missing": "mean"},
        {"type": "validate", "schema": {"age": {"min": 5}}, "on_error": "report"},
    ],
    "fail": [{"type": "validate", "schema": RULES, "on_error": "fail"}],
}


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chance = random.Random(3)
    path = tmp_path_factory.mktemp("table") / "in.csv"
    ages = ["", "x", "old", *range(90), 120]
    lines = (
        f"{number if number % 997 else 5},{chance.choice(ages)},name {chance.randrange(50_000)}"
        for number in range(ROWS)
    )
    path.write_text("id,age,name\n" + "\n".join(lines) + "\n")
    return path


def recipe(table: Path, steps: str) -> Recipe:
    return Recipe.parse({"name": "r", "source": {"type": "file", "path": str(table)}, "steps": STEPS[steps]})


def deliver(wanted: Recipe, folder: Path, name: str, tools: Tools | None = None) -> list[Event]:
    """What happens; rows that end the job are no error here."""
    events: list[Event] = []
    with contextlib.suppress(RowsRejected):
        events += run(wanted, folder / "job", folder / name, tools or Tools())
    return events


def made(folder: Path) -> dict[str, bytes]:
    """The files that stand under a final name; of a ZIP the members, but for the manifest, which has a date."""
    found: dict[str, bytes] = {}
    for path in folder.iterdir():
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                found |= {name: archive.read(name) for name in archive.namelist() if name.endswith(".csv")}
        elif path.suffix == ".csv":
            found[path.name] = path.read_bytes()
    return found


CASES = [("drop", "out.csv"), ("drop", "out.zip"), ("fail", "out.csv")]


@pytest.mark.parametrize(("steps", "name"), CASES)
def test_a_kill_at_any_point_leaves_no_half_list(steps: str, name: str, table: Path, tmp_path: Path) -> None:
    wanted = recipe(table, steps)
    disk = Mortal(10**9, lambda: None)
    deliver(wanted, tmp_path / "whole", name, Tools(disk=disk))
    expected = made(tmp_path / "whole")
    assert {key for key in expected if "rejects" in key}
    points = random.Random(name + steps).sample(range(1, disk.count), KILLS // 3 - 1)
    for point in {*points, disk.count - 1}:
        place, copy = tmp_path / f"run-{point}", tmp_path / f"left-{point}"
        try:
            deliver(wanted, place, name, Tools(disk=Mortal(point, lambda: shutil.copytree(place, copy))))  # noqa: B023
            # how often is synced depends on the time: this run was over sooner, and dies after its last act
            shutil.copytree(place, copy)
        except Killed:
            pass
        # what has its final name is whole
        assert all(expected[key] == data for key, data in made(copy).items())
        deliver(wanted, copy, name)
        assert made(copy) == expected
        assert {path.name for path in copy.iterdir()} == {path.name for path in (tmp_path / "whole").iterdir()}
        shutil.rmtree(place)
        shutil.rmtree(copy)


PROGRAM = """
import os, signal, sys, threading
from pathlib import Path
from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.pipeline import run
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.work import Tools

class Shot(Disk):
    left = int(sys.argv[3])

    def write_some(self, file, view):
        if "rejects" in str(file.name):
            self.left -= 1
            if not self.left:
                super().write_some(file, view[: len(view) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
        return super().write_some(file, view)

if __name__ == "__main__":
    folder = Path(sys.argv[2])
    recipe = Recipe.parse(Path(sys.argv[1]).read_bytes())
    list(run(recipe, folder / "job", folder / "out.csv", Tools(disk=Shot(threading.Event(), lambda said: None))))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("write", [1, 3])
def test_a_killed_process_is_followed_by_the_same_list(write: int, table: Path, tmp_path: Path) -> None:
    wanted = recipe(table, "drop")
    deliver(wanted, tmp_path / "whole", "out.csv")
    (tmp_path / "recipe.json").write_text(wanted.model_dump_json(by_alias=True))
    place = tmp_path / "killed"
    place.mkdir()
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "recipe.json"), str(place), str(write)]
    assert subprocess.run(command, check=False, timeout=300).returncode == -signal.SIGKILL
    assert made(place) == {}
    deliver(wanted, place, "out.csv")
    assert made(place) == made(tmp_path / "whole")
    assert {path.name for path in place.iterdir()} == {"job", "out.csv", "out.rejects.csv"}


@pytest.mark.parametrize(("steps", "name"), CASES)
def test_a_full_disk_pauses_the_list_and_goes_on(steps: str, name: str, table: Path, tmp_path: Path) -> None:
    wanted = recipe(table, steps)
    deliver(wanted, tmp_path / "whole", name)
    expected = made(tmp_path / "whole")
    paused: list[str] = []
    for at in range(1, 22):
        said: list[Said] = []
        deliver(wanted, tmp_path / str(at), name, Tools(disk=Full(at, said)))
        assert made(tmp_path / str(at)) == expected
        assert not said or ["full" in said[0].text, "room again" in said[-1].text] == [True, True]
        paused += [one.text for one in said]
        shutil.rmtree(tmp_path / str(at))
    # the list, rows put aside between two steps, the result
    assert any("rejects" in text for text in paused) or name.endswith(".zip")
    assert any("scratch" in text for text in paused) or steps == "fail"
