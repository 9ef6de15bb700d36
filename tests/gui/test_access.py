"""An axe of our own: on every page each control has a name and a hint, Tab reaches it, and all of it can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QPalette, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QMenuBar,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.events import Delivered, Fetched
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui.pages.files import FilesPage
from fetchtozip_gui.gui.theme import LIGHT, Theme, contrast
from fetchtozip_gui.gui.widgets.labels import Mark
from fetchtozip_gui.gui.window import Window

LONG = 60_000
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAGES = ("export", "jobs", "files", "script", "settings", "help")
TABS = ("Rows", "Profile", "Maps", "Outliers", "Clean", "Rules", "Merge", "Export")


@pytest.fixture
def filled(qtbot: QtBot, window: Window, new_job: Callable[..., Job], downloads: Path, tmp_path: Path) -> Window:
    """A window whose source is tested, with a file, and with jobs that run, have ended well and have failed."""
    verdict = Verdict("complete", "Complete: 1,000 of 1,000 rows", 1000, 1000)
    started = [new_job(number, name).started(NOW) for number, name in ((1, "stock"), (2, "orders"), (3, "cut"))]
    window.jobs.show_job(started[0].after(Fetched(5, 500, 10, 1000, 10), NOW))
    window.jobs.show_job(started[1].after(Delivered(str(downloads / "orders.zip"), 1000, 99, verdict), NOW))
    window.jobs.show_job(started[2].interrupted(NOW))
    window.offer_recovery([started[2]])
    qtbot.waitUntil(lambda: window.rooms.bench.findings.tested is not None, timeout=LONG)
    qtbot.waitUntil(lambda: window.rooms.bench.columns.model.rowCount() == 8, timeout=LONG)
    read_file(qtbot, window, tmp_path)
    window.go_to("export")
    return window


def read_file(qtbot: QtBot, window: Window, folder: Path) -> FilesPage:
    """The Files page with a file that has gaps and spellings."""
    path = folder / "orders.csv"
    cities = (" Oslo", "Oslo", "Rome", "")
    path.write_text("id,city,price\n" + "".join(f"{n},{cities[n % 4]},{n % 50 + 0.5}\n" for n in range(200)))
    page = window.go_to("files")
    assert isinstance(page, FilesPage)
    page.open([path])
    qtbot.waitUntil(lambda: page.current is not None and page.current.state == "ready", timeout=LONG)
    return page


def focusable(window: QWidget) -> list[QWidget]:
    tab = Qt.FocusPolicy.TabFocus
    found = [each for each in window.findChildren(QWidget) if each.isVisible() and each.isEnabled()]
    # parts of Qt's own controls, which speak for them
    own = ("qt_spinbox_lineedit", "ScrollLeftButton", "ScrollRightButton")
    return [
        each
        for each in found
        if each.focusPolicy() & tab and not isinstance(each, QMenuBar) and each.objectName() not in own
    ]


class Flashes(QObject):
    """Hears of every window that is shown, however short."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self.seen: list[QWidget] = []
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - as Qt calls it
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched)
        return False


@pytest.fixture
def flashes(qapp: QApplication) -> Iterator[Flashes]:
    """From before the window is made."""
    flashes = Flashes(qapp)
    yield flashes
    qapp.removeEventFilter(flashes)
    flashes.deleteLater()


def test_nothing_flashes_up_as_a_window_of_its_own(
    qtbot: QtBot, flashes: Flashes, window: Window, tmp_path: Path, practice: str
) -> None:
    """What is shown before it has a parent is a window for a moment, and takes the keyboard away."""
    for page in PAGES:
        window.go_to(page)
    pane = read_file(qtbot, window, tmp_path).pane()
    for title in TABS:
        pane.tab(title)
    window.go_to("export")
    source = {"type": "http", "url": f"{practice}/practice/online-retail?rows=2000&limit=1000"}
    window.draft.change("Small", source=source)
    window.start()
    qtbot.waitUntil(lambda: window.jobs.rowCount() == 1 and not window.jobs.active(), timeout=LONG)
    assert [described(each) for each in flashes.seen if each is not window] == []
    assert window.isActiveWindow()


def described(widget: QObject) -> str:
    return f"{type(widget).__name__} {widget.objectName()!r} in {type(widget.parent()).__name__}"


def test_every_control_has_a_name_and_says_what_it_does(filled: Window) -> None:
    nameless, unexplained = set(), set()
    for page in PAGES:
        filled.go_to(page)
        controls = focusable(filled)
        assert len(controls) >= 6
        for control in controls:
            if not QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name):
                nameless.add(f"{page}: {described(control)}")
            if not control.toolTip():
                unexplained.add(f"{page}: {described(control)}")
    assert (nameless, unexplained) == (set(), set())


def test_tab_reaches_everything_and_comes_back(filled: Window) -> None:
    for page in PAGES:
        filled.go_to(page)
        first = filled.sidebar.buttons["export"]
        first.setFocus()
        visited: list[QWidget] = []
        while first not in visited:
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
            visited.append(QApplication.focusWidget())
            assert len(visited) < 150, [described(each) for each in visited[-5:]]
        missed = [each for each in focusable(filled) if each not in visited and not _is_reached_otherwise(each)]
        assert [f"{page}: {described(each)}" for each in missed] == []


