"""Keeps to a number of requests a second for each host, evenly spaced, and lets a host that asks for rest have it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class _Line:
    """One host's queue: when the next request may go, and until when nothing may."""

    next: float
    rest: float


class Limiter:
    """Hands out places in time to any number of threads.

    A place is reserved at once and then waited for, so the spacing comes from the plan and never from how late a
    thread woke. `wait` is the stop-aware sleep; `clock` counts seconds and never jumps.
    """

    def __init__(
        self, per_second: float | None, wait: Callable[[float], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._gap = 1.0 / per_second if per_second else 0.0
        self._wait = wait
        self._clock = clock
        self._lock = threading.Lock()
        self._lines: dict[str, _Line] = {}

    def take(self, host: str) -> None:
        """Return when a request may go to `host`; raises what `wait` raises when the job is stopped."""
        if not self._gap and host not in self._lines:
            return
        place = self._reserve(host)
        while True:
            late = place - self._clock()
            if late > 0:
                self._wait(late)
            if self._clock() < place:
                continue
            if place >= self._lines[host].rest:
                return
            place = self._reserve(host)  # the host asked for rest while this one was waiting

    def pause(self, host: str, seconds: float) -> None:
        """Nobody asks `host` for so long, whatever was planned."""
        with self._lock:
            until = self._clock() + seconds
            line = self._line(host)
            line.rest = max(line.rest, until)
            line.next = max(line.next, until)

    def _reserve(self, host: str) -> float:
        with self._lock:
            line = self._line(host)
            place = max(self._clock(), line.next)
            line.next = place + self._gap
            return place

    def _line(self, host: str) -> _Line:
        return self._lines.setdefault(host, _Line(0.0, 0.0))
