"""Pictures of large maps: the window goes on while they are made, one at a time, and what goes wrong is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.errands import Errands, ignore
from fetchtozip_gui.gui.theme import Theme
from fetchtozip_gui.gui.widgets.heat_map import HeatMap
from fetchtozip_gui.gui.widgets.picture_button import PictureButton

MANY = 200


@pytest.fixture
def hold(errands: Errands) -> Iterator[Callable[[], threading.Event]]:
    """Lets no errand begin until the event is set: all four threads wait for it."""
    events: list[threading.Event] = []

    def begin() -> threading.Event:
        event = threading.Event()
        events.append(event)
        for _ in range(4):
            errands.run(event.wait, ignore)
        return event

    yield begin
    for event in events:
        event.set()


@pytest.fixture(params=["light", "dark"])
def chart(qtbot: QtBot, qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[HeatMap]:
    """A map of 200 columns with every shade, and some cells without a value."""
    Theme(qapp, dark=request.param == "dark")
    chart = HeatMap("Correlation of wide.csv")
    qtbot.addWidget(chart)
    show(chart, turned=False)
    chart.resize(chart.sizeHint())
    yield chart
    Theme(qapp, dark=False)


@pytest.fixture
def failures() -> list[FetchToZipError]:
    return []


@pytest.fixture
def button(qtbot: QtBot, chart: HeatMap, failures: list[FetchToZipError], errands: Errands) -> PictureButton:
    button = PictureButton(lambda: chart, failures.append, errands)
    qtbot.addWidget(button)
    return button


def show(chart: HeatMap, *, turned: bool) -> None:
    names = [f"measure {n} of the north" for n in range(MANY)]
    cells: list[list[float | None]] = [
        [None if (row + column) % 41 == 0 else ((row * 7 + column) % 201) / 100 - 1 for column in range(MANY)]
        for row in range(MANY)
    ]
    chart.show_cells(names, names, cells[::-1] if turned else cells, lambda value: f"{value}")


def drawn(svg: Path, like: QImage) -> QImage:
    image = QImage(like.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    return image


def farthest(first: QImage, second: QImage, step: int = 1) -> int:
    """How far two pictures of one size are from each other in any part of any pixel's colour."""
    assert first.size() == second.size()
    one, other = (bytes(each.convertToFormat(QImage.Format.Format_RGB32).constBits()) for each in (first, second))
    if one == other:
        return 0
    return max(abs(a - b) for a, b in zip(one[::step], other[::step], strict=True))


def test_a_large_picture_is_the_one_that_is_shown_when_it_is_asked_for(
    qtbot: QtBot, chart: HeatMap, button: PictureButton, hold: Callable[[], threading.Event], tmp_path: Path
) -> None:
    wanted = {kind: chart.save(tmp_path / f"wanted.{kind}") for kind in ("png", "svg")}
    for kind, path in wanted.items():
        event = hold()
        with qtbot.waitSignal(button.saved, timeout=30_000) as told:
            button.save(str(tmp_path / f"made.{kind}"))
            # the chart goes on to something else, and is another one when the picture is painted
            show(chart, turned=True)
            event.set()
        assert told.args == [tmp_path / f"made.{kind}"]
        assert told.args[0].read_bytes() == path.read_bytes()
        show(chart, turned=False)


def test_the_window_the_image_and_the_drawing_are_the_same_map(chart: HeatMap, tmp_path: Path) -> None:
    chart.resize(chart.sizeHint())
    shown = chart.grab().toImage()
    # where text stands, each of them softens it in its own way
    left, top = (round(edge) for edge in chart.covered())
    cells = (left, top, shown.width() - left, shown.height() - top)
    drawing = drawn(chart.save(tmp_path / "map.svg"), shown)
    assert farthest(shown.copy(*cells), drawing.copy(*cells), step=7) <= 4
    image = QImage(str(chart.save(tmp_path / "map.png")))
    ratio = image.width() / shown.width()
    for mark in range(0, MANY * MANY, 101):
        middle = chart.box_of(mark).center()
        assert image.pixel((middle * ratio).toPoint()) == shown.pixel(middle.toPoint())


def test_the_window_goes_on_meanwhile_and_there_is_one_at_a_time(
    qtbot: QtBot, button: PictureButton, hold: Callable[[], threading.Event], tmp_path: Path
) -> None:
    made: list[Path] = []
    button.saved.connect(made.append)
    event, text = hold(), button.text()
    button.save(str(tmp_path / "first.png"))
    assert button.text() == "Picture is saved…"
    button.save(str(tmp_path / "second.png"))
    button.click()
    assert button.findChildren(QFileDialog) == button.window().findChildren(QFileDialog) == []
    ticks: list[bool] = []
    timer = QTimer(button, interval=0)
    timer.timeout.connect(lambda: ticks.append(event.is_set()))
    timer.start()
    event.set()
    qtbot.waitUntil(lambda: made == [tmp_path / "first.png"], timeout=30_000)
    timer.stop()
    assert True in ticks
    assert button.text() == text
    assert not (tmp_path / "second.png").exists()
    with qtbot.waitSignal(button.saved, timeout=30_000):
        button.save(str(tmp_path / "second.svg"))


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_picture_that_cannot_be_written_is_told(
    qtbot: QtBot, button: PictureButton, failures: list[FetchToZipError], tmp_path: Path, kind: str
) -> None:
    button.save(str(tmp_path / "nowhere" / f"map.{kind}"))
    qtbot.waitUntil(lambda: bool(failures), timeout=30_000)
    assert "cannot be written" in str(failures[0])
    assert button.text() == "Save picture…"
    with qtbot.waitSignal(button.saved, timeout=30_000):
        button.save(str(tmp_path / f"map.{kind}"))


def test_chart_and_button_may_be_gone_before_the_picture_is_there(
    qtbot: QtBot, qapp: QApplication, errands: Errands, hold: Callable[[], threading.Event], tmp_path: Path
) -> None:
    chart, told = HeatMap("Correlation of wide.csv"), []
    show(chart, turned=False)
    button = PictureButton(lambda: chart, told.append, errands)
    button.saved.connect(told.append)
    event = hold()
    button.save(str(tmp_path / "map.svg"))
    for widget in (button, chart):
        widget.deleteLater()
    qapp.processEvents()
    event.set()
    qtbot.waitUntil((tmp_path / "map.svg").exists, timeout=30_000)
    done: list[bool] = []
    errands.run(lambda: True, done.append)
    qtbot.waitUntil(lambda: bool(done))
    errands.close()
    assert told == []
