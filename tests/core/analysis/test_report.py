"""A report is one page that needs nothing else and runs nothing, and the same as JSON."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from dataclasses import replace
from html.parser import HTMLParser

import lxml.etree
import polars as pl
import pytest

from fetchtozip_gui.core import ranks
from fetchtozip_gui.core.analysis.correlate import correlate
from fetchtozip_gui.core.analysis.counts import categorical
from fetchtozip_gui.core.analysis.describe import describe
from fetchtozip_gui.core.analysis.distribution import distribution
from fetchtozip_gui.core.analysis.missing import missing
from fetchtozip_gui.core.analysis.outliers import outliers
from fetchtozip_gui.core.analysis.report import report
from fetchtozip_gui.core.analysis.report_page import document, page
from fetchtozip_gui.core.errors import Cancelled

NOW = dt.datetime(2026, 11, 26, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def table() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "price": [1.5, 2.5, None, 40.0, 3.5],
            "quantity": [1, 2, 3, 4, 50],
            "city": ["Rome", "Oslo", None, "Rome", "Lima"],
            "day": [dt.date(2024, 1, day) for day in range(1, 6)],
            "tags": [["a"], [], None, ["b"], ["a"]],
        }
    )


class Tags(HTMLParser):
    """The names of all elements, and what they refer to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs


def test_the_page_shows_every_column_and_needs_nothing_else(table: pl.DataFrame) -> None:
    text = page(report(table, "Orders", NOW))
    found = Tags(text)
    assert not found.names & {"script", "link", "img", "iframe", "object", "form", "a"}
    assert not {name for name, _ in found.attributes} & {"src", "href", "onload", "onclick", "style"}
    assert not re.search(r"url\(|@import|https?://", text)
    assert "prefers-color-scheme: dark" in text
    assert [name for name in table.columns if f"<h3>{name} " not in text] == []
    assert "Histogram of price" in text
    assert "Most frequent values of city" in text
    assert "Correlation of each pair" in text
    assert "4 of 5 rows are complete (80.0 %)" in text
    assert "5 rows, 5 columns · 2026-11-26 09:30 UTC" in text


def test_every_picture_is_well_formed(table: pl.DataFrame) -> None:
    pictures = re.findall(r"<svg.*?</svg>", page(report(table, "Orders", NOW)), re.DOTALL)
    assert len(pictures) == 7
    for picture in pictures:
        svg = lxml.etree.fromstring(picture)
        assert svg.get("aria-label")
        for mark in svg.iter("rect"):
            assert float(mark.get("width")) >= 0
            assert float(mark.get("height")) >= 0


def test_what_the_data_holds_is_text(table: pl.DataFrame) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    hostile = pl.DataFrame({evil: [evil, evil, "\0\x1b]"], "n": [1, 2, None], f"{evil}2": [1.0, 2.0, 3.0]})
    text = page(report(hostile, evil, NOW))
    assert not Tags(text).names & {"script", "img"}
    assert not any(name.startswith("on") for name, _ in Tags(text).attributes)
    assert "\0" not in text


def test_the_same_as_json(table: pl.DataFrame) -> None:
    told = json.loads(report(table, "Orders", NOW).json())
    assert (told["title"], told["rows"]) == ("Orders", 5)
    assert told["descriptive"]["quantity"]["max"] == 50
    assert told["descriptive"]["day"]["min"] == "2024-01-01"
    assert told["categorical"]["city"]["values"][0] == {"value": "Rome", "count": 2, "share": 0.5}
    assert told["missing"]["columns"]["price"] == {"missing": 1, "share": 0.2}
    assert told["outliers"]["quantity"]["iqr"]["first"] == [{"row": 5, "value": 50}]
    assert sum(each["count"] for each in told["distribution"]["price"]["bins"]) == 4
    assert told["correlation"]["matrix"]["price"]["price"] == 1


