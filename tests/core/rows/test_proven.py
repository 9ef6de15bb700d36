"""What is proven to be whole records is proven alike in every way."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fetchtozip_gui.core.rows import proven
from fetchtozip_gui.core.rows.dialect import Dialect
from fetchtozip_gui.core.rows.proven import proven_bytes

TEXTS = st.text('ab,;"\r\né東', max_size=24).map(str.encode)
DIALECTS = st.sampled_from(
    [Dialect(",", '"'), Dialect(";", "'"), Dialect(",", ""), Dialect("a", '"'), Dialect("^", '"')]
)


@given(TEXTS, DIALECTS, st.integers(1, 4))
@example(b'"a""b",c\n"a"b,c\n', Dialect(",", '"'), 2)
def test_all_ways_prove_the_same(text: bytes, dialect: Dialect, width: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proven, "_simple_bytes", lambda *_: None)
        by_grammar = proven_bytes(text, dialect, width)
        patch.setattr(proven, "_FEW", 0)
        by_marks = proven_bytes(text, dialect, width)
    assert by_marks == by_grammar
    assert proven_bytes(text, dialect, width) == by_grammar


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (b"1,2\n3,4\n", b"1,2\n3,4\n"),
        (b"1,2\n3\n4,5\n", b"1,2\n"),
        (b'1,2\n"3"x,4\n', b"1,2\n"),
        (b'1,2\nx"3",4\n', b"1,2\n"),
        (b'1,"a ""b"", c\nd"\n3,"4', b'1,"a ""b"", c\nd"\n'),
        ("é,東\r\n1,2".encode(), "é,東\r\n".encode()),
    ],
)
def test_what_is_proven_ends_with_the_last_whole_record(text: bytes, whole: bytes) -> None:
    assert text[: proven_bytes(text, Dialect(",", '"'), 2)] == whole
