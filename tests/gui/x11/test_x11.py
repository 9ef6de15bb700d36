"""The main job on a real X server with a window manager: by mouse, by keyboard, dragged into another program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from x_screen import PATIENCE, Screen, screen, wait_for

from fetchtozip_gui.core.outputs.verify import verify

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
TARGET = (1560, 720, 300, 260)
"""Where the second program's window stands: in the corner where the first one's is not."""
SMALL = "practice/online-retail?rows=2000&limit=1000"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    with screen(tmp_path_factory.mktemp("user")) as shown:
        yield shown


@pytest.fixture
def desk(display: Screen, tmp_path: Path) -> Screen:
    """The screen with a user of its own for each test."""
    (tmp_path / "Downloads").mkdir()
    return Screen(display.display, tmp_path)


@dataclass
class Program:
    """The running window, and where its widgets are."""

    process: subprocess.Popen[str]
    screen: Screen
    window: str

    def widgets(self) -> list[dict[str, Any]]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        told: list[dict[str, Any]] = json.loads(self.process.stdout.readline())
        return told

    def find(self, is_it: Callable[[dict[str, Any]], bool], what: str, seconds: float = PATIENCE) -> dict[str, Any]:
        return wait_for(lambda: next((each for each in self.widgets() if is_it(each)), None), what, seconds)

    def named(self, name: str, kind: str) -> dict[str, Any]:
        return self.find(lambda each: (each["name"], each["kind"]) == (name, kind), f"{kind} called {name}")

    def click(self, name: str, kind: str) -> None:
        self.screen.click(*centre(self.named(name, kind)))

    def write(self, name: str, text: str) -> None:
        """Replace what stands in a field, by mouse and keyboard."""
        self.click(name, "EditableText")
        self.find(lambda each: each["name"] == name and each["has_focus"], f"keyboard on {name}")
        self.screen.press("ctrl+a")
        self.screen.type(text)
        self.find(lambda each: each["name"] == name and each["text"] == text, f"{text!r} in {name}")

    def result(self) -> dict[str, Any]:
        """The file of the finished job."""
        return self.find(lambda each: each["name"].startswith("Result "), "result")

    def ends(self) -> int:
        self.process.stdin.close()
        return self.process.wait(PATIENCE)


def centre(widget: dict[str, Any]) -> tuple[int, int]:
    left, top, width, height = widget["place"]
    return left + width // 2, top + height // 2


@contextmanager
def running(desk: Screen, script: Path | str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, *(["-m", script] if isinstance(script, str) else [str(script)]), *map(str, arguments)]
    environment = {**desk.environment, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    process = subprocess.Popen(
        command, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()
        process.wait()


@pytest.fixture
def program(desk: Screen) -> Iterator[Program]:
    """The window, ready for work."""
    with running(desk, HERE / "launcher.py", "--data-dir", desk.home / "data") as process:
        shown = Program(process, desk, desk.window(process.pid))
        # the practice source is filled in once everything is open
        shown.find(lambda each: each["name"] == "Address" and "/practice/" in each["text"], "practice source")
        yield shown


def test_start_by_mouse_and_the_result_dragged_into_another_program(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    program.click("Start", "Button")
    original = tmp_path / "Downloads" / "online-retail.zip"
    wait_for(original.exists, "result of the practice source")
    with running(program.screen, HERE / "drop_target.py", folder, *TARGET) as target:
        assert target.stdout is not None
        assert target.stdout.readline() == "ready\n"
        program.screen.window(target.pid)
        left, top, width, height = TARGET
        program.screen.drag(centre(program.result()), (left + width // 2, top + height // 2))
        wait_for((folder / original.name).exists, "file in the other program's folder")
        assert target.stdout.readline() == f"{folder / original.name}\n"
    assert "541,909 rows" in verify(folder / original.name).words
    # a copy alone was offered to a program that moves what it may
    assert original.read_bytes() == (folder / original.name).read_bytes()


def test_an_address_typed_and_started_by_keyboard(program: Program, practice: str, tmp_path: Path) -> None:
    program.write("Address", f"{practice}/{SMALL}")
    program.screen.press("ctrl+Return")
    program.result()
    assert "2,000 rows" in verify(tmp_path / "Downloads" / "online-retail.zip").words


def test_the_window_managers_button_closes_it(program: Program) -> None:
    program.screen.click(*program.screen.close_button(program.window))
    assert program.ends() == 0


@pytest.mark.parametrize("keys", ["ctrl+q", "alt+F4"])
def test_the_keyboard_closes_it(program: Program, keys: str) -> None:
    program.screen.press(keys)
    assert program.ends() == 0


def test_the_command_opens_a_window_that_works_by_keyboard_alone(desk: Screen) -> None:
    with running(desk, "fetchtozip_gui", "--data-dir", desk.home / "data") as process:
        window = desk.window(process.pid)
        assert "FetchToZip" in desk.property(window, "WM_NAME")
        desk.press("ctrl+Return")
        result = desk.home / "Downloads" / "online-retail.zip"
        wait_for(result.exists, "result")
        assert "541,909 rows" in verify(result).words
        desk.press("ctrl+q")
        assert process.wait(PATIENCE) == 0
