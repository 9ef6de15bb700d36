"""Cleaning: what is old or too much goes, what is at work or can go on stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine.cleaning import Removed
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder, size_of
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.pool import Inline, Threads

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_job(
    make_engine: Callable[..., Engine], make_recipe: Callable[..., Recipe], clock: Clock
) -> Callable[..., Job]:
    """A job that ended some days ago, with pages of so many bytes."""

    def make(days: float, act: str = "counting", size: int = 0) -> Job:
        before, clock.now = clock.now, NOW - timedelta(days=days)
        engine = make_engine(act, pool=Inline(), clock=clock)
        job = engine.submit(make_recipe())
        (engine.folder.job(job.id) / "spool" / "rows").write_bytes(bytes(size))
        engine.close()
        clock.now = before
        return job

    return make


@pytest.fixture
def cleaner(make_engine: Callable[..., Engine], clock: Clock) -> Callable[[], Engine]:
    return lambda: make_engine("counting", pool=Inline(), clock=clock)


def removed(engine: Engine, **limits: object) -> list[tuple[str, str]]:
    return [(each.job_id, each.what) for each in engine.clean(**limits)]  # type: ignore[arg-type]


def test_by_age(make_job: Callable[..., Job], cleaner: Callable[[], Engine], folder: Folder) -> None:
    old, new = make_job(40), make_job(20)
    engine = cleaner()
    size = size_of(folder.job(old.id))
    assert engine.clean(max_age=timedelta(days=30)) == [Removed(old.id, "job", size)]
    assert [job.id for job in engine.jobs()] == [new.id]
    assert folder.job_ids() == [new.id]
    assert engine.clean(max_age=timedelta(days=30)) == []


def test_what_could_go_on_is_kept_for_a_week(make_job: Callable[..., Job], cleaner: Callable[[], Engine]) -> None:
    recent, old = make_job(6, "refused"), make_job(8, "refused")
    assert recent.can_go_on
    assert removed(cleaner(), max_age=timedelta(days=1), max_bytes=0) == [(old.id, "job")]


def test_by_size_the_oldest_pages_go_first_and_then_the_oldest_jobs(
    make_job: Callable[..., Job], cleaner: Callable[[], Engine], folder: Folder
) -> None:
    jobs = [make_job(days, size=100_000) for days in (5, 4, 3)]
    engine = cleaner()
    assert removed(engine, max_bytes=250_000) == [(jobs[0].id, "pages")]
    assert engine.result(jobs[0].id).exists()
    assert removed(engine, max_bytes=50_000) == [(jobs[1].id, "pages"), (jobs[2].id, "pages")]
    each = size_of(folder.job(jobs[0].id))
    assert removed(engine, max_bytes=each * 2) == [(jobs[0].id, "job")]
    assert removed(engine, max_bytes=0) == [(jobs[1].id, "job"), (jobs[2].id, "job")]
    assert engine.jobs() == []


def test_what_fits_stays(make_job: Callable[..., Job], cleaner: Callable[[], Engine]) -> None:
    make_job(400)
    assert removed(cleaner()) == []
    assert removed(cleaner(), max_age=timedelta(days=500), max_bytes=10**9) == []


def test_what_is_at_work_stays_also_that_of_another_engine(
    make_engine: Callable[..., Engine],
    make_recipe: Callable[..., Recipe],
    story: Callable[..., object],
    cleaner: Callable[[], Engine],
    clock: Clock,
) -> None:
    clock.now = NOW - timedelta(days=400)
    worker = make_engine("holding", pool=Threads(1), clock=clock)
    told = story(worker)
    job = worker.submit(make_recipe())
    told.until(lambda job: job.pages == 2)
    clock.now = NOW
    assert removed(cleaner(), max_age=timedelta(0), max_bytes=0) == []
    worker.resume(worker.cancel(job.id) and told.ended(job.id).id)
    assert told.ended(job.id, attempt=2).state == "completed"


def test_a_folder_that_nobody_knows_goes_after_a_day(
    cleaner: Callable[[], Engine], folder: Folder, clock: Clock
) -> None:
    job_id = folder.new_job()
    (folder.job(job_id) / "x").write_bytes(b"x")
    engine = cleaner()
    assert removed(engine) == []
    clock.now = datetime.now(UTC) + timedelta(days=2)
    assert removed(engine) == [(job_id, "unknown")]
    assert not folder.job(job_id).exists()


def test_a_record_whose_folder_is_gone_goes_by_age(
    make_job: Callable[..., Job], cleaner: Callable[[], Engine], folder: Folder
) -> None:
    job = make_job(40)
    folder.job(job.id).rename(folder.root / "elsewhere")
    engine = cleaner()
    assert removed(engine, max_age=timedelta(days=30)) == [(job.id, "job")]
    assert engine.jobs() == []


def test_other_files_of_the_folder_are_not_touched(
    make_job: Callable[..., Job], cleaner: Callable[[], Engine], folder: Folder
) -> None:
    make_job(40)
    stranger = folder.jobs / "my own notes"
    stranger.mkdir()
    removed(cleaner(), max_age=timedelta(0), max_bytes=0)
    assert stranger.is_dir()
    assert Path(folder.database).exists()
