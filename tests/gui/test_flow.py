"""Widgets flow like words: what has no room goes on in the next line, what is hidden takes none."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from fetchtozip_gui.gui.widgets.flow import Flow


def lines(buttons: list[QPushButton]) -> list[list[str]]:
    found: dict[int, list[str]] = {}
    for button in buttons:
        if button.isVisible():
            found.setdefault(button.y(), []).append(button.text())
    return [found[y] for y in sorted(found)]


def test_lines_are_broken_where_the_room_ends(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    flow = Flow()
    column = QVBoxLayout(widget)
    column.addLayout(flow)
    column.addStretch(1)
    buttons = [QPushButton(name) for name in ("first", "second", "third")]
    for button in buttons:
        button.setFixedSize(100, 30)
        flow.addWidget(button)
    margins = column.contentsMargins()
    edge = margins.left() + margins.right()
    widget.resize(edge + 316, 200)
    widget.show()
    qtbot.waitUntil(lambda: lines(buttons) == [["first", "second", "third"]])
    widget.resize(edge + 315, 200)
    qtbot.waitUntil(lambda: lines(buttons) == [["first", "second"], ["third"]])
    assert flow.heightForWidth(315) == 30 + flow.spacing() + 30
    buttons[0].hide()
    qtbot.waitUntil(lambda: lines(buttons) == [["second", "third"]])
    assert flow.sizeHint().width() == 208
    assert flow.minimumSize().width() == 100
    assert flow.takeAt(9) is None
    assert flow.count() == 3
