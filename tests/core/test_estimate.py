"""How many pages, how long, and how large, as far as that can be said."""

from __future__ import annotations

import io

import polars as pl
import pytest

from fetchtozip_gui.core.estimate import Estimate, estimate
from fetchtozip_gui.core.outputs import format_of
from fetchtozip_gui.core.recipe import Recipe

ROWS = pl.DataFrame({"id": range(2_000), "name": [f"a name {number}" for number in range(2_000)]})


def recipe(format: str = "csv", **fields: object) -> Recipe:
    source = {"type": "http", "url": "https://example.com/orders", **fields}
    return Recipe.parse({"source": source, "output": {"type": "file", "format": format}})


@pytest.mark.parametrize(
    ("fields", "pages", "seconds"),
    [
        ({"rate_limit": None, "concurrency": 4}, 11, 1.5),
        ({"rate_limit": 10, "concurrency": 8}, 11, 1.1),
        ({"rate_limit": 2}, 11, 5.5),
        ({"rate_limit": None, "page_limit": 4, "concurrency": 1}, 4, 2.0),
        ({"rate_limit": None, "pagination": {"type": "link"}}, 11, 5.5),
    ],
)
def test_pages_and_seconds(fields: dict[str, object], pages: int, seconds: float) -> None:
    found = estimate(recipe(**fields), None, rows=1_050, pages_total=11, page_seconds=0.5)
    assert (found.pages, found.rows, found.seconds) == (pages, 1_050, seconds)


def test_nothing_is_said_where_nobody_knows() -> None:
    # a page limit alone is the most there may be, not what there is
    assert estimate(recipe(page_limit=3), None, rows=None, pages_total=None, page_seconds=0.5) == Estimate()


@pytest.mark.parametrize("format", ["csv", "json", "jsonl"])
def test_the_size_is_near_that_of_the_file(format: str) -> None:
    many = pl.concat([ROWS] * 20)
    wanted = recipe(format)
    file = io.BytesIO()
    writer = format_of(wanted.output).open(file, many.schema, wanted.output)
    writer.write(writer.encode(many, 0))
    writer.close()
    found = estimate(wanted, ROWS, rows=many.height, pages_total=None).bytes
    assert found is not None
    assert 0.9 < found / file.getbuffer().nbytes < 1.1
