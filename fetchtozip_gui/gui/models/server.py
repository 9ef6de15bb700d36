"""The local server as the window has it: on or off, its address, its key, and the requests it answers."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.preferences import Preferences
from fetchtozip_gui.gui.models.requests import RequestLog

if TYPE_CHECKING:
    from fetchtozip_gui.engine.vault import Vault

KEY_NAME = "server-key"
"""Under which the key is kept in the vault."""


class Serving(Protocol):
    """What can be served and stopped; both may take a second."""

    def start(self, port: int) -> str:
        """Serve, on this port or the next free one; the address."""

    def stop(self) -> None:
        """Serve no more. Doing it twice is harmless."""


class ServerModel(QObject):
    """Turned on and off by the user; `key` is read by the server's own thread at every request."""

    changed = Signal()
    """On, off, the address or the key."""
    failed = Signal(object)
    """A `FetchToZipError`: what was asked could not be done."""

    def __init__(self, errands: Errands, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._preferences = preferences
        self._serving: Serving | None = None
        self._vault: Vault | None = None
        self._key: str | None = None
        self.address = ""
        """Empty while it is off."""
        self.is_busy = False
        """It is starting or stopping."""
        self.requests = RequestLog(self)

    def open(self, serving: Serving, vault: Vault | None, address: str, key: str | None) -> None:
        """There is a server; `address` is empty where it was left off."""
        self._serving, self._vault, self.address, self._key = serving, vault, address, key
        self.changed.emit()

    def key(self) -> str | None:
        """What a request must carry, or None where none is asked. May be called in any thread."""
        return self._key

    @property
    def is_ready(self) -> bool:
        """Whether it can be turned on and off now."""
        return self._serving is not None and not self.is_busy

    # --- on and off ---------------------------------------------------------------------------------------------

    def turn(self, *, on: bool) -> None:
        """Serve, or serve no more; that is kept for the next start."""
        serving = self._serving
        if serving is None or self.is_busy or on == bool(self.address):
            return
        self._preferences.set("serves", on)
        self._begin()
        port = self._preferences.number("port")
        self._errands.run(lambda: serving.start(port) if on else _stopped(serving), self._turned, self._fail)

    def move(self) -> None:
        """Serve on the port that the preferences name now."""
        serving = self._serving
        if serving is None or self.is_busy or not self.address:
            return
        self._begin()
        port = self._preferences.number("port")
        self._errands.run(lambda: _moved(serving, port), self._turned, self._fail)

    def _begin(self) -> None:
        self.is_busy = True
        self.changed.emit()

    def _turned(self, address: str) -> None:
        self.is_busy, self.address = False, address
        self.changed.emit()

    def _fail(self, error: FetchToZipError) -> None:
        self.is_busy, self.address = False, ""
        self.changed.emit()
        self.failed.emit(error)

    # --- the key ------------------------------------------------------------------------------------------------

    def ask_key(self, *, asks: bool) -> None:
        """Ask every caller for a key, or none; a new key is made where none is known."""
        self._preferences.set("keyed", asks)
        if not asks:
            self._show_key(None)
            return
        vault = self._vault
        self._errands.run(lambda: known_key(vault), self._show_key, self._no_key)

    def new_key(self) -> None:
        """Make another key; who uses the old one is refused from now on."""
        vault, made = self._vault, secrets.token_urlsafe(32)
        # it counts at once, and where nothing can keep it, until the program ends
        self._show_key(made)
        self._errands.run(lambda: _keep_key(vault, made), _nothing, self.failed.emit)

    def _show_key(self, key: str | None) -> None:
        # turned off again while the vault was being asked
        self._key = key if self._preferences.is_on("keyed") else None
        self.changed.emit()

    def _no_key(self, error: FetchToZipError) -> None:
        self._show_key(secrets.token_urlsafe(32))
        self.failed.emit(FetchToZipError(f"The key is used until the program ends, because it cannot be kept: {error}"))


def known_key(vault: Vault | None) -> str:
    """The key that is kept, or a new one that is kept from now on; `RecipeError` where nothing can be kept."""
    if vault is None or KEY_NAME not in vault.names():
        made = secrets.token_urlsafe(32)
        _keep_key(vault, made)
        return made
    return vault.read(KEY_NAME)


def _keep_key(vault: Vault | None, key: str) -> None:
    if vault is not None:
        vault.write(KEY_NAME, key)


def _stopped(serving: Serving) -> str:
    serving.stop()
    return ""


def _moved(serving: Serving, port: int) -> str:
    serving.stop()
    return serving.start(port)


def _nothing(_: None) -> None:
    """The key is kept: there is nothing to say."""
