"""CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

Write = Callable[..., Any]

FORMULAS = [
    "=1+1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x.test\",\"y\")", "=IMPORTXML(\"http://x.test\")", "=", "==1",
    "+1+1", "+cmd|' /C calc'!A0", "+A1", "+", "++1", "+1-", "+49 170 1234",
    "-2+3+cmd|' /C calc'!A0", "-A1", "-", "--1", "-1-", "-1e5x", "-.", "- item",
    "@SUM(1+1)*cmd|' /C calc'!A0", "@A1", "@",
    "\t=1", "\tx", "\t", "\r=1", "\rx", "\n=1", "\nx", "\r\n=1",
    " =1", "   +A1", "\u00a0=1", "\u200b=1", "\ufeff=1", "\u2028@x", "\0=1", "\x1f=1",
    "＝1+1", "＋A1", "－A1", "＠A1",
    ";=1", ",=1", "|=1", ";;@x", "; =1", ",\t=1",
    "=1\n=2", "=\"a\"&\"b\"", "=DDE(\"cmd\";\"/C calc\";\"x\")", "=1;=2", "@import", "+SUM(A1)", "-SUM(A1)",
    "=ſ", "=\0", "=" + "x" * 40_000, "-1,5", "+1 000",
]  # fmt: skip
HARMLESS = [
    "-5",
    "+5",
    "-5.25",
    "-.5",
    "+1e5",
    "-1E-5",
    "-5.",
    "5",
    "a-b",
    "a=b",
    "x@y.test",
    "",
    "a, -b",
    "1-2",
    "'=1",
]


def cells(table: pl.DataFrame, write: Write, **options: object) -> list[str]:
    """The first column as a strict reader gets it."""
    data = write("csv", table, safe_for_spreadsheets=True, **options).data
    return pl.read_csv(data, separator=str(options.get("delimiter", ",")), infer_schema=False)[:, 0].to_list()


def test_formulas_get_a_quote(write: Write) -> None:
    assert len(FORMULAS) >= 60
    shown = cells(pl.DataFrame({"a": FORMULAS, "b": 1}), write)
    assert [text[:1] for text in shown] == ["'"] * len(FORMULAS)
    assert all(text.replace("'", "") == formula.replace("'", "") for text, formula in zip(shown, FORMULAS, strict=True))


def test_numbers_and_harmless_text_stay(write: Write) -> None:
    table = pl.DataFrame({"a": HARMLESS, "n": [-5] * len(HARMLESS), "f": [-0.5] * len(HARMLESS)})
    assert cells(table, write) == HARMLESS
    assert write("csv", table, safe_for_spreadsheets=True).data == write("csv", table).data


@pytest.mark.parametrize(
    ("delimiter", "text", "shown"),
    [
        (",", "x;=1", "x;'=1"),
        (",", "x; @y", "x; '@y"),
        (",", "x\t-cmd", "x\t'-cmd"),
        (",", "x\n=1", "x\n'=1"),
        (",", "x\r+A1", "x\r'+A1"),
        (",", "list:\n- one\n- two", "list:\n- one\n- two"),
        (",", "x,=1", "x,=1"),
        (";", "x,=1", "x,'=1"),
        (";", "x;=1", "x;=1"),
    ],
)
def test_formulas_behind_another_separator_get_one_too(delimiter: str, text: str, shown: str, write: Write) -> None:
    """A program that splits at another character than the file's would see a cell begin there."""
    assert cells(pl.DataFrame({"a": [text], "b": [1]}), write, delimiter=delimiter) == [shown]


def test_headers_categories_and_nested_text_are_covered(write: Write) -> None:
    table = pl.DataFrame({"=a": ["x"], "c": pl.Series(["=1"], dtype=pl.Categorical), "n": [["y;=1"]]})
    assert write("csv", table, safe_for_spreadsheets=True).data == b'\'=a,c,n\nx,\'=1,"[""y;\'=1""]"\n'


def test_it_is_off_by_default_and_counted_when_on(write: Write) -> None:
    table = pl.DataFrame({"a": ["=1", "x", None, "@y"], "b": [1] * 4})
    assert write("csv", table).data == b"a,b\n=1,1\nx,1\n,1\n@y,1\n"
    made = write("tsv", table, [1], safe_for_spreadsheets=True)
    assert made.data == b"a\tb\n'=1\t1\nx\t1\n\t1\n'@y\t1\n"
    assert made.notes == ["Column `a`: 2 texts that a spreadsheet would run as a formula have a quote (') before it."]
