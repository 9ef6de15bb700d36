"""Builds the program as one folder that needs no Python, and prints how large it is.

    python packaging/build.py [FOLDER]      puts `fetchtozip/` into FOLDER (dist)

What goes into it is said in `fetchtozip.spec`. On Linux it is a third smaller with `strip` (Debian: binutils).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SPEC = Path(__file__).resolve().with_name("fetchtozip.spec")
NAME = "fetchtozip"


def main(arguments: list[str]) -> int:
    target = Path(arguments[0] if arguments else "dist").resolve()
    if sys.platform == "linux" and shutil.which("strip") is None:
        print("· strip is not installed (Debian: binutils): the folder will be larger", flush=True)
    begun = time.monotonic()
    program = build(target)
    megabytes = size(program.parent) / 1e6
    print(f"{program}\n{megabytes:,.0f} MB, built in {time.monotonic() - begun:.0f} s")
    return 0


def build(target: Path) -> Path:
    """Freeze the program into `target/fetchtozip` and give the file to start; `SystemExit` with PyInstaller's words."""
    with tempfile.TemporaryDirectory(prefix="fetchtozip-build-") as work:
        command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
        command += ["--distpath", str(target), "--workpath", work, str(SPEC)]
        # its cache of stripped libraries goes with the rest: a build never depends on an earlier one
        environment = {**os.environ, "PYINSTALLER_CONFIG_DIR": str(Path(work, "cache"))}
        done = subprocess.run(command, cwd=SPEC.parent.parent, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"PyInstaller ended with {done.returncode}:\n{done.stderr[-4000:]}")
    return target / NAME / (f"{NAME}.exe" if sys.platform == "win32" else NAME)


def remove(target: Path) -> None:
    """Take away what `build` put into a folder."""
    shutil.rmtree(target / NAME)


def size(folder: Path) -> int:
    """Bytes of all files in a folder; what is linked counts once."""
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
