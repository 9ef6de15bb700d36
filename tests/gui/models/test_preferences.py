"""Settings: what is not allowed is refused in a sentence, what is allowed is kept and told."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fetchtozip_gui.gui.memory import Memory
from fetchtozip_gui.gui.models.preferences import Preferences


@pytest.fixture
def preferences(qtbot: QtBot, memory: Memory) -> Preferences:
    return Preferences(memory)


def test_what_is_set_is_told_once_and_there_at_the_next_start(
    preferences: Preferences, memory: Memory, tmp_path: Path
) -> None:
    heard: list[str] = []
    preferences.changed.connect(heard.append)
    for _ in range(2):
        preferences.set("theme", "dark")
        preferences.set("scale", 150)
        preferences.set("asks", False)
        preferences.set("folder", str(tmp_path))
    assert heard == ["theme", "scale", "asks", "folder"]
    again = Preferences(Memory(tmp_path / "window.ini"))
    assert (again.text("theme"), again.number("scale"), again.is_on("asks")) == ("dark", 150, False)
    assert again.text("folder") == str(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("theme", "pink", "Theme: is 'pink'; allowed are system, light, dark."),
        ("scale", 99, "Text size: is '99'; allowed is a whole number from 100 to 200."),
        ("scale", "１５０", "Text size: is '１５０'; allowed is a whole number from 100 to 200."),
        ("jobs", 0, "Jobs at once: is '0'; allowed is a whole number from 1 to 8."),
        ("port", "80", "Port: is '80'; allowed is a whole number from 1,024 to 65,535."),
        ("port", "a", "Port: is 'a'; allowed is a whole number from 1,024 to 65,535."),
        ("folder", "/no/where", "Folder for exports: is '/no/where'; there is no such folder."),
    ],
)
def test_what_is_not_allowed_changes_nothing(
    qtbot: QtBot, preferences: Preferences, name: str, value: str | int, words: str
) -> None:
    before = preferences.text(name)
    with qtbot.assertNotEmitted(preferences.changed), pytest.raises(ValueError, match="is") as refused:
        preferences.set(name, value)
    assert str(refused.value).startswith(words)
    assert preferences.text(name) == before


def test_a_damaged_file_counts_as_not_set(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "bad.ini").write_text("[settings]\ntheme=pink\nscale=9999\nport=a, b\njobs=-1\nfolder=/no/where\n")
    preferences = Preferences(Memory(tmp_path / "bad.ini"))
    assert [preferences.text(name) for name in ("theme", "scale", "port", "jobs", "folder")] == [
        "system",
        "100",
        "8000",
        "2",
        "",
    ]
