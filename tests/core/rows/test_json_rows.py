"""JSON rows: every value comes back as its text says, whatever way it was parsed, or the body is refused."""

from __future__ import annotations

import json
import math
import struct
from itertools import chain
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.json_rows import json_frame
from fetchtozip_gui.core.schema import conform, unite, widen_for

INT64 = range(-(2**63), 2**63)


class Number(str):
    """A number as its source text."""

    __slots__ = ()


# --- the rules, said a second time: over decoded rows in which numbers are still text


def decoded(body: bytes) -> list[Any]:
    value = json.loads(body, parse_int=Number, parse_float=Number)
    if isinstance(value, dict):
        return [value]
    rows = value or []
    return [row if isinstance(row, dict) else {} if row is None else {"value": row} for row in rows]


def is_integer(number: Number) -> bool:
    return set(number) <= set("-0123456789")


def columns_of(objects: list[dict[str, Any]]) -> dict[str, pl.DataType]:
    names = dict.fromkeys(chain.from_iterable(objects))
    return {name: narrowest([one[name] for one in objects if name in one]) for name in names}


def narrowest(values: list[Any]) -> pl.DataType:
    values = [value for value in values if value is not None]
    kinds = {type(value) for value in values}
    if not values:
        return pl.Null()
    if kinds == {dict}:
        return pl.Struct(columns_of(values))
    if kinds == {list}:
        return pl.List(narrowest(list(chain.from_iterable(values))))
    if kinds == {Number}:
        whole = [int(value) for value in values if is_integer(value)]
        if len(whole) == len(values):
            return pl.Int64() if all(value in INT64 for value in whole) else pl.String()
        fits = all(value in INT64 and int(float(value)) == value for value in whole)
        return pl.Float64() if fits and not any(math.isinf(float(value)) for value in values) else pl.String()
    return {frozenset({str}): pl.String(), frozenset({bool}): pl.Boolean()}.get(frozenset(kinds), pl.String())


def expected(value: Any, dtype: pl.DataType) -> Any:
    """`value` as a column of `dtype` must give it back."""
    if value is None:
        return None
    if isinstance(dtype, pl.Struct):
        return {field.name: expected(value.get(field.name), field.dtype) for field in dtype.fields}
    if isinstance(dtype, pl.List):
        return [expected(element, dtype.inner) for element in value]
    if dtype == pl.Int64:
        return int(value)
    if dtype == pl.Float64:
        return float(int(value)) if is_integer(value) else float(value)
    return text_of(value) if dtype == pl.String else value


def text_of(value: Any) -> str:
    return value if type(value) is str else compact(value)


