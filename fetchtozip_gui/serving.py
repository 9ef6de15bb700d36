"""The server's composition root without a window: data folder, engine, application; knows everybody, decides little."""

from __future__ import annotations

import ipaddress
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fetchtozip_gui.api.build import OWN_KEY, build
from fetchtozip_gui.api.guard import Guard
from fetchtozip_gui.api.server import Served, all_is_loaded, announced, serve
from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.core.secrets import Secret
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.journal import Journal
from fetchtozip_gui.engine.pool import Threads
from fetchtozip_gui.engine.redaction import Redactor
from fetchtozip_gui.engine.shelf import Shelf
from fetchtozip_gui.engine.vault import Vault

JOBS_AT_ONCE = 2


@contextmanager
def serving(host: str, port: int, data_dir: Path | None, api_key: str | None) -> Iterator[Served]:
    """The server, as long as the block runs; afterwards jobs that ran are paused, and can go on.

    `api_key` may be `env:NAME` or `keyring:NAME`. `FetchToZipError` where the folder is in use, the key is none, or the
    address needs one.
    """
    folder = Folder.find(data_dir).prepare()
    vault = Vault(folder.vault)
    key = _key(api_key, host, vault.read)
    sys.setswitchinterval(0.001)  # a thread that follows a job in Python gives way to an answer after 1 ms, not 5
    with ExitStack() as stack:
        stack.callback(folder.own().release)
        redactor = Redactor()
        redactor.learn([key] if key else [])
        stack.callback(Journal(folder.logs, redactor).close)

        def secret(name: str) -> str:
            return key if key and name == OWN_KEY else vault.read(name)

        engine = Engine(folder, pool=Threads(JOBS_AT_ONCE), keyring=secret, redactor=redactor)
        stack.callback(engine.close)
        engine.warm()
        app = build(engine, Shelf(engine.store), vault=vault, api_key=lambda: key)
        served = stack.enter_context(serve(Guard(app, api_key=lambda: key), host, port, next_free=True))
        stack.enter_context(announced(folder.root, served))
        yield served


def serve_until_stopped(
    host: str, port: int, data_dir: Path | None, api_key: str | None, ready: Callable[[Served], None]
) -> None:
    """Serve until Ctrl-C or SIGTERM; `ready` is called once the server answers."""
    stop = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        with serving(host, port, data_dir, api_key) as served:
            try:
                all_is_loaded()
                ready(served)
                # in short waits: on Windows a wait without an end does not hear Ctrl-C
                while not served.ended.is_set() and not stop.wait(0.2):
                    pass
            except KeyboardInterrupt:
                return
    finally:
        signal.signal(signal.SIGTERM, before)


def is_loopback(host: str) -> bool:
    """Whether only programs of this computer can reach a server on this address."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name: it may lead anywhere
        return False


def _key(written: str | None, host: str, keyring: Callable[[str], str]) -> str | None:
    if written is None:
        if is_loopback(host):
            return None
        raise RecipeError(
            f"--host: {host} can be reached from other computers, so callers need a key.",
            "Give one with --api-key env:NAME or FETCHTOZIP_API_KEY, or listen on 127.0.0.1.",
        )
    key = Secret(written).reveal(keyring)
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise RecipeError("--api-key: must be printable ASCII without spaces, found a value that is not shown.")
    return key
