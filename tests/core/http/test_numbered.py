"""Pages by number and by offset: every row comes once, whatever the source does at its end."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trips import NUMBERED, URL, Reply, query, table, travel

from fetchtozip_gui.core.http.numbered import Numbered
from fetchtozip_gui.core.http.paging import Offsets, PageNumbers
from fetchtozip_gui.core.http.template import Template
from fetchtozip_gui.core.http.walk import Seen

# --- endings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", NUMBERED)
@pytest.mark.parametrize("declare", [False, True])
@pytest.mark.parametrize("rows", [0, 1, 9, 10, 11, 25, 30])
def test_all_rows_come_once_whatever_the_last_page_is(how: Any, declare: bool, rows: int) -> None:
    trip = travel(how, table(rows, declare=declare))
    assert trip.rows == list(range(rows))
    assert trip.ended


def test_a_reached_total_needs_no_further_request() -> None:
    assert len(travel(PageNumbers(size=10), table(30, declare=True)).asked) == 3
    assert len(travel(PageNumbers(size=10), table(30)).asked) == 4
    assert len(travel(PageNumbers(size=10), table(25)).asked) == 3


@pytest.mark.parametrize("how", NUMBERED)
@pytest.mark.parametrize("declare", [False, True])
@pytest.mark.parametrize("rows", [4, 5, 23, 30])
def test_a_source_that_gives_fewer_rows_than_asked_for_is_read_to_its_end(how: Any, declare: bool, rows: int) -> None:
    trip = travel(how, table(rows, cap=4, declare=declare))
    assert trip.rows == list(range(rows))
    if declare and rows > 4:
        assert "at most 4 rows a page" in " ".join(trip.said)


@pytest.mark.parametrize("how", NUMBERED)
def test_a_source_that_gives_more_rows_than_asked_for_is_read_without_gaps(how: Any) -> None:
    def fixed(asked: dict[str, str]) -> Reply:
        return table(100)({name: value if name != "limit" else "40" for name, value in asked.items()})

    trip = travel(how, fixed)
    assert trip.rows == list(range(100))
    assert "40 rows a page where 10 were asked for" in " ".join(trip.said)


@pytest.mark.parametrize("rows", [4, 10, 13, 20])
def test_a_page_that_is_not_there_is_the_end(rows: int) -> None:
    trip = travel(PageNumbers(size=10), table(rows, missing=True))
    assert trip.rows == list(range(rows))


def test_the_source_saying_that_there_is_no_more_is_believed() -> None:
    def page(asked: dict[str, str]) -> Reply:
        number = int(asked["page"])
        return Reply([number] * (3 if number == 2 else 10), more=number < 4)

    trip = travel(PageNumbers(size=10), page)
    assert len(trip.asked) == 4


def test_declared_pages_are_all_fetched_though_one_is_short() -> None:
    def page(asked: dict[str, str]) -> Reply:
        number = int(asked["page"])
        return Reply([number] * (1 if number == 2 else 10), total_pages=5)

    assert len(travel(PageNumbers(size=10), page).asked) == 5


def test_an_empty_page_before_the_declared_end_is_a_hole_and_not_the_end() -> None:
    def page(asked: dict[str, str]) -> Reply:
        number = int(asked["page"])
        return Reply(list(range(number * 10, number * 10 + 10)) if number in (1, 3, 4) else [], total=40)

    trip = travel(PageNumbers(size=10), page)
    assert len(trip.rows) == 30
    assert len(trip.asked) == 5


@pytest.mark.parametrize("declare", [False, True])
def test_an_offset_goes_on_after_the_last_row_that_came(declare: bool) -> None:
    def uneven(asked: dict[str, str]) -> Reply:
        first = int(asked["offset"])
        size = 10 if first != 20 or not declare else 7
        return Reply(list(range(first, min(first + size, 55))), total=55 if declare else None)

    assert travel(Offsets(limit=10), uneven).rows == list(range(55))


def test_a_late_start_counts_the_rows_before_it() -> None:
    assert travel(PageNumbers(size=10, start=2), table(30, declare=True)).asked[-1]["page"] == "3"
    assert travel(Offsets(limit=10, start=15), table(30, declare=True)).rows == list(range(15, 30))
    assert len(travel(Offsets(limit=10, start=10), table(30, declare=True)).asked) == 2


def test_the_source_may_decide_the_size() -> None:
    trip = travel(PageNumbers(size_param=None), table(25))
    assert trip.rows == list(range(25))
    assert trip.asked[0] == {"page": "1"}
    assert travel(Offsets(limit_param=None), table(25)).rows == list(range(25))


def test_a_total_that_only_counts_the_page_is_not_believed() -> None:
    def per_page(asked: dict[str, str]) -> Reply:
        found = table(35)(asked).rows
        return Reply(found, total=len(found))

    for how in NUMBERED:
        trip = travel(how, per_page)
        assert trip.rows == list(range(35))
        assert "not believed" in " ".join(trip.said)


def test_a_total_that_vanishes_on_later_pages_is_no_end() -> None:
    def first_only(asked: dict[str, str]) -> Reply:
        return Reply(table(35)(asked).rows, total=35 if asked.get("page", "1") == "1" else 0)

    trip = travel(PageNumbers(size=10), first_only)
    assert trip.rows == list(range(35))
    assert "from 35 to 0" in " ".join(trip.said)


def test_a_cap_is_asked_for_so_that_pages_placed_by_what_is_asked_have_no_gaps() -> None:
    def placed(asked: dict[str, str]) -> Reply:
        size = int(asked["limit"])
        first = (int(asked["page"]) - 1) * size
        return Reply(list(range(first, min(first + min(size, 50), 180))))

    assert travel(PageNumbers(size=100), placed).rows == list(range(180))


# --- side by side -------------------------------------------------------------------------------------------------


def numbered(how: Any = NUMBERED[0], **first: Any) -> Numbered:
    walk = Numbered(how, Template(URL))
    walk.judge(Seen(1, **{"rows": 10, **first}))
    return walk


def test_nothing_is_asked_beyond_what_is_declared() -> None:
    assert numbered(total=95).bound() == 10
    assert numbered(total_pages=7).bound() == 7
    assert numbered(total=95, rows=5).bound() == 19
    assert numbered(NUMBERED[1], total=95).bound() == 10


def test_without_a_total_more_is_asked_step_by_step() -> None:
    walk = numbered()
    assert walk.bound() == 4
    walk.judge(Seen(2, 10))
    assert walk.bound() == 8
    assert numbered(rows=3).bound() == 2


def test_requests_that_were_made_with_a_wrong_offset_are_void() -> None:
    walk = numbered(NUMBERED[1], total=95)
    assert not walk.judge(Seen(2, 10, total=95)).again
    assert query(walk.request(3)) == {"offset": "20", "limit": "10"}
    assert walk.judge(Seen(3, 6, total=95)).again
    assert query(walk.request(4)) == {"offset": "26", "limit": "10"}
    assert query(walk.request(5)) == {"offset": "36", "limit": "10"}


@given(
    st.sampled_from(NUMBERED),
    st.integers(0, 130),
    st.none() | st.integers(1, 20),
    st.booleans(),
    st.booleans(),
    st.integers(0, 14),
)
def test_every_row_comes_once_and_in_order(
    how: Any, rows: int, cap: int | None, declare: bool, missing: bool, restart: int
) -> None:
    trip = travel(how, table(rows, cap=cap, declare=declare, missing=missing), pages=200, restart_at=restart)
    assert trip.rows == list(range(rows))
    assert trip.ended
