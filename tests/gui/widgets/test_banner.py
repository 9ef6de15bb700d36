"""The banner says one thing at a time, offers something to do about it, and goes when it is told to."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fetchtozip_gui.gui.widgets.banner import Banner


@pytest.fixture
def home(qtbot: QtBot) -> QWidget:
    home = QWidget()
    qtbot.addWidget(home)
    return home


@pytest.fixture
def banner(qtbot: QtBot, home: QWidget) -> Banner:
    banner = Banner()
    banner.setParent(home)
    with qtbot.waitExposed(home):
        home.show()
    home.activateWindow()
    assert not banner.isVisible()
    return banner


def test_a_sentence_is_said_until_it_is_sent_away(banner: Banner) -> None:
    banner.say("Saved as ~/orders.fetchtozip.json.")
    assert banner.isVisible()
    assert banner.text() == "Saved as ~/orders.fetchtozip.json."
    assert not banner.do.isVisible()
    banner.leave.setFocus()
    QTest.keyClick(banner.leave, Qt.Key.Key_Space)
    assert not banner.isVisible()


def test_what_is_offered_is_done_once_and_the_banner_goes(banner: Banner) -> None:
    done: list[str] = []
    banner.say("1 job was cut off.", "Resume", lambda: done.append("resumed"), leave="Not now")
    assert (banner.do.text(), banner.leave.text()) == ("Resume", "Not now")
    assert banner.do.toolTip() == "Resume: 1 job was cut off."
    banner.do.click()
    assert done == ["resumed"]
    assert not banner.isVisible()
    banner.do.click()
    assert done == ["resumed"]


def test_what_is_said_next_takes_its_place(banner: Banner) -> None:
    done: list[str] = []
    banner.say("1 job was cut off.", "Resume", lambda: done.append("resumed"))
    banner.say("Saved.")
    assert banner.text() == "Saved."
    assert not banner.do.isVisible()
    banner.do.click()
    assert done == []


def test_what_is_done_may_say_something_itself(banner: Banner) -> None:
    banner.say("No folder.", "Try again", lambda: banner.say("Still no folder."))
    banner.do.click()
    assert banner.isVisible()
    assert banner.text() == "Still no folder."


def test_it_is_spoken_and_never_taken_for_markup(banner: Banner) -> None:
    banner.say("<b>1</b> of a/very/long/path")
    spoken = QAccessible.queryAccessibleInterface(banner).text(QAccessible.Text.Name)
    assert spoken == "<b>1</b> of a/very/long/path"
    assert banner._words.textFormat() is Qt.TextFormat.PlainText
