"""Parquet with zstd, written by Polars' streaming sink from a short queue, so that memory stays flat."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from io import RawIOBase
from typing import TYPE_CHECKING, BinaryIO, cast

import polars as pl
from polars.io.plugins import register_io_source

from fetchtozip_gui.core.errors import Cancelled, OutputError
from fetchtozip_gui.core.outputs import values

if TYPE_CHECKING:
    from fetchtozip_gui.core.datapackage import About
    from fetchtozip_gui.core.outputs.file import FileOutput

_AHEAD = 2
_GROUP_BYTES = 16 * 1024 * 1024
_GROUP_ROWS = 1_024, 131_072
_AS_TEXT = "Parquet has no type for {}; they are written as text."


class Parquet:
    """Types are kept, times with their zone. Row groups hold at most 131,072 rows or about 16 MiB, whatever the
    frames were that came. Integers over 64 bits and objects without fields, which others cannot read, become text.
    """

    name = "parquet"
    suffix = ".parquet"
    media_type = "application/vnd.apache.parquet"

    def open(self, file: BinaryIO, schema: pl.Schema, options: FileOutput) -> ParquetWriter:
        return ParquetWriter(file, schema)


class ParquetWriter:
    """Frames go in here, a thread of its own runs the sink that takes them out."""

    def __init__(self, file: BinaryIO, schema: pl.Schema) -> None:
        self.notes: list[str] = []
        self._target = _Target(file)
        self._feed = _Feed()
        self._error: BaseException | None = None
        self._sink: threading.Thread | None = None
        converted = [name for name, dtype in schema.items() if values.holds(dtype, _unreadable)]
        self._plan = [_text(name, schema[name]).alias(name) for name in converted]
        if converted:
            self.notes.append(_AS_TEXT.format("the values of " + ", ".join(f"`{name}`" for name in converted)))
        plain = pl.Schema({name: pl.String() if dtype == pl.Object else dtype for name, dtype in schema.items()})
        self._schema = pl.LazyFrame(schema=plain).with_columns(self._plan).collect_schema()

    def encode(self, frame: pl.DataFrame, first_row: int) -> pl.DataFrame:
        frame = values.without_objects(frame)
        return frame.with_columns(self._plan) if self._plan else frame

    def write(self, chunk: pl.DataFrame) -> int:
        before = self._target.written
        if chunk.height:
            self._start(chunk)
            self._feed.put(chunk)
            self._check()
        return self._target.written - before

    def _start(self, first: pl.DataFrame) -> None:
        if self._sink is not None:
            return
        fewest, most = _GROUP_ROWS
        rows = min(max(_GROUP_BYTES * first.height // max(first.estimated_size(), 1), fewest), most)
        self._sink = threading.Thread(target=self._run, args=(rows,), name="parquet", daemon=True)
        self._sink.start()

    def _run(self, group_rows: int) -> None:
        # named as Polars calls them; there is nothing to push down, for the sink takes all
        def frames(
            with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
        ) -> Iterator[pl.DataFrame]:
            yield from self._feed

        try:
            rows = register_io_source(frames, schema=self._schema, is_pure=False)
            rows.sink_parquet(
                cast("BinaryIO", self._target), compression="zstd", row_group_size=group_rows, engine="streaming"
            )
        except BaseException as error:
            self._error = error
        finally:
            self._feed.leave()

    def _check(self) -> None:
        if self._error is None:
            return
        if self._target.error is not None:
            raise self._target.error  # what the file itself said, not Polars' words for it
        raise OutputError(f"The Parquet file cannot be written: {str(self._error).splitlines()[0]}") from self._error

    def close(self, about: About | None = None) -> None:
        self._start(self._schema.to_frame())
        self._end(None)
        self._check()

    def abort(self) -> None:
        self._end(Cancelled("The job was cancelled."))

    def _end(self, error: BaseException | None) -> None:
        self._feed.end(error)
        if self._sink is not None:
            self._sink.join()


class _Feed:
    """Frames between the writer and the sink: at most a few wait, and neither side waits for one that is gone."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frames: deque[pl.DataFrame] = deque()
        self._ended = False
        self._left = False
        self._error: BaseException | None = None

    def put(self, frame: pl.DataFrame) -> None:
        with self._changed:
            self._changed.wait_for(lambda: len(self._frames) < _AHEAD or self._left)
            self._frames.append(frame)
            self._changed.notify_all()

    def end(self, error: BaseException | None) -> None:
        with self._changed:
            self._ended = True
            self._error = error
            self._changed.notify_all()

    def leave(self) -> None:
        """The taker is gone."""
        with self._changed:
            self._left = True
            self._changed.notify_all()

    def __iter__(self) -> Iterator[pl.DataFrame]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._frames or self._ended)
                if self._error is not None:
                    raise self._error
                if not self._frames:
                    return
                frame = self._frames.popleft()
                self._changed.notify_all()
            yield frame


class _Target(RawIOBase):
    """The file as Polars sees it: it writes through the file's own `write` and keeps what went wrong there."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.written = 0
        self.error: BaseException | None = None

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, data: object, /) -> int:
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        try:
            self._file.write(view)
        except BaseException as error:
            self.error = error
            raise
        self.written += len(view)
        return len(view)


def _unreadable(dtype: pl.DataType) -> bool:
    return dtype in (pl.Int128, pl.UInt128, pl.Object) or (isinstance(dtype, pl.Struct) and not dtype.fields)


def _text(name: str, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(name)
    return values.json_text(value, dtype) if dtype.is_nested() else value.cast(pl.String)
