"""Rows are put aside while they arrive and looked at when the last is there: all of them in one type, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fetchtozip_gui.core import looking
from fetchtozip_gui.core.errors import Cancelled
from fetchtozip_gui.core.looking import Looking

ROWS = pl.DataFrame({"n": range(95), "text": [f"ö{n}" if n % 3 else None for n in range(95)]})


def all_of(rows: pl.LazyFrame, go_on: Callable[[], None]) -> pl.DataFrame:
    go_on()
    return rows.collect()


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Looking[pl.DataFrame]]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(looking, "_ROWS", 10)
    look = Looking(all_of)
    yield look
    look.close()
    assert list(tmp_path.iterdir()) == [], "nothing is left"


def show(look: Looking[Any], rows: pl.DataFrame, size: int = 7) -> None:
    for part in rows.iter_slices(size):
        look.see(part, rows.schema)


@pytest.mark.parametrize("size", [1, 7, 10, 95])
def test_all_rows_are_looked_at_in_their_order(look: Looking[pl.DataFrame], size: int) -> None:
    show(look, ROWS, size)
    look.end()
    found = look.found(95)
    assert found is not None
    assert found.equals(ROWS)


def test_of_many_rows_the_work_waits_until_it_is_asked_for(
    look: Looking[pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_BESIDE", 94)
    show(look, ROWS)
    look.end()
    assert look._done is None
    found = look.found(95)
    assert found is not None
    assert found.equals(ROWS)


def test_texts_as_they_came_are_seen_in_their_types(look: Looking[pl.DataFrame]) -> None:
    schema = pl.Schema({"n": pl.Int64, "price": pl.Float64})
    look.see(pl.DataFrame({"n": ["1", "2"], "price": ["0.5", None]}), schema)
    look.see(pl.DataFrame({"n": [3]}), schema)
    look.end()
    found = look.found(3)
    assert found is not None
    assert found.schema == schema
    assert found.rows() == [(1, 0.5), (2, None), (3, None)]


def test_what_is_wide_is_put_aside_sooner(look: Looking[pl.DataFrame], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "_ROWS", 10**9)
    monkeypatch.setattr(looking, "_BYTES", 1_000)
    rows = pl.DataFrame({"text": ["x" * 600] * 9})
    show(look, rows, 1)
    assert len(look._files) == 4, "two at a time, and one is held"


def test_a_type_that_widens_is_not_looked_at(look: Looking[pl.DataFrame]) -> None:
    show(look, ROWS)
    look.see(pl.DataFrame({"n": [0.5], "text": ["a"]}), pl.Schema({"n": pl.Float64, "text": pl.String}))
    look.end()
    assert look.found(96) is None


def test_rows_that_were_not_shown_are_missed(look: Looking[pl.DataFrame]) -> None:
    show(look, ROWS)
    look.end()
    assert look.found(96) is None


def test_nobody_looks_before_the_end_or_where_nothing_was_shown(look: Looking[pl.DataFrame]) -> None:
    show(look, ROWS)
    assert look.found(95) is None
    with_nothing = Looking(all_of)
    with_nothing.end()
    assert with_nothing.found(0) is None
    with_nothing.close()


def test_what_cannot_be_written_disturbs_nobody(look: Looking[pl.DataFrame], tmp_path: Path) -> None:
    next(tmp_path.iterdir()).rmdir()
    show(look, ROWS)
    look.end()
    assert look.found(95) is None


def test_what_the_work_raises_is_raised() -> None:
    def fails(rows: pl.LazyFrame, go_on: Callable[[], None]) -> None:
        raise ValueError(str(rows.collect().height))

    look = Looking(fails)
    show(look, ROWS)
    look.end()
    with pytest.raises(ValueError, match="95"):
        look.found(95)
    look.close()


def test_closing_ends_the_work_between_two_parts_of_it() -> None:
    begun, ended = threading.Event(), []

    def works(rows: pl.LazyFrame, go_on: Callable[[], None]) -> None:
        begun.set()
        try:
            while True:
                rows.collect()
                go_on()
        except Cancelled as error:
            ended.append(str(error))

    look = Looking(works)
    show(look, ROWS)
    look.end()
    assert begun.wait(60)
    look.close()
    assert ended == ["Nobody waits for this any more."]
