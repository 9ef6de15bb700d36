"""Every trap of JSON parsers that was found (silent changes, crashes) has an outcome that is right or an error."""

from __future__ import annotations

import json
import time
from typing import Any

import polars as pl
import pytest

from fetchtozip_gui.core.errors import BadBody, SourceError
from fetchtozip_gui.core.rows.json_rows import json_frame
from fetchtozip_gui.core.rows.json_units import SIZE, units
from fetchtozip_gui.core.schema import conform, unite, widen_for

INT, FLOAT, TEXT, BOOL, NULL = pl.Int64(), pl.Float64(), pl.String(), pl.Boolean(), pl.Null()
BIG = 2**53 + 1


def rows(*values: Any) -> bytes:
    """Rows of one column `a`; a value in bytes is the source text itself."""
    texts = [value if isinstance(value, bytes) else json.dumps(value).encode() for value in values]
    return b"[" + b",".join(b'{"a":' + text + b"}" for text in texts) + b"]"


TRAPS: dict[str, tuple[bytes, pl.DataType, list[Any]]] = {
    "only nulls": (rows(None, None), NULL, [None, None]),
    "150 nulls, then text": (rows(*[None] * 150, "x"), TEXT, [*[None] * 150, "x"]),
    "150 integers, then a float": (rows(*[1] * 150, 1.5), FLOAT, [*[1.0] * 150, 1.5]),
    "integer and float": (rows(1, 1.5), FLOAT, [1.0, 1.5]),
    "integer and text": (rows(1, "x"), TEXT, ["1", "x"]),
    "integer and true": (rows(5, True, False), TEXT, ["5", "true", "false"]),
    "true and integer": (rows(True, 1), TEXT, ["true", "1"]),
    "text, true and float": (rows("x", True, 1.0), TEXT, ["x", "true", "1.0"]),
    "integer and list": (rows(1, b'[1, "e", 1.50]'), TEXT, ["1", '[1,"e",1.50]']),
    "object and text": (rows(b'{"x": 1e5}', "s"), TEXT, ['{"x":1e5}', "s"]),
    "object and list": (rows(b'{"x":1}', [1]), TEXT, ['{"x":1}', "[1]"]),
    "text of digits": (rows("12", "00123", "1e5"), TEXT, ["12", "00123", "1e5"]),
    "beyond int64": (rows(1, 2**63 + 5), TEXT, ["1", str(2**63 + 5)]),
    "beyond any integer": (rows(1, 10**30), TEXT, ["1", str(10**30)]),
    "edges of int64": (rows(2**63 - 1, -(2**63)), INT, [2**63 - 1, -(2**63)]),
    "big integer and float": (rows(BIG, 0.5), TEXT, [str(BIG), "0.5"]),
    "big integer that a float holds": (rows(2**60, 0.5), FLOAT, [float(2**60), 0.5]),
    "beyond any float": (rows(b"1e400", 1.5), TEXT, ["1e400", "1.5"]),
    "spellings of numbers beside text": (
        rows(b"1.0", b"1e22", b"-0.0", b"0.10", b"1E+5", "x"),
        TEXT,
        ["1.0", "1e22", "-0.0", "0.10", "1E+5", "x"],
    ),
    "floats to the last digit": (rows(b"0.30000000000000004", b"1e-320"), FLOAT, [0.1 + 0.2, 1e-320]),
    "minus zero and 1e5": (rows(b"-0", b"1e5"), FLOAT, [0.0, 1e5]),
    "whole floats": (rows(b"1.0", b"2e3"), FLOAT, [1.0, 2000.0]),
    "nested integer, then float": (rows({"x": 1}, {"x": 1.5}), pl.Struct({"x": FLOAT}), [{"x": 1.0}, {"x": 1.5}]),
    "nested new field": (
        rows({"x": 1}, {"y": 1.5}),
        pl.Struct({"x": INT, "y": FLOAT}),
        [{"x": 1, "y": None}, {"x": None, "y": 1.5}],
    ),
    "null object, object of nulls": (rows(None, {"x": None}), pl.Struct({"x": NULL}), [None, {"x": None}]),
    "lists of integers and floats": (rows([1], [1.5]), pl.List(FLOAT), [[1.0], [1.5]]),
    "lists of integers and text": (rows([1], ["x"], [True]), pl.List(TEXT), [["1"], ["x"], ["true"]]),
    "lists of objects": (rows([{"x": 1}, None], []), pl.List(pl.Struct({"x": INT})), [[{"x": 1}, None], []]),
    "empty lists": (rows([], None), pl.List(NULL), [[], None]),
    "empty objects": (rows({}, None), pl.Struct({}), [{}, None]),
    "repeated key": (b'[{"a":1,"a":2}]', INT, [2]),
    "repeated key of two types": (b'[{"a":1,"a":"x"},{"a" :"y"}]', TEXT, ["x", "y"]),
    "repeated key in a nested object": (rows(b'{"x":1,"x":[2]}'), pl.Struct({"x": pl.List(INT)}), [{"x": [2]}]),
    "NUL and escapes": (rows("\x00", b'"\\ud83d\\ude00\\/"'), TEXT, ["\x00", "😀/"]),
    "keys spelled with escapes": (b'[{"\\u0061":1},{"a":2}]', INT, [1, 2]),
    "null row": (b'[{"a":1},null,{"a":3}]', INT, [1, None, 3]),
    "row without keys": (b'[{"a":1},{}]', INT, [1, None]),
    "one object": (b' {"a":1} ', INT, [1]),
}


