"""A small table of names and values, such as headers: it grows by typing into its last line."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from fetchtozip_gui.core.masking import REFERENCES
from fetchtozip_gui.gui.form_specs import ABSENT, Path, Spec
from fetchtozip_gui.gui.widgets.fields import Field
from fetchtozip_gui.gui.widgets.secret_field import is_reference


class PairsField(Field):
    """`{"name": "value"}`. Values of secret-sounding names are kept elsewhere, as those of a secret field."""

    def __init__(self, spec: Spec, path: Path) -> None:
        super().__init__(spec, path)
        self._rows: list[_Row] = []
        self._said: dict[str, Any] = {}
        self._table = QWidget()
        self._table.setProperty("role", "clear")
        self._column = QVBoxLayout(self._table)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._put(self._table)
        self._show({})

    def show_value(self, value: Any) -> None:
        value = dict(value) if isinstance(value, dict) else {}
        if value == self._said:
            return
        here = {row.name.text().strip(): row for row in self._rows[:-1]}
        if set(self._said) <= set(value) <= set(here):
            # as when a secret has been kept: what is typed in other lines stays
            self._said = value
            for name, one in value.items():
                here[name].show_text(_text(one), self.spec.hidden)
        else:
            self._show(value)

    def refuse(self, words: str) -> None:
        """Say why a secret could not be kept."""
        self.mark(words)

    def rows(self) -> list[tuple[QLineEdit, QLineEdit]]:
        """The lines of the table, the empty last one too."""
        return [(row.name, row.value) for row in self._rows]

    # --- typing -------------------------------------------------------------------------------------------------

    def _edit(self, row: _Row) -> None:
        if row is self._rows[-1] and row.name.text():
            self._add("", "")
        row.veil(self.spec.hidden)
        self._tell()

    def _tell(self) -> None:
        """Everything but secrets that are not kept yet."""
        known = self._said
        value = {}
        for row in self._rows:
            name, text = row.name.text().strip(), row.value.text()
            if not name:
                continue
            if row.is_secret(self.spec.hidden) and text and not is_reference(text):
                continue
            value[name] = known[name] if name in known and _text(known[name]) == text else _value(text)
        if value != self._said:
            self._said = value
            self.edited.emit(self.path, value or ABSENT)

    def _leave(self, row: _Row) -> None:
        name, text = row.name.text().strip(), row.value.text()
        if name and row.is_secret(self.spec.hidden) and text and not text.startswith(REFERENCES):
            self.secret.emit((*self.path, name), text)

    def _remove(self, row: _Row) -> None:
        if row is self._rows[-1]:
            return
        self._rows.remove(row)
        self._column.removeWidget(row)
        self._rows[-1].name.setFocus()
        row.hide()
        row.deleteLater()
        self._name_rows()
        self._tell()

    # --- showing ------------------------------------------------------------------------------------------------

    def _show(self, value: dict[str, Any]) -> None:
        self._said = value
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = []
        for name, one in (*value.items(), ("", "")):
            self._add(name, _text(one))
        self.setFocusProxy(self._rows[0].name)

    def _add(self, name: str, value: str) -> None:
        row = _Row(name, value, self._table)
        row.veil(self.spec.hidden)
        row.edited.connect(self._edit)
        row.left.connect(self._leave)
        row.removed.connect(self._remove)
        self._rows.append(row)
        self._column.addWidget(row)
        self._name_rows()

    def _name_rows(self) -> None:
        one = self.spec.label.removesuffix("s")
        for number, row in enumerate(self._rows, 1):
            row.name.setAccessibleName(f"{one} {number}: name")
            row.value.setAccessibleName(f"{one} {number}: value")
            row.out.setAccessibleName(f"Remove {one.lower()} {number}")
            for editor in (row.name, row.value):
                editor.setToolTip(self.spec.about)
            row.out.setVisible(row is not self._rows[-1])


class _Row(QWidget):
    """One line of the table."""

    edited = Signal(object)
    left = Signal(object)
    removed = Signal(object)

    def __init__(self, name: str, value: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "clear")
        self.name = QLineEdit(name)
        self.name.setPlaceholderText("name")
        self.value = QLineEdit(value)
        self.value.setPlaceholderText("value")
        for line in (self.name, self.value):
            line.setCursorPosition(0)
        self.out = QToolButton()
        self.out.setText("✕")
        self.out.setToolTip("Remove this line")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        for column, (widget, share) in enumerate(((self.name, 2), (self.value, 3), (self.out, 0))):
            grid.addWidget(widget, 0, column)
            grid.setColumnStretch(column, share)
        # so that a line without its button is as wide as one with it
        kept = self.out.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.out.setSizePolicy(kept)
        self.name.textEdited.connect(self._edit)
        self.value.textEdited.connect(self._edit)
        self.value.editingFinished.connect(self._leave)
        self.name.editingFinished.connect(self._leave)
        self.out.clicked.connect(self._remove)

    def is_secret(self, hidden: bool) -> bool:
        from fetchtozip_gui.core.secrets import is_secret_name  # heavy: Pydantic, after the first paint

        return hidden or is_secret_name(self.name.text().strip())

    def veil(self, hidden: bool) -> None:
        """Dots in place of a secret."""
        text = self.value.text()
        plain = any(reference.startswith(text) or text.startswith(reference) for reference in REFERENCES)
        secret = bool(self.name.text()) and not plain and self.is_secret(hidden)
        self.value.setEchoMode(QLineEdit.EchoMode.Password if secret else QLineEdit.EchoMode.Normal)

    def show_text(self, text: str, hidden: bool) -> None:
        """Show another value."""
        if text != self.value.text():
            self.value.setText(text)
            self.veil(hidden)

    def _edit(self) -> None:
        self.edited.emit(self)

    def _leave(self) -> None:
        self.left.emit(self)

    def _remove(self) -> None:
        self.removed.emit(self)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(text: str) -> Any:
    """A text, or a list of them where a list was written: `["a", "b"]` repeats the parameter."""
    if text.startswith("[") and text.endswith("]"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
