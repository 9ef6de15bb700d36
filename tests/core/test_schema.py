"""Types unite without loss, are named, survive being written down, and their changes are told."""

from __future__ import annotations

import json
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.schema import changes, from_json, join, to_json, type_name, unite

INT, FLOAT, TEXT, BOOL, NULL = pl.Int64(), pl.Float64(), pl.String(), pl.Boolean(), pl.Null()
DAY, MOMENT = pl.Date(), pl.Datetime("us")
BERLIN = pl.Datetime("us", "Europe/Berlin")


def struct(**fields: pl.DataType) -> pl.Struct:
    return pl.Struct(fields)


JOINS: list[tuple[pl.DataType, pl.DataType, pl.DataType]] = [
    (NULL, BOOL, BOOL),
    (NULL, struct(x=INT), struct(x=INT)),
    (NULL, pl.List(NULL), pl.List(NULL)),
    (BOOL, INT, TEXT),
    (BOOL, FLOAT, TEXT),
    (BOOL, TEXT, TEXT),
    (INT, FLOAT, FLOAT),
    (INT, TEXT, TEXT),
    (FLOAT, TEXT, TEXT),
    (struct(x=INT), struct(y=BOOL, x=FLOAT), struct(x=FLOAT, y=BOOL)),
    (struct(x=struct(y=INT)), struct(x=INT), struct(x=TEXT)),
    (struct(), struct(x=INT), struct(x=INT)),
    (struct(x=INT), TEXT, TEXT),
    (struct(x=INT), pl.List(INT), TEXT),
    (pl.List(INT), INT, TEXT),
    (pl.List(NULL), pl.List(struct(x=INT)), pl.List(struct(x=INT))),
    (pl.List(INT), pl.List(FLOAT), pl.List(FLOAT)),
    (pl.List(INT), pl.List(pl.List(INT)), pl.List(TEXT)),
    (pl.Array(INT, 2), pl.Array(INT, 3), pl.List(INT)),
    (pl.Array(INT, 2), pl.List(FLOAT), pl.List(FLOAT)),
    (pl.Array(INT, (2, 3)), pl.List(pl.List(FLOAT)), pl.List(pl.List(FLOAT))),
    (pl.Int8(), pl.Int32(), pl.Int32()),
    (pl.UInt8(), pl.UInt64(), pl.UInt64()),
    (pl.UInt8(), pl.Int8(), pl.Int16()),
    (pl.UInt32(), INT, INT),
    (pl.UInt64(), INT, pl.Int128()),
    (pl.Int128(), INT, pl.Int128()),
    (pl.UInt64(), FLOAT, FLOAT),
    (pl.Float32(), FLOAT, FLOAT),
    (pl.Float32(), pl.Int8(), FLOAT),
    (pl.Decimal(10, 2), pl.Decimal(8, 4), pl.Decimal(12, 4)),
    (pl.Decimal(10, 2), pl.Int32(), pl.Decimal(12, 2)),
    (pl.Decimal(38, 2), pl.Decimal(38, 4), TEXT),
    (pl.Decimal(10, 2), FLOAT, TEXT),
    (DAY, MOMENT, MOMENT),
    (DAY, BERLIN, TEXT),
    (DAY, pl.Time(), TEXT),
    (DAY, INT, TEXT),
    (MOMENT, pl.Datetime("ms"), MOMENT),
    (MOMENT, pl.Datetime("ns"), pl.Datetime("ns")),
    (MOMENT, BERLIN, TEXT),
    (BERLIN, pl.Datetime("ms", "UTC"), pl.Datetime("us", "UTC")),
    (pl.Duration("ms"), pl.Duration("us"), pl.Duration("us")),
    (pl.Time(), TEXT, TEXT),
    (pl.Binary(), TEXT, TEXT),
    (pl.Categorical(), TEXT, TEXT),
    (pl.Enum(["a"]), pl.Enum(["b"]), TEXT),
]


