"""Rows added, gone and changed are counted as a plain program over dictionaries counts them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from fetchtozip_gui.core.analysis import compare as room
from fetchtozip_gui.core.analysis.compare import Difference, compare, moment

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def lazy(**columns: Any) -> pl.LazyFrame:
    return pl.LazyFrame(columns)


def test_rows_with_a_key_are_added_gone_or_changed() -> None:
    before = lazy(id=[1, 2, 3, 4], name=["a", "b", "c", "d"])
    after = lazy(id=[5, 4, 3, 1, 6], name=["e", "d", "C", "a", "f"])
    assert compare(before, after) == Difference(4, 5, added=2, gone=1, changed=1, key="id")


def test_rows_without_a_key_are_compared_whole_and_as_often_as_they_are_there() -> None:
    before = lazy(a=["x", "x", "y"], b=[1, 1, 2])
    after = lazy(a=["x", "y", "y", "z"], b=[1, 2, 2, 3])
    assert compare(before, after) == Difference(3, 4, added=2, gone=1)


def test_the_order_of_rows_and_columns_is_no_change() -> None:
    before = lazy(id=["a", "b"], n=[1.5, None], l=[[1], None])
    after = lazy(l=[None, [1]], n=[None, 1.5], id=["b", "a"])
    assert compare(before, after) == Difference(2, 2, added=0, gone=0, changed=0, key="id")


def test_a_type_that_was_widened_is_no_change() -> None:
    before = lazy(id=[1, 2], n=[1, 2])
    assert compare(before, lazy(id=[1, 2], n=[1.0, 2.5])).changed == 1
    assert compare(before, lazy(id=[1, 2], n=["1", "x"])).changed == 1


def test_columns_that_only_one_has_are_named() -> None:
    found = compare(lazy(id=[1], old=[1]), lazy(id=[1], new=[2], more=[3]))
    assert (found.new_columns, found.lost_columns, found.changed) == (("new", "more"), ("old",), 0)


@pytest.mark.parametrize(("before", "after"), [({}, {"a": [1]}), ({"a": [1]}, {}), ({"b": [1]}, {"a": [1]}), ({}, {})])
def test_nothing_in_common_is_all_new(before: dict[str, Any], after: dict[str, Any]) -> None:
    found = compare(lazy(**before), lazy(**after))
    assert (found.added, found.gone) == (len(after.get("a", [])), sum(map(len, before.values())))


def test_an_empty_side_has_no_key() -> None:
    empty = pl.LazyFrame(schema={"id": pl.Int64})
    assert compare(empty, lazy(id=[1, 2])) == Difference(0, 2, added=2, gone=0)
    assert compare(lazy(id=[1, 2]), empty) == Difference(2, 0, added=0, gone=2)


ROWS = some.dictionaries(some.integers(0, 40), some.sampled_from(["a", "b", None]), min_size=1, max_size=30)


@given(ROWS, ROWS, some.booleans())
def test_as_a_plain_program_counts(before: dict[int, Any], after: dict[int, Any], keyed: bool) -> None:
    sides = [lazy(id=list(rows), v=list(rows.values())) for rows in (before, after)]
    found = compare(*(side if keyed else side.select("v") for side in sides))
    if keyed:
        changed = sum(1 for key in before.keys() & after.keys() if before[key] != after[key])
        assert found == Difference(
            len(before), len(after), len(after.keys() - before.keys()), len(before.keys() - after.keys()), changed, "id"
        )
    elif found.key is None:
        old, new = Counter(before.values()), Counter(after.values())
        assert (found.added, found.gone) == ((new - old).total(), (old - new).total())


def test_many_rows_are_compared_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "AT_ONCE", 1_000)
    before = pl.select(id=pl.int_range(10_000), v=pl.int_range(10_000) % 7).lazy()
    after = before.filter(pl.col("id") >= 10).with_columns(v=pl.when(pl.col("id") < 30).then(-1).otherwise(pl.col("v")))
    assert compare(before, after) == Difference(10_000, 9_990, added=0, gone=10, changed=20, key="id")
    assert compare(before.select("v"), after.select("v")).gone == 30


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (Difference(9, 9, 214, 3, 12, "id"), "+214 rows, 3 gone, 12 changed since yesterday 12:00"),
        (Difference(9, 9, 1, 0, 0, "id"), "+1 row since yesterday 12:00"),
        (Difference(9, 9, 0, 0, 0, "id"), "No change since yesterday 12:00"),
        (
            Difference(9, 9, 0, 1_000, None, None, ("a",), ("b", "c")),
            "1,000 gone, 1 new column, 2 lost columns since yesterday 12:00",
        ),
    ],
)
def test_words(difference: Difference, words: str) -> None:
    here = NOW.astimezone().replace(hour=12)
    assert difference.words(here - timedelta(days=1), here) == words


def test_moments() -> None:
    here = NOW.astimezone().replace(hour=12, minute=0)
    assert moment(here - timedelta(hours=2), here) == "today 10:00"
    assert moment(here - timedelta(days=4), here) == f"{here - timedelta(days=4):%A} 12:00"
    assert moment(here - timedelta(days=7), here) == f"{(here - timedelta(days=7)).day} Nov 2026 12:00"
