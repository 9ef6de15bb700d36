"""A run that was stopped anywhere goes on there: the same rows and parts, and no finished page is asked for again."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from itertools import islice
from typing import Any

import polars as pl
import pytest
from paged_api import PagedApi
from raw_server import RawServer

from fetchtozip_gui.core.http.parsing import UNIT
from fetchtozip_gui.core.schema import unite
from fetchtozip_gui.core.sources.http import HttpSource
from fetchtozip_gui.core.work import Done, Failed, Kept, Limited, Part, Tools, Yielded

PAGINATIONS: dict[str, Any] = {
    "page": {"type": "page", "size": 4},
    "offset": {"type": "offset", "limit": 4},
    "cursor": {"type": "cursor", "cursor": "$.next_cursor", "param": "cursor"},
    "link": {"type": "link"},
    "next_url": {"type": "next_url", "next": "$.next"},
    "auto": "auto",
}


def source(url: str, **fields: Any) -> HttpSource:
    return HttpSource.model_validate({"url": url, "rate_limit": None, "page_limit": None, "proxy": "", **fields})


def done_after(items: list[Yielded], before: Done | None = None) -> Done:
    """What a spool would know after these, each cursor having been through JSON."""
    done = before or Done()
    parts = [item for item in items if isinstance(item, Part)]
    pages = done.pages + sum(part.pages for part in parts)
    kept = [*done.kept, *(item for item in items if isinstance(item, Kept))]
    schema = done.schema
    for part in parts:
        schema = part.frame.schema if schema is None else unite(schema, part.frame.schema)
    return Done(
        pages=pages,
        rows=done.rows + sum(part.frame.height for part in parts),
        bytes=done.bytes + sum(part.bytes for part in parts),
        cursor=json.loads(json.dumps(parts[-1].cursor if parts else done.cursor)),
        hashes=(*done.hashes, *(digest for part in parts for digest in part.hashes)),
        kept=tuple(Kept(k.page, k.body, json.loads(json.dumps(k.cursor)), k.digest) for k in kept if k.page > pages),
        schema=schema,
    )


def cuts(items: list[Yielded]) -> list[tuple[int, int, int, Any, Any]]:
    found = [item for item in items if isinstance(item, Part)]
    return [(part.first_page, part.pages, part.bytes, part.hashes, part.total_rows) for part in found]


def ids(items: list[Yielded]) -> list[int]:
    return [value for item in items if isinstance(item, Part) for value in item.frame["id"].to_list()]


def width(page: int) -> int:
    """Rows wide enough that three or four pages make a part, and every seventh page is one by itself."""
    return UNIT // 4 if page % 7 == 0 else UNIT // 15


@pytest.mark.parametrize("style", PAGINATIONS)
def test_it_goes_on_after_every_item(style: str) -> None:
    kind = "cursor" if style == "auto" else style
    with PagedApi(117, size=4, style=kind, widths=width) as api:
        recipe = source(api.url, pagination=PAGINATIONS[style], concurrency=3)
        whole = list(recipe.read(Tools(), Done()))
        assert ids(whole) == api.wanted()
        for stop in range(1, len(whole)):
            api.asked.clear()
            with closing(recipe.read(Tools(), Done())) as items:
                first = list(islice(items, stop))
            done = done_after(first)
            finished = done.pages + len(done.kept)
            before = {page: api.asked[page] for page in range(1, finished + 1)}
            rest = list(recipe.read(Tools(), done))
            assert ids(first) + ids(rest) == api.wanted(), stop
            assert cuts(first) + cuts(rest) == cuts(whole), stop
            assert {page: api.asked[page] for page in range(1, finished + 1)} == before, stop
            assert all(item.page > finished for item in rest if isinstance(item, Kept))
            assert not isinstance(rest[-1], (Failed, Limited))


def test_it_goes_on_again_and_again() -> None:
    with PagedApi(117, size=4, widths=width) as api:
        recipe = source(api.url, pagination=PAGINATIONS["page"])
        done, rows = Done(), []
        for _ in range(200):
            with closing(recipe.read(Tools(), done)) as items:
                some = list(islice(items, 6))
            if not some:
                break
            rows += ids(some)
            done = done_after(some, done)
    assert rows == api.wanted()
    assert done.pages == 30


def test_a_finished_source_is_asked_nothing() -> None:
    for kind in ("page", "cursor"):
        with PagedApi(40, style=kind) as api:
            recipe = source(api.url, pagination=PAGINATIONS[kind] if kind == "cursor" else {"type": "page", "size": 10})
            done = done_after(list(recipe.read(Tools(), Done())))
            api.asked.clear()
            assert list(recipe.read(Tools(), done)) == []
            assert not api.asked


def test_a_page_that_repeats_one_of_the_run_before_is_noticed() -> None:
    def repeats(page: int, wire: Any) -> bool:
        if page != 20:
            return False
        wire.answer(json.dumps({"data": api.page(2), "page": 20, "total": 117}, ensure_ascii=False).encode())
        return True

    with PagedApi(117, size=4, widths=width, before=repeats) as api:
        recipe = source(api.url, pagination=PAGINATIONS["page"])
        with closing(recipe.read(Tools(), Done())) as items:
            done = done_after(list(islice(items, 12)))
        assert done.pages > 2
        last = list(recipe.read(Tools(), done))[-1]
        assert isinstance(last, Failed)
        assert "Page 20 is the same as page 2" in last.error.message


def test_a_page_that_repeats_one_that_was_put_aside_is_noticed() -> None:
    def repeats(page: int, wire: Any) -> bool:
        if page != 9:
            return False
        wire.answer(json.dumps({"data": api.page(2), "page": 9, "total": 60}, ensure_ascii=False).encode())
        return True

    with PagedApi(60, size=4, before=repeats) as api:
        recipe = source(api.url, pagination=PAGINATIONS["page"])
        with closing(recipe.read(Tools(), Done())) as items:
            done = done_after(list(islice(items, 6)))
        assert [page.page for page in done.kept][:2] == [1, 2]
        last = list(recipe.read(Tools(), done))[-1]
        assert isinstance(last, Failed)
        assert "Page 9 is the same as page 2" in last.error.message


def test_a_circle_that_began_in_the_run_before_is_noticed() -> None:
    def ring(wire: Any) -> None:
        here = int(wire.ask.query("cursor", "0"))
        wire.answer(json.dumps({"data": [{"id": len(server.seen)}], "next_cursor": f"{(here + 1) % 5}"}).encode())

    with RawServer({"ring": ring}) as server:
        recipe = source(server.url("ring"), pagination=PAGINATIONS["cursor"])
        with closing(recipe.read(Tools(), Done())) as items:
            done = done_after(list(islice(items, 5)))
        rest = list(recipe.read(Tools(), done))
        assert isinstance(rest[-1], Failed)
        assert "goes round in a circle" in rest[-1].error.message


def test_a_cancelled_run_goes_on_with_what_was_put_aside() -> None:
    hang, stop = threading.Event(), threading.Event()

    def before(page: int, wire: Any) -> bool:
        if page == 9 and not hang.is_set():
            stop.set()
            wire.server.closing.wait(20)
        return False

    with PagedApi(60, size=4, style="next_url", before=before) as api:
        recipe = source(api.url, pagination=PAGINATIONS["next_url"])
        items: list[Yielded] = []
        with pytest.raises(Exception, match="cancelled"):
            items.extend(item for item in _collecting(recipe.read(Tools(stop=stop), Done()), items))
        hang.set()
        done = done_after(items)
        assert [page.page for page in done.kept] == list(range(1, 9))
        assert ids(list(recipe.read(Tools(), done))) == api.wanted()
        assert {api.asked[page] for page in range(1, 9)} == {1}


def _collecting(source: Any, into: list[Yielded]) -> Any:
    for item in source:
        into.append(item)
        yield from ()


def test_types_known_from_the_run_before_are_kept() -> None:
    def make(number: int, width: int) -> dict[str, Any]:
        return {"id": number, "n": 0.5 if number < 4 else number, "pad": "x" * width}

    with PagedApi(40, size=4, make=make, widths=lambda page: UNIT // 4) as api:
        recipe = source(api.url, pagination=PAGINATIONS["page"])
        with closing(recipe.read(Tools(), Done())) as items:
            done = done_after(list(islice(items, 4)))
        frames = [item.frame for item in recipe.read(Tools(), done) if isinstance(item, Part)]
    assert all(frame.schema["n"] == pl.Float64 for frame in frames)
