"""Every page is whole on a small screen and with large text: nothing has to be scrolled sideways to be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.errors import PageFailed
from fetchtozip_gui.core.events import Delivered, Fetched
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui.widgets.grid import Grid
from fetchtozip_gui.gui.window import Window

LONG = 60_000
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NAME = "orders-of-the-northern-region-2026_all-customers-and-all-years"
ERROR = PageFailed(f"https://api.example.com/{'v2/orders/' * 8}?page=4: the server answered 503.", "Try again later.")


@pytest.fixture(params=[(1280, 800, 100), (1480, 900, 150)], ids=lambda it: f"{it[0]}x{it[1]} at {it[2]} %")
def room(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[QSize]:
    """A window's size, with text of another size before the window is made."""
    wide, high, percent = request.param
    before, larger = qapp.font(), qapp.font()
    larger.setPointSizeF(before.pointSizeF() * percent / 100)
    qapp.setFont(larger)
    yield QSize(wide, high)
    qapp.setFont(before)


@pytest.fixture
def filled(room: QSize, qtbot: QtBot, window: Window, new_job: Callable[..., Job], downloads: Path) -> Window:
    """A window of that size with a tested source, a job that runs, one that is done and one that has failed."""
    window.resize(room)
    verdict = Verdict("complete", "Complete: 541,909 of 541,909 rows", 541_909, 541_909)
    done, runs, failed = (new_job(number, NAME).started(NOW) for number in (1, 2, 3))
    result = downloads / f"{NAME}.zip"
    result.touch()
    window.jobs.show_job(done.after(Delivered(str(result), 541_909, 9_999_999, verdict), NOW))
    window.jobs.show_job(runs.after(Fetched(5, 500, 10, 1000, 10), NOW))
    window.jobs.show_job(failed.failed(ERROR, NOW))
    qtbot.waitUntil(lambda: window.rooms.bench.findings.tested is not None, timeout=LONG)
    qtbot.waitUntil(lambda: window.rooms.bench.columns.model.rowCount() == 8, timeout=LONG)
    return window


def test_no_page_scrolls_sideways(filled: Window, room: QSize) -> None:
    sideways = []
    for place in filled.places:
        filled.go_to(place.id)
        for _ in range(5):
            QApplication.processEvents()
        assert filled.size() == room
        for area in filled.findChildren(QAbstractScrollArea):
            # the rows of a source may be wider than any screen, and a line of a script as well
            if not area.isVisible() or isinstance(area, (Grid, QPlainTextEdit)):
                continue
            if area.horizontalScrollBar().maximum() > 0:
                sideways.append(f"{place.id}: {type(area).__name__} {area.accessibleName()}")
    assert sideways == []


def test_every_part_of_the_answer_has_its_tab_in_sight(filled: Window) -> None:
    filled.go_to("export")
    bar = filled.rooms.bench.source.answers.tabBar()
    assert bar.tabRect(bar.count() - 1).right() <= bar.width()
    assert bar.width() <= filled.rooms.bench.source.answers.width()
    assert bar.tabText(0).startswith("Records")
