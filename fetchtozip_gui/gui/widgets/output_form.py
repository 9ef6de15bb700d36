"""The form of a file: its format with what belongs to it, its name, and the folder it goes to."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from fetchtozip_gui.gui.icons import Icons
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.output_words import FORMS, form, format_in, joined, parted, stem_in
from fetchtozip_gui.gui.widgets.cards import captioned
from fetchtozip_gui.gui.widgets.flow import Flow
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.output_options import Chooser, OutputOptions
from fetchtozip_gui.gui.words import place


class OutputForm(QWidget):
    """Edits the draft's output. A name without {braces} is the recipe's own; one with them is the file's pattern."""

    submitted = Signal()
    """Enter was pressed in a field."""

    def __init__(self, draft: DraftModel, icons: Icons, folder: str) -> None:
        """`folder` is where files go for which the draft names no place."""
        super().__init__()
        self.setProperty("role", "clear")
        self._draft = draft
        self._icons = icons
        self._usual = folder
        self._typed_in: QLineEdit | None = None
        self.formats = _combo("Format", "What kind of file is written (Alt+M)")
        self.members = _combo("Inside the ZIP", "What the ZIP holds (arrow keys)")
        self._about = label(role="muted", wraps=True)
        self.options = OutputOptions(draft, self)
        self.name = _line("Name", "What the file is called; {date} and {name} are filled in (Alt+N)")
        self.date, self.own = _quiet("+ date", "Put {date} into the name"), _quiet("+ name", "Put {name} into the name")
        self.preview = label(role="muted", wraps=True)
        self.folder = _line("Folder", "Where the file goes (Alt+O)")
        self.choose = QPushButton("Choose…")
        self._lay_out()
        self._connect()
        self._dress()
        self._follow("")

    def use_folder(self, folder: str) -> None:
        """Files go there from now on, unless the draft names another place."""
        self._usual = folder
        self._follow("output")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._dress()

    # --- following the draft, and what is chosen ----------------------------------------------------------------

    def _connect(self) -> None:
        self._draft.changed.connect(self._follow)
        self.formats.activated.connect(self._choose_format)
        self.members.activated.connect(self._choose_member)
        self.name.textEdited.connect(self._type_name)
        self.folder.textEdited.connect(self._type_folder)
        for line in (self.name, self.folder):
            line.returnPressed.connect(self.submitted)
        self.date.clicked.connect(self._add_date)
        self.own.clicked.connect(self._add_name)
        self.choose.clicked.connect(self._choose_folder)

    def _follow(self, part: str) -> None:
        if part not in ("", "output", "name"):
            return
        output, name = self._draft.part("output"), str(self._draft.part("name"))
        chosen = format_in(output)
        self.formats.setCurrentIndex(self.formats.findData(chosen.name))
        self.members.setCurrentIndex(self.members.findData(str(output.get("member") or "csv")))
        self.members.setVisible(chosen.name == "zip")
        self._about.setText(chosen.note)
        folder, _ = parted(str(output.get("path") or ""))
        where = place(folder.rstrip("/\\") or folder) if folder else place(self._usual)
        for line, text in ((self.name, stem_in(output) or name), (self.folder, where)):
            # what is being typed stays as it is typed
            if line is not self._typed_in and line.text() != text:
                line.setText(text)
                line.setCursorPosition(0)

    def _choose_format(self) -> None:
        output = self._draft.part("output")
        chosen = form(self.formats.currentData())
        folder, _ = parted(str(output.get("path") or ""))
        kept = {name: value for name, value in output.items() if name not in ("format", "path")}
        path = joined(folder, stem_in(output), chosen)
        made = {**kept, "type": "file", "format": chosen.name, **({"path": path} if path else {})}
        self._draft.change(f"Format {chosen.label}", output=made)

    def _choose_member(self) -> None:
        output = {**self._draft.part("output"), "member": self.members.currentData()}
        self._draft.change(f"{self.members.currentText()} in the ZIP", output=output)

    def _type_name(self, text: str) -> None:
        text = text.strip()
        output = self._draft.part("output")
        folder, _ = parted(str(output.get("path") or ""))
        pattern = "{" in text or "/" in text or "\\" in text
        parts: dict[str, Any] = {"output": self._placed(joined(folder, text if pattern else "", format_in(output)))}
        if text and not pattern:
            parts["name"] = text
        self._change(self.name, "Name", "file-name", parts)

    def _type_folder(self, text: str) -> None:
        output = self._draft.part("output")
        usual = text.strip() in ("", self._usual, place(self._usual))
        path = joined("" if usual else text.strip(), stem_in(output), format_in(output))
        self._change(self.folder, "Folder", "file-folder", {"output": self._placed(path)})

    def _change(self, line: QLineEdit, words: str, merge: str, parts: dict[str, Any]) -> None:
        self._typed_in = line
        try:
            self._draft.change(words, merge=merge, **parts)
        finally:
            self._typed_in = None

    def _placed(self, path: str | None) -> dict[str, Any]:
        output: dict[str, Any] = {**self._draft.part("output"), "path": path}
        output.setdefault("format", format_in(output).name)
        if path is None:
            del output["path"]
        return output

    def _add_date(self) -> None:
        self._add("{date}")

    def _add_name(self) -> None:
        self._add("{name}")

    def _add(self, word: str) -> None:
        """Put a word that is filled in where the cursor is, with a space before it."""
        at = self.name.cursorPosition() if self.name.hasFocus() else len(self.name.text())
        text = self.name.text()
        gap = " " if text[:at].strip() and not text[:at].endswith((" ", "-", "_")) else ""
        self.name.setText(f"{text[:at]}{gap}{word}{text[at:]}")
        self._type_name(self.name.text())
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Folder for the file", self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take_folder)
        dialog.open()

    def _take_folder(self, folder: str) -> None:
        self.folder.setText(place(folder))
        self._type_folder(folder)

    # --- how it looks -------------------------------------------------------------------------------------------

    def _dress(self) -> None:
        for combo in (self.formats, self.members):
            for at in range(combo.count()):
                name = combo.itemData(at)
                combo.setItemIcon(at, self._icons.icon(f"format-{name}", self.palette(), 18))

    def _lay_out(self) -> None:
        for known in FORMS:
            self.formats.addItem(known.label, known.name)
            if known.name != "zip":
                self.members.addItem(known.label, known.name)
        self.choose.setProperty("role", "beside")
        self.choose.setToolTip("Choose the folder for the file")
        self.choose.setAccessibleName("Choose the folder")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        kinds = QHBoxLayout()
        kinds.setSpacing(8)
        kinds.addWidget(self.formats, 1)
        kinds.addWidget(self.members, 1)
        caption = QLabel("For&mat")
        caption.setProperty("role", "caption")
        caption.setBuddy(self.formats)
        column.addWidget(caption)
        column.addLayout(kinds)
        column.addWidget(self._about)
        column.addWidget(self.options)
        column.addSpacing(6)
        captioned(column, "&Name", self.name, stretches=True)
        words = Flow(10)
        words.addWidget(self.date)
        words.addWidget(self.own)
        column.addLayout(words)
        column.addSpacing(6)
        captioned(column, "F&older", self.folder, self.choose, stretches=True)
        column.addWidget(self.preview)


def _combo(name: str, hint: str) -> Chooser:
    made = Chooser()
    made.setAccessibleName(name)
    made.setToolTip(hint)
    # two of them share a narrow pane
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(3)
    return made


def _line(name: str, hint: str) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setToolTip(hint)
    return made


def _quiet(text: str, hint: str) -> QPushButton:
    made = QPushButton(text)
    made.setProperty("role", "quiet")
    made.setToolTip(hint)
    made.setAccessibleName(hint)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made
