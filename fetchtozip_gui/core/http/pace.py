"""How long a page takes to come and how long to be worked on, which says how many are worth asking for at once."""

from __future__ import annotations

import math
import time
from collections import deque

_LAST = 15
"""Pages that are looked back on."""
_WORTH = 0.5
"""The share of the time spent waiting from which on asking for more at once is worth its memory."""
_HANGING = 0.5
"""Seconds after which a page that does not come is no longer just a little late."""
_AGEING = 1.002
"""By how much the shortest latency fades with each page: it stays the one of a quiet moment for some hundred pages."""
_NEAR, _FEW, _NEAR_BYTES = 0.02, 4, 1 << 20
"""Where an answer can come in less than 20 ms, four or 1 MiB of them at once are all that can be worked on meanwhile.
This bounds the memory of a run by its pages' size, whatever else the machine is doing."""


class Pace:
    """`waiting` and `got` are called before and after each wait for a page.

    Every page that is under way costs a connection with its buffers, a few megabytes where pages are large. So more
    are asked for only where waiting takes most of the time, and only as many as come while one page is worked on.
    """

    def __init__(self) -> None:
        self._latency = self._least = math.inf
        self._spent: deque[tuple[float, float]] = deque(maxlen=_LAST)
        self._since = time.monotonic()
        self._work = 0.0

    def wanted(self, now: int, size: float) -> int:
        """How many to ask for at once while one is waited for, where it is `now` so many, of `size` bytes each."""
        waited = time.monotonic() - self._since
        if waited > _HANGING:
            return 2 * now  # the one that is waited for hangs: those behind it need not
        working = self._work + sum(work for work, _ in self._spent)
        waiting = waited + sum(wait for _, wait in self._spent)
        if self._latency == math.inf or waiting < _WORTH * (waiting + working):
            return now
        most = max(_FEW, int(_NEAR_BYTES / max(size, 1))) if self._least < _NEAR else math.inf
        useful = 1 + math.ceil(1.5 * self._latency * (len(self._spent) + 1) / max(working, 1e-6))
        return max(now, int(min(useful, most)))

    def waiting(self) -> None:
        """The last page is worked off, the next one is waited for."""
        now = time.monotonic()
        self._work = now - self._since
        self._since = now

    def got(self, latency: float) -> None:
        """A page is there, `latency` seconds after it was asked for."""
        now = time.monotonic()
        self._spent.append((self._work, now - self._since))
        self._latency = min(self._latency * _AGEING, latency)
        self._least = min(self._least, latency)
        self._since = now
        self._work = 0.0
