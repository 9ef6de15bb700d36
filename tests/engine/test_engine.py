"""The engine: jobs begin, end, stop, go on and go away, and everybody hears the same of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from fetchtozip_gui.core.errors import (
    Cancelled,
    FetchToZipError,
    JobLocked,
    NoSuchJob,
    OutputError,
    PageFailed,
    RecipeError,
    TooManyJobs,
    Unforeseen,
)
from fetchtozip_gui.core.events import Delivered, Fetched, Said
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine import runs
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.pool import Inline

MakeEngine = Callable[..., Engine]
MakeRecipe = Callable[..., Recipe]


def pages_of(engine: Engine, job_id: str) -> list[str]:
    return (engine.folder.job(job_id) / "spool" / "pages").read_text().splitlines()


ALL = [f"page {number}" for number in range(1, 6)]


# --- a job's life


@pytest.mark.parametrize("isolated", [False, True])
def test_a_job_from_beginning_to_end(
    make_engine: MakeEngine, make_recipe: MakeRecipe, story: Callable[..., object], isolated: bool
) -> None:
    engine = make_engine("counting", isolated=isolated)
    told = story(engine)
    job = engine.submit(make_recipe())
    assert (job.state, job.recipe_name, job.attempt) == ("queued", "orders", 1)
    done = told.ended(job.id)
    assert told.states(job.id) == ["queued", "running", "completed"]
    assert (done.pages, done.rows, done.total_rows, done.progress) == (5, 50, 50, 1.0)
    assert done.columns == (("id", "integer"), ("name", "string"))
    assert done.verdict is not None
    assert done.verdict.words == "Complete: 50 of 50 rows"
    assert engine.result(job.id) == engine.folder.job(job.id) / "result" / "orders.csv"
    assert [each.revision for each in told.heard] == sorted({each.revision for each in told.heard})
    assert engine.jobs() == [done] == [engine.job(job.id)]


def test_an_inline_pool_has_it_done_when_submit_returns(make_engine: MakeEngine, make_recipe: MakeRecipe) -> None:
    job = make_engine("counting", pool=Inline()).submit(make_recipe())
    assert job.state == "completed"


def test_a_chosen_destination_is_written_and_braces_are_filled_in(
    make_engine: MakeEngine, make_recipe: MakeRecipe, tmp_path: Path
) -> None:
    engine = make_engine("counting", pool=Inline())
    job = engine.submit(make_recipe(), tmp_path / "out.csv")
    assert engine.result(job.id) == tmp_path / "out.csv"
    recipe = make_recipe("a/b", output={"path": str(tmp_path / "{name}-{date}-{x}.csv")})
    name = engine.result(engine.submit(recipe).id).name
    assert name.startswith("a_b-20")
    assert name.endswith("-{x}.csv")


@pytest.mark.parametrize("isolated", [False, True])
def test_a_failed_job_says_why_and_goes_on_from_its_last_page(
    make_engine: MakeEngine, make_recipe: MakeRecipe, story: Callable[..., object], isolated: bool
) -> None:
    engine = make_engine("refused", isolated=isolated)
    told = story(engine)
    job = engine.submit(make_recipe())
    failed = told.ended(job.id)
    assert failed.error is not None
    assert (failed.state, failed.error.code, failed.error.hint) == ("failed", "page_failed", "Try later.")
    assert failed.can_go_on
    with pytest.raises(OutputError, match="has no result: it is failed"):
        engine.result(job.id)
    again = engine.resume(job.id)
    assert (again.id, again.attempt) == (job.id, 2)
    assert told.ended(job.id, attempt=2).state == "completed"
    assert pages_of(engine, job.id) == ALL


@pytest.mark.parametrize(
    ("act", "code", "words"),
    [
        ("silent", "unforeseen", "without a result"),
        ("panicking", "unforeseen", "Panic"),
        ("partial", "partial", "20 rows kept"),
        ("no_such_act", "unforeseen", "no_such_act"),
    ],
)
def test_every_end_has_words(make_engine: MakeEngine, make_recipe: MakeRecipe, act: str, code: str, words: str) -> None:
    job = make_engine(act, pool=Inline()).submit(make_recipe())
    assert job.error is not None
    assert (job.state, job.error.code) == ("failed", code)
    assert words in job.error.message


def test_a_crash_of_a_worker_is_a_failed_job_and_the_engine_goes_on(
    make_engine: MakeEngine, make_recipe: MakeRecipe, story: Callable[..., object]
) -> None:
    engine = make_engine("segfault", isolated=True)
    told = story(engine)
    job = engine.submit(make_recipe())
    failed = told.ended(job.id)
    assert failed.error is not None
    assert failed.error.code == "worker_died"
    assert "SIGSEGV" in failed.error.message
    engine.resume(job.id)
    assert told.ended(job.id, attempt=2).state == "completed"
    assert pages_of(engine, job.id) == ALL


def test_two_jobs_run_side_by_side_and_the_third_waits(
    make_engine: MakeEngine, make_recipe: MakeRecipe, story: Callable[..., object]
) -> None:
    engine = make_engine("holding", threads=2)
    told = story(engine)
    ids = [engine.submit(make_recipe(name)).id for name in "abc"]
    for job_id in ids[:2]:
        told.until(lambda job, job_id=job_id: job.id == job_id and job.pages == 2)
    assert engine.job(ids[2]).state == "queued"
    engine.cancel(ids[0])
    told.until(lambda job: job.id == ids[2] and job.state == "running")


def test_the_result_of_an_earlier_job_can_be_read(make_engine: MakeEngine, make_recipe: MakeRecipe) -> None:
    for isolated in (False, True):
        first = make_engine("counting", pool=Inline()).submit(make_recipe())
        job = make_engine("reading", pool=Inline(), isolated=isolated).submit(make_recipe(first.id))
        assert job.state == "completed"
        assert job.log[0].text.startswith("0\n1\n2\n")


def test_more_jobs_than_can_wait_are_refused(
    make_engine: MakeEngine, make_recipe: MakeRecipe, story: Callable[..., object]
) -> None:
    engine = make_engine("holding", threads=1)
    for _ in range(runs.MOST):
        engine.submit(make_recipe())
    with pytest.raises(TooManyJobs):
        engine.submit(make_recipe())
    engine.close()
    assert {job.state for job in engine._ledger.all()} == {"paused"}


# --- following


def test_a_followed_job_runs_as_far_as_its_events_are_asked_for(
    make_engine: MakeEngine, make_recipe: MakeRecipe, folder: Folder
) -> None:
    engine = make_engine("counting")
    followed = engine.follow(make_recipe())
    assert followed.job.state == "queued"
    events = iter(followed)
    assert next(events) == Fetched(1, 10, 1000, 50, 5)
    assert followed.job.pages == 1
    assert isinstance(list(events)[-1], Delivered)
    assert followed.job.state == "completed"
    assert folder.is_idle(followed.id)


def test_a_followed_job_raises_its_error_and_resumes(make_engine: MakeEngine, make_recipe: MakeRecipe) -> None:
    engine = make_engine("refused")
    with pytest.raises(PageFailed, match="page 3"):
        list(engine.follow(make_recipe()))
    followed = engine.follow(make_recipe(), resume=True)
    assert next(iter(followed)) == Fetched(2, 20, 2000, 50, 5)
    list(followed)
    assert followed.job.attempt == 2
    assert pages_of(engine, followed.id) == ALL


def test_a_followed_job_that_nobody_asks_any_more_is_cancelled_and_can_go_on(
    make_engine: MakeEngine, make_recipe: MakeRecipe, folder: Folder
) -> None:
    engine = make_engine("counting")
    for asked_for in (0, 2):
        followed = engine.follow(make_recipe())
        for _ in range(asked_for):
            next(iter(followed))
        followed.close()
        assert (followed.job.state, followed.job.can_go_on) == ("cancelled", True)
        assert folder.is_idle(followed.id)
        assert not (folder.job(followed.id) / "result").exists() or not any(
            (folder.job(followed.id) / "result").iterdir()
        )


def test_a_followed_job_can_be_cancelled_from_another_thread(make_engine: MakeEngine, make_recipe: MakeRecipe) -> None:
    engine = make_engine("holding")
    followed = engine.follow(make_recipe())
    threading.Timer(0.1, engine.cancel, [followed.id]).start()
    with pytest.raises(Cancelled):
        list(followed)
    assert followed.job.state == "cancelled"


def test_ctrl_c_cancels_a_followed_job(make_engine: MakeEngine, make_recipe: MakeRecipe) -> None:
    engine = make_engine("interrupting")
    followed = engine.follow(make_recipe())
    with pytest.raises(KeyboardInterrupt):
        list(followed)
    assert (followed.job.state, followed.job.can_go_on) == ("cancelled", True)


# --- stopping


@pytest.mark.parametrize("isolated", [False, True])
def test_a_paused_job_goes_on(
    make_engine: MakeEngine, make_recipe: MakeRecipe, story: Callable[..., object], isolated: bool
) -> None:
    engine = make_engine("holding", isolated=isolated)
    told = story(engine)
    job = engine.submit(make_recipe())
    told.until(lambda job: job.pages == 2)
    assert engine.pause(job.id).state in ("pausing", "paused")
    assert told.ended(job.id).state == "paused"
    engine.resume(job.id)
    assert told.ended(job.id, attempt=2).state == "completed"
    assert told.states(job.id) == ["queued", "running", "pausing", "paused", "queued", "running", "completed"]
    assert pages_of(engine, job.id) == ALL


@pytest.mark.parametrize("isolated", [False, True])
def test_who_never_looks_is_not_asked_for_more(
    make_engine: MakeEngine, make_recipe: MakeRecipe, story: Callable[..., object], isolated: bool
) -> None:
    engine = make_engine("endless", isolated=isolated)
    told = story(engine)
    job = engine.submit(make_recipe())
    told.until(lambda job: len(job.log) > 5)
    engine.cancel(job.id)
    assert told.ended(job.id).state == "cancelled"
    assert list((engine.folder.job(job.id) / "result").iterdir()) == []  # it was closed, and not killed


def test_a_queued_job_is_cancelled_at_once(make_engine: MakeEngine, make_recipe: MakeRecipe, folder: Folder) -> None:
    engine = make_engine("holding", threads=1)
    engine.submit(make_recipe("first"))
    job = engine.submit(make_recipe("second"))
    assert engine.cancel(job.id).state == "cancelled"
    assert folder.is_idle(job.id)


def test_a_cancel_is_stronger_than_a_pause(
    make_engine: MakeEngine, make_recipe: MakeRecipe, story: Callable[..., object]
) -> None:
    engine = make_engine("deaf", isolated=True)
    told = story(engine)
    job = engine.submit(make_recipe())
    told.until(lambda job: job.pages == 2)
    assert engine.pause(job.id).state == "pausing"
    assert engine.cancel(job.id).state == "cancelling"
    assert engine.pause(job.id).state == "cancelling"
    assert told.ended(job.id).state == "cancelled"


def test_what_has_ended_is_left_alone(make_engine: MakeEngine, make_recipe: MakeRecipe) -> None:
    engine = make_engine("counting", pool=Inline())
    job = engine.submit(make_recipe())
    assert engine.cancel(job.id) == job == engine.pause(job.id)
    with pytest.raises(FetchToZipError, match="completed and cannot be resumed"):
        engine.resume(job.id)
    with pytest.raises(NoSuchJob):
        engine.cancel("0000000000000")


def test_fifty_cancels_are_quick_and_each_job_can_go_on(
    make_engine: MakeEngine, make_recipe: MakeRecipe, story: Callable[..., object]
) -> None:
    engine = make_engine("holding", isolated=True, threads=1)
    told = story(engine)
    engine.warm()
    took: list[float] = []
    for number in range(50):
        job = engine.submit(make_recipe())
        if number % 2:
            pages = 1 + number % 4 // 2
            told.until(lambda each, job=job, pages=pages: each.id == job.id and each.pages == pages)
        begun = time.monotonic()
        engine.cancel(job.id)
        cancelled = told.ended(job.id)
        took.append(time.monotonic() - begun)
        assert (cancelled.state, cancelled.can_go_on) == ("cancelled", True)
    # two may be late, on a machine that has much else to do
    assert sorted(took)[-3] < 2
    engine.resume(job.id)
    assert told.ended(job.id, attempt=2).state == "completed"


def test_closing_pauses_everything_and_takes_nothing_more(
    make_engine: MakeEngine, make_recipe: MakeRecipe, story: Callable[..., object], folder: Folder
) -> None:
    engine = make_engine("holding", isolated=True, threads=1)
    told = story(engine)
    running, waiting = engine.submit(make_recipe("a")), engine.submit(make_recipe("b"))
    told.until(lambda job: job.id == running.id and job.pages == 2)
    begun = time.monotonic()
    engine.close()
    assert time.monotonic() - begun < 10
    with pytest.raises(FetchToZipError, match="closing"):
        engine.submit(make_recipe())
    later = make_engine("counting", pool=Inline())
    for job in (running, waiting):
        assert later.job(job.id).state == "paused"
        assert later.job(job.id).log[-1].text == "Paused, because the program was closed."
        assert later.resume(job.id).state == "completed"


# --- going on


def test_resume_finds_the_unfinished_job_of_the_same_work_and_destination(
    make_engine: MakeEngine, make_recipe: MakeRecipe, tmp_path: Path
) -> None:
    engine = make_engine("refused", pool=Inline())
    first = engine.submit(make_recipe(), tmp_path / "a.csv")
    assert first.state == "failed"
    elsewhere = engine.submit(make_recipe(), tmp_path / "b.csv", resume=True)
    assert elsewhere.id != first.id
    other = engine.submit(make_recipe("others"), tmp_path / "a.csv", resume=True)
    assert other.id != first.id
    again = engine.submit(make_recipe(), tmp_path / "a.csv", resume=True)
    assert (again.id, again.attempt, again.state) == (first.id, 2, "completed")
    assert pages_of(engine, first.id) == ALL
    fresh = engine.submit(make_recipe(), tmp_path / "a.csv", resume=True)
    assert (fresh.id != first.id, fresh.attempt) == (True, 1)


def test_without_resume_a_new_job_begins(make_engine: MakeEngine, make_recipe: MakeRecipe) -> None:
    engine = make_engine("refused", pool=Inline())
    assert engine.submit(make_recipe()).id != engine.submit(make_recipe()).id


def test_what_lies_before_the_newest_whole_result_is_not_gone_on_with(
    make_engine: MakeEngine, make_recipe: MakeRecipe
) -> None:
    old = make_engine("refused", pool=Inline()).submit(make_recipe())
    engine = make_engine("counting", pool=Inline())
    whole = engine.submit(make_recipe())
    assert engine.submit(make_recipe(), resume=True).id not in (old.id, whole.id)


def test_a_job_of_another_process_is_neither_resumed_nor_stopped(
    make_engine: MakeEngine, make_recipe: MakeRecipe, story: Callable[..., object]
) -> None:
    ours = make_engine("holding")
    told = story(ours)
    job = ours.submit(make_recipe())
    told.until(lambda job: job.pages == 2)
    other = make_engine("counting", pool=Inline())
    assert other.job(job.id).state == "running"
    with pytest.raises(JobLocked, match="process"):
        other.submit(make_recipe(), resume=True)
    with pytest.raises(JobLocked, match="Stop it there"):
        other.cancel(job.id)
    ours.cancel(job.id)
    told.ended(job.id)
    assert other.resume(job.id).state == "completed"
    assert ours.job(job.id).state in ("cancelled", "completed")
    assert [each.state for each in ours.jobs()] == ["completed"]


def test_two_jobs_cannot_write_one_destination(
    make_engine: MakeEngine, make_recipe: MakeRecipe, tmp_path: Path, folder: Folder
) -> None:
    engine = make_engine("holding")
    engine.submit(make_recipe("a"), tmp_path / "x.csv")
    with pytest.raises(JobLocked, match=r"x\.csv is in use"):
        engine.submit(make_recipe("b"), tmp_path / "x.csv")
    assert len(folder.job_ids()) == 1


def test_a_recipe_with_other_work_is_refused(make_engine: MakeEngine, make_recipe: MakeRecipe) -> None:
    engine = make_engine("refused", pool=Inline())
    job = engine.submit(make_recipe())
    with pytest.raises(RecipeError, match="other work"):
        engine.resume(job.id, make_recipe(url="http://127.0.0.1:9/others"))


def test_retry_begins_anew(make_engine: MakeEngine, make_recipe: MakeRecipe, tmp_path: Path) -> None:
    engine = make_engine("counting", pool=Inline())
    job = engine.submit(make_recipe(), tmp_path / "a.csv", accept_partial=True)
    again = engine.retry(job.id)
    assert again.id != job.id
    assert (again.state, again.wanted, again.accept_partial) == ("completed", job.wanted, True)


def test_a_later_process_resumes_from_the_record_unless_secrets_are_missing(
    make_engine: MakeEngine, make_recipe: MakeRecipe
) -> None:
    first = make_engine("refused", pool=Inline())
    plain = make_recipe("plain", auth={"type": "bearer", "token": "hunter2hunter2"})
    reference = make_recipe("reference", auth={"type": "bearer", "token": "env:HOME"})
    jobs = [first.submit(recipe) for recipe in (plain, reference)]
    first.close()
    later = make_engine("refused", pool=Inline())
    with pytest.raises(RecipeError, match="holds secrets in plain"):
        later.resume(jobs[0].id)
    assert later.resume(jobs[0].id, plain).state == "completed"
    assert later.resume(jobs[1].id).state == "completed"


# --- using pages again


def test_another_output_of_the_same_source_fetches_nothing_again(
    make_engine: MakeEngine, make_recipe: MakeRecipe, folder: Folder
) -> None:
    engine = make_engine("counting", pool=Inline())
    first = engine.submit(make_recipe())
    (folder.job(first.id) / "spool" / "rows-0001.bin").write_bytes(b"rows")
    again = engine.submit(make_recipe("other", output={"format": "json"}), cached=True)
    assert again.log[0].text == f"The 5 pages of the job {first.id} are used again."
    assert again.state == "completed"
    assert pages_of(engine, again.id) == ALL  # and not ten
    rows = folder.job(again.id) / "spool" / "rows-0001.bin"
    assert rows.samefile(folder.job(first.id) / "spool" / "rows-0001.bin")
    engine.remove(first.id)
    assert rows.read_bytes() == b"rows"


def test_an_unfinished_jobs_pages_are_copied_so_that_both_can_go_on(
    make_engine: MakeEngine, make_recipe: MakeRecipe, folder: Folder
) -> None:
    first = make_engine("refused", pool=Inline()).submit(make_recipe())
    (folder.job(first.id) / "spool" / "rows-0001.bin").write_bytes(b"rows")
    engine = make_engine("counting", pool=Inline())
    again = engine.submit(make_recipe(), cached=True)
    assert (again.state, pages_of(engine, again.id)) == ("completed", ALL)
    assert pages_of(engine, first.id) == ALL[:2]
    rows = folder.job(again.id) / "spool" / "rows-0001.bin"
    assert not rows.samefile(folder.job(first.id) / "spool" / "rows-0001.bin")
    assert engine.resume(first.id).state == "completed"
    assert pages_of(engine, first.id) == ALL


def test_pages_of_another_source_are_not_used(make_engine: MakeEngine, make_recipe: MakeRecipe) -> None:
    engine = make_engine("counting", pool=Inline())
    engine.submit(make_recipe())
    other = engine.submit(make_recipe(url="http://127.0.0.1:9/others"), cached=True)
    assert "everything is fetched" in other.log[0].text
    assert other.state == "completed"


# --- going away


def test_a_removed_job_is_gone_and_a_result_elsewhere_stays(
    make_engine: MakeEngine, make_recipe: MakeRecipe, tmp_path: Path, folder: Folder
) -> None:
    engine = make_engine("counting", pool=Inline())
    job = engine.submit(make_recipe(), tmp_path / "a.csv")
    engine.remove(job.id)
    assert engine.jobs() == []
    assert folder.job_ids() == []
    assert (tmp_path / "a.csv").exists()
    with pytest.raises(NoSuchJob):
        engine.job(job.id)


def test_a_job_at_work_is_not_removed(
    make_engine: MakeEngine, make_recipe: MakeRecipe, story: Callable[..., object]
) -> None:
    engine = make_engine("holding")
    job = engine.submit(make_recipe())
    with pytest.raises(JobLocked):
        engine.remove(job.id)
    assert engine.clean(max_age=timedelta(0), max_bytes=0) == []


def test_a_result_that_somebody_deleted_is_told(
    make_engine: MakeEngine, make_recipe: MakeRecipe, tmp_path: Path
) -> None:
    engine = make_engine("counting", pool=Inline())
    job = engine.submit(make_recipe(), tmp_path / "a.csv")
    (tmp_path / "a.csv").unlink()
    with pytest.raises(OutputError, match="no longer"):
        engine.result(job.id)


# --- telling


def test_a_watcher_that_fails_harms_no_job(
    make_engine: MakeEngine, make_recipe: MakeRecipe, story: Callable[..., object]
) -> None:
    engine = make_engine("counting")

    def fail(job: Job) -> None:
        raise RuntimeError("no")

    engine.watch(fail)
    told = story(engine)
    assert told.ended(engine.submit(make_recipe()).id).state == "completed"


def test_a_watcher_may_stop_the_job_it_hears_of(
    make_engine: MakeEngine, make_recipe: MakeRecipe, story: Callable[..., object]
) -> None:
    engine = make_engine("holding")
    engine.watch(lambda job: job.pages == 2 and job.state == "running" and engine.cancel(job.id))
    told = story(engine)
    assert told.ended(engine.submit(make_recipe()).id).state == "cancelled"


def test_the_record_says_what_a_job_said(make_engine: MakeEngine, make_recipe: MakeRecipe) -> None:
    engine = make_engine("chatty", pool=Inline())
    job = engine.submit(make_recipe())
    assert [line.text for line in job.log][-2:] == ["line 2999", "Complete: 50 of 50 rows."]


def test_a_note_of_the_store_is_kept_for_the_front_end(
    make_engine: MakeEngine, make_recipe: MakeRecipe, folder: Folder
) -> None:
    first = make_engine("counting", pool=Inline())
    job = first.submit(make_recipe())
    first.close()
    folder.database.write_bytes(b"nonsense" * 1000)
    later = make_engine("counting", pool=Inline())
    assert "was damaged" in later.store.notes[0]
    assert later.jobs() == [job]


def test_unforeseen_errors_are_raised_in_words(make_engine: MakeEngine, make_recipe: MakeRecipe) -> None:
    engine = make_engine("blurting")
    said = []
    with pytest.raises(Unforeseen, match="ValueError"):
        said.extend(engine.follow(make_recipe()))
    assert [line.level for line in engine.jobs()[0].log] == ["info", "warning", "error"]
    assert all(not isinstance(event, Said) or event.level == "info" for event in said)
