"""The form of a source: kind and address in sight with what is changed often, the rest in parts that open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as File
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fetchtozip_gui.gui.form_specs import ABSENT, Kind, Path, Spec, Words, at, specs
from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.source_words import FILE, HTTP, IN_SIGHT, KINDS, SECTIONS
from fetchtozip_gui.gui.widgets.address_field import AddressField
from fetchtozip_gui.gui.widgets.fields import Field, LineField
from fetchtozip_gui.gui.widgets.job_field import JobField
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.model_form import Form, VariantField
from fetchtozip_gui.gui.widgets.pairs import PairsField
from fetchtozip_gui.gui.widgets.secret_field import SecretField
from fetchtozip_gui.gui.widgets.sections import Sections

OPTIONS = "Options"
"""The part that holds what a file may need."""


def _spec(words: Mapping[str, Words], name: str, kind: Kind, default: Any = ABSENT, *, nullable: bool = False) -> Spec:
    hand = words[name]
    return Spec(name, kind, hand.label, hand.about, hand.empty, default, nullable)


ALWAYS = (
    _spec(HTTP, "rate_limit", "number", 10, nullable=True),
    _spec(HTTP, "page_limit", "whole", 100, nullable=True),
    _spec(HTTP, "concurrency", "whole", 8),
)
"""Said here too, and not read off the model: they are painted before it is loaded."""


class SourceForm(QWidget):
    """Shows a source of any kind, and tells what is changed in it."""

    edited = Signal(object, object)
    """The path, and its new value; `ABSENT` takes it out."""
    secret = Signal(object, str)
    kind_chosen = Signal(str)
    reached = Signal(object)
    """A field got the keyboard from elsewhere: it is to be in sight."""
    models_wanted = Signal()
    """A part was opened that is made of the source's model, which is not loaded yet."""

    def __init__(self, jobs: JobsModel | None = None) -> None:
        """`jobs` are those whose results can be chosen."""
        super().__init__()
        self.setProperty("role", "clear")
        self._source: dict[str, Any] = {}
        self._errors: dict[str, str] = {}
        self._loaded = False
        self._records = self._wanted = ""
        self._pagination: Mapping[str, Any] = {}
        self.kind = _kinds()
        self.address = AddressField(_spec(HTTP, "url", "text"), ("url",))
        self.file = LineField(_spec(FILE, "path", "text"), ("path",))
        self.job = JobField(jobs)
        self.often = {spec.name: LineField(spec, (spec.name,)) for spec in ALWAYS}
        self._choose = QPushButton("Choose…")
        self.parts = {
            "http": Sections({name: _inside(fields) for name, fields in SECTIONS.items()}),
            "file": Sections({OPTIONS: "Format, sheet, delimiter, names, bad lines"}),
            "job": Sections({}),
        }
        self._forms: dict[str, Form] = {}
        self._often = self._row()
        self._heads: dict[str, tuple[QWidget, ...]] = {
            "http": (self.address, self._often),
            "file": (self.file, self._choose),
            "job": (self.job,),
        }
        self._lay_out()
        self._connect()

    # --- showing ------------------------------------------------------------------------------------------------

    def show_source(self, source: Mapping[str, Any]) -> None:
        """Show what the draft has."""
        self._source = dict(source)
        kind = self.source_kind
        self.kind.setCurrentIndex(self.kind.findData(kind))
        for name, sections in self.parts.items():
            sections.setVisible(name == kind)
        for name, widgets in self._heads.items():
            for widget in widgets:
                widget.setVisible(name == kind)
        for field in self._own():
            field.show_value(at(source, field.path))
        for form in self._forms.values():
            form.show_source(source)
        self._tell_parts()

    @property
    def source_kind(self) -> str:
        """The kind that is shown; an unknown one is shown as HTTP, and refused by its model."""
        kind = str(self._source.get("type", "http"))
        return kind if kind in KINDS else "http"

    @property
    def lead(self) -> Field:
        """The field that says where the source is."""
        return {"http": self.address, "file": self.file, "job": self.job}[self.source_kind]

    def mark(self, errors: Mapping[str, str]) -> list[str]:
        """Mark wrong fields by their dotted paths; returns what is said of those that are not here."""
        self._errors = dict(errors)
        left = dict(errors)
        for field in self._fields():
            path, leaf = ".".join(field.path), field.fields() == [field]
            mine = [name for name in errors if name == path or (leaf and name.startswith(f"{path}."))]
            field.mark("; ".join(errors[name] for name in mine))
            for name in mine:
                left.pop(name, None)
        for name, sections in self.parts.items():
            for part, names in self._names(name).items():
                wrong = [path for path in left if path.partition(".")[0] in names]
                if not wrong or name != self.source_kind or sections.is_filled(part):
                    continue
                # its fields are made as it opens, and are marked then
                sections.open(part)
                for path in wrong:
                    left.pop(path, None)
        self._tell_parts()
        return [f"{path}: {words}" if words else path for path, words in left.items()]

    def know(self, records: str, pagination: Mapping[str, Any]) -> None:
        """Offer what was found where nothing is chosen."""
        self._records, self._pagination = records, pagination
        for field in self._fields():
            if field.path == ("pagination",) and isinstance(field, VariantField):
                field.known = pagination
            if field.path == ("records",) and isinstance(field, LineField):
                field.suggest(f"auto: {records}" if records else "")

    def go_to(self, name: str) -> None:
        """Open the part that holds a field, and put the keyboard on it, once it is made."""
        self._wanted = name
        for part, names in self._names(self.source_kind).items():
            if name in names:
                self.parts[self.source_kind].open(part)
        for field in self._fields():
            if field.path == (name,):
                self._wanted = ""
                field.setFocus(Qt.FocusReason.ShortcutFocusReason)
                self.reached.emit(field)

    def refuse(self, path: Path, words: str) -> None:
        """Say in a field why its secret could not be kept."""
        for field in self._fields():
            if field.path == path[: len(field.path)] and isinstance(field, (SecretField, PairsField)):
                field.refuse(words)

    def load(self) -> None:
        """The models are loaded: parts that are open, or will be, can be made."""
        self._loaded = True
        for kind, sections in self.parts.items():
            for name, button in sections.buttons.items():
                if button.isChecked():
                    self._fill(kind, name)

    # --- parts --------------------------------------------------------------------------------------------------

    def _opened(self, name: str, is_open: bool) -> None:
        if not is_open:
            return
        kind = "file" if name == OPTIONS else "http"
        if self._loaded:
            self._fill(kind, name)
        else:
            self.models_wanted.emit()

    def _fill(self, kind: str, name: str) -> None:
        sections = self.parts[kind]
        if sections.is_filled(name):
            return
        # loaded by now, and heavy before
        from fetchtozip_gui.core.sources.file import FileSource
        from fetchtozip_gui.core.sources.http import HttpSource

        model, words = (FileSource, FILE) if kind == "file" else (HttpSource, HTTP)
        names = self._names(kind)[name]
        known = {spec.name: spec for spec in specs(model, words)}
        if "records" in names:
            # empty, so that there is room to say what was found
            known["records"] = replace(known["records"], default=ABSENT)
        form = Form([known[field] for field in names])
        form.edited.connect(self.edited)
        form.secret.connect(self.secret)
        form.show_source(self._source)
        self._forms[name] = form
        sections.fill(name, form)
        self.know(self._records, self._pagination)
        if self._errors:
            self.mark(self._errors)
        if self._wanted in names:
            self.go_to(self._wanted)

    def _names(self, kind: str) -> Mapping[str, tuple[str, ...]]:
        options = {OPTIONS: tuple(name for name in FILE if name != "path")}
        return {"http": SECTIONS, "file": options}.get(kind, {})

    def _fields(self) -> list[Field]:
        return self._own() + [field for form in self._forms.values() for field in form.fields()]

    def _own(self) -> list[Field]:
        return [self.address, self.file, self.job, *self.often.values()]

    def _tell_parts(self) -> None:
        sections = self.parts[self.source_kind]
        wrong = {path.partition(".")[0] for path in self._errors}
        for part, names in self._names(self.source_kind).items():
            used = any(self._source.get(name) not in (None, {}, "auto", {"type": "auto"}) for name in names)
            sections.tell(part, used=used, wrong=bool(wrong & set(names)))

    # --- layout -------------------------------------------------------------------------------------------------

    def _row(self) -> QWidget:
        row = QWidget()
        row.setProperty("role", "clear")
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for name in IN_SIGHT:
            field = self.often[name]
            caption = QLabel(field.spec.label)
            caption.setProperty("role", "caption")
            caption.setBuddy(field.line)
            caption.setToolTip(field.spec.about)
            field.line.setMinimumWidth(self.fontMetrics().horizontalAdvance("0000") + 24)
            line.addWidget(caption)
            line.addWidget(field, 1)
            line.addSpacing(6)
        return row

    def _lay_out(self) -> None:
        self._choose.setProperty("role", "beside")
        self._choose.setToolTip("Choose the file")
        self._choose.setAccessibleName("Choose the file")
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.kind, 0, Qt.AlignmentFlag.AlignTop)
        first.addWidget(self.address, 1)
        first.addWidget(self.file, 1)
        first.addWidget(self.job, 1)
        first.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignTop)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(8)
        lines.addWidget(label("Source", "heading"))
        lines.addLayout(first)
        lines.addWidget(self._often)
        for sections in self.parts.values():
            lines.addWidget(sections)

    def _connect(self) -> None:
        for field in self._own():
            field.edited.connect(self.edited)
        for sections in self.parts.values():
            sections.toggled.connect(self._opened)
        self.kind.activated.connect(self._choose_kind)
        self._choose.clicked.connect(self._choose_file)

    def _choose_kind(self) -> None:
        self.kind_chosen.emit(self.kind.currentData())

    def _choose_file(self) -> None:
        there = File(self.file.line.text().strip() or "~").expanduser()
        dialog = QFileDialog(self, "The file to read", str(there))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, file: str) -> None:
        self.edited.emit(("path",), file)


def _kinds() -> QComboBox:
    box = QComboBox()
    for kind, name in KINDS.items():
        box.addItem(name, kind)
    box.setAccessibleName("Kind of source")
    box.setToolTip("What kind of source it is")
    return box


def _inside(fields: tuple[str, ...]) -> str:
    return ", ".join(HTTP[name].label for name in fields)
