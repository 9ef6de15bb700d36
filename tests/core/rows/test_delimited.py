"""Delimited text: every table of texts comes back exactly, and what is no table is told with its line."""

from __future__ import annotations

import csv
import io
import itertools
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.column_names import unique_names
from fetchtozip_gui.core.rows.delimited import Block, DelimitedReader, Table, delimited_frame
from fetchtozip_gui.core.rows.dialect import Dialect

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text("ab,;\t|'\" \r\n\x00é", max_size=8)


@st.composite
def tables(draw: st.DrawFn, most: int = 5) -> list[list[str]]:
    width = draw(st.integers(1, most))
    header = draw(st.lists(st.text("abcé _", min_size=1, max_size=8), min_size=width, max_size=width, unique=True))
    return [header, *draw(st.lists(st.lists(TEXT, min_size=width, max_size=width), max_size=12))]


def written(table: list[list[str]], **how: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text, **how).writerows(table)
    return text.getvalue().encode()


def rows(frame: pl.DataFrame) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in frame.rows()]


@given(tables(), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_every_table_comes_back(table: list[list[str]], quoting: int, encoding: str) -> None:
    body = written(table, quoting=quoting).decode().encode(encoding)
    # UTF-16 is told by its mark, and the others too when the text has noughts of its own
    found = delimited_frame(body, delimiter=",", encoding="utf-8" if encoding == "utf-8" else None)
    assert found.frame.columns == table[0]
    assert rows(found.frame) == table[1:]


@given(tables(), st.sampled_from([",", ";", "\t", "|", "a", "^"]))
def test_every_table_comes_back_with_any_delimiter(table: list[list[str]], delimiter: str) -> None:
    body = written(table, delimiter=delimiter)
    assert rows(delimited_frame(body, delimiter=delimiter, encoding="utf-8").frame) == table[1:]


@given(tables(), st.integers(1, 80), st.lists(st.integers(0, 400), max_size=6))
def test_blocks_depend_on_the_bytes_and_not_on_the_chunks(table: list[list[str]], size: int, cuts: list[int]) -> None:
    body = written(table)
    edges = [0, *sorted(cuts), len(body)]
    chunks = [body[a:b] for a, b in itertools.pairwise(edges)]
    whole = DelimitedReader([body], delimiter=",", encoding="utf-8", size=size)
    apart = DelimitedReader(chunks, delimiter=",", encoding="utf-8", size=size)
    blocks = list(whole.blocks())
    assert list(apart.blocks()) == blocks
    assert whole.table is not None
    assert [row for block in blocks for row in rows(whole.table.parse(block).frame)] == table[1:]


@given(st.text('ab,"\r\né', max_size=20).map(str.encode), st.integers(1, 3))
def test_the_quick_way_is_the_exact_way(text: bytes, width: int) -> None:
    table = Table(Dialect(",", '"'), tuple("abc"[:width]))
    block = table.whole_records(text, 1, final=True)
    if block is not None and block.proven:
        exact = table.parse(Block(block.text, 1, proven=False)).frame
        assert table.parse(block).frame.equals(exact)


@settings(max_examples=20)
@given(tables(most=3))
def test_a_table_of_many_columns_is_read_exactly_too(table: list[list[str]]) -> None:
    wide = [[*row, *["x"] * 600] for row in table[1:]]
    header = [*table[0], *(f"_{place}" for place in range(600))]
    found = delimited_frame(written([header, *wide]), delimiter=",", encoding="utf-8")
    assert rows(found.frame) == wide


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_ends_of_lines(newline: str) -> None:
    found = delimited_frame(f"a,b{newline}1,x{newline}2,y".encode())
    assert found.frame.rows() == [("1", "x"), ("2", "y")]
    assert found.schema == pl.Schema({"a": pl.Int64(), "b": pl.String()})


def test_null_and_empty_text_are_told_apart() -> None:
    assert delimited_frame(b'a,b\n,""\n"",\n').frame.rows() == [(None, ""), ("", None)]


def test_one_column_may_have_empty_lines_and_several_may_not() -> None:
    assert delimited_frame(b"a\n1\n\n2\n").frame.rows() == [("1",), (None,), ("2",)]
    assert delimited_frame(b"\n\na,b\n\n1,2\n\n\n3,4\n\n").frame.rows() == [("1", "2"), ("3", "4")]


def test_quotes_inside_texts_are_characters() -> None:
    assert delimited_frame(b'a,b\n5" disk,x\n6" "disk",y\n"7""",z\n').frame["a"].to_list() == [
        '5" disk',
        '6" "disk"',
        '7"',
    ]


@pytest.mark.parametrize("body", [b"", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_nothing_has_no_columns(body: bytes) -> None:
    assert delimited_frame(body).frame.shape == (0, 0)


def test_a_header_alone_has_columns() -> None:
    found = delimited_frame(b"a,b\n")
    assert found.frame.shape == (0, 2)
    assert found.schema == pl.Schema({"a": pl.Null(), "b": pl.Null()})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"a,b\n1,2\n3\n4,5\n", r"Line 3 has 1 fields where the header has 2: '3'"),
        (b"a,b\n1,2\n3,4,5\n", r"Line 3 has 3 fields where the header has 2: '3', '4', '5'"),
        (b'a,b\n"1\n1",2\n3\n', r"Line 4 has 1 fields"),
        (b'a,b\n1,2\n3,"4\n5,6\n', r"Line 3: the quote that opens a field is never closed: '\"4'"),
        (b'a,b\n"1"x,2\n', r"Line 2: text follows the closing quote of a field: '\"1\"x,2'"),
        (b"a,b\n1,2\n\xff\xfe,3\n", r"Line 3 is not UTF-8"),
    ],
)
def test_what_is_no_table_is_told_with_its_line(body: bytes, words: str) -> None:
    with pytest.raises(BadBody, match=words):
        delimited_frame(body, delimiter=",", encoding="utf-8")


