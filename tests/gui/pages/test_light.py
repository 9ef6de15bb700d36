"""The first frame is shown before anything that it does not need is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

CODE = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtWidgets import QApplication
application = QApplication([])
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.pages.columns_pane import ColumnsPane
from fetchtozip_gui.gui.pages.steps_pane import StepsPane
draft, findings, errands = DraftModel({"steps": [{"type": "columns", "columns": []}]}), Findings(), Errands()
panes = [pane(draft, findings, errands) for pane in (ColumnsPane, StepsPane)]
for pane in panes:
    pane.show()
    pane.grab()
print(*(name for name in ("polars", "pydantic", "httpx", "fastapi") if name in sys.modules))
errands.close()
for pane in panes:
    pane.close()
"""
WHOLE = """
import sys
from PySide6 import QtWidgets

class Watched(QtWidgets.QApplication):
    def exec(self):
        window = next(it for it in self.topLevelWidgets() if it.isVisible())
        window.first_painted.disconnect()
        window.first_painted.connect(self.quit)
        return super().exec()

QtWidgets.QApplication = Watched
from fetchtozip_gui.__main__ import main
try:
    main()
finally:
    print(*sys.modules)
"""
OTHERS = {
    *("asyncio", "concurrent", "email", "http", "multiprocessing", "sqlite3", "ssl", "xml"),
    *("click", "cryptography", "duckdb", "fastapi", "httpx", "keyring", "lxml", "msgspec", "numpy", "polars"),
    *("platformdirs", "pyarrow", "pydantic", "qasync", "rich", "structlog", "typer", "uvicorn", "xlsxwriter"),
}
"""Libraries with all that belongs to them."""
QT = {f"PySide6.Qt{name}" for name in ("Core", "Gui", "Widgets", "Svg")}
"""The parts of Qt that are loaded: that of SVG for the icons."""
OURS = {
    *("api", "cli", "opening", "core.work", "core.events", "core.recipe", "engine.attempt", "engine.engine"),
    *("engine.job", "engine.store", "gui.file_bench", "gui.pages.files", "gui.pages.help", "gui.pages.jobs"),
    *("gui.pages.script", "gui.pages.settings", "gui.widgets.bring_dialog", "gui.widgets.disk_card"),
    *("gui.widgets.job_card", "gui.widgets.result_file"),
}
"""What no part of the Export page at the first start is made of."""


def test_the_panes_load_nothing_heavy_before_there_are_rows() -> None:
    found = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_the_first_frame_of_the_program_needs_none_of_these(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WHOLE, "--data-dir", str(tmp_path)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=90)
    loaded = set(found.stdout.split())
    assert "fetchtozip_gui.gui.pages.export" in loaded
    assert not OTHERS & {name.partition(".")[0] for name in loaded}
    assert {name for name in loaded if name.startswith("PySide6.Qt")} <= QT
    ours = {f"fetchtozip_gui.{name}" for name in OURS}
    assert not ours & loaded
    # a name that nothing has any more would watch nothing
    assert all(find_spec(name) for name in ours)
