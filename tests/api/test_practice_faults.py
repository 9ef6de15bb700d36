"""Faults on purpose: every so many requests one fails, and who tries again gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchtozip_gui.api.practice_faults import REMEMBERED, Faults


@pytest.mark.parametrize("every", [2, 3, 7])
def test_every_so_many_requests_one_fails(every: int) -> None:
    faults = Faults()
    struck = [faults.strikes(every, f"page={number}") for number in range(1, 22)]
    assert struck == [number % every == 0 for number in range(1, 22)]


def test_each_number_is_counted_by_itself() -> None:
    faults = Faults()
    assert [faults.strikes(every, "page=1") for every in (2, 3, 2, 3, 3)] == [False, False, True, False, True]


@given(every=st.integers(1, 5), order=st.lists(st.integers(0, 6), max_size=200))
def test_an_address_never_fails_twice_in_a_row(every: int, order: list[int]) -> None:
    faults = Faults()
    last: dict[int, bool] = {}
    for address in order:
        struck = faults.strikes(every, str(address))
        assert not (struck and last.get(address))
        last[address] = struck


def test_what_is_remembered_is_bounded() -> None:
    faults = Faults()
    assert all(faults.strikes(1, str(number)) for number in range(REMEMBERED + 1))
    assert faults.strikes(1, "0"), "the oldest was forgotten"
    assert not faults.strikes(1, str(REMEMBERED))