def test_a_line_in_a_later_block_has_its_own_number() -> None:
    body = b"a,b\n" + b"".join(b"%d,x\n" % row for row in range(1000)) + b"oops\n" + b"1,x\n" * 100
    reader = DelimitedReader([body], size=512)
    assert reader.table is not None
    with pytest.raises(BadBody, match="Line 1,002 has 1 fields"):
        list(map(reader.table.parse, reader.blocks()))


def test_a_record_without_end_has_a_limit() -> None:
    chunks = (b"x" * (1 << 20) for _ in range(200))
    with pytest.raises(BadBody, match=r"Line|record that begins in line 1 is longer than .* \(limit of a record\)"):
        DelimitedReader(chunks)


@pytest.mark.parametrize(
    ("body", "delimiter", "quote"),
    [
        (b"a,b\n1,2\n", ",", '"'),
        (b"a;b\n1,5;2,5\n", ";", '"'),
        (b"a\tb\nx, y\tz\n", "\t", '"'),
        (b"a|b\n1|2\n", "|", '"'),
        (b'a;b\n"x;y";2\n', ";", '"'),
        (b"a,b\n'x,y',2\n'z',3\n", ",", "'"),
        (b'a\tb\n"x\t2\ny\t3\nz\t4\nz\t5\n', "\t", ""),
        (b'a,b\n1,2\n3,"4\n', ",", '"'),
        (b'a,b\n"1",2\n3,"4\n5,6\n7,8\n9,9\n', ",", '"'),
        (b"a,b;c\n1,2;3\n", ",", '"'),
    ],
)
def test_the_dialect_is_found(body: bytes, delimiter: str, quote: str) -> None:
    reader = DelimitedReader([body])
    assert reader.table is not None
    assert reader.table.dialect == Dialect(delimiter, quote)


def test_one_column_may_have_commas_in_it() -> None:
    assert delimited_frame(b"a\n1,5\n2\n").frame.rows() == [("1,5",), ("2",)]


def test_names_are_made_unique_and_told() -> None:
    notes: list[str] = []
    assert unique_names(["a", "", "a", "a_2", "column_2", "a"], notes) == (
        "a",
        "column_2_2",
        "a_3",
        "a_2",
        "column_2",
        "a_4",
    )
    assert len(notes) == 3
    found = delimited_frame(b"x,x\n1,2\n")
    assert found.frame.columns == ["x", "x_2"]
    assert found.notes == ("Column 2 was called 'x' in the header and is called `x_2` here.",)


@given(st.lists(st.sampled_from(["a", "a_2", "a_3", "", "column_1", "column_2", "column_1_2"]), max_size=8))
def test_unique_names_are_unique_and_keep_the_first(names: list[str]) -> None:
    made = unique_names(names, [])
    assert len(set(made)) == len(names)
    for place, name in enumerate(names):
        if name and name not in names[:place]:
            assert made[place] == name
