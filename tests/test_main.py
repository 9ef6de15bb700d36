"""The way into the program: a plain start of the window goes past the command line, every other start does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fetchtozip_gui.__main__ import is_for_the_window


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], True),
        (["--data-dir", "somewhere"], True),
        (["https://api.example.com/orders"], True),
        (["orders.csv"], True),
        (["gone.csv"], False),
        # a file may be called like a command
        (["run"], False),
        (["--version"], False),
        (["--help"], False),
        (["demo"], False),
        (["run", "orders.csv"], False),
        (["--data-dir", "somewhere", "orders.csv"], False),
    ],
)
def test_what_a_start_is_for(
    arguments: list[str], expected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("orders.csv", "run"):
        (tmp_path / name).touch()
    assert is_for_the_window(arguments) is expected


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
def test_a_window_that_cannot_be_opened_is_told_in_one_line() -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    }
    command = [sys.executable, "-m", "fetchtozip_gui"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr.startswith("fetchtozip: There is no screen for a window")
    assert len(ended.stderr.splitlines()) == 1
