"""The secrets that stand in the draft in plain, such as a key in an address, and their way into the keyring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from fetchtozip_gui.core.errors import FetchToZipError, RecipeError
from fetchtozip_gui.core.masking import plain_secrets
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.form_specs import Path
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.session import Session

if TYPE_CHECKING:
    from fetchtozip_gui.engine.vault import Vault


class PlainSecrets(QObject):
    """Follows the draft. What is kept leaves its name in the recipe, as one step of undo."""

    changed = Signal()
    failed = Signal(object)
    """The `FetchToZipError` that says why they could not be kept."""

    def __init__(self, draft: DraftModel, session: Session, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft, self._session, self._errands = draft, session, errands
        self._names: tuple[str, ...] = ()
        draft.changed.connect(self._follow)
        self._follow("")

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called where they stand."""
        return self._names

    def keep(self, done: Callable[[], None] = lambda: None) -> None:
        """Put them in the keyring, then call `done`; a draft that was changed meanwhile is looked at anew."""
        vault, document = self._session.vault, self._draft.document()
        if vault is None:
            self.failed.emit(RecipeError("Its secrets cannot be kept yet.", "Try again in a moment."))
            return

        def kept(made: dict[str, Any]) -> None:
            if self._draft.document() != document:
                self.keep(done)
                return
            self._draft.change("Keep secrets in the keyring", source=made["source"], output=made["output"])
            done()

        def failed(error: FetchToZipError) -> None:
            hint = f"{error.hint} Or write env:NAME in its place, and set that variable before the start."
            self.failed.emit(type(error)(error.message, hint.strip()))

        self._errands.run(lambda: _kept(document, vault), kept, failed)

    def _follow(self, part: str) -> None:
        if part not in ("", "source", "output"):
            return
        names = plain_secrets({"source": self._draft.part("source"), "output": self._draft.part("output")})
        if names != self._names:
            self._names = names
            self.changed.emit()


def _kept(document: dict[str, Any], vault: Vault) -> dict[str, Any]:
    from fetchtozip_gui.core.referring import refer  # heavy: Pydantic

    made, secrets = refer(document, taken=vault.names())
    if not secrets:
        raise RecipeError("What is in plain there can be kept nowhere else.", "Only a body of a request is like that.")
    for name, secret in secrets.items():
        vault.write(name, secret)
    return made


def name_for(document: Mapping[str, Any], path: Path) -> str:
    """What a secret that was typed into a field is kept under: of this host, this recipe and this field."""
    try:
        host = urlsplit(str(document["source"].get("url", ""))).hostname or "source"
    except ValueError:
        host = "source"
    return f"{host}/{document['name']}/{'.'.join(path)}".replace("@", "-").replace(":", "-")[:200]
