"""What of the data folder may go, by age and by size, and its removal."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from fetchtozip_gui.core.errors import FolderError, JobLocked
from fetchtozip_gui.engine.folder import Folder, size_of
from fetchtozip_gui.engine.job import Job

KEEP_UNFINISHED = timedelta(days=7)
"""How long a job that could go on is left alone, whatever was asked."""
KEEP_UNKNOWN = timedelta(days=1)
"""How long a job's folder without any record is left alone: it may be about to get one."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What was, or is to be, deleted: a whole job, a completed job's fetched pages, or a folder nobody knows."""

    job_id: str
    what: Literal["job", "pages", "unknown"]
    bytes: int


def plan(
    folder: Folder, jobs: Iterable[Job], now: datetime, max_age: timedelta | None, max_bytes: int | None
) -> list[Removed]:
    """What to delete, in this order: what is too old, then fetched pages of completed jobs, then whole jobs."""
    known = {job.id: job for job in jobs}
    sizes = {job_id: size_of(folder.job(job_id)) for job_id in folder.job_ids()}
    going = list(_unknown(folder, sizes, known, now))
    free = [job for job in known.values() if _may_go(folder, job, now)]
    free.sort(key=_ended)
    if max_age is not None:
        going += [Removed(job.id, "job", sizes.get(job.id, 0)) for job in free if now - _ended(job) > max_age]
    if max_bytes is not None:
        gone = {each.job_id for each in going}
        rest = [job for job in free if job.id not in gone]
        excess = sum(sizes.values()) - sum(each.bytes for each in going) - max_bytes
        going += _smaller(folder, rest, sizes, excess)
    return going


def _smaller(folder: Folder, jobs: list[Job], sizes: dict[str, int], excess: int) -> Iterator[Removed]:
    left = dict(sizes)
    for job in jobs:
        if excess <= 0:
            return
        pages = size_of(folder.job(job.id) / "spool") if job.state == "completed" else 0
        if pages:
            excess -= pages
            left[job.id] -= pages
            yield Removed(job.id, "pages", pages)
    for job in jobs:
        if excess <= 0:
            return
        excess -= left.get(job.id, 0)
        yield Removed(job.id, "job", left.get(job.id, 0))


def _unknown(folder: Folder, sizes: dict[str, int], known: dict[str, Job], now: datetime) -> Iterator[Removed]:
    for job_id, size in sizes.items():
        if job_id in known or not folder.is_idle(job_id):
            continue
        changed = datetime.fromtimestamp(folder.job(job_id).stat().st_mtime, UTC)
        if now - changed > KEEP_UNKNOWN:
            yield Removed(job_id, "unknown", size)


def _may_go(folder: Folder, job: Job, now: datetime) -> bool:
    if job.is_active or (job.can_go_on and now - _ended(job) < KEEP_UNFINISHED):
        return False
    return folder.is_idle(job.id)


def _ended(job: Job) -> datetime:
    return job.ended_at or job.created_at


def carry_out(folder: Folder, going: list[Removed], forget: Callable[[str], None]) -> list[Removed]:
    """Delete it, `forget`ting each whole job first; what somebody has begun to use meanwhile stays."""
    done = []
    for each in going:
        path = folder.job(each.job_id)
        if each.what == "pages":
            path /= "spool"
        try:
            if folder.job(each.job_id).exists():
                with folder.lock_job(each.job_id):
                    _remove(path, each, forget)
            else:
                forget(each.job_id)
        except (JobLocked, FolderError):
            continue
        delete(path)
        done.append(each)
    return done


def _remove(path: Path, each: Removed, forget: Callable[[str], None]) -> None:
    if each.what != "pages":
        # the record first: a job whose folder is half deleted must not be offered any more
        forget(each.job_id)
    delete(path)


def delete(path: Path) -> None:
    """Delete a folder as far as the system lets us; Windows keeps what is open, until the next cleaning."""
    shutil.rmtree(path, ignore_errors=True)
