"""Fields of a form: each shows one value of the source, tells what is typed, and is marked where it is wrong."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from fetchtozip_gui.gui.form_specs import ABSENT, Path, Spec, parsed, shown
from fetchtozip_gui.gui.widgets.labels import label, put_on


class Field(QWidget):
    """What all fields are: an editor, and below it a sentence while its value is wrong."""

    edited = Signal(object, object)
    """The path, and its new value; `ABSENT` takes it out of the document."""
    secret = Signal(object, str)
    """The path, and a secret that was typed: it is to be kept, and the document gets its name."""

    def __init__(self, spec: Spec, path: Path) -> None:
        super().__init__()
        self.spec = spec
        self.path = path
        self._words = ""
        self._message = label(role="muted", wraps=True)
        put_on(self._message, "bad")
        self._message.hide()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(2)

    def show_value(self, value: Any) -> None:
        """Show what the document has; `ABSENT` shows what is meant by that."""
        raise NotImplementedError

    def fields(self) -> list[Field]:
        """This field and those within it."""
        return [self]

    def mark(self, words: str) -> None:
        """Say what is wrong with the value; nothing takes the mark away."""
        if words == self._words:
            return
        self._words = words
        self._message.setText(f"✗ {words}" if words else "")
        self._message.setVisible(bool(words))
        editor = self.focusProxy()
        if editor is not None:
            editor.setAccessibleDescription(words)
            editor.setProperty("wrong", "true" if words else "false")
            editor.style().unpolish(editor)
            editor.style().polish(editor)

    @property
    def marked(self) -> str:
        """What is said to be wrong."""
        return self._words

    def is_typed_in(self) -> bool:
        """Whether somebody is in the middle of typing here, whom it is too early to correct."""
        return False

    def _put(self, editor: QWidget) -> None:
        editor.setAccessibleName(self.spec.label)
        editor.setToolTip(self.spec.about or self.spec.label)
        self.setFocusProxy(editor)
        self._lines.insertWidget(0, editor)
        self._lines.addWidget(self._message)


class _Line(QLineEdit):
    """A line that tells when it is entered and left; arrows change a number by one."""

    entered = Signal()
    left = Signal()
    stepped = Signal(int)

    def focusInEvent(self, event: QFocusEvent) -> None:
        # before Qt selects what stands there
        self.entered.emit()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Up else -1)
        super().keyPressEvent(event)


class LineField(Field):
    """A text or a number on one line."""

    def __init__(self, spec: Spec, path: Path) -> None:
        super().__init__(spec, path)
        self.line = _Line()
        self.line.setPlaceholderText(spec.empty)
        self._typing = False
        self._pending = ""
        self._put(self.line)
        self.line.textEdited.connect(self._edit)
        self.line.left.connect(self._leave)
        self.line.returnPressed.connect(self._leave)
        if spec.kind in ("whole", "number"):
            self.line.stepped.connect(self._step)

    def show_value(self, value: Any) -> None:
        text = shown(value, self.spec)
        # what is being typed stays as it is typed: 1. and 1 are the same number
        if self._typing and parsed(self.line.text(), self.spec.kind) == parsed(text, self.spec.kind):
            return
        if text != self.line.text():
            self.line.setText(text)
            self.line.setCursorPosition(0)

    def suggest(self, text: str) -> None:
        """Show in grey what is taken while nothing is typed."""
        self.line.setPlaceholderText(text or self.spec.empty)

    def mark(self, words: str) -> None:
        # while somebody types a mark may go away, and comes when he is done
        self._pending = words
        if not words or not self._typing or self._words:
            super().mark(words)

    def is_typed_in(self) -> bool:
        return self._typing

    def _edit(self, text: str) -> None:
        self._typing = True
        self.edited.emit(self.path, self._value(text))

    def _value(self, text: str) -> Any:
        if not text.strip():
            # where leaving it out would bring a default back, null says that nothing is meant
            return None if self.spec.nullable and self.spec.default is not None else ABSENT
        return parsed(text, self.spec.kind)

    def _leave(self) -> None:
        if self._typing:
            self._typing = False
            super().mark(self._pending)

    def _step(self, by: int) -> None:
        value = parsed(self.line.text(), self.spec.kind)
        if isinstance(value, (int, float)):
            self.line.setText(shown(max(0, value + by), self.spec))
            self._edit(self.line.text())


class SwitchField(Field):
    """Yes or no."""

    def __init__(self, spec: Spec, path: Path) -> None:
        super().__init__(spec, path)
        self._box = QCheckBox(spec.label.replace("&", "&&"))
        self._put(self._box)
        self._box.clicked.connect(self._edit)

    def show_value(self, value: Any) -> None:
        self._box.setChecked(bool(self.spec.default if value is ABSENT else value))

    def _edit(self, checked: bool) -> None:
        self.edited.emit(self.path, checked)


class ChoiceField(Field):
    """One of a few values."""

    def __init__(self, spec: Spec, path: Path, box: QComboBox | None = None) -> None:
        super().__init__(spec, path)
        self.box = box if box is not None else QComboBox()
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for name in spec.choices:
            self.box.addItem(spec.names.get(name, name), name)
        self._put(self.box)
        # a wheel that scrolls the form must not choose
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.box.installEventFilter(self)
        self.box.activated.connect(self._edit)

    def show_value(self, value: Any) -> None:
        self.box.setCurrentIndex(self.box.findData(self.spec.default if value is ABSENT else value))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel and watched is self.box and not self.box.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _edit(self) -> None:
        self.edited.emit(self.path, self.box.currentData())


class NamesField(LineField):
    """A few texts with commas between them."""

    def show_value(self, value: Any) -> None:
        if isinstance(value, (list, tuple)):
            value = ", ".join(str(one) for one in value)
        elif value is ABSENT:
            value = ""
        if not self._typing or self._value(self.line.text()) == ABSENT:
            super().show_value(value)

    def _value(self, text: str) -> Any:
        return [one.strip() for one in text.split(",") if one.strip()] or ABSENT


class JsonField(Field):
    """A JSON value as text; what is no JSON is told here and goes no further."""

    def __init__(self, spec: Spec, path: Path) -> None:
        super().__init__(spec, path)
        self._text = QPlainTextEdit()
        self._text.setProperty("role", "code")
        self._text.setPlaceholderText(spec.empty)
        self._text.setTabChangesFocus(True)
        self._text.setMaximumHeight(self.fontMetrics().lineSpacing() * 6)
        self._said: Any = ABSENT
        self._put(self._text)
        self._text.textChanged.connect(self._edit)

    def show_value(self, value: Any) -> None:
        value = ABSENT if value is None else value
        if value == self._said:
            return
        self._said = value
        text = "" if value is ABSENT else json.dumps(value, indent=2, ensure_ascii=False)
        self._text.blockSignals(True)
        self._text.setPlainText(text)
        self._text.blockSignals(False)

    def _edit(self) -> None:
        text = self._text.toPlainText()
        try:
            value = json.loads(text) if text.strip() else ABSENT
        except ValueError as error:
            self.mark(f"is no JSON yet: {error}")
            return
        self.mark("")
        self._said = value
        self.edited.emit(self.path, value)
