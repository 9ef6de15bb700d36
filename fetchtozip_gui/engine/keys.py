"""Where the one key of all secrets is: in the system's keyring, in a key file, or in somebody's head."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from fetchtozip_gui.core.errors import RecipeError

SERVICE = "fetchtozip"
KEY_NAME = "@key"
"""The entry of the keyring that holds the key; no secret can have this name."""
KEY_BYTES = 32
_SCRYPT_COST = 2**16
"""With r = 8 about 64 MB and 0.2 s for each guess (RFC 7914)."""
_NO_KEYRING = (
    "There is no keyring on this system in which a secret could be kept.",
    "Install one (on Linux a Secret Service such as gnome-keyring or KeePassXC), use a key file or a passphrase, or "
    "write the secret as env:NAME.",
)

Answer = TypeVar("Answer")


class Keyring(Protocol):
    """A keyring as the `keyring` library has them; a missing entry is None, all else a `RecipeError`."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


class SystemKeyring:
    """The system's own keyring, found by the `keyring` library; one that stores plain text is refused."""

    def get_password(self, service: str, username: str) -> str | None:
        """The entry, or None."""
        return _asked(lambda: self._backend().get_password(service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write the entry."""
        _asked(lambda: self._backend().set_password(service, username, password))

    def delete_password(self, service: str, username: str) -> None:
        """Remove the entry."""
        _asked(lambda: self._backend().delete_password(service, username))

    def _backend(self) -> Keyring:
        import keyring  # heavy: 15 MB, only for secrets

        backend = keyring.get_keyring()
        for each in getattr(backend, "backends", [backend]):
            if "plaintext" in type(each).__name__.lower():
                raise RecipeError(
                    "The keyring of this system keeps secrets in plain text, and is not used.", _NO_KEYRING[1]
                )
        found: Keyring = backend
        return found


def _asked(question: Callable[[], Answer]) -> Answer:
    """Any failure of any backend in words: they raise what they like."""
    try:
        return question()
    except RecipeError:
        raise
    except Exception as error:
        kind = type(error).__name__
        if kind == "NoKeyringError":
            raise RecipeError(*_NO_KEYRING) from None
        if kind == "KeyringLocked":
            raise RecipeError("The keyring is locked.", "Unlock it, then try again.") from None
        raise RecipeError(
            f"The keyring of this system failed: {kind}.", "Check that it runs and is unlocked, or use env:NAME."
        ) from None


@dataclass(frozen=True, slots=True)
class Guard:
    """What the database remembers of its key: where it is, the passphrase's salt, and a sealed probe to try it on."""

    kind: str
    salt: bytes = b""
    probe: bytes = b""


class KeyPlaces:
    """Makes and finds the key: in the keyring if there is one, else in the key file, else from the passphrase.

    `passphrase` asks the user, and answers None where nobody can be asked.
    """

    def __init__(
        self,
        keyring: Keyring,
        keyfile: Path | None = None,
        passphrase: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._keyring = keyring
        self._keyfile = keyfile
        self._passphrase = passphrase

    def create(self) -> tuple[bytes, Guard]:
        """A new key in the first place there is; the one that is there already, if so."""
        try:
            return self._in_keyring(), Guard("keyring")
        except RecipeError as error:
            failure = error
        if self._keyfile is not None:
            return self._in_file(self._keyfile), Guard("keyfile")
        words = self._passphrase()
        if words:
            salt = os.urandom(16)
            return _derive(words, salt), Guard("passphrase", salt)
        raise failure

    def find(self, guard: Guard) -> bytes:
        """The key of an existing database, from the place its guard names."""
        if guard.kind == "keyring":
            text = self._keyring.get_password(SERVICE, KEY_NAME)
            if text is None:
                raise RecipeError(*self.wrong(guard))
            return _decode(text)
        if guard.kind == "keyfile":
            if self._keyfile is None:
                raise RecipeError("The secrets are under a key file.", "Say where it is: FETCHTOZIP_KEYFILE.")
            return _read(self._keyfile)
        words = self._passphrase()
        if not words:
            raise RecipeError("The secrets are under a passphrase, and nobody gave it.", "Give the passphrase.")
        return _derive(words, guard.salt)

    def wrong(self, guard: Guard) -> tuple[str, str]:
        """Message and hint for a key that does not fit."""
        if guard.kind == "passphrase":
            return "The passphrase is wrong.", "Try again."
        if guard.kind == "keyfile":
            return f"{self._keyfile}: is not the key of these secrets.", "Say where the right one is."
        return "The key of the secrets is no longer in the keyring.", "Restore it, or start over and store them again."

    def _in_keyring(self) -> bytes:
        there = self._keyring.get_password(SERVICE, KEY_NAME)
        if there is not None:
            return _decode(there)
        key = os.urandom(KEY_BYTES)
        # 44 characters: Windows takes at most 2,560 bytes, which a single secret can exceed
        self._keyring.set_password(SERVICE, KEY_NAME, base64.b64encode(key).decode())
        if self._keyring.get_password(SERVICE, KEY_NAME) != base64.b64encode(key).decode():
            raise RecipeError("The keyring of this system does not keep what is stored in it.", _NO_KEYRING[1])
        return key

    def _in_file(self, path: Path) -> bytes:
        if path.exists():
            return _read(path)
        key = os.urandom(KEY_BYTES)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(base64.b64encode(key))
                os.fsync(file.fileno())
        except OSError as error:
            raise RecipeError(f"{path}: the key file cannot be written: {error.strerror}.") from error
        return key


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _decode(file.read(200).decode("ascii", "replace"))
    except OSError as error:
        raise RecipeError(f"{path}: the key file cannot be read: {error.strerror}.") from error


def _decode(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise RecipeError("What is kept as the key of the secrets is no key.", "Restore it, or start over.")
    return key


def _derive(words: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt  # heavy: 9 MB, only for secrets

    return Scrypt(salt=salt, length=KEY_BYTES, n=_SCRYPT_COST, r=8, p=1).derive(words.encode("utf-8", "surrogatepass"))
