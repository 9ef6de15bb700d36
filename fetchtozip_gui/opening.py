"""Opens the data folder for the window: engine, secrets and the server; heavy, so loaded after the first paint."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fetchtozip_gui.api.build import LIMIT, OWN_KEY, build
from fetchtozip_gui.api.guard import Guard, Heard
from fetchtozip_gui.api.server import announced, serve
from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.demo import demo_recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.journal import Journal
from fetchtozip_gui.engine.redaction import Redactor
from fetchtozip_gui.engine.shelf import Inputs, Shelf
from fetchtozip_gui.engine.vault import Vault
from fetchtozip_gui.gui.bridge import WindowPool
from fetchtozip_gui.gui.models.server import ServerModel, known_key
from fetchtozip_gui.gui.models.session import Opened

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """What is there once the data folder is open; `close` pauses what runs and lets all of it go."""

    opened: Opened
    server: WindowServer
    key: str | None
    pool: WindowPool
    shelf: Shelf
    close: Callable[[], None]

    def allow_uploads(self, mebibytes: int) -> None:
        """Take no larger ones from the next request on."""
        self.shelf.put(LIMIT.lower(), mebibytes * 1024 * 1024)


def open_folder(
    folder: Folder, model: ServerModel, *, jobs: int, port: int, serves: bool, keyed: bool, uploads: int
) -> Ready:
    """Own the folder, and serve on this port or the next free one. `FetchToZipError` where one of it cannot be.

    `uploads` is what `Ready.allow_uploads` takes.
    """
    with ExitStack() as stack:
        folder.prepare()
        stack.callback(folder.own().release)
        redactor = Redactor()
        stack.callback(Journal(folder.logs, redactor).close)
        vault = Vault(folder.vault)

        def secret(name: str) -> str:
            return model.key() or "" if name == OWN_KEY else vault.read(name)

        pool = WindowPool(jobs)
        engine = Engine(folder, pool=pool, keyring=secret, redactor=redactor)
        stack.callback(engine.close)
        engine.warm()
        shelf = Shelf(engine.store)
        key = _kept_key(vault) if keyed else None
        server = WindowServer(
            lambda: build(engine, shelf, vault=vault, api_key=model.key), model.key, model.requests.hear, folder.root
        )
        stack.callback(server.stop)
        address = server.start(port) if serves else ""
        opened = Opened(engine, engine.jobs(), vault, Inputs(shelf), address, practice_at(address, key))
        ready = Ready(opened, server, key, pool, shelf, stack.pop_all().close)
        ready.allow_uploads(uploads)
        return ready


def practice_at(address: str, key: str | None) -> dict[str, Any]:
    """The practice source's recipe; where callers need a key, with a reference to this server's own."""
    if not address:
        return {}
    recipe = demo_recipe(address)
    if key:
        recipe["source"]["auth"] = {"type": "api_key", "name": "X-API-Key", "value": f"keyring:{OWN_KEY}"}
    return recipe


def _kept_key(vault: Vault) -> str:
    try:
        return known_key(vault)
    except FetchToZipError as error:
        log.warning("The server's key cannot be kept: %s", error)
        return known_key(None)


class WindowServer:
    """An application that is built anew for every start. Both methods may be called from any thread."""

    def __init__(
        self,
        build: Callable[[], Any],
        key: Callable[[], str | None],
        hear: Callable[[Heard], None],
        folder: Path,
    ) -> None:
        """`key` is asked at every request, `hear` is told of each; `folder` is where the address is announced."""
        self._build = build
        self._key = key
        self._hear = hear
        self._folder = folder
        self._lock = threading.Lock()
        self._open = ExitStack()

    def start(self, port: int) -> str:
        """Serve, on this port or the next free one; the address. `FetchToZipError` where that cannot be."""
        with self._lock, ExitStack() as stack:
            self._open.close()
            guarded = Guard(self._build(), api_key=self._key, hear=self._hear)
            served = stack.enter_context(serve(guarded, port=port, next_free=True))
            stack.enter_context(announced(self._folder, served))
            self._open = stack.pop_all()
            return served.url

    def stop(self) -> None:
        """Serve no more. Doing it twice is harmless."""
        with self._lock:
            self._open.close()
            self._open = ExitStack()
