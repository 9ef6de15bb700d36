"""Frames conform to what was united: values are kept, spelled as text, or refused; never cut, never null."""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
from decimal import Decimal
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.errors import SourceError
from fetchtozip_gui.core.schema import conform, unite, widen_for

INT, FLOAT, TEXT, BOOL, NULL = pl.Int64(), pl.Float64(), pl.String(), pl.Boolean(), pl.Null()
DAY, MOMENT = pl.Date(), pl.Datetime("us")
BERLIN = pl.Datetime("us", "Europe/Berlin")


def struct(**fields: pl.DataType) -> pl.Struct:
    return pl.Struct(fields)


def conformed(values: list[Any], of: pl.DataType, to: pl.DataType) -> list[Any]:
    made = conform(pl.DataFrame({"a": pl.Series(values, dtype=of)}), pl.Schema({"a": to}))
    assert made.schema == {"a": to}
    return made["a"].to_list()


NOON = dt.datetime(2026, 7, 1, 12, 0, 0, 5000)
KEPT: list[tuple[pl.DataType, pl.DataType, list[Any], list[Any]]] = [
    (NULL, struct(x=INT), [None, None], [None, None]),
    (NULL, pl.List(TEXT), [None], [None]),
    (BOOL, TEXT, [True, None, False], ["true", None, "false"]),
    (INT, TEXT, [-(2**63), None], [str(-(2**63)), None]),
    (INT, FLOAT, [2**53, -(2**60), None], [2.0**53, -(2.0**60), None]),
    (
        FLOAT,
        TEXT,
        [0.1, 1.0, -0.0, 1e22, 5e-324, 2.0**60, None, math.nan, math.inf],
        ["0.1", "1", "-0.0", "1e+22", "5e-324", str(2**60), None, "NaN", "inf"],
    ),
    (pl.Int128(), TEXT, [10**30], [str(10**30)]),
    (pl.UInt64(), pl.Int128(), [2**64 - 1], [2**64 - 1]),
    (pl.Decimal(10, 2), pl.Decimal(12, 4), [Decimal("1.10")], [Decimal("1.1000")]),
    (pl.Decimal(10, 2), TEXT, [Decimal("1.10"), None], ["1.10", None]),
    (DAY, TEXT, [dt.date(1815, 12, 10)], ["1815-12-10"]),
    (DAY, MOMENT, [dt.date(1815, 12, 10)], [dt.datetime(1815, 12, 10)]),
    (MOMENT, TEXT, [NOON, NOON.replace(microsecond=0)], ["2026-07-01T12:00:00.005", "2026-07-01T12:00:00"]),
    (BERLIN, TEXT, [NOON.replace(tzinfo=dt.UTC)], ["2026-07-01T14:00:00.005+02:00"]),
    (BERLIN, pl.Datetime("us", "UTC"), [NOON.replace(tzinfo=dt.UTC)], [NOON.replace(tzinfo=dt.UTC)]),
    (pl.Time(), TEXT, [dt.time(1, 2, 3)], ["01:02:03"]),
    (pl.Duration("us"), TEXT, [dt.timedelta(hours=1)], ["PT1H"]),
    (pl.Binary(), TEXT, [b"\xff\x00", None], [base64.b64encode(b"\xff\x00").decode(), None]),
    (pl.Categorical(), TEXT, ["u", None], ["u", None]),
    (
        struct(x=INT),
        struct(x=FLOAT, y=TEXT),
        [{"x": 1}, None, {"x": None}],
        [{"x": 1.0, "y": None}, None, {"x": None, "y": None}],
    ),
    (struct(), struct(x=TEXT), [{}, None], [{"x": None}, None]),
    (pl.List(NULL), pl.List(struct(x=INT)), [[], [None], None], [[], [None], None]),
    (pl.List(INT), pl.List(TEXT), [[1, None], [], None], [["1", None], [], None]),
    (
        pl.List(struct(x=pl.List(INT))),
        pl.List(struct(y=BOOL, x=pl.List(TEXT))),
        [[{"x": [1]}, None], [], None],
        [[{"y": None, "x": ["1"]}, None], [], None],
    ),
    (pl.Array(INT, 2), pl.List(FLOAT), [[1, 2], None], [[1.0, 2.0], None]),
    (pl.Array(INT, 2), TEXT, [[1, None], None], ["[1,null]", None]),
    (
        struct(z=FLOAT, a=TEXT, n=INT, l=pl.List(struct(q=BOOL))),
        TEXT,
        [{"z": 1.0, "a": 'ä"\n\\', "n": None, "l": [{"q": True}, None, {"q": None}]}, None],
        ['{"a":"ä\\"\\n\\\\","l":[{"q":true},null,{}],"z":1}', None],
    ),
    (struct(x=struct(y=INT)), struct(x=TEXT), [{"x": {"y": 1}}, {"x": None}], [{"x": '{"y":1}'}, {"x": None}]),
    (struct(x=FLOAT), TEXT, [{"x": math.nan}, {"x": 0.5}], ['{"x":"NaN"}', '{"x":0.5}']),
    (
        struct(d=DAY, m=MOMENT, e=pl.Decimal(5, 2), b=pl.Binary()),
        TEXT,
        [{"d": dt.date(2026, 1, 2), "m": NOON, "e": Decimal("1.50"), "b": b"\x00"}],
        ['{"b":"AA==","d":"2026-01-02","e":1.50,"m":"2026-07-01T12:00:00.005"}'],
    ),
    (TEXT, INT, ["1", None, "-9223372036854775808"], [1, None, -(2**63)]),
    (TEXT, FLOAT, ["1", "1e5", "-0.5", None], [1.0, 1e5, -0.5, None]),
    (TEXT, BOOL, ["true", "FALSE", None], [True, False, None]),
]


