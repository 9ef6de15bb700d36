"""The server inside the window: turned on and off as its user wants, behind the same gate as `serve`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from fetchtozip_gui.api.guard import Guard, Heard
from fetchtozip_gui.api.server import announced, serve


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
