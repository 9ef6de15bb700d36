"""Secrets at rest: sealed, bound to their names, under a key that is in no file of ours."""

from __future__ import annotations

import base64
import os
import sqlite3
from pathlib import Path

import keyring
import keyring.backends.fail
import keyring.backends.null
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.keys import KEY_NAME, SERVICE, KeyPlaces, SystemKeyring
from fetchtozip_gui.engine.vault import Vault

SECRET = "hunter2 ünd more"


class Shelf:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.entries.pop((service, username), None)


class Absent:
    """A system without a keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RecipeError("There is no keyring.")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RecipeError("There is no keyring.")

    def delete_password(self, service: str, username: str) -> None:
        raise RecipeError("There is no keyring.")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_secret_is_read_as_it_was_written_also_by_another_process(folder: Folder, shelf: Shelf) -> None:
    vault = Vault(folder.vault, shelf)
    vault.write("shop", SECRET)
    vault.write("other", "second")
    vault.write("shop", SECRET * 2)
    for each in (vault, Vault(folder.vault, shelf)):
        assert each.read("shop") == SECRET * 2
        assert each.read("other") == "second"
        assert each.names() == ["other", "shop"]


def test_the_keyring_holds_one_key_and_the_file_no_secret(folder: Folder, shelf: Shelf) -> None:
    vault = Vault(folder.vault, shelf)
    for number in range(20):
        vault.write(f"name {number}", SECRET)
    assert [(service, name) for service, name in shelf.entries] == [(SERVICE, KEY_NAME)]
    key = base64.b64decode(shelf.entries[SERVICE, KEY_NAME])
    assert len(key) == 32
    written = bytes_in(folder.root)
    for form in (SECRET.encode(), base64.b64encode(SECRET.encode())[:-4], key, base64.b64encode(key)):
        assert form not in written
    with sqlite3.connect(folder.vault) as database:
        sealed = [row[0] for row in database.execute("SELECT sealed FROM secrets")]
    database.close()
    assert len(set(sealed)) == 20  # the same secret, twenty times another text


def test_the_file_is_the_users_alone(folder: Folder, shelf: Shelf) -> None:
    Vault(folder.vault, shelf).write("shop", SECRET)
    assert os.name == "nt" or folder.vault.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("size", [1, 2560, 100_000])
def test_long_secrets_fit(folder: Folder, shelf: Shelf, size: int) -> None:
    vault = Vault(folder.vault, shelf)
    vault.write("shop", "x" * size)
    assert vault.read("shop") == "x" * size
    assert all(len(password) < 100 for password in shelf.entries.values())


def test_what_is_in_the_keyring_itself_is_found_too(folder: Folder, shelf: Shelf) -> None:
    shelf.set_password("fetchtozip", "shop", SECRET)
    vault = Vault(folder.vault, shelf)
    assert vault.read("shop") == SECRET
    assert not folder.vault.exists()
    vault.write("shop", "ours comes first")
    assert vault.read("shop") == "ours comes first"
    vault.forget("shop")
    with pytest.raises(RecipeError, match="no secret of this name"):
        vault.read("shop")
    vault.forget("shop")


def test_a_value_altered_or_moved_to_another_name_does_not_open(folder: Folder, shelf: Shelf) -> None:
    vault = Vault(folder.vault, shelf)
    vault.write("mine", SECRET)
    vault.write("theirs", "another")
    with sqlite3.connect(folder.vault) as database:
        database.execute("UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE name = 'theirs')")
    database.close()
    with pytest.raises(RecipeError, match="keyring:mine: was damaged or altered"):
        vault.read("mine")
    assert vault.read("theirs") == "another"


@pytest.mark.parametrize("name", ["", " x", "@key", ":a", "a\nb", "x" * 201])
def test_names_that_are_refused(folder: Folder, shelf: Shelf, name: str) -> None:
    for verb in (Vault.read, Vault.forget):
        with pytest.raises(RecipeError, match="cannot name a secret"):
            verb(Vault(folder.vault, shelf), name)
    with pytest.raises(RecipeError):
        Vault(folder.vault, shelf).write(name, SECRET)


def test_a_lost_key_is_told_and_one_can_start_over(folder: Folder, shelf: Shelf) -> None:
    Vault(folder.vault, shelf).write("shop", SECRET)
    shelf.entries.clear()
    vault = Vault(folder.vault, shelf)
    for attempt in (lambda: vault.read("shop"), lambda: vault.write("new", SECRET)):
        with pytest.raises(RecipeError, match="no longer in the keyring"):
            attempt()
    vault.start_over()
    vault.write("new", SECRET)
    assert (vault.names(), vault.read("new")) == (["new"], SECRET)


@pytest.mark.parametrize("text", ["", "no base64!", "AAAA"])
def test_a_key_that_is_none_is_told(folder: Folder, shelf: Shelf, text: str) -> None:
    Vault(folder.vault, shelf).write("shop", SECRET)
    shelf.set_password(SERVICE, KEY_NAME, text)
    with pytest.raises(RecipeError, match="is no key"):
        Vault(folder.vault, shelf).read("shop")


def test_two_folders_share_the_key_and_not_the_secrets(tmp_path: Path, shelf: Shelf) -> None:
    first, second = Vault(tmp_path / "a" / "vault.sqlite", shelf), Vault(tmp_path / "b" / "vault.sqlite", shelf)
    first.write("shop", SECRET)
    second.write("shop", "another")
    assert (first.read("shop"), second.read("shop")) == (SECRET, "another")


def test_a_damaged_file_is_told(folder: Folder, shelf: Shelf) -> None:
    folder.vault.write_bytes(b"nonsense" * 1000)
    with pytest.raises(RecipeError, match="the secrets cannot be read"):
        Vault(folder.vault, shelf).read("shop")


# --- without a keyring


def places(**more: object) -> KeyPlaces:
    return KeyPlaces(Absent(), **more)  # type: ignore[arg-type]


def test_without_any_place_for_a_key_nothing_is_kept(folder: Folder) -> None:
    vault = Vault(folder.vault, Absent())
    with pytest.raises(RecipeError, match="There is no keyring"):
        vault.write("shop", SECRET)
    assert SECRET.encode() not in bytes_in(folder.root)
    assert vault.names() == []


def test_under_a_passphrase(folder: Folder) -> None:
    right, wrong, nobody = (places(passphrase=lambda words=words: words) for words in ("correct horse", "batt", None))
    Vault(folder.vault, Absent(), right).write("shop", SECRET)
    assert Vault(folder.vault, Absent(), right).read("shop") == SECRET
    assert SECRET.encode() not in bytes_in(folder.root)
    with pytest.raises(RecipeError, match="passphrase is wrong"):
        Vault(folder.vault, Absent(), wrong).read("shop")
    with pytest.raises(RecipeError, match="passphrase is wrong"):
        Vault(folder.vault, Absent(), wrong).write("other", SECRET)
    with pytest.raises(RecipeError, match="nobody gave it"):
        Vault(folder.vault, Absent(), nobody).read("shop")


def test_a_passphrase_is_asked_for_once(folder: Folder) -> None:
    asked: list[str] = []

    def ask() -> str:
        asked.append("?")
        return "correct horse"

    vault = Vault(folder.vault, Absent(), places(passphrase=ask))
    for name in "abc":
        vault.write(name, SECRET)
        vault.read(name)
    assert asked == ["?"]


def test_under_a_key_file(folder: Folder, tmp_path: Path) -> None:
    keyfile = tmp_path / "key"
    Vault(folder.vault, Absent(), places(keyfile=keyfile)).write("shop", SECRET)
    assert os.name == "nt" or keyfile.stat().st_mode & 0o077 == 0
    assert Vault(folder.vault, Absent(), places(keyfile=keyfile)).read("shop") == SECRET
    with pytest.raises(RecipeError, match="FETCHTOZIP_KEYFILE"):
        Vault(folder.vault, Absent(), places()).read("shop")
    keyfile.write_text(base64.b64encode(bytes(32)).decode())
    with pytest.raises(RecipeError, match="is not the key"):
        Vault(folder.vault, Absent(), places(keyfile=keyfile)).read("shop")
    keyfile.unlink()
    with pytest.raises(RecipeError, match="cannot be read"):
        Vault(folder.vault, Absent(), places(keyfile=keyfile)).read("shop")


def test_a_keyring_comes_first(folder: Folder, shelf: Shelf, tmp_path: Path) -> None:
    with_all = KeyPlaces(shelf, keyfile=tmp_path / "key", passphrase=lambda: "correct horse")
    Vault(folder.vault, shelf, with_all).write("shop", SECRET)
    assert (SERVICE, KEY_NAME) in shelf.entries
    assert not (tmp_path / "key").exists()


# --- the system's keyring, through the library's own backends


class Locked(KeyringBackend):
    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("no")

    set_password = delete_password = get_password  # type: ignore[assignment]


class Failing(Locked):
    def get_password(self, service: str, username: str) -> str | None:
        raise OSError("the bus is gone with hunter2")

    set_password = get_password  # type: ignore[assignment]


class PlaintextKeyring(Locked):
    pass


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        (keyring.backends.fail.Keyring(), "There is no keyring on this system"),
        (keyring.backends.null.Keyring(), "does not keep what is stored"),
        (Locked(), "The keyring is locked"),
        (Failing(), "The keyring of this system failed: OSError"),
        (PlaintextKeyring(), "in plain text, and is not used"),
    ],
)
def test_keyrings_that_cannot_be_used(folder: Folder, backend: KeyringBackend, words: str) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        with pytest.raises(RecipeError, match=words) as raised:
            Vault(folder.vault, SystemKeyring()).write("shop", SECRET)
        assert raised.value.hint
        assert SECRET.encode() not in bytes_in(folder.root)
        assert "hunter2" not in str(raised.value)
    finally:
        keyring.set_keyring(before)


@given(st.text(max_size=200))
def test_any_text_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, secret: str) -> None:
    vault = Vault(tmp_path_factory.getbasetemp() / "any" / "vault.sqlite", SHELF)
    vault.write("any", secret)
    assert vault.read("any") == secret


SHELF = Shelf()