@pytest.mark.parametrize(("of", "to", "values", "kept"), KEPT, ids=str)
def test_values_are_kept(of: pl.DataType, to: pl.DataType, values: list[Any], kept: list[Any]) -> None:
    found = conformed(values, of, to)
    # as text, for NaN and the sign of zero
    assert list(map(str, found)) == list(map(str, kept))
    assert conformed([], of, to) == []
    assert conformed(values[:1], of, to) == found[:1]


LOST: list[tuple[pl.DataType, pl.DataType, list[Any], str]] = [
    (INT, FLOAT, [0, 2**53 + 1], str(2**53 + 1)),
    (INT, FLOAT, [2**63 - 1], str(2**63 - 1)),
    (pl.UInt64(), FLOAT, [2**64 - 1], str(2**64 - 1)),
    (TEXT, FLOAT, ["0.5", str(2**53 + 1)], str(2**53 + 1)),
    (TEXT, FLOAT, ["1" * 50], "1" * 50),
    (struct(x=INT), struct(x=FLOAT), [{"x": 2**53 + 1}], str(2**53 + 1)),
    (pl.List(INT), pl.List(FLOAT), [[1], [], [None, 2**53 + 1]], str(2**53 + 1)),
    (DAY, pl.Datetime("ns"), [dt.date(9999, 1, 1)], "9999-01-01"),
    (MOMENT, pl.Datetime("ns"), [dt.datetime(1000, 1, 1)], "1000-01-01T00:00:00"),
]


@pytest.mark.parametrize(("of", "to", "values", "digits"), LOST, ids=str)
def test_digits_that_would_be_lost_are_refused_and_widening_keeps_them(
    of: pl.DataType, to: pl.DataType, values: list[Any], digits: str
) -> None:
    frame = pl.DataFrame({"a": pl.Series(values, dtype=of)})
    with pytest.raises(SourceError, match="Column `a` holds values that cannot be kept"):
        conform(frame, pl.Schema({"a": to}))
    wider = widen_for(frame, pl.Schema({"a": to, "b": INT}))
    assert wider["b"] == INT
    assert widen_for(frame, wider) == wider
    assert digits in str(conform(frame, wider)["a"].to_list())


@pytest.mark.parametrize(
    ("of", "to", "value"),
    [
        (TEXT, INT, "1.5"),
        (TEXT, INT, str(2**63)),
        (TEXT, INT, ""),
        (TEXT, FLOAT, "x"),
        (TEXT, BOOL, "yes"),
        (FLOAT, INT, 1.5),
        (FLOAT, INT, 1.0),
        (INT, BOOL, 1),
        (INT, pl.Int8(), 1),
        (MOMENT, DAY, NOON),
        (struct(x=INT, y=INT), struct(x=INT), {"x": 1, "y": 2}),
        (pl.List(INT), INT, [1]),
    ],
    ids=str,
)
def test_what_does_not_fit_is_an_error_and_never_null(of: pl.DataType, to: pl.DataType, value: Any) -> None:
    with pytest.raises(SourceError, match="Column `a`"):
        conformed([None, value], of, to)


