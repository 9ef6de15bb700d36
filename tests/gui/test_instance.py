"""A second start hands over to the first one; nothing else that knocks does any harm."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.gui.instance import LONGEST, Instance, hand_over, name_of

SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from fetchtozip_gui.gui.instance import hand_over
application = QCoreApplication([])
raise SystemExit(not hand_over(Path(sys.argv[1]), sys.argv[2]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Folder(tmp_path / "data").prepare().root


@pytest.fixture
def first(qtbot: QtBot, folder: Path) -> Iterator[Instance]:
    first = Instance(folder)
    assert first.listens
    yield first
    first.close()
    first.deleteLater()


@pytest.mark.parametrize("wanted", ["", "https://example.com/ä?a=1&b=2", "/home/ada/a b.json"])
def test_what_is_wanted_is_handed_over_by_another_process(
    qtbot: QtBot, first: Instance, folder: Path, wanted: str
) -> None:
    command = [sys.executable, "-c", SECOND, str(folder), wanted]
    with (
        subprocess.Popen(command) as second,
        qtbot.waitSignal(first.asked, timeout=60_000) as asked,
    ):
        pass
    assert asked.args == [wanted]
    assert second.returncode == 0


def test_without_a_first_one_nothing_is_handed_over(qtbot: QtBot, folder: Path, first: Instance) -> None:
    first.close()
    assert not hand_over(folder, "https://example.com")


def test_what_a_killed_one_has_left_is_in_nobodys_way(qtbot: QtBot, folder: Path) -> None:
    Path(name_of(folder)).touch()
    assert not hand_over(folder, "x")
    first = Instance(folder)
    assert first.listens
    first.close()
    first.deleteLater()


@pytest.mark.parametrize("message", [b"hello\n", b"[]\n", b'{"open": 1}\n', b"\xff\n", b"x" * (LONGEST + 1)])
def test_a_message_that_is_none_is_let_pass(qtbot: QtBot, first: Instance, folder: Path, message: bytes) -> None:
    socket = QLocalSocket(first)
    socket.connectToServer(name_of(folder))
    assert socket.waitForConnected(5000)
    with qtbot.assertNotEmitted(first.asked):
        socket.write(message)
        qtbot.waitUntil(lambda: socket.state() is QLocalSocket.LocalSocketState.UnconnectedState, timeout=10_000)


def test_a_long_folder_has_a_short_name(tmp_path: Path) -> None:
    deep = Folder(tmp_path / ("d" * 120)).prepare().root
    assert name_of(deep).startswith("fetchtozip-")
    assert name_of(deep) != name_of(tmp_path)
