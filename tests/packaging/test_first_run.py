"""The script for a fresh machine says what it cannot install, and asks for no program of the tests without them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from programs import packages

FOLDER = Path(__file__).parent.parent.parent / "packaging"

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux needs system packages")


def told(*, for_tests: bool) -> str:
    """What the script prints where neither apt-get nor any program of the tests is found."""
    code = f"import first_run; first_run.provide_system_packages(for_tests={for_tests})"
    environment = {**os.environ, "PATH": "", "PYTHONPATH": str(FOLDER)}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True).stdout


def test_programs_of_the_tests_are_named_in_one_line_to_paste() -> None:
    line = told(for_tests=True).splitlines()[-1]
    assert line.startswith("  sudo apt-get install")
    assert line.split()[5:] == sorted(set(packages().values()))


def test_the_demonstration_asks_for_none_of_them() -> None:
    assert not set(told(for_tests=False).split()) & set(packages().values())
