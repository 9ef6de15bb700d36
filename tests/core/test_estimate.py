"""What a source will bring, and how long it takes."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from fetchtozip_gui.core.estimate import Estimate, estimate
from fetchtozip_gui.core.http.tester import Tested
from fetchtozip_gui.core.http.watch import Received, Sent
from fetchtozip_gui.core.sources.http import HttpSource

URL = "https://example.com/orders"
PAGE = Tested(
    frame=pl.DataFrame({"id": range(100)}),
    schema=pl.Schema({"id": pl.Int64}),
    rows_total=1050,
    pages_total=11,
    page_rows=100,
    records="$",
    pagination={"type": "page"},
    said=(),
    sent=Sent("GET", URL),
    received=Received(200, "OK", (), 0.5, 1000, b"", "application/json"),
    problem=None,
    more=True,
)


@pytest.mark.parametrize(
    ("tested", "fields", "wanted"),
    [
        (PAGE, {"rate_limit": None, "concurrency": 4}, Estimate(11, 1050, 1.5)),
        (PAGE, {"rate_limit": 10, "concurrency": 8}, Estimate(11, 1050, 1.5)),
        (PAGE, {"rate_limit": 2}, Estimate(11, 1050, 5.5)),
        (PAGE, {"rate_limit": None, "page_limit": 4, "concurrency": 1}, Estimate(4, 400, 2.0)),
        (replace(PAGE, pagination={"type": "cursor"}), {"rate_limit": None}, Estimate(11, 1050, 5.5)),
        (replace(PAGE, rows_total=None, pages_total=None), {"page_limit": None}, Estimate(None, None, None)),
        (replace(PAGE, rows_total=None, pages_total=None), {"rate_limit": 1, "page_limit": 3}, Estimate(3, 300, 2.5)),
    ],
)
def test_pages_rows_and_seconds(tested: Tested, fields: dict[str, object], wanted: Estimate) -> None:
    assert estimate(tested, HttpSource.model_validate({"url": URL, **fields})) == wanted
