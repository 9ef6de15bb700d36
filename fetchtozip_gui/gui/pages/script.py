"""The Script page: the local server with its key and its requests, and the draft as a script to copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.preferences import Preferences
from fetchtozip_gui.gui.models.requests import RequestFilter
from fetchtozip_gui.gui.models.server import ServerModel
from fetchtozip_gui.gui.widgets.cards import card
from fetchtozip_gui.gui.widgets.flow import Flow
from fetchtozip_gui.gui.widgets.labels import Mark, label
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.scrolled import GUTTER

if TYPE_CHECKING:
    from fetchtozip_gui.core.recipe import Recipe

Writing = Callable[["Recipe", str], str]
"""A recipe, and the server's address, as a text to copy."""
_AFTER_TYPING_MS = 300


class ScriptPage(QWidget):
    """What the window does, for programs."""

    def __init__(
        self,
        server: ServerModel,
        preferences: Preferences,
        draft: DraftModel,
        errands: Errands,
        writings: Mapping[str, Writing],
    ) -> None:
        """`writings` are the ways to write the draft, by the name that is shown."""
        super().__init__()
        self.setObjectName("page")
        self._server = server
        self._preferences = preferences
        self._draft = draft
        self._errands = errands
        self._writings = writings
        self._asked = 0
        self._mark = Mark()
        self._state = label(role="headline", wraps=True)
        self._about = label(role="muted", wraps=True)
        self.turn = _button("Turn off", "Turn the server on or off")
        self.copy_address = _button("Copy address", "Put the server's address on the clipboard")
        self.documents = _button("Documents", "Open the server's documents in the browser")
        self.keyed = QCheckBox("Ask callers for a key")
        self.key = QLineEdit()
        self.show_key = _button("Show", "Show or hide the key")
        self.copy_key = _button("Copy", "Put the key on the clipboard")
        self.new_key = _button("New key", "Make another key; who uses the old one is refused from now on")
        self.notice = Notice()
        self.requests = RequestFilter(server.requests, self)
        self.filter = QLineEdit()
        self.table = QTableView()
        self.ways = {name: _button(name, f"Show the draft as {name}", "choice") for name in writings}
        self.text = QPlainTextEdit()
        self.copy_text = _button("Copy", "Put this text on the clipboard")
        self._soon = QTimer(self, singleShot=True, interval=_AFTER_TYPING_MS)
        self._lay_out()
        self._connect()
        self._follow()

    # --- following ----------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._server.changed.connect(self._follow)
        self._server.failed.connect(self.notice.fail)
        self._draft.changed.connect(self._soon.start)
        self._soon.timeout.connect(self._write)
        self.turn.clicked.connect(self._turn)
        self.copy_address.clicked.connect(self._copy_address)
        self.documents.clicked.connect(self._open_documents)
        self.keyed.clicked.connect(self._ask_key)
        self.show_key.clicked.connect(self._show_key)
        self.copy_key.clicked.connect(self._copy_key)
        self.new_key.clicked.connect(self._server.new_key)
        self.filter.textChanged.connect(self.requests.ask)
        self.copy_text.clicked.connect(self._copy_text)
        for button in self.ways.values():
            button.toggled.connect(self._write)
        for button in list(self.ways.values())[:1]:
            button.setChecked(True)

    def _follow(self) -> None:
        server, address = self._server, self._server.address
        self._mark.show_tone("busy" if server.is_busy else "good" if address else "plain")
        state = f"On at {address}" if address else "Off"
        self._state.setText("One moment…" if server.is_busy else state)
        self._about.setText(
            "Programs on this computer can do all that the window does, and the practice source is served here."
            if address
            else "Nothing listens. Scripts and the practice source need the server."
        )
        self.turn.setText("Turn off" if address else "Turn on")
        self.turn.setEnabled(server.is_ready)
        for button in (self.copy_address, self.documents):
            button.setEnabled(bool(address))
        self.keyed.setChecked(self._preferences.is_on("keyed"))
        self.key.setText(server.key() or "")
        for control in (self.key, self.show_key, self.copy_key, self.new_key):
            control.setVisible(self.keyed.isChecked())
        self._soon.start()

    def showEvent(self, event: object) -> None:
        self._soon.start()

    # --- the server ---------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        self.notice.clear()
        self._server.turn(on=not self._server.address)

    def _ask_key(self, asks: bool) -> None:
        self.notice.clear()
        self._server.ask_key(asks=asks)

    def _show_key(self) -> None:
        hidden = self.key.echoMode() is QLineEdit.EchoMode.Password
        self.key.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        self.show_key.setText("Hide" if hidden else "Show")

    def _copy_address(self) -> None:
        QGuiApplication.clipboard().setText(self._server.address)

    def _copy_key(self) -> None:
        QGuiApplication.clipboard().setText(self._server.key() or "")

    def _open_documents(self) -> None:
        QDesktopServices.openUrl(QUrl(f"{self._server.address}/docs"))

    # --- the draft as a script ----------------------------------------------------------------------------------

    def _write(self) -> None:
        way = next((name for name, button in self.ways.items() if button.isChecked()), "")
        if not way or not self.isVisible():
            return
        self._asked += 1
        asked, draft, writing = self._asked, self._draft, self._writings[way]
        address = self._server.address or f"http://127.0.0.1:{self._preferences.number('port')}"
        self._errands.run(
            lambda: writing(draft.recipe(), address),
            lambda text: self._show_text(asked, text),
            lambda error: self._show_error(asked, error),
        )

    def _show_text(self, asked: int, text: str) -> None:
        if asked == self._asked and text != self.text.toPlainText():
            self.text.setPlainText(text)
        self.copy_text.setEnabled(True)

    def _show_error(self, asked: int, error: FetchToZipError) -> None:
        if asked == self._asked:
            self.text.setPlainText(f"# The draft cannot be written yet:\n# {error}".replace("\n", "\n# "))
            self.copy_text.setEnabled(False)

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    # --- layout -------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setObjectName("script-split")
        self.split.setChildrenCollapsible(False)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 16)
        column.setSpacing(12)
        column.addWidget(self._server_card())
        column.addWidget(self._requests_card(), 1)
        self.split.addWidget(left)
        if self.ways:
            self.split.addWidget(self._script_card())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 8 + GUTTER, 0)
        whole.setSpacing(14)
        whole.addWidget(label("Script", "title"))
        whole.addWidget(self.split, 1)

    def _server_card(self) -> QWidget:
        frame, inside = card("Local server")
        state = QHBoxLayout()
        state.setSpacing(10)
        state.addWidget(self._mark)
        state.addWidget(self._state, 1)
        inside.addLayout(state)
        inside.addWidget(self._about)
        buttons = Flow()
        for button in (self.turn, self.copy_address, self.documents):
            buttons.addWidget(button)
        inside.addLayout(buttons)
        inside.addSpacing(4)
        self.keyed.setToolTip("Without the key, every request but /health and the documents is refused")
        self.keyed.setAccessibleName("Ask callers for a key")
        inside.addWidget(self.keyed)
        self.key.setReadOnly(True)
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setAccessibleName("Key")
        self.key.setToolTip("Callers send it as X-API-Key, or as Authorization: Bearer")
        inside.addWidget(self.key)
        keys = Flow()
        for button in (self.show_key, self.copy_key, self.new_key):
            keys.addWidget(button)
        inside.addLayout(keys)
        inside.addWidget(self.notice)
        return frame

    def _requests_card(self) -> QWidget:
        frame, inside = card("Requests")
        self.filter.setPlaceholderText("Find by method, path or status")
        self.filter.setAccessibleName("Find a request")
        self.filter.setToolTip("Show only the requests that have all these words")
        self.filter.setClearButtonEnabled(True)
        inside.addWidget(self.filter)
        table = self.table
        table.setModel(self.requests)
        table.setProperty("role", "plain")
        table.setAccessibleName("Requests")
        table.setToolTip("The newest 1,000 requests, the newest first")
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 10)
        table.setWordWrap(False)
        header = table.horizontalHeader()
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        wide = table.fontMetrics().averageCharWidth()
        for column, characters in ((0, 13), (1, 11), (2, 10), (3, 10)):
            table.setColumnWidth(column, characters * wide)
        inside.addWidget(table, 1)
        return frame

    def _script_card(self) -> QWidget:
        frame, inside = card("The draft as a script")
        group = QButtonGroup(self)
        choices = Flow()
        for button in self.ways.values():
            button.setCheckable(True)
            group.addButton(button)
            choices.addWidget(button)
        inside.addLayout(choices)
        self.text.setReadOnly(True)
        self.text.setProperty("role", "code")
        self.text.setAccessibleName("Script")
        self.text.setToolTip("Does what Start does; secrets are referred to and never written out")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        inside.addWidget(self.text, 1)
        inside.addWidget(self.copy_text, 0, Qt.AlignmentFlag.AlignLeft)
        around = QWidget()
        column = QVBoxLayout(around)
        column.setContentsMargins(0, 0, 0, 16)
        column.addWidget(frame)
        return around


def _button(text: str, hint: str, role: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setProperty("role", role)
    button.setToolTip(hint)
    button.setAccessibleDescription(hint)
    return button
