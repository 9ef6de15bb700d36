"""No source can be read in circles, or be cut short unseen, whatever it names as its next page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from trips import NUMBERED, URL, Reply, table, travel

from fetchtozip_gui.core.errors import PagingError
from fetchtozip_gui.core.http.paging import Cursors, Links, NextAddresses, Offsets, PageNumbers
from fetchtozip_gui.core.http.walk import EMPTY_PAGES

# --- circles ------------------------------------------------------------------------------------------------------


def ring(*names: Any, rows: Callable[[int], list[int]] = lambda page: [page]) -> Callable[[dict[str, str]], Reply]:
    """A source that names these one after another, whatever is asked."""
    count = iter(range(1, 1000))
    following: Iterator[Any] = iter(names)

    def page(asked: dict[str, str]) -> Reply:
        return Reply(rows(next(count)), next=next(following))

    return page


CURSOR = Cursors(cursor="$.next", param="cursor")
ADDRESS = NextAddresses(next="$.next")


@pytest.mark.parametrize("how", NUMBERED)
def test_a_source_that_ignores_the_page_is_noticed(how: Any) -> None:
    with pytest.raises(PagingError, match="Page 2 is the same as page 1"):
        travel(how, lambda asked: Reply(list(range(10))))


def test_a_source_that_ignores_the_page_but_gave_less_than_a_page_is_complete() -> None:
    trip = travel(PageNumbers(size=10), lambda asked: Reply([1, 2, 3]))
    assert (trip.rows, len(trip.asked)) == ([1, 2, 3], 2)


@pytest.mark.parametrize("how", [*NUMBERED, CURSOR, ADDRESS])
def test_pages_that_come_round_again_are_noticed_whichever_they_are(how: Any) -> None:
    turn = iter(range(100))

    def page(asked: dict[str, str]) -> Reply:
        number = next(turn)
        return Reply(
            [100 * (number if number < 6 else number - 4) + row for row in range(10)], next=f"/orders?n={number}"
        )

    with pytest.raises(PagingError, match="Page 7 is the same as page 3"):
        travel(how, page)


def test_a_last_page_that_is_repeated_past_the_end() -> None:
    with pytest.raises(PagingError, match="Page 4 is the same as page 3"):
        travel(PageNumbers(size=10), table(30, clamp=True))
    assert travel(PageNumbers(size=10), table(25, clamp=True)).rows == list(range(25))
    assert travel(PageNumbers(size=10), table(30, clamp=True, declare=True)).rows == list(range(30))
    assert travel(PageNumbers(size_param=None), table(25, clamp=True)).rows == list(range(25))


@pytest.mark.parametrize(
    ("how", "names", "words"),
    [
        (CURSOR, ["a", "a"], "Page 2 names itself"),
        (CURSOR, ["a", "b", "b"], "Page 3 names itself"),
        (CURSOR, ["a", "b", "a"], "Page 3 names the same next page as page 1"),
        (CURSOR, ["a", "b", "c", "d", "b"], "Page 5 names the same next page as page 2"),
        (CURSOR, [7, 8, 7], "Page 3 names the same next page as page 1"),
        (ADDRESS, ["/orders"], "Page 1 leads back to the first page"),
        (ADDRESS, ["?n=2", URL], "Page 2 leads back to the first page"),
        (ADDRESS, ["?n=2", "https://API.example.com/orders?n=2#x"], "Page 2 names itself"),
        (ADDRESS, ["?n=2", "?n=3", "/orders?n=2"], "Page 3 names the same next page as page 1"),
        (Links(), ["?n=2", "?n=3", "?n=4", "?n=3"], "Page 4 names the same next page as page 2"),
    ],
)
def test_a_next_page_that_was_named_before_is_a_circle(how: Any, names: list[Any], words: str) -> None:
    with pytest.raises(PagingError, match=words):
        travel(how, ring(*names))


def test_a_cursor_that_is_repeated_by_an_empty_page_is_the_end() -> None:
    trip = travel(CURSOR, ring("a", "b", "b", rows=lambda page: [] if page == 3 else [page]))
    assert trip.rows == [1, 2]


def test_an_empty_page_that_names_a_next_one_is_not_the_end() -> None:
    trip = travel(CURSOR, ring("a", "b", "c", None, rows=lambda page: [] if page in (2, 3) else [page]))
    assert trip.rows == [1, 4]


def test_empty_pages_for_ever_are_left() -> None:
    trip = travel(CURSOR, ring(*range(1, 500), rows=lambda page: [page] if page == 1 else []))
    assert trip.ended
    assert len(trip.asked) == EMPTY_PAGES + 2
    assert "in a row were empty" in trip.said[-1]


def test_once_the_total_is_reached_going_round_is_the_end() -> None:
    def page(asked: dict[str, str]) -> Reply:
        number = int(asked.get("cursor", 0))
        return Reply([number * 2, number * 2 + 1], next=(number + 1) % 3 or "0", total=6)

    trip = travel(CURSOR, page)
    assert trip.rows == list(range(6))


def test_a_next_page_is_followed_beyond_a_total_that_was_too_small() -> None:
    trip = travel(CURSOR, lambda asked: Reply([int(asked.get("cursor", 1))], next=_up_to(asked, 5), total=2))
    assert trip.rows == [1, 2, 3, 4, 5]


def _up_to(asked: dict[str, str], last: int) -> int | None:
    here = int(asked.get("cursor", 1))
    return here + 1 if here < last else None


def test_no_more_ends_a_cursor_that_is_still_given() -> None:
    trip = travel(CURSOR, lambda asked: Reply([1], next="again", more=False))
    assert (trip.rows, trip.ended) == ([1], True)


@pytest.mark.parametrize("how", NUMBERED)
def test_totals_that_change_are_told_once_and_the_latest_counts(how: Any) -> None:
    totals = iter([35, 35, 38, 41, 41, 41])

    def growing(asked: dict[str, str]) -> Reply:
        total = next(totals)
        return Reply(table(total)(asked).rows, total=total)

    trip = travel(how, growing)
    assert trip.rows == list(range(41))
    told = [text for text in trip.said if "changed" in text]
    assert len(told) == 1
    assert "from 35 to 38 rows at page 3" in told[0]


@given(st.integers(1, 60), st.integers(1, 9), st.sampled_from([CURSOR, ADDRESS]), st.integers(0, 12), st.data())
def test_every_row_comes_once_where_the_next_page_is_named(
    rows: int, size: int, how: Any, restart: int, data: st.DataObject
) -> None:
    holes = data.draw(st.sets(st.integers(0, rows), max_size=3))

    def page(asked: dict[str, str]) -> Reply:
        first, hole = (int(part) for part in asked.get("cursor", "0-0").split("-"))
        if first in holes and not hole:
            return Reply([], next=_named(how, f"{first}-1"))
        after = min(first + size, rows)
        return Reply(list(range(first, after)), next=_named(how, f"{after}-0") if after < rows else None)

    assert travel(how, page, pages=100, restart_at=restart).rows == list(range(rows))


def _named(how: Any, cursor: str) -> str:
    return cursor if isinstance(how, Cursors) else f"?cursor={cursor}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "page", "start": -1},
        {"type": "page", "size": 0},
        {"type": "offset", "limit": 0},
        {"type": "cursor", "cursor": "next", "param": "c"},
        {"type": "cursor", "cursor": "$.next"},
        {"type": "cursor", "cursor": "$.a[", "param": "c"},
        {"type": "next_url", "next": "$." + "a" * 1100},
    ],
)
def test_a_wrong_pagination_is_refused_before_anything_runs(wrong: dict[str, Any]) -> None:
    kinds: dict[str, Any] = {"page": PageNumbers, "offset": Offsets, "cursor": Cursors, "next_url": NextAddresses}
    with pytest.raises(ValidationError):
        kinds[wrong["type"]].model_validate(wrong)
