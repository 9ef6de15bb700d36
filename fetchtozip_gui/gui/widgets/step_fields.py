"""The fields that only steps have: columns chosen from those that there are, and lists of small forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QGridLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from fetchtozip_gui.gui.form_specs import ABSENT, Path, Spec, put
from fetchtozip_gui.gui.widgets.fields import ChoiceField, Field, NamesField, SwitchField
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.model_form import made
from fetchtozip_gui.gui.widgets.tool import tool


class ColumnField(Field):
    """One column, chosen from a list or typed."""

    def __init__(self, spec: Spec, path: Path, columns: Sequence[str]) -> None:
        super().__init__(spec, path)
        self.box = QComboBox()
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.offer(columns)
        self.box.completer().setFilterMode(Qt.MatchFlag.MatchContains)
        self.box.completer().setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(8)
        self._put(self.box)
        self.box.editTextChanged.connect(self._edit)

    def show_value(self, value: Any) -> None:
        text = "" if value is ABSENT or value is None else str(value)
        if text != self.box.currentText():
            self.box.blockSignals(True)
            self.box.setEditText(text)
            # the beginning of a name tells more than its end
            self.box.lineEdit().setCursorPosition(0)
            self.box.blockSignals(False)

    def offer(self, columns: Sequence[str]) -> None:
        """Have these columns to choose from; what is typed stays."""
        text = self.box.currentText()
        self.box.blockSignals(True)
        self.box.clear()
        self.box.addItems(list(columns))
        self.box.setEditText(text)
        self.box.blockSignals(False)

    def _edit(self, text: str) -> None:
        self.edited.emit(self.path, text)


class ColumnsField(NamesField):
    """Some columns with commas between, typed or ticked in a menu."""

    def __init__(self, spec: Spec, path: Path, columns: Sequence[str]) -> None:
        super().__init__(spec, path)
        self.pick = tool("▾", f"Choose columns: {spec.label}", "Choose from the columns before this step")
        self.offer(columns)
        self.pick.clicked.connect(self._open)
        self._lines.removeWidget(self.line)
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.line, 1)
        line.addWidget(self.pick)
        self._lines.insertLayout(0, line)

    def offer(self, columns: Sequence[str]) -> None:
        """Have these columns to choose from."""
        self._columns = columns
        self.pick.setEnabled(bool(columns))

    def _value(self, text: str) -> Any:
        found = super()._value(text)
        # a list that has to be there is shown as empty and not as missing
        return [] if found is ABSENT and not self.spec.nullable else found

    def _open(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen = self._chosen()
        for name in self._columns:
            action = menu.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(name in chosen)
            action.toggled.connect(lambda on, name=name: self._toggle(name, on))
        menu.popup(self.pick.mapToGlobal(self.pick.rect().bottomLeft()))

    def _chosen(self) -> list[str]:
        value = self._value(self.line.text())
        return list(value) if isinstance(value, list) else []

    def _toggle(self, name: str, on: bool) -> None:
        chosen = [one for one in self._chosen() if one != name]
        wanted = [*chosen, name] if on else chosen
        self.line.setText(", ".join(wanted))
        self.edited.emit(self.path, self._value(self.line.text()))


class MaybeField(ChoiceField):
    """One of a few values, or none of them."""

    def __init__(self, spec: Spec, path: Path) -> None:
        super().__init__(spec, path)
        self.box.insertItem(0, "–", None)

    def show_value(self, value: Any) -> None:
        self.box.setCurrentIndex(0 if value is None or value is ABSENT else self.box.findData(value))

    def _edit(self) -> None:
        chosen = self.box.currentData()
        self.edited.emit(self.path, ABSENT if chosen is None else chosen)


class ListField(Field):
    """A list of small forms, one a line; what is edited in one of them tells the whole list."""

    def __init__(self, spec: Spec, path: Path, members: Sequence[Spec], columns: Sequence[str]) -> None:
        super().__init__(spec, path)
        self._members = members
        self._columns = columns
        self._value: list[Any] = []
        self._inner: list[list[Field]] = []
        self._rows = QWidget()
        self._rows.setProperty("role", "clear")
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(4)
        self.add = tool("+ Add", f"Add to: {spec.label}", f"Add another line to: {spec.label}")
        self.add.clicked.connect(self._append)
        body = QWidget()
        body.setProperty("role", "clear")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._rows)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        body.setFocusProxy(self.add)
        self._put(body)
        self._rows.hide()

    def fields(self) -> list[Field]:
        return [self, *(field for row in self._inner for field in row)]

    def show_value(self, value: Any) -> None:
        rows = value if isinstance(value, (list, tuple)) else [value] if isinstance(value, (dict, str)) else []
        # a column's name alone is short for the form with only that
        self._value = [dict(one) if isinstance(one, dict) else {self._members[0].name: one} for one in rows]
        if len(self._value) != len(self._inner):
            self._build()
        for row, fields in zip(self._value, self._inner, strict=True):
            for field in fields:
                field.show_value(row.get(field.spec.name, ABSENT))

    def offer(self, columns: Sequence[str]) -> None:
        """Have these columns to choose from."""
        self._columns = columns
        offer(self.fields()[1:], columns)

    def _build(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            widget.hide()
            widget.deleteLater()
        self._inner = []
        for column, spec in enumerate(self._members):
            caption = label(spec.label if spec.kind != "switch" else "", "caption")
            self._grid.addWidget(caption, 0, column)
            self._grid.setColumnStretch(column, 0 if spec.kind == "switch" else 1)
        for number in range(len(self._value)):
            self._add_row(number)
        self._rows.setVisible(bool(self._value))

    def _add_row(self, number: int) -> None:
        fields = [field_for(spec, (*self.path, str(number), spec.name), self._columns) for spec in self._members]
        for column, field in enumerate(fields):
            # the captions above say it for those who see them
            editor = field.focusProxy()
            if editor is not None:
                editor.setAccessibleName(f"{self.spec.label} {number + 1}: {field.spec.label}")
            if isinstance(field, ChoiceField):
                field.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
                field.box.setMinimumContentsLength(8)
            field.edited.connect(self._edit)
            self._grid.addWidget(field, number + 1, column, Qt.AlignmentFlag.AlignTop)
        remove = tool("✕", f"Remove {self.spec.label} {number + 1}", "Remove this line")
        remove.clicked.connect(lambda: self._remove(number))
        self._grid.addWidget(remove, number + 1, len(self._members), Qt.AlignmentFlag.AlignTop)
        self._inner.append(fields)

    def _edit(self, path: Path, value: Any) -> None:
        number, name = int(path[-2]), path[-1]
        self._value[number] = put(self._value[number], (name,), value)
        self.edited.emit(self.path, list(self._value))

    def _append(self) -> None:
        first = {
            spec.name: spec.choices[0] for spec in self._members if spec.kind == "choice" and spec.default is ABSENT
        }
        new = {self._members[0].name: self._columns[0] if self._columns else "", **first}
        self.edited.emit(self.path, [*self._value, new])
        if self._inner:
            self._inner[-1][0].setFocus()

    def _remove(self, number: int) -> None:
        self.edited.emit(self.path, [one for at, one in enumerate(self._value) if at != number])


_OF_COLUMNS = ("by", "subset", "columns")


def field_for(spec: Spec, path: Path, columns: Sequence[str]) -> Field:
    """The field for a spec of a step, where `columns` are those of the rows before it."""
    if spec.members and spec.kind == "json":
        return ListField(spec, path, next(iter(spec.members.values())), columns)
    if spec.name == "column":
        return ColumnField(spec, path, columns)
    if spec.kind == "names" and spec.name in _OF_COLUMNS:
        return ColumnsField(spec, path, columns)
    if spec.kind == "choice" and spec.nullable and spec.default is None:
        return MaybeField(spec, path)
    return made(spec, path)


def offer(fields: Sequence[Field], columns: Sequence[str]) -> None:
    """Have other columns to choose from in all fields that offer some."""
    for field in fields:
        if isinstance(field, (ColumnField, ColumnsField, ListField)):
            field.offer(columns)


def is_wide(field: Field) -> bool:
    """Whether a field wants the whole width of a form, its caption above it."""
    return isinstance(field, ListField)


def has_own_caption(field: Field) -> bool:
    """Whether a field says itself what it is."""
    return isinstance(field, SwitchField) and not isinstance(field, ChoiceField)
