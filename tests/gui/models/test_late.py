"""Rows that are read beside the window: a table of five million rows is scrolled and never waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.frame import BLOCK, KEPT
from fetchtozip_gui.gui.models.late import LateModel, ParquetRows

ROWS = 200_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "rows.parquet"
    numbers = pl.int_range(ROWS, eager=True)
    pl.DataFrame({"n": numbers, "text": "row " + numbers.cast(pl.String)}).write_parquet(path, row_group_size=20_000)
    return path


@pytest.fixture
def model(errands: Errands) -> Iterator[LateModel]:
    model = LateModel(errands)
    yield model
    model.deleteLater()


def opened(qtbot: QtBot, model: LateModel, path: Path) -> None:
    counts: list[int] = []
    model.open(lambda: ParquetRows(path), counts.append, counts.append)
    qtbot.waitUntil(lambda: counts != [])
    assert counts == [ROWS]


def test_the_first_rows_are_there_and_the_others_come(qtbot: QtBot, model: LateModel, path: Path) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    opened(qtbot, model, path)
    assert (model.rowCount(), model.columnCount()) == (ROWS, 2)
    assert model.index(BLOCK - 1, 1).data() == f"row {BLOCK - 1}"
    with qtbot.waitSignal(model.dataChanged) as told:
        assert model.index(ROWS - 1, 1).data() == "…"
    assert told.args[0].row() <= ROWS - 1 <= told.args[1].row()
    assert model.index(ROWS - 1, 1).data() == f"row {ROWS - 1}"
    tester.deleteLater()


def test_of_a_long_way_only_what_is_in_sight_is_read(qtbot: QtBot, model: LateModel, path: Path) -> None:
    opened(qtbot, model, path)
    asked: list[int] = []
    rows = model._rows
    read = rows.slice
    rows.slice = lambda offset, length=None: asked.append(offset) or read(offset, length)
    view = QTableView()
    qtbot.addWidget(view)
    view.setModel(model)
    view.resize(400, 300)
    with qtbot.waitExposed(view):
        view.show()
    bar = view.verticalScrollBar()
    for step in range(301):
        # faster than anything can be read
        bar.setValue(bar.maximum() * step // 300)
        view.viewport().repaint()
    qtbot.waitUntil(lambda: model.index(ROWS - 1, 1).data() == f"row {ROWS - 1}")
    assert len(asked) < 30
    assert len(model._frames) <= KEPT


def test_what_is_copied_is_whole(qtbot: QtBot, model: LateModel, path: Path) -> None:
    opened(qtbot, model, path)
    assert model.whole_text(150_000, 1) == "row 150000"


def test_other_rows_take_the_place_of_those_on_their_way(qtbot: QtBot, model: LateModel, path: Path) -> None:
    opened(qtbot, model, path)
    assert model.index(100_000, 0).data() == "…"
    with qtbot.waitSignal(model.modelReset):
        model.close()
    assert model.rowCount() == 0
    opened(qtbot, model, path)
    assert model.index(0, 0).data() == "0"


def test_a_file_that_is_gone_is_told(qtbot: QtBot, model: LateModel, tmp_path: Path) -> None:
    failed: list[FetchToZipError] = []
    model.open(lambda: ParquetRows(tmp_path / "gone.parquet"), lambda _: None, failed.append)
    qtbot.waitUntil(lambda: failed != [])
    assert model.rowCount() == 0
