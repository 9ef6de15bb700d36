"""Says that a secret stands in the draft in plain, and offers to keep it in the keyring instead."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.models.plain_secrets import PlainSecrets
from fetchtozip_gui.gui.widgets.labels import label, put_on
from fetchtozip_gui.gui.words import breakable


class SecretOffer(QFrame):
    """Takes no room while there is nothing to say."""

    def __init__(self, secrets: PlainSecrets, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._secrets = secrets
        self.setProperty("role", "banner")
        put_on(self, "warn")
        self.words = label(wraps=True)
        self.keep = QPushButton("Keep in the keyring")
        self.keep.setProperty("role", "beside")
        self.keep.setToolTip("Put it in the keyring of this computer: the recipe holds its name alone")
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 8, 8, 8)
        line.setSpacing(8)
        line.addWidget(self.words, 1)
        line.addWidget(self.keep, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()
        self.keep.clicked.connect(self._keep)
        secrets.changed.connect(self._follow)
        secrets.failed.connect(self._fail)
        self._follow()

    def _follow(self) -> None:
        names = self._secrets.names
        self.keep.setEnabled(True)
        if names:
            self._say(f"! {listed(names)} in plain: a saved recipe would hold it, and the draft is not remembered.")
        self.setVisible(bool(names))

    def _keep(self) -> None:
        self.keep.setEnabled(False)
        self._secrets.keep()

    def _fail(self, error: FetchToZipError) -> None:
        self.keep.setEnabled(True)
        self._say(f"! {error}")

    def _say(self, text: str) -> None:
        self.words.setText(breakable(text))
        self.setAccessibleName(text)


def listed(names: tuple[str, ...]) -> str:
    """The names, so that a sentence can begin with them; of many the first three."""
    shown = ", ".join(f"“{name}”" for name in names[:3])
    return f"{shown} and more" if len(names) > 3 else shown
