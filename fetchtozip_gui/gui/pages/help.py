"""The Help page: the help that ships, every shortcut, and a search through both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPalette, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from fetchtozip_gui.gui.actions import SHORTCUTS
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.scrolled import GUTTER
from fetchtozip_gui.gui.widgets.shortcut import shortcut

_FIRST = "first-steps"
_MARKED = 500
"""Places of a text that are marked."""


class HelpPage(QWidget):
    """Topics on the left, the chosen one on the right. Links to other hosts are opened by the system."""

    def __init__(self, folder: Path, shortcuts: Sequence[tuple[str, str, str]]) -> None:
        """`shortcuts` are a menu or a part of the window, what is done, and the keys."""
        super().__init__()
        self.setObjectName("page")
        self._is_made = False
        self._places: list[int] = []
        self._at = -1
        self._texts = {SHORTCUTS: _table(shortcuts)}
        self._texts |= {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
        self.search = QLineEdit()
        self.topics = QListWidget()
        self.text = QTextBrowser()
        self._lay_out()
        self.topics.currentItemChanged.connect(self._show)
        self.text.anchorClicked.connect(self._follow)
        self.search.textChanged.connect(self._find)
        self.search.returnPressed.connect(self._go_on)
        shortcut("Ctrl+F", self, self._go_to_search)
        self.choose(_FIRST if _FIRST in self._texts else SHORTCUTS)
        self._is_made = True

    def choose(self, topic: str) -> None:
        """Show a topic, also one that the search had left out; one that is not known changes nothing."""
        for at in range(self.topics.count()):
            item = self.topics.item(at)
            if item.data(Qt.ItemDataRole.UserRole) == topic:
                if item.isHidden():
                    self.search.clear()
                self.topics.setCurrentRow(at)

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.text.setMarkdown(self._texts[item.data(Qt.ItemDataRole.UserRole)])
            _set(self.text.document(), self.palette())
            self._mark()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._is_made:
            # a text keeps the colours of the theme in which it was set
            at = self.text.verticalScrollBar().value()
            self._show(self.topics.currentItem())
            self.text.verticalScrollBar().setValue(at)

    # --- searching ----------------------------------------------------------------------------------------------

    def _words(self) -> list[str]:
        return self.search.text().casefold().split()

    def _find(self) -> None:
        """Leave the topics that have every word, and go to the first of them where the chosen one has not."""
        words, left = self._words(), []
        for at in range(self.topics.count()):
            item = self.topics.item(at)
            text = self._texts[item.data(Qt.ItemDataRole.UserRole)].casefold()
            item.setHidden(not all(word in text for word in words))
            left += [] if item.isHidden() else [at]
        self._none.setVisible(not left)
        if left and self.topics.currentRow() not in left:
            self.topics.setCurrentRow(left[0])
        else:
            self._mark()

    def _mark(self) -> None:
        """Mark the words that are looked for, and bring the first of them into sight."""
        selections = []
        for word in self._words():
            cursor = self.text.document().find(word)
            while not cursor.isNull() and len(selections) < _MARKED:
                mark = QTextEdit.ExtraSelection()
                mark.cursor = cursor
                mark.format.setBackground(self.palette().brush(QPalette.ColorRole.Highlight))
                mark.format.setForeground(self.palette().brush(QPalette.ColorRole.HighlightedText))
                selections.append(mark)
                cursor = self.text.document().find(word, cursor)
        self.text.setExtraSelections(selections)
        self._places = sorted(mark.cursor.selectionStart() for mark in selections)
        self._at = -1
        if self._places:
            self._go_on()

    def _go_on(self) -> None:
        """The next place, and around."""
        if self._places:
            self._at = (self._at + 1) % len(self._places)
            cursor = QTextCursor(self.text.document())
            cursor.setPosition(self._places[self._at])
            self.text.setTextCursor(cursor)
            self.text.ensureCursorVisible()

    def _go_to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    # --- layout -------------------------------------------------------------------------------------------------

    def _follow(self, url: QUrl) -> None:
        if url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)
        else:
            self.choose(Path(url.path()).stem)

    def _lay_out(self) -> None:
        self.search.setPlaceholderText("Find in the help")
        self.search.setAccessibleName("Find in the help")
        self.search.setToolTip("Leaves the topics that have all these words; Enter goes to the next place (Ctrl+F)")
        self.search.setClearButtonEnabled(True)
        self._none = label("No topic has all these words.", "muted", wraps=True)
        self._none.hide()
        self.topics.setAccessibleName("Topics")
        self.topics.setToolTip("What there is help about")
        # a long title goes on in the next line: what is beside the list's edge would not be found
        self.topics.setWordWrap(True)
        self.topics.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.topics.setResizeMode(QListWidget.ResizeMode.Adjust)
        for topic, text in self._texts.items():
            item = QListWidgetItem(_title(text))
            item.setData(Qt.ItemDataRole.UserRole, topic)
            item.setToolTip(item.text())
            self.topics.addItem(item)
        self.text.setOpenLinks(False)
        self.text.setAccessibleName("Help")
        self.text.setToolTip("The chosen topic")
        self.text.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("help-split")
        split.setChildrenCollapsible(False)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for widget in (self.search, self._none, self.topics):
            column.addWidget(widget)
        split.addWidget(left)
        split.addWidget(self.text)
        for at, share in enumerate((1, 3)):
            split.setStretchFactor(at, share)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 8 + GUTTER, 16)
        whole.setSpacing(14)
        whole.addWidget(label("Help", "title"))
        whole.addWidget(split, 1)


def _set(document: QTextDocument, palette: QPalette) -> None:
    """Room above headings, and a ground of its own under code."""
    fenced = QTextFormat.Property.BlockCodeFence
    block = document.begin()
    while block.isValid():
        form, before, after = block.blockFormat(), block.previous().blockFormat(), block.next().blockFormat()
        if form.headingLevel():
            form.setTopMargin(20 if block.position() else 0)
            form.setBottomMargin(6)
        elif form.hasProperty(fenced):
            form.setBackground(palette.brush(QPalette.ColorRole.AlternateBase))
            form.setTopMargin(0 if before.hasProperty(fenced) else 8)
            form.setBottomMargin(0 if after.hasProperty(fenced) else 10)
        QTextCursor(block).setBlockFormat(form)
        block = block.next()


def _title(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return first.removeprefix("#").strip() or "Help"


def _table(shortcuts: Sequence[tuple[str, str, str]]) -> str:
    lines = ["# Shortcuts", "", "| keys | what is done | where |", "| --- | --- | --- |"]
    for menu, words, keys in shortcuts:
        # a bar would begin another cell
        cells = (cell.replace("|", "\\|") for cell in (keys, words, menu))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
