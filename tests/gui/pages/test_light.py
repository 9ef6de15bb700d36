"""The panes can be painted before anything heavy is loaded."""

from __future__ import annotations

import subprocess
import sys

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


def test_the_panes_load_nothing_heavy_before_there_are_rows() -> None:
    found = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
