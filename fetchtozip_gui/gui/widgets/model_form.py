"""A form made of specs: captions beside fields, and variants that bring their own fields along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from fetchtozip_gui.gui.form_specs import ABSENT, Path, Spec, at
from fetchtozip_gui.gui.widgets.fields import ChoiceField, Field, JsonField, LineField, NamesField, SwitchField
from fetchtozip_gui.gui.widgets.pairs import PairsField
from fetchtozip_gui.gui.widgets.secret_field import SecretField

CAPTION = 14
"""Characters of the column of captions, so that all forms of a page stand in one line."""


class Form(QWidget):
    """Fields under one another."""

    edited = Signal(object, object)
    """As `Field.edited`."""
    secret = Signal(object, str)

    def __init__(self, specs: Iterable[Spec], path: Path = ()) -> None:
        super().__init__()
        self.setProperty("role", "clear")
        self._own: list[Field] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, self.fontMetrics().averageCharWidth() * CAPTION)
        grid.setColumnStretch(1, 1)
        for spec in specs:
            self._add(grid, made(spec, (*path, spec.name)))

    def fields(self) -> list[Field]:
        """All fields, those within others too."""
        return [inner for field in self._own for inner in field.fields()]

    def show_source(self, document: Mapping[str, Any]) -> None:
        """Show what the document has."""
        for field in self._own:
            field.show_value(at(document, field.path))

    def _add(self, grid: QGridLayout, field: Field) -> None:
        row = grid.rowCount()
        if isinstance(field, VariantField):
            grid.addWidget(caption(field), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, row, 1)
            grid.addWidget(field.inner, row + 1, 0, 1, 2)
        elif isinstance(field, SwitchField):
            grid.addWidget(field, row, 1)
        else:
            grid.addWidget(caption(field), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, row, 1)
        field.edited.connect(self.edited)
        field.secret.connect(self.secret)
        self._own.append(field)


class VariantField(ChoiceField):
    """One of several models, chosen by its `type`; `inner` holds the chosen one's own fields."""

    def __init__(self, spec: Spec, path: Path) -> None:
        super().__init__(spec, path)
        self.inner = QWidget()
        self.inner.setProperty("role", "clear")
        self._inside = QGridLayout(self.inner)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._form: Form | None = None
        self._shown = ""
        self._value: dict[str, Any] = {}
        self.known: Mapping[str, Any] = {}
        """What was found of the source: chosen values start from it."""
        self.inner.hide()

    def fields(self) -> list[Field]:
        return [self, *(self._form.fields() if self._form else ())]

    def show_value(self, value: Any) -> None:
        kind = _type_of(value, self.spec)
        super().show_value(kind)
        self._value = dict(value) if isinstance(value, dict) else {}
        if kind != self._shown:
            self._change(kind)
        if self._form is not None:
            self._form.show_source(_nested(self.path, self._value))

    def _change(self, kind: str) -> None:
        if self._form is not None:
            self._inside.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
            self._form = None
        self._shown = kind
        members = self.spec.members.get(kind, ())
        if members:
            self._form = Form(members, self.path)
            self._form.edited.connect(self.edited)
            self._form.secret.connect(self.secret)
            self._inside.addWidget(self._form)
        self.inner.setVisible(bool(members))

    def _edit(self) -> None:
        kind = self.box.currentData()
        if kind == "given":
            self.edited.emit(self.path, dict(self._value))
        elif kind == self.spec.default:
            self.edited.emit(self.path, ABSENT)
        else:
            names = {spec.name for spec in self.spec.members[kind]}
            known = self.known if self.known.get("type") == kind else {}
            kept = {name: value for name, value in {**self._value, **known}.items() if name in names}
            self.edited.emit(self.path, {"type": kind, **kept})


def _type_of(value: Any, spec: Spec) -> str:
    if isinstance(value, dict):
        return "given" if "given" in spec.members else str(value.get("type", ""))
    return value if isinstance(value, str) else str(spec.default)


def _nested(path: Path, value: Any) -> dict[str, Any]:
    for name in reversed(path):
        value = {name: value}
    return dict(value)


def made(spec: Spec, path: Path) -> Field:
    """The field for a spec."""
    kinds: dict[str, type[Field]] = {
        "switch": SwitchField,
        "choice": ChoiceField,
        "variant": VariantField,
        "pairs": PairsField,
        "names": NamesField,
        "json": JsonField,
        "secret": SecretField,
    }
    return kinds.get(spec.kind, LineField)(spec, path)


def caption(field: Field) -> QLabel:
    """A field's name, as high as a line so that the two stand level."""
    made = QLabel(field.spec.label)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", "caption")
    made.setToolTip(field.spec.about)
    made.setMinimumHeight(made.fontMetrics().lineSpacing() + 16)
    made.setBuddy(field.focusProxy() or field)
    return made
