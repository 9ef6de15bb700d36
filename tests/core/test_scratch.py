"""Rows put aside between two steps: read again any number of times, and gone in the end."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import polars as pl

from fetchtozip_gui.core.replay import CHUNK_ROWS, chunks, reading
from fetchtozip_gui.core.scratch import Scratch


def test_kept_rows_are_read_any_number_of_times(tmp_path: Path) -> None:
    asked = []
    frame = pl.DataFrame({"n": range(60_000), "l": [[1]] * 60_000})

    def read(wanted: object) -> object:
        asked.append(1)
        yield frame

    with Scratch(tmp_path / "s") as scratch:
        kept = scratch.keep(reading(frame.schema, read))  # type: ignore[arg-type]
        assert kept.collect().equals(frame)
        assert kept.select(pl.col("n").sum()).collect().item() == sum(range(60_000))
        assert kept.head(3).collect().height == 3
        assert len(asked) == 1
    assert not (tmp_path / "s").exists()


def test_what_a_killed_process_left_is_removed_first(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "old").write_text("")
    with Scratch(tmp_path / "s") as scratch:
        folder = scratch.folder()
        assert list((tmp_path / "s").iterdir()) == [folder]


def test_nothing_is_made_before_it_is_needed_and_nothing_stays(tmp_path: Path) -> None:
    with Scratch(tmp_path / "s"):
        assert not (tmp_path / "s").exists()
    scratch = Scratch()
    folder = scratch.folder()
    assert folder.exists()
    del scratch
    gc.collect()
    assert not folder.exists()


def test_chunks_have_one_size_whatever_they_come_from() -> None:
    frame = pl.DataFrame({"n": range(2 * CHUNK_ROWS + 5)})
    pieces = reading(frame.schema, lambda wanted: frame.iter_slices(999))
    assert [part.height for part in chunks(pieces)] == [CHUNK_ROWS, CHUNK_ROWS, 5]
    assert pl.concat(chunks(pieces)).equals(frame)


def test_rows_are_packed_in_threads_and_noted_in_order(tmp_path: Path) -> None:
    class Sums:
        threads: ClassVar[set[str]] = set()
        found: ClassVar[list[int]] = []

        def of(self, frame: pl.DataFrame) -> int:
            self.threads.add(threading.current_thread().name)
            return int(frame["n"].sum())

        def add(self, note: int) -> None:
            self.found.append(note)

    frame = pl.DataFrame({"n": range(10 * CHUNK_ROWS)})
    rows = reading(frame.schema, lambda wanted: frame.iter_slices(CHUNK_ROWS))
    with ThreadPoolExecutor(2, "work") as pool, Scratch(tmp_path / "s", pool=pool) as scratch:
        kept = scratch.keep(rows, Sums())
        assert pl.concat(chunks(kept)).equals(frame)
    assert Sums.found == [int(part["n"].sum()) for part in frame.iter_slices(CHUNK_ROWS)]
    assert all(name.startswith("work") for name in Sums.threads)
