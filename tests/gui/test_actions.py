"""Actions are data: each has its own keys, its menu, its button, and a place in the list of shortcuts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from fetchtozip_gui.gui.actions import Action, Actions
from fetchtozip_gui.gui.window import Window


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def actions(qtbot: QtBot, asked: list[str]) -> Iterator[Actions]:
    window = QMainWindow()
    qtbot.addWidget(window)
    known = [
        Action("open", "&Open…", lambda: asked.append("open"), "&File", ("Ctrl+O", "Ctrl+Alt+O"), "Open a recipe"),
        Action("undo", "&Undo", lambda: asked.append("undo"), "&Edit", ("Ctrl+Z",)),
        Action("light", "&Light", lambda: asked.append("light"), "&View", group="theme", starts_section=True),
        Action("dark", "&Dark", lambda: asked.append("dark"), "&View", group="theme"),
        Action("hidden", "R&&D", lambda: asked.append("hidden")),
    ]
    actions = Actions(known, window)
    actions.fill(window.menuBar())
    yield actions
    window.close()


def test_menus_are_made_from_the_list(actions: Actions) -> None:
    assert list(actions.menus) == ["&File", "&Edit", "&View"]
    texts = [action.text() for action in actions.menus["&View"].actions()]
    assert texts == ["", "&Light", "&Dark"]


def test_each_is_run_once(actions: Actions, asked: list[str]) -> None:
    for name in ("open", "dark", "hidden"):
        actions.made[name].trigger()
    actions.button("open").click()
    assert asked == ["open", "dark", "hidden", "open"]


def test_a_button_says_what_it_does_and_is_enabled_as_its_action_is(actions: Actions) -> None:
    button = actions.button("open")
    assert (button.text(), button.accessibleName()) == ("Open…", "Open")
    assert button.toolTip() == f"Open a recipe ({QKeySequence('Ctrl+O').toString()})"
    actions.made["open"].setEnabled(False)
    assert not button.isEnabled()


def test_one_of_a_group_is_chosen_without_doing_it(actions: Actions, asked: list[str]) -> None:
    actions.choose("light")
    actions.choose("dark")
    assert (actions.made["light"].isChecked(), actions.made["dark"].isChecked(), asked) == (False, True, [])


def test_an_action_tells_what_it_is_about(actions: Actions) -> None:
    actions.tell("undo", "Q&A")
    assert (actions.made["undo"].text(), actions.made["undo"].isEnabled()) == ("&Undo “Q&&A”", True)
    actions.tell("undo", "")
    assert (actions.made["undo"].text(), actions.made["undo"].isEnabled()) == ("&Undo", False)


def test_shortcuts_are_listed_in_words(actions: Actions) -> None:
    assert actions.shortcuts() == [("File", "Open", "Ctrl+O"), ("Edit", "Undo", "Ctrl+Z")]
    assert actions.known["hidden"].words == "R&D"


def test_no_two_actions_of_the_window_have_the_same_keys(window: Window) -> None:
    counts = Counter(keys.toString() for action in window.actions_.made.values() for keys in action.shortcuts())
    assert [keys for keys, count in counts.items() if count > 1] == []
    for name, menu in window.actions_.menus.items():
        letters = Counter(_letter(action.text()) for action in menu.actions() if _letter(action.text()))
        assert [letter for letter, count in letters.items() if count > 1] == [], name


def _letter(title: str) -> str:
    at = title.replace("&&", "").find("&")
    return title.replace("&&", "")[at + 1].lower() if at >= 0 else ""
