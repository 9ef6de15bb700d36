"""Holds an SQL expression to what an expression may do, and tells whether it looks at one row at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.steps.failures import translate

LIMIT = 10_000
"""Characters of the longest expression."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<text>'(?:[^']|'')*')|(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`)"""
    r"""|(?P<prefix>\w+(?='))|(?P<word>[^\W\d]\w*)|(?P<number>\d[\w.]*)|(?P<comment>--|/\*|\#)|(?P<sign>.)""",
    re.DOTALL,
)
_QUERY_WORDS = {"select", "values", "table"}
_FROM_FUNCTIONS = {"extract", "substring", "trim"}
_PHRASES = {
    "all", "and", "any", "as", "between", "bigint", "boolean", "case", "cast", "char", "date", "datetime",
    "decimal", "double", "else", "float", "ilike", "in", "int", "integer", "is", "like", "not", "numeric", "or",
    "real", "regexp", "rlike", "smallint", "string", "text", "then", "time", "timestamp", "tinyint", "try_cast",
    "varchar", "when",
}  # fmt: skip
"""Words before a bracket that call nothing."""
_ROW_BY_ROW = {
    "abs", "acos", "acosd", "array_contains", "array_get", "array_length", "array_mean", "array_reverse",
    "array_sum", "array_to_string", "asin", "asind", "atan", "atan2", "atan2d", "atand", "bit_and", "bit_count",
    "bit_length", "bit_not", "bit_or", "bit_xor", "cbrt", "ceil", "ceiling", "char_length", "character_length",
    "coalesce", "concat", "concat_ws", "cos", "cosd", "cot", "cotd", "date_part", "degrees", "div", "ends_with",
    "exp", "extract", "floor", "greatest", "if", "ifnull", "initcap", "least", "left", "length", "ln", "log10",
    "log1p", "log2", "lower", "ltrim", "mod", "normalize", "nullif", "octet_length", "pow", "power", "radians",
    "regexp_like", "regexp_replace", "replace", "reverse", "right", "round", "rtrim", "sign", "sin", "sind",
    "split_part", "sqrt", "starts_with", "strftime", "strpos", "strptime", "substr", "substring", "tan", "tand",
    "timestamp", "trim", "upper",
}  # fmt: skip
"""Functions whose value in a row comes from that row alone."""
_ONE_MOMENT = {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}
"""Have to be the same for all rows, so they are asked once."""


def check(text: str) -> str:
    """`text`, if it is one SQL expression without queries, comments or open quotes; `ValueError` says what is not.

    Expressions are put into a query of one table, so nothing in them may end their bracket or begin a query of its
    own: that could read other tables, and files.
    """
    if not text.strip() or len(text) > LIMIT:
        raise ValueError(f"an SQL expression of 1 to {LIMIT:,} characters is expected")
    opened: list[str] = []
    before = ""
    for kind, token in _tokens(text):
        _refuse(kind, token, before, opened)
        if token == "(":
            opened.append(before)
        elif token == ")":
            if not opened:
                raise ValueError("a bracket is closed that was never opened")
            opened.pop()
        before = token.lower()
    if opened:
        raise ValueError("a bracket is never closed")
    return text


def _refuse(kind: str, token: str, before: str, opened: list[str]) -> None:
    word = token.lower()
    if kind == "comment":
        raise ValueError(f"{token} is not allowed here; write expressions without comments")
    if kind == "prefix":
        raise ValueError(f"put a space between {token} and the quote; texts with a prefix are not allowed")
    if kind == "sign" and token in ";$'\"`\\":
        raise ValueError("a quote is never closed" if token in "'\"`" else f"{token} is not allowed in an expression")
    if kind != "word":
        return
    if word in _QUERY_WORDS:
        raise ValueError(f"{token} begins a query; only an expression over this table is allowed (or quote the column)")
    if word == "from" and before != "distinct" and not (opened and opened[-1] in _FROM_FUNCTIONS):
        raise ValueError("FROM is not allowed; an expression sees the columns of this table alone")
    if word == "unnest":
        raise ValueError("UNNEST changes the number of rows; use a `flatten` step with lists: rows")


def is_row_by_row(text: str) -> bool:
    """Whether each row's value comes from that row alone; false wherever that is not known.

    Polars' own answer (`meta.is_row_separable`) looks at the outermost function only: it takes `count(*)` and
    `price - avg(price)` for row by row.
    """
    called = ""
    for kind, token in _tokens(text):
        if token == "(" and called not in ("", *_PHRASES, *_ROW_BY_ROW):
            return False
        called = token.lower() if kind in ("word", "name") else ""
        if kind == "word" and called in _ONE_MOMENT:
            return False
    return True


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind != "space":
            yield kind, found[0]


def quoted(name: str) -> str:
    """A column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def query(frame: pl.LazyFrame, select: str, field: str) -> pl.LazyFrame:
    """Plan `select` over the table `self`; `StepError` begins with `field`."""
    try:
        planned = frame.sql(select, table_name="self")
        planned.collect_schema()
    except pl.exceptions.PolarsError as error:
        raise translate(error, field) from error
    return planned


def columns_of(frame: pl.LazyFrame, field: str) -> pl.Schema:
    """The frame's columns; `StepError` when there are none to speak of."""
    schema = frame.collect_schema()
    if not schema:
        raise StepError(f"{field}: the rows have no columns.")
    return schema
