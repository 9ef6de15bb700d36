"""The whole job, from a real server to a file: what comes out, what is said, and what an interruption costs."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import shutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from disks import Full, Killed, Mortal

from fetchtozip_gui.core import spool, spool_rows
from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.errors import PartialResult, RecipeError, StepError
from fetchtozip_gui.core.events import Delivered, Event, Fetched, Said, Shaped, Wrote
from fetchtozip_gui.core.pipeline import run
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.work import Tools

FORMATS = ("csv", "tsv", "json", "jsonl", "xlsx", "parquet", "avro", "zip")
PAGES = 30
KILLS = 200 if os.environ.get("FETCHTOZIP_TESTS") == "endurance" else 40


def rows(page: int, count: int = 20) -> list[dict[str, Any]]:
    """A page of awkward rows; some pages are large enough to be a part of their own."""
    long = "ö" * (15_000 if page % 7 == 0 else 30)
    return [
        {"id": page * 1000 + n, "code": f"00{n}", "text": f'{long}, "{n}"', "price": n / 4, "none": None}
        for n in range(count)
    ]


def recipe(url: str, steps: list[dict[str, Any]] | None = None, **more: Any) -> Recipe:
    source = {"type": "http", "url": url, "pagination": {"type": "page"}, "rate_limit": None, "retries": 0}
    output = more.pop("output", {"type": "file"})
    return Recipe.parse({"name": "t", "source": {**source, **more}, "steps": steps or [], "output": output})


def deliver(wanted: Recipe, folder: Path, name: str, tools: Tools | None = None, **options: Any) -> list[Event]:
    return list(run(wanted, folder / "job", folder / name, tools or Tools(), **options))


def csv_rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_it_says_what_happens_in_order(serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([rows(1), rows(2), rows(3, 5)], total=45)
    events = deliver(recipe(server.url), tmp_path, "out.csv")
    kinds = [type(event) for event in events]
    assert kinds.index(Fetched) < kinds.index(Shaped) < kinds.index(Wrote) < kinds.index(Delivered) == len(kinds) - 1
    last = [event for event in events if isinstance(event, Fetched)][-1]
    assert (last.pages, last.rows, last.total_rows) == (3, 45, 45)
    end = events[-1]
    assert isinstance(end, Delivered)
    assert end.verdict.words == "Complete: 45 of 45 rows"
    assert end.columns == (
        ("id", "integer"),
        ("code", "string"),
        ("text", "string"),
        ("price", "number"),
        ("none", "any"),
    )
    assert [row["id"] for row in csv_rows(tmp_path / "out.csv")] == [
        str(row["id"]) for page in (1, 2, 3) for row in rows(page)[: 5 if page == 3 else 20]
    ]


class Seen:
    """An onlooker."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.schemas: list[pl.Schema] = []
        self.ended = 0

    def see(self, rows: pl.DataFrame, schema: pl.Schema) -> None:
        self.rows += rows["id"].to_list()
        self.schemas.append(schema)

    def end(self) -> None:
        self.ended += 1


