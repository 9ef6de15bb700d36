"""Records and fields are cut out of bytes exactly as a full parse would give them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.http.records import Cut, Cutter, Records, count


def cut(body: bytes | str, records: Records | None = None, **fields: str) -> Cut:
    return Cutter(records or Records(), fields).cut(body.encode() if isinstance(body, str) else body)


def rows(cut: Cut) -> Any:
    return json.loads(bytes(cut.records))


def test_a_list_is_handed_on_as_it_is() -> None:
    body = b' [ {"a": 1.50}, 7 ]'
    found = cut(body)
    assert bytes(found.records) == body
    assert count(found.records) == 2


def test_records_and_fields_come_out_of_an_envelope_with_their_own_bytes() -> None:
    body = '{"x":{"data":[0]},"meta":{"total":5,"page":{"next":"c\\u0031"}},"data":[{"a":1.50},{"b":"]}"}],"z":null}'
    found = cut(body, Records(path="$.data"), next="$.meta.page.next", total="$.meta.total", gone="$.z", more="$.q.r")
    assert bytes(found.records) == b'[{"a":1.50},{"b":"]}"}]'
    assert found.fields == {"next": "c1", "total": 5}
    assert found.found


@pytest.mark.parametrize(
    ("path", "body", "wanted"),
    [
        ("$.a.b", '{"a":{"b":[1]}}', [1]),
        ("$['a b']['c.d']", '{"a b":{"c.d":[2]}}', [2]),
        ("$.data[*]", '{"data":[[1],[2]]}', [[1], [2]]),
        ("$.groups[*].items", '{"groups":[{"items":[1,2]},{"items":[3]},{}]}', [1, 2, 3]),
        ("$.groups[*].item", '{"groups":[{"item":{"x":1}}]}', [{"x": 1}]),
        ("$..id", '{"a":{"id":1},"b":[{"id":2}]}', [1, 2]),
        ("$.a[?@.x > 1]", '{"a":[{"x":1},{"x":2.5}]}', [{"x": 2.5}]),
        ("$[1]", '[{"page":1},[{"x":1},{"x":2}]]', [{"x": 1}, {"x": 2}]),
        ("$.a[?search(@.k, '^b+$')].k", '{"a":[{"k":"abb"},{"k":"bb"}]}', ["bb"]),
        (
            "$.big.*",
            '{"big":[123456789012345678901234567890, 1e22, -0.0]}',
            [123456789012345678901234567890, 1e22, -0.0],
        ),
    ],
)
def test_a_jsonpath_selects_records(path: str, body: str, wanted: Any) -> None:
    kind = "array" if path in ("$.a.b", "$['a b']['c.d']") else "matches"
    found = cut(body, Records(path=path, kind=kind))
    assert rows(found) == wanted
    assert found.rows == (None if kind == "array" else len(wanted))


def test_an_object_keyed_by_id_becomes_rows_that_keep_the_key() -> None:
    keyed = Records(path="$.data", kind="keyed", name="key")
    found = cut('{"data": {"7": {"a": 1}, "8": { }, "9": [1], "ü\\"": "x", "10": null}}', keyed)
    assert rows(found) == [
        {"key": "7", "a": 1},
        {"key": "8"},
        {"key": "9", "value": [1]},
        {"key": 'ü"', "value": "x"},
        {"key": "10", "value": None},
    ]
    assert found.rows == 5


def test_a_record_with_a_field_of_the_keys_name_is_refused() -> None:
    with pytest.raises(BadBody, match="field `key` of its own"):
        cut('{"7": {"key": 1}}', Records(kind="keyed", name="key"))
    assert rows(cut('{"7": {"x": {"key": 1}}}', Records(kind="keyed", name="key"))) == [{"key": "7", "x": {"key": 1}}]


def test_edges_give_their_nodes() -> None:
    found = cut(
        '{"e":[{"cursor":"c","node":{"a":1}},null,{"node":{"a":2}}]}', Records(path="$.e", kind="nodes", name="node")
    )
    assert rows(found) == [{"a": 1}, {"a": 2}]


def test_one_object_is_one_row() -> None:
    found = cut(' {"a": 1} ', Records(kind="object"), total="$.a")
    assert (rows(found), found.rows, found.fields) == ([{"a": 1}], 1, {"total": 1})


@pytest.mark.parametrize("body", ['{"data":null}', '{"data": null, "next": "x"}'])
def test_null_is_no_records(body: str) -> None:
    assert rows(cut(body, Records(path="$.data"), next="$.next")) == []


@pytest.mark.parametrize("body", ["{}", '{"other":[1]}', "[1]", "7", '{"data":[]}'])
def test_a_place_that_is_not_there_is_told(body: str) -> None:
    found = cut(body, Records(path="$.data.items"))
    assert (rows(found), found.found) == ([], False)


def test_something_that_is_no_object_on_the_way_hides_only_what_is_behind_it() -> None:
    found = cut('{"meta": [], "data": [1], "next": "n"}', Records(path="$.data"), total="$.meta.total", next="$.next")
    assert (rows(found), found.fields) == ([1], {"next": "n"})


def test_the_last_records_id_is_a_field() -> None:
    last = {"next": "$.data[-1].id"}
    assert cut('{"data":[{"id":1},{"id":7}]}', Records(path="$.data"), **last).fields == {"next": 7}
    assert cut('{"data":[]}', Records(path="$.data"), **last).fields == {}


def test_a_field_below_the_records_place_is_found() -> None:
    found = cut('{"data":{"next":4,"x":1}}', Records(path="$.data", kind="object"), next="$.data.next", all="$.data")
    assert found.fields == {"next": 4, "all": {"next": 4, "x": 1}}


def test_a_list_of_links_is_searched() -> None:
    body = '{"data":[1],"link":[{"rel":"self","url":"a"},{"rel":"next","url":"b"}]}'
    assert cut(body, Records(path="$.data"), next="$.link[?@.rel=='next'].url").fields == {"next": "b"}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"data":[1,', "$.data"),
        (b"", "$.data"),
        (b"nonsense", "$.data"),
        (b'{"data":[1]} trailing', "$.data"),
        (b'{"data":"\xff","next":1}', "$.next"),
        (b'{"data":{"a":1}}', "$.data"),
        (b'{"data":"text"}', "$.data"),
        (b'{"a":1}', "$"),
        (b'{"data":' + b"[" * 100_000, "$.data"),
        (b'{"x":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b',"data":[]}', "$.data"),
    ],
)
def test_what_is_no_json_or_no_list_is_refused(body: bytes, path: str) -> None:
    with pytest.raises(BadBody):
        cut(body, Records(path=path), text="$.data")


@pytest.mark.parametrize("body", [b"[1,", b"[" * 100_000, b"[tru]"])
def test_a_broken_list_is_not_counted(body: bytes) -> None:
    with pytest.raises(BadBody):
        count(body)


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
_NAMES = st.sampled_from(["data", "items", "meta", "next", "ünï", "a b", "x"])


@given(st.dictionaries(_NAMES, _VALUES), st.lists(_NAMES, min_size=1, max_size=2), st.lists(_VALUES), st.booleans())
def test_whatever_stands_around_the_records_they_come_out_the_same(
    envelope: dict[str, Any], path: list[str], records: list[Any], spaces: bool
) -> None:
    inner: Any = records
    for name in reversed(path[1:]):
        inner = {**envelope, name: inner}
    body = json.dumps({**envelope, path[0]: inner}, indent=1 if spaces else None).encode("utf-8", "surrogatepass")
    where = "$" + "".join(f"['{name}']" for name in path)
    found = cut(body, Records(path=where), next="$.next", deep="$.meta.x")
    assert rows(found) == records
    assert count(found.records) == len(records)
    whole = json.loads(body)
    assert found.fields.get("next") == whole.get("next")
    deep = whole["meta"].get("x") if isinstance(whole.get("meta"), dict) else None
    assert found.fields.get("deep") == deep


@given(
    st.dictionaries(st.text(), st.dictionaries(st.text().filter(lambda name: name != "key"), _VALUES) | st.integers())
)
def test_keyed_objects_lose_nothing(found: dict[str, Any]) -> None:
    wanted = [{"key": key, **(value if isinstance(value, dict) else {"value": value})} for key, value in found.items()]
    assert rows(cut(json.dumps(found), Records(kind="keyed", name="key"))) == wanted
