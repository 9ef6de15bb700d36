"""What the pages share once the data folder is open: the engine, and where the practice source is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from fetchtozip_gui.engine.engine import Engine
    from fetchtozip_gui.engine.job import Job
    from fetchtozip_gui.engine.vault import Vault


@dataclass(frozen=True, slots=True)
class Opened:
    """What is there once the data folder is open."""

    engine: Engine
    jobs: list[Job] = field(default_factory=list)
    vault: Vault | None = None
    inputs: Any = None
    """The columns that the server's doors and the columns table share; `engine.shelf.Inputs`."""
    address: str = ""
    """Of the server; empty while it is off."""
    practice: Mapping[str, Any] = field(default_factory=dict)
    """The practice source's recipe; empty while it is not served."""


class Session(QObject):
    """The window is seen before there is an engine, and for a moment after: `engine` is None then."""

    opened = Signal()
    moved = Signal()
    """The server, and with it the practice source, is somewhere else, or off."""
    closed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._opened: Opened | None = None

    @property
    def engine(self) -> Engine | None:
        return self._opened.engine if self._opened else None

    @property
    def vault(self) -> Vault | None:
        return self._opened.vault if self._opened else None

    @property
    def inputs(self) -> Any:
        return self._opened.inputs if self._opened else None

    @property
    def practice(self) -> Mapping[str, Any]:
        return self._opened.practice if self._opened else {}

    def open(self, opened: Opened) -> None:
        """There is an engine."""
        self._opened = opened
        self.opened.emit()

    def move(self, address: str, practice: Mapping[str, Any]) -> None:
        """The server is at this address now; empty where it is off."""
        before = self._opened
        if before is not None and (address, practice) != (before.address, before.practice):
            self._opened = replace(before, address=address, practice=practice)
            self.moved.emit()

    def close(self) -> None:
        """The engine is about to end. Doing it twice is harmless."""
        if self._opened is not None:
            self._opened = None
            self.closed.emit()
