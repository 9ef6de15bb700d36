"""One window a data folder: a second start hands over what it was asked to open, and the first comes to the front."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalSocket

PATIENCE_MS = 2_000
"""For the first one to answer; it does so as soon as its window's thread is free."""
LONGEST = 256 * 1024
"""Bytes of a message; what is longer is not read."""
_LONGEST_PATH = 100
"""Bytes of a socket's path, which Unix bounds at about 104."""
_TAKEN = b"taken\n"


class Instance(QObject):
    """The first one. It is made by whoever owns the data folder, so a socket that is there already is left over."""

    asked = Signal(str)
    """Another start handed over this address or path; empty where it only wants the window to be seen."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        from PySide6.QtNetwork import QLocalServer  # heavy: a library that the first frame does not need

        super().__init__(parent)
        self._heard: dict[QLocalSocket, bytes] = {}
        self._server = QLocalServer(self)
        # nobody but the same user may connect
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connect)
        name = name_of(folder)
        if not self._server.listen(name):
            QLocalServer.removeServer(name)
            self._server.listen(name)

    @property
    def listens(self) -> bool:
        """Whether another start can reach this one; where it cannot, the folder's lock tells who owns it."""
        return self._server.isListening()

    def close(self) -> None:
        """Listen no more. Doing it twice is harmless."""
        self._server.close()

    def _connect(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._heard[socket] = b""
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(self._forget)
            self._take(socket)

    def _read(self) -> None:
        from PySide6.QtNetwork import QLocalSocket  # loaded by now

        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._take(socket)

    def _take(self, socket: QLocalSocket) -> None:
        if socket not in self._heard:
            return
        self._heard[socket] += bytes(socket.readAll().data())
        if len(self._heard[socket]) > LONGEST:
            socket.abort()
        elif b"\n" in self._heard[socket]:
            wanted = _read(self._heard.pop(socket))
            if wanted is None:
                socket.abort()
                return
            socket.write(_TAKEN)
            socket.flush()
            self.asked.emit(wanted)

    def _forget(self) -> None:
        from PySide6.QtNetwork import QLocalSocket  # loaded by now

        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._heard.pop(socket, None)
            socket.deleteLater()


def hand_over(folder: Path, wanted: str) -> bool:
    """Whether there is a first one that has taken over what is wanted; within a moment where there is none."""
    if not _may_listen(folder):
        return False
    from PySide6.QtNetwork import QLocalSocket  # heavy: a library that the first frame does not need

    socket = QLocalSocket()
    socket.connectToServer(name_of(folder))
    if not socket.waitForConnected(PATIENCE_MS):
        return False
    socket.write(json.dumps({"open": wanted}).encode() + b"\n")
    taken = socket.waitForBytesWritten(PATIENCE_MS) and socket.waitForReadyRead(PATIENCE_MS)
    answered = bool(taken) and bytes(socket.readAll().data()) == _TAKEN
    socket.abort()
    return answered


def _may_listen(folder: Path) -> bool:
    """Whether somebody may listen there: on Windows only a try tells, elsewhere there is a file then."""
    # Qt puts what is no path into the folder for what is temporary, as Python knows it
    return sys.platform == "win32" or Path(tempfile.gettempdir(), name_of(folder)).exists()


def name_of(folder: Path) -> str:
    """What the first one of a folder listens on: a socket in the folder itself, where no stranger can put another."""
    inside = folder / "locks" / "window.sock"
    if sys.platform != "win32" and len(os.fsencode(inside)) <= _LONGEST_PATH and inside.parent.is_dir():
        return str(inside)
    digest = hashlib.blake2b(os.path.normcase(folder.absolute()).encode("utf-8", "surrogatepass"), digest_size=12)
    return f"fetchtozip-{digest.hexdigest()}"


def _read(message: bytes) -> str | None:
    try:
        wanted = json.loads(message)["open"]
    except (ValueError, KeyError, TypeError):
        return None
    return wanted if isinstance(wanted, str) else None
