"""The Settings page: every change counts at once, what is not allowed is said, and cleaning shows what would go."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.gui.pages.settings import SettingsPage
from fetchtozip_gui.gui.widgets.disk_card import WISHES, DiskCard
from fetchtozip_gui.gui.window import Window

LONG = 60_000


@pytest.fixture
def page(window: Window) -> SettingsPage:
    page = window.go_to("settings")
    assert isinstance(page, SettingsPage)
    return page


def test_what_is_chosen_is_set_and_shown(window: Window, page: SettingsPage) -> None:
    preferences = window.preferences
    page.themes["dark"].click()
    page.scale.setValue(153)
    page.jobs.setValue(4)
    page.port.setValue(9000)
    page.port.editingFinished.emit()
    page.uploads.setValue(2000)
    page.uploads.editingFinished.emit()
    page.asks.click()
    assert [preferences.text(name) for name in ("theme", "scale", "jobs", "port", "uploads", "asks")] == [
        "dark",
        "150",
        "4",
        "9000",
        "2000",
        "off",
    ]
    assert page._percent.text() == "150 %"


def test_what_is_set_elsewhere_is_shown(window: Window, page: SettingsPage) -> None:
    window.preferences.enlarge(20)
    window.preferences.set("theme", "light")
    assert (page.scale.value(), page.themes["light"].isChecked()) == (120, True)
    for _ in range(20):
        window.preferences.enlarge(10)
    assert (page.scale.value(), window.preferences.number("scale")) == (200, 200)


def test_a_folder_that_is_not_there_is_said_beside_it(window: Window, page: SettingsPage, tmp_path: Path) -> None:
    page.folder.setText("/no/where")
    page.folder.editingFinished.emit()
    assert page.notices["folder"].isVisible()
    assert "there is no such folder" in page.notices["folder"].text()
    assert window.preferences.text("folder") == ""
    page.folder.setText(str(tmp_path))
    page.folder.editingFinished.emit()
    assert not page.notices["folder"].isVisible()
    assert window.exports_folder() == str(tmp_path)


def test_a_folder_is_chosen(qtbot: QtBot, window: Window, page: SettingsPage, tmp_path: Path) -> None:
    page.choose.click()
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None)
    dialog = page.findChild(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path))
    dialog.reject()
    assert window.preferences.text("folder") == str(tmp_path)


def test_the_disk_is_measured_and_cleaned_after_a_look(
    qtbot: QtBot, window: Window, page: SettingsPage, engine: Engine, practice: str
) -> None:
    url = f"{practice}/practice/online-retail?rows=20&limit=10"
    job = engine.submit(Recipe.parse({"source": {"type": "http", "url": url}}))
    qtbot.waitUntil(lambda: window.jobs.rowCount() == 1 and not window.jobs.active(), timeout=LONG)
    disk = page.findChild(DiskCard)
    assert disk is not None
    disk._measure()
    qtbot.waitUntil(lambda: "by 1 job" in disk.used.text(), timeout=LONG)
    disk.look.click()
    qtbot.waitUntil(disk.notice.isVisible, timeout=LONG)
    assert disk.notice.text().startswith("Nothing would go.")
    disk.wishes.setCurrentIndex(len(WISHES) - 1)
    assert not disk.notice.isVisible()
    disk.look.click()
    qtbot.waitUntil(disk.delete.isVisible, timeout=LONG)
    assert disk.delete.text().startswith("Delete 1 job, ")
    assert engine.job(job.id).state == "completed"  # a look deletes nothing
    disk.delete.click()
    qtbot.waitUntil(lambda: disk.notice.text().startswith("Deleted 1 job"), timeout=LONG)
    assert engine.jobs() == []
    assert window.jobs.rowCount() == 0
