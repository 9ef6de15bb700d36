"""Painted charts: what they say, how keys go through them, and the pictures they are saved as."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.errors import OutputError
from fetchtozip_gui.gui.theme import DARK, LIGHT, Theme, contrast
from fetchtozip_gui.gui.widgets.cells import mixed, readable_on
from fetchtozip_gui.gui.widgets.chart import Chart
from fetchtozip_gui.gui.widgets.charts import Bars, Histogram, nice
from fetchtozip_gui.gui.widgets.heat_map import HeatMap


@pytest.fixture
def shown(qtbot: QtBot, qapp: QApplication) -> Callable[[Chart], Chart]:
    Theme(qapp, dark=False)

    def show(chart: Chart) -> Chart:
        qtbot.addWidget(chart)
        chart.resize(420, 260)
        with qtbot.waitExposed(chart):
            chart.show()
        return chart

    return show


def histogram() -> Histogram:
    chart = Histogram("Spread of price")
    chart.show_bars([("0 to 10", 1), ("10 to 20", 900_000), ("20 to 30", 0)], "0", "30")
    return chart


def heat_map() -> HeatMap:
    chart = HeatMap("Correlation")
    chart.show_cells(
        ("a", "b"), ("a", "b"), ((1.0, -0.5), (-0.5, None)), lambda value: "none" if value is None else f"{value:.2f}"
    )
    return chart


def bars() -> Bars:
    chart = Bars("Missing values")
    chart.show_bars([("city", 5), ("a very long name of a column", 95)], whole=100)
    return chart


def test_a_chart_says_all_of_itself(shown: Callable[[Chart], Chart]) -> None:
    assert shown(histogram()).accessibleDescription() == "0 to 10: 1; 10 to 20: 900,000"
    assert heat_map().summary() == "a, a: 1.00; a, b: -0.50; b, a: -0.50; b, b: none"
    assert bars().words_of(0) == "city: 5 (5.0 %)"
    empty = Bars("Nothing")
    empty.say("There are no numbers.")
    assert empty.accessibleDescription() == "There are no numbers."
    many = Bars("Many")
    many.show_bars([(str(n), n) for n in range(100)])
    assert many.summary().endswith("; and 60 more")


def test_keys_go_from_mark_to_mark(shown: Callable[[Chart], Chart]) -> None:
    chart = shown(heat_map())
    chart.setFocus()
    for key, mark in ((Qt.Key.Key_Right, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_Down, 3), (Qt.Key.Key_Down, 3)):
        QTest.keyClick(chart, key)
        assert chart.current == mark
    assert chart.accessibleDescription() == "b, b: none"
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert chart.current == 0
    line = shown(histogram())
    QTest.keyClick(line, Qt.Key.Key_End)
    assert line.current == 2
    QTest.keyClick(line, Qt.Key.Key_Right)
    assert line.current == 2


def test_the_mouse_points_at_what_is_under_it(shown: Callable[[Chart], Chart], qtbot: QtBot) -> None:
    chart = shown(histogram())
    chart.grab()
    with qtbot.waitSignal(chart.pointed) as told:
        QTest.mouseMove(chart, chart.rect().center())
    assert told.args == [1]


def test_one_value_among_a_million_is_seen(shown: Callable[[Chart], Chart]) -> None:
    chart = shown(histogram())
    chart.clearFocus()
    image = chart.grab().toImage()
    first, _, last = chart._boxes
    accent = QColor(LIGHT.accent).rgb()
    columns = {
        name: any(image.pixel(round(box.center().x()), y) == accent for y in range(image.height()))
        for name, box in (("one", first), ("none", last))
    }
    assert columns == {"one": True, "none": False}


@pytest.mark.parametrize("make", [histogram, heat_map, bars])
def test_it_is_saved_as_a_picture(shown: Callable[[Chart], Chart], tmp_path: Path, make: Callable[[], Chart]) -> None:
    chart = shown(make())
    image = QImage(str(chart.save(tmp_path / "chart.png")))
    assert (image.width(), image.height()) == (960, 600)
    assert image.text("Description") == chart.summary()
    svg = chart.save(tmp_path / "chart.svg")
    assert QSvgRenderer(str(svg)).isValid()
    assert chart.accessibleName() in svg.read_text()
    for name in ("chart.png", "chart.svg"):
        with pytest.raises(OutputError, match="cannot be written"):
            chart.save(tmp_path / "nowhere" / name)


def test_text_stands_out_on_every_colour_of_a_heat_map() -> None:
    for colours in (LIGHT, DARK):
        for end in (colours.accent, colours.bad):
            for share in range(11):
                ground = mixed(colours.card, end, share / 10)
                assert contrast(readable_on(ground), ground.name()) >= 4.5


def test_axes_end_at_numbers_that_are_quickly_read() -> None:
    assert [nice(most) for most in (1, 3, 7, 10, 11, 99, 541_909)] == [1, 4, 8, 10, 20, 100, 800_000]
