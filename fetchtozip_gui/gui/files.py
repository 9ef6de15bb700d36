"""What is done with files: a copy elsewhere, a text written, a folder shown, a file opened."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from fetchtozip_gui.core.errors import OutputError
from fetchtozip_gui.core.whole_file import whole, write_whole
from fetchtozip_gui.gui.words import place


def copy(file: Path, to: Path) -> Path:
    """A copy that stands under its name whole or not at all; `OutputError` where it cannot be made."""
    if to.exists() and file.samefile(to):
        return to
    with whole(to, place(to)) as part:
        shutil.copyfile(file, part)
    return to


def write(path: Path, text: str | bytes) -> Path:
    """Write a file that stands under its name whole or not at all; `OutputError` where it cannot be."""
    return write_whole(path, text, place(path))


def show(path: Path, open_url: Callable[[QUrl], bool] = QDesktopServices.openUrl) -> None:
    """Have the system open a file or a folder; `OutputError` when it has no program for it."""
    if not open_url(QUrl.fromLocalFile(str(path))):
        raise OutputError(f"The system has no program to open {place(path)}.", "It can still be dragged or saved.")
