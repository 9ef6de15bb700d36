"""The window remembers, and a damaged memory is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from fetchtozip_gui.gui.memory import Memory


def test_what_is_kept_is_there_at_the_next_start(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "window.ini")
    memory.keep(form__folder="/home/ada/ä, b=c;d", practice__port="4711", window__geometry=QByteArray(b"\x00\x01"))
    memory.save()
    again = Memory(tmp_path / "window.ini")
    assert again.text("form/folder") == "/home/ada/ä, b=c;d"
    assert again.port() == 4711
    assert again.geometry() == QByteArray(b"\x00\x01")


@pytest.mark.parametrize("text", ["", "[practice]\nport=99999\n", "[practice]\nport=a, b\n", "\x00\xff[[["])
def test_a_damaged_memory_is_as_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "window.ini").write_text(text)
    memory = Memory(tmp_path / "window.ini")
    assert (memory.port(), memory.geometry().isEmpty(), memory.text("form/format", "zip")) == (0, True, "zip")
