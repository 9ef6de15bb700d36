"""The form of an export: where the data is, what the file is to be, where it goes, and Start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.starting import CHOICES, choice, is_same_place, name_of
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.scrolled import GUTTER, Scrolled
from fetchtozip_gui.gui.words import place

_TITLES = {"source.url": "Address", "output.path": "Folder", "name": "Name"}
START = QKeySequence("Ctrl+Return")
_PRACTICE = "The practice source: 541,909 rows of a made-up web shop, served by this program. No network is needed."
_OTHER = "Every page is fetched. Where the records are, and how the next page is asked for, is found out by looking."


class ExportForm(QWidget):
    """Edits the draft's source, name, format and place, and asks for it to be started."""

    started = Signal()

    def __init__(self, draft: DraftModel, folder: str = "") -> None:
        """`folder` is where files go for which the draft names no place."""
        super().__init__()
        self._draft = draft
        self._usual = folder
        self._practice: Mapping[str, Any] = {}
        self.address = _field("Address", "Where the data is (Alt+A)", "https://api.example.com/orders")
        self.name = _field("Name", "What the file is called (Alt+N)", "")
        self.folder = _field("Folder", "Where the file goes (Alt+O)", "")
        self.formats = {known.name: _choice_button(known.name) for known in CHOICES}
        self.start = _start_button()
        self.notices = {"Address": Notice(), "Folder": Notice(), "": Notice()}
        self._about_source = label(role="muted", wraps=True)
        self._about_format = label(role="muted", wraps=True)
        self._suffix = label(role="muted")
        self._to_practice = _quiet("Use the practice source", "Fill in the source that is in the program")
        self._choose = QPushButton("Choose…")
        self._choose.setProperty("role", "beside")
        self._choose.setToolTip("Choose the folder for the file")
        self._choose.setAccessibleName("Choose the folder")
        self._lay_out()
        self._connect()
        self._follow("")

    # --- the draft ----------------------------------------------------------------------------------------------

    def use_folder(self, folder: str) -> None:
        """Files go there from now on, unless the draft names another place."""
        self._usual = folder
        self._follow("output")

    def know_practice(self, recipe: Mapping[str, Any]) -> None:
        """The practice source answers."""
        self._practice = recipe
        self._follow("source")

    def go_to_address(self) -> None:
        """Put the keyboard on the address, all of it selected."""
        self.address.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._show_start(selected=True)

    def fail(self, error: FetchToZipError) -> None:
        """Say why the draft was not started, and go where it can be mended."""
        message = error.message
        for path, title in _TITLES.items():
            message = message.replace(f"{path}:", f"{title}:")
        about = next((name for name in ("Address", "Folder") if message.startswith(f"{name}:")), "")
        self.notices[about].fail(FetchToZipError(message, error.hint))
        self._about_source.setVisible(about != "Address")
        if about:
            field = self.address if about == "Address" else self.folder
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear_notices(self) -> None:
        """What was said is no longer so."""
        for notice in self.notices.values():
            notice.clear()
        self._about_source.show()

    # --- following the draft, and what is typed -----------------------------------------------------------------

    def _connect(self) -> None:
        self._draft.changed.connect(self._follow)
        self.address.textEdited.connect(self._type_address)
        self.address.editingFinished.connect(self._show_start)
        self.name.textEdited.connect(self._type_name)
        self.folder.textEdited.connect(self._type_folder)
        for field in (self.address, self.name, self.folder):
            field.textEdited.connect(self.clear_notices)
            field.returnPressed.connect(self.started)
        for button in self.formats.values():
            button.clicked.connect(self._choose_format)
        self._to_practice.clicked.connect(self._fill_practice)
        self._choose.clicked.connect(self._choose_folder)
        self.start.clicked.connect(self.started)

    def _follow(self, part: str) -> None:
        document = self._draft.document()
        if part in ("", "source"):
            url = str(document["source"].get("url", ""))
            was_typed = self.address.text().strip() == url.strip()
            _put(self.address, url)
            known = is_same_place(url, self._practice)
            self._about_source.setText(_PRACTICE if known else _OTHER)
            self._to_practice.setVisible(bool(self._practice) and not known)
            self.name.setPlaceholderText(name_of(url))
            if not was_typed:
                # whoever types next replaces it
                self._show_start(selected=self.address.hasFocus())
        if part in ("", "name", "source"):
            _put(self.name, "" if document["name"] == self.name.placeholderText() else str(document["name"]))
        if part in ("", "output"):
            chosen = choice(str(document["output"].get("format", "")))
            self.formats[chosen.name].setChecked(True)
            self._about_format.setText(chosen.note)
            self._suffix.setText(chosen.suffix)
            _put(self.folder, _shown(str(document["output"].get("path") or "")) or place(self._usual))

    def _type_address(self, text: str) -> None:
        source = self._draft.part("source")
        was = str(source.get("url", ""))
        stays = is_same_place(text, self._practice) == is_same_place(was, self._practice)
        fresh = {"type": "http", "page_limit": None}
        name = self._draft.part("name")
        self._draft.change(
            "Address",
            merge="address",
            source={**(source if stays and source else fresh), "url": text},
            name=name_of(text) if name == name_of(was) else name,
        )

    def _type_name(self, text: str) -> None:
        self._draft.change("Name", merge="name", name=text.strip() or name_of(self.address.text()))

    def _type_folder(self, text: str) -> None:
        folder = text.strip()
        ends = folder.endswith(("/", "\\"))
        path = folder if ends or not folder else f"{folder}/"
        self._draft.change("Folder", merge="folder", output={**self._draft.part("output"), "path": path or None})

    def _choose_format(self) -> None:
        chosen = next(name for name, button in self.formats.items() if button.isChecked())
        path = self._draft.part("output").get("path")
        output = {**choice(chosen).output, **({"path": path} if path else {})}
        self._draft.change("Format", output=output)

    def _show_start(self, *, selected: bool = False) -> None:
        """The start of an address tells more than its end."""
        length = len(self.address.text())
        self.address.setCursorPosition(0)
        if selected:
            # backwards, so that the start stays in view
            self.address.setSelection(length, -length)

    def _fill_practice(self) -> None:
        self._draft.change("Practice source", source=dict(self._practice["source"]), name=str(self._practice["name"]))
        self._show_start(selected=self.address.hasFocus())
        self.clear_notices()

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Folder for the file", self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._type_folder)
        dialog.open()

    # --- layout -------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        first, source = _card("Source")
        self.source_card = first
        _add(source, "&Address", self.address)
        source.addWidget(self.notices["Address"])
        source.addWidget(self._about_source)
        source.addWidget(self._to_practice, 0, Qt.AlignmentFlag.AlignLeft)
        second, result = _card("File")
        result.addWidget(label("Format", "caption"))
        result.addLayout(self._grid())
        result.addWidget(self._about_format)
        result.addSpacing(6)
        _add(result, "&Name", self.name, self._suffix)
        result.addSpacing(6)
        _add(result, "F&older", self.folder, self._choose)
        result.addWidget(self.notices["Folder"])
        column = QWidget()
        column.setObjectName("form")
        cards = QVBoxLayout(column)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(12)
        cards.addWidget(first)
        cards.addWidget(second)
        # outside of what scrolls: Start is always in sight
        foot = QVBoxLayout()
        foot.setContentsMargins(0, 0, GUTTER, 16)
        foot.setSpacing(12)
        foot.addWidget(self.notices[""])
        foot.addWidget(self.start)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addWidget(Scrolled(column))
        whole.addLayout(foot)
        whole.addStretch(1)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(8)
        group = QButtonGroup(self)
        for at, button in enumerate(self.formats.values()):
            group.addButton(button)
            grid.addWidget(button, at // 3, at % 3)
        return grid


def _put(field: QLineEdit, text: str) -> None:
    # what is being typed there stays as it is typed
    if field.text().strip() != text:
        field.setText(text)


def _shown(path: str) -> str:
    return place(path.rstrip("/\\") or path) if path else ""


def _card(title: str) -> tuple[QFrame, QVBoxLayout]:
    frame = QFrame()
    frame.setProperty("role", "card")
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(16, 14, 16, 16)
    inside.setSpacing(8)
    inside.addWidget(label(title, "heading"))
    return frame, inside


def _add(card: QVBoxLayout, title: str, field: QLineEdit, *beside: QWidget) -> None:
    caption = QLabel(title)
    caption.setProperty("role", "caption")
    caption.setBuddy(field)
    card.addWidget(caption)
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(field, 1)
    for widget in beside:
        row.addWidget(widget)
    card.addLayout(row)


def _field(name: str, what: str, example: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setToolTip(what)
    field.setPlaceholderText(example)
    return field


def _choice_button(name: str) -> QPushButton:
    known = choice(name)
    button = QPushButton(known.label)
    button.setCheckable(True)
    button.setProperty("role", "choice")
    button.setAccessibleName(f"Format: {known.label}")
    button.setAccessibleDescription(known.note)
    button.setToolTip(f"{known.note} (arrow keys)")
    return button


def _quiet(text: str, what: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("role", "quiet")
    button.setToolTip(what)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button


def _start_button() -> QPushButton:
    button = QPushButton("Start")
    button.setProperty("role", "primary")
    button.setToolTip(f"Fetch everything and write the file ({START.toString(QKeySequence.SequenceFormat.NativeText)})")
    return button
