"""A copy of a result stands under its name whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl

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


def test_a_folder_is_shown_by_the_systems_own_program(tmp_path: Path) -> None:
    opened: list[QUrl] = []
    files.show(tmp_path, lambda url: opened.append(url) is None)
    assert [url.toLocalFile() for url in opened] == [str(tmp_path)]


def test_a_system_without_a_program_for_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no program to open"):
        files.show(tmp_path, lambda url: False)
