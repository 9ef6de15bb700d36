"""An idle engine is small: what only a running job needs is not loaded beside a window."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HEAVY = {
    "polars",
    "httpx",
    "pyreqwest",
    "keyring",
    "cryptography",
    "structlog",
    "platformdirs",
    "fetchtozip_gui.core.pipeline",
    "fetchtozip_gui.core.recipe",
    "PySide6",
    "fastapi",
    "starlette",
    "uvicorn",
    "rich",
    "typer",
}
PROGRAM = """
import json, sys
from pathlib import Path
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.journal import Journal
from fetchtozip_gui.engine.pool import Threads
from fetchtozip_gui.engine.vault import Vault

folder = Folder(Path(sys.argv[1])).prepare()
vault = Vault(folder.vault)
engine = Engine(folder, pool=Threads(2), keyring=vault.read)
journal = Journal(folder.logs, engine.redactor)
engine.jobs()
peak = 0
if sys.platform == "linux":
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0])
engine.close()
journal.close()
print(json.dumps({"loaded": sorted(sys.modules), "peak": peak}))
"""


def test_an_idle_engine_loads_nothing_heavy_and_takes_little(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True)
    answer = json.loads(ran.stdout)
    assert HEAVY & set(answer["loaded"]) == set()
    assert answer["peak"] < 40_000  # KiB; Python itself is 9,000
