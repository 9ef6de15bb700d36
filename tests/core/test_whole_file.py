"""A file stands under its name whole or not at all, whatever ends the writing."""

from __future__ import annotations

from pathlib import Path

import pytest

from fetchtozip_gui.core.errors import OutputError
from fetchtozip_gui.core.whole_file import whole, write_whole


def test_texts_are_utf_8_and_bytes_are_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    assert write_whole(path, "Größe\n").read_bytes() == "Größe\n".encode()
    assert write_whole(path, b"\xff").read_bytes() == b"\xff"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_what_is_half_written_is_gone_and_the_older_file_stays(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a.txt"
    path.write_text("older")

    def write() -> None:
        with whole(path) as part:
            part.write_text("half")
            raise error

    with pytest.raises(error):
        write()
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_is_told_by_the_name_that_is_shown(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"gone/a\.txt cannot be written: No such file"):
        write_whole(tmp_path / "gone" / "a.txt", "a")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match=r"^~/folder cannot be written"):
        write_whole(tmp_path / "folder", "a", "~/folder")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
