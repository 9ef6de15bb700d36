"""How fast a count grows, how much there will be and when it ends: estimates that do not jump."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

SMOOTHING = 4.0
"""Seconds over which the speed is averaged: exponentially weighted, the start's bias taken out."""
SHORTEST = 0.2
"""Seconds between two measurements; what comes faster is counted with the next one."""
PATIENCE = 0.15
"""The share of the time left by which a foreseen end must differ from the one told before to replace it."""


@dataclass(frozen=True, slots=True)
class Meter:
    """The speed of a growing count. Values are seconds on one clock, counts and counts a second.

    `at` and `count` are the last measurement; None before the first, which then only says where counting begins.
    """

    at: float | None = None
    count: int = 0
    speed: float = 0.0
    weight: float = 0.0
    end: float | None = None
    """When the count is expected to be complete, as told last."""

    def after(self, seconds: float, count: int, expected: int | None = None) -> Meter:
        """The meter once `count` was seen at `seconds`; `expected` is the count at the end, where it is known."""
        if self.at is None or seconds < self.at:
            return replace(self, at=seconds, count=count, end=None)
        passed = seconds - self.at
        if passed < SHORTEST:
            return self
        fade = math.exp(-passed / SMOOTHING)
        weight = self.weight * fade + (1 - fade)
        measured = max(0, count - self.count) / passed
        speed = (self.speed * self.weight * fade + measured * (1 - fade)) / weight
        return Meter(seconds, count, speed, weight, _foresee(self.end, seconds, count, expected, speed))

    @property
    def rate(self) -> int | None:
        """Counts a second in two significant digits; None before there is a speed."""
        if not self.weight:
            return None
        if self.speed < 1:
            return 0
        digits: int = 10 ** max(0, int(math.log10(self.speed)) - 1)
        return round(self.speed / digits) * digits

    def seconds_left(self, seconds: float) -> int | None:
        """Until the foreseen end, in steps that suit its distance; None where no end can be foreseen."""
        return None if self.end is None else _in_steps(self.end - seconds)


def _foresee(told: float | None, seconds: float, count: int, expected: int | None, speed: float) -> float | None:
    if expected is None or expected < count or speed <= 0:
        return None
    left = (expected - count) / speed
    if told is not None and abs(seconds + left - told) <= max(1.5, PATIENCE * left):
        return told
    return seconds + left


def _in_steps(left: float) -> int:
    for limit, step in ((10, 1), (60, 5), (600, 15), (3600, 60)):
        if left < limit:
            return max(1, math.ceil(left / step) * step)
    return math.ceil(left / 300) * 300


def expected_rows(
    rows: int, pages: int, total_rows: int | None, total_pages: int | None, page_limit: int | None
) -> int | None:
    """How many rows there will be, from what the source declares and the recipe's own page limit.

    Declared pages become rows by the average page so far. Without any declaration nothing is foreseen: a page limit
    alone says where a job stops at the latest, not how much there is.
    """
    if total_rows is None and (total_pages is None or not pages):
        return None
    guesses = []
    if total_rows is not None:
        guesses.append(total_rows)
    if pages:
        average = rows / pages
        if total_pages is not None and total_rows is None:
            guesses.append(round(average * total_pages))
        if page_limit is not None:
            guesses.append(round(average * page_limit))
    return max(rows, min(guesses))


def progress(rows: int, expected: int | None, before: float | None) -> float | None:
    """The share that is fetched, 0 to 0.99 and never less than `before`; 1 is for what was delivered."""
    if expected is None:
        return before
    share = min(0.99, rows / expected) if expected else 0.0
    return max(before or 0.0, round(share, 4))
