"""The Files page over a real engine: files are read, looked at, held to rules and exported, by keyboard too."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QAccessible, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMenuBar, QWidget
from pytestqt.qtbot import QtBot

from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.gui.models.files import OpenedFile
from fetchtozip_gui.gui.models.rules import FAULTS, FIELDS
from fetchtozip_gui.gui.models.session import Opened
from fetchtozip_gui.gui.pages.files import FilesPage
from fetchtozip_gui.gui.pages.maps_pane import MAPS
from fetchtozip_gui.gui.window import Window

if TYPE_CHECKING:
    from conftest import Keyboard

LONG = 60_000
TABS = ("Rows", "Profile", "Maps", "Outliers", "Clean", "Rules", "Merge", "Export")


@pytest.fixture
def page(closed_window: Window, engine: Engine) -> Iterator[FilesPage]:
    """The page of a window that is ready."""
    closed_window.open(Opened(engine, engine.jobs()))
    closed_window.go_to("files")
    return closed_window.rooms.files.page


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """2,000 rows with spaces, gaps, one number far away and 20 addresses that are none."""
    path = tmp_path / "orders.csv"
    lines = ["id,city,price,email"]
    for n in range(2000):
        city = (" Oslo", "Oslo", "Rome", "")[n % 4]
        price = "" if n % 10 == 3 else "9000" if n == 77 else f"{n % 50 + 0.5}"
        lines.append(f"{n},{city},{price},{'wrong' if n % 100 == 0 else f'a{n}@example.com'}")
    path.write_text("\n".join(lines) + "\n")
    return path


def read(qtbot: QtBot, page: FilesPage, *paths: Path) -> OpenedFile:
    page.open(list(paths))
    file = page.current
    assert file is not None
    qtbot.waitUntil(lambda: file.state not in ("waiting", "reading"), timeout=LONG)
    return file


def tab(page: FilesPage, title: str) -> Any:
    return page.pane().tab(title)


def test_files_are_dropped_and_read(qtbot: QtBot, page: FilesPage, orders: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and no more")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(broken)), QUrl.fromLocalFile(str(orders))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, left, none)
    page.dragEnterEvent(enter)
    assert enter.isAccepted()
    page.dropEvent(QDropEvent(QPoint(5, 5), copy, data, left, none))
    good = read(qtbot, page, orders)
    assert good.words().startswith("2,000 rows, 4 columns")
    bad = read(qtbot, page, broken)
    assert (bad.state, page.model.rowCount()) == ("failed", 2)
    assert "broken.parquet" in page.pane().notice.text().replace("\u200b", "")
    assert not page.pane().tabs.isVisible()
    # nothing of it stands among the jobs
    assert page.window().jobs.rowCount() == 0
    page.model.remove(bad)
    assert page.current is good


def test_the_rows_and_the_profile_are_of_all_rows(qtbot: QtBot, page: FilesPage, orders: Path) -> None:
    read(qtbot, page, orders)
    rows = tab(page, "Rows")
    qtbot.waitUntil(lambda: rows.model.rowCount() == 2000)
    assert rows.model.index(1999, 0).data() in ("…", "1999")
    profile = tab(page, "Profile")
    qtbot.waitUntil(lambda: profile.model.found == 4, timeout=LONG)
    price = profile.model.profile(2)
    assert (price.missing, price.max) == (200, 9000.0)
    profile.table.selectRow(2)
    assert "0.5 to 90.5829: 1,799; 8,918.71" in profile.histogram.accessibleDescription()
    profile.table.selectRow(1)
    assert "Rome: 500" in profile.chart().accessibleDescription()
    assert profile.model.index(2, 3).data() == "200 · 10.0 %"


def test_maps_and_outliers(qtbot: QtBot, page: FilesPage, orders: Path) -> None:
    file = read(qtbot, page, orders)
    maps = tab(page, "Maps")
    for which, words in enumerate(("price", "price", "city: 500 (25.0 %)", "missing")):
        maps.which.setCurrentIndex(which)
        qtbot.waitUntil(lambda: not maps.finding.is_working and maps.chart().count() > 0, timeout=LONG)
        assert maps.chart().accessibleName() == f"{MAPS[which][0]} of orders.csv"
        assert words in maps.chart().accessibleDescription()
    for name in ("map.png", "map"):
        with qtbot.waitSignal(maps.picture.saved, timeout=LONG) as told:
            maps.picture.save(str(orders.parent / name))
        assert told.args[0].stat().st_size > 1_000
    assert told.args == [orders.parent / "map.svg"]
    maps.picture.save(str(orders.parent / "nowhere" / "map.png"))
    qtbot.waitUntil(lambda: "cannot be written" in maps.notice.text(), timeout=LONG)
    pane = tab(page, "Outliers")
    qtbot.waitUntil(lambda: pane.model.rowCount() == 2, timeout=LONG)
    assert [pane.model.index(1, at).data() for at in (0, 1, 4)] == ["price", "1", "1"]
    assert pane.model.index(1, 7).data() == "9,000 (row 78)"
    pane.table.selectRow(1)
    pane.clip.click()
    step = {"type": "clean", "columns": ["price"], "outliers": "clip", "outlier_method": "iqr"}
    assert file.draft.part("steps") == [step]
    # the menu's Undo means the file that is shown
    page.window().actions_.made["undo"].trigger()
    assert file.draft.part("steps") == []


def test_steps_tell_what_they_do_to_all_rows(qtbot: QtBot, page: FilesPage, orders: Path) -> None:
    file = read(qtbot, page, orders)
    clean = tab(page, "Clean")
    qtbot.waitUntil(lambda: clean.model.stage(0) is not None, timeout=LONG)
    clean.insert("clean")
    qtbot.waitUntil(lambda: clean.model.stage(1) is not None and clean.model.stage(1).change is not None, timeout=LONG)
    assert clean.model.stage(1).change.words() == "500 values changed"
    file.draft.change("Drop", steps=[{"type": "clean", "handle_missing": "drop", "columns": ["price"]}])
    qtbot.waitUntil(lambda: clean.model.stage(1).rows == 1800, timeout=LONG)
    assert clean.model.stage(1).change.words() == "−200 rows"
    rows = tab(page, "Rows")
    rows.which.setCurrentIndex(1)
    qtbot.waitUntil(lambda: rows.model.rowCount() == 1800, timeout=LONG)
    file.draft.change("Wrong", steps=[{"type": "filter", "where": "gone > 1"}])
    qtbot.waitUntil(lambda: "gone" in rows.notice.text(), timeout=LONG)


def test_rules_are_typed_and_faults_are_listed_and_exported(
    qtbot: QtBot, page: FilesPage, orders: Path, keyboard: Keyboard, downloads: Path
) -> None:
    file = read(qtbot, page, orders)
    rules = tab(page, "Rules")
    qtbot.waitUntil(lambda: rules.model.rowCount() == 4)
    rules.table.setFocus()
    rules.table.setCurrentIndex(rules.model.index(2, FIELDS.index("max") + FAULTS + 1))
    keyboard.press(Qt.Key.Key_F2)
    keyboard.type("100")
    keyboard.press(Qt.Key.Key_Return)
    rules.table.setFocus()
    rules.table.setCurrentIndex(rules.model.index(2, FIELDS.index("required") + FAULTS + 1))
    keyboard.press(Qt.Key.Key_Space)
    assert rules.model.rules == {"price": {"max": 100, "required": True}}
    qtbot.waitUntil(lambda: rules.model.index(2, FAULTS).data() == "201", timeout=LONG)
    qtbot.waitUntil(lambda: rules.faults.rowCount() == 201, timeout=LONG)
    assert rules.words.text() == "✗ 201 faults in 201 of 2,000 rows"
    rules.save_to(str(downloads / "faults.csv"))
    qtbot.waitUntil(lambda: (downloads / "faults.csv").exists(), timeout=LONG)
    rules.model.set_on_error("drop")
    keyboard.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    export = tab(page, "Export")
    qtbot.waitUntil(lambda: export.card is not None and export.card.job.state == "completed", timeout=LONG)
    result = next(downloads.glob("orders*.zip"))
    with zipfile.ZipFile(result) as archive:
        listed = pl.read_csv(archive.read("rejects.csv"))
        data = next(name for name in archive.namelist() if name.endswith(".csv") and name != "rejects.csv")
        kept = pl.read_csv(archive.read(data))
    assert (listed.height, kept.height) == (201, 1799)
    assert file.path.read_text().count("\n") == 2001
    tab(page, "Rules")
    rules.table.setFocus()
    rules.table.setCurrentIndex(rules.model.index(2, 0))
    keyboard.press(Qt.Key.Key_Delete)
    assert rules.model.rules == {}
    # the same key takes a file off the list, there and nowhere else
    assert page.current is file


def test_spellings_are_ticked_and_merged(qtbot: QtBot, page: FilesPage, orders: Path, keyboard: Keyboard) -> None:
    file = read(qtbot, page, orders)
    merge = tab(page, "Merge")
    qtbot.waitUntil(lambda: merge.model.rowCount() == 1, timeout=LONG)
    assert merge.column.currentText() == "city"
    assert not merge.merge.isEnabled()
    assert merge.model.index(0, 2).data() == "1,000"
    merge.table.setFocus()
    merge.table.setCurrentIndex(merge.model.index(0, 3))
    keyboard.press(Qt.Key.Key_Space)
    merge.model.setData(merge.model.index(0, 1), "OSLO")
    assert merge.merge.text() == "Merge 1 group"
    merge.merge.click()
    values = {" Oslo": "OSLO", "Oslo": "OSLO"}
    assert file.draft.part("steps") == [{"type": "clean", "replace": [{"columns": ["city"], "values": values}]}]
    qtbot.waitUntil(lambda: merge.words.text() == "No values are alike.", timeout=LONG)


def test_merging_goes_by_keyboard_alone(qtbot: QtBot, page: FilesPage, tmp_path: Path, keyboard: Keyboard) -> None:
    path = tmp_path / "towns.csv"
    path.write_text("id,town\n" + "".join(f"{n},{('Zürich', 'zurich ', 'Oslo')[n % 3]}\n" for n in range(30)))
    file = read(qtbot, page, path)
    with qtbot.waitActive(page.window()):
        page.window().activateWindow()
    page.pane().take_focus()
    for _ in range(TABS.index("Merge")):
        keyboard.press(Qt.Key.Key_Right)
    merge = tab(page, "Merge")
    qtbot.waitUntil(lambda: merge.model.rowCount() == 1, timeout=LONG)
    # column, method, Tick all, the table
    reach(keyboard, merge.method)
    keyboard.press(Qt.Key.Key_Down)
    assert merge.method.currentIndex() == 1
    keyboard.press(Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: not merge.finding.is_working and merge.model.rowCount() == 1, timeout=LONG)
    reach(keyboard, merge.table)
    keyboard.press(Qt.Key.Key_Space)
    keyboard.press(Qt.Key.Key_F2)
    keyboard.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    keyboard.type("Zurich")
    keyboard.press(Qt.Key.Key_Return)
    reach(keyboard, merge.merge, back=True)
    keyboard.press(Qt.Key.Key_Space)
    values = {"Zürich": "Zurich", "zurich ": "Zurich"}
    assert file.draft.part("steps") == [{"type": "clean", "replace": [{"columns": ["town"], "values": values}]}]
    assert "2 values of town become another" in merge.notice.text()


def reach(keyboard: Keyboard, wanted: QWidget, *, back: bool = False) -> None:
    """Go there with Tab."""
    for _ in range(30):
        if wanted.hasFocus():
            return
        keyboard.press(Qt.Key.Key_Backtab if back else Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not reach {wanted.accessibleName() or wanted}")


def test_a_wide_map_is_walked_through(qtbot: QtBot, page: FilesPage, tmp_path: Path, keyboard: Keyboard) -> None:
    path = tmp_path / "wide.csv"
    count = 70
    pl.DataFrame({f"measure {n}": [(n * row) % 17 for row in range(20)] for n in range(count)}).write_csv(path)
    read(qtbot, page, path)
    maps = tab(page, "Maps")
    qtbot.waitUntil(lambda: maps.cells.count() == count * count, timeout=LONG)
    qtbot.waitUntil(lambda: maps.cells.width() >= maps.cells.sizeHint().width(), timeout=LONG)
    maps.cells.setFocus()
    keyboard.press(Qt.Key.Key_End)
    seen = maps.cells.visibleRegion().boundingRect()
    assert seen.contains(maps.cells.box_of(count * count - 1).center().toPoint())
    keyboard.press(Qt.Key.Key_Home)
    left, top = maps.cells.covered()
    seen = maps.cells.visibleRegion().boundingRect().adjusted(round(left) - 1, round(top) - 1, 0, 0)
    assert seen.contains(maps.cells.box_of(0).center().toPoint())


@pytest.mark.parametrize("suffix", [".html", ".json"])
def test_a_report_is_written(qtbot: QtBot, page: FilesPage, orders: Path, downloads: Path, suffix: str) -> None:
    read(qtbot, page, orders)
    button = page.pane().buttons[0]
    with qtbot.waitSignal(button.told, timeout=LONG):
        button.write(str(downloads / f"report{suffix}"))
    assert "orders.csv" in (downloads / f"report{suffix}").read_text(encoding="utf-8")
    with qtbot.waitSignal(button.failed, timeout=LONG):
        button.write(str(downloads / "nowhere" / f"report{suffix}"))


def test_every_control_has_a_name_and_says_what_it_does(qtbot: QtBot, page: FilesPage, orders: Path) -> None:
    read(qtbot, page, orders)
    page.pane().form.open()
    wrong = set()
    for title in TABS:
        tab(page, title)
        for control in page.findChildren(QWidget):
            reached = control.isVisible() and control.isEnabled() and control.focusPolicy() & Qt.FocusPolicy.TabFocus
            if not reached or isinstance(control, QMenuBar) or control.objectName().startswith("Scroll"):
                continue
            name = QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)
            if not name or not control.toolTip():
                wrong.add(f"{title}: {type(control).__name__} {name!r} in {type(control.parent()).__name__}")
    assert wrong == set()


def test_files_are_chosen_by_keyboard(qtbot: QtBot, page: FilesPage, orders: Path, keyboard: Keyboard) -> None:
    assert page.choose.hasFocus()
    keyboard.press(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = page.window().findChild(QFileDialog)
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    dialog.filesSelected.emit([str(orders)])
    dialog.close()
    qtbot.waitUntil(lambda: page.current is not None and page.current.state == "ready", timeout=LONG)
    with qtbot.waitActive(page.window()):
        page.window().activateWindow()
    page.take_focus()
    keyboard.press(Qt.Key.Key_Delete)
    assert page.model.rowCount() == 0
