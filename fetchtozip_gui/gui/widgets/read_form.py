"""How a file is read: what was found out about it, each part of it to be chosen otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from fetchtozip_gui.gui import read_words
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.files import OpenedFile
from fetchtozip_gui.gui.widgets.flow import Flow
from fetchtozip_gui.gui.widgets.labels import OneLine, label
from fetchtozip_gui.gui.widgets.output_options import Chooser

if TYPE_CHECKING:
    from fetchtozip_gui.core.rows.outlook import Outlook

_WIDEST = 36
"""Characters of a field."""
_LIST_LINES = 6


class ReadForm(QWidget):
    """Closed until it is asked for, or the file cannot be read whole. A change reads it again; undo takes that back."""

    def __init__(self, file: OpenedFile, errands: Errands) -> None:
        super().__init__()
        self.setProperty("role", "clear")
        self._file = file
        self._errands = errands
        self._asked: dict[str, Any] | None = None
        self._shown: dict[str, Any] | None = None
        self.outlook: Outlook | None = None
        self.button = QPushButton()
        self.summary = OneLine("muted")
        self.body = QWidget()
        self.boxes: dict[str, _Box] = {}
        self.left_out = QListWidget()
        self._held: dict[str, QWidget] = {}
        self._lay_out()
        self.button.toggled.connect(self._toggle)
        file.draft.changed.connect(self._follow)
        file.changed.connect(self._follow_file)
        self._toggle(False)
        self._follow("")

    def open(self) -> None:
        """Show the fields."""
        self.button.setChecked(True)

    def is_up_to_date(self) -> bool:
        """Whether what is shown is of the file as it is read now."""
        return self._shown == self._asked

    def _follow(self, part: str) -> None:
        source = self._file.draft.part("source")
        if part not in ("", "source") or source == self._asked:
            return
        self._asked = source
        from fetchtozip_gui.engine.reading import outlook

        self._errands.run(lambda: outlook(source), lambda found: self._take(source, found))

    def _take(self, source: dict[str, Any], found: Outlook) -> None:
        # a file that was closed meanwhile has no form any more
        if not isValid(self) or source != self._asked:
            return
        self.outlook, self._shown = found, source
        self._show_fields()
        self.summary.setText(read_words.summary(source, found))
        self.summary.setToolTip(self.summary.text())

    def _show_fields(self) -> None:
        if self.outlook is None:
            return
        values = {**read_words.USUAL, **(self._shown or {})}
        shown = read_words.fields(self.outlook)
        for name, box in self.boxes.items():
            self._held[name].setVisible(name in shown)
            if name in shown:
                box.show_choices(read_words.choices(name, values[name], self.outlook), values[name])

    def _follow_file(self) -> None:
        read = self._file.read
        lines = read.left_out if read is not None else ()
        if lines or self._file.state == "ready":
            self.left_out.clear()
            self.left_out.addItems(list(lines))
        self.left_out.setVisible(bool(lines))
        is_partly = read is not None and bool(read.problem)
        if is_partly or (self._file.state == "failed" and self._file.is_there()):
            self.open()

    def _choose(self) -> None:
        box = self.sender()
        assert isinstance(box, _Box)
        self._put(box.name, box.currentData())

    def _type(self) -> None:
        box = self.sender().parent()
        assert isinstance(box, _Box)
        self._put(box.name, box.typed())

    def _put(self, name: str, value: Any) -> None:
        source = self._file.draft.part("source")
        source[name] = value
        if value == read_words.USUAL[name]:
            del source[name]
        self._file.draft.change(read_words.LABELS[name], source=source)

    def _toggle(self, opened: bool) -> None:
        if opened and not self.boxes:
            # only now: most files are read as they are meant, and so many fields take longer than a frame
            self._make_fields()
            self._show_fields()
        self.body.setVisible(opened)
        self.button.setText(f"{'▾' if opened else '▸'} How it is read")

    def _lay_out(self) -> None:
        self.button.setCheckable(True)
        self.button.setProperty("role", "quiet")
        self.button.setAccessibleName("How the file is read")
        self.button.setToolTip("What was found out about the file, to be changed where it is wrong (Space)")
        self.body.setProperty("role", "clear")
        self._fields = Flow(12)
        self.left_out.setAccessibleName("Lines that were left out")
        self.left_out.setToolTip("Lines of the file that are no rows, with the reason")
        self.left_out.setMaximumHeight(self.fontMetrics().lineSpacing() * _LIST_LINES + 12)
        self.left_out.setUniformItemSizes(True)
        self.left_out.hide()
        inside = QVBoxLayout(self.body)
        inside.setContentsMargins(8, 2, 0, 4)
        inside.setSpacing(8)
        inside.addLayout(self._fields)
        inside.addWidget(self.left_out)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.button)
        line.addWidget(self.summary, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(line)
        column.addWidget(self.body)

    def _make_fields(self) -> None:
        for name in read_words.FIELDS:
            held = QWidget(self.body)
            held.setProperty("role", "clear")
            inside = QVBoxLayout(held)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.setSpacing(2)
            caption = label(read_words.LABELS[name], "caption")
            self.boxes[name] = box = _Box(name)
            caption.setBuddy(box)
            inside.addWidget(caption)
            inside.addWidget(box)
            held.hide()
            self._held[name] = held
            self._fields.addWidget(held)
            box.activated.connect(self._choose)
            if box.isEditable():
                box.lineEdit().editingFinished.connect(self._type)


class _Box(Chooser):
    """Values with what they are called; in some, others can be typed."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.setEditable(name in read_words.TYPED)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaximumWidth(self.fontMetrics().averageCharWidth() * _WIDEST + 40)
        for part in (self, self.lineEdit()) if self.isEditable() else (self,):
            part.setAccessibleName(read_words.LABELS[name])
            part.setToolTip(read_words.ABOUT[name])

    def show_choices(self, choices: list[read_words.Choice], value: Any) -> None:
        """Show the value among what can be chosen."""
        self.blockSignals(True)
        self.clear()
        for known, words in choices:
            self.addItem(words, known)
            self.setItemData(self.count() - 1, words, Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex(next(at for at, (known, _) in enumerate(choices) if known == value))
        if self.isEditable():
            self.lineEdit().setCursorPosition(0)
        self.blockSignals(False)

    def typed(self) -> Any:
        """The value of what stands in the line: one of the list by its name, or what was typed."""
        text = self.currentText()
        at = self.findText(text)
        if at >= 0:
            return self.itemData(at)
        return text if self.name == "delimiter" and text else text.strip() or read_words.USUAL[self.name]
