"""Rows as a Qt table: what cells say, and ten million rows that are made while they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QTableView
from pytestqt.qtbot import QtBot

from fetchtozip_gui.gui.models.frame import BLOCK, KEPT, LONGEST, FrameModel, Rows, type_words

Role = Qt.ItemDataRole
MIXED = pl.DataFrame(
    {
        "id": [1, 2, None],
        "name": ["Zürich", "", None],
        "price": [1.25, 1e20, None],
        "exact": pl.Series([Decimal("1.10"), Decimal("2.00"), None]),
        "open": [True, False, None],
        "day": [date(2026, 1, 2), None, None],
        "at": [datetime(2026, 1, 2, 3, 4, 5), datetime(2026, 1, 2, 3, 4, 5, 250_000), None],
        "tags": [["a", "ü"], [], None],
        "geo": [{"lat": 1.5, "on": date(2026, 1, 2)}, {"lat": None, "on": None}, None],
        "raw": [b"abc", b"", None],
        "span": [timedelta(days=1, seconds=90), timedelta(), None],
        "nothing": pl.Series([None, None, None], dtype=pl.Null),
    }
)


@pytest.fixture
def model_of(qapp: QApplication) -> Iterator[Callable[[Rows], FrameModel]]:
    made: list[FrameModel] = []

    def make(rows: Rows) -> FrameModel:
        made.append(FrameModel(rows))
        return made[-1]

    yield make
    for model in made:
        model.deleteLater()


def row(model: FrameModel, number: int) -> dict[str, str]:
    return {name: model.index(number, at).data() for at, name in enumerate(model.names)}


def test_it_is_a_table_as_qt_wants_it(model_of: Callable[[Rows], FrameModel]) -> None:
    model = model_of(MIXED)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show(MIXED.head(1))
    model.show(None)
    assert (model.rowCount(), model.columnCount()) == (0, 0)
    model.show(MIXED)
    assert (model.rowCount(), model.columnCount()) == MIXED.shape
    tester.deleteLater()


def test_values_are_told_as_people_read_them(model_of: Callable[[Rows], FrameModel]) -> None:
    model = model_of(MIXED)
    assert row(model, 0) == {
        "id": "1",
        "name": "Zürich",
        "price": "1.25",
        "exact": "1.10",
        "open": "true",
        "day": "2026-01-02",
        "at": "2026-01-02 03:04:05",
        "tags": '["a", "ü"]',
        "geo": '{"lat": 1.5, "on": "2026-01-02"}',
        "raw": "3 bytes",
        "span": "1 day, 0:01:30",
        "nothing": "null",
    }
    assert row(model, 1)["at"] == "2026-01-02 03:04:05.250"
    assert (row(model, 1)["name"], row(model, 1)["tags"]) == ("", "[]")
    assert set(row(model, 2).values()) == {"null"}


def test_a_null_is_no_text_that_says_null(model_of: Callable[[Rows], FrameModel]) -> None:
    model = model_of(pl.DataFrame({"said": ["null", None]}))
    said, missing = model.index(0, 0), model.index(1, 0)
    assert said.data() == missing.data() == "null"
    assert (said.data(Role.ForegroundRole), said.data(Role.FontRole)) == (None, None)
    assert missing.data(Role.ForegroundRole) is not None
    assert missing.data(Role.FontRole).italic()


def test_numbers_stand_to_the_right_and_headers_tell_types(model_of: Callable[[Rows], FrameModel]) -> None:
    model = model_of(MIXED)
    right = [name for at, name in enumerate(model.names) if model.index(0, at).data(Role.TextAlignmentRole) & 2]
    assert right == ["id", "price", "exact"]
    header = model.headerData(0, Qt.Orientation.Horizontal, Role.ToolTipRole)
    assert header == "id\nwhole number (Int64)"
    assert model.headerData(1233, Qt.Orientation.Vertical) == "1,234"
    assert type_words(pl.Struct({"a": pl.Int64})) == "object with 1 field (Struct)"
    assert type_words(pl.List(pl.String)).startswith("list (")


def test_long_and_broken_texts_take_one_line_and_are_whole_in_the_tooltip(
    model_of: Callable[[Rows], FrameModel],
) -> None:
    long = "x" * (LONGEST + 50)
    model = model_of(pl.DataFrame({"text": [long, "two\r\nlines", "short"]}))
    assert model.index(0, 0).data() == "x" * LONGEST + "…"
    assert model.index(0, 0).data(Role.ToolTipRole) == long
    assert model.index(1, 0).data() == "two ↵ lines"
    assert model.index(1, 0).data(Role.ToolTipRole) == "two\r\nlines"
    assert model.index(2, 0).data(Role.ToolTipRole) is None


class TenMillion:
    """Rows that are made when they are asked for; `asked` says which."""

    height = 10_000_000
    schema = pl.Schema({"id": pl.Int64, "name": pl.String, "price": pl.Float64})

    def __init__(self) -> None:
        self.asked: list[int] = []

    def slice(self, offset: int, length: int | None = None) -> pl.DataFrame:
        self.asked.append(offset)
        ids = pl.int_range(offset, min(offset + (length or 0), self.height), eager=True)
        return pl.DataFrame({"id": ids, "name": "row " + ids.cast(pl.String), "price": ids * 0.5})


def test_ten_million_rows_are_scrolled_and_never_loaded(qtbot: QtBot, model_of: Callable[[Rows], FrameModel]) -> None:
    rows = TenMillion()
    model = model_of(rows)
    view = QTableView()
    qtbot.addWidget(view)
    view.setModel(model)
    view.resize(700, 400)
    with qtbot.waitExposed(view):
        view.show()
    bar = view.verticalScrollBar()
    steps = 300
    for step in range(steps + 1):
        bar.setValue(bar.maximum() * step // steps)
        view.viewport().repaint()
    assert model.index(9_999_999, 1).data() == "row 9999999"
    # a view touches one or two blocks wherever it stands, and only these are made
    assert len(rows.asked) <= 2 * (steps + 2)
    assert len(model._frames) <= KEPT
    assert set(model._frames) == set(model._texts)
    assert all(offset % BLOCK == 0 for offset in rows.asked)


def test_a_frame_of_many_rows_is_read_in_blocks(model_of: Callable[[Rows], FrameModel]) -> None:
    model = model_of(pl.DataFrame({"n": range(BLOCK * 3 + 5)}))
    assert [model.index(n, 0).data() for n in (0, BLOCK - 1, BLOCK, BLOCK * 3 + 4)] == ["0", "511", "512", "1540"]
    assert model.value(BLOCK, 0) == BLOCK
