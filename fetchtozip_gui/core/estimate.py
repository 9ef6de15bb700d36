"""How many pages and rows a source will bring, and how long that takes at the chosen rate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fetchtozip_gui.core.http.tester import Tested
    from fetchtozip_gui.core.sources.http import HttpSource


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is to be expected; null where the source does not tell enough. `seconds` leaves out writing the result."""

    pages: int | None
    rows: int | None
    seconds: float | None


def estimate(tested: Tested, source: HttpSource) -> Estimate:
    """From one page, what the source declares, and the recipe's limits: the rate, pages, requests side by side.

    Without declared pages the limit of pages is an upper bound for pages and rows.
    """
    pages, rows = tested.pages_total, tested.rows_total
    if source.page_limit is not None and (pages is None or pages > source.page_limit):
        pages = source.page_limit
        most = pages * tested.page_rows
        rows = most if rows is None else min(rows, most)
    if pages is None:
        return Estimate(None, rows, None)
    side_by_side = tested.pagination.get("type") in ("page", "offset")
    lanes = min(source.concurrency, pages) if side_by_side else 1
    answer = tested.received.seconds if tested.received is not None else 0.0
    seconds = math.ceil(pages / max(1, lanes)) * answer
    if source.rate_limit is not None:
        # the first request need not wait for its turn
        seconds = max(seconds, (pages - 1) / source.rate_limit + answer)
    return Estimate(pages, rows, seconds)
