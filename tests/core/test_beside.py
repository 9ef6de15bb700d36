"""Rows that are judged while they arrive: the same bytes as when all are there, and none left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fetchtozip_gui.core.beside import Beside
from fetchtozip_gui.core.delivery import Delivery
from fetchtozip_gui.core.errors import RowsRejected, StepError
from fetchtozip_gui.core.events import Event, Fetched
from fetchtozip_gui.core.pipeline import run
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.replay import CHUNK_ROWS, chunks
from fetchtozip_gui.core.spool import Spool
from fetchtozip_gui.core.work import Tools

SCHEMA = pl.Schema({"n": pl.Int64()})


def frames(count: int, rows: int = CHUNK_ROWS) -> list[pl.DataFrame]:
    return [pl.DataFrame({"n": range(first * rows, (first + 1) * rows)}, schema=SCHEMA) for first in range(count)]


def walked(rows: pl.LazyFrame) -> Generator[pl.DataFrame, None, None]:
    yield from chunks(rows)


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    assert not [thread.name for thread in threading.enumerate() if thread.name == "beside"]


@pytest.mark.parametrize("rows", [1, 1_000, CHUNK_ROWS, 3 * CHUNK_ROWS])
def test_all_rows_go_through_in_order(rows: int) -> None:
    given = frames(8, rows)
    with closing(Beside(SCHEMA, walked)) as beside:
        made = [frame for one in given for frame in beside.give(one)]
        assert not beside.over
        made += beside.rest()
    assert pl.concat(made).equals(pl.concat(given))


def test_a_source_that_is_ahead_waits_for_the_walk() -> None:
    go = threading.Event()

    def slow(rows: pl.LazyFrame) -> Generator[pl.DataFrame, None, None]:
        go.wait()
        yield from chunks(rows)

    given: list[int] = []

    def give(beside: Beside) -> None:
        for number, one in enumerate(frames(9)):
            given.append(number)
            list(beside.give(one))

    with closing(Beside(SCHEMA, slow)) as beside:
        giver = threading.Thread(target=give, args=(beside,))
        giver.start()
        giver.join(0.2)
        assert given == [0]
        go.set()
        giver.join(30)
        assert len(given) == 9
        assert sum(frame.height for frame in beside.rest()) > 0


def test_what_ends_the_walk_is_raised_where_the_rest_is_asked_for() -> None:
    def failing(rows: pl.LazyFrame) -> Generator[pl.DataFrame, None, None]:
        yield next(chunks(rows))
        raise StepError("no")

    with closing(Beside(SCHEMA, failing)) as beside:
        for one in frames(9):
            list(beside.give(one))
        with pytest.raises(StepError, match="no"):
            list(beside.rest())
        assert beside.over


@pytest.mark.parametrize("rows", [1, 3 * CHUNK_ROWS])
def test_it_ends_wherever_it_is(rows: int) -> None:
    """Waiting for rows, and waiting for somebody who takes what it made."""
    ended = threading.Event()

    def walk(rows: pl.LazyFrame) -> Generator[pl.DataFrame, None, None]:
        try:
            yield from chunks(rows)
        finally:
            ended.set()

    beside = Beside(SCHEMA, walk)
    for one in frames(3, rows):
        next(beside.give(one), None)
    beside.close()
    assert ended.is_set()


# --- through a whole job ------------------------------------------------------------------------------------------

ROWS = 70_000
"""Some four blocks of a file."""
STEPS: list[dict[str, Any]] = [
    {
        "type": "validate",
        "on_error": "drop",
        "schema": {"id": {"unique": True}, "city": {"pattern": "^[A-Z]"}, "price": {"max": 900}},
    },
    {"type": "clean", "trim": True, "remove_duplicates": ["city", "price"], "outliers": "clip"},
]
Change = Callable[[int, dict[str, str]], object]


def file_of(folder: Path, change: Change = lambda number, row: None) -> Path:
    path = folder / "in.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,city,price,note\n")
        for number in range(ROWS):
            city = ("Rome", '" Oslo, NO"', "łódź", "Cork ")[number % 4]
            row = {"id": f"{number}", "city": city, "price": f"{number % 999}.5", "note": f"some words about {number}"}
            change(number, row)
            file.write(",".join(row.values()) + "\n")
    return path


def job(folder: Path, path: Path, steps: list[dict[str, Any]] = STEPS, name: str = "job") -> tuple[bytes, bytes]:
    recipe = Recipe.parse({"source": {"type": "file", "path": str(path)}, "steps": steps})
    list(run(recipe, folder / name, folder / f"{name}.csv", Tools()))
    assert not (folder / name / "scratch").exists()
    return (folder / f"{name}.csv").read_bytes(), (folder / f"{name}.rejects.csv").read_bytes()


@pytest.fixture
def read_back(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows there were each time they were read back."""
    found: list[int] = []
    scan = Spool.scan

    def counted(spool: Spool) -> pl.LazyFrame:
        found.append(spool.rows)
        return scan(spool)

    monkeypatch.setattr(Spool, "scan", counted)
    return found


