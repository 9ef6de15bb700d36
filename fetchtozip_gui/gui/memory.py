"""What the window remembers from one start to the next."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings


class Memory:
    """A small file in the data folder. One that is damaged or missing is as an empty one."""

    def __init__(self, file: Path) -> None:
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    def text(self, name: str, otherwise: str = "") -> str:
        """The text kept under a name."""
        found = self._settings.value(name, otherwise)
        return found if isinstance(found, str) else otherwise

    def port(self) -> int:
        """The practice source's last port, 0 for none: a job made then can go on now, if the port is still free."""
        text = self.text("practice/port", "0")
        return int(text) if text.isdecimal() and int(text) < 65_536 else 0

    def geometry(self) -> QByteArray:
        """Where the window stood; empty at the first start."""
        return self.bytes("window/geometry")

    def bytes(self, name: str) -> QByteArray:
        """The bytes kept under a name; empty where there are none."""
        found = self._settings.value(name, QByteArray())
        return found if isinstance(found, QByteArray) else QByteArray()

    def keep(self, **values: str | QByteArray) -> None:
        """Keep values under names, in which `__` stands for a slash."""
        for name, value in values.items():
            self._settings.setValue(name.replace("__", "/"), value)

    def save(self) -> None:
        """Write what was kept."""
        self._settings.sync()
