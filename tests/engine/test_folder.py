"""The data folder: where it is, whose it is, and that no id leads out of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fetchtozip_gui.core.errors import FolderError, JobLocked, NoSuchJob
from fetchtozip_gui.engine.folder import Folder, size_of


def test_what_is_asked_for_comes_before_the_variable_and_that_before_the_systems_place(tmp_path: Path) -> None:
    variable = {"FETCHTOZIP_HOME": str(tmp_path / "variable")}
    assert Folder.find(tmp_path / "asked", variable).root == tmp_path / "asked"
    assert Folder.find(None, variable).root == tmp_path / "variable"
    assert Folder.find(None, {"FETCHTOZIP_HOME": "~/x"}).root == Path.home() / "x"
    assert "fetchtozip" in Folder.find(None, {}).root.parts


def test_what_is_made_belongs_to_the_user_alone_and_what_was_there_keeps_its_mode(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "a" / "b").prepare()
    job = folder.job(folder.new_job())
    if os.name == "nt":  # which has no such modes
        return
    for made in (folder.root, folder.jobs, folder.logs, folder.locks, job):
        assert made.stat().st_mode & 0o777 == 0o700, made
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    shared.chmod(0o755)
    Folder(shared).prepare()
    assert shared.stat().st_mode & 0o777 == 0o755


def test_a_folder_that_cannot_be_made_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match=r"cannot be used as the data folder.*--data-dir"):
        Folder(tmp_path / "file").prepare()


def test_ids_are_short_unique_and_in_the_order_of_time(folder: Folder) -> None:
    ids = [folder.new_job() for _ in range(300)]
    assert len(set(ids)) == 300
    assert {len(job_id) for job_id in ids} == {13}
    assert [job_id[:9] for job_id in ids] == sorted(job_id[:9] for job_id in ids)
    assert folder.job_ids() == sorted(ids)


@pytest.mark.parametrize("name", ["", ".", "..", "../jobs", "a/b", "A" * 13, "0" * 12, "0" * 14, "0" * 12 + "\n", "é"])
def test_no_other_name_is_a_jobs_folder(folder: Folder, name: str) -> None:
    with pytest.raises(NoSuchJob):
        folder.job(name)


def test_one_window_or_server_a_folder(folder: Folder) -> None:
    with folder.own(), pytest.raises(JobLocked, match=f"process {os.getpid()}"):
        folder.own()
    folder.own().release()


def test_two_jobs_cannot_write_one_file_and_can_write_two(folder: Folder, tmp_path: Path) -> None:
    with (
        folder.lock_destination(tmp_path / "a.zip"),
        folder.lock_destination(tmp_path / "b.zip"),
        pytest.raises(JobLocked, match=r"a\.zip is in use"),
    ):
        folder.lock_destination(tmp_path / "a.zip")


def test_sizes_are_those_of_all_files_below(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one").write_bytes(b"x" * 10)
    (tmp_path / "two").write_bytes(b"x" * 5)
    assert size_of(tmp_path) == 15
    assert size_of(tmp_path / "two") == 5
    assert size_of(tmp_path / "none") == 0
