"""The spool: what was finished survives a kill, what was synced survives a power loss."""

from __future__ import annotations

import inspect
import random
import shutil
import threading
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pytest

from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.errors import SpoolError
from fetchtozip_gui.core.replay import parts_of
from fetchtozip_gui.core.spool import Spool
from fetchtozip_gui.core.spool_rows import pack
from fetchtozip_gui.core.work import Kept, Part

ROWS = 7
SYNC_PAGES = 20


def plain_disk() -> Disk:
    return Disk(threading.Event(), lambda said: None)


def part(number: int, **more: object) -> Part:
    frame = pl.DataFrame({"id": range(number * ROWS, number * ROWS + ROWS), "text": [f"ä{number}"] * ROWS})
    fields = {"first_page": number + 1, "pages": 1, "bytes": 100, "cursor": {"page": number + 2}}
    return Part(frame, **{**fields, "hashes": (f"{number:04x}",), **more})


def add(spool: Spool, item: Part) -> None:
    spool.schema = item.frame.schema
    spool.add(item, pack(item.frame))


def ids(spool: Spool) -> list[int]:
    return [value for frame in spool.frames() for value in frame["id"].to_list()]


def test_parts_come_back_in_order_and_say_where_to_go_on(tmp_path: Path) -> None:
    with Spool(tmp_path, "k", plain_disk()) as spool:
        for number in range(5):
            add(spool, part(number, total_rows=35))
    with Spool(tmp_path, "k", plain_disk()) as spool:
        assert ids(spool) == list(range(35))
        done = spool.done()
        assert (done.pages, done.rows, done.bytes, done.total_rows) == (5, 35, 500, 35)
        assert done.cursor == {"page": 6}
        assert done.hashes == ("0000", "0001", "0002", "0003", "0004")
        assert done.schema == pl.Schema({"id": pl.Int64, "text": pl.String})
        assert spool.ended is None


def test_a_scan_has_the_union_of_the_types(tmp_path: Path) -> None:
    with Spool(tmp_path, "k", plain_disk()) as spool:
        add(spool, part(0))
        wider = Part(pl.DataFrame({"id": [0.5], "more": [True]}), first_page=2, pages=1, bytes=1)
        spool.schema = pl.Schema({"id": pl.Float64, "text": pl.String, "more": pl.Boolean})
        spool.add(wider, pack(wider.frame))
    with Spool(tmp_path, "k", plain_disk()) as spool:
        assert spool.schema == pl.Schema({"id": pl.Float64, "text": pl.String, "more": pl.Boolean})
        rows = spool.scan().collect()
        assert rows["id"].to_list() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.5]
        assert rows["more"].to_list() == [None] * 7 + [True]
        assert spool.scan().filter(pl.col("id") > 5).select("text").collect().height == 1
        assert spool.scan().head(3).collect().height == 3


def test_a_scan_unpacks_small_parts_together_and_large_ones_apart(tmp_path: Path) -> None:
    def scanned(folder: Path, text: str, count: int) -> list[int]:
        with Spool(folder, "k", plain_disk()) as spool:
            for number in range(count):
                frame = pl.DataFrame({"id": [number] * ROWS, "text": [text] * ROWS})
                add(spool, Part(frame, first_page=number + 1, pages=1, bytes=1))
            parts = parts_of(spool.scan())
            assert parts is not None
            frames = [make() for make in parts(["id"])]
        assert pl.concat(frames)["id"].to_list() == [number for number in range(count) for _ in range(ROWS)]
        return [frame.height for frame in frames]

    assert scanned(tmp_path / "small", "ä", 4_000) == [25_004, 2_996]
    assert scanned(tmp_path / "large", random.Random(1).randbytes(1_500_000).hex(), 3) == [ROWS] * 3


def test_the_end_is_remembered(tmp_path: Path) -> None:
    with Spool(tmp_path, "k", plain_disk()) as spool:
        add(spool, part(0))
        spool.end(limited=True)
    with Spool(tmp_path, "k", plain_disk()) as spool:
        assert spool.ended == {"limited": True}


def test_rows_of_another_source_are_refused(tmp_path: Path) -> None:
    Spool(tmp_path, "k", plain_disk()).close()
    with pytest.raises(SpoolError, match="another source"):
        Spool(tmp_path, "other", plain_disk())


def test_kept_pages_wait_for_their_part(tmp_path: Path) -> None:
    with Spool(tmp_path, "k", plain_disk()) as spool:
        add(spool, part(0))
        for page in (2, 3):
            spool.keep(Kept(page, b"x" * page, {"next": page}, f"d{page}"))
    with Spool(tmp_path, "k", plain_disk()) as spool:
        assert spool.done().kept == (Kept(2, b"xx", {"next": 2}, "d2"), Kept(3, b"xxx", {"next": 3}, "d3"))
        add(spool, part(1, first_page=2, pages=2))
        spool.keep(Kept(4, b"y", {}, "d4"))
        assert [kept.page for kept in spool.done().kept] == [4]
        spool.end()
    assert not list(tmp_path.glob("kept-*"))