@pytest.mark.parametrize(("body", "dtype", "values"), TRAPS.values(), ids=TRAPS)
def test_traps_that_are_read(body: bytes, dtype: pl.DataType, values: list[Any]) -> None:
    frame = json_frame([body])
    assert frame.schema == {"a": dtype}
    assert frame["a"].to_list() == values


@pytest.mark.parametrize("known", [INT, FLOAT, TEXT, BOOL, NULL, pl.Struct({"x": INT}), pl.List(INT)], ids=str)
@pytest.mark.parametrize(("body", "dtype", "values"), TRAPS.values(), ids=TRAPS)
def test_traps_under_a_schema_that_does_not_fit(
    body: bytes, dtype: pl.DataType, values: list[Any], known: pl.DataType
) -> None:
    schema = pl.Schema({"z": TEXT, "a": known})
    found, alone = json_frame([body], schema), json_frame([body])
    union = widen_for(alone, unite(schema, alone.schema))
    assert conform(found, union).equals(conform(alone, union))
    if union["a"] == dtype:
        assert conform(found, union)["a"].to_list() == values


def test_rows_that_are_no_objects() -> None:
    assert json_frame([b"[1, 2.5, null]"]).to_dict(as_series=False) == {"value": [1.0, 2.5, None]}
    assert json_frame([b"[[1,2],[3]]"]).to_dict(as_series=False) == {"value": [[1, 2], [3]]}
    assert json_frame([b'[{"a":1},5]']).rows() == [(1, None), (None, 5)]
    assert json_frame([b"[null,null]"]).shape == (2, 0)
    assert json_frame([b"[{}]"]).shape == (1, 0)
    assert json_frame([b"[]"], pl.Schema({"a": INT})).schema == {"a": INT}
    assert json_frame([b"[]", b"null", b'{"a":1}'], pl.Schema({"a": FLOAT})).rows() == [(1,)]
    assert json_frame([]).shape == (0, 0)


def test_empty_objects_and_lists_come_out_as_they_went_in() -> None:
    body = b'[{"a":{},"b":[],"c":[{}],"d":{"e":[[]]}}]'
    assert json_frame([body]).write_json().encode() == body
    assert json_frame([body], json_frame([body]).schema).write_json().encode() == body


def test_what_differs_from_the_text_is_told_once() -> None:
    notes = ["told before"]
    json_frame([b'[{"a":1,"a":2,"b":3},null]', b'[{"b":1,"b":1,"a":0}]'], None, notes)
    assert notes == [
        "told before",
        "Rows that are null in the source are kept as rows without values.",
        "Keys that occur more than once in one object: `a`, `b`; the last value was kept.",
    ]
    json_frame([b'[{"b":1,"b":1,"a":0}]'], pl.Schema({"a": INT, "b": INT}), notes)
    assert notes[3:] == ["Keys that occur more than once in one object: `b`; the last value was kept."]


