"""A file is read once, in a worker process, and looked at lazily ever after."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from fetchtozip_gui.core.errors import Cancelled, FetchToZipError, RecipeError, SourceError
from fetchtozip_gui.core.events import Fetched
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.reading import Reading, readings, tidy


@pytest.fixture
def engine(folder: Folder) -> Iterator[Engine]:
    engine = Engine(folder)
    yield engine
    engine.close()


def source(path: Path) -> dict[str, str]:
    return {"type": "file", "path": str(path)}


def a_file(tmp_path: Path, rows: int = 3) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("id,city\n" + "".join(f"{n},Oslo\n" for n in range(rows)))
    return path


def test_a_file_is_read_once_for_each_state_of_it(engine: Engine, tmp_path: Path) -> None:
    path, heard = a_file(tmp_path), []
    read = Reading(engine, source(path)).run(heard.append)
    assert read.rows == 3
    assert read.columns == (("id", "integer"), ("city", "string"))
    assert read.lazy().collect()["id"].to_list() == [0, 1, 2]
    assert heard[-1].rows == 3
    heard.clear()
    assert Reading(engine, source(path)).run(heard.append) == read
    assert not heard
    # nothing but the rows and the words about them stays
    assert not (read.path.parent / "spool").exists()
    a_file(tmp_path, rows=4)
    assert Reading(engine, source(path)).run(heard.append).rows == 4
    assert engine.jobs() == []


def test_what_cannot_be_read_says_why(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.csv cannot be read"):
        Reading(engine, source(tmp_path / "gone.csv")).run(lambda _: None)
    with pytest.raises(RecipeError, match="is a folder"):
        Reading(engine, source(tmp_path)).run(lambda _: None)
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and no more")
    with pytest.raises(FetchToZipError, match=r"broken\.parquet"):
        Reading(engine, source(broken)).run(lambda _: None)


def test_a_stopped_reading_goes_on_where_it_was(engine: Engine, tmp_path: Path) -> None:
    path = a_file(tmp_path, rows=4_000_000)
    begun, ended = threading.Event(), []
    reading = Reading(engine, source(path))

    def hear(event: Fetched) -> None:
        begun.set()
        reading.stop()

    try:
        ended.append(reading.run(hear))
    except Cancelled as error:
        ended.append(error)
    assert begun.is_set()
    assert isinstance(ended[0], Cancelled)
    assert Reading(engine, source(path)).run(lambda _: None).rows == 4_000_000
    early = Reading(engine, source(tmp_path / "orders.csv"))
    a_file(tmp_path, rows=5)
    early.stop()
    with pytest.raises(Cancelled):
        early.run(lambda _: None)


def test_rows_that_nobody_looks_at_are_let_go(engine: Engine, tmp_path: Path) -> None:
    read = Reading(engine, source(a_file(tmp_path))).run(lambda _: None)
    assert tidy(engine.folder) == 0
    assert pl.scan_parquet(read.path).collect().height == 3
    os.utime(read.path.parent, (1, 1))
    assert tidy(engine.folder) == 1
    assert not any(readings(engine.folder).iterdir())
