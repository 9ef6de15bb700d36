"""The field of an address, whose secrets are seen by nobody but the one who types."""

from __future__ import annotations

from typing import Any

from fetchtozip_gui.core.masking import redact_url, secrets_in_url
from fetchtozip_gui.gui.form_specs import Path, Spec, shown
from fetchtozip_gui.gui.widgets.fields import LineField


class AddressField(LineField):
    """While the keyboard is elsewhere, what an address has in plain under a secret's name is shown as `***`."""

    def __init__(self, spec: Spec, path: Path) -> None:
        super().__init__(spec, path)
        self._written = ""
        # what is dropped here would land among the stars: the window takes it, as everywhere else
        self.line.setAcceptDrops(False)
        self.line.entered.connect(self._unveil)
        self.line.left.connect(self._veil)

    def show_value(self, value: Any) -> None:
        self._written = shown(value, self.spec)
        super().show_value(self._written if self.line.hasFocus() else _masked(self._written))

    def _unveil(self) -> None:
        if self.line.text() != self._written:
            self.line.setText(self._written)

    def _veil(self) -> None:
        if self.line.text() == self._written and self._written != _masked(self._written):
            self.line.setText(_masked(self._written))
            self.line.setCursorPosition(0)

    def _edit(self, text: str) -> None:
        self._written = text.strip()
        super()._edit(text)


def _masked(url: str) -> str:
    # written anew only where there is something to mask: an address is shown as it was typed
    return redact_url(url) if secrets_in_url(url) else url
