"""What is dropped, pasted and handed over: looked at, shown where it is foreign, its secrets kept apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from memory_keyring import Entries
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.engine.vault import Vault
from fetchtozip_gui.gui.bringing import wanted_of
from fetchtozip_gui.gui.widgets.bring_dialog import BringDialog
from fetchtozip_gui.gui.window import Window

LONG = 60_000
CURL = "curl https://api.example.com/orders -H 'Authorization: Bearer abcdef-123456' -H 'Accept: application/json'"
CTRL = Qt.KeyboardModifier.ControlModifier


def dialog_of(qtbot: QtBot, window: Window) -> BringDialog:
    qtbot.waitUntil(lambda: window.findChild(BringDialog) is not None, timeout=LONG)
    return window.findChild(BringDialog)


@pytest.mark.parametrize(
    ("urls", "text", "wanted"),
    [
        (["https://a.io/x"], "", "https://a.io/x"),
        (["file:///tmp/a%20b.csv"], "ignored", Path("/tmp/a b.csv")),
        ([], "  curl https://a.io ", "curl https://a.io"),
        ([], "   ", None),
    ],
)
def test_the_first_thing_of_what_was_dropped_is_wanted(
    qapp: QApplication, urls: list[str], text: str, wanted: str | Path | None
) -> None:
    data = QMimeData()
    data.setText(text)
    if urls:
        data.setUrls([QUrl(url) for url in urls])
    assert wanted_of(data) == wanted
    assert wanted_of(None) is None


def test_a_pasted_address_becomes_the_source(qtbot: QtBot, window: Window, qapp: QApplication) -> None:
    qapp.clipboard().setText("https://api.example.com/stock")
    window.sidebar.buttons["export"].setFocus()
    qtbot.keyClick(window.sidebar.buttons["export"], Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: window.draft.part("name") == "stock", timeout=LONG)
    assert "Undo (Ctrl+Z) brings the former one back." in window.banner.text()


def test_secrets_of_a_command_go_to_the_keyring(qtbot: QtBot, window: Window, vault: Vault) -> None:
    window.bringing.take(CURL)
    dialog = dialog_of(qtbot, window)
    assert "It holds secrets; they go to the keyring" in dialog.about.text()
    assert "abcdef" not in dialog.about.text()
    assert vault.names() == []
    dialog.use.click()
    qtbot.waitUntil(lambda: window.draft.part("name") == "orders", timeout=LONG)
    (name,) = vault.names()
    assert vault.read(name).endswith("abcdef-123456")
    assert f"keyring:{name}" in str(window.draft.part("source"))
    assert "abcdef" not in str(window.draft.document())


def test_where_a_secret_cannot_be_kept_the_draft_stays(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    class Absent(Entries):
        def set_password(self, service: str, username: str, password: str) -> None:
            raise RecipeError("There is no keyring.")

    opened = window.session._opened
    assert opened is not None
    window.session._opened = replace(opened, vault=Vault(tmp_path / "other.sqlite", Absent()))
    window.bringing.take(CURL)
    dialog_of(qtbot, window).use.click()
    qtbot.waitUntil(window.notice.isVisible, timeout=LONG)
    assert "There is no keyring." in window.notice.text()
    assert window.draft.part("name") == "online-retail"


def test_the_dialog_looks_at_what_is_pasted_into_it(qtbot: QtBot, window: Window) -> None:
    window.actions_.made["bring"].trigger()
    dialog = dialog_of(qtbot, window)
    assert not dialog.use.isEnabled()
    dialog.look_button.click()
    assert "There is nothing to look at." in dialog.notice.text()
    dialog.text.setPlainText("this is nothing")
    dialog.look_button.click()
    qtbot.waitUntil(lambda: "“this is nothing”" in dialog.notice.text(), timeout=LONG)
    dialog.text.setPlainText("https://a.io/first\nhttps://a.io/second\nhttps://a.io/third")
    dialog.look_button.click()
    qtbot.waitUntil(lambda: dialog.list.count() == 3, timeout=LONG)
    dialog.filter.setText("second")
    assert [dialog.list.item(at).isHidden() for at in range(3)] == [True, False, True]
    dialog.list.setCurrentRow(1)
    dialog.use.click()
    qtbot.waitUntil(lambda: window.draft.part("name") == "second", timeout=LONG)


def test_an_export_gives_its_recipe_or_its_rows(qtbot: QtBot, window: Window, downloads: Path) -> None:
    window.draft.change("Fewer", source={**window.draft.part("source"), "page_limit": 1})
    document = window.draft.document()
    window.start()
    qtbot.waitUntil(lambda: window.jobs.rowCount() == 1 and not window.jobs.active(), timeout=LONG)
    window.draft.change("Name", name="another")
    window.bringing.take(downloads / "online-retail.zip")
    dialog = dialog_of(qtbot, window)
    assert dialog.list.count() == 2
    assert dialog.about.text().startswith("• Fetches http://127.0.0.1:")
    dialog.list.setCurrentRow(1)
    assert dialog.about.text().startswith("• Reads the file")
    dialog.list.setCurrentRow(0)
    dialog.use.click()
    assert window.draft.part("source") == document["source"]
    assert window.documents.path is None
