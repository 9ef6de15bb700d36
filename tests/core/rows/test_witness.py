"""The quick way is taken for regular pages, and for nothing that Polars' reader would change."""

from __future__ import annotations

import polars as pl
import pytest

from fetchtozip_gui.core.rows.json_rows import json_frame
from fetchtozip_gui.core.rows.json_units import Unit
from fetchtozip_gui.core.rows.witness import NotProven, witness_of
from fetchtozip_gui.core.schema import conform

INT, FLOAT, TEXT = pl.Int64(), pl.Float64(), pl.String()
BIG = 2**53 + 1


def proven(body: bytes, schema: pl.Schema) -> pl.DataFrame:
    witness = witness_of(schema)
    assert witness is not None
    return witness.frame(Unit([body]))


REGULAR = {
    "every key in every row": b'[{"a":1,"g":{"x":1.5,"l":["u"]}},{"a":null,"g":null}]',
    "objects in objects": b'[{"a":1,"g":{"x":null,"l":[],"o":[{"p":{"q":1}},{"p":null},null]}}]',
    "keys missing": b'[{"a":1},{"g":{"x":1.5}},{"g":{"l":[]}},{}]',
    "spaces": b'[ { "a" : 1 , "g" : { "x" : 1.5 } } ]\n',
    "colons and quotes in text": b'[{"g":{"l":[":)",":","a\\":b","{\\"k\\": 1}",", \\":"]}}]',
}


@pytest.mark.parametrize("body", REGULAR.values(), ids=REGULAR)
def test_regular_pages_take_the_quick_way(body: bytes) -> None:
    inner = pl.List(pl.Struct({"p": pl.Struct({"q": INT})}))
    schema = pl.Schema({"a": INT, "g": pl.Struct({"x": FLOAT, "l": pl.List(TEXT), "o": inner})})
    assert proven(body, schema).schema == schema
    assert conform(json_frame([body]), schema).equals(proven(body, schema))


@pytest.mark.parametrize(
    "text",
    [
        "1.5",
        "1.0",
        "true",
        '"x"',
        str(2**63),
        "[]",
        "{}",
        '1,"a":1',
        '1,"a" :1',
        '1,"\\u0061"\t:1',
        '1,"b":1',
        '1,"b:":1',
    ],
)
def test_an_integer_column_is_only_proven_for_integers(text: str) -> None:
    with pytest.raises(NotProven):
        proven(f'[{{"a":1}},{{"a":{text}}}]'.encode(), pl.Schema({"a": INT}))


@pytest.mark.parametrize("text", [str(BIG), str(-BIG), str(2**53), "1e300", "1e400", str(10**40), "true", '"1"'])
def test_a_float_column_is_not_proven_for_what_a_float_may_not_hold(text: str) -> None:
    for schema, body in (
        ({"a": FLOAT}, f'[{{"a":{text}}}]'),
        ({"a": pl.Struct({"x": pl.List(FLOAT)})}, f'[{{"a":{{"x":[null,{text}]}}}}]'),
    ):
        with pytest.raises(NotProven):
            proven(body.encode(), pl.Schema(schema))


def test_repeated_keys_are_found_beside_missing_ones() -> None:
    schema = pl.Schema({"a": INT, "b": INT, "g": pl.List(pl.Struct({"x": INT, "y": INT}))})
    for body in (
        b'[{"a":1,"b":2,"b":3,"g":[]}]',
        b'[{"b":2,"b":3,"g":null}]',
        b'[{"a":1,"b":null,"g":[{"x":1,"x":2}]}]',
        b'[{"g":[{"x":1,"y":1},null,{}]},{"a":1,"a":1}]',
    ):
        with pytest.raises(NotProven):
            proven(body, schema)
    # a name's own end must not pass for a string that begins with a colon
    with pytest.raises(NotProven):
        proven(b'[{"e,":1,"b":2,"b":3}]', pl.Schema({"e,": INT, "b": INT}))
