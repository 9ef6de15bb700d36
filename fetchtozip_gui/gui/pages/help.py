"""The Help page: the help that ships, and every shortcut."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSplitter, QTextBrowser, QVBoxLayout, QWidget

from fetchtozip_gui.gui.actions import SHORTCUTS
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.scrolled import GUTTER

_FIRST = "first-steps"


class HelpPage(QWidget):
    """Topics on the left, the chosen one on the right. Links to other hosts are opened by the system."""

    def __init__(self, folder: Path, shortcuts: Sequence[tuple[str, str, str]]) -> None:
        """`shortcuts` are a menu, what is done, and the keys."""
        super().__init__()
        self.setObjectName("page")
        self._texts = {SHORTCUTS: _table(shortcuts)}
        self._texts |= {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
        self.topics = QListWidget()
        self.text = QTextBrowser()
        self._lay_out()
        self.topics.currentItemChanged.connect(self._show)
        self.text.anchorClicked.connect(self._follow)
        self.choose(_FIRST if _FIRST in self._texts else SHORTCUTS)

    def choose(self, topic: str) -> None:
        """Show a topic; one that is not known changes nothing."""
        for at in range(self.topics.count()):
            if self.topics.item(at).data(Qt.ItemDataRole.UserRole) == topic:
                self.topics.setCurrentRow(at)

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.text.setMarkdown(self._texts[item.data(Qt.ItemDataRole.UserRole)])

    def _follow(self, url: QUrl) -> None:
        if url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)
        else:
            self.choose(Path(url.path()).stem)

    def _lay_out(self) -> None:
        self.topics.setAccessibleName("Topics")
        self.topics.setToolTip("What there is help about")
        # a long title goes on in the next line: what is beside the list's edge would not be found
        self.topics.setWordWrap(True)
        self.topics.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.topics.setResizeMode(QListWidget.ResizeMode.Adjust)
        for topic, text in self._texts.items():
            item = QListWidgetItem(_title(text))
            item.setData(Qt.ItemDataRole.UserRole, topic)
            self.topics.addItem(item)
        self.text.setOpenLinks(False)
        self.text.setAccessibleName("Help")
        self.text.setToolTip("The chosen topic")
        self.text.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("help-split")
        split.setChildrenCollapsible(False)
        split.addWidget(self.topics)
        split.addWidget(self.text)
        for at, share in enumerate((1, 3)):
            split.setStretchFactor(at, share)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 8 + GUTTER, 16)
        whole.setSpacing(14)
        whole.addWidget(label("Help", "title"))
        whole.addWidget(split, 1)


def _title(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return first.removeprefix("#").strip() or "Help"


def _table(shortcuts: Sequence[tuple[str, str, str]]) -> str:
    lines = ["# Shortcuts", "", "| keys | what is done | menu |", "| --- | --- | --- |"]
    lines += [f"| {keys.replace('|', chr(92) + '|')} | {words} | {menu} |" for menu, words, keys in shortcuts]
    return "\n".join(lines)
