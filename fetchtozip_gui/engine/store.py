"""The jobs' database: one SQLite file that survives a kill, and whose damage is noticed, set aside and repaired."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from fetchtozip_gui.core.errors import FolderError
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.salvage import salvage

VERSION = 1
_BUSY_SECONDS = 10.0
_VERSION_ROW = " version"
_SCHEMA = """
CREATE TABLE jobs (
  id TEXT PRIMARY KEY, serial INTEGER NOT NULL, state TEXT NOT NULL, revision INTEGER NOT NULL,
  document TEXT NOT NULL, digest TEXT NOT NULL
);
CREATE TABLE kept (
  name TEXT PRIMARY KEY, document TEXT NOT NULL, digest TEXT NOT NULL
);
CREATE INDEX jobs_serial ON jobs (serial);
"""
_SAVE = """
INSERT INTO jobs VALUES (?, (SELECT coalesce(max(serial), 0) + 1 FROM jobs), ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET serial = excluded.serial, state = excluded.state, revision = excluded.revision,
  document = excluded.document, digest = excluded.digest
WHERE excluded.revision >= jobs.revision
"""
_REMEMBER = "INSERT INTO kept VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET document = ?2, digest = ?3"

Result = TypeVar("Result")


class Store:
    """Job records and what recipes remember between runs.

    SQLite checks no sums, so every row carries its own: a flipped byte is found, not believed. A file that cannot be
    read is renamed to `jobs.damaged-TIME.sqlite`, never deleted; a new one is begun with all rows that were whole,
    and with the `job.json` that every job's folder holds besides. `notes` says so, in sentences.
    """

    def __init__(self, folder: Folder, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._seen = 0
        self.notes: list[str] = []
        with folder.lock_database():
            self._connection = self._open()

    # --- jobs ---------------------------------------------------------------------------------------------------

    def save(self, job: Job) -> None:
        """Keep this snapshot, unless a newer one is there already."""
        text = job.text()
        row = (job.id, job.state, job.revision, text, _digest(job.id, job.state, text))
        self._do(lambda connection: connection.execute(_SAVE, row))

    def save_beside(self, job: Job) -> None:
        """Keep this snapshot in the job's own folder too, from where a damaged database is completed."""
        path = self._folder.job(job.id) / "job.json"
        fresh = path.with_suffix(".new")
        with suppress(OSError):  # the second copy; a full disk must not end a job that the database has
            fresh.write_text(job.text(), encoding="utf-8")
            fresh.replace(path)

    def jobs(self) -> list[Job]:
        """All jobs, oldest first, also those that only their folders know."""
        found = {job.id: job for job in self.changed()}
        for job_id in self._folder.job_ids():
            job = found.get(job_id)
            if job is not None and not job.is_active:
                continue
            # a lost end of the write-ahead log is told by nothing but this newer copy
            beside = self._beside(job_id)
            if beside is not None and (job is None or beside.revision > job.revision):
                found[job_id] = beside
                self.save(beside)
        return [found[job_id] for job_id in sorted(found)]

    def changed(self) -> list[Job]:
        """The jobs that were saved since the last call, by this process or another."""

        def read(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
            query = "SELECT serial, id, state, document, digest FROM jobs WHERE serial > ? ORDER BY serial"
            return connection.execute(query, (self._seen,)).fetchall()

        rows = self._do(read)
        self._seen = max([self._seen, *(row[0] for row in rows)])
        return [job for row in rows if (job := _job(*row[1:])) is not None]

    def forget(self, job_id: str) -> None:
        """Remove a job's record, before its folder is removed."""
        self._do(lambda connection: connection.execute("DELETE FROM jobs WHERE id = ?", (job_id,)))
        with suppress(OSError):
            (self._folder.job(job_id) / "job.json").unlink(missing_ok=True)

    def _beside(self, job_id: str) -> Job | None:
        try:
            job = Job.read((self._folder.job(job_id) / "job.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return job if job.id == job_id else None

    # --- what recipes remember ----------------------------------------------------------------------------------

    def remember(self, name: str, value: Any) -> None:
        """Keep a JSON value under a name, such as the highest value an incremental recipe has seen."""
        text = json.dumps(value, ensure_ascii=False)
        self._do(lambda connection: connection.execute(_REMEMBER, (name, text, _digest(name, text))))

    def recall(self, name: str) -> Any:
        """The value kept under a name, or None."""
        query = "SELECT document, digest FROM kept WHERE name = ?"
        row = self._do(lambda connection: connection.execute(query, (name,)).fetchone())
        return json.loads(row[0]) if row is not None and row[1] == _digest(name, row[0]) else None

    def forget_value(self, name: str) -> None:
        """Remove what is kept under a name, if anything is."""
        self._do(lambda connection: connection.execute("DELETE FROM kept WHERE name = ?", (name,)))

    # --- the file -----------------------------------------------------------------------------------------------

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _do(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        with self._lock:
            try:
                return self._attempt(work)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise FolderError(f"{self._folder.database}: {error}.", "Make room, then try again.") from error
            # damaged while it was open: the same repair as at a start, and one more try
            self._connection.close()
            with self._folder.lock_database():
                self._connection = self._open()
            self._seen = 0
            try:
                return self._attempt(work)
            except sqlite3.DatabaseError as error:
                raise FolderError(f"{self._folder.database}: {error}.") from error

    def _attempt(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        with self._connection:
            return work(self._connection)

    def _open(self) -> sqlite3.Connection:
        path = self._folder.database
        if not path.exists():
            # a log without its database would be taken for the new one's
            return self._replace() if Path(f"{path}-wal").exists() else self._create()
        if not path.stat().st_size:
            return self._replace()
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
        try:
            if _is_whole(connection):
                _refuse_newer(connection, path)
                return _settled(connection)
        except FolderError:
            connection.close()
            raise
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                connection.close()
                raise FolderError(f"{path}: cannot be read: {error}.") from error
        connection.close()
        return self._replace()

    def _create(self) -> sqlite3.Connection:
        path = self._folder.database
        # made under another name, so that a kill leaves no half-made database behind that looks damaged
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        os.close(os.open(fresh, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(fresh)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")  # one sync of the whole file is enough
            connection.executescript(f"BEGIN;{_SCHEMA}COMMIT;")
            connection.execute(_REMEMBER, (_VERSION_ROW, str(VERSION), _digest(_VERSION_ROW, str(VERSION))))
            connection.commit()
        with fresh.open("r+b") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
        return _settled(sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False))

    def _replace(self) -> sqlite3.Connection:
        """Set the damaged file aside, begin a new one, and put into it what can be read of the old."""
        path = self._folder.database
        aside = _set_aside(path, self._clock())
        connection = self._create()
        jobs, kept = salvage(aside, path)
        whole = [row for row in jobs if _job(row[0], row[2], row[4], row[5]) is not None]
        with connection:
            connection.executemany("INSERT OR IGNORE INTO jobs VALUES (?, ?, ?, ?, ?, ?)", whole)
            connection.executemany(_REMEMBER, [row for row in kept if row[2] == _digest(row[0], row[1])])
        # the time of the damage is over only when the repair is on the disk
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.notes.append(
            f"The job database was damaged: it is set aside as {aside.name}, and {len(whole):,} jobs were taken over "
            "from it; the others are read from their own folders."
        )
        return connection


def _settled(connection: sqlite3.Connection) -> sqlite3.Connection:
    # after the check and not before: what is damaged is to be set aside as it was found
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    # the default of 2 MB is more than this database needs
    connection.execute("PRAGMA cache_size = -256")
    return connection


def _is_whole(connection: sqlite3.Connection) -> bool:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    if not {"jobs", "kept", "jobs_serial"} <= tables:
        return False
    if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        return False
    jobs = connection.execute("SELECT id, state, document, digest FROM jobs")
    if any(row[3] != _digest(*row[:3]) for row in jobs):
        return False
    return all(row[2] == _digest(*row[:2]) for row in connection.execute("SELECT name, document, digest FROM kept"))


def _refuse_newer(connection: sqlite3.Connection, path: Path) -> None:
    row = connection.execute("SELECT document FROM kept WHERE name = ?", (_VERSION_ROW,)).fetchone()
    if row is not None and int(row[0]) > VERSION:
        raise FolderError(
            f"{path}: was written by a later version of FetchToZip.", "Install that version, or use another folder."
        )


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Not what passes or has another cause: busy, full, read-only."""
    if isinstance(error, (sqlite3.ProgrammingError, sqlite3.IntegrityError)):
        return False
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_ERROR)


def _set_aside(path: Path, now: datetime) -> Path:
    stamp = now.strftime("%Y%m%dT%H%M%S")
    aside = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    counter = 1
    while aside.exists():
        counter += 1
        aside = path.with_name(f"{path.stem}.damaged-{stamp}-{counter}{path.suffix}")
    try:
        # the log first: a database without its log is old, a new one with a foreign log would be wrong
        for end in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{path}{end}").replace(f"{aside}{end}")
        with suppress(FileNotFoundError):
            path.replace(aside)
    except OSError as error:
        raise FolderError(
            f"{path}: is damaged and cannot be set aside: {error.strerror}.", "Close other copies of FetchToZip."
        ) from error
    return aside


def _job(job_id: Any, state: Any, document: Any, digest: Any) -> Job | None:
    if digest != _digest(job_id, state, document):
        return None
    try:
        return Job.read(document)
    except ValueError:
        return None


def _digest(*parts: Any) -> str:
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
