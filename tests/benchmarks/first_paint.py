"""How long the window takes to its first frame, warm and with its files out of the page cache."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import PySide6

ROOT = Path(__file__).parents[2]
CODE = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from fetchtozip_gui.app import Program
from fetchtozip_gui.engine.folder import Folder

application = QApplication([])
program = Program(application, Folder(Path(sys.argv[1])))
program.window.first_painted.disconnect()
program.window.first_painted.connect(application.quit)
program.window.show()
application.exec()
"""


def main(runs: int) -> None:
    """Print the medians of so many runs, from the start of the process to its first frame."""
    print("| first frame | median s | worst s | goal |\n|---|---|---|---|")
    for name, cold in (("warm", False), ("cold", True)):
        taken = [_seconds(cold=cold) for _ in range(runs)]
        print(f"| {name} | {statistics.median(taken):.2f} | {max(taken):.2f} | < 1 |")


def _seconds(*, cold: bool) -> float:
    if cold:
        _forget(Path(PySide6.__file__).parent)
        _forget(ROOT / "fetchtozip_gui")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", CODE, folder], env=environment, check=True, stderr=subprocess.DEVNULL)
        return time.perf_counter() - begun


def _forget(folder: Path) -> None:
    """Ask the system to let a folder's files go from its cache; one that cannot leaves them warm."""
    if not hasattr(os, "posix_fadvise"):
        return
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)


if __name__ == "__main__":
    main(int(sys.argv[1]))