BROKEN = {
    b"": "The body is empty where JSON was expected.",
    b" \n": "The body is empty where JSON was expected.",
    b'[{"a":1},{"a":': "The body is cut off: its JSON is not finished after 14 bytes.",
    b'[{"a":"xx': "The body is cut off: its JSON is not finished after 9 bytes.",
    b'[{"a":1}': "The body is cut off: its JSON is not finished after 8 bytes.",
    b'[{"a":1}] xyz': "The body is not valid JSON at byte 10: extra data.",
    b'[{"a":1},]': "The body is not valid JSON at byte ",
    '[{"ä":01}]'.encode(): "The body is not valid JSON at byte 8: ",
    b"<html></html>": "The body is not valid JSON at byte 0: expecting value.",
    b'[{"a":"NaN","b":NaN}]': "The body holds NaN, which JSON does not allow (byte 16).",
    b'[{"a":-Infinity}]': "The body holds -Infinity, which JSON does not allow (byte 6).",
    b'[{"a":"\\" NaN","b":NaN}]': "The body holds NaN, which JSON does not allow (byte 19).",
    b'\xef\xbb\xbf[{"a":1}]': "The body begins with a byte order mark, which JSON does not allow (byte 0).",
    '[{"a":"é"}]'.encode("latin1"): "The body is not UTF-8 at byte 7: invalid continuation byte.",
    '[{"a":1}]'.encode("utf-16"): "The body is not UTF-8 at byte 0: it looks like UTF-16 or UTF-32",
    b'[{"a":"\xed\xa0\x80"}]': "The body is not UTF-8 at byte 7: invalid continuation byte.",
    b'[{"a":"\\ud83d"}]': "The body holds half of a surrogate pair, \\ud83d, at byte 7.",
    b'[{"a":"and here: \\ude00 is more"}]': "The body holds half of a surrogate pair, \\ude00, at byte 17.",
    b'[{"a":"\x01"}]': "The body is not valid JSON at byte 7: invalid control character at.",
    b"5": "The body is one JSON number; rows come as a list or an object.",
    b'"x"': "The body is one JSON text; rows come as a list or an object.",
    rows(b"1" * 5000): "The body holds an integer of more than 4,300 digits, the limit (max_digits).",
    b"[" * 65 + b"]" * 65: "The body is nested deeper than 64 levels, the limit (max_depth).",
    b"[" * 20_000 + b"]" * 20_000: "The body is nested deeper than 64 levels, the limit (max_depth).",
    b'{"a":' * 20_000: "The body is nested deeper than 64 levels, the limit (max_depth).",
    b'["\\n\\"",'
    + b"[" * 70
    + b"]" * 70
    + b',"\\n\\""]': "The body is nested deeper than 64 levels, the limit (max_depth).",
    b"[" * 1_000_000: "The body is nested deeper than 64 levels, the limit (max_depth).",
    b'[{"a":' * 500_000 + b"1" + b"}]" * 500_000: "The body is nested deeper than 64 levels, the limit (max_depth).",
}


@pytest.mark.parametrize("known", [None, pl.Schema({"a": INT, "b": pl.List(pl.List(INT))})], ids=["first", "known"])
@pytest.mark.parametrize(("body", "message"), BROKEN.items(), ids=[str(body[:20]) for body in BROKEN])
def test_traps_that_are_refused_with_the_reason_and_the_place(
    body: bytes, message: str, known: pl.Schema | None
) -> None:
    started = time.process_time()
    with pytest.raises(BadBody) as caught:
        json_frame([body], known)
    assert caught.value.message.startswith(message)
    assert caught.value.hint
    assert time.process_time() - started < 1


def test_64_levels_and_brackets_in_text_are_read() -> None:
    deep = b'{"a":' * 63 + b'"' + b"[" * 100 + b'\\"[\\\\"' + b"}" * 63
    assert json_frame([b"[" + deep + b"]"]).height == 1
    with pytest.raises(BadBody):
        json_frame([b"[[" + deep + b"]]"])


