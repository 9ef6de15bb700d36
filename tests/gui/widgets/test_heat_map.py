"""Maps of some hundred columns: what is in sight is painted, names stay, keys bring what they reach into sight."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from fetchtozip_gui.gui.theme import DARK, LIGHT, Theme
from fetchtozip_gui.gui.widgets.heat_map import HeatMap

MANY = 200


@pytest.fixture(params=["light", "dark"])
def scrolled(qtbot: QtBot, qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[QScrollArea]:
    """A map of 200 columns in a part of the window; only its diagonal has a colour."""
    Theme(qapp, dark=request.param == "dark")
    chart = HeatMap("Correlation of wide.csv")
    names = [f"measure {n} of the north" for n in range(MANY)]
    cells = [[1.0 if row == column else 0.0 for column in range(MANY)] for row in range(MANY)]
    chart.show_cells(names, names, cells, lambda value: f"{value:.2f}")
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidgetResizable(True)
    area.setWidget(chart)
    area.resize(700, 500)
    with qtbot.waitExposed(area):
        area.show()
    yield area
    Theme(qapp, dark=False)


def chart_in(area: QScrollArea) -> HeatMap:
    chart = area.widget()
    assert isinstance(chart, HeatMap)
    return chart


def test_it_is_scrolled_and_each_cell_is_found(scrolled: QScrollArea) -> None:
    chart = chart_in(scrolled)
    assert chart.width() > 2_500
    assert scrolled.horizontalScrollBar().maximum() > 0
    for mark in (0, 199, 200, 40 * MANY + 17, MANY * MANY - 1):
        assert chart.mark_at(chart.box_of(mark).center()) == mark
    assert chart.mark_at(QPointF(1, 1)) == -1
    assert chart.words_of(40 * MANY + 40) == "measure 40 of the north, measure 40 of the north: 1.00"


def test_keys_tell_where_they_have_gone(scrolled: QScrollArea, qtbot: QtBot) -> None:
    chart = chart_in(scrolled)
    QTest.keyClick(chart, Qt.Key.Key_Home)
    with qtbot.waitSignal(chart.walked) as told:
        QTest.keyClick(chart, Qt.Key.Key_Down)
    assert told.args == [chart.box_of(MANY)]
    with qtbot.waitSignal(chart.walked):
        QTest.keyClick(chart, Qt.Key.Key_End)
    assert chart.current == MANY * MANY - 1


def test_only_what_is_in_sight_is_painted_and_names_stay(scrolled: QScrollArea) -> None:
    chart = chart_in(scrolled)
    scrolled.horizontalScrollBar().setValue(1_000)
    scrolled.verticalScrollBar().setValue(1_000)
    seen = QRectF(chart.visibleRegion().boundingRect())
    image = chart.grab(chart.visibleRegion().boundingRect()).toImage()
    colours = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    theme = DARK if chart.palette().window().color().lightness() < 128 else LIGHT
    assert QColor(theme.accent).rgb() in colours
    # in the corner over the cells there are no cells, but the ground of the names
    left, top = chart.covered()
    corner = {image.pixel(x, y) for x in range(round(left) - 8) for y in range(4)}
    assert corner == {QColor(theme.card).rgb()}
    beside = {image.pixel(x, y) for x in range(round(left) - 8) for y in range(round(top), image.height())}
    assert len(beside) > 5
    assert seen.left() > 900


def test_it_is_saved_whole(scrolled: QScrollArea, tmp_path: Path) -> None:
    chart = chart_in(scrolled)
    image = QImage(str(chart.save(tmp_path / "map.png")))
    assert (image.width(), image.height()) >= (chart.width(), chart.height())
    assert image.width() * image.height() < 17_000_000
    last = chart.box_of(MANY * MANY - 1).center() * image.width() / chart.width()
    theme = DARK if chart.palette().window().color().lightness() < 128 else LIGHT
    assert image.pixelColor(last.toPoint()) == QColor(theme.accent)
    assert QSvgRenderer(str(chart.save(tmp_path / "map.svg"))).isValid()
