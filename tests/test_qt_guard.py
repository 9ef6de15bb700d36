"""A pinned PySide6 does not abort after some hundred signals, as 6.12.0 does on Python 3.10 and 3.11."""

from __future__ import annotations

import subprocess
import sys

CODE = """
from PySide6.QtCore import QCoreApplication, QObject, Signal

class Bell(QObject):
    rung = Signal(bool, object)

app = QCoreApplication([])
bell, heard = Bell(), []
bell.rung.connect(lambda yes, what: heard.append(yes))
for number in range(5000):
    bell.rung.emit(number % 2 == 0, {"number": number})
print(len(heard), sum(heard))
"""


def test_five_thousand_signals_arrive() -> None:
    found = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout.split()) == (0, ["5000", "2500"]), found.stderr
