"""The job's own folder of fetched rows: checkpoint for resume, cache for other steps, ground for previews.

    manifest.jsonl    a line a finished part: where its rows are, which pages, how to go on; each with its checksum
    rows-0001.bin …   the parts' rows, each a complete Arrow IPC stream, one after another
    kept-1.bin …      small pages that wait to be parsed with their neighbours

A line is written after its rows, and a `synced` line after both were synced: what follows the last one is believed
only when its checksums agree, and cut off where they do not. So a kill loses nothing that was finished, and a power
loss at most what was not synced yet.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
from isal import isal_zlib

from fetchtozip_gui.core import schema as types
from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.errors import SpoolError
from fetchtozip_gui.core.replay import CHUNK_ROWS, Pending, Wanted, in_parts
from fetchtozip_gui.core.spool_kept import KeptPages
from fetchtozip_gui.core.spool_lines import Line, Manifest
from fetchtozip_gui.core.spool_rows import conformed, read_exactly, unpacked
from fetchtozip_gui.core.work import Done, Kept, Packed, Part

FILE_BYTES = 256 * 1024 * 1024
_UNPACKED_BYTES = 4 * 1024 * 1024
"""Packed parts that are unpacked together, where they have few rows: some 20 MB."""
SYNC_PAGES = 100
SYNC_SECONDS = 0.5
"""A power loss costs what was fetched in this time at most; of a source that is fast, so many pages of it."""


class Spool:
    """One job's fetched parts. One writer; readers may open the same folder while it grows.

    `key` says which source the rows are from: a folder with rows of another source is refused.
    """

    def __init__(
        self, folder: Path, key: str, disk: Disk, *, file_bytes: int = FILE_BYTES, sync_pages: int = SYNC_PAGES
    ) -> None:
        self._folder = folder
        self._sync_pages = sync_pages
        self._file_bytes = file_bytes
        self._disk = disk
        folder.mkdir(parents=True, exist_ok=True)
        self._manifest = Manifest(folder / "manifest.jsonl", disk)
        try:
            self.started = self._begun(key)
            self._lines = self._manifest.parts(self._intact)
            self._kept = KeptPages(folder, disk, after=self.pages)
            self.schema = self._union()
        except BaseException:
            self._manifest.close()
            raise
        self._rows: BinaryIO | None = None
        self._rows_name, self._rows_end = "", 0
        self._seen: tuple[pl.Schema, Any] = pl.Schema(), []
        self.unsynced_pages, self._synced_at = 0, time.monotonic()

    def _begun(self, key: str) -> datetime:
        """When the spool was begun: now, for an empty folder."""
        header = self._manifest.header
        if header is None:
            header = {"version": 1, "source": key, "started": datetime.now(UTC).isoformat(timespec="seconds")}
            self._manifest.begin(header)
        elif header["source"] != key:
            raise SpoolError(f"{self._folder} holds rows of another source.", "Use another folder or remove it.")
        return datetime.fromisoformat(header["started"])

    # --- what is there ------------------------------------------------------------------------------------------

    @property
    def pages(self) -> int:
        return self._lines[-1].last_page if self._lines else 0

    @property
    def rows(self) -> int:
        return self._lines[-1].rows_so_far if self._lines else 0

    @property
    def bytes(self) -> int:
        return self._lines[-1].bytes_so_far if self._lines else 0

    @property
    def parts(self) -> int:
        return len(self._lines)

    @property
    def total_rows(self) -> int | None:
        """How many rows the source declares, as it said last."""
        return self._lines[-1].total_rows if self._lines else None

    @property
    def total_pages(self) -> int | None:
        return self._lines[-1].total_pages if self._lines else None

    @property
    def ended(self) -> dict[str, Any] | None:
        """What was noted when the source had no more: nothing has to be fetched again."""
        return self._manifest.ended

    def done(self) -> Done:
        """Where a source goes on."""
        last = self._lines[-1] if self._lines else None
        return Done(
            pages=self.pages,
            rows=self.rows,
            bytes=self.bytes,
            cursor=dict(last.cursor) if last else {},
            hashes=tuple(digest for line in self._lines for digest in line.hashes),
            kept=tuple(self._kept.waiting),
            schema=self.schema if self._lines else None,
            total_rows=self.total_rows,
            total_pages=self.total_pages,
        )

    def frames(self) -> Iterator[pl.DataFrame]:
        """The rows part by part, as they were found; see `scan` for one schema over all."""
        for line, packed in self._packed():
            yield unpacked(line, packed)

    def scan(self) -> pl.LazyFrame:
        """All rows in order with the union of the types, read part by part while they are consumed."""
        schema = self.schema

        def parts(wanted: Wanted) -> Iterator[Pending]:
            some = schema if wanted is None else pl.Schema({name: schema[name] for name in wanted})
            held: list[tuple[Line, Packed]] = []
            rows = size = 0
            for line, packed in self._packed():
                held.append((line, packed))
                rows, size = rows + line.rows, size + line.length
                if rows >= CHUNK_ROWS or size >= _UNPACKED_BYTES:
                    yield partial(conformed, held, some, schema)
                    held, rows, size = [], 0, 0
            if held:
                yield partial(conformed, held, some, schema)

        return in_parts(schema, parts)

    def _packed(self) -> Iterator[tuple[Line, Packed]]:
        """The parts as they are kept."""
        open_name = ""
        file: BinaryIO | None = None
        try:
            for line in self._lines:
                if line.file != open_name:
                    if file is not None:
                        file.close()
                    open_name = line.file
                    file = self._open_rows(open_name)
                assert file is not None
                yield line, read_exactly(file, line)
        finally:
            if file is not None:
                file.close()

    def settle(self) -> None:
        """Widen the union where a part's values would not survive it, such as large integers among floats."""
        if len({json.dumps(line.schema) for line in self._lines}) > 1:
            for frame in self.frames():
                self.schema = types.widen_for(frame, self.schema)

    # --- growing ------------------------------------------------------------------------------------------------

    def keep(self, page: Kept) -> None:
        """Hold a small page until the part that contains it is added."""
        self._kept.add(page)
        self.unsynced_pages += 1
        self._sync_sometimes()

    def add(self, part: Part, packed: Packed) -> None:
        """Append a part; `packed` is `pack(part.frame)`. It counts from now on."""
        file = self._file_for_rows()
        self._disk.write(file, packed)
        line = Line(
            file=self._rows_name,
            at=self._rows_end,
            length=len(packed),
            crc=isal_zlib.crc32(packed),
            first_page=part.first_page,
            pages=part.pages,
            rows=part.frame.height,
            bytes=part.bytes,
            cursor=part.cursor,
            hashes=part.hashes,
            total_rows=part.total_rows if part.total_rows is not None else self.total_rows,
            total_pages=part.total_pages if part.total_pages is not None else self.total_pages,
            schema=self._as_json(part.schema or part.types),
            rows_so_far=self.rows + part.frame.height,
            bytes_so_far=self.bytes + part.bytes,
        )
        self._rows_end += len(packed)
        self._manifest.add(line)
        self._lines.append(line)
        self._kept.forget(line.last_page)
        self.unsynced_pages += part.pages
        self._sync_sometimes()

    def end(self, **notes: Any) -> None:
        """Note that the source has no more."""
        self._sync()
        self._manifest.end(notes)
        self._kept.clear()

    def close(self) -> None:
        """Sync what is there and let go of the files."""
        try:
            if self.unsynced_pages:
                self._sync()
        finally:
            if self._rows is not None:
                self._rows.close()
                self._rows = None
            self._kept.close()
            self._manifest.close()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- inside -------------------------------------------------------------------------------------------------

    def _union(self) -> pl.Schema:
        schema, seen = pl.Schema(), None
        for line in self._lines:
            if line.schema != seen:
                seen = line.schema
                schema = types.unite(schema, types.from_json(line.schema))
        return schema

    def _intact(self, line: Line) -> bool:
        try:
            with self._disk.open(self._folder / line.file, "rb") as file:
                return isal_zlib.crc32(read_exactly(file, line)) == line.crc
        except (OSError, SpoolError):
            return False

    def _open_rows(self, name: str) -> BinaryIO:
        try:
            return self._disk.open(self._folder / name, "rb")
        except FileNotFoundError:
            raise SpoolError(f"{self._folder / name} is gone.", "Run the job again without --resume.") from None

    def _file_for_rows(self) -> BinaryIO:
        if self._rows is not None and self._rows_end < self._file_bytes:
            return self._rows
        if self._rows is not None:
            self._disk.sync(self._rows)
            self._rows.close()
        last = self._lines[-1] if self._lines else None
        self._rows_name = last.file if last else "rows-0001.bin"
        self._rows_end = last.at + last.length if last else 0
        if self._rows_end >= self._file_bytes:
            self._rows_name, self._rows_end = f"rows-{int(self._rows_name[5:9]) + 1:04d}.bin", 0
        path = self._folder / self._rows_name
        self._rows = self._disk.open(path, "r+b" if path.exists() else "w+b")
        self._rows.truncate(self._rows_end)  # what a kill left behind the last finished part
        self._rows.seek(self._rows_end)
        self._disk.sync_folder(self._folder)
        return self._rows

    def _as_json(self, schema: pl.Schema) -> Any:
        before, known = self._seen
        if before is not schema:
            self._seen = schema, known if before == schema else types.to_json(schema)
        return self._seen[1]

    def _sync_sometimes(self) -> None:
        if self.unsynced_pages >= self._sync_pages or time.monotonic() - self._synced_at > SYNC_SECONDS:
            self._sync()

    def _sync(self) -> None:
        if self._rows is not None:
            self._disk.sync(self._rows)
        self._kept.sync()
        self._manifest.sync()
        self.unsynced_pages = 0
        self._synced_at = time.monotonic()
        self._kept.tidy()