def test_kept_pages_do_not_pile_up(tmp_path: Path) -> None:
    body = bytes(150_000)
    with Spool(tmp_path, "k", plain_disk()) as spool:
        for number in range(200):
            spool.keep(Kept(number + 1, body, {}, ""))
            if number % 2:
                add(spool, part(number // 2, first_page=number, pages=2))
        assert sum(path.stat().st_size for path in tmp_path.glob("kept-*")) < 12_000_000


def test_files_of_rows_have_a_bounded_size(tmp_path: Path) -> None:
    for _ in range(2):  # the second time it goes on in a file that exists
        with Spool(tmp_path, "k", plain_disk(), file_bytes=1500) as spool:
            start = spool.parts
            for number in range(start, start + 6):
                add(spool, part(number))
    assert len(list(tmp_path.glob("rows-*.bin"))) > 2
    with Spool(tmp_path, "k", plain_disk()) as spool:
        assert ids(spool) == list(range(12 * ROWS))


def test_a_manifest_torn_at_any_byte_is_a_shorter_one(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    with Spool(whole, "k", plain_disk()) as spool:
        for number in range(4):
            add(spool, part(number))
        spool.end()
    text = (whole / "manifest.jsonl").read_bytes()
    header = text.index(b"\n") + 1
    lengths = set()
    for cut in range(header, len(text), 7):
        torn = tmp_path / f"torn-{cut}"
        shutil.copytree(whole, torn)
        (torn / "manifest.jsonl").write_bytes(text[:cut])
        with Spool(torn, "k", plain_disk()) as spool:
            assert ids(spool) == list(range(spool.parts * ROWS))
            lengths.add(spool.parts)
            for number in range(spool.parts, 5):
                add(spool, part(number))
        with Spool(torn, "k", plain_disk()) as spool:
            assert ids(spool) == list(range(5 * ROWS))
    assert lengths == {0, 1, 2, 3, 4}


class Forgetful(Disk):
    """A disk that can lose its power: `crash` leaves what was synced, and of the rest what chance leaves.

    `skip` names one place in the source that syncs; that sync is left out, to see that something misses it.
    """

    def __init__(self, skip: int = 0) -> None:
        super().__init__(threading.Event(), lambda said: None)
        self.safe: dict[Path, bytes] = {}
        self.named: set[Path] = set()
        self.places: set[int] = set()
        self.skip = skip
        self.files: list[BinaryIO] = []

    def open(self, path: Path, mode: str = "w+b") -> BinaryIO:
        self.files.append(super().open(path, mode))
        return self.files[-1]

    def _left_out(self) -> bool:
        frame = inspect.currentframe()
        assert frame is not None
        assert frame.f_back is not None
        assert frame.f_back.f_back is not None
        line = hash((frame.f_back.f_back.f_code.co_filename, frame.f_back.f_back.f_lineno))
        self.places.add(line)
        return line == self.skip

    def sync(self, file: BinaryIO) -> None:
        if not self._left_out():
            self.safe[Path(file.name)] = Path(file.name).read_bytes()

    def sync_folder(self, folder: Path) -> None:
        if not self._left_out():
            self.named |= set(folder.iterdir())

    def crash(self, folder: Path, chance: random.Random) -> None:
        for file in self.files:
            file.close()
        for path in list(folder.iterdir()):
            if path not in self.named and chance.random() < 0.5:
                path.unlink()
                continue
            safe = self.safe.get(path, b"")
            now = path.read_bytes()
            if now.startswith(safe) and chance.random() < 0.5:
                kept = now[: chance.randint(len(safe), len(now))]  # some of the rest had reached the disk
                path.write_bytes(kept)
            else:
                path.write_bytes(safe)


def live_and_crash(folder: Path, seed: int, skip: int = 0) -> tuple[set[int], bool]:
    """Write a random number of parts, lose the power, open again; whether all that was promised is there."""
    chance = random.Random(seed)
    disk = Forgetful(skip)
    spool = Spool(folder, "k", disk, file_bytes=4000, sync_pages=SYNC_PAGES)
    count = chance.choice([1, 2, chance.randint(3, 30)])
    closed = chance.random() < 0.5
    promised = page = 0
    for number in range(count):
        for page in range(5 * number + 1, 5 * number + 6):
            spool.keep(Kept(page, b"z" * chance.choice([10, 150_000]), {}, "d"))
            promised = promised if spool.unsynced_pages else page
        if number < count - 1 or not closed:
            add(spool, part(number, first_page=5 * number + 1, pages=5))
            promised = promised if spool.unsynced_pages else page
    ended = closed and chance.random() < 0.3
    if ended:
        add(spool, part(count - 1, first_page=5 * count - 4, pages=5))
        spool.end()
    if closed:
        spool.close()
        promised = page
    disk.crash(folder, chance)
    try:
        with Spool(folder, "k", plain_disk()) as again:
            right = ids(again) == list(range(again.parts * ROWS))
            done = again.done()
            pages = done.pages + len(done.kept)
            right = right and pages >= promised >= page - SYNC_PAGES and (again.ended is not None or not ended)
            right = right and [kept.page for kept in done.kept] == list(range(done.pages + 1, pages + 1))
    except (SpoolError, KeyError, pl.exceptions.PolarsError):
        right = False
    return disk.places, right


def test_a_power_loss_takes_at_most_what_was_not_synced(tmp_path: Path) -> None:
    for seed in range(100):
        assert live_and_crash(tmp_path / str(seed), seed)[1], f"seed {seed}"


def test_every_sync_is_needed(tmp_path: Path) -> None:
    places = set().union(*(live_and_crash(tmp_path / f"all-{seed}", seed)[0] for seed in range(40)))
    assert len(places) >= 6
    for place in places:
        outcomes = (live_and_crash(tmp_path / f"{place}-{seed}", seed, place)[1] for seed in range(100))
        assert not all(outcomes), f"nothing misses the sync {place}"
