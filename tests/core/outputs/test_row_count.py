"""Rows counted from bytes, wherever the pieces end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.outputs.row_count import counter


@pytest.mark.parametrize(
    ("name", "data", "rows"),
    [
        ("a.csv", b"a,b\n", 0),
        ("a.csv", b'a,b\n"x\n""\ny",2\n"",\n', 2),
        ("a.tsv", b'"a\nb"\n1\n', 1),
        ("a.json", b"[]\n", 0),
        ("a.json", b'[{"a":1},\n{"a":2}]\n', 2),
        ("a.jsonl", b"", 0),
        ("a.jsonl", b"{}\n{}\n", 2),
        ("a.parquet", b"\n\n", None),
    ],
)
@given(cuts=st.lists(st.integers(0, 40), max_size=4))
def test_counts(name: str, data: bytes, rows: int | None, cuts: list[int]) -> None:
    counting = counter(name)
    edges = [0, *sorted(cuts), len(data)]
    for start, end in pairwise(edges):
        counting.add(data[start:end])
    assert counting.count == rows
