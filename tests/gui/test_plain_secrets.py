"""A secret typed into an address is told of, kept in the keyring, shown to nobody, and saved where that is wanted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from paged_api import PagedApi
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QMessageBox, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from raw_server import Wire

from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.vault import Vault
from fetchtozip_gui.gui.documents import KEEP, PLAIN
from fetchtozip_gui.gui.widgets.secret_offer import SecretOffer, listed
from fetchtozip_gui.gui.window import Window

LONG = 60_000
CANARY = "canary-8e21f4"


@pytest.fixture
def offer(window: Window) -> SecretOffer:
    return window.findChild(SecretOffer)


def type_address(window: Window, address: str) -> QLineEdit:
    window.go_to_address()
    line = window.rooms.bench.source.form.address.line
    QTest.keyClicks(line, address)
    return line


def test_it_is_offered_and_kept_and_the_source_is_read_with_it(
    qtbot: QtBot, window: Window, vault: Vault, offer: SecretOffer
) -> None:
    assert not offer.isVisible()
    heard: list[str] = []

    def hear(page: int, wire: Wire) -> bool:
        heard.append(wire.ask.query("api_key", ""))
        return False

    with PagedApi(25, before=hear) as api:
        type_address(window, f"{api.url}?api_key={CANARY}")
        assert offer.isVisible()
        assert offer.words.text().startswith("! “api_key” in plain:")
        qtbot.mouseClick(offer.keep, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not offer.isVisible(), timeout=LONG)
        source = window.draft.part("source")
        assert source["url"] == api.url
        reference = source["params"]["api_key"]
        assert vault.read(reference.removeprefix("keyring:")) == CANARY
        bench = window.rooms.bench
        with qtbot.waitSignal(bench.source.tested, timeout=LONG):
            bench.source.test()
        assert bench.findings.tested is not None
        assert bench.findings.tested.problem is None
        assert set(heard) == {CANARY}
    assert window.draft.undo_words() == "Keep secrets in the keyring"


def test_one_that_cannot_be_kept_says_why(
    qtbot: QtBot, window: Window, vault: Vault, offer: SecretOffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(name: str, secret: str) -> None:
        raise RecipeError("There is no keyring here.")

    monkeypatch.setattr(vault, "write", write)
    type_address(window, f"https://api.example.com/orders?token={CANARY}")
    offer.keep.click()
    qtbot.waitUntil(lambda: "There is no keyring here. Or write env:NAME" in offer.words.text(), timeout=LONG)
    assert offer.keep.isEnabled()
    assert window.draft.part("source")["url"].endswith(CANARY)


def texts(window: Window) -> list[str]:
    """All that can be read in the window, seen or not."""
    found = [window.windowTitle()]
    for widget in window.findChildren(QWidget):
        found += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
        if isinstance(widget, (QLabel, QPushButton, QLineEdit)):
            found.append(widget.text())
        elif isinstance(widget, QPlainTextEdit):
            found.append(widget.toPlainText())
    return found


def test_while_it_is_in_plain_nobody_sees_it_and_nothing_on_disk_has_it(
    qtbot: QtBot, window: Window, engine: Engine, tmp_path: Path
) -> None:
    with PagedApi(25) as api:
        line = type_address(window, f"{api.url}?api_key={CANARY}&page=1")
        assert CANARY in line.text()
        bench = window.rooms.bench
        with qtbot.waitSignal(bench.source.tested, timeout=LONG):
            bench.source.test()
        window.start()
        qtbot.waitUntil(lambda: window.jobs.rowCount() == 1 and not window.jobs.active(), timeout=LONG)
        window.go_to("jobs")
        script = window.go_to("script")
        for button in script.ways.values():
            button.click()
            qtbot.waitUntil(lambda: bool(script.text.toPlainText()), timeout=LONG)
            assert [text for text in texts(window) if CANARY in text] == []
    assert line.text().endswith("?api_key=***&page=1")
    assert window.draft.part("source")["url"].endswith(f"?api_key={CANARY}&page=1")
    line.setFocus()
    assert CANARY in line.text()
    holders = [
        path for path in engine.folder.root.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()
    ]
    assert holders == []


def save(qtbot: QtBot, window: Window, path: Path, answer: str) -> None:
    window.actions_.made["save_as"].trigger()
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is not None)
    dialog = window.findChild(QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    box = window.findChild(QMessageBox)
    assert "“token”" in box.text()
    assert not path.exists()
    next(button for button in box.buttons() if button.text() == answer).click()


def test_saving_asks_and_keeps_it_first(qtbot: QtBot, window: Window, vault: Vault, tmp_path: Path) -> None:
    file = tmp_path / "orders.fetchtozip.json"
    type_address(window, f"https://api.example.com/orders?token={CANARY}")
    save(qtbot, window, file, KEEP)
    qtbot.waitUntil(file.exists, timeout=LONG)
    qtbot.waitUntil(lambda: window.draft.is_saved, timeout=LONG)
    assert CANARY not in file.read_text()
    assert json.loads(file.read_text())["source"]["params"]["token"].startswith("keyring:")


def test_its_owner_may_save_it_in_plain_or_not_at_all(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    file = tmp_path / "orders.fetchtozip.json"
    type_address(window, f"https://api.example.com/orders?token={CANARY}")
    save(qtbot, window, file, "Do not save")
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is None)
    assert not file.exists()
    save(qtbot, window, file, PLAIN)
    qtbot.waitUntil(file.exists, timeout=LONG)
    assert json.loads(file.read_text())["source"]["url"].endswith(CANARY)


def test_many_names_are_told_in_one_line() -> None:
    assert listed(("a",)) == "“a”"
    assert listed(("a", "b", "c", "d")) == "“a”, “b”, “c” and more"