@pytest.mark.parametrize(("a", "b", "both"), JOINS, ids=str)
def test_types_unite(a: pl.DataType, b: pl.DataType, both: pl.DataType) -> None:
    assert join(a, b) == both
    assert join(a, both) == both
    assert join(a, a) == a
    backwards = join(b, a)
    if isinstance(both, pl.Struct):
        assert isinstance(backwards, pl.Struct)
        assert backwards.to_schema().items() == both.to_schema().items() or set(backwards.fields) == set(both.fields)
    else:
        assert backwards == both


def test_columns_stand_in_order_of_first_sight() -> None:
    a, b = pl.Schema({"b": INT, "a": TEXT}), pl.Schema({"c": BOOL, "a": INT, "d": NULL})
    assert list(unite(a, b).items()) == [("b", INT), ("a", TEXT), ("c", BOOL), ("d", NULL)]
    assert unite(a, a) is a
    assert unite(pl.Schema(), b) == b


def some_type(random: Random, depth: int) -> pl.DataType:
    plain = [NULL, BOOL, INT, INT, FLOAT, FLOAT, TEXT, TEXT]
    kind = random.randrange(10 if depth else 8)
    if kind == 8:
        return pl.List(some_type(random, depth - 1))
    if kind == 9:
        return pl.Struct({name: some_type(random, depth - 1) for name in random.sample("zyxab", random.randrange(4))})
    return plain[kind]


def some_schema(random: Random) -> pl.Schema:
    return pl.Schema({name: some_type(random, 3) for name in random.sample("abcd", random.randrange(4))})


@given(st.integers(0, 2**32))
def test_schemas_unite_in_any_grouping_and_survive_json(seed: int) -> None:
    random = Random(seed)
    a, b, c = (some_schema(random) for _ in range(3))
    assert unite(unite(a, b), c) == unite(a, unite(b, c))
    assert dict(unite(a, b)).keys() == dict(unite(b, a)).keys()
    for schema in (a, unite(a, b)):
        again = from_json(json.loads(json.dumps(to_json(schema))))
        assert list(again.items()) == list(schema.items())


@pytest.mark.parametrize("dtype", {str(dtype): dtype for row in JOINS for dtype in row}.values(), ids=str)
def test_every_type_survives_json(dtype: pl.DataType) -> None:
    schema = pl.Schema({"a": dtype, "b": pl.List(dtype), "": struct(x=dtype)})
    assert from_json(json.loads(json.dumps(to_json(schema)))) == schema


def test_types_are_named_in_the_terms_of_data_packages() -> None:
    named = {
        NULL: "any",
        BOOL: "boolean",
        INT: "integer",
        pl.UInt8(): "integer",
        FLOAT: "number",
        pl.Decimal(10, 2): "number",
        TEXT: "string",
        DAY: "date",
        BERLIN: "datetime",
        pl.Time(): "time",
        pl.Duration("us"): "duration",
        struct(x=INT): "object",
        pl.List(INT): "array",
        pl.Array(INT, 2): "array",
        pl.Binary(): "string",
        pl.Categorical(): "string",
    }
    assert {dtype: type_name(dtype) for dtype in named} == named


def test_changes_are_told_in_sentences() -> None:
    before = pl.Schema(
        {"price": INT, "empty": NULL, "same": TEXT, "geo": struct(lat=INT), "tags": pl.List(INT), "d": pl.Decimal(9, 2)}
    )
    after = pl.Schema(
        {
            "price": FLOAT,
            "empty": TEXT,
            "same": TEXT,
            "geo": struct(lat=FLOAT, lon=FLOAT),
            "tags": pl.List(TEXT),
            "d": TEXT,
            "new": BOOL,
        }
    )
    assert changes(before, before) == []
    assert changes(before, after) == [
        "column `price`: integer became float",
        "column `geo.lat`: integer became float",
        "column `geo`: new field `lon`, float",
        "column `tags[]`: integer became string",
        "column `d`: decimal became string",
        "column `new`: new, boolean; null in the rows before it appeared",
    ]
