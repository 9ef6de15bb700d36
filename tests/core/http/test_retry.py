"""Waits between attempts, what Retry-After may say, and when it is enough."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.errors import BadBody, FetchToZipError, PageFailed
from fetchtozip_gui.core.http.retry import Again, Attempts, Patience, retry_after

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def failed() -> PageFailed:
    return PageFailed("Page 3 answered 503.", "Try later.", page=3, status=503)


def waits(patience: Patience, jitter: float = 1.0, **again: float) -> tuple[list[float], FetchToZipError]:
    """All waits until it gives up, and what it gives up with."""
    attempts = Attempts(patience, lambda: jitter)
    found: list[float] = []
    while True:
        try:
            found.append(attempts.wait(Again(failed(), **again)))
        except FetchToZipError as error:
            return found, error


def test_waits_double_up_to_the_longest() -> None:
    found, error = waits(Patience(retries=9, longest=20))
    assert found == [0.5, 1, 2, 4, 8, 16, 20, 20, 20]
    assert error.message == "Page 3 answered 503; 10 attempts were made."


def test_waits_are_jittered_down_to_half() -> None:
    assert waits(Patience(retries=3), jitter=0.0)[0] == [0.25, 0.5, 1]
    assert waits(Patience(retries=3), jitter=0.5)[0] == [0.375, 0.75, 1.5]


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 200), st.floats(0.01, 1000))
def test_the_total_is_kept(jitter: float, retries: int, total: float) -> None:
    found, _ = waits(Patience(retries=retries, total=total, longest=total), jitter)
    assert len(found) <= retries
    assert sum(found) <= total * 1.000001
    if len(found) < retries:
        assert sum(found) == pytest.approx(total)


def test_without_retries_the_first_failure_is_the_error_itself() -> None:
    found, error = waits(Patience(retries=0))
    assert (found, error.message) == ([], "Page 3 answered 503.")


def test_the_source_is_obeyed_when_it_says_how_long() -> None:
    assert waits(Patience(retries=3), after=7)[0] == [7, 7, 7]
    assert waits(Patience(retries=3), after=0)[0] == [0.5, 1, 2]


def test_a_kept_connection_that_was_closed_costs_no_wait_once() -> None:
    assert waits(Patience(retries=3), at_once=True)[0] == [0, 1, 2]


def test_some_failures_are_worth_fewer_attempts() -> None:
    assert len(waits(Patience(retries=5), tries=2)[0]) == 2
    assert len(waits(Patience(retries=1), tries=2)[0]) == 1


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (86400 * 3650, "10 years"),
        (3600 * 5, "5 hours"),
        (1000, "17 minutes"),
        (float("inf"), "for ever"),
        (86400 * 9, "9 days"),
    ],
)
def test_too_long_a_wish_is_an_error_that_says_so(after: float, words: str) -> None:
    found, error = waits(Patience(), after=after)
    assert found == []
    assert error.message == f"Page 3 answered 503 and asks to wait {words}; at most 5 minutes are waited here."
    assert isinstance(error, PageFailed)
    assert (error.page, error.status) == (3, 503)
    assert "source.rate_limit" in error.hint


def test_a_wish_that_no_longer_fits_into_the_total_is_an_error() -> None:
    found, error = waits(Patience(retries=9, total=100), after=40)
    assert found == [40, 40]
    assert "asks to wait 40 seconds; at most 20 seconds" in error.message


def test_a_bad_body_stays_one() -> None:
    attempts = Attempts(Patience(retries=0))
    with pytest.raises(BadBody, match="cut"):
        attempts.wait(Again(BadBody("It was cut.", "Nothing of it was used.")))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("0", 0),
        ("120", 120),
        (" 1.5 ", 1.5),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("1e9", None),
        ("٣", None),
        ("9" * 400, float("inf")),
        (format_datetime(NOW + timedelta(minutes=2), usegmt=True), 120),
        (format_datetime(NOW - timedelta(days=400), usegmt=True), 0),
        ("Sunday, 22-Nov-26 12:00:30 GMT", 30),
        ("Sun Nov 22 12:00:30 2026", 30),
        ("Sun, 99 Nov 2026 12:00:30 GMT", None),
        ("Wed, 20 Nov 2036 12:00:00 GMT", 315446400),
    ],
)
def test_retry_after(text: str | None, seconds: float | None) -> None:
    assert retry_after(text, now=NOW.timestamp) == seconds


def test_a_date_without_a_zone_is_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    if hasattr(time, "tzset"):  # the other systems know no other zone in a running process
        monkeypatch.setenv("TZ", "Asia/Kolkata")
        time.tzset()
    try:
        assert retry_after("Sun Nov 22 12:00:30 2026", now=NOW.timestamp) == 30
    finally:
        monkeypatch.undo()
        if hasattr(time, "tzset"):
            time.tzset()


def test_a_date_is_measured_by_the_source_s_own_clock() -> None:
    fast = NOW + timedelta(hours=3)
    wish = format_datetime(fast + timedelta(seconds=40), usegmt=True)
    assert retry_after(wish, format_datetime(fast, usegmt=True), NOW.timestamp) == 40
    assert retry_after(wish, "no date", NOW.timestamp) == 3 * 3600 + 40
