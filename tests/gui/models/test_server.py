"""The server as the window has it: turned on and off, moved, with a key that counts at once and is kept."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from memory_keyring import Entries
from pytestqt.qtbot import QtBot

from fetchtozip_gui.api.build import build
from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.shelf import Shelf
from fetchtozip_gui.engine.vault import Vault
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.memory import Memory
from fetchtozip_gui.gui.models.preferences import Preferences
from fetchtozip_gui.gui.models.server import KEY_NAME, ServerModel, known_key
from fetchtozip_gui.opening import WindowServer

LONG = 60_000


class Absent(Entries):
    """A system without a keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RecipeError("There is no keyring.")

    set_password = get_password  # type: ignore[assignment]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault.sqlite", Entries())


@pytest.fixture
def model(qtbot: QtBot, memory: Memory, vault: Vault, tmp_path: Path) -> Iterator[ServerModel]:
    engine = Engine(Folder(tmp_path / "data"), isolated=False)
    errands, preferences = Errands(), Preferences(memory)
    preferences.set("port", free_port())
    model = ServerModel(errands, preferences)
    serving = WindowServer(
        lambda: build(engine, Shelf(engine.store), vault=vault, api_key=model.key),
        model.key,
        model.requests.hear,
        engine.folder.root,
    )
    model.open(serving, vault, serving.start(preferences.number("port")), None)
    yield model
    errands.close()
    serving.stop()
    engine.close()


def free_port() -> int:
    with socket.socket() as looking:
        looking.bind(("127.0.0.1", 0))
        port: int = looking.getsockname()[1]
    return port


def settled(qtbot: QtBot, model: ServerModel) -> None:
    qtbot.waitUntil(lambda: not model.is_busy, timeout=LONG)


def test_it_is_turned_off_and_on_again(qtbot: QtBot, model: ServerModel, memory: Memory) -> None:
    address = model.address
    assert httpx.get(f"{address}/health").status_code == 200
    model.turn(on=False)
    assert not model.is_ready
    settled(qtbot, model)
    assert model.address == ""
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/health")
    assert not Preferences(memory).is_on("serves")
    model.turn(on=True)
    settled(qtbot, model)
    assert model.address == address
    assert httpx.get(f"{address}/health").status_code == 200


def test_it_moves_to_another_port(qtbot: QtBot, model: ServerModel) -> None:
    before, port = model.address, free_port()
    model._preferences.set("port", port)
    model.move()
    settled(qtbot, model)
    assert model.address == f"http://127.0.0.1:{port}"
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{before}/health")


def test_requests_are_heard(qtbot: QtBot, model: ServerModel) -> None:
    httpx.get(f"{model.address}/practice/online-retail?limit=1&api_key=hidden")
    qtbot.waitUntil(lambda: model.requests.rowCount() == 1, timeout=LONG)
    path = model.requests.index(0, 4).data()
    assert path.startswith("/practice/online-retail")
    assert "hidden" not in path


def test_a_key_counts_at_once_and_is_kept(qtbot: QtBot, model: ServerModel, vault: Vault) -> None:
    url = f"{model.address}/api/export/inputs-list"
    assert httpx.get(url).status_code == 200
    model.ask_key(asks=True)
    qtbot.waitUntil(lambda: model.key() is not None, timeout=LONG)
    key = model.key()
    assert key is not None
    assert len(key) >= 40
    assert httpx.get(url).status_code == 401
    assert httpx.get(url, headers={"X-API-Key": key}).status_code == 200
    assert vault.read(KEY_NAME) == known_key(vault) == key
    model.new_key()
    assert httpx.get(url, headers={"X-API-Key": key}).status_code == 401
    qtbot.waitUntil(lambda: vault.read(KEY_NAME) == model.key(), timeout=LONG)
    model.ask_key(asks=False)
    assert model.key() is None
    assert httpx.get(url).status_code == 200


def test_without_a_keyring_the_key_lasts_as_long_as_the_program(
    qtbot: QtBot, model: ServerModel, tmp_path: Path
) -> None:
    model._vault = Vault(tmp_path / "other.sqlite", Absent())
    with qtbot.waitSignal(model.failed, timeout=LONG) as failed:
        model.ask_key(asks=True)
    assert "until the program ends" in str(failed.args[0])
    assert model.key()
