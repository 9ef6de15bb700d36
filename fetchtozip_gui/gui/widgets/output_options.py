"""What belongs to a format: how small a ZIP is made and its password, what stands between the values of a CSV."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QVBoxLayout, QWidget

from fetchtozip_gui.gui.form_specs import ABSENT, Path, Spec
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.output_words import DELIMITERS, LEVELS, format_in
from fetchtozip_gui.gui.widgets.cards import captioned
from fetchtozip_gui.gui.widgets.secret_field import SecretField

_PASSWORD = Spec("password", "secret", "Password", "Encrypts the ZIP with AES-256; kept in the keyring", "none")
_USUAL: dict[str, Any] = {
    "compression_level": 2,
    "password": None,
    "delimiter": ",",
    "bom": False,
    "safe_for_spreadsheets": False,
}


class Chooser(QComboBox):
    """A box that a wheel scrolls past: it must not choose what nobody meant."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class OutputOptions(QWidget):
    """Closed until it is asked for; its button tells whether something is set in it."""

    secret = Signal(str)
    """A password was typed: it is to be kept, and `keep` told under which name."""

    def __init__(self, draft: DraftModel, parent: QWidget) -> None:
        # it decides by itself whether it is seen: without a parent it would be a window for a moment
        super().__init__(parent)
        self.setProperty("role", "clear")
        self._draft = draft
        self.button = QPushButton()
        self.body = QWidget()
        self.level, self.delimiter = Chooser(), Chooser()
        self.password = SecretField(_PASSWORD, ("password",))
        self.safe = QCheckBox("Safe for spreadsheets")
        self.bom = QCheckBox("Byte order mark")
        self._captions: dict[str, QWidget] = {}
        self._lay_out()
        self._connect()
        self._follow("")

    def keep(self, name: str) -> None:
        """The password that was typed is in the keyring under this name."""
        self._set("Password", "password", f"keyring:{name}")

    def _connect(self) -> None:
        self._draft.changed.connect(self._follow)
        self.button.toggled.connect(self._toggle)
        self.level.activated.connect(self._choose_level)
        self.delimiter.activated.connect(self._choose_delimiter)
        self.safe.clicked.connect(self._choose_safe)
        self.bom.clicked.connect(self._choose_bom)
        self.password.edited.connect(self._edit_password)
        self.password.secret.connect(self._tell_secret)

    def _choose_level(self) -> None:
        self._set("Compression", "compression_level", self.level.currentData())

    def _choose_delimiter(self) -> None:
        self._set("Delimiter", "delimiter", self.delimiter.currentData())

    def _choose_safe(self, on: bool) -> None:
        self._set("Safe for spreadsheets", "safe_for_spreadsheets", on)

    def _choose_bom(self, on: bool) -> None:
        self._set("Byte order mark", "bom", on)

    def _tell_secret(self, path: Path, text: str) -> None:
        self.secret.emit(text)

    def _set(self, words: str, name: str, value: Any) -> None:
        output = self._draft.part("output")
        output[name] = value
        if value == _USUAL[name]:
            del output[name]
        self._draft.change(words, merge=f"output-{name}", output=output)

    def _edit_password(self, path: Path, value: Any) -> None:
        self._set("Password", "password", None if value is ABSENT else value)

    def _toggle(self, opened: bool) -> None:
        self.body.setVisible(opened)
        self._word()

    def _follow(self, part: str) -> None:
        if part not in ("", "output"):
            return
        output = self._draft.part("output")
        values = {**_USUAL, **output}
        self.level.setCurrentIndex(max(0, self.level.findData(values["compression_level"])))
        self.delimiter.setCurrentIndex(max(0, self.delimiter.findData(values["delimiter"])))
        self.safe.setChecked(bool(values["safe_for_spreadsheets"]))
        self.bom.setChecked(bool(values["bom"]))
        self.password.show_value(values["password"] if values["password"] is not None else ABSENT)
        chosen = format_in(output).name
        inside = str(values.get("member") or "csv") if chosen == "zip" else chosen
        shown = {
            "level": chosen == "zip",
            "password": chosen == "zip",
            "delimiter": inside == "csv",
            "safe": inside in ("csv", "tsv"),
            "bom": inside in ("csv", "tsv"),
        }
        for name, seen in shown.items():
            getattr(self, name).setVisible(seen)
            if name in self._captions:
                self._captions[name].setVisible(seen)
        self.setVisible(any(shown.values()))
        self._word()

    def _word(self) -> None:
        output = self._draft.part("output")
        used = any(output.get(name, usual) != usual for name, usual in _USUAL.items())
        self.button.setText(f"{'▾' if self.button.isChecked() else '▸'} Options{' ●' if used else ''}")
        self.button.setAccessibleName(f"Options of the format{', something is set' if used else ''}")

    def _lay_out(self) -> None:
        self.button.setCheckable(True)
        self.button.setProperty("role", "quiet")
        self.button.setToolTip("Compression, password, delimiter and how spreadsheets open it (Space)")
        for value, words in LEVELS:
            self.level.addItem(words, value)
        for mark, words in DELIMITERS:
            self.delimiter.addItem(words, mark)
        self.level.setAccessibleName("Compression")
        self.level.setToolTip("How small the ZIP is made, and how long that takes")
        self.delimiter.setAccessibleName("Delimiter")
        self.delimiter.setToolTip("What stands between two values of a row")
        self.safe.setToolTip("Put a quote before texts that a spreadsheet would run as formulas")
        self.bom.setToolTip("Begin the file with a mark by which Excel on Windows knows its encoding")
        self.body.setProperty("role", "clear")
        self.body.hide()
        inside = QVBoxLayout(self.body)
        inside.setContentsMargins(8, 2, 0, 4)
        inside.setSpacing(4)
        self._captions["level"] = captioned(inside, "Compression", self.level)
        inside.addSpacing(4)
        self._captions["password"] = captioned(inside, "Password", self.password, stretches=True)
        inside.addSpacing(4)
        self._captions["delimiter"] = captioned(inside, "Delimiter", self.delimiter)
        inside.addWidget(self.safe)
        inside.addWidget(self.bom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.body)
