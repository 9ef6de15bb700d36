"""Keeps secrets by name, sealed in our own database under one key that the system's keyring holds."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.engine.keys import SERVICE, Guard, KeyPlaces, Keyring, SystemKeyring
from fetchtozip_gui.engine.lock import Lock

_SCHEMA = """
CREATE TABLE IF NOT EXISTS guard (
  one INTEGER PRIMARY KEY CHECK (one = 1), kind TEXT NOT NULL, salt BLOB NOT NULL, probe BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, sealed BLOB NOT NULL, changed_at TEXT NOT NULL);
"""
_PROBE = "is this the right key?"
_NONCE = 12
_NAME = re.compile(r"[^\s\x00-\x1f@:][^\x00-\x1f]{0,199}")


class Vault:
    """Secrets by name: values are AES-256-GCM in `vault.sqlite`, bound to their names; the key is in `keys`' places.

    Every method raises `RecipeError` with what to do: no keyring, a locked one, a wrong passphrase, a lost key, no
    such secret. Nothing is ever kept in plain text. `read` also finds what was put into the keyring itself under the
    service `fetchtozip`, for example by `keyring set fetchtozip NAME`.
    """

    def __init__(self, path: Path, keyring: Keyring | None = None, places: KeyPlaces | None = None) -> None:
        self._path = path
        self._keyring = keyring or SystemKeyring()
        self._places = places or KeyPlaces(self._keyring)
        self._lock = threading.Lock()
        self._key: bytes | None = None

    def read(self, name: str) -> str:
        """The secret of this name."""
        _check(name)
        with self._lock:
            sealed = self._sealed(name)
            if sealed is not None:
                return _open(self._unlocked(), name, sealed)
        in_keyring = self._keyring.get_password(SERVICE, name)
        if in_keyring is None:
            raise RecipeError(
                f"keyring:{name}: there is no secret of this name.", f"Store it as {name}, then run again."
            )
        return in_keyring

    def write(self, name: str, secret: str) -> None:
        """Keep a secret, in place of an older one of this name."""
        _check(name)
        with self._lock, self._alone():
            key = self._unlocked(create=True)
            row = (name, _seal(key, name, secret), datetime.now(UTC).isoformat(timespec="seconds"))
            with self._database() as database:
                database.execute("INSERT OR REPLACE INTO secrets VALUES (?, ?, ?)", row)

    def forget(self, name: str) -> None:
        """Delete a secret, here and in the keyring; nothing happens when there is none."""
        _check(name)
        with self._lock, self._alone(), self._database() as database:
            database.execute("DELETE FROM secrets WHERE name = ?", (name,))
        with suppress(RecipeError):
            self._keyring.delete_password(SERVICE, name)

    def names(self) -> list[str]:
        """The names of all secrets kept here, in order."""
        if not self._path.exists():
            return []
        with self._database() as database:
            return [name for (name,) in database.execute("SELECT name FROM secrets ORDER BY name")]

    def start_over(self) -> None:
        """Delete all secrets, so that a new key can be made when the old one is lost."""
        with self._lock, self._alone():
            self._key = None
            with self._database() as database:
                database.execute("DELETE FROM secrets")
                database.execute("DELETE FROM guard")

    # --- the key ------------------------------------------------------------------------------------------------

    def _unlocked(self, *, create: bool = False) -> bytes:
        guard = self._guard()
        if guard is None:
            if not create:
                raise RecipeError("The secrets cannot be read: their key is not known.", "Store them again.")
            self._key, guard = self._places.create()
            with self._database() as database:
                row = (guard.kind, guard.salt, _seal(self._key, "", _PROBE))
                database.execute("INSERT INTO guard VALUES (1, ?, ?, ?)", row)
            return self._key
        if self._key is None or not _fits(self._key, guard.probe):
            key = self._places.find(guard)
            if not _fits(key, guard.probe):
                raise RecipeError(*self._places.wrong(guard))
            self._key = key
        return self._key

    def _guard(self) -> Guard | None:
        if not self._path.exists():
            return None
        with self._database() as database:
            row = database.execute("SELECT kind, salt, probe FROM guard").fetchone()
        return None if row is None else Guard(*row)

    # --- the file -----------------------------------------------------------------------------------------------

    def _sealed(self, name: str) -> bytes | None:
        if not self._path.exists():
            return None
        with self._database() as database:
            row = database.execute("SELECT sealed FROM secrets WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        try:
            if not self._path.exists():
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            with closing(sqlite3.connect(self._path, timeout=10)) as database, database:
                # what is deleted is overwritten, and no log keeps it either
                database.execute("PRAGMA secure_delete = ON")
                database.executescript(_SCHEMA)
                yield database
        except (sqlite3.Error, OSError) as error:
            raise RecipeError(
                f"{self._path}: the secrets cannot be read: {error}.", "Restore it, or delete it."
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # two programs must not each make a key at the same time
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with Lock.take(self._path.with_suffix(".lock"), "The secrets' database", wait=10):
            yield


def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise RecipeError(f"{name[:50]!r} cannot name a secret.", "Use letters, digits, and - or _ between them.")


def _seal(key: bytes, name: str, secret: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # heavy: 9 MB, only for secrets

    nonce = os.urandom(_NONCE)
    # the name is authenticated with the value: a value moved to another name does not open
    return nonce + AESGCM(key).encrypt(nonce, secret.encode("utf-8", "surrogatepass"), name.encode())


def _open(key: bytes, name: str, sealed: bytes) -> str:
    from cryptography.exceptions import InvalidTag  # heavy: as above
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # heavy: as above

    try:
        data = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
    except (InvalidTag, ValueError):
        raise RecipeError(f"keyring:{name}: was damaged or altered.", "Store the secret again.") from None
    return data.decode("utf-8", "surrogatepass")


def _fits(key: bytes, probe: bytes) -> bool:
    try:
        return _open(key, "", probe) == _PROBE
    except RecipeError:
        return False
