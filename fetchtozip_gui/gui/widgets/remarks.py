"""A list of what is known of a job before it starts: a sign, a sentence, and a link that mends it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from fetchtozip_gui.gui.widgets.labels import label, put_on
from fetchtozip_gui.gui.words import breakable

if TYPE_CHECKING:
    from fetchtozip_gui.core.remark import Remark

_SIGNS = {
    "stop": ("●", "bad", "In the way"),
    "warn": ("▲", "warn", "To be looked at"),
    "good": ("✓", "good", "All right"),
}
MOST = 12


class Remarks(QWidget):
    """Shows remarks under one another, and tells which fix was asked for."""

    asked = Signal(object)
    """A `Remark` whose fix is to be made."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "clear")
        self.setAccessibleName("Before you start")
        self._rows: list[QWidget] = []
        self._shown: tuple[Remark, ...] = ()
        self.links: dict[str, QPushButton] = {}
        """By the code of the remark."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)

    def show_all(self, remarks: Sequence[Remark]) -> None:
        """Show these in place of others; equal ones leave the keyboard where it is."""
        if tuple(remarks) == self._shown:
            return
        self._shown = tuple(remarks)
        had_focus = any(link.hasFocus() for link in self.links.values())
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows, self.links = [], {}
        for remark in self._shown[:MOST]:
            self._add(self._row(remark))
        if len(self._shown) > MOST:
            self._add(label(f"and {len(self._shown) - MOST:,} more", "muted"))
        if had_focus and self.links:
            # what had the keyboard is gone: the next one has it now
            next(iter(self.links.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, row: QWidget) -> None:
        self._rows.append(row)
        self._column.addWidget(row)

    def _row(self, remark: Remark) -> QWidget:
        sign, tone, spoken = _SIGNS[remark.level]
        row = QWidget()
        row.setProperty("role", "clear")
        mark = label(sign)
        put_on(mark, tone)
        mark.setFixedWidth(mark.fontMetrics().horizontalAdvance("▲") + 4)
        mark.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        text = quoted(remark.words)
        words = label(_breakable(text), wraps=True)
        words.setAccessibleName(f"{spoken}: {text}")
        grid = QGridLayout(row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(mark, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(words, 0, 1)
        if remark.fix and remark.fix_words:
            grid.addWidget(self._link(remark), 1, 1, Qt.AlignmentFlag.AlignLeft)
        return row

    def _link(self, remark: Remark) -> QPushButton:
        link = QPushButton(remark.fix_words)
        link.setProperty("role", "quiet")
        link.setToolTip(f"{remark.fix_words}; undo with Ctrl+Z")
        link.setAccessibleName(f"{remark.fix_words}: {quoted(remark.words)}")
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        link.setObjectName(remark.code)
        link.clicked.connect(self._ask)
        self.links[remark.code] = link
        return link

    def _ask(self) -> None:
        # found by its sender: a closure for each link would hold all of them in a circle
        code = self.sender().objectName()
        self.asked.emit(next(remark for remark in self._shown if remark.code == code and remark.fix))


def quoted(words: str) -> str:
    """Names in the quotes of a sentence, where the recipe's language has back quotes."""
    return re.sub("`([^`]*)`", r"“\1”", words)


def _breakable(words: str) -> str:
    """Words that may go on in the next line also within the long name of a column."""
    return re.sub(r"(\w{14})(?=\w)", "\\1\u200b", breakable(words))