def compact(value: Any) -> str:
    if isinstance(value, Number):
        # an integer keeps its digits; minus zero is zero
        return str(int(value)) if is_integer(value) else str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{compact(str(name))}:{compact(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def values_equal(a: Any, b: Any) -> bool:
    """Equal, with the sign of zero, and JSON texts by what they hold (escapes may be spelled differently)."""
    if isinstance(a, float) and isinstance(b, float):
        return a == b and math.copysign(1, a) == math.copysign(1, b)
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(values_equal(a[name], b[name]) for name in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(values_equal, a, b))
    if isinstance(a, str) and isinstance(b, str) and a != b:
        return a[:1] in "{[" and json.loads(a, parse_float=Number) == json.loads(b, parse_float=Number)
    return type(a) is type(b) and bool(a == b)


# --- raw JSON text, with what generators do not write: spacing, spellings of numbers, escapes, repeated keys

NAMES = ["a", "a", "b", "b", "c", "ä", "x y", "", ":", "q\\", 'q"', "e,", "[", "{", "n\n", "value"]
EDGES = [2**53, 2**53 + 1, -(2**53) - 1, 2**60, 2**63 - 1, -(2**63), 2**63, -(2**63) - 1, 10**20, 10**40, 0]
FLOATS = ["1.0", "1.50", "1e5", "1E+5", "-0.0", "0e0", "1e22", "9007199254740993.0", "1e-400", "1e400", "0.1"]
TEXTS = ["1", "true", "null", '":', ":", ' "a" : ', "\\", '{"a":1}', "\x00", "\ud7ff", "😀", "x\\", "NaN", "", "é"]
KINDS = ("null", "boolean", "integer", "edge", "float", "text", "object", "list")


class Scribe:
    """Writes random JSON; a seed rather than a strategy a token, which would take a second an example."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def space(self) -> str:
        return self.random.choice(["", "", "", "", "", "", " ", "\n ", "\t", "\r\n"])

    def text(self, choices: list[str]) -> str:
        return json.dumps(self.random.choice(choices), ensure_ascii=self.random.random() < 0.5)

    def integer(self) -> str:
        return self.random.choice([str(self.random.randint(-9, 9)), str(self.random.getrandbits(40)), "-0"])

    def floating(self) -> str:
        spelled = [repr(self.random.uniform(-1e3, 1e3)), f"{self.random.random():.3e}", self.random.choice(FLOATS)]
        bits = struct.unpack("<d", self.random.randbytes(8))[0]
        return self.random.choice([*spelled, repr(bits) if math.isfinite(bits) else "0.5"])

    def value(self, kinds: tuple[str, ...], depth: int) -> str:
        match self.random.choice(kinds):
            case "null":
                return "null"
            case "boolean":
                return self.random.choice(["true", "false"])
            case "integer":
                return self.integer()
            case "edge":
                return str(self.random.choice(EDGES))
            case "float":
                return self.floating()
            case "object" if depth:
                return self.object({name: self.some_kinds() for name in self.some_names()}, depth - 1)
            case "list" if depth:
                inside = self.some_kinds()
                return self.wrapped("[", [self.value(inside, depth - 1) for _ in range(self.random.randrange(4))], "]")
        return self.text(TEXTS)

    def some_kinds(self) -> tuple[str, ...]:
        """Mostly one kind, as real columns have."""
        if self.random.random() < 0.15:
            return KINDS
        return (self.random.choice(KINDS), self.random.choice([*KINDS, *["null"] * 12]))

    def some_names(self) -> list[str]:
        return self.random.choices(NAMES, k=self.random.randrange(4))

    def wrapped(self, start: str, parts: list[str], end: str) -> str:
        return start + (",".join(self.space() + part + self.space() for part in parts) or self.space()) + end

    def object(self, columns: dict[str, tuple[str, ...]], depth: int) -> str:
        names = [name for name in columns if self.random.random() < 0.9]
        if names and self.random.random() < 0.03:
            names.append(self.random.choice(names))
        pairs = []
        for name in names:
            key = json.dumps(name, ensure_ascii=self.random.random() < 0.5)
            pairs.append(f"{key}{self.space()}:{self.space()}{self.value(columns[name], depth)}")
        return self.wrapped("{", pairs, "}")

    def body(self, columns: dict[str, tuple[str, ...]]) -> bytes:
        rows = [self.object(columns, 3) for _ in range(self.random.randrange(9))]
        if self.random.random() < 0.05:
            rows.append(self.value(KINDS, 2))
        if len(rows) == 1 and rows[0].startswith("{") and self.random.random() < 0.5:
            return rows[0].encode()
        return (self.space() + self.wrapped("[", rows, "]") + self.space()).encode()

    def bodies(self) -> list[bytes]:
        """Pages of one source; now and then the columns change between them."""
        pages = []
        columns = {name: self.some_kinds() for name in self.some_names()}
        for _ in range(self.random.randrange(1, 5)):
            if self.random.random() < 0.3:
                columns |= {name: self.some_kinds() for name in self.some_names()}
            pages.append(self.body(columns))
        return pages


BODIES = st.integers(0, 2**32).map(lambda seed: Scribe(seed).bodies())


def check(bodies: list[bytes], frame: pl.DataFrame, dtypes: dict[str, pl.DataType]) -> None:
    rows = list(chain.from_iterable(map(decoded, bodies)))
    assert dict(frame.schema) == dtypes
    assert list(frame.columns) == list(dtypes)
    assert frame.height == len(rows)
    for found, row in zip(frame.iter_rows(named=True), rows, strict=True):
        for name, dtype in dtypes.items():
            assert values_equal(found[name], expected(row.get(name), dtype)), (name, found[name], row.get(name))


@given(BODIES)
@example([b'[{"a":1,"a":2}]'])
@example([b'[{"a":{"b":1,"b":"x"}},{"a":{"b" :1}}]'])
@example([b'[{"a":9007199254740993},{"a":0.5}]'])
def test_every_value_and_type_is_what_the_text_says(bodies: list[bytes]) -> None:
    rows = list(chain.from_iterable(map(decoded, bodies)))
    check(bodies, json_frame(bodies), columns_of(rows))


@given(BODIES, BODIES)
def test_what_was_known_changes_no_value_whatever_the_types_become(bodies: list[bytes], others: list[bytes]) -> None:
    alone = json_frame(bodies)
    before = json_frame(others).schema
    for known in (before, unite(alone.schema, before)):
        found = json_frame(bodies, known)
        assert found.schema == known or found.schema == alone.schema
        union = widen_for(alone, unite(known, alone.schema))
        for schema in (union, pl.Schema(dict.fromkeys(union, pl.String()))):
            assert widen_for(found, schema) == schema
            assert conform(found, schema).equals(conform(alone, schema))


@given(BODIES)
def test_pages_read_one_by_one_give_the_same_table_as_all_at_once(bodies: list[bytes]) -> None:
    whole = json_frame(bodies)
    frames: list[pl.DataFrame] = []
    schema = pl.Schema()
    for body in bodies:
        frames.append(json_frame([body], schema))
        schema = widen_for(frames[-1], unite(schema, frames[-1].schema))
    for frame in frames:
        schema = widen_for(frame, schema)
    assert schema == whole.schema
    joined = pl.concat([conform(frame, schema) for frame in frames])
    assert joined.height == whole.height
    for left, right in zip(joined.rows(), whole.rows(), strict=True):
        assert all(map(alike, left, right)), (left, right)


def refused(body: bytes) -> bool:
    """Whether a strict reader would not take it: the standard library's, with its liberties taken away."""
    try:
        read = json.loads(body.decode(), parse_constant=int, parse_int=str, parse_float=str)
        json.dumps(read, ensure_ascii=False).encode()
    except ValueError:
        return True
    return not isinstance(read, (list, dict, type(None)))


@given(BODIES, st.integers(0, 2**32).map(Random))
def test_a_garbled_body_is_refused_or_means_what_it_says_now(bodies: list[bytes], random: Random) -> None:
    known = json_frame(bodies).schema
    for body in bodies:
        place = random.randrange(len(body))
        junk = random.choice([b"", b'"', b",", b"[", b"}", b"\\", b"0", b"-", b"\xff", b"\\ud800", b"NaN"])
        garbled = body[:place] + junk + body[place + random.randrange(3) :]
        if refused(garbled):
            for schema in (None, known):
                with pytest.raises(BadBody):
                    json_frame([garbled], schema)
        else:
            check([garbled], json_frame([garbled]), columns_of(decoded(garbled)))


def alike(a: Any, b: Any) -> bool:
    """Equal, or texts of equal meaning: what had been a number, list or object before is spelled anew as text."""
    return values_equal(a, b) or meaning(a) == meaning(b)


def meaning(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Number):
        try:
            read = json.loads(value, parse_int=Number, parse_float=Number)
        except ValueError:
            return value
        return value if type(read) is str else meaning(read)
    if isinstance(value, dict):
        return {name: meaning(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [meaning(item) for item in value]
    if isinstance(value, Number):
        if is_integer(value) or math.isinf(float(value)):
            return str(int(value)) if is_integer(value) else str(value)
        return meaning(float(value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
