"""The frozen program on a machine that has no Python: built once, tried with an empty home, then on a real screen."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from programs import needed
from x_screen import PATIENCE, screen, wait_for

from fetchtozip_gui.core.outputs.verify import verify

ROOT = Path(__file__).parent.parent.parent


def script(name: str) -> ModuleType:
    """A script of packaging/, which is no package: its name is taken by a library."""
    found = importlib.util.spec_from_file_location(f"fetchtozip_{name}", ROOT / "packaging" / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module  # dataclasses look there
    found.loader.exec_module(module)
    return module


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Path]:
    if sys.platform == "linux":
        needed("strip", "objdump")
    build = script("build")
    yield build.build(tmp_path / "dist")
    # a third of a gigabyte, which pytest would keep
    build.remove(tmp_path / "dist")


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_frozen_program_works_where_there_is_no_python(
    program: Path, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    smoke = script("smoke")
    for check in smoke.CHECKS:
        home = tmp_path / check.__name__
        home.mkdir()
        with subtests.test(check.__doc__):
            check(smoke.Machine(program, home))
    with subtests.test("Start pressed in the frozen window makes the ZIP."):
        press_start(program, tmp_path / "user")


def press_start(program: Path, home: Path) -> None:
    """By keyboard on a screen: no address is typed, the practice source is there."""
    (home / "Downloads").mkdir(parents=True)
    with screen(home) as desk:
        process = subprocess.Popen([program, "--data-dir", home / "data"], env=desk.environment, cwd=home)
        try:
            window = desk.window(process.pid)
            # drawn from the SVG that ships: resources and the plugin that reads them were found
            assert "Icon" in desk.property(window, "_NET_WM_ICON")
            desk.press("ctrl+Return")
            result = home / "Downloads" / "online-retail.zip"
            wait_for(result.exists, "result")
            assert "541,909 rows" in verify(result).words
            desk.press("ctrl+q")
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
            process.wait()


def test_nothing_that_the_program_requires_is_left_out_of_it() -> None:
    text = (ROOT / "packaging" / "fetchtozip.spec").read_text()
    excluded = text.partition("EXCLUDED = [")[2].partition("]")[0].replace('"', "").replace(",", " ").split()
    assert len(excluded) > 10
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {requirement.split("[")[0].split(">")[0].split("=")[0].lower() for requirement in project["dependencies"]}
    assert not names & {name.lower() for name in excluded}
