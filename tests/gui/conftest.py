"""A real window over a real engine, on no screen."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt makes its application

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from memory_keyring import Entries
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fetchtozip_gui.demo import demo_recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.vault import Vault
from fetchtozip_gui.gui.bridge import WindowPool
from fetchtozip_gui.gui.collector import Collector
from fetchtozip_gui.gui.coroutines import coroutines
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.icons import Icons
from fetchtozip_gui.gui.memory import Memory
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.models.preferences import Preferences
from fetchtozip_gui.gui.models.session import Opened
from fetchtozip_gui.gui.resources import resource
from fetchtozip_gui.gui.starting import first_draft
from fetchtozip_gui.gui.theme import Theme
from fetchtozip_gui.gui.window import Window

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def new_job() -> Callable[..., Job]:
    """Makes the first snapshot of a job; a higher number is a later job."""

    def make(number: int = 1, name: str = "orders", **values: object) -> Job:
        return Job(id=f"{number:013d}", recipe_name=name, recipe={}, key="key", created_at=NOW, **values)

    return make


@pytest.fixture(autouse=True)
def _empty_clipboard(qapp: QApplication) -> Iterator[None]:
    # without a screen, what Python has put there outlives Python and takes the process down
    yield
    qapp.clipboard().clear()


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """The folder for the results."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def collector() -> Iterator[Collector]:
    """As the program has it: nothing of Qt is collected by a thread that is not the window's."""
    collector = Collector()
    yield collector
    collector.collect_what_is_due()
    collector.close()


@pytest.fixture(autouse=True)
def _loop(qapp: QApplication) -> Iterator[None]:
    """As the program has it: coroutines run in the window's thread."""
    with coroutines(qapp):
        yield


@pytest.fixture
def errands(qapp: QApplication) -> Iterator[Errands]:
    """In threads of their own."""
    errands = Errands()
    yield errands
    errands.close()
    errands.deleteLater()


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """An empty one."""
    return Memory(tmp_path / "window.ini")


@pytest.fixture
def closed_window(qtbot: QtBot, qapp: QApplication, memory: Memory, downloads: Path) -> Iterator[Window]:
    """A window that has no engine yet."""
    Theme(qapp, dark=False)
    errands = Errands()
    window = Window(errands, Icons(resource("icons")), memory, Preferences(memory), str(downloads))
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    yield window
    window.leave()
    errands.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """As the program has it: jobs in worker processes, supervised in Qt's threads."""
    engine = Engine(Folder(tmp_path / "data"), pool=WindowPool())
    yield engine
    engine.close()


@pytest.fixture
def draft() -> Iterator[DraftModel]:
    draft = DraftModel()
    yield draft
    draft.deleteLater()


@pytest.fixture
def findings() -> Iterator[Findings]:
    findings = Findings()
    yield findings
    findings.deleteLater()


@pytest.fixture
def window(closed_window: Window, engine: Engine, practice: str) -> Window:
    """A window that is ready, with the practice source filled in."""
    recipe = demo_recipe(practice)
    closed_window.draft.begin(first_draft(recipe))
    closed_window.open(Opened(engine, engine.jobs(), address=practice, practice=recipe))
    return closed_window


@pytest.fixture
def vault(window: Window, tmp_path: Path) -> Vault:
    """The window's own, which needs no keyring of the system."""
    vault = Vault(tmp_path / "vault.sqlite", Entries())
    opened = window.session._opened
    assert opened is not None
    window.session._opened = replace(opened, vault=vault)
    return vault


class Keyboard:
    """Types into whatever has the keyboard, as a user without a mouse does."""

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(_focused(), key, modifier)

    def type(self, text: str) -> None:
        QTest.keyClicks(_focused(), text)


def _focused() -> object:
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the keyboard"
    return widget


@pytest.fixture
def keyboard() -> Keyboard:
    return Keyboard()