def test_an_error_says_which_body_it_was() -> None:
    with pytest.raises(BadBody, match=r"Body 3 of 4 is cut off") as caught:
        json_frame([b"[1]", b"[2]", b"[3,", b"[4]"])
    assert caught.value.body == 2
    with pytest.raises(BadBody, match=r"Body 4 of 4 is cut off") as caught:
        json_frame([b"[1]" + b" " * SIZE, b"[2]" + b" " * SIZE, b"[3]", b"[4,"])
    assert caught.value.body == 3
    # joined, these two would be one valid list
    with pytest.raises(BadBody, match="Body 1 of 2"):
        json_frame([b'[{"a":"x]', b'[y"}]'], pl.Schema({"a": TEXT}))


def test_names_that_no_struct_can_have_are_read_all_the_same() -> None:
    body = b'[{"q\\"":1,"b\\\\":2,"":3,"f0":4,"\\n":5}]'
    schema = json_frame([body]).schema
    assert list(schema) == ['q"', "b\\", "", "f0", "\n"]
    assert json_frame([body], schema).rows() == [(1, 2, 3, 4, 5)]


def test_objects_keyed_by_data_stay_text_and_rows_keyed_by_data_are_refused() -> None:
    def page(first: int, count: int) -> bytes:
        return json.dumps([{"m": {f"id{first + number}": 1.5}} for number in range(count)]).encode()

    assert json_frame([page(0, 500)]).schema["m"] == pl.Struct({f"id{number}": FLOAT for number in range(500)})
    text = json_frame([page(0, 501)])
    assert text["m"].to_list()[500] == '{"id500":1.5}'
    few, more = json_frame([page(0, 300)]), json_frame([page(300, 300)])
    union = unite(few.schema, more.schema)
    assert union == {"m": TEXT}
    assert conform(few, union).equals(text.head(300))
    for rows_of_their_own in (
        [{f"id{number}": number} for number in range(20_001)],
        [{f"id{number % 3_000}": number} for number in range(3_000)],
    ):
        body = json.dumps(rows_of_their_own).encode()
        for known in (None, pl.Schema({f"id{number}": INT for number in range(3_000)})):
            with pytest.raises(SourceError, match=r"too many different keys for a table: [\d,]+ in [\d,]+ rows"):
                json_frame([body], known)
    with pytest.raises(SourceError, match="20,001 by now"):
        unite(pl.Schema({"a": INT}), pl.Schema({str(number): INT for number in range(20_000)}))


def test_a_large_body_is_parsed_in_parts_that_agree() -> None:
    row = b'{"a":%d,"b":"' + b"x" * 100 + b'"}'
    lines = [row % number for number in range(15_000)]
    lines[9_000] = b'{"a":0.5,"c":[1]}'
    body = b"[" + b", ".join(lines) + b" ]"
    assert max(len(part) for unit in units([body]) for part in unit.bodies) < 2 * SIZE
    frame = json_frame([body])
    assert frame.schema == {"a": FLOAT, "b": TEXT, "c": pl.List(INT)}
    assert frame["a"].to_list() == [0.5 if number == 9_000 else float(number) for number in range(15_000)]
    lines[9_000] = b'{"a":0.5,"c":[1}'
    broken = b"[" + b",".join(lines) + b"]"
    with pytest.raises(BadBody, match=rf"at byte {broken.index(b'[1}') + 2:,}: "):
        json_frame([broken])
    lines[9_000] = b'{"a":"\xff"}'
    broken = b"[" + b",".join(lines) + b"]"
    with pytest.raises(BadBody, match=rf"not UTF-8 at byte {broken.index(0xFF):,}"):
        json_frame([broken])


def test_units_hold_all_rows_in_order_and_stay_small() -> None:
    bodies = [b"[%d]" % number + b" " * 5_000 for number in range(200)]
    made = list(units(bodies))
    assert 1 < len(made) < 20
    assert [body for unit in made for body in unit.bodies] == bodies
    assert [unit.first for unit in made] == [
        sum(len(unit.bodies) for unit in made[:place]) for place in range(len(made))
    ]
    assert all(sum(map(len, unit.bodies)) <= SIZE for unit in made)
    assert json_frame(bodies)["value"].to_list() == list(range(200))


def test_memoryviews_are_bodies_too() -> None:
    assert json_frame([memoryview(b'xx[{"a":1}]yy')[2:-2]]).rows() == [(1,)]
