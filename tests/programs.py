"""The programs that some tests need beside Python, and the words of a test that has to do without."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

_SCRIPT = Path(__file__).parent.parent / "packaging" / "first_run.py"


def packages() -> dict[str, str]:
    """Each program and the Debian package that has it: the table from which `first_run.py test` installs."""
    found = importlib.util.spec_from_file_location("first_run", _SCRIPT)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    table: dict[str, str] = module.TEST_PROGRAMS
    return table


def needed(*names: str) -> None:
    """Skip the test where one of these programs is not installed, and say which package has it."""
    if missing := [name for name in names if shutil.which(name) is None]:
        table = packages()
        wanted = sorted({table[name] for name in missing})
        pytest.skip(f"{', '.join(missing)} not installed (Debian: {' '.join(wanted)})")
