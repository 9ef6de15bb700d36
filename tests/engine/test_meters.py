"""Rates and times left: right, and calm."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.engine.meters import Meter, expected_rows, progress


def run(speeds: list[float], every: float = 1.0, expected: int | None = None) -> list[Meter]:
    meter = Meter(at=0.0)
    count = 0.0
    meters = []
    for number, speed in enumerate(speeds, 1):
        count += speed * every
        meter = meter.after(number * every, int(count), expected)
        meters.append(meter)
    return meters


def test_a_steady_speed_is_told_from_the_first_measurement() -> None:
    assert {meter.rate for meter in run([1234.0] * 30)} == {1200}


def test_a_new_speed_is_reached_within_some_seconds_and_not_at_once() -> None:
    meters = run([1000.0] * 20 + [2000.0] * 20)
    assert 1000 < (meters[20].rate or 0) < 1500
    assert meters[-1].rate == 2000


def test_a_noisy_speed_is_told_calmly() -> None:
    rates = [meter.rate or 0 for meter in run([500.0, 1500.0] * 30, every=0.25)]
    assert max(rates[10:]) - min(rates[10:]) <= 100


def test_what_comes_faster_than_can_be_measured_is_counted_with_the_next() -> None:
    meter = Meter(at=0.0)
    for step in range(1, 1001):
        meter = meter.after(step / 1000, step)
    assert meter.rate == 1000


def test_a_stall_shows() -> None:
    assert run([1000.0] * 10 + [0.0] * 30)[-1].rate == 0


def test_the_first_count_of_a_later_attempt_only_says_where_counting_begins() -> None:
    meter = Meter().after(100.0, 1_000_000)
    assert meter.rate is None
    assert meter.after(101.0, 1_000_100).rate == 100


def test_a_clock_that_is_set_back_begins_anew_and_keeps_the_speed() -> None:
    meter = run([100.0] * 10)[-1].after(3.0, 1000)
    assert meter.rate == 100
    assert meter.after(4.0, 1100).rate == 100


def test_the_time_left_counts_down_and_does_not_jump() -> None:
    meters = run([1000.0, 950.0, 1050.0, 1000.0] * 24, expected=100_000)
    left = [meter.seconds_left(number) for number, meter in enumerate(meters, 1)]
    assert left[0] == 105
    assert all(later <= earlier for earlier, later in itertools.pairwise(left) if earlier and later)
    assert left[-1] is not None
    assert left[-1] <= 5


def test_the_time_left_follows_a_real_change() -> None:
    meters = run([1000.0] * 10 + [100.0] * 30, expected=100_000)
    assert (meters[9].seconds_left(10) or 0) <= 90
    assert (meters[-1].seconds_left(40) or 0) > 600


def test_without_an_expectation_no_end_is_foreseen() -> None:
    assert run([1000.0] * 5)[-1].seconds_left(5) is None
    assert run([0.0] * 5, expected=100)[-1].seconds_left(5) is None


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 10**9)), max_size=50), st.integers(0, 10**12))
def test_nothing_that_is_counted_breaks_a_meter(steps: list[tuple[float, int]], expected: int) -> None:
    meter, seconds, count = Meter(at=0.0), 0.0, 0
    for passed, more in steps:
        seconds, count = seconds + passed, count + more
        meter = meter.after(seconds, count, expected)
        assert meter.rate is None or meter.rate >= 0
        left = meter.seconds_left(seconds)
        assert left is None or left >= 1


@pytest.mark.parametrize(
    ("rows", "pages", "total_rows", "total_pages", "page_limit", "expected"),
    [
        (0, 0, None, None, None, None),
        (100, 1, None, None, 10, None),  # a limit alone says nothing of how much there is
        (100, 1, 1000, None, None, 1000),
        (100, 1, 1000, None, 5, 500),
        (100, 1, 1000, None, 50, 1000),
        (100, 1, None, 20, None, 2000),
        (100, 1, None, 20, 5, 500),
        (0, 0, 1000, None, 5, 1000),
        (1200, 12, 1000, None, None, 1200),  # more than was declared
    ],
)
def test_expected_rows(
    rows: int, pages: int, total_rows: int | None, total_pages: int | None, page_limit: int | None, expected: int | None
) -> None:
    assert expected_rows(rows, pages, total_rows, total_pages, page_limit) == expected


def test_progress_never_goes_back_and_is_one_only_when_delivered() -> None:
    assert progress(10, None, None) is None
    assert progress(10, 100, None) == 0.1
    assert progress(10, 1000, 0.1) == 0.1
    assert progress(100, 100, 0.5) == 0.99
    assert progress(0, 0, None) == 0.0
