"""Once Qt is loaded, modules are imported as ever: their sources are neither read nor kept."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import linecache
from PySide6 import QtCore
from fetchtozip_gui.gui.plain_imports import import_plainly
{act}
from fetchtozip_gui.core.errors import __file__ as imported
print(imported in linecache.cache)
"""


@pytest.mark.parametrize(
    ("act", "is_read"),
    [
        ("import_plainly(); import_plainly()", False),
        # where this fails PySide leaves imports alone, and there is nothing to undo any more
        ("", True),
    ],
)
def test_a_source_is_read_by_pyside_alone(act: str, is_read: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(act=act)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == [str(is_read)]


def test_without_qt_nothing_is_changed() -> None:
    code = (
        "import builtins; from fetchtozip_gui.gui.plain_imports import import_plainly; "
        "before = builtins.__import__; import_plainly(); print(builtins.__import__ is before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["True"]
