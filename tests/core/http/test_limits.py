"""The limiter's plan under a clock of the test's own, and its promise under the real one."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from fetchtozip_gui.core.errors import Cancelled
from fetchtozip_gui.core.http.limits import Limiter
from fetchtozip_gui.core.work import Tools


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def limiter(per_second: float | None) -> tuple[Limiter, Clock]:
    clock = Clock()
    return Limiter(per_second, clock.wait, clock), clock


def test_requests_are_evenly_spaced_from_the_first_on() -> None:
    line, clock = limiter(10)
    times = []
    for _ in range(101):
        line.take("a")
        times.append(clock.now - 100)
    assert times == pytest.approx([i / 10 for i in range(101)])


def test_a_pause_in_use_gives_no_credit() -> None:
    line, clock = limiter(10)
    line.take("a")
    clock.now += 5
    times = []
    for _ in range(3):
        line.take("a")
        times.append(round(clock.now - 105, 6))
    assert times == [0, 0.1, 0.2]


def test_each_host_has_its_own_line() -> None:
    line, clock = limiter(1)
    for host in "abc":
        line.take(host)
    assert clock.now == 100


def test_no_rate_means_no_waiting_but_a_rest_is_kept() -> None:
    line, clock = limiter(None)
    for _ in range(1000):
        line.take("a")
    assert clock.now == 100
    line.pause("a", 3)
    line.take("b")
    assert clock.now == 100
    line.take("a")
    assert clock.now == 103
    line.take("a")
    assert clock.now == 103


def test_a_rest_holds_and_the_spacing_goes_on_after_it() -> None:
    line, clock = limiter(2)
    line.take("a")
    line.pause("a", 4)
    line.pause("a", 1)  # a shorter one takes nothing back
    times = []
    for _ in range(3):
        line.take("a")
        times.append(clock.now - 100)
    assert times == [4, 4.5, 5]


def test_those_who_wait_already_take_the_rest_too() -> None:
    """A reservation made before the host asked for rest is given up for a later one."""
    clock = Clock()
    asked = []

    def wait(seconds: float) -> None:
        if not asked:
            asked.append(seconds)
            line.pause("a", 10)
        clock.now += seconds

    line = Limiter(1, wait, clock)
    line.take("a")
    line.take("a")  # waits for 101, and hears meanwhile of a rest until 110
    assert clock.now == 110


def test_a_shorter_rest_does_not_end_a_longer_one() -> None:
    clock = Clock()

    def wait(seconds: float) -> None:
        if clock.now == 100:
            line.pause("a", 30)
            line.pause("a", 1)
        clock.now += seconds

    line = Limiter(0.2, wait, clock)
    line.take("a")
    line.take("a")  # waits for 105, when the longer rest still holds
    assert clock.now == 130


def test_the_rate_is_kept_across_threads() -> None:
    """Within 2 %, over 3 s of the real clock; the plan itself is exact, as the first test shows."""
    rate, due = 100, 300
    line = Limiter(rate, Tools().wait)
    times: list[float] = []

    def work(_: int) -> None:
        line.take("a")
        times.append(time.monotonic())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(due + 1)))
    took = max(times) - min(times)
    assert took == pytest.approx(due / rate, rel=0.02)


def test_the_stop_is_heard_while_waiting() -> None:
    tools = Tools()
    line = Limiter(0.01, tools.wait)
    line.take("a")
    threading.Timer(0.05, tools.stop.set).start()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        line.take("a")
    assert time.monotonic() - begun < 1