def afterwards(folder: Path, path: Path, steps: list[dict[str, Any]] = STEPS) -> tuple[bytes, bytes]:
    """The same job, judged when all rows are there."""

    def late(*args: Any, **named: Any) -> Delivery:
        return Delivery(*args, **{**named, "arriving": False})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fetchtozip_gui.core.pipeline.Delivery", late)
        return job(folder, path, steps, "after")


def test_rows_are_judged_while_they_arrive_and_never_read_back(tmp_path: Path, read_back: list[int]) -> None:
    path = file_of(tmp_path)
    meanwhile = job(tmp_path, path)
    assert read_back == []
    assert meanwhile == afterwards(tmp_path, path)
    assert read_back == [ROWS]
    assert meanwhile[1].count(b"pattern") == ROWS // 2


def again(number: int, row: dict[str, str]) -> None:
    """The last value has been there."""
    row["id"] = "5" if number == ROWS - 1 else row["id"]


def shuffled(number: int, row: dict[str, str]) -> None:
    row["id"] = f"{number * 7919 % ROWS}"


def to_text(number: int, row: dict[str, str]) -> None:
    """Numbers that become texts in the last block."""
    row["note"] = f"{number}.50" if number < ROWS - 9 else "many"


@pytest.mark.parametrize("change", [again, shuffled, to_text])
def test_where_one_walk_does_not_do_all_are_read_back(change: Change, tmp_path: Path, read_back: list[int]) -> None:
    path = file_of(tmp_path, change)
    assert job(tmp_path, path) == afterwards(tmp_path, path)
    assert read_back == [ROWS, ROWS]
    assert job(tmp_path, path, name="next")[1].count(b"unique") == (2 if change is again else 0)


@pytest.mark.parametrize(
    "steps",
    [
        [{"type": "validate", "on_error": "report", "schema": {"city": {"pattern": "^[A-Z]"}}}],
        [{"type": "filter", "where": "price > 500"}, STEPS[0]],
        [STEPS[0], {"type": "sort", "by": [{"column": "price"}]}],
        [STEPS[0], {**STEPS[0], "schema": {"city": {"unique": True}}}],
    ],
    ids=["nothing after", "something before", "an engine after", "another judge after"],
)
def test_other_steps_around_it(steps: list[dict[str, Any]], tmp_path: Path, read_back: list[int]) -> None:
    path = file_of(tmp_path)
    meanwhile = job(tmp_path, path, steps)
    assert read_back == []
    assert meanwhile == afterwards(tmp_path, path, steps)


def test_a_job_that_is_to_fail_has_all_pages_and_the_whole_list(tmp_path: Path) -> None:
    path = file_of(tmp_path)
    recipe = Recipe.parse({"source": {"type": "file", "path": str(path)}, "steps": [{**STEPS[0], "on_error": "fail"}]})
    events: list[Event] = []
    with pytest.raises(RowsRejected) as caught:
        events.extend(run(recipe, tmp_path / "job", tmp_path / "job.csv", Tools()))
    assert [event.rows for event in events if isinstance(event, Fetched)][-1] == ROWS
    assert f"of {ROWS:,} rows break a rule" in caught.value.message
    assert (tmp_path / "job.rejects.csv").read_text().count("must match") == ROWS // 2
    assert not (tmp_path / "job.csv").exists()


def test_a_job_that_is_left_half_way_leaves_nothing_half_written(tmp_path: Path) -> None:
    path = file_of(tmp_path)
    recipe = Recipe.parse({"source": {"type": "file", "path": str(path)}, "steps": STEPS})
    with closing(run(recipe, tmp_path / "job", tmp_path / "job.csv", Tools())) as events:  # type: ignore[type-var]
        fetched = (event for event in events if isinstance(event, Fetched))
        next(fetched)
        next(fetched)
    assert {one.name for one in tmp_path.iterdir()} == {"in.csv", "job"}
    assert not (tmp_path / "job" / "scratch").exists()
    assert job(tmp_path, path) == afterwards(tmp_path, path)
