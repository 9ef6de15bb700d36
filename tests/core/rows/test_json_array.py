"""JSON lists in parts: joined they are the list, and no value is ever cut in two."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows import json_array
from fetchtozip_gui.core.rows.json_array import array_parts, begins_list

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('ab"\\{}[],é\n', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('a,"}]', max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(JSON | st.dictionaries(st.text("abc", max_size=2), JSON, max_size=4), max_size=20),
    st.integers(4, 120),
    st.sampled_from([None, 1]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.integers(1, 50),
)
def test_parts_together_are_the_list(rows: list[Any], size: int, indent: int | None, encoding: str, chunk: int) -> None:
    body = (" \n" + json.dumps(rows, ensure_ascii=False, indent=indent) + "\n ").encode(encoding)
    chunks = [body[start : start + chunk] for start in range(0, len(body), chunk)]
    parts = list(array_parts(chunks, size=size))
    assert [row for part in parts for row in json.loads(part)] == rows
    assert parts == list(array_parts([body], size=size))


def test_parts_are_small() -> None:
    body = json.dumps([{"n": n, "o": {"a": [1, 2]}} for n in range(20_000)]).encode()
    parts = list(array_parts([body], size=10_000))
    assert max(map(len, parts)) <= 10_001
    assert len(parts) < 2 * len(body) // 10_000


def test_many_objects_in_one_record_do_not_make_it_slow() -> None:
    rows = [{"items": [{"k": k} for k in range(2000)]} for _ in range(20)]
    parts = list(array_parts([json.dumps(rows).encode()], size=100_000))
    assert [row for part in parts for row in json.loads(part)] == rows


@pytest.mark.parametrize("body", [b"[", b'[{"a": 1}', b'[{"a": 1}] x', b'[{"a": 1}, ]', b'[{"a": 1}}, {"a": 2}]'])
def test_what_is_broken_stays_broken(body: bytes) -> None:
    def read() -> list[Any]:
        return [json.loads(part) for part in array_parts([body], size=8)]

    with pytest.raises(ValueError, match=r"\w"):
        read()


def test_a_record_without_end_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_array, "LONGEST", 4 << 20)
    chunks = (b"[" if not n else b'"' + b"x" * (1 << 20) for n in range(200))
    with pytest.raises(BadBody, match="limit of a record"):
        list(array_parts(chunks))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"[1]", True),
        (b" \n[", True),
        (b"\xef\xbb\xbf[", True),
        ("[".encode("utf-16"), True),
        (b'{"a": [', False),
        (b"", False),
    ],
)
def test_begins_list(head: bytes, expected: bool) -> None:
    assert begins_list(head) is expected
