"""Numbers, sizes and times read as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fetchtozip_gui.gui.words import ago, breakable, counted, duration, place, size

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_counts_are_grouped_and_agree_with_their_noun() -> None:
    assert [counted(number, "row") for number in (0, 1, 541_909)] == ["0 rows", "1 row", "541,909 rows"]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (8_004_708, "8.0 MB"),
        (999_950, "1.0 MB"),
        (10**12, "1.0 TB"),
    ],
)
def test_sizes_have_one_digit_after_the_point(count: int, words: str) -> None:
    assert size(count) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (59.4, "59 s"), (60, "1 min"), (125, "2 min 5 s"), (3600, "1 h"), (4800, "1 h 20 min")],
)
def test_durations_name_two_units_at_most(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=2), "20 Nov 2026"),
    ],
)
def test_times_are_relative_for_a_day(passed: timedelta, words: str) -> None:
    assert ago(NOW - passed, NOW) == words


def test_places_below_home_are_short() -> None:
    assert place(Path.home() / "Downloads" / "a.zip") == str(Path("~/Downloads/a.zip"))
    assert place(Path.home()) == "~"
    assert place("/somewhere/else") == "/somewhere/else"


def test_long_addresses_may_break_and_stay_the_same_text() -> None:
    text = "https://api.example.com/orders?page=1"
    assert breakable(text).count("\u200b") == 5
    assert breakable(text).replace("\u200b", "") == text