def test_frames_that_fit_are_handed_back_and_others_get_columns_in_order() -> None:
    frame = pl.DataFrame({"b": [1], "": ["x"]})
    assert conform(frame, frame.schema) is frame
    wider = pl.Schema({"": TEXT, "n": struct(x=INT), "b": INT})
    made = conform(frame, wider)
    assert made.schema == wider
    assert list(made.columns) == ["", "n", "b"]
    assert made.rows() == [("x", None, 1)]
    assert conform(pl.DataFrame(height=2), pl.Schema({"a": pl.List(INT)})).rows() == [(None,), (None,)]
    assert conform(pl.DataFrame(height=2), pl.Schema()).height == 2
    with pytest.raises(SourceError, match="Column `b`"):
        conform(frame, pl.Schema({"": TEXT}))


# --- generated frames


def some_type(random: Random, depth: int) -> pl.DataType:
    plain = [NULL, BOOL, INT, INT, FLOAT, FLOAT, TEXT, TEXT]
    kind = random.randrange(10 if depth else 8)
    if kind == 8:
        return pl.List(some_type(random, depth - 1))
    if kind == 9:
        return pl.Struct({name: some_type(random, depth - 1) for name in random.sample("zyxab", random.randrange(4))})
    return plain[kind]


def some_value(random: Random, dtype: pl.DataType) -> Any:
    if dtype == NULL or random.random() < 0.2:
        return None
    if isinstance(dtype, pl.Struct):
        return {field.name: some_value(random, field.dtype) for field in dtype.fields}
    if isinstance(dtype, pl.List):
        return [some_value(random, dtype.inner) for _ in range(random.randrange(4))]
    return {
        BOOL: random.choice([True, False]),
        INT: random.choice([0, -7, 2**53 + 1, 2**60, -(2**63), random.getrandbits(50)]),
        FLOAT: random.choice([0.0, -0.0, 1.0, 0.1, 1e300, random.uniform(-9, 9), float(random.getrandbits(62))]),
        TEXT: random.choice(["", "1", "true", 'q"', "é\n", "{}"]),
    }[dtype]


def some_frame(random: Random) -> pl.DataFrame:
    columns = {name: some_type(random, 3) for name in random.sample("abcd", random.randrange(1, 4))}
    height = random.randrange(5)
    return pl.DataFrame(
        {name: pl.Series([some_value(random, of) for _ in range(height)], dtype=of) for name, of in columns.items()}
    )


@given(st.integers(0, 2**32))
def test_values_are_the_same_by_whatever_types_in_between(seed: int) -> None:
    random = Random(seed)
    frames = [some_frame(random) for _ in range(3)]
    first = frames[0]
    between = widen_for(first, unite(first.schema, frames[1].schema))
    last = unite(between, frames[2].schema)
    for _ in range(2):
        for frame in (first, frames[1], conform(first, between)):
            last = widen_for(frame, last)
    for schema in (last, pl.Schema(dict.fromkeys(last, TEXT))):
        direct, in_steps = conform(first, schema), conform(conform(first, between), schema)
        for name, dtype in first.schema.items():
            if not became_text_inside(dtype, between[name]):
                assert in_steps[name].equals(direct[name])
            for steps in (direct, in_steps):
                for before, after in zip(first[name].to_list(), steps[name].to_list(), strict=True):
                    assert meaning(after) == meaning(before)


def became_text_inside(of: pl.DataType, to: pl.DataType) -> bool:
    pairs: list[tuple[Any, Any]] = []
    if isinstance(of, pl.Struct) and isinstance(to, pl.Struct):
        pairs = [(dtype, to.to_schema()[name]) for name, dtype in of.to_schema().items()]
    elif isinstance(of, pl.List) and isinstance(to, pl.List):
        pairs = [(of.inner, to.inner)]
    return any((b == TEXT and a not in (TEXT, NULL)) or became_text_inside(a, b) for a, b in pairs)


def meaning(value: Any) -> Any:
    """A value as numbers, words and lists, whether it is one or is written as JSON text."""
    if isinstance(value, str):
        try:
            read = json.loads(value)
        except ValueError:
            return value
        return value if isinstance(read, str) else meaning(read)
    if isinstance(value, dict):
        return {name: meaning(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [meaning(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    return int(value) if value == int(value) else value
