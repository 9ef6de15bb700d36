"""The pages that a test has fetched: a step to the next one, all of them in a list, and what was proved on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QToolButton, QVBoxLayout, QWidget

from fetchtozip_gui.gui.widgets.labels import label, put_on

if TYPE_CHECKING:
    from fetchtozip_gui.core.http.tester import Proof, Tested


class Steps(QWidget):
    """`‹ Page 2 of 542 ›`."""

    wanted = Signal(int)
    """A page, by its number."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "clear")
        self.back = _step("‹", "The page before")
        self.on = _step("›", "The next page, which is fetched where it is not there yet")
        self.where = label(role="muted")
        self._page = 1
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        for widget in (self.back, self.where, self.on):
            line.addWidget(widget)
        line.addStretch(1)
        self.back.clicked.connect(self._go_back)
        self.on.clicked.connect(self._go_on)

    def show_pages(self, pages: Sequence[Tested], page: int) -> None:
        """Show which page is looked at, of those that were fetched."""
        self._page = page
        total = pages[-1].pages_total if pages else None
        self.where.setText(f"Page {page:,} of {total:,}" if total else f"Page {page:,}" if pages else "No page yet")
        self.back.setEnabled(page > 1)
        self.on.setEnabled(bool(pages) and (page < len(pages) or pages[-1].more))

    def _go_back(self) -> None:
        self.wanted.emit(self._page - 1)

    def _go_on(self) -> None:
        self.wanted.emit(self._page + 1)


class Pages(QWidget):
    """The lines of a proof, and a line for each page."""

    wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.steps = Steps()
        self.list = QListWidget()
        self.list.setProperty("role", "plain")
        self.list.setSpacing(2)
        self.list.setAccessibleName("Pages fetched so far")
        self.list.setToolTip("Choose a page to look at it (Return)")
        self._about = label(
            "Prove (Shift+F5) looks at three pages: rows new, keys different, the end in reach.", "muted", wraps=True
        )
        self.proof: list[QLabel] = []
        self._proof = QVBoxLayout()
        self._proof.setSpacing(6)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 10, 0, 0)
        lines.setSpacing(10)
        lines.addWidget(self._about)
        lines.addLayout(self._proof)
        lines.addWidget(self.list, 1)
        lines.addWidget(self.steps)
        self.steps.wanted.connect(self.wanted)
        self.list.activated.connect(self._choose)
        self.list.clicked.connect(self._choose)
        self.show_pages((), 1)

    def show_pages(self, pages: Sequence[Tested], page: int) -> None:
        """Show what has been fetched, of which `page` is looked at."""
        self.steps.show_pages(pages, page)
        self.list.clear()
        begun = 0
        for tested in pages:
            height = tested.frame.height
            rows = f"rows {begun + 1:,} to {begun + height:,}" if height else "no rows"
            begun += height
            status = f" · {tested.received.status}" if tested.received is not None else ""
            self.list.addItem(f"Page {tested.page:,} · {rows}{status}")
        self.list.setCurrentRow(page - 1)

    def show_proof(self, proof: Proof | None) -> None:
        """Show what was proved, or how to have it proved."""
        self._about.setVisible(proof is None)
        for line in self.proof:
            self._proof.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.proof = [_told(ok, words) for ok, words in (proof.lines if proof is not None else ())]
        for line in self.proof:
            self._proof.addWidget(line)

    def _choose(self, index: QModelIndex) -> None:
        self.wanted.emit(index.row() + 1)


def _told(ok: bool, words: str) -> QLabel:
    line = label(f"{'✓' if ok else '✗'}  {words}", wraps=True)
    line.setAccessibleName(f"{'Holds' if ok else 'Does not hold'}: {words}")
    put_on(line, "good" if ok else "bad")
    return line


def _step(text: str, about: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(about)
    button.setAccessibleName(about)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