def test_an_onlooker_sees_all_rows_before_the_result_is_there(serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([rows(page) for page in range(1, 15)])
    seen = Seen()
    steps = [{"type": "filter", "where": "id < 2000"}]
    for event in run(recipe(server.url, steps), tmp_path / "job", tmp_path / "out.csv", Tools(onlooker=seen)):
        if isinstance(event, Delivered):
            assert seen.ended == 1
    assert seen.rows == [page * 1000 + n for page in range(1, 15) for n in range(20)]
    assert seen.schemas[-1].names() == ["id", "code", "text", "price", "none"]


def test_an_onlooker_is_shown_nothing_where_some_was_fetched_before(serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([rows(7), rows(14), rows(3, 5)])
    begun = run(recipe(server.url), tmp_path / "job", tmp_path / "out.csv", Tools())
    next(event for event in begun if isinstance(event, Fetched))
    begun.close()  # type: ignore[attr-defined]
    seen = Seen()
    deliver(recipe(server.url), tmp_path, "out.csv", Tools(onlooker=seen))
    assert (seen.rows, seen.ended) == ([], 0)


def test_types_widened_late_write_everything_again_and_say_so(serve_pages: Any, tmp_path: Path) -> None:
    many = [[{"id": 1000 * page + n, "pad": "x" * 20_000} for n in range(20)] for page in range(6)]
    many[5][19] = {"id": "last", "pad": "", "more": 1.5}
    server = serve_pages(many)
    events = deliver(recipe(server.url), tmp_path, "out.json")
    said = [event.text for event in events if isinstance(event, Said)]
    assert any("`id`" in text and "integer" in text and "string" in text for text in said)
    found = json.loads((tmp_path / "out.json").read_text())
    assert [row["id"] for row in found] == [str(row["id"]) for page in many for row in page]
    assert [row["more"] for row in found] == [None] * 119 + [1.5]
    assert sorted(server.asked) == sorted({*server.asked})


def test_large_integers_that_meet_floats_later_lose_no_digit(serve_pages: Any, tmp_path: Path) -> None:
    large = [[{"n": 2**53 + 1 + page, "pad": "x" * 20_000} for _ in range(20)] for page in range(3)]
    large.append([{"n": 0.5, "pad": ""}])
    server = serve_pages(large)
    deliver(recipe(server.url), tmp_path, "out.json")
    found = [row["n"] for row in json.loads((tmp_path / "out.json").read_text())]
    assert found == [str(2**53 + 1 + page) for page in range(3) for _ in range(20)] + ["0.5"]
    deliver(recipe(server.url), tmp_path, "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "out.json").read_bytes()


def test_steps_of_rows_and_of_the_whole_table(serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([rows(1), rows(2)])
    steps: list[dict[str, Any]] = [
        {"type": "filter", "where": "price > 1"},
        {"type": "derive", "name": "page", "expression": "id / 1000"},
        {"type": "columns", "columns": [{"column": "code", "name": "sku", "change_order": 0}]},
        {"type": "sort", "by": [{"column": "id", "descending": True}]},
    ]
    deliver(recipe(server.url, steps), tmp_path, "out.csv")
    found = csv_rows(tmp_path / "out.csv")
    assert list(found[0]) == ["sku", "id", "text", "price", "none", "page"]
    assert [row["id"] for row in found] == [str(p * 1000 + n) for p in (2, 1) for n in range(19, 4, -1)]


def test_few_rows_of_many_wait_for_the_next_and_stay_in_order(serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([[{"id": page * 2000 + n, "pad": "x" * 100} for n in range(2000)] for page in range(12)])
    steps = [{"type": "filter", "where": "id % 7 = 0"}]
    for name in ("out.json", "out.xlsx", "out.csv"):
        events = deliver(recipe(server.url, steps, page_limit=12), tmp_path, name)
        assert events[-1].rows == 3429
    found = [row["id"] for row in json.loads((tmp_path / "out.json").read_text())]
    assert found == list(range(0, 24_000, 7))
    assert [int(row["id"]) for row in csv_rows(tmp_path / "out.csv")] == found
    assert pl.read_excel(tmp_path / "out.xlsx")["id"].to_list() == found


def test_a_changed_step_fetches_nothing_again(serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([rows(1), rows(2)])
    deliver(recipe(server.url), tmp_path, "out.csv")
    asked = len(server.asked)
    steps = [{"type": "columns", "columns": [{"column": "id"}], "rest": "drop"}]
    deliver(recipe(server.url, steps), tmp_path, "out.json")
    assert len(server.asked) == asked
    assert json.loads((tmp_path / "out.json").read_text())[0] == {"id": 1000}


def test_unknown_columns_are_named_with_what_there_is(serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([rows(1)])
    with pytest.raises(StepError, match=r"steps\.0 \(sort\).*`prise`") as caught:
        deliver(recipe(server.url, [{"type": "sort", "by": "prise"}]), tmp_path, "out.csv")
    assert "price" in str(caught.value)
    assert not list(tmp_path.glob("*.csv"))


def test_a_failed_page_is_a_partial_result_and_no_file(serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([rows(1), rows(2), 500, rows(4)], total=80)
    with pytest.raises(PartialResult, match=r"page 3.* failed with 500; 40 rows kept"):
        deliver(recipe(server.url), tmp_path, "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["job"]
    events = deliver(recipe(server.url), tmp_path, "out.csv", accept_partial=True)
    assert isinstance(events[-1], Delivered)
    assert events[-1].verdict.state == "partial"
    assert len(csv_rows(tmp_path / "out.csv")) == 40
    server.pages[2] = rows(3)
    server.asked.clear()
    events = deliver(recipe(server.url), tmp_path, "out.csv")
    assert events[-1].verdict.words == "Complete: 80 of 80 rows"
    assert set(server.asked) & {1, 2} == set()


def test_rows_that_the_source_owes_are_missed(serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([rows(1), rows(2, 3)], total=90)
    with pytest.raises(PartialResult, match="declares 90 rows and sent 23; 67 are missing"):
        deliver(recipe(server.url), tmp_path, "out.csv")


def test_no_rows_are_an_empty_file_and_said(serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([[]])
    events = deliver(recipe(server.url, [{"type": "sort", "by": "id"}]), tmp_path, "out.json")
    assert events[-1].verdict.state == "empty"
    assert (tmp_path / "out.json").read_text() == "[]\n"


def test_what_is_not_in_this_version_says_so_before_anything_runs(serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([rows(1)])
    steps = [{"type": "sql", "engine": "spark", "query": "select * from input"}]
    with pytest.raises(RecipeError, match=r"steps\.0\.engine: spark is not in this version"):
        deliver(recipe(server.url, steps), tmp_path, "out.csv")
    assert server.asked == []


def test_asking_for_no_more_removes_what_is_half_written(serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([rows(page) for page in range(1, PAGES + 1)])
    (tmp_path / "out.csv").write_text("the old one")
    for stop_after in (1, 3, 5, 6):
        job = run(recipe(server.url), tmp_path / "job", tmp_path / "out.csv", Tools())
        for _ in range(stop_after):
            next(job)
        job.close()
        assert (tmp_path / "out.csv").read_text() == "the old one"
        assert {path.name for path in tmp_path.iterdir()} == {"out.csv", "job"}
    deliver(recipe(server.url), tmp_path, "out.csv")
    assert len(csv_rows(tmp_path / "out.csv")) == 20 * PAGES


def killed_at(wanted: Recipe, place: Path, copy: Path, name: str, point: int) -> int:
    """Run until the `point`-th act of the disk; `copy` holds what a kill there leaves. The acts of a whole run."""
    disk = Mortal(point, lambda: shutil.copytree(place, copy))
    try:
        deliver(wanted, place, name, Tools(disk=disk))
    except Killed:
        return 0
    return disk.count


def content(path: Path) -> bytes:
    """What has to be the same: all bytes, but for the ZIP's manifest, which tells when the job began."""
    if path.suffix != ".zip":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return archive.read("data.csv")


@pytest.mark.parametrize("name", FORMATS)
def test_a_kill_at_any_point_costs_nothing_that_was_finished(name: str, serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([rows(page) for page in range(1, PAGES + 1)])
    wanted = recipe(server.url, concurrency=2)
    file = f"out.{name}"
    acts = killed_at(wanted, tmp_path / "whole", tmp_path / "none", file, 10**9)
    expected = content(tmp_path / "whole" / file)
    assert acts > 50
    points = [*random.Random(name).sample(range(1, acts), min(KILLS, acts) - 1), acts - 1]
    for point in points:
        place, copy = tmp_path / f"run-{point}", tmp_path / f"left-{point}"
        place.mkdir()
        (place / file).write_text("the old one")
        if killed_at(wanted, place, copy, file, point):
            # how often is synced depends on the time: this run was over sooner, and dies after its last act
            shutil.copytree(place, copy)
        assert (copy / file).read_bytes() in (b"the old one", (tmp_path / "whole" / file).read_bytes()) or (
            name == "zip" and content(copy / file) == expected
        )
        kept = finished_pages(copy / "job" / "spool")
        server.asked.clear()
        deliver(wanted, copy, file)
        assert content(copy / file) == expected
        assert not set(server.asked) & kept
        left = {path.name for path in copy.iterdir()}
        assert left == {file, "job"}
        shutil.rmtree(place)
        shutil.rmtree(copy)


def finished_pages(spool: Path) -> set[int]:
    """The pages that the manifest and the waiting room hold, as far as none is missing between them."""
    from fetchtozip_gui.core.spool import Spool

    manifest = spool / "manifest.jsonl"
    if not manifest.exists() or b"\n" not in manifest.read_bytes():
        return set()
    key = json.loads(manifest.read_bytes().split(b"\n")[0].split(b" ", 1)[1])["header"]["source"]
    copy = spool.with_name("looked-at")
    shutil.copytree(spool, copy)
    with Spool(copy, key, Disk(threading.Event(), lambda said: None)) as found:
        done = found.done()
    shutil.rmtree(copy)
    waiting = {page.page for page in done.kept}
    last = next(page for page in range(done.pages, PAGES + 2) if page + 1 not in waiting)
    return set(range(1, last + 1))


def test_rows_on_disk_are_read_once_for_steps_over_all_of_them(
    serve_pages: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve_pages([rows(page) for page in range(1, 9)])
    wanted = recipe(server.url, [{"type": "sort", "by": ["price", "id"]}])
    deliver(wanted, tmp_path, "out.csv")
    expected = content(tmp_path / "out.csv")
    read: list[int] = []
    unpacked = spool_rows.unpacked
    monkeypatch.setattr(
        spool_rows, "unpacked", lambda line, *rest: (read.append(line.first_page), unpacked(line, *rest))[1]
    )
    monkeypatch.setattr(spool, "unpacked", spool_rows.unpacked)
    deliver(wanted, tmp_path, "out.csv")
    assert content(tmp_path / "out.csv") == expected
    assert read
    assert len(read) == len(set(read))


@pytest.mark.parametrize("name", FORMATS)
def test_a_full_disk_pauses_the_job_and_says_so(name: str, serve_pages: Any, tmp_path: Path) -> None:
    server = serve_pages([rows(page) for page in range(1, 9)])
    deliver(recipe(server.url), tmp_path / "whole", f"out.{name}")
    expected = content(tmp_path / "whole" / f"out.{name}")
    for at in range(1, 60, 6):
        said: list[Said] = []
        place = tmp_path / str(at)
        deliver(recipe(server.url), place, f"out.{name}", Tools(disk=Full(at, said)))
        assert content(place / f"out.{name}") == expected
        assert not said or ["full" in said[0].text, "room again" in said[-1].text] == [True, True]
        shutil.rmtree(place)


@pytest.fixture(autouse=True)
def _no_threads_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    ours = ("ahead", "beside", "fetch", "http", "parquet", "work")
    left = [thread for thread in threading.enumerate() if thread.name.startswith(ours) and thread not in before]
    for thread in left:
        thread.join(10)  # some are told to end, and not waited for
    assert [thread.name for thread in left if thread.is_alive()] == []


def test_a_frame_of_the_practice_source_is_what_it_served(practice: str, tmp_path: Path) -> None:
    wanted = Recipe.parse(
        {
            "name": "p",
            "source": {
                "type": "http",
                "url": f"{practice}/practice/online-retail?page=1&limit=500&rows=3000",
                "rate_limit": None,
            },
            "output": {"type": "file", "format": "parquet"},
        }
    )
    events = deliver(wanted, tmp_path, "out.parquet")
    assert events[-1].verdict.words == "Complete: 3,000 of 3,000 rows"
    from fetchtozip_gui.api.practice_data import rows as generated

    served = generated(0, 3000)
    found = pl.read_parquet(tmp_path / "out.parquet")
    assert found.columns == served.columns
    assert found["StockCode"].to_list() == served["StockCode"].to_list()
    assert found["CustomerID"].to_list() == served["CustomerID"].to_list()
