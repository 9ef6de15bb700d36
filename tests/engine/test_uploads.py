"""Uploads are whole or not there, have safe names, outlive the program, and go when nobody uses them."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from fetchtozip_gui.core.errors import NoSuchJob, NoSuchUpload
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.uploads import Upload, Uploads


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(Folder(tmp_path).prepare())


def keep(uploads: Uploads, name: str = "rows.csv", body: bytes = b"a\n1\n", **notes: object) -> Upload:
    with uploads.receiving(name) as receiving:
        receiving.write(body)
        return receiving.keep(**notes)


def test_a_kept_upload_is_found_again(uploads: Uploads, tmp_path: Path) -> None:
    kept = keep(uploads, kind="csv")
    found = Uploads(Folder(tmp_path)).get(kept.id)
    assert found == kept
    assert (found.name, found.bytes, dict(found.notes)) == ("rows.csv", 4, {"kind": "csv"})
    assert found.path.read_bytes() == b"a\n1\n"
    assert stat.S_IMODE(found.folder.stat().st_mode) == 0o700 or os.name == "nt"


def test_what_was_not_kept_is_gone(uploads: Uploads, tmp_path: Path) -> None:
    with uploads.receiving("rows.csv") as receiving:
        receiving.write(b"a")

    def break_off() -> None:
        with uploads.receiving("rows.csv") as receiving:
            receiving.write(b"a")
            raise ValueError("broken off")

    with pytest.raises(ValueError, match="broken off"):
        break_off()
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("called", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\me\data.csv", "data.csv"),
        ("..", "upload"),
        ("a\0b.csv", "ab.csv"),
        ("\u202efdp.csv", "fdp.csv"),
        ("CON", "CON_"),
        ("x" * 400 + ".csv", "x" * 196 + ".csv"),
        (".", "upload"),
        ("\ud800.csv", "csv"),
    ],
)
def test_names_are_safe(uploads: Uploads, called: str, kept: str) -> None:
    found = keep(uploads, called)
    assert found.name == kept
    assert found.path.parent.parent.parent.name == "uploads"


@pytest.mark.parametrize("name", ["", "x", "../jobs", "0123456789abc/..", "0123456789abc", "\0", "01\ud800"])
def test_an_unknown_id_is_told(uploads: Uploads, name: str) -> None:
    with pytest.raises(NoSuchUpload, match="no uploaded file"):
        uploads.get(name)


def test_notes_follow_from_each_other_with_nobody_in_between(uploads: Uploads) -> None:
    kept = keep(uploads, count=0)

    def add() -> None:
        for _ in range(20):
            uploads.note(kept.id, lambda notes: {**notes, "count": notes["count"] + 1})

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert uploads.get(kept.id).notes["count"] == 80


def test_what_nobody_uses_is_cleaned_away(uploads: Uploads, tmp_path: Path) -> None:
    old, used, fresh = keep(uploads), keep(uploads), keep(uploads)
    half = tmp_path / "uploads" / Folder(tmp_path).new_upload()
    long_ago = time.time() - 8 * 86_400
    for path in (old.folder / "about.json", used.folder / "about.json", half):
        os.utime(path, (long_ago, long_ago))
    uploads.get(used.id)
    assert uploads.clean() == 2
    assert set(Folder(tmp_path).upload_ids()) == {used.id, fresh.id}
    assert uploads.clean(timedelta(0) - timedelta(seconds=5)) == 2


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with closing(Engine(Folder(tmp_path / "data"), isolated=False)) as engine:
        yield engine


def test_a_recipe_reads_an_upload_by_its_id(engine: Engine, tmp_path: Path) -> None:
    kept = keep(engine.uploads)
    for source in ({"type": "file", "path": kept.id}, {"type": "job", "job_id": kept.id}):
        recipe = Recipe.parse({"version": 1, "source": source, "output": {"type": "file", "format": "csv"}})
        job = engine.submit(recipe, tmp_path / "out.csv")
        assert job.state == "completed", job.error
        assert (tmp_path / "out.csv").read_text() == "a\n1\n"


def test_an_id_of_nothing_is_a_path_of_nothing(engine: Engine) -> None:
    recipe = Recipe.parse({"version": 1, "source": {"type": "file", "path": "0123456789abc"}})
    job = engine.submit(recipe)
    assert job.error is not None
    assert job.error.message == "source.path: there is no file 0123456789abc."
    with pytest.raises(NoSuchJob):
        engine.result("0123456789abc")
