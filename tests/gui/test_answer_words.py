"""A tested page as texts: short enough to be laid out at once, and true to what came."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import polars as pl

from fetchtozip_gui.core.http.tester import Tested
from fetchtozip_gui.core.http.watch import Received, Sent
from fetchtozip_gui.gui.answer_words import LETTERS, shown
from fetchtozip_gui.gui.source_words import Link, found, in_window, linked, why

ANSWER = Received(200, "OK", (("A", "b"),), 0.0123, 1234, b'{"a": 1}', "application/json")
PAGE = Tested(
    frame=pl.DataFrame({"id": [1, 2]}),
    schema=pl.Schema({"id": pl.Int64}),
    rows_total=20,
    pages_total=10,
    page_rows=2,
    records="$.items",
    pagination={"type": "page", "param": "p"},
    said=("Format: json, because the body is JSON.", "Pagination: page numbers in `p`, because source.url says so."),
    sent=Sent("POST", "https://example.com/a", (("Accept", "x"),), '{"q": 1}'),
    received=ANSWER,
    problem=None,
    format="json",
)


def test_a_request_and_its_answer() -> None:
    page = shown(PAGE)
    assert page.request == 'POST https://example.com/a\nAccept: x\n\n{\n  "q": 1\n}'
    assert page.status == "200 OK · 12 ms · 1.2 kB · application/json"
    assert page.response == 'A: b\n\n{\n  "a": 1\n}'
    assert page.json == '[\n  {\n    "id": 1\n  },\n  {\n    "id": 2\n  }\n]'
    assert shown(replace(PAGE, received=None)).status == "No answer came."


def test_columns_with_their_types_and_what_is_missing() -> None:
    frame = pl.DataFrame({"id": range(1000), "name": [None] * 999 + ["Zoë"], "one": [None] + ["x"] * 999})
    rows = shown(replace(PAGE, frame=frame)).schema.rows()
    assert rows == [
        ("id", "whole number (Int64)", "none", "0"),
        ("name", "text (String)", "100%", "Zoë"),
        ("one", "text (String)", "< 1%", "x"),
    ]


def test_every_type_can_be_shown() -> None:
    frame = pl.DataFrame(
        {
            "decimal": [Decimal("1.10")],
            "day": [date(2026, 1, 2)],
            "at": [datetime(2026, 1, 2, 3)],
            "time": [time(1, 2)],
            "span": [timedelta(seconds=3)],
            "raw": [b"\x00\xff"],
            "list": [[1, None]],
            "object": [{"a": {"b": [1.5]}}],
            "nothing": [None],
            "inf": [float("inf")],
        }
    )
    page = shown(replace(PAGE, frame=frame))
    assert page.schema.height == frame.width
    assert '"2026-01-02"' in page.json


def test_long_answers_are_cut_and_say_so() -> None:
    one_line = shown(replace(PAGE, received=replace(ANSWER, body=b"x" * 200_000)))
    assert len(one_line.response) < 10_000
    assert "letters more" in one_line.response
    lines = shown(replace(PAGE, received=replace(ANSWER, body=b"some words\n" * 20_000)))
    assert len(lines.response) < LETTERS + 100
    assert lines.response.endswith("letters more")
    assert "no text" in shown(replace(PAGE, received=replace(ANSWER, body=b"PK\0\0"))).response


def test_what_was_found_is_told_part_by_part() -> None:
    assert found(PAGE) == [
        Link("records at $.items", "records"),
        Link("next page by ?p=", "pagination"),
        Link("20 rows in 10 pages", "page_limit"),
    ]
    assert why(PAGE) == "Because “Address” says so."
    csv = replace(PAGE, format="csv", pagination={"type": "none"}, rows_total=1, pages_total=1)
    assert [part.text for part in found(csv)] == ["rows of CSV", "one request for all", "1 row in 1 page"]
    cursor = {"type": "cursor", "cursor": "$.next"}
    endless = replace(PAGE, pagination=cursor, rows_total=None, pages_total=None, more=True)
    assert [part.text for part in found(endless)][1:] == [
        "next page by the cursor at $.next",
        "2 rows a page, and nobody says how many pages",
    ]


def test_what_a_source_says_is_no_markup() -> None:
    assert linked([Link("records at $['<b>']", "records")]) == (
        '<a href="records">records at $[&#x27;&lt;b&gt;&#x27;]</a>'
    )


def test_paths_of_the_recipe_become_the_windows_names() -> None:
    assert in_window("check source.url, and source.rate_limit.") == "check “Address”, and “Rate”."
    assert in_window("source.unknown stays, and so does source.url: here") == (
        "source.unknown stays, and so does source.url: here"
    )
