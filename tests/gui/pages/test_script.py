"""The Script page: the server's switch and key, its requests, and the draft written for somewhere else."""

from __future__ import annotations

import json

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from fetchtozip_gui.api.guard import Heard
from fetchtozip_gui.engine.job import now_utc
from fetchtozip_gui.gui.models.requests import RequestLog
from fetchtozip_gui.gui.pages.script import ScriptPage
from fetchtozip_gui.gui.window import Window

LONG = 60_000


class Switch:
    """A server that is only said to be there."""

    def __init__(self) -> None:
        self.ports: list[int] = []

    def start(self, port: int) -> str:
        self.ports.append(port)
        return f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        self.ports.append(0)


@pytest.fixture
def switch() -> Switch:
    return Switch()


@pytest.fixture
def page(qtbot: QtBot, window: Window, switch: Switch) -> ScriptPage:
    window.server.open(switch, None, "http://127.0.0.1:8000", None)
    page = window.go_to("script")
    assert isinstance(page, ScriptPage)
    return page


def test_the_server_is_turned_off_and_on(qtbot: QtBot, window: Window, page: ScriptPage, switch: Switch) -> None:
    assert page._state.text() == "On at http://127.0.0.1:8000"
    page.turn.click()
    qtbot.waitUntil(lambda: page._state.text() == "Off", timeout=LONG)
    assert (page.turn.text(), page.copy_address.isEnabled()) == ("Turn on", False)
    assert window.status.server.text() == "○ Server off"
    page.turn.click()
    qtbot.waitUntil(lambda: page._state.text() == "On at http://127.0.0.1:8000", timeout=LONG)
    assert switch.ports == [0, 8000]


def test_the_address_is_copied(page: ScriptPage) -> None:
    page.copy_address.click()
    assert QGuiApplication.clipboard().text() == "http://127.0.0.1:8000"


def test_the_key_is_hidden_shown_copied_and_made_anew(qtbot: QtBot, window: Window, page: ScriptPage) -> None:
    assert not page.key.isVisible()
    page.keyed.click()
    qtbot.waitUntil(lambda: window.server.key() is not None and page.key.isVisible(), timeout=LONG)
    assert page.key.echoMode() is QLineEdit.EchoMode.Password
    page.show_key.click()
    assert page.key.echoMode() is QLineEdit.EchoMode.Normal
    page.copy_key.click()
    first = QGuiApplication.clipboard().text()
    assert first == page.key.text() == window.server.key()
    page.new_key.click()
    assert page.key.text() not in ("", first)
    assert "key asked" in window.status.server.text()
    page.keyed.click()
    assert window.server.key() is None


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("cURL", "/api/export"),
        ("Python", "import httpx"),
        ("Command line", "fetchtozip run"),
        ("Recipe", '"version": 1'),
        ("First request", "curl "),
    ],
)
def test_the_draft_is_written_in_every_way(
    qtbot: QtBot, window: Window, page: ScriptPage, way: str, words: str
) -> None:
    page.ways[way].click()
    qtbot.waitUntil(lambda: words in page.text.toPlainText(), timeout=LONG)
    assert "online-retail" in page.text.toPlainText()
    page.copy_text.click()
    assert QGuiApplication.clipboard().text() == page.text.toPlainText()


def test_it_follows_the_draft_and_says_what_is_wrong_with_it(qtbot: QtBot, window: Window, page: ScriptPage) -> None:
    page.ways["Recipe"].click()
    window.draft.change("Name", name="renamed")
    qtbot.waitUntil(lambda: '"name": "renamed"' in page.text.toPlainText(), timeout=LONG)
    assert json.loads(page.text.toPlainText())["name"] == "renamed"
    window.draft.change("Pages", source={"type": "http", "url": "https://a.io", "page_limit": -1})
    qtbot.waitUntil(lambda: "source.page_limit" in page.text.toPlainText(), timeout=LONG)
    assert all(line.startswith("#") for line in page.text.toPlainText().splitlines())
    assert not page.copy_text.isEnabled()


def test_requests_are_listed_and_found(qtbot: QtBot, window: Window, page: ScriptPage) -> None:
    log: RequestLog = window.server.requests
    for path, status in (("/health", 200), ("/api/export/start", 400)):
        log.hear(Heard(now_utc(), "GET", path, status, 0.002, "id"))
    qtbot.waitUntil(lambda: page.requests.rowCount() == 2)
    page.filter.setText("400")
    assert page.requests.rowCount() == 1
