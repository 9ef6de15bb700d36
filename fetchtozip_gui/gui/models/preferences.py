"""What the user can set: checked, kept in the window's memory, told to whoever goes by it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fetchtozip_gui.gui.memory import Memory

THEMES = ("system", "light", "dark")
SMALLEST, LARGEST = 100, 200
"""Of the text, in percent of the system's."""
MOST_JOBS = 8
MOST_UPLOADED = 1_048_576
"""Mebibytes of the largest upload that can be allowed."""


def _one_of(*allowed: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text in allowed:
            return text
        raise ValueError(f"is {text!r}; allowed are {', '.join(allowed)}.")

    return check


def _number(low: int, high: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        clean = text.strip()
        if clean.isascii() and clean.isdecimal() and low <= int(clean) <= high:
            return str(int(clean))
        raise ValueError(f"is {text!r}; allowed is a whole number from {low:,} to {high:,}.")

    return check


def _folder(text: str) -> str:
    clean = text.strip()
    if not clean or Path(clean).expanduser().is_dir():
        return clean
    raise ValueError(f"is {text!r}; there is no such folder. Choose another one, or make it first.")


_KNOWN: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "theme": ("Theme", "system", _one_of(*THEMES)),
    "scale": ("Text size", "100", _number(SMALLEST, LARGEST)),
    "folder": ("Folder for exports", "", _folder),
    "jobs": ("Jobs at once", "2", _number(1, MOST_JOBS)),
    "port": ("Port", "8000", _number(1024, 65535)),
    "uploads": ("Largest upload", "16", _number(1, MOST_UPLOADED)),
    "serves": ("Server", "on", _one_of("on", "off")),
    "keyed": ("Key", "off", _one_of("on", "off")),
    "asks": ("Ask before closing", "on", _one_of("on", "off")),
}
"""By name: what it is called, what it is until it is set, and its check."""


class Preferences(QObject):
    """Every value is one that its check has let through; what a damaged file says otherwise counts as not set."""

    changed = Signal(str)
    """The name of what was set to another value."""

    def __init__(self, memory: Memory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self._values = {name: self._kept(name) for name in _KNOWN}

    def text(self, name: str) -> str:
        """The value as text."""
        return self._values[name]

    def number(self, name: str) -> int:
        """The value of one that is a whole number."""
        return int(self._values[name])

    def is_on(self, name: str) -> bool:
        """The value of one that is on or off."""
        return self._values[name] == "on"

    def set(self, name: str, value: str | int | bool) -> None:
        """Set and keep a value; `ValueError` says in a sentence what is allowed, and nothing is changed."""
        title, _, check = _KNOWN[name]
        text = ("on" if value else "off") if isinstance(value, bool) else str(value)
        try:
            clean = check(text)
        except ValueError as error:
            raise ValueError(f"{title}: {error}") from None
        if clean == self._values[name]:
            return
        self._values[name] = clean
        self._memory.keep(**{f"settings__{name}": clean})
        self._memory.save()
        self.changed.emit(name)

    def enlarge(self, step: int) -> None:
        """Make the text larger or smaller by so many percent, as far as that goes."""
        self.set("scale", min(max(self.number("scale") + step, SMALLEST), LARGEST))

    def _kept(self, name: str) -> str:
        _, otherwise, check = _KNOWN[name]
        try:
            return check(self._memory.text(f"settings/{name}", otherwise))
        except ValueError:
            return otherwise
