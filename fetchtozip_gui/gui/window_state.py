"""Where the window stands and how its pages are divided, from one start to the next."""

from __future__ import annotations

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QSplitter, QWidget

from fetchtozip_gui.gui.memory import Memory


def state_of(window: QWidget) -> dict[str, QByteArray]:
    """What is to be remembered, by names of `Memory.keep`."""
    splitters = {f"splitter__{each.objectName()}": each.saveState() for each in _splitters(window)}
    return {"window__geometry": window.saveGeometry(), **splitters}


def restore_place(window: QWidget, memory: Memory) -> None:
    """Stand where the window stood, if that is still on a screen."""
    geometry = memory.geometry()
    if not geometry.isEmpty():
        window.restoreGeometry(geometry)


def restore_splitters(page: QWidget, memory: Memory) -> None:
    """Divide a page as it was divided."""
    for splitter in _splitters(page):
        kept = memory.bytes(f"splitter/{splitter.objectName()}")
        if not kept.isEmpty():
            splitter.restoreState(kept)


def _splitters(widget: QWidget) -> list[QSplitter]:
    # only those that were given a name are ours to remember
    return [each for each in widget.findChildren(QSplitter) if each.objectName()]
