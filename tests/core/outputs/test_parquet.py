"""Parquet: bounded row groups, the same bytes, readers other than Polars, no thread left behind."""

from __future__ import annotations

import errno
import io
import threading
from collections.abc import Callable
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from fetchtozip_gui.core.errors import NoRoom, OutputError
from fetchtozip_gui.core.outputs import FORMATS
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.outputs.parquet import _Feed

Write = Callable[..., Any]
OPTIONS = FileOutput(format="parquet")


def names() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "parquet"]


def test_row_groups_are_bounded_and_do_not_depend_on_the_frames(write: Write) -> None:
    table = pl.select(pl.int_range(300_000).alias("a"), pl.int_range(300_000).hash().alias("b"))
    one = write("parquet", table, [100_000])
    assert one.data == write("parquet", table, [100_000, 100_001, 250_000]).data
    read = pq.ParquetFile(io.BytesIO(one.data))
    groups = [read.metadata.row_group(number).num_rows for number in range(read.num_row_groups)]
    assert groups == [131_072, 131_072, 37_856]
    assert read.metadata.row_group(0).column(0).compression == "ZSTD"
    assert names() == []


def test_wide_rows_make_short_row_groups(write: Write) -> None:
    table = pl.DataFrame({"a": ["x" * 10_000] * 5_000})
    read = pq.ParquetFile(io.BytesIO(write("parquet", table).data))
    groups = [read.metadata.row_group(number).num_rows for number in range(read.num_row_groups)]
    assert len(groups) > 1
    assert all(1_024 <= rows < 2_000 for rows in groups[:-1])


def test_columns_without_values_and_tables_without_rows(write: Write) -> None:
    empty = pl.DataFrame(schema={"a": pl.Int64, "n": pl.Null, "l": pl.List(pl.Null)})
    assert pl.read_parquet(io.BytesIO(write("parquet", empty).data)).equals(empty)
    nulls = pl.DataFrame({"a": [None, None], "n": [None, None]}, schema={"a": pl.String, "n": pl.Null})
    data = write("parquet", nulls).data
    assert pl.read_parquet(io.BytesIO(data)).equals(nulls)
    assert pq.read_table(io.BytesIO(data)).to_pylist() == [{"a": None, "n": None}] * 2


def test_what_other_readers_cannot_read_is_text_and_told(write: Write) -> None:
    table = pl.DataFrame(
        {
            "huge": pl.Series([2**100, None], dtype=pl.Int128),
            "empty": pl.Series([{}, None], dtype=pl.Struct({})),
            "deep": pl.Series([[2**100], None], dtype=pl.List(pl.Int128)),
            "fine": [1, 2],
        }
    )
    made = write("parquet", table)
    assert pq.read_table(io.BytesIO(made.data)).to_pylist() == [
        {"huge": str(2**100), "empty": "{}", "deep": f"[{2**100}]", "fine": 1},
        {"huge": None, "empty": None, "deep": None, "fine": 2},
    ]
    assert made.notes == ["Parquet has no type for the values of `huge`, `empty`, `deep`; they are written as text."]


def test_abort_leaves_no_thread() -> None:
    table = pl.DataFrame({"a": range(1000)})
    for chunks in (0, 1, 5):
        writer = FORMATS["parquet"].open(io.BytesIO(), table.schema, OPTIONS)
        for _ in range(chunks):
            writer.write(writer.encode(table, 0))
        writer.abort()
        assert names() == []


def test_a_writer_that_waits_is_woken_when_the_sink_is_gone() -> None:
    feed = _Feed()
    for _ in range(2):
        feed.put(pl.DataFrame())
    waiting = threading.Thread(target=feed.put, args=(pl.DataFrame(),))
    waiting.start()
    feed.leave()
    waiting.join(timeout=5)
    assert not waiting.is_alive()


class Full(io.BytesIO):
    """A disk that takes some bytes and then none."""

    def __init__(self, room: int, error: Exception) -> None:
        super().__init__()
        self._room = room
        self._error = error

    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > self._room:
            raise self._error
        return super().write(data)


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), NoRoom("The disk is full.")])
def test_a_full_disk_is_told_as_it_is_and_nobody_waits_for_ever(error: Exception) -> None:
    table = pl.select(pl.int_range(200_000).hash().alias("a"))
    writer = FORMATS["parquet"].open(Full(100_000, error), table.schema, OPTIONS)

    def everything() -> None:
        for _ in range(20):
            writer.write(writer.encode(table, 0))
        writer.close()

    with pytest.raises(type(error)) as told:
        everything()
    assert told.value is error
    writer.abort()
    assert names() == []


def test_frames_of_another_schema_are_an_error_in_words() -> None:
    writer = FORMATS["parquet"].open(io.BytesIO(), pl.Schema({"a": pl.Int64}), OPTIONS)

    def everything() -> None:
        writer.write(writer.encode(pl.DataFrame({"b": ["x"]}), 0))
        writer.close()

    with pytest.raises(OutputError, match="The Parquet file cannot be written: "):
        everything()
    assert names() == []
