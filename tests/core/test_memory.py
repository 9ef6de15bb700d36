"""The allocators' settings reach them, and what the user has set stays."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

import pytest

from fetchtozip_gui.core.memory import give_back, keep_little

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
    told = _told({"_RJEM_MALLOC_CONF": "narenas:3"})
    assert "opt.narenas: 3\n" in told
    assert "opt.muzzy_decay_ms: 0 " in told
    assert "opt.dirty_decay_ms: 500 " in told


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Polars has another allocator")
def test_a_process_that_is_started_where_polars_is_loaded_is_told_too() -> None:
    # as a worker is, whose parent is the window or the server, and as those are where a script starts them
    first = f"import subprocess, sys, polars; subprocess.run([sys.executable, '-c', {CODE!r}], check=True)"
    second = f"import subprocess, sys, polars; subprocess.run([sys.executable, '-c', {first!r}], check=True)"
    told = subprocess.run([sys.executable, "-c", second], capture_output=True, text=True, check=True).stderr
    assert "opt.narenas: 1\n" in told
    assert "opt.muzzy_decay_ms: 0 " in told
    assert "opt.dirty_decay_ms: 500 " in told


def test_settling_it_twice_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_RJEM_MALLOC_CONF", "narenas:3")
    keep_little()
    once = os.environ["_RJEM_MALLOC_CONF"]
    monkeypatch.setenv("_RJEM_MALLOC_CONF", f"dirty_decay_ms:500,muzzy_decay_ms:1000,{once}")
    keep_little()
    assert os.environ["_RJEM_MALLOC_CONF"] == once


GIVING = """
from pathlib import Path
from fetchtozip_gui.core.memory import give_back, keep_little


def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


keep_little()
many = [bytearray(2_000) for _ in range(20_000)]
many = many[-1:]  # the last one keeps the system's end of the memory where it is
before = held()
give_back()
print(before - held())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere is another C library")
def test_what_is_free_is_given_back() -> None:
    told = subprocess.run([sys.executable, "-c", GIVING], capture_output=True, text=True, check=True).stdout
    assert int(told) > 20_000_000


def test_elsewhere_nothing_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    # there is no C library without a name on Windows: to ask for it raises
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "CDLL", None)
    give_back()


def _told(user: dict[str, str]) -> str:
    """What the allocator prints when its process ends."""
    others = {name: value for name, value in os.environ.items() if name != "_RJEM_MALLOC_CONF"}
    command = [sys.executable, "-c", CODE]
    return subprocess.run(command, env={**others, **user}, capture_output=True, text=True, check=True).stderr
