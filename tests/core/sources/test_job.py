"""The job source: an earlier job's result, read as a file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from fetchtozip_gui.core.errors import NoSuchJob, RecipeError
from fetchtozip_gui.core.sources.job import JobSource
from fetchtozip_gui.core.work import Done, Part, Tools


def test_the_result_of_a_job_is_read(tmp_path: Path) -> None:
    path = tmp_path / "orders.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("orders.csv", "a,b\n1,x\n")
        archive.writestr("datapackage.json", '{"resources": [{"path": "orders.csv"}]}')
    asked: list[str] = []

    def result(job_id: str) -> Path:
        asked.append(job_id)
        return path

    found = list(JobSource(job_id="7").read(Tools(job_result=result), Done()))
    assert [one.frame.rows() for one in found if isinstance(one, Part)] == [[(1, "x")]]
    assert asked == ["7"]


def test_a_job_that_was_removed_is_told_with_what_to_do() -> None:
    def result(job_id: str) -> Path:
        raise NoSuchJob(f"There is no job {job_id!r}.")

    with pytest.raises(RecipeError, match=r"source.job_id: the job '7', .* is not here any more") as told:
        list(JobSource(job_id="7").read(Tools(job_result=result), Done()))
    assert told.value.hint == "Choose another job, or run that one again."


def test_a_job_that_is_not_there_is_told() -> None:
    with pytest.raises(RecipeError, match=r"source.job_id: there is no job '7'"):
        list(JobSource(job_id="7").read(Tools(), Done()))
