"""What is dropped, pasted, opened or handed over becomes the draft; what this program did not make is shown first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.documents import Documents
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.session import Session

if TYPE_CHECKING:
    from fetchtozip_gui.core.bring import Brought
    from fetchtozip_gui.engine.vault import Vault
    from fetchtozip_gui.gui.widgets.bring_dialog import BringDialog

LONGEST = 32 * 1024 * 1024
"""Characters of a text that is looked at."""


class Bringing(QObject):
    """Looks at what comes, away from the window's thread; nothing is fetched, and nothing runs until Start."""

    told = Signal(str)
    failed = Signal(object)
    """A `FetchToZipError`."""

    def __init__(self, documents: Documents, session: Session, errands: Errands, window: QWidget) -> None:
        super().__init__(window)
        self._documents = documents
        self._session = session
        self._errands = errands
        self._window = window
        documents.picked.connect(self.open_file)

    def ask(self) -> None:
        """Show the dialog in which a text is pasted or a file chosen."""
        self._show([])

    def paste(self) -> None:
        """Take what is on the clipboard."""
        self.drop(QGuiApplication.clipboard().mimeData())

    def drop(self, data: QMimeData) -> bool:
        """Take what was dropped; whether there is anything in it to look at."""
        wanted = wanted_of(data)
        if wanted is not None:
            self.take(wanted)
        return wanted is not None

    def open_file(self, path: str) -> None:
        """Take a file that was chosen."""
        self.take(Path(path))

    def take(self, wanted: str | Path) -> None:
        """Look at an address, a command, a document's text or a file."""
        vault = self._session.vault
        self._errands.run(lambda: _look(wanted, vault), lambda found: self._found(wanted, found), self.failed.emit)

    def _found(self, wanted: str | Path, found: Sequence[Brought]) -> None:
        only = found[0] if len(found) == 1 else None
        if only is not None and not only.secrets and (not only.foreign or self._documents.is_own(only.recipe)):
            self._accept(only, wanted)
        else:
            self._show(found, wanted)

    def _show(self, found: Sequence[Brought], wanted: str | Path = "") -> None:
        from fetchtozip_gui.gui.widgets.bring_dialog import BringDialog  # not needed for the first paint

        dialog = BringDialog(found, self._look_in_dialog, self._window)
        dialog.chosen.connect(lambda one: self._accept(one, wanted))
        dialog.open()

    def _look_in_dialog(self, dialog: BringDialog, wanted: str | Path) -> None:
        vault = self._session.vault
        self._errands.run(lambda: _look(wanted, vault), dialog.show_found, dialog.fail)

    def _accept(self, brought: Brought, wanted: str | Path) -> None:
        vault, secrets = self._session.vault, dict(brought.secrets)
        if not secrets:
            self._take_over(brought, wanted)
        elif vault is None:
            self.failed.emit(FetchToZipError("Its secrets cannot be kept yet.", "Try again in a moment."))
        else:
            taken = partial(self._take_over, brought, wanted)
            self._errands.run(lambda: _keep(vault, secrets), lambda _: taken(), self.failed.emit)

    def _take_over(self, brought: Brought, wanted: str | Path) -> None:
        # a recipe's own file: the next Save goes there. A stranger's is left as it is
        is_own = isinstance(wanted, Path) and wanted.suffix == ".json" and self._documents.is_own(brought.recipe)
        path = wanted if isinstance(wanted, Path) and is_own else None
        self._documents.take(brought.recipe, f"Bring in {brought.title}", path)
        notes = " ".join(brought.notes)
        self.told.emit(f"{brought.title} is the draft now. Undo (Ctrl+Z) brings the former one back. {notes}".strip())


def wanted_of(data: QMimeData | None) -> str | Path | None:
    """The first file, address or text of what was dropped or copied."""
    if data is None:
        return None
    for url in data.urls():
        return Path(url.toLocalFile()) if url.isLocalFile() else url.toString()
    text = data.text().strip()
    return text[:LONGEST] or None


def _keep(vault: Vault, secrets: Mapping[str, str]) -> None:
    """Put the secrets that came with a recipe where it looks for them."""
    for name, value in secrets.items():
        vault.write(name, value)


def _look(wanted: str | Path, vault: Vault | None) -> Sequence[Brought]:
    from fetchtozip_gui.core.bring import bring  # heavy: Pydantic and all plug-ins

    return bring(wanted, taken=vault.names() if vault is not None else ())
