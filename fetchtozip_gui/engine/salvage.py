"""Reads what can still be read of a damaged jobs database, row by row, and never writes to it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

_MOST_FAILURES = 1_000
"""Rows after which a stretch that cannot be read is taken for the end: some 20 ms, and far more than a page holds."""
_MOST_ROWS = 200_000
"""Of one table: pages that point at each other must not be read for ever."""
_TABLES = {"jobs": 6, "kept": 3}


def salvage(damaged: Path, healthy: Path) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The readable rows of `jobs` and `kept`, whose sums are the caller's to check.

    `healthy` is a database of the same schema, just made: its first page holds the same header and table roots, so
    it stands in where the damaged file's own is what is lost.
    """
    with tempfile.TemporaryDirectory(prefix="salvage-", dir=healthy.parent) as place:
        copy = Path(place) / "copy.sqlite"
        found: dict[str, dict[int, tuple[Any, ...]]] = {table: {} for table in _TABLES}
        for graft in (False, True):
            _copy(damaged, copy)
            if graft and not _graft(copy, healthy):
                break
            for table, width in _TABLES.items():
                for rowid, row in _rows(copy, table, width):
                    found[table].setdefault(rowid, row)
            if found["kept"]:  # it always holds the version: the first page is good, and no graft is needed
                break
    return list(found["jobs"].values()), list(found["kept"].values())


def _copy(damaged: Path, copy: Path) -> None:
    for end in ("", "-wal"):
        Path(f"{copy}{end}").unlink(missing_ok=True)
        with suppress(OSError):
            shutil.copyfile(f"{damaged}{end}", f"{copy}{end}")
    Path(f"{copy}-shm").unlink(missing_ok=True)


def _graft(copy: Path, healthy: Path) -> bool:
    try:
        with copy.open("r+b") as file, closing(sqlite3.connect(healthy)) as connection:
            size = connection.execute("PRAGMA page_size").fetchone()[0]
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            page = bytearray(healthy.read_bytes()[:size])
            pages = -(-copy.stat().st_size // size)
            page[28:32] = pages.to_bytes(4, "big")  # the database's size in pages: sqlite.org/fileformat2.html
            page[32:40] = bytes(8)  # no list of free pages, which are the other file's
            file.write(page)
            file.truncate(pages * size)
    except (OSError, sqlite3.Error):
        return False
    return True


def _rows(copy: Path, table: str, width: int) -> list[tuple[int, tuple[Any, ...]]]:
    found: dict[int, tuple[Any, ...]] = {}
    with closing(sqlite3.connect(copy)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        for read in (_from_end, _one_by_one):
            for row in read(connection, table):
                if len(row) == width + 1:
                    found.setdefault(int(row[0]), row[1:])
    return list(found.items())


def _from_end(connection: sqlite3.Connection, table: str) -> Iterator[tuple[Any, ...]]:
    """All rows up to the first bad page, from either end: this looks at no keys, which may be what is damaged."""
    for order in ("ASC", "DESC"):
        query = f"SELECT rowid, * FROM {table} NOT INDEXED ORDER BY rowid {order} LIMIT {_MOST_ROWS}"
        with suppress(sqlite3.DatabaseError):
            yield from connection.execute(query)


def _one_by_one(connection: sqlite3.Connection, table: str) -> Iterator[tuple[Any, ...]]:
    """Each row looked up on its own, so that a bad page in the middle costs its own rows and no others."""
    query = f"SELECT rowid, * FROM {table} NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT 1"
    last = failures = 0
    while failures < _MOST_FAILURES:
        try:
            row = connection.execute(query, (last,)).fetchone()
        except sqlite3.DatabaseError:
            last, failures = last + 1, failures + 1
            continue
        if row is None:
            break
        last, failures = max(last + 1, int(row[0])), 0
        yield row
