"""The form of one step, made from its model: fields with what they are for, and marks where they are wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args, get_origin

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.gui.form_specs import Path, Spec, at, put, specs
from fetchtozip_gui.gui.step_words import INNER, NAMES, WORDS
from fetchtozip_gui.gui.widgets.fields import Field
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.model_form import CAPTION, caption
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.step_fields import field_for, has_own_caption, is_wide, offer

_NOTE = Spec("note", "text", "Note", "Your own words about this step; they change nothing", "why this step is here", "")


class StepForm(QWidget):
    """Shows one step at a time. What is typed is told at once, whether or not it is right."""

    edited = Signal(object, str)
    """The step as it is now, and the field that changed."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "clear")
        self._document: Mapping[str, Any] = {}
        self._shown: tuple[Any, ...] = ()
        self._fields: list[Field] = []
        self._body = QWidget()
        self.title = label(role="headline")
        self._about = label(role="muted", wraps=True)
        self.notice = Notice()
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(6)
        for widget in (self.title, self._about, self.notice, self._body):
            self._whole.addWidget(widget)
        self._whole.addStretch(1)

    def show_step(self, document: Mapping[str, Any], columns: Sequence[str], number: int) -> None:
        """Show the step of a number from 1, where `columns` are those of the rows before it."""
        kind = str(document.get("type", ""))
        self._document = document
        if self._shown[:2] != (kind, number):
            self._build(kind, columns, number)
        elif self._shown[2] != tuple(columns):
            # in place: somebody may be typing
            offer(self._fields, columns)
        self._shown = (kind, number, tuple(columns))
        for field in self._fields:
            field.show_value(at(document, field.path))

    def show_source(self) -> None:
        """Show that the source is no step."""
        self._shown = ()
        self._build("", (), 0)
        self.title.setText("Source")
        self._about.setText("The rows as they come from the source. Steps that are added here change what is exported.")
        self.notice.clear()

    def show_faults(self, lines: Sequence[str]) -> None:
        """Mark the fields that the lines of an error name; the others stand above the form."""
        known = {".".join(field.path): field for field in self.fields()}
        told: dict[str, list[str]] = {}
        left = []
        for line in lines:
            path, colon, words = line.partition(": ")
            found = path if colon else ""
            # the nearest field around what is named
            while found and found not in known:
                found = found.rpartition(".")[0]
            if found:
                told.setdefault(found, []).append(words)
            else:
                left.append(line)
        for path, field in known.items():
            field.mark("; ".join(told.get(path, ())))
        if left:
            self.notice.fail(StepError("\n".join(left)))
        else:
            self.notice.clear()

    def fields(self) -> list[Field]:
        """All fields, those within others too."""
        return [inner for field in self._fields for inner in field.fields()]

    def _build(self, kind: str, columns: Sequence[str], number: int) -> None:
        self._whole.removeWidget(self._body)
        self._body.hide()
        self._body.deleteLater()
        self._body = QWidget()
        self._body.setProperty("role", "clear")
        grid = QGridLayout(self._body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, self.fontMetrics().averageCharWidth() * CAPTION)
        grid.setColumnStretch(1, 1)
        self._fields = []
        self.title.setText(NAMES.get(kind, kind))
        # the source needs no model, and may be shown before any is loaded
        model = step_models().get(kind) if kind else None
        self._about.setText(" ".join((model.__doc__ or "").split()) if model is not None else "")
        own = step_specs(kind) if kind else ()
        if kind == "columns" and number == 1:
            self._about.setText("The Columns table shows and edits this step.")
            own = own[-1:]
        for spec in own:
            self._add(grid, field_for(spec, (spec.name,), columns))
        self._whole.insertWidget(3, self._body)

    def _add(self, grid: QGridLayout, field: Field) -> None:
        row = grid.rowCount()
        if is_wide(field):
            grid.addWidget(caption(field), row, 0, 1, 2)
            grid.addWidget(field, row + 1, 0, 1, 2)
        elif has_own_caption(field):
            grid.addWidget(field, row, 1)
        else:
            grid.addWidget(caption(field), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, row, 1)
        field.edited.connect(self._edit)
        self._fields.append(field)

    def _edit(self, path: Path, value: Any) -> None:
        self._document = put(dict(self._document), path, value)
        self.edited.emit(self._document, path[0])


def step_models() -> Mapping[str, Any]:
    """The steps' models by their word in a recipe."""
    from fetchtozip_gui.core.preview import KINDS  # heavy: Pydantic and Polars, after the first paint

    return KINDS


def step_specs(kind: str) -> tuple[Spec, ...]:
    """The fields of a step's form, its note last; none for a step that is not known."""
    model = step_models().get(kind)
    if model is None:
        return ()
    by_name = {info.alias or name: info for name, info in model.model_fields.items()}
    found = [_refined(spec, by_name[spec.name]) for spec in specs(model, WORDS) if spec.name not in ("note", "enabled")]
    return (*found, _NOTE)


def _refined(spec: Spec, info: Any) -> Spec:
    """A list of models is a list of small forms."""
    inner = _model_in(info.annotation)
    if inner is None or spec.kind == "pairs":
        return spec
    return replace(spec, kind="json", members={"": specs(inner, {**WORDS, **INNER})})


def _model_in(annotation: Any) -> Any:
    """The model of a tuple's elements, if they are one's."""
    if get_origin(annotation) is tuple:
        inner = [one for part in get_args(annotation) for one in (get_args(part) or (part,))]
        return next((one for one in inner if hasattr(one, "model_fields")), None)
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)
