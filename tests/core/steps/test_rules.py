"""What each rule says of each value, in the column's own type and as text."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from fetchtozip_gui.core.errors import StepError
from fetchtozip_gui.core.steps.rules import Rule, checks

NAN, INF = float("nan"), float("inf")


def broken(values: list[Any], dtype: Any = None, **rule: Any) -> list[str]:
    """For each value the names of the rules it breaks."""
    series = pl.Series("a", values, dtype=dtype)
    found = [
        (one.rule, one.bad(series).fill_null(False)) for one in checks("a", Rule.model_validate(rule), series.dtype)
    ]
    return [" ".join(name for name, bad in found if bad[place]) for place in range(len(values))]


def keep(values: list[Any], dtype: Any = None, **rule: Any) -> list[Any]:
    return [value for value, bad in zip(values, broken(values, dtype, **rule), strict=True) if not bad]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("string", ["", "x"], []),
        ("integer", ["1", "-20", "+3"], ["1.0", "1e3", "", " 1", "x", "٣"]),
        ("number", ["1", "-2.50", ".5", "3.", "1e5", "+1E-3"], ["", "x", "NaN", "inf", "1,5", "--1", "1e"]),
        ("float", ["1", "2.5"], ["x"]),
        ("boolean", ["true", "FALSE", "1", "0"], ["yes", "", "2"]),
        ("date", ["2024-02-29"], ["2023-02-29", "2024-2-1", "2024-01-01T00:00:00", "01.02.2024", ""]),
        (
            "datetime",
            ["2024-01-01T10:00:00", "2024-01-01 10:00", "2024-01-01T10:00:00Z", "2024-01-01T10:00:00.5+02:00"],
            ["2024-13-01T10:00:00", "10:00", "", "x"],
        ),
        (
            "email",
            ["a@b.de", "a.b+c@x-y.example.org", "o'neil@b.co"],
            ["a@b", "a b@c.de", "@b.de", "a@.de", "a@b..de", "a@b.de\n", "", f"{'a' * 65}@b.de", f"a@{'b.' * 150}de"],
        ),
    ],
)
def test_types_of_texts(kind: str, good: list[str], bad: list[str]) -> None:
    assert broken([*good, *bad, None], type=kind) == [""] * len(good) + ["type"] * len(bad) + [""]


@pytest.mark.parametrize(
    ("kind", "dtype", "good", "bad"),
    [
        ("string", pl.Int64, [1], []),
        ("string", pl.List(pl.Int64), [], [[1]]),
        ("integer", pl.Int64, [1], []),
        ("integer", pl.Float64, [1.0], [1.5, NAN, INF]),
        ("integer", pl.Boolean, [], [True]),
        ("number", pl.Float64, [1.5], [NAN, INF]),
        ("number", pl.Date, [], [date(2024, 1, 1)]),
        ("boolean", pl.Boolean, [True, False], []),
        ("boolean", pl.Int64, [0, 1], [2]),
        ("date", pl.Date, [date(2024, 1, 1)], []),
        ("date", pl.Datetime, [datetime(2024, 1, 1)], [datetime(2024, 1, 1, 10)]),
        ("datetime", pl.Datetime, [datetime(2024, 1, 1, 10)], []),
        ("datetime", pl.Int64, [], [1]),
        ("email", pl.Int64, [], [1]),
    ],
)
def test_types_of_typed_columns(kind: str, dtype: Any, good: list[Any], bad: list[Any]) -> None:
    assert broken([*good, *bad, None], dtype, type=kind) == [""] * len(good) + ["type"] * len(bad) + [""]


def test_missing_values_break_required_alone() -> None:
    rule = {"required": True, "type": "integer", "min": 1, "enum": [1], "min_length": 1, "pattern": "1"}
    assert broken([None], pl.String, **rule) == ["required"]
    assert broken([None], pl.Int64, **rule) == ["required"]
    assert broken([None], pl.Null, **rule) == ["required"]
    assert broken([""], required=True) == ["required"]
    assert broken(["", None, " "]) == ["", "", ""]


def test_bounds() -> None:
    assert keep([0, 1, 5, 6], min=1, max=5) == [1, 5]
    assert keep(["0", "1", "5.0", "6", "x"], min=1, max=5) == ["1", "5.0"]
    assert broken(["x"], min=1, type="number") == ["type"]
    assert keep([2**53, 2**53 + 1], max=2**53) == [2**53]
    assert keep([1.0, NAN, 9.0], max=5) == [1.0]
    days = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1)]
    assert keep(days, min="2024-01-01", max="2024-12-31") == days[1:3]
    moments = ["2024-12-31T23:59:59", "2025-01-01T00:00:00", "2025-01-01T01:30:00+02:00"]
    assert keep(moments, max="2024-12-31") == [moments[0], moments[2]]
    assert keep(["31.12.2024", "01.01.2025"], max="2024-12-31", format="%d.%m.%Y") == ["31.12.2024"]
    with pytest.raises(StepError, match=r"schema\.a\.min: column `a` is int64, which cannot be compared with 2024"):
        broken([1], min="2024-01-01")
    with pytest.raises(StepError, match=r"schema\.a\.max: column `a` is date, which cannot be compared with 5"):
        broken([date(2024, 1, 1)], max=5)


def test_allowed_values() -> None:
    assert keep(["a", "A", "1", "true", None], enum=["a", 1, True]) == ["a", "1", "true", None]
    assert keep([1, 2, 3], enum=[1, "2", "x"]) == [1, 2]
    assert keep([1.0, 2.5, NAN], enum=[1, 2.5]) == [1.0, 2.5]
    assert keep([2**53, 2**53 + 1], enum=[2**53]) == [2**53]
    assert keep([True, False], enum=[True]) == [True]
    assert keep([date(2024, 1, 1), date(2024, 1, 2)], enum=["2024-01-01"]) == [date(2024, 1, 1)]


def test_lengths_and_patterns() -> None:
    assert keep(["", "ab", "äöü", "abcd"], min_length=2, max_length=3) == ["ab", "äöü"]
    assert keep([[1], [], [1, 2, 3]], pl.List(pl.Int64), min_length=1, max_length=2) == [[1]]
    assert keep(["abc", "xbx"], pattern="b") == ["abc", "xbx"]
    assert keep(["abc", "xbx"], pattern="^a.*c$") == ["abc"]
    assert keep([12, 345], pattern=r"^\d{2}$") == [12]


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("date", ["2024-01-01"], ["x"]),
        ("date-time", ["2024-01-01T10:00:00Z"], ["x"]),
        ("time", ["10:00", "23:59:59.5"], ["24:00", "10"]),
        ("email", ["a@b.de"], ["a"]),
        ("url", ["http://x", "https://x.de/a?b#c"], ["ftp://x", "http://", "http://a b"]),
        ("uuid", ["7feb7673-cd19-4a24-bebd-3af08027903b"], ["7feb7673"]),
        ("ipv4", ["127.0.0.1", "255.255.255.255"], ["256.0.0.1", "1.2.3", "01.2.3.4.5"]),
        ("%d.%m.%Y", ["31.12.2024"], ["2024-12-31", "31.02.2024"]),
    ],
)
def test_formats(form: str, good: list[str], bad: list[str]) -> None:
    assert broken([*good, *bad], format=form) == [""] * len(good) + ["format"] * len(bad)


def test_a_pattern_of_dates_belongs_to_the_type() -> None:
    assert broken(["31.12.2024", "2024-12-31"], type="date", format="%d.%m.%Y") == ["", "type"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"min": 2, "max": 1}, "`min` 2 is more than `max` 1"),
        ({"min": 2, "max": "2024-01-01"}, "both be numbers or both be dates"),
        ({"min": "soon"}, "must be a number or a date"),
        ({"min_length": 2, "max_length": 1}, "`min_length` 2 is more than"),
        ({"pattern": "a("}, "no pattern that can be searched for"),
        ({"pattern": "(?<=a)b"}, "look-around"),
        ({"pattern": "x" * 1001}, "at most 1000"),
        ({"format": "colour"}, "must be one of date"),
        ({"type": "integer", "format": "%Y"}, "is a pattern of dates"),
        ({"enum": []}, "at least 1"),
        ({"type": "colour"}, "'string', 'integer'"),
    ],
)
def test_wrong_rules(rule: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Rule.model_validate(rule)


PATTERNS = [f"{start}{body}{end}" for start in ("", "^") for end in ("", "$", "!", "b") for body in (
    "(a+)+", "(a|a)*", "(a|aa)+", "(.*)*", r"([\w.]+)+@",
)]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_pattern_hangs(pattern: str) -> None:
    """100 KB on which a backtracking engine would not end; processor time, so that a busy machine changes nothing."""
    series = pl.Series("a", ["a" * 100_000])
    bad = next(iter(checks("a", Rule(pattern=pattern), pl.String()))).bad
    begun = time.thread_time()
    bad(series)
    assert time.thread_time() - begun < 0.2


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.lists(st.text("0123456789.+-eE ", max_size=6), min_size=1, max_size=20))
def test_numbers_are_those_of_python(texts: list[str]) -> None:
    def is_number(text: str) -> bool:
        try:
            float(text)
        except ValueError:
            return False
        return text == text.strip()

    assert broken(texts, type="number") == ["" if is_number(text) else "type" for text in texts]
