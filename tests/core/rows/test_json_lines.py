"""JSON lines: one value a line, and the line's number where it is none."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.encodings import Text
from fetchtozip_gui.core.rows.json_lines import json_lines_frame, line_blocks, lines_frame


def test_lines_are_rows_and_blank_ones_are_none() -> None:
    body = b'\n{"a": 1, "b": "x"}\r\n\n  {"a": 2.5, "c": [1]}  \n{"a": null}'
    found = json_lines_frame(body).frame
    assert found.to_dict(as_series=False) == {"a": [1.0, 2.5, None], "b": ["x", None, None], "c": [None, [1], None]}


def test_what_is_known_widens() -> None:
    found = lines_frame(b'{"a": 1}\n', known=pl.Schema({"a": pl.Float64(), "z": pl.String()}))
    assert found.schema == {"a": pl.Float64(), "z": pl.String()}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert json_lines_frame('{"a": "é"}\n'.encode(encoding)).frame.rows() == [("é",)]


@pytest.mark.parametrize("body", [b"", b"\n\n"])
def test_nothing(body: bytes) -> None:
    assert json_lines_frame(body).frame.height == 0


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b'{"a": 1}\n{"a": \n1}\n', 2),
        (b'{"a": 1}\n\n{"a": [{"x": 1}\n{"y": 2}]}\n', 3),
        (b'{"a": 1}\n{"a": 2}, {"a": 3}\n', 2),
        (b'{"a": 1}\n{"a": 2} {"a": 3}\n', 2),
        (b'{"a": 1}\nhello\n', 2),
        (b'{"a": 1}\n{"a": 2', 2),
        (b'{"a": NaN}\n', 1),
    ],
)
def test_a_line_that_is_not_one_value_is_named(body: bytes, line: int) -> None:
    with pytest.raises(BadBody, match=f"Line {line} is not one JSON value"):
        json_lines_frame(body)


def test_too_deep() -> None:
    with pytest.raises(BadBody, match="deep"):
        json_lines_frame(b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n")


VALUES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=6)


@given(st.lists(st.fixed_dictionaries({"a": VALUES, "b": VALUES}), max_size=20), st.integers(1, 60))
def test_blocks_together_are_all_lines(rows: list[dict[str, Any]], size: int) -> None:
    body = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    blocks = list(line_blocks(Text([body], "utf-8"), size))
    assert b"".join(text for text, _ in blocks) == body
    assert [line for _, line in blocks] == [1 + body[: body.index(text)].count(b"\n") for text, _ in blocks] or rows
    assert sum(lines_frame(text, line=line).height for text, line in blocks) == len(rows)
