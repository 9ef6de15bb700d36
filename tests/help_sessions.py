"""The sessions that are printed in a page of the help, run as they stand there against a real server."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from serve_process import Serving

HELP = Path(__file__).parents[1] / "resources" / "help"
needs_curl = pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("curl")), reason="a session of bash and curl"
)


def printed(page: str, heading: str, language: str, server: Serving) -> str:
    """The first code below a heading, with the server's own port."""
    below = (HELP / page).read_text(encoding="utf-8").split(f"## {heading}\n")[1]
    found = re.search(rf"```{language}\n(.*?)```", below, re.DOTALL)
    assert found
    return found[1].replace("localhost:8000", f"localhost:{server.url.rpartition(':')[2]}")


def in_shell(commands: str, folder: Path) -> str:
    """What the commands print, all of which have to succeed."""
    return _done(["bash", "-euc", commands], folder)


def in_python(script: str, folder: Path) -> str:
    """What the script prints."""
    return _done([sys.executable, "-c", script], folder)


def _done(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
