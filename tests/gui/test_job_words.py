"""Every state of a job has its words, its tone and the acts that are possible then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fetchtozip_gui.core.errors import PartialResult, RecipeError, SourceError
from fetchtozip_gui.core.events import Delivered, Fetched, Wrote
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui.job_words import AT_REST, describe

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WHOLE = Verdict("complete", "Complete: 541,909 of 541,909 rows", 541_909, 541_909)


@pytest.fixture
def begun(new_job: Callable[..., Job]) -> Job:
    return new_job().started(NOW)


@pytest.fixture
def flowing(begun: Job) -> Job:
    """336 of 542 pages, after ten seconds."""
    for second in range(1, 11):
        pages = 336 * second // 10
        begun = begun.after(Fetched(pages, pages * 1000, pages, 541_909, 542), NOW + timedelta(seconds=second))
    return begun


def test_a_waiting_job_can_be_cancelled(new_job: Callable[..., Job]) -> None:
    words = describe(new_job())
    assert (words.state, words.headline, words.acts) == ("Waiting", "Waiting for its turn.", ("cancel",))
    assert not words.has_bar


def test_before_the_first_page_the_bar_measures_nothing(begun: Job) -> None:
    words = describe(begun)
    assert words.headline == "Asking for the first page."
    assert (words.has_bar, words.progress, words.detail) == (True, None, "")


def test_a_running_job_tells_pages_rows_rate_and_time_left(flowing: Job) -> None:
    words = describe(flowing)
    assert words.headline == "Fetching: 336 of 542 pages"
    assert words.detail == "336,000 of 541,909 rows · 34,000 rows a second · 7 s left"
    assert words.progress == pytest.approx(0.62, abs=0.001)
    assert (words.tone, words.acts) == ("busy", ("pause", "cancel"))


def test_a_source_without_totals_is_told_without_them(begun: Job) -> None:
    words = describe(begun.after(Fetched(1, 100, 1000), NOW + timedelta(seconds=1)))
    assert words.headline == "Fetching: 1 page so far"
    assert words.detail == "100 rows · 100 rows a second"
    assert words.progress is None


def test_when_all_is_fetched_the_writing_is_told(begun: Job) -> None:
    fetched = begun.after(Fetched(2, 2000, 10, 2000, 2), NOW).after(Wrote(500, 9), NOW)
    assert describe(fetched).headline == "Writing the file: 500 of 2,000 rows"


@pytest.mark.parametrize("state", ["pausing", "cancelling"])
def test_on_its_way_to_a_stop_nothing_can_be_asked(flowing: Job, state: str) -> None:
    words = describe(flowing.stopping(state))
    assert words.headline == f"{state.capitalize()}: what was fetched is kept."
    assert words.acts == ()


@pytest.mark.parametrize("state", ["paused", "cancelled"])
def test_a_stopped_job_can_go_on(flowing: Job, state: str) -> None:
    words = describe(flowing.stopped(state, NOW, "Stopped."))
    assert (words.headline, words.tone) == (f"{state.capitalize()}.", "plain")
    assert words.detail == "336,000 rows in 336 pages are kept."
    assert words.acts == ("resume", "retry", *AT_REST)


def test_the_end_is_the_verdict_and_the_file(flowing: Job) -> None:
    fetched = flowing.after(Fetched(542, 541_909, 1, 541_909, 542), NOW)
    columns = (("invoice", "text"), ("date", "datetime"))
    delivered = Delivered("/home/ada/orders.zip", 541_909, 8_004_708, WHOLE, columns)
    words = describe(fetched.after(delivered, NOW + timedelta(seconds=7)))
    assert (words.headline, words.tone) == ("Complete: 541,909 of 541,909 rows", "good")
    assert words.detail == "2 columns · 542 pages · done in 7 s"
    assert (words.file, words.file_note) == (Path("/home/ada/orders.zip"), "8.0 MB")
    assert words.acts == ("save_as", "open_file", "open_folder", "send", "retry", *AT_REST)
    assert not words.has_bar


def test_rows_that_steps_took_away_are_told(begun: Job) -> None:
    words = describe(begun.after(Delivered("/a.zip", 1200, 10, WHOLE), NOW))
    assert words.detail.startswith("1,200 rows written")


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict("complete", "Complete up to the page limit: 10 rows", 10, None, limited=True),
        Verdict("partial", "Partial: 10 rows kept", 10, 20),
        Verdict("empty", "Empty: the source answered no rows"),
    ],
    ids=lambda verdict: verdict.state,
)
def test_an_end_that_is_not_whole_is_never_green(begun: Job, verdict: Verdict) -> None:
    words = describe(begun.after(Delivered("/a.zip", 10, 10, verdict), NOW))
    assert (words.headline, words.tone) == (verdict.words, "warn")


def test_a_partial_result_is_told_without_the_options_of_the_command_line(flowing: Job) -> None:
    error = PartialResult("Partial: page 4 of 10 failed with 500; 300 rows kept.", "Run again with --resume.")
    words = describe(flowing.failed(error, NOW))
    assert (words.state, words.tone) == ("Partial", "warn")
    assert words.hint == "Resume asks for the missing pages again and goes on from there."
    assert "--" not in words.hint
    assert words.acts == ("resume", "retry", *AT_REST)


def test_a_failure_says_what_happened_and_what_to_do(begun: Job) -> None:
    words = describe(begun.failed(SourceError("example.com cannot be reached.", "Check the address."), NOW))
    assert (words.headline, words.hint, words.tone) == ("example.com cannot be reached.", "Check the address.", "bad")
    assert words.acts == ("resume", "retry", *AT_REST)


def test_a_wrong_recipe_cannot_be_resumed(begun: Job) -> None:
    assert describe(begun.failed(RecipeError("url: is wrong."), NOW)).acts == ("retry", *AT_REST)


def test_an_interrupted_job_offers_to_go_on(flowing: Job) -> None:
    words = describe(flowing.interrupted(NOW))
    assert words.headline == "The program ended while this job ran."
    assert (words.tone, words.acts) == ("warn", ("resume", "retry", *AT_REST))


def test_one_line_for_screen_readers_has_it_all(flowing: Job) -> None:
    spoken = describe(flowing).spoken
    assert spoken.startswith("orders. Running. Fetching: 336 of 542 pages. 336,000 of 541,909 rows")
