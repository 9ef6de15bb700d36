"""A finished file can be taken away, and only as a copy."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.widgets.result_file import ResultFile, payload


@pytest.fixture
def result(tmp_path: Path) -> Path:
    path = tmp_path / "orders & more #1.zip"
    path.write_bytes(b"PK")
    return path


@pytest.fixture
def shown(qtbot: QtBot, result: Path) -> ResultFile:
    shown = ResultFile()
    qtbot.addWidget(shown)
    shown.show_file(result, "2 bytes")
    shown.resize(500, 60)
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


def test_the_payload_is_the_files_address(result: Path) -> None:
    data = payload(result)
    assert data.urls() == [QUrl.fromLocalFile(str(result))]
    assert data.urls()[0].toLocalFile() == str(result)
    assert data.hasFormat("text/uri-list")


def drag_to(widget: QWidget, to: QPoint) -> None:
    """Move the mouse with its left button down, which QTest cannot."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    there = QPointF(widget.mapToGlobal(to))
    moved = QMouseEvent(QEvent.Type.MouseMove, QPointF(to), there, none, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, moved)


def test_dragging_offers_a_copy_and_nothing_else(shown: ResultFile, result: Path) -> None:
    QTest.mousePress(shown, Qt.MouseButton.LeftButton, pos=QPoint(100, 30))
    drag_to(shown, QPoint(150, 40))
    # without a screen a drag ends at once, and Qt keeps it until the next turn of its loop
    drag = shown.findChild(QDrag)
    assert drag.supportedActions() == Qt.DropAction.CopyAction
    assert drag.mimeData().urls() == [QUrl.fromLocalFile(str(result))]
    assert not drag.pixmap().isNull()
    assert result.exists()


def test_a_small_movement_is_no_drag(shown: ResultFile) -> None:
    QTest.mousePress(shown, Qt.MouseButton.LeftButton, pos=QPoint(100, 30))
    drag_to(shown, QPoint(101, 30))
    QTest.mouseRelease(shown, Qt.MouseButton.LeftButton, pos=QPoint(101, 30))
    drag_to(shown, QPoint(200, 30))
    assert shown.findChild(QDrag) is None


def test_ctrl_c_puts_the_file_on_the_clipboard(shown: ResultFile, result: Path) -> None:
    QTest.keyClick(shown, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    data = QGuiApplication.clipboard().mimeData()
    assert data.urls() == [QUrl.fromLocalFile(str(result))]
    pasted = data.data("x-special/gnome-copied-files").data().decode()
    assert pasted == f"copy\n{QUrl.fromLocalFile(str(result)).toString(QUrl.ComponentFormattingOption.FullyEncoded)}"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_return_opens_it(qtbot: QtBot, shown: ResultFile, key: Qt.Key) -> None:
    with qtbot.waitSignal(shown.opened):
        QTest.keyClick(shown, key)


def test_a_file_that_is_gone_is_not_offered(qtbot: QtBot, shown: ResultFile, result: Path) -> None:
    result.unlink()
    refused: list[FetchToZipError] = []
    shown.refused.connect(refused.append)
    shown.drag()
    shown.copy()
    assert [error.message for error in refused] == [f"The file is no longer at {result}."] * 2


def test_it_says_what_it_is_and_what_can_be_done(shown: ResultFile) -> None:
    assert shown.accessibleName() == "Result orders & more #1.zip, 2 bytes"
    assert "Ctrl+C" in shown.toolTip()