def test_the_suffix_says_which_of_the_two_it_is(table: pl.DataFrame) -> None:
    made = report(table, "Orders", NOW)
    assert document(made, ".JSON") == made.json()
    assert document(made, ".htm") == document(made, ".HTML") == page(made)


def test_a_table_of_nothing_has_a_report() -> None:
    for empty in (pl.DataFrame(), pl.DataFrame(schema={"a": pl.Int64, "b": pl.String, "c": pl.Null})):
        made = report(empty, "Nothing", NOW)
        assert "0 rows" in page(made)
        assert json.loads(made.json())["rows"] == 0


def test_it_says_what_each_analysis_says_alone(table: pl.DataFrame) -> None:
    awkward = table.with_columns(
        shaky=pl.Series([1.0, float("nan"), None, float("inf"), 2.0]),
        empty=pl.lit(None),
        truth=pl.Series([True, None, False, True, True]),
        bytes=pl.Series([b"a", b"", None, b"b", b"a"]),
    )
    found = report(awkward, "Orders", NOW)
    assert found.rows == 5
    assert found.columns == describe(awkward)
    assert found.categories == categorical(awkward, [one.name for one in found.categories], top=12)
    assert [one.name for one in found.categories] == ["city", "day", "tags", "empty", "truth", "bytes"]
    assert found.distributions == distribution(awkward)
    assert found.outliers == outliers(awkward)
    assert found.missing == missing(awkward)
    assert found.correlation == correlate(awkward)


@pytest.mark.parametrize("at_once", [None, 100])
def test_the_order_of_the_rows_changes_nothing(monkeypatch: pytest.MonkeyPatch, at_once: int | None) -> None:
    """A report looks at columns that it has sorted, unless they are too long to be held: as if it had not."""
    if at_once is not None:
        monkeypatch.setattr(ranks, "AT_ONCE", at_once)
    draw = random.Random(5)
    odd = [None, float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 1e9]
    table = pl.DataFrame(
        {
            "float": [draw.choice(odd) if draw.random() < 0.05 else draw.gauss(3, 2) for _ in range(3_000)],
            "many": [draw.choice([None, draw.randrange(-(2**40), 2**40)]) for _ in range(3_000)],
            "few": [draw.choice([None, 1, 1, 2, 3, 400]) for _ in range(3_000)],
            "truth": [draw.choice([None, True, False, False]) for _ in range(3_000)],
            "word": [draw.choice([None, "", "b", "a", "é"]) for _ in range(3_000)],
        }
    )
    found = report(table, "Orders", NOW)
    for ours, alone in zip(found.columns, describe(table), strict=True):
        assert replace(ours, figures=None) == replace(alone, figures=None)
        assert (ours.figures is None) == (alone.figures is None)
        if ours.figures is not None and alone.figures is not None:
            assert ours.figures.quartiles == alone.figures.quartiles
            for name in ("mean", "median", "std_dev", "variance", "skew", "kurtosis", "infinite"):
                assert getattr(ours.figures, name) == pytest.approx(getattr(alone.figures, name), rel=1e-9), name
    assert [(one.name, one.count, one.counts, one.rule) for one in found.distributions] == [
        (one.name, one.count, one.counts, one.rule) for one in distribution(table)
    ]
    for here, there in zip(found.outliers, outliers(table), strict=True):
        assert (here.iqr, here.zscore.count, here.zscore.first) == (there.iqr, there.zscore.count, there.zscore.first)
    assert found.categories == categorical(table, ["truth", "word"], top=12)


@pytest.mark.parametrize("calls", [1, 2, 3])
def test_it_can_be_left_between_two_analyses(table: pl.DataFrame, calls: int) -> None:
    left = calls

    def go_on() -> None:
        nonlocal left
        left -= 1
        if not left:
            raise Cancelled("no more")

    with pytest.raises(Cancelled, match="no more"):
        report(table, "Orders", NOW, go_on)
