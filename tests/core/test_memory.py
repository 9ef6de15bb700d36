"""The allocators' settings reach them, and what the user has set stays."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

CODE = """
import os
from fetchtozip_gui.core.memory import keep_little
keep_little()
os.environ["_RJEM_MALLOC_CONF"] += ",stats_print:true"
import polars
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Polars has another allocator")
def test_the_allocator_of_polars_is_told_before_it_is_loaded() -> None:
    assert "opt.narenas: 1\n" in _told({})
    assert "opt.narenas: 3\n" in _told({"_RJEM_MALLOC_CONF": "narenas:3"})


def _told(user: dict[str, str]) -> str:
    """What the allocator prints when its process ends."""
    others = {name: value for name, value in os.environ.items() if name != "_RJEM_MALLOC_CONF"}
    command = [sys.executable, "-c", CODE]
    return subprocess.run(command, env={**others, **user}, capture_output=True, text=True, check=True).stderr
