"""Disks that fail: one whose process dies at a given act, and one that is full for a while."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.events import Said


class Killed(BaseException):
    """Nothing that is meant to tidy up catches this; what it leaves behind was copied before."""


class Mortal(Disk):
    """A disk whose process dies at the n-th thing it does; what lies there at that moment is copied before."""

    def __init__(self, die_at: int, at_death: Callable[[], None]) -> None:
        super().__init__(threading.Event(), lambda said: None)
        self.count = 0
        self._die_at = die_at
        self._at_death = at_death

    def _act(self) -> None:
        self.count += 1
        if self.count == self._die_at:
            self._at_death()
        if self.count >= self._die_at:
            raise Killed

    def write_some(self, file: BinaryIO, view: memoryview) -> int:
        self._act()
        half = max(1, len(view) // 2)  # a process may die between two halves of a write
        return (
            super().write_some(file, view[:half]) if self.count + 1 == self._die_at else super().write_some(file, view)
        )

    def sync(self, file: BinaryIO) -> None:
        self._act()
        super().sync(file)

    def sync_folder(self, folder: Path) -> None:
        self._act()
        super().sync_folder(folder)

    def replace(self, source: Path, target: Path) -> None:
        self._act()
        super().replace(source, target)


class Full(Disk):
    """A disk that is full at the n-th write, and has room again some tries later."""

    def __init__(self, at: int, said: list[Said]) -> None:
        super().__init__(threading.Event(), said.append, retry=0.001)
        self._at = at
        self._count = 0

    def write_some(self, file: BinaryIO, view: memoryview) -> int:
        self._count += 1
        if self._at <= self._count < self._at + 3:
            raise OSError(28, os.strerror(28))
        return super().write_some(file, view)
