"""Decides whether a failed attempt is worth another one, and how long to wait before it."""

from __future__ import annotations

import math
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from fetchtozip_gui.core.errors import FetchToZipError, PageFailed

RETRIED = frozenset({408, 429, 500, 502, 503, 504})
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that ask and change nothing; others are repeated only where the recipe says so."""

_SECONDS = re.compile(r"\d+(\.\d+)?", re.ASCII)


class Again(Exception):
    """This attempt failed, the next may not; `error` is what to raise when there is none left.

    `after` is what `host` asked for in seconds, `at_once` that the first repetition need not wait (a kept
    connection that was closed under us), `tries` a smaller number of repetitions than the recipe's.
    """

    def __init__(
        self,
        error: FetchToZipError,
        *,
        after: float | None = None,
        host: str = "",
        at_once: bool = False,
        tries: int | None = None,
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.after = after
        self.host = host
        self.at_once = at_once
        self.tries = tries


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long one page is tried: `retries` repetitions, seconds for the rest.

    Waits double from `first` to at most `longest` and are jittered down to half. A Retry-After up to `asked` is
    obeyed. All waits for one page together stay within `total`.
    """

    retries: int = 5
    first: float = 0.5
    longest: float = 60.0
    asked: float = 300.0
    total: float = 600.0


class Attempts:
    """One page's attempts: `wait` tells the pause after a failed one, or raises what to give up with."""

    def __init__(self, patience: Patience, jitter: Callable[[], float] = random.random) -> None:
        self.made = 1
        self._patience = patience
        self._jitter = jitter
        self._waited = 0.0

    def wait(self, again: Again) -> float:
        """Seconds until the next attempt, which is counted."""
        patience = self._patience
        allowed = patience.retries if again.tries is None else min(again.tries, patience.retries)
        left = patience.total - self._waited
        if self.made > allowed or left <= 0:
            raise self._given_up(again.error)
        pause = min(self._pause(again), left)
        if again.after:
            if again.after > min(patience.asked, left):
                raise _asked_too_much(again.error, again.after, min(patience.asked, left))
            pause = again.after
        self.made += 1
        self._waited += pause
        return pause

    def _pause(self, again: Again) -> float:
        if again.at_once and self.made == 1:
            return 0.0
        # 2.0 ** 1023 is the last float; the exponent needs no more than reaches `longest`
        doubled = self._patience.first * 2.0 ** min(self.made - 1, 60)
        return min(doubled, self._patience.longest) * (0.5 + self._jitter() / 2)

    def _given_up(self, error: FetchToZipError) -> FetchToZipError:
        if self.made > 1:
            error.message = f"{error.message.rstrip('.')}; {self.made} attempts were made."
        return error


def _asked_too_much(error: FetchToZipError, after: float, most: float) -> FetchToZipError:
    status = error.status if isinstance(error, PageFailed) else 0
    page = error.page if isinstance(error, PageFailed) else 0
    return PageFailed(
        f"{error.message.rstrip('.')} and asks to wait {_duration(after)}; at most {_duration(most)} are waited here.",
        "Run the job again later, or ask more slowly: a smaller source.rate_limit.",
        page=page,
        status=status,
    )


def _duration(seconds: float) -> str:
    for size, unit in ((86400 * 365, "years"), (86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return "for ever" if math.isinf(seconds) else f"{seconds / size:,.0f} {unit}"
    return f"{seconds:.0f} seconds"


def retry_after(text: str | None, date: str | None = None, now: Callable[[], float] = time.time) -> float | None:
    """Seconds a Retry-After header asks for (RFC 9110, 10.2.3), 0 for the past, null for none or nonsense.

    A date is measured from the answer's own `date`, where it says one: the two clocks need not agree.
    """
    if text is None:
        return None
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    until = _moment(text)
    if until is None:
        return None
    here = _moment(date) if date else None
    return max(0.0, until - (now() if here is None else here))


def _moment(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
