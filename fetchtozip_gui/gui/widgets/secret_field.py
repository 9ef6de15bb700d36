"""A field for a secret: what is typed is kept elsewhere, and the document gets the name it is kept under."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLineEdit

from fetchtozip_gui.core.masking import REFERENCES
from fetchtozip_gui.gui.form_specs import ABSENT, Path, Spec
from fetchtozip_gui.gui.widgets.fields import LineField


def is_reference(text: str) -> bool:
    """Whether a text names a secret instead of being one."""
    return text.startswith(REFERENCES) and not text.endswith(":")


class SecretField(LineField):
    """Dots while a secret is typed; a name such as `env:TOKEN` is no secret, and is shown."""

    def __init__(self, spec: Spec, path: Path) -> None:
        super().__init__(spec, path)
        self.line.setPlaceholderText(spec.empty or "type it, or env:NAME")
        self._told = ""

    def show_value(self, value: Any) -> None:
        text = "" if value in (ABSENT, None) else str(value)
        if text == self._told:
            # what is being typed is not in the document yet, or just came from here
            return
        self._told = text
        self.line.setText(text)
        self.line.setCursorPosition(0)
        self._veil(text)

    def refuse(self, words: str) -> None:
        """Say why the secret could not be kept; what was typed stays."""
        self._typing = False
        self.mark(words)

    def _edit(self, text: str) -> None:
        self._typing = True
        self._veil(text)
        if is_reference(text):
            self._told = text
            self.edited.emit(self.path, text)
        elif not text and self._told:
            self._told = ""
            self.edited.emit(self.path, ABSENT)

    def _leave(self) -> None:
        super()._leave()
        text = self.line.text()
        if text and not is_reference(text) and not text.startswith(REFERENCES):
            self.secret.emit(self.path, text)

    def _veil(self, text: str) -> None:
        plain = any(reference.startswith(text) or text.startswith(reference) for reference in REFERENCES)
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if plain else QLineEdit.EchoMode.Password)
