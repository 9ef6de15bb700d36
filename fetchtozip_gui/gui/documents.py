"""The draft as a file: new, opened, saved, and the files that were opened last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui import files
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.memory import Memory
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.plain_secrets import PlainSecrets
from fetchtozip_gui.gui.widgets.secret_offer import listed
from fetchtozip_gui.gui.words import place

SUFFIX = ".fetchtozip.json"
KEEP = "Keep, then save"
PLAIN = "Save in plain"
MOST_RECENT = 10
MOST_OWN = 500
"""Recipes that are known again as saved here."""
_FILTER = "Recipes (*.fetchtozip.json *.json);;Exported ZIPs (*.zip);;All files (*)"
_EMPTY = {"name": "export", "source": {"type": "http", "url": ""}}


class Documents(QObject):
    """Nothing asks before a draft is replaced: undo brings the former one back."""

    told = Signal(str)
    failed = Signal(object)
    """A `FetchToZipError`."""
    changed = Signal()
    """The file, or the list of recent files."""
    picked = Signal(str)
    """A file was chosen to be opened, by dialog or from the recent ones: what is in it has to be looked at first."""

    def __init__(
        self, draft: DraftModel, errands: Errands, memory: Memory, secrets: PlainSecrets, window: QWidget
    ) -> None:
        super().__init__(window)
        self._secrets = secrets
        self._draft = draft
        self._errands = errands
        self._memory = memory
        self._window = window
        self.path: Path | None = None
        """The file that the draft is saved to."""

    def new(self) -> None:
        """Begin with an empty draft."""
        self._draft.load(_EMPTY, "New")
        self._show_path(None)

    def open(self) -> None:
        """Choose a file."""
        dialog = self._dialog("Open a recipe")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.picked)
        dialog.open()

    def take(self, document: Mapping[str, Any], words: str, path: Path | None = None) -> None:
        """Put a recipe that was looked at in the draft's place; `path` where it is a recipe's own file."""
        self._draft.load(document, words)
        if path is not None:
            self._draft.saved()
            self._remember(path)
        self._show_path(path)

    def save(self) -> None:
        """Write the draft to its file, or ask for one."""
        if self.path is None:
            self.save_as()
        else:
            self._write(str(self.path))

    def save_as(self) -> None:
        """Choose where to write the draft."""
        dialog = self._dialog("Save the recipe")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(str(self.path or f"{self._draft.part('name')}{SUFFIX}"))
        dialog.fileSelected.connect(self._write)
        dialog.open()

    def recent(self) -> list[Path]:
        """The files that were opened or saved last, the newest first."""
        try:
            kept = json.loads(self._memory.text("documents/recent", "[]"))
        except ValueError:
            kept = []
        return [Path(path) for path in kept if isinstance(path, str)][:MOST_RECENT] if isinstance(kept, list) else []

    def _write(self, chosen: str) -> None:
        path = Path(chosen)
        if not path.suffix:
            path = path.with_name(path.name + SUFFIX)
        if self._secrets.names:
            self._ask(path)
        else:
            self._put(path)

    def _ask(self, path: Path) -> None:
        """No secret is written in plain unless its owner says so."""
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Save the recipe")
        box.setText(f"{listed(self._secrets.names)} would stand in the file in plain.")
        box.setInformativeText(
            "Whoever gets the file could use it. Kept in the keyring it stays on this computer, and the recipe holds "
            "its name alone."
        )
        keep = box.addButton(KEEP, QMessageBox.ButtonRole.AcceptRole)
        plain = box.addButton(PLAIN, QMessageBox.ButtonRole.DestructiveRole)
        box.setEscapeButton(box.addButton("Do not save", QMessageBox.ButtonRole.RejectRole))
        box.setDefaultButton(keep)
        keep.clicked.connect(lambda: self._secrets.keep(lambda: self._write(str(path))))
        plain.clicked.connect(lambda: self._put(path))
        box.open()

    def _put(self, path: Path) -> None:
        document = self._draft.document()
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        own = [digest_of(document), *self._own()][:MOST_OWN]
        self._memory.keep(documents__own=" ".join(dict.fromkeys(own)))
        self._errands.run(lambda: files.write(path, text), self._written, self.failed.emit)

    def _written(self, path: Path) -> None:
        self._draft.saved()
        self._remember(path)
        self._show_path(path)
        self.told.emit(f"Saved as {place(path)}.")

    def is_own(self, document: Mapping[str, Any]) -> bool:
        """Whether this very recipe was saved by this window, so that nobody need be asked about it."""
        return digest_of(document) in self._own()

    def _own(self) -> list[str]:
        return self._memory.text("documents/own").split()

    def forget(self, path: Path) -> None:
        """A recent file is no longer there."""
        self._keep([known for known in self.recent() if known != path])

    def _remember(self, path: Path) -> None:
        self._keep([path, *(known for known in self.recent() if known != path)])

    def _keep(self, paths: list[Path]) -> None:
        self._memory.keep(documents__recent=json.dumps([str(path) for path in paths[:MOST_RECENT]]))
        self._memory.save()
        self.changed.emit()

    def _show_path(self, path: Path | None) -> None:
        self.path = path
        self.changed.emit()

    def _dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(self.path.parent) if self.path else "", _FILTER)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog


def digest_of(document: Mapping[str, Any]) -> str:
    """The same for the same recipe, in whatever order its parts are written."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def no_such_file(path: Path) -> FetchToZipError:
    """A recent file that was moved or deleted since."""
    return FetchToZipError(f"There is no file {place(path)} any more.", "It was taken off the list.")
