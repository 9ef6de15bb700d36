"""A script's call to the real server changes the open table at once, and an edit in the table shows in its list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from pytestqt.qtbot import QtBot

from fetchtozip_gui.api.build import build
from fetchtozip_gui.api.server import serve
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.pool import Threads
from fetchtozip_gui.engine.shelf import Inputs, Shelf
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.pages.columns_pane import ColumnsPane


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[tuple[httpx.Client, Shelf]]:
    """A client of the real server, and the shelf behind it."""
    engine = Engine(Folder(tmp_path / "data").prepare(), pool=Threads(1), isolated=False)
    kept = Shelf(engine.store)
    with serve(build(engine, kept), port=0) as served, httpx.Client(base_url=f"{served.url}/api/export") as client:
        yield client, kept
    engine.close()


def test_the_table_and_scripts_have_one_list(
    qtbot: QtBot,
    draft: DraftModel,
    findings: Findings,
    find: Callable[..., None],
    errands: Errands,
    shelf: tuple[httpx.Client, Shelf],
) -> None:
    client, kept = shelf
    find(InvoiceNo=["536365"], Quantity=[6], Country=["France"])
    pane = ColumnsPane(draft, findings, errands)
    qtbot.addWidget(pane)
    pane.share(Inputs(kept))
    sent = client.post("/inputs", json={"name": "land", "column": 2, "change_order": 0})
    assert sent.status_code == 200, sent.text
    qtbot.waitUntil(lambda: [row.called for row in pane.model.rows] == ["land", "InvoiceNo", "Quantity"])
    pane.model.rename({2: "amount"})
    qtbot.waitUntil(lambda: client.get("/inputs-list").json()["count"] == 2)
    listed = client.get("/inputs-list").json()["inputs"]
    assert [(one["name"], one["column"], one["change_order"]) for one in listed] == [
        ("amount", 1, None),
        ("land", 2, 0),
    ]
    assert client.delete("/inputs-clear").status_code == 200
    qtbot.waitUntil(lambda: draft.part("steps") == [])
    draft.undo()
    qtbot.waitUntil(lambda: client.get("/inputs-list").json()["count"] == 2)
    pane.leave()
    client.post("/inputs", json={"name": "x", "column": 0})
    draft.redo()
    assert client.get("/inputs-list").json()["count"] == 3
