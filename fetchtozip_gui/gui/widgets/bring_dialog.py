"""A dialog that shows what was found in a text or file, and what each recipe would do, before one is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.recipe_words import summary
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.notice import Notice

if TYPE_CHECKING:
    from fetchtozip_gui.core.bring import Brought

_ASKS = "Paste a web address, a cURL command, or the text of a recipe, HAR, Postman or OpenAPI document:"


class BringDialog(QDialog):
    """`look` is called with the dialog and what was pasted or chosen; the answer comes by `show_found` or `fail`."""

    chosen = Signal(object)
    """The `Brought` that is to become the draft."""

    def __init__(
        self, found: Sequence[Brought], look: Callable[[BringDialog, str | Path], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Bring in")
        self.setAcceptDrops(True)
        self._look = look
        self._found: list[Brought] = []
        self.text = QPlainTextEdit()
        self.look_button = QPushButton("Look")
        self.choose = QPushButton("Choose a file…")
        self.filter = QLineEdit()
        self.list = QListWidget()
        self.about = label(wraps=True)
        self.notice = Notice()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.use = self.buttons.addButton("Use as the draft", QDialogButtonBox.ButtonRole.AcceptRole)
        self._lay_out(asks=not found)
        self._connect()
        self.show_found(found)

    def show_found(self, found: Sequence[Brought]) -> None:
        """Show what there is to choose from."""
        self._found = list(found)
        self.list.clear()
        for at, one in enumerate(self._found):
            item = QListWidgetItem(one.title)
            item.setData(Qt.ItemDataRole.UserRole, at)
            self.list.addItem(item)
        for control in (self.list, self.about):
            control.setVisible(bool(found))
        self.filter.setVisible(len(self._found) > 1)
        self.use.setEnabled(bool(found))
        if found:
            self.notice.clear()
            self.list.setCurrentRow(0)
            self.list.setFocus()
            self.use.setDefault(True)

    def fail(self, error: FetchToZipError) -> None:
        """Say why nothing was found."""
        self.show_found([])
        self.notice.fail(error)

    def _connect(self) -> None:
        self.look_button.clicked.connect(self._look_at_text)
        self.choose.clicked.connect(self._choose_file)
        self.filter.textChanged.connect(self._filter)
        self.list.currentRowChanged.connect(self._tell)
        self.list.itemActivated.connect(self._accept)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)

    def _look_at_text(self) -> None:
        text = self.text.toPlainText().strip()
        if text:
            self._look(self, text)
        else:
            self.notice.fail(FetchToZipError("There is nothing to look at.", "Paste something, or choose a file."))

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Bring in a file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._look_at_file)
        dialog.open()

    def _look_at_file(self, path: str) -> None:
        self._look(self, Path(path))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
        self._look(self, Path(urls[0].toLocalFile()) if urls else event.mimeData().text())
        event.acceptProposedAction()

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        for at in range(self.list.count()):
            item = self.list.item(at)
            item.setHidden(not all(word in item.text().casefold() for word in words))

    def _tell(self, row: int) -> None:
        if not 0 <= row < len(self._found):
            return
        one = self._found[row]
        lines = [*summary(one.recipe), *one.notes]
        if one.secrets:
            lines.append(f"It holds secrets; they go to the keyring: {', '.join(sorted(one.secrets))}.")
        if one.foreign:
            lines.append("It was not made by this program on this computer. Nothing runs before you press Start.")
        self.about.setText("\n".join(f"• {line}" for line in lines))

    def _accept(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._found):
            self.chosen.emit(self._found[row])
            self.accept()

    def _lay_out(self, *, asks: bool) -> None:
        wide, high = self.fontMetrics().averageCharWidth(), self.fontMetrics().height()
        self.text.setMinimumHeight(5 * high)
        self.text.setAccessibleName("What to bring in")
        self.text.setToolTip(_ASKS.rstrip(":"))
        self.text.setTabChangesFocus(True)
        self.look_button.setToolTip("Look what is in it; nothing is fetched")
        self.choose.setToolTip("Choose a file to look at; one can also be dropped here")
        self.filter.setPlaceholderText("Find by name")
        self.filter.setAccessibleName("Find by name")
        self.filter.setToolTip("Show only those that have all these words")
        self.list.setAccessibleName("What was found")
        self.list.setToolTip("Choose which one becomes the draft")
        self.list.setMinimumHeight(4 * high)
        self.use.setProperty("role", "primary")
        self.use.setToolTip("Put it in the place of the draft; undo brings the former one back")
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setToolTip("Leave the draft as it is")
        asked = label(_ASKS, "muted", wraps=True)
        row = QHBoxLayout()
        row.addWidget(self.look_button)
        row.addWidget(self.choose)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 18, 18, 18)
        column.setSpacing(10)
        column.addWidget(asked)
        column.addWidget(self.text, 1)
        column.addLayout(row)
        for each in (self.filter, self.list, self.about, self.notice):
            column.addWidget(each, 2 if each is self.list else 0)
        column.addWidget(self.buttons)
        for each in (asked, self.text, self.look_button, self.choose):
            each.setVisible(asks)
        self.setMinimumWidth(70 * wide)
