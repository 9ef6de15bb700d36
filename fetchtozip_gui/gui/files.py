"""What is done with files: a copy elsewhere, a text written, a folder shown, a file opened."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from fetchtozip_gui.core.errors import OutputError
from fetchtozip_gui.gui.words import place


def copy(file: Path, to: Path) -> Path:
    """A copy that stands under its name whole or not at all; `OutputError` where it cannot be made."""
    if to.exists() and file.samefile(to):
        return to
    part = to.with_name(f".{to.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        shutil.copyfile(file, part)
        part.replace(to)
    except OSError as error:
        raise OutputError(f"{place(to)} cannot be written: {error.strerror}.", "Choose another place.") from error
    finally:
        part.unlink(missing_ok=True)
    return to


def write(path: Path, text: str | bytes) -> Path:
    """Write a file that stands under its name whole or not at all; `OutputError` where it cannot be."""
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        part.write_bytes(text.encode() if isinstance(text, str) else text)
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{place(path)} cannot be written: {error.strerror}.", "Choose another place.") from error
    finally:
        part.unlink(missing_ok=True)
    return path


def show(path: Path, open_url: Callable[[QUrl], bool] = QDesktopServices.openUrl) -> None:
    """Have the system open a file or a folder; `OutputError` when it has no program for it."""
    if not open_url(QUrl.fromLocalFile(str(path))):
        raise OutputError(f"The system has no program to open {place(path)}.", "It can still be dragged or saved.")
