"""Faults on purpose: which of the practice source's requests answer 503, so that a client's retries can be tried."""

from __future__ import annotations

from collections import Counter

REMEMBERED = 10_000


class Faults:
    """Counts the requests to one route, for each `fail_every`, from the start of the server.

    An address that has just failed is answered the next time, whoever asks in between: a client that tries again gets
    through however many requests it has under way, even where every one fails (`fail_every=1`).
    """

    def __init__(self) -> None:
        self._asked: Counter[int] = Counter()
        self._failed: dict[tuple[int, str], None] = {}

    def strikes(self, every: int, address: str) -> bool:
        """Count a request for `address` and say whether it is to fail."""
        self._asked[every] += 1
        if (every, address) in self._failed:
            del self._failed[every, address]
            return False
        if self._asked[every] % every:
            return False
        self._failed[every, address] = None
        if len(self._failed) > REMEMBERED:
            del self._failed[next(iter(self._failed))]
        return True
