"""Snapshots: what follows from what, and that a job survives being written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.errors import FetchToZipError, NoRoom, PartialResult, RecipeError
from fetchtozip_gui.core.events import Delivered, Event, Fetched, Said, Shaped, Wrote
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.engine.job import LOG_LINES, Job

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
VERDICT = Verdict("complete", "Complete: 50 of 50 rows", 50, 50)
DELIVERED = Delivered("/tmp/orders.zip", 50, 900, VERDICT, (("id", "integer"),))


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def new(**more: Any) -> Job:
    return Job(id="0000000000001", recipe_name="orders", recipe={}, key="k", created_at=NOW, **more)


def running() -> Job:
    return new().started(NOW)


def test_a_jobs_whole_story() -> None:
    job = running()
    for second in range(1, 5):
        job = job.after(Fetched(second, second * 10, second * 1000, 50, 5), at(second))
    assert (job.pages, job.rows, job.bytes, job.total_rows, job.total_pages) == (4, 40, 4000, 50, 5)
    assert (job.progress, job.rate, job.seconds_left) == (0.8, 10, 1)
    job = job.after(Shaped((("id", "integer"),)), at(4)).after(Wrote(40, 700), at(4))
    assert (job.columns, job.written_rows, job.written_bytes) == ((("id", "integer"),), 40, 700)
    job = job.after(DELIVERED, at(5))
    assert (job.state, job.progress, job.result, job.verdict) == ("completed", 1.0, "/tmp/orders.zip", VERDICT)
    assert (job.ended_at, job.rate, job.seconds_left, job.can_go_on) == (at(5), None, None, False)
    assert job.log[-1].text == "Complete: 50 of 50 rows."


def test_each_snapshot_is_newer_than_the_one_before_and_leaves_it_alone() -> None:
    before = running()
    after = before.after(Said("hello"), NOW)
    assert after.revision == before.revision + 1
    assert before.log == ()


def test_the_log_keeps_its_newest_lines() -> None:
    job = running()
    for number in range(LOG_LINES + 50):
        job = job.after(Said(f"line {number}"), NOW)
    assert len(job.log) == LOG_LINES
    assert job.log[-1].text == f"line {LOG_LINES + 49}"


@pytest.mark.parametrize("error", [NoRoom("The disk is full.", "Make room."), PartialResult("Partial: x.", "y")])
def test_a_failure_keeps_its_words_and_can_go_on(error: FetchToZipError) -> None:
    job = running().failed(error, at(3))
    assert job.error is not None
    assert (job.state, job.error.code, job.error.message, job.error.hint) == (
        "failed",
        error.code,
        error.message,
        error.hint,
    )
    assert job.can_go_on
    assert job.log[-1].level == "error"


def test_a_wrong_recipe_cannot_go_on() -> None:
    assert not running().failed(RecipeError("source.url: is required"), NOW).can_go_on


def test_a_partial_result_is_told_as_partial() -> None:
    job = running().after(Fetched(2, 20, 100, 50, 5), NOW).failed(PartialResult("Partial: page 3 failed."), NOW)
    assert job.verdict == Verdict("partial", "Partial: page 3 failed", 20, 50)


def test_stops() -> None:
    assert running().stopping("pausing").state == "pausing"
    assert running().stopping("pausing").stopping("cancelling").state == "cancelling"
    assert running().stopping("cancelling").stopping("pausing").state == "cancelling"
    paused = running().stopping("pausing").stopped("paused", at(1), "Paused.")
    assert (paused.state, paused.can_go_on, paused.log[-1].text) == ("paused", True, "Paused.")


def test_what_has_ended_stays_as_it_ended() -> None:
    done = running().after(DELIVERED, NOW)
    assert done.failed(NoRoom("x"), NOW) is done
    assert done.stopped("cancelled", NOW, "Cancelled.") is done
    assert done.interrupted(NOW) is done
    assert done.stopping("cancelling") is done


def test_a_job_whose_process_is_gone_says_so() -> None:
    job = running().after(Fetched(1234, 5, 5), NOW).interrupted(at(9))
    assert job.error is not None
    assert (job.state, job.error.code, job.can_go_on) == ("failed", "interrupted", True)
    assert job.error.message == "The program ended while this job ran."
    assert "1,234 pages are kept" in job.error.hint
    waiting = new().interrupted(NOW).error
    assert waiting is not None
    assert waiting.message == "The program ended before this job had begun."
    assert not running().lost(NOW).can_go_on


def test_another_attempt_keeps_what_was_fetched_and_counts_speed_from_there() -> None:
    first = running().after(Fetched(2, 20, 100, 50, 5), at(1)).failed(NoRoom("x"), at(2))
    again = first.queued(at(10), accept_partial=True, recipe={"name": "x"}).started(at(11))
    assert (again.attempt, again.state, again.error, again.ended_at, again.accept_partial) == (
        2,
        "running",
        None,
        None,
        True,
    )
    assert (again.pages, again.rows) == (2, 20)
    there = again.after(Fetched(2, 20, 100, 50, 5), at(12))
    assert there.rate is None
    assert there.after(Fetched(3, 30, 100, 50, 5), at(13)).rate == 10
    assert again.revision > first.revision


def test_a_page_limit_is_what_progress_is_measured_by() -> None:
    job = new(page_limit=4).started(NOW).after(Fetched(2, 20, 100, 1000, 100), at(1))
    assert job.progress == 0.5


counts = st.integers(0, 2**53)
words = st.text(max_size=30)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Said, words, st.sampled_from(["info", "warning", "error"])),
    st.builds(Fetched, counts, counts, counts, st.none() | counts, st.none() | counts),
    st.builds(Shaped, st.lists(st.tuples(words, words), max_size=4).map(tuple)),
    st.builds(Wrote, counts, counts),
    st.just(DELIVERED),
)


@given(st.lists(st.tuples(events, st.floats(0, 1e6)), max_size=20), st.sampled_from(["", "failed", "stopped"]))
def test_every_job_reads_as_it_was_written(happened: list[tuple[Event, float]], end: str) -> None:
    job = running()
    for event, seconds in happened:
        job = job.after(event, at(seconds))
    if end == "failed":
        job = job.failed(NoRoom("The disk is full: ü.", "Make room."), at(1))
    if end == "stopped":
        job = job.stopped("cancelled", at(1), "Cancelled.")
    assert Job.read(job.text()) == job


def test_a_record_of_a_later_version_reads_without_its_news() -> None:
    text = running().text()
    assert Job.read(text[:-1] + ', "colour": "blue"}') == running()


def test_a_count_that_was_written_with_a_point_is_that_count() -> None:
    job = replace(running(), total_rows=50)
    assert Job.read(job.text().replace('"total_rows":50,', '"total_rows":50.0,')) == job


@pytest.mark.parametrize("text", ["", "{}", "null", '{"id": 1}', running().text()[:-5]])
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Job.read(text)


def test_the_document_is_json_for_everybody() -> None:
    document = running().after(DELIVERED, at(1)).document()
    assert document["created_at"] == "2026-11-22T12:00:00Z"
    assert document["verdict"]["words"] == "Complete: 50 of 50 rows"
    assert document["columns"] == [["id", "integer"]]
    assert "meter" not in document
