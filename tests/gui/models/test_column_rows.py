"""Rows of the columns table: read from a recipe, written back, and the same to scripts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.preview import parse
from fetchtozip_gui.engine.shelf import Input, columns_step
from fetchtozip_gui.gui.models.column_names import fill, renamed, words_of
from fetchtozip_gui.gui.models.column_rows import faults, inputs_of, moved, read, step_in, step_of, write

NAMES = ["a", "b", "c", "d"]


def step(*columns: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "columns", "columns": list(columns), **fields}


def sources(document: dict[str, Any] | None, names: list[str] = NAMES) -> list[str]:
    return [row.original for row in read(document, names)]


def result(document: dict[str, Any] | None) -> list[str]:
    """The columns that a job would give."""
    frame = pl.DataFrame({name: [1] for name in NAMES})
    return parse(document).apply_frame(frame).columns if document else frame.columns


def test_without_a_step_every_column_stands_as_it_is() -> None:
    rows = read(None, NAMES)
    assert [(row.column, row.called, row.keep, row.is_listed) for row in rows] == [(n, n, True, False) for n in NAMES]
    assert write(rows, None) is None


def test_the_rows_stand_as_the_result_does() -> None:
    document = step({"column": "d", "change_order": 0}, {"column": 1, "name": "two"})
    assert sources(document) == ["d", "a", "b", "c"]
    assert [row.called for row in read(document, NAMES)] == result(document)
    assert write(read(document, NAMES), document) == step(
        {"column": 1, "name": "two"}, {"column": "d", "change_order": 0}
    )


def test_a_column_that_is_left_out_stands_behind_its_neighbour() -> None:
    document = step({"column": "c", "keep": False}, {"column": "b", "change_order": 0})
    assert sources(document) == ["b", "c", "a", "d"]
    assert result(document) == ["b", "a", "d"]


def test_what_drops_the_rest_still_does() -> None:
    document = step({"column": "b"}, {"column": "a", "name": "x"}, rest="drop", note="few")
    rows = read(document, NAMES)
    assert [row.keep for row in rows] == [True, True, False, False]
    assert write(rows, document) == step({"column": "a", "name": "x"}, {"column": "b"}, rest="drop", note="few")


def test_only_what_stands_out_of_line_gets_a_place() -> None:
    rows = moved(read(None, NAMES), [3], 0)
    assert write(rows, None) == step({"column": "d", "change_order": 0})
    rows = moved(read(None, NAMES), [0, 1], 4)
    assert result(write(rows, None)) == ["c", "d", "a", "b"]


def test_several_rows_move_together_in_their_sequence() -> None:
    rows = moved(read(None, NAMES), [2, 0], 2)
    assert [row.original for row in rows] == ["b", "a", "c", "d"]
    assert moved(rows, [], 1) == rows


@given(st.permutations(range(4)), st.lists(st.booleans(), min_size=4, max_size=4), st.lists(st.booleans(), min_size=4))
def test_whatever_the_sequence_the_job_gives_what_the_table_shows(
    order: list[int], keep: list[bool], pinned: list[bool]
) -> None:
    keep[order[0]] = True
    rows = read(None, NAMES)
    rows = [replace(rows[at], keep=keep[at], is_pinned=pinned[at] and keep[at]) for at in order]
    document = write(rows, None)
    assert result(document) == [row.called for row in rows if row.keep]
    again = read(document, NAMES)
    assert write(again, document) == document


def test_before_the_source_is_known_its_columns_are_those_that_are_named() -> None:
    document = step({"column": 2, "name": "x"}, {"column": "b", "change_order": 0})
    rows = read(document, [])
    assert [(row.original, row.called, row.at, row.fault) for row in rows] == [
        ("column 3", "x", 2, ""),
        ("b", "b", None, ""),
    ]
    assert faults(rows) == {}
    written = write(rows, document)
    assert written is not None
    assert written["columns"][0] == {"column": 2, "name": "x"}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (step({"column": "b", "name": ""}), "The name is empty."),
        (step({"column": "b", "name": "  "}), "The name is empty."),
        (step({"column": "b", "name": "x\ny"}), "The name holds a line break"),
        (step({"column": "b", "name": "x" * 1001}), "The name has 1,001 characters; at most 1,000 are allowed."),
        (step({"column": "e"}), "The source has no column e."),
        (step({"column": 7}), "The source has no column 8."),
        (step({"column": "b"}, {"column": 1}), "Column 2 is named twice."),
        (step({"column": "b", "change_order": 9}), "There is no place 10; the last is 4."),
        (step({"column": "a", "change_order": 1}, {"column": "b", "change_order": 1}), "Place 2 is taken."),
    ],
)
def test_what_is_wrong_is_told(document: dict[str, Any], words: str) -> None:
    (found,) = faults(read(document, NAMES)).values()
    assert found.startswith(words)
    assert inputs_of(read(document, NAMES)) is None


def test_equal_names_are_told_at_each_and_those_left_out_do_not_count() -> None:
    twice = read(step({"column": "b", "name": "a"}), NAMES)
    assert faults(twice) == dict.fromkeys((0, 1), "2 columns would be called a.")
    assert faults(read(step({"column": "b", "name": "a"}, {"column": "a", "keep": False}), NAMES)) == {}


def test_a_draft_that_makes_no_sense_is_read_as_far_as_it_goes() -> None:
    assert sources({"type": "columns", "columns": "x"}) == NAMES
    assert sources({"type": "columns", "columns": [1, None, {"column": "b", "keep": False}]}) == NAMES
    assert step_in(None) is None
    assert step_in([1]) is None
    assert step_in([{"type": "sort"}, step()]) is None


def test_scripts_see_what_the_table_says() -> None:
    document = step({"column": "d", "name": "x", "change_order": 0, "dtype": "date"}, {"column": "a", "keep": False})
    assert inputs_of(read(document, NAMES)) == (Input("a", 0, keep=False), Input("x", 3, 0, "date"))
    taken = step({"column": "b", "name": "a"}, {"column": "a", "keep": False})
    assert inputs_of(read(taken, NAMES)) == (Input("a (left out)", 0, keep=False), Input("a", 1))


def test_the_table_takes_what_scripts_say_and_keeps_how_texts_are_written() -> None:
    before = step({"column": "b", "dtype": "date", "format": "%d.%m.%Y"}, note="mine")
    inputs = (Input("when", 1, None, "date"), Input("a", 0, keep=False), Input("c", 2, 0))
    made = step_of(inputs, before, NAMES)
    assert made == step(
        {"column": "b", "name": "when", "dtype": "date", "format": "%d.%m.%Y"},
        {"column": "a", "keep": False},
        {"column": "c", "change_order": 0},
        note="mine",
    )
    assert step_of((), before, NAMES) is None
    assert step_of((Input("x", 5),), None, []) == step({"column": 5, "name": "x"})


@given(st.permutations(range(4)), st.lists(st.sampled_from([None, "string", "float"]), min_size=4, max_size=4))
def test_scripts_and_the_table_ask_for_the_same(order: list[int], dtypes: list[str | None]) -> None:
    inputs = [Input(f"n{at}", at, place, dtypes[at]) for place, at in enumerate(order)]
    rows = read(step_of(inputs, None, NAMES), NAMES)
    assert result(write(rows, None)) == result(columns_step(inputs))
    assert sorted(inputs_of(rows) or (), key=lambda item: item.column) == sorted(inputs, key=lambda item: item.column)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("InvoiceNo", ["invoice", "no"]),
        ("HTTPServer2Name", ["http", "server2", "name"]),
        ("Unit price (EUR)", ["unit", "price", "eur"]),
        ("straßeÜber", ["straße", "über"]),
        ("数量", ["数量"]),
        ("_", []),
    ],
)
def test_the_words_of_a_name(name: str, words: list[str]) -> None:
    assert words_of(name) == words


def test_names_after_a_pattern_stay_apart() -> None:
    assert renamed(["UnitPrice", "unit price", "_"], "lower_snake") == ["unit_price", "unit_price_2", "_"]
    assert renamed(["UnitPrice", "b c"], "title", taken=["B C"]) == ["Unit Price", "B C 2"]
    assert renamed(["unit price"], "camel") == ["unitPrice"]


def test_a_list_gives_a_name_a_line() -> None:
    filled = fill("x\r\n\r\nz\nleft\n", NAMES, ["a", "b", "", "d"])
    assert filled.names == {0: "x", 3: "z"}
    assert filled.left == ["left"]
    assert fill("x", NAMES, NAMES, start=2).names == {2: "x"}
    assert fill("", NAMES, NAMES).names == {}


def test_a_row_of_headings_is_a_list() -> None:
    assert fill("x\ty\tz\n", NAMES, NAMES).names == {0: "x", 1: "y", 2: "z"}
    assert fill("x\ty", NAMES, NAMES).names == {0: "x", 1: "y"}


def test_old_and_new_with_a_tab_between() -> None:
    filled = fill("c\tthree\nnope\tx\nb\t\ncalled\tfour", NAMES, ["a", "b", "c", "called"])
    assert filled.names == {2: "three", 3: "four"}
    assert filled.left == ["nope"]
    assert fill("b\ttwo", NAMES, NAMES).names == {1: "two"}
