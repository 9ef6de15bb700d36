"""SQL expressions: what is refused, and that the list of functions that work row by row is true."""

from __future__ import annotations

import polars as pl
import pytest

from fetchtozip_gui.core.steps.expression import _ROW_BY_ROW, check, is_row_by_row, quoted

FRAME = pl.DataFrame(
    {
        "c": [1, 2, 3],
        "f": [0.5, 0.25, None],
        "s": ["ab-c", "x", None],
        "d": ["2024-01-01", "2024-05-06", "2024-12-31"],
        "l": [[1, 2], [3], []],
        "b": [True, False, None],
    }
).with_columns(day=pl.col("d").str.to_date(), time=pl.col("d").str.to_datetime("%Y-%m-%d"))
ARGUMENTS = [
    "c", "f", "s", "l", "day", "b", "f, c", "c, f", "s, 1", "s, 'a'", "s, 'a', 'b'", "s, 1, 1", "'-', s, d",
    "s, '-', 1", "l, 1", "l, '-'", "'year', day", "year FROM day", "time, '%Y'", "d, '%Y-%m-%d'", "b, c, f", "c, 1",
    "c, 2, f", "d", "'2024-01-01'",
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "c > 1 AND s IN ('a', 'b')",
        "extract(year FROM day) = 2024",
        "s IS NOT DISTINCT FROM d",
        "s = 'it''s; -- no comment' OR \"select\" > 1",
        "CASE WHEN c > 1 THEN 'many' ELSE 'one' END",
        "sum(c) OVER (PARTITION BY s ORDER BY d)",
        "trim(BOTH 'x' FROM s)",
        "DATE '2024-01-01' < day",
    ],
)
def test_expressions_pass(text: str) -> None:
    assert check(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x" * 10_001,
        "c > 1; DROP TABLE self",
        "c IN (SELECT 1)",
        "c IN (select * from read_csv('/etc/passwd'))",
        "EXISTS (FROM self)",
        "c IN (VALUES (1))",
        "c IN (TABLE self)",
        "c > 1) OR (1 = 1",
        "c) FROM read_csv('/etc/passwd') --",
        "(c",
        "c -- comment",
        "c /* comment */",
        "c # comment",
        "s = 'open",
        's = "open',
        "s = `open",
        r"s = E'\' OR 1=1'",
        "s = $$x$$",
        "extract(year FROM (FROM self))",
        "unnest(l)",
        "s = \\",
    ],
)
def test_what_is_more_than_an_expression_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        check(text)


@pytest.mark.parametrize(
    "text",
    [
        "c > 1",
        "c * f + 1",
        "c IN (1, 2)",
        "upper(s) || 'x'",
        "NOT (c > 1) AND (s LIKE ('a%'))",
        "CAST(c AS DECIMAL(10, 2))",
        "coalesce(f, (c + 1))",
        "s = 'sum(c) OVER ()'",
        '"sum" > 1',
    ],
)
def test_row_by_row(text: str) -> None:
    assert is_row_by_row(text)


@pytest.mark.parametrize(
    "text",
    [
        "count(*)",
        "c - avg(c)",
        "c > (max(c))",
        "row_number() OVER (ORDER BY c)",
        "lag (c) OVER w",
        "stddev(c)",
        "now()",
        "current_date",
        '"sum"(c)',
        "some_function_of_a_later_version(c)",
    ],
)
def test_not_row_by_row(text: str) -> None:
    assert not is_row_by_row(text)


def value(frame: pl.DataFrame, expression: str) -> pl.Series | None:
    try:
        return frame.lazy().sql(f"SELECT ({expression}) AS x FROM self").collect()["x"]
    except (pl.exceptions.PolarsError, pl.exceptions.SQLInterfaceError):
        return None


@pytest.mark.parametrize("function", sorted(_ROW_BY_ROW))
def test_a_function_gives_each_row_the_same_alone_and_among_others(function: str) -> None:
    compared = 0
    for arguments in ARGUMENTS:
        whole = value(FRAME, f"{function}({arguments})")
        if whole is not None:
            parts = [value(FRAME[row], f"{function}({arguments})") for row in range(FRAME.height)]
            assert pl.concat([part for part in parts if part is not None]).equals(whole), arguments
            compared += 1
    assert compared


@pytest.mark.parametrize("name", ["a", "unit price", 'x"y', "select", "é"])
def test_a_quoted_name_is_the_column(name: str) -> None:
    assert pl.LazyFrame({name: [7]}).sql(f"SELECT {quoted(name)} AS x FROM self").collect()["x"].to_list() == [7]
