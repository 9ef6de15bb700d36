"""The one folder where everything outlives a run: where it is, what lies where in it, and who may use which part."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fetchtozip_gui.core.errors import FolderError, NoSuchJob, NoSuchUpload
from fetchtozip_gui.engine.lock import Lock

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_ID = re.compile(rf"[{_DIGITS}]{{13}}")


@dataclass(frozen=True, slots=True)
class Folder:
    """The data folder.

        jobs.sqlite       every job's record
        vault.sqlite      secrets, encrypted
        practice.sqlite   what the practice source was told
        jobs/ID/          one job's own folder: job.json, spool/, result/
        uploads/ID/       one uploaded file, and what was made of it
        logs/             what happened, as JSON lines
        locks/            who writes where

    All of it belongs to the user alone (mode 0700) where the system has such modes.
    """

    root: Path

    @classmethod
    def find(cls, data_dir: Path | str | None = None, environment: Mapping[str, str] = os.environ) -> Folder:
        """`data_dir` if given, else `FETCHTOZIP_HOME`, else the place the system has for such data."""
        chosen = data_dir or environment.get("FETCHTOZIP_HOME")
        if chosen:
            return cls(Path(chosen).expanduser().absolute())
        import platformdirs  # heavy: 3 MB, not needed when the place is told

        return cls(platformdirs.user_data_path("fetchtozip", appauthor=False))

    @property
    def jobs(self) -> Path:
        return self.root / "jobs"

    @property
    def uploads(self) -> Path:
        return self.root / "uploads"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def locks(self) -> Path:
        return self.root / "locks"

    @property
    def database(self) -> Path:
        return self.root / "jobs.sqlite"

    @property
    def vault(self) -> Path:
        return self.root / "vault.sqlite"

    @property
    def practice(self) -> Path:
        return self.root / "practice.sqlite"

    def prepare(self) -> Folder:
        """Make what is missing; `FolderError` where that cannot be."""
        try:
            # a folder that was there before keeps its mode: it may be one the user shares on purpose
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for part in (self.jobs, self.uploads, self.logs, self.locks):
                part.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise FolderError(
                f"{self.root}: cannot be used as the data folder: {error.strerror}.",
                "Choose another one with --data-dir or FETCHTOZIP_HOME.",
            ) from error
        return self

    # --- jobs ---------------------------------------------------------------------------------------------------

    def job(self, job_id: str) -> Path:
        """The folder of a job; `NoSuchJob` for anything that is not an id, so that no name leads out of here."""
        if not _ID.fullmatch(job_id):
            raise NoSuchJob(f"There is no job {job_id[:40]!r}.")
        return self.jobs / job_id

    def new_job(self) -> str:
        """Make a job's folder and return its id: 13 characters, later ones sort behind earlier ones."""
        return _new(self.jobs, "job")

    def job_ids(self) -> list[str]:
        """Every job that has a folder, oldest first."""
        return _ids(self.jobs)

    # --- uploads ------------------------------------------------------------------------------------------------

    def upload(self, upload_id: str) -> Path:
        """The folder of an upload; `NoSuchUpload` for anything that is not an id, as with jobs."""
        if not _ID.fullmatch(upload_id):
            raise NoSuchUpload(f"There is no uploaded file {upload_id[:40]!r}.", "Upload it first.")
        return self.uploads / upload_id

    def new_upload(self) -> str:
        """Make an upload's folder and return its id, made as those of jobs are."""
        return _new(self.uploads, "upload")

    def upload_ids(self) -> list[str]:
        """Every upload that has a folder, oldest first."""
        return _ids(self.uploads)

    # --- locks --------------------------------------------------------------------------------------------------

    def own(self) -> Lock:
        """For the window or the server: only one of them uses a folder at a time."""
        return Lock.take(self.locks / "front", f"The data folder {self.root}")

    def lock_job(self, job_id: str, *, wait: float = 0.2) -> Lock:
        """For the process that keeps a job's record while the job is queued or running."""
        return Lock.take(self.job(job_id) / "job.lock", f"The job {job_id}", wait=wait)

    def is_idle(self, job_id: str) -> bool:
        """Whether no process keeps this job's record or writes in its folder."""
        folder = self.job(job_id)
        return Lock.is_free(folder / "job.lock") and Lock.is_free(writing_lock(folder))

    def lock_destination(self, destination: Path) -> Lock:
        """For the job that writes `destination`: two at once would take each other's half-written file away."""
        name = hashlib.blake2b(os.path.normcase(destination).encode("utf-8", "surrogatepass"), digest_size=12)
        return Lock.take(self.locks / f"to-{name.hexdigest()}", f"The destination {destination}", keep=False)

    def lock_database(self) -> Lock:
        """For the moment in which the jobs' database is opened, checked and, if need be, set aside."""
        return Lock.take(self.locks / "database", f"The database {self.database}", wait=30)


def writing_lock(job_folder: Path) -> Path:
    """Locked by the process in which the job's generator runs, which may outlive a killed engine by a moment."""
    return job_folder / "writing.lock"


def lock_writing(job_folder: Path) -> Lock:
    """Become the one that writes in a job's folder; the worker of a killed engine has 5 seconds to leave."""
    return Lock.take(writing_lock(job_folder), f"The job {job_folder.name}", wait=5)


def size_of(path: Path) -> int:
    """Bytes of all files under `path`, or of the file itself; what vanishes meanwhile counts nothing."""
    total = 0
    try:
        if not path.is_dir():
            return path.stat().st_size
        for entry in os.scandir(path):
            if entry.is_dir(follow_symlinks=False):
                total += size_of(Path(entry.path))
            else:
                total += entry.stat(follow_symlinks=False).st_size
    except OSError:
        return total
    return total


def _new(parent: Path, what: str) -> str:
    while True:
        new_id = _digits(time.time_ns() // 1_000_000, 9) + _digits(secrets.randbits(20), 4)
        try:
            (parent / new_id).mkdir(mode=0o700)
        except FileExistsError:
            continue
        except OSError as error:
            raise FolderError(f"{parent}: no {what} can be kept there: {error.strerror}.") from error
        return new_id


def _ids(parent: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in os.scandir(parent) if _ID.fullmatch(entry.name))
    except OSError:
        return []


def _digits(number: int, width: int) -> str:
    text = ""
    for _ in range(width):
        number, digit = divmod(number, 32)
        text = _DIGITS[digit] + text
    return text
