"""A copy of a result stands under its name whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from fetchtozip_gui.core.errors import OutputError
from fetchtozip_gui.gui import files


def test_a_copy_replaces_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"new")
    (tmp_path / "b.zip").write_bytes(b"old")
    assert files.copy(tmp_path / "a.zip", tmp_path / "b.zip").read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "b.zip"]


def test_a_copy_onto_itself_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"new")
    files.copy(tmp_path / "a.zip", tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == b"new"


def test_a_copy_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"new")
    (tmp_path / "folder.zip").mkdir()
    with pytest.raises(OutputError, match=r"folder\.zip cannot be written"):
        files.copy(tmp_path / "a.zip", tmp_path / "folder.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "folder.zip"]


class Desktop(QObject):
    """Opens files in place of the system's programs."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


def test_a_folder_is_shown_by_the_systems_own_program(qapp: QApplication, tmp_path: Path) -> None:
    desktop = Desktop()
    QDesktopServices.setUrlHandler("file", desktop, b"open")
    try:
        files.show(tmp_path)
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert desktop.opened == [str(tmp_path)]