def _is_reached_otherwise(widget: QWidget) -> bool:
    """Of buttons of which one is chosen Tab reaches that one, and the arrows the others."""
    if widget.focusProxy() is not None:
        return True
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.exclusive()


def test_keys_of_a_part_do_nothing_elsewhere(filled: Window) -> None:
    """Such as Delete, which one list takes for a file and another for a rule. Those of the window are its actions."""
    for page in PAGES:
        filled.go_to(page)
    window = Qt.ShortcutContext.WindowShortcut
    found = filled.findChildren(QShortcut)
    assert len(found) > 4
    assert [f"{each.key().toString()} in {described(each)}" for each in found if each.context() is window] == []


@pytest.fixture(params=[100, 200])
def text_scale(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[int]:
    """The system's text, and twice as large, before the window is made."""
    before = qapp.font()
    larger = qapp.font()
    larger.setPointSizeF(before.pointSizeF() * request.param / 100)
    qapp.setFont(larger)
    yield request.param
    qapp.setFont(before)


def test_nothing_is_cut_off(text_scale: int, filled: Window, qtbot: QtBot) -> None:
    filled.resize(1480, 900)
    cut = []
    for page in PAGES:
        filled.go_to(page)
        for _ in range(3):
            QApplication.processEvents()
        for area in filled.findChildren(QScrollArea):
            fixed = area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            if area.isVisible() and fixed and area.widget().minimumSizeHint().width() > area.viewport().width():
                cut.append(f"{page}: {described(area)}")
        shown = [each for each in filled.findChildren(QWidget) if each.isVisible()]
        texts = [each for each in shown if isinstance(each, (QPushButton, QLabel))]
        cut += [f"{page}: {described(each)}: {each.text()}" for each in texts if _is_cut(each)]
    assert cut == []


def _is_cut(widget: QPushButton | QLabel) -> bool:
    metrics, text = widget.fontMetrics(), widget.text()
    if isinstance(widget, QPushButton):
        wide = metrics.horizontalAdvance(text.replace("&", ""))
        return widget.width() < wide or widget.height() < metrics.height()
    if type(widget) is not QLabel or not text:
        return False
    return widget.height() < metrics.height() or (
        widget.wordWrap() and widget.heightForWidth(widget.width()) > widget.height() + 1
    )


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_that_is_written_can_be_read(qapp: QApplication, filled: Window, dark: bool) -> None:
    """What is drawn is measured: the ink of each label and button against the ground that it stands on."""
    theme = Theme(qapp, dark=dark)
    filled.resize(1480, 900)
    pale = []
    for page in PAGES:
        filled.go_to(page)
        for _ in range(3):
            qapp.processEvents()
        image = filled.grab().toImage()
        for widget in filled.findChildren(QWidget):
            if not isinstance(widget, (QLabel, QPushButton)) or not _is_seen(widget) or not widget.isEnabled():
                continue
            if isinstance(widget, Mark) or not widget.text().strip():
                continue
            ratio = _contrast_in(image, widget, filled)
            if ratio < 4.5:
                pale.append(f"{page}: {described(widget)} {widget.text()[:40]!r}: {ratio:.1f}")
    theme.wear(dark=False)
    assert pale == []


def _is_seen(widget: QWidget) -> bool:
    return widget.isVisible() and not widget.visibleRegion().isEmpty() and widget.height() > 6


def _contrast_in(image: QImage, widget: QWidget, window: QWidget) -> float:
    """The highest contrast of any pixel of a widget to the ground, which is what most of its pixels have."""
    counts: dict[int, int] = {}
    seen = widget.visibleRegion().boundingRect()
    corner = widget.mapTo(window, QPoint())
    ratio = image.devicePixelRatio()
    for y in range(seen.top() + 2, seen.bottom() - 1):
        for x in range(seen.left() + 2, seen.right() - 1):
            at = QPoint(int((corner.x() + x) * ratio), int((corner.y() + y) * ratio))
            if image.valid(at):
                value = image.pixel(at)
                counts[value] = counts.get(value, 0) + 1
    if not counts:
        return 21.0
    ground = QColor(max(counts, key=lambda value: counts[value])).name()
    return max(contrast(QColor(value).name(), ground) for value in counts)


def test_the_measure_finds_text_that_is_too_pale(qtbot: QtBot, qapp: QApplication) -> None:
    Theme(qapp, dark=False)
    card = QLabel("Can this be read?")
    qtbot.addWidget(card)
    for ink, readable in ((LIGHT.muted, True), ("#aaaaaa", False)):
        palette = QPalette(card.palette())
        card.setStyleSheet(f"color: {ink}; background: {LIGHT.card}")
        card.setPalette(palette)
        card.resize(200, 40)
        card.show()
        assert (_contrast_in(card.grab().toImage(), card, card) >= 4.5) is readable
