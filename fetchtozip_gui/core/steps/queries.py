"""Holds an SQL query to what a query may do, before any engine sees it, and asks it of Polars."""

from __future__ import annotations

import re
from itertools import pairwise

import polars as pl

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.steps.failures import translate

TABLE = "input"
_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^']|'')*')|(?P<name>"(?:[^"]|"")*"|`[^`]*`)|(?P<word>[^\W\d]\w*)"""
    r"""|(?P<sign>.)""",
    re.DOTALL,
)


def check_query(text: str) -> str:
    """`text`, if it begins with SELECT or WITH and is one statement; `ValueError` says what is not.

    This is for a clear word early. What a query can reach is decided by how the engine is locked, not here.
    """
    words = [(found.lastgroup, found[0]) for found in _TOKEN.finditer(text) if found.lastgroup != "space"]
    first = next((word for kind, word in words if word != "("), "")
    if first.lower() not in ("select", "with"):
        raise ValueError(f"a query begins with SELECT or WITH, and this begins with {first or 'nothing'}")
    while words and words[-1][1] == ";":
        words.pop()
    if any(word == ";" for kind, word in words if kind == "sign"):
        raise ValueError("one query is expected, and there is something after a semicolon")
    return text


def polars_query(rows: pl.LazyFrame, query: str) -> pl.LazyFrame:
    """A plan of the query, over these rows alone."""
    functions = _file_functions(query)
    if functions:
        raise StepError(f"query: {functions[0]} reads files; a query sees the table `{TABLE}` alone.")
    try:
        with pl.SQLContext({TABLE: rows}, register_globals=False, eager=False) as context:
            planned = context.execute(query.rstrip().rstrip(";"))
        planned.collect_schema()
    except pl.exceptions.PolarsError as error:
        raise translate(error, "query") from error
    return planned


def _file_functions(query: str) -> list[str]:
    """Calls of Polars' table functions, all of which read files."""
    tokens = [found for found in _TOKEN.finditer(query) if found.lastgroup != "space"]
    called = []
    for before, after in pairwise(tokens):
        name = before[0].strip('"`').lower()
        if after[0] == "(" and before.lastgroup in ("word", "name") and re.match(r"(read|scan)_", name):
            called.append(before[0])
    return called
