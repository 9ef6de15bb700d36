"""CSV and TSV, byte for byte where it matters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from fetchtozip_gui.core.outputs.file import FileOutput

Write = Callable[..., Any]


def test_null_is_empty_and_empty_text_is_two_quotes(write: Write) -> None:
    table = pl.DataFrame({"a": ["", None, "x"], "b": [1, None, 2]})
    assert write("csv", table).data == b'a,b\n"",1\n,\nx,2\n'


def test_quotes_stand_only_where_needed_also_round_a_carriage_return(write: Write) -> None:
    table = pl.DataFrame({"a": ["a,b", "a\rb", "a\nb", 'a"b', "a;b", " a "], "b": [1] * 6})
    assert write("csv", table).data == b'a,b\n"a,b",1\n"a\rb",1\n"a\nb",1\n"a""b",1\na;b,1\n a ,1\n'


@pytest.mark.parametrize(
    ("names", "header"),
    [
        (["a", "b"], b"a,b\n"),
        (["a,b", 'c"d'], b'"a,b","c""d"\n'),
        (["\r", "x\ny"], b'"\r","x\ny"\n'),
        (["\ufeffa", ""], '"\ufeffa",""\n'.encode()),
        (["a\0b"], b"a\0b\n"),
    ],
)
def test_a_table_without_rows_still_has_its_header(names: list[str], header: bytes, write: Write) -> None:
    assert write("csv", pl.DataFrame(schema=dict.fromkeys(names, pl.Int64))).data == header


def test_no_columns_make_one_empty_line(write: Write) -> None:
    assert write("csv", pl.DataFrame()).data == b"\n"


def test_a_null_in_the_only_column_is_no_empty_line(write: Write) -> None:
    made = write("csv", pl.DataFrame({"a": ["x", None, "", None]}))
    assert made.data == b'a\nx\n""\n""\n""\n'
    assert made.notes == [
        "Column `a`: 2 nulls are written as empty text; most readers would skip a line without any character."
    ]


def test_a_byte_order_mark_comes_first(write: Write) -> None:
    assert write("csv", pl.DataFrame({"ä": [1]}), bom=True).data == "\ufeffä\n1\n".encode()


def test_tsv_takes_no_other_delimiter(write: Write) -> None:
    assert write("tsv", pl.DataFrame({"a": ["x\ty"], "b": [","]}), delimiter=";").data == b'a\tb\n"x\ty"\t,\n'


@pytest.mark.parametrize("delimiter", ['"', "\n", "\r", "\0", "0", "e", ".", "+", "-", "é", "", ",,"])
def test_delimiters_that_values_are_written_with_are_refused(delimiter: str) -> None:
    with pytest.raises(ValidationError):
        FileOutput(delimiter=delimiter)


def test_floats_keep_every_digit(write: Write) -> None:
    table = pl.DataFrame({"a": [0.1 + 0.2, 1e22, float("nan"), float("inf"), -float("inf"), -0.0]})
    assert write("csv", table).data == b"a\n0.30000000000000004\n1e+22\nNaN\ninf\n-inf\n-0.0\n"


def test_what_a_cell_cannot_hold_is_json_base64_or_iso_8601(write: Write) -> None:
    table = pl.DataFrame(
        {
            "object": [{"b": [dt.datetime(2026, 1, 2, 3), None], "c": b"\xff", "d": dt.timedelta(seconds=90)}],
            "bytes": [b"\0\xff"],
            "for": [dt.timedelta(days=-1, microseconds=-5)],
            "at": [dt.time(1, 2, 3, 4)],
        }
    )
    nested = '"{""b"":[""2026-01-02T03:00:00"",null],""c"":""/w=="",""d"":""PT1M30S""}"'
    assert write("csv", table).data.decode().splitlines()[1] == f"{nested},AP8=,-P1DT0.000005S,01:02:03.000004"


def test_dates_that_no_calendar_reaches_are_empty_and_told(write: Write) -> None:
    infinity = pl.Series([2**63 - 1, 0, -(2**63) + 1]).cast(pl.Datetime("us"))
    days = pl.Series([2**31 - 1, 0, -(2**31)], dtype=pl.Int32).cast(pl.Date)
    made = write("csv", pl.DataFrame({"at": infinity, "day": days, "in": infinity.to_frame("at").to_struct()}))
    assert made.data.decode().splitlines()[1:] == [
        ',,"{""at"":null}"',
        '1970-01-01T00:00:00,1970-01-01,"{""at"":""1970-01-01T00:00:00""}"',
        ',,"{""at"":null}"',
    ]
    words = "2 dates that no calendar reaches (such as a database's infinity) are empty."
    assert sorted(made.notes) == [f"Column `{name}`: {words}" for name in ("at", "day", "in")]


def test_python_objects_become_json_text(write: Write) -> None:
    table = pl.DataFrame({"a": pl.Series([{"x": {1, 2}}, None], dtype=pl.Object), "b": [1, 2]})
    assert write("csv", table).data == b'a,b\n"{""x"": ""{1, 2}""}",1\n,2\n'


def test_notes_add_up_over_chunks(write: Write) -> None:
    table = pl.DataFrame({"a": [[float("nan")], [1.0], [float("inf"), float("nan")]], "b": [1, 2, 3]})
    (note,) = write("csv", table, [1, 2]).notes
    assert note.startswith("Column `a`: 3 values inside objects or lists that are not finite numbers")
