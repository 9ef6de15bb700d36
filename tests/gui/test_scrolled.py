"""A column is as wide with its scroll bar as without, whatever room there is."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from fetchtozip_gui.gui.theme import Theme
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.scrolled import GUTTER, Scrolled


def test_wrapped_text_settles_at_every_height(qtbot: QtBot, qapp: QApplication) -> None:
    """Text that is one line higher in a column that is a scroll bar narrower once never came to rest."""
    Theme(qapp, dark=False)
    column = QWidget()
    inside = QVBoxLayout(column)
    for number in range(12):
        inside.addWidget(label("words that fill a line and a bit " * (number % 4 + 1), wraps=True))
    scrolled = Scrolled(column)
    qtbot.addWidget(scrolled)
    scrolled.resize(260, 300)
    with qtbot.waitExposed(scrolled):
        scrolled.show()
    for height in range(200, 700, 3):
        scrolled.resize(260, height)
        QApplication.processEvents()
        assert column.width() == 260 - GUTTER
    assert scrolled.verticalScrollBar().property("idle")
    scrolled.resize(260, 150)
    QApplication.processEvents()
    assert not scrolled.verticalScrollBar().property("idle")
