"""All rows of a finished job are there for several readers at once, and for nobody once they are gone."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from fetchtozip_gui.core.errors import JobLocked, NoSuchJob, SpoolError
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.job import Job


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(Folder(tmp_path / "data"), isolated=False)
    yield engine
    engine.close()


@pytest.fixture
def job(engine: Engine, tmp_path: Path) -> Job:
    file = tmp_path / "rows.csv"
    file.write_text("id,name\n1,a\n2,b\n3,c\n")
    steps = [{"type": "filter", "where": "id > 2"}]
    return engine.submit(Recipe.parse({"source": {"type": "file", "path": str(file)}, "steps": steps}))


def test_the_rows_are_those_of_the_source_before_any_step(engine: Engine, job: Job) -> None:
    assert engine.fetched.there(job)
    with engine.fetched.of(job) as rows:
        assert rows.collect().rows() == [(1, "a"), (2, "b"), (3, "c")]


def test_what_is_looked_at_again_is_kept_beside_the_pages_and_goes_with_them(engine: Engine, job: Job) -> None:
    kept = engine.folder.job(job.id) / "spool" / "rows-all.parquet"
    with engine.fetched.of(job):
        assert not kept.exists()
    for _ in range(2):
        with engine.fetched.of(job, again=True) as rows:
            assert rows.collect().rows() == [(1, "a"), (2, "b"), (3, "c")]
    assert [path.name for path in kept.parent.glob("*parquet*")] == ["rows-all.parquet"]
    # a job that begins with these pages has it too, and reads the same rows
    other = engine.submit(Recipe.parse(dict(job.recipe)), cached=True)
    with engine.fetched.of(other, again=True) as rows:
        assert rows.collect().height == 3
    engine.remove(job.id)
    assert not kept.exists()


def test_a_file_that_is_damaged_or_another_ones_is_written_anew(engine: Engine, job: Job) -> None:
    kept = engine.folder.job(job.id) / "spool" / "rows-all.parquet"
    pl.DataFrame({"id": [1]}).write_parquet(kept)
    with engine.fetched.of(job, again=True) as rows:
        assert rows.collect().height == 3
    kept.write_bytes(b"PAR1 and no more")
    with engine.fetched.of(job, again=True) as rows:
        assert rows.collect().height == 3


def test_rows_that_cannot_be_kept_are_refused_and_nothing_is_left(engine: Engine, job: Job) -> None:
    spool = engine.folder.job(job.id) / "spool"
    (spool / "rows-all.parquet.part").mkdir()
    with pytest.raises(SpoolError, match="cannot be looked at"), engine.fetched.of(job, again=True):
        pass
    assert not (spool / "rows-all.parquet").exists()
    with engine.fetched.of(job) as rows:
        assert rows.collect().height == 3


def test_two_read_at_once_and_the_job_is_held_until_both_are_done(engine: Engine, job: Job) -> None:
    first_reads, second_is_done = threading.Event(), threading.Event()
    heights: list[int] = []

    def first() -> None:
        with engine.fetched.of(job) as rows:
            first_reads.set()
            second_is_done.wait(60)
            heights.append(rows.collect().height)

    reader = threading.Thread(target=first)
    reader.start()
    first_reads.wait(60)
    with engine.fetched.of(job) as rows:
        heights.append(rows.collect().height)
    with pytest.raises(JobLocked):
        engine.remove(job.id)
    second_is_done.set()
    reader.join(60)
    assert heights == [3, 3]
    engine.remove(job.id)
    with pytest.raises(NoSuchJob):
        engine.job(job.id)


def test_each_reader_has_a_plan_of_its_own(engine: Engine, job: Job) -> None:
    # two threads with one plan that reads through Python would wait for each other for ever
    with engine.fetched.of(job) as first, engine.fetched.of(job) as second:
        assert first is not second
        assert first.collect().equals(second.collect())


def test_a_removed_job_does_not_come_back_by_being_looked_at(engine: Engine, job: Job) -> None:
    engine.remove(job.id)
    assert not engine.fetched.there(job)
    with pytest.raises(SpoolError, match="has not left its pages"), engine.fetched.of(job):
        pass
    assert not engine.folder.job(job.id).exists()


def test_rows_that_are_not_all_there_are_refused_and_nothing_is_held(engine: Engine, job: Job) -> None:
    spool = engine.folder.job(job.id) / "spool"
    (spool / "manifest.jsonl").write_bytes(b"damaged\n")
    for _ in range(2):
        with pytest.raises(SpoolError), engine.fetched.of(job):
            pass
    shutil.rmtree(spool)
    engine.remove(job.id)
