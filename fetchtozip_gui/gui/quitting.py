"""Ctrl-C and SIGTERM close the program as its window does."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication


@contextmanager
def quits_on_signals(application: QApplication) -> Iterator[None]:
    """Until it is left, Python's signal handlers are called at once: an idle loop of Qt would never hear of them."""
    heard, said = socket.socketpair()
    heard.setblocking(False)
    said.setblocking(False)
    before = signal.set_wakeup_fd(said.fileno())
    notifier = QSocketNotifier(heard.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda *_: heard.recv(64))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: application.quit())
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        notifier.setEnabled(False)
        heard.close()
        said.close()
