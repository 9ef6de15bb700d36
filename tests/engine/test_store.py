"""The jobs' database: what is kept, and what becomes of it when the file is damaged."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fetchtozip_gui.core.errors import FolderError
from fetchtozip_gui.core.events import Said
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
JOBS = 30


def open_store(folder: Folder) -> Store:
    return Store(folder, lambda: NOW)


def make_jobs(folder: Folder, count: int = JOBS) -> list[Job]:
    jobs = []
    for number in range(count):
        recipe = {"name": f"recipe {number}", "steps": ["x" * 100] * (number % 7)}
        job = Job(folder.new_job(), f"recipe {number}", recipe, "key", NOW).started(NOW)
        for line in range(number):
            job = job.after(Said(f"line {line} of job {number}"), NOW)
        jobs.append(job.stopped("paused", NOW, "Paused."))
    return sorted(jobs, key=lambda job: job.id)


@pytest.fixture
def jobs(folder: Folder) -> list[Job]:
    """Jobs in a database that was closed, and in their own folders."""
    store = open_store(folder)
    jobs = make_jobs(folder)
    for job in jobs:
        store.save(job)
        store.save_beside(job)
    store.remember("orders/updated_at", "2026-11-22")
    store.close()
    return jobs


def aside(folder: Folder) -> list[Path]:
    return sorted(folder.root.glob("jobs.damaged-*.sqlite"))


def forget_beside(folder: Folder) -> None:
    for path in folder.jobs.glob("*/job.json"):
        path.unlink()


def read_all(folder: Folder) -> tuple[list[Job], object, list[str]]:
    store = open_store(folder)
    try:
        return store.jobs(), store.recall("orders/updated_at"), store.notes
    finally:
        store.close()


def check_usable(folder: Folder) -> None:
    store = open_store(folder)
    assert store.notes == []
    job = make_jobs(folder, 1)[0]
    store.save(job)
    assert job in store.jobs()
    store.close()


def test_what_was_saved_is_there_again(folder: Folder, jobs: list[Job]) -> None:
    found, value, notes = read_all(folder)
    assert (found, value, notes) == (jobs, "2026-11-22", [])
    assert aside(folder) == []


def test_the_database_is_the_users_alone(folder: Folder, jobs: list[Job]) -> None:
    assert os.name == "nt" or folder.database.stat().st_mode & 0o077 == 0


def test_an_older_snapshot_never_replaces_a_newer_one(folder: Folder, jobs: list[Job]) -> None:
    store = open_store(folder)
    newer = jobs[0].after(Said("later"), NOW)
    store.save(newer)
    store.save(jobs[0])
    assert store.jobs()[0] == newer
    store.close()


def test_changes_of_another_process_are_seen_once(folder: Folder, jobs: list[Job]) -> None:
    ours, theirs = open_store(folder), open_store(folder)
    ours.jobs()
    assert ours.changed() == []
    newer = jobs[3].after(Said("later"), NOW)
    theirs.save(newer)
    assert ours.changed() == [newer]
    assert ours.changed() == []
    ours.close()
    theirs.close()


def test_a_forgotten_job_stays_forgotten(folder: Folder, jobs: list[Job]) -> None:
    store = open_store(folder)
    store.forget(jobs[0].id)
    store.close()
    assert read_all(folder)[0] == jobs[1:]


def test_values_are_remembered_by_name(folder: Folder) -> None:
    store = open_store(folder)
    assert store.recall("orders/updated_at") is None
    for value in ("a", {"x": [1, 2.5, None, "ü"]}, 3):
        store.remember("orders/updated_at", value)
        assert store.recall("orders/updated_at") == value
    store.close()


def test_a_lost_end_of_the_log_is_made_up_for_by_the_jobs_folder(folder: Folder, jobs: list[Job]) -> None:
    store = open_store(folder)
    active = jobs[0].queued(NOW, accept_partial=False, recipe={}).started(NOW)
    store.save(active)
    store.close()
    done = active.stopped("cancelled", NOW, "Cancelled.")
    store.save_beside(done)
    assert read_all(folder)[0] == [done, *jobs[1:]]


# --- damage


def flip(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def damaged_copies(
    folder: Folder, tmp_path: Path, times: int, damage: Callable[[Path, int], None], *, with_jobs: bool = False
) -> Iterator[Folder]:
    """One copy of the folder after the other, its database damaged; `with_jobs` copies the jobs' own folders too."""
    for number in range(times):
        copy = Folder(tmp_path / "copy")
        if with_jobs:
            shutil.copytree(folder.root, copy.root)
        else:
            shutil.copy(folder.database, copy.prepare().database)
        damage(copy.database, number)
        yield copy
        shutil.rmtree(copy.root)


def check_damaged(copy: Folder, jobs: list[Job], before: bytes) -> tuple[int, bool]:
    """Open a damaged folder: nothing wrong is believed, the bad file is kept; how many jobs were saved, and if told."""
    found, value, notes = read_all(copy)
    assert all(job in jobs for job in found)
    assert value in ("2026-11-22", None)
    assert bool(notes) == bool(aside(copy))
    if notes:
        assert aside(copy)[0].read_bytes() == before
        assert aside(copy)[0].name in notes[0]
    else:
        assert found == jobs
    return len(found), bool(notes)


def test_two_hundred_flipped_bytes(folder: Folder, jobs: list[Job], tmp_path: Path) -> None:
    chance = random.Random(7)
    copies = damaged_copies(folder, tmp_path, 200, lambda path, number: flip(path, chance))
    kept = []
    for number, copy in enumerate(copies):
        kept.append(check_damaged(copy, jobs, copy.database.read_bytes()))
        if number % 10 == 0:
            check_usable(copy)
    told = [count for count, noted in kept if noted]
    assert len(told) > 20  # most bytes matter, and their loss is noticed
    # most cost the rows of one page at most; some hit the one page that all others hang from
    counts = sorted(count for count, _ in kept)
    assert counts[len(counts) // 20] >= JOBS - 12
    assert sum(count for count, _ in kept) / len(kept) > JOBS - 2


def test_a_damaged_index_hides_no_job(folder: Folder, jobs: list[Job], tmp_path: Path) -> None:
    with sqlite3.connect(folder.database) as database:
        query = "SELECT rootpage FROM sqlite_schema WHERE name = 'jobs_serial'"
        page, size = database.execute(query).fetchone()[0], database.execute("PRAGMA page_size").fetchone()[0]
    database.close()
    chance = random.Random(10)
    entries = 4 * JOBS  # bytes at the page's end in which the index has its entries

    def damage(path: Path, number: int) -> None:
        data = bytearray(path.read_bytes())
        data[page * size - 1 - chance.randrange(entries)] ^= 1 << chance.randrange(8)
        path.write_bytes(data)

    for copy in damaged_copies(folder, tmp_path, 20, damage):
        found, _, notes = read_all(copy)
        assert found == jobs
        assert notes


def test_fifty_truncations(folder: Folder, jobs: list[Job], tmp_path: Path) -> None:
    chance = random.Random(8)
    size = folder.database.stat().st_size

    def cut(path: Path, number: int) -> None:
        os.truncate(path, 0 if number == 0 else chance.randrange(size))

    for copy in damaged_copies(folder, tmp_path, 50, cut):
        _, told = check_damaged(copy, jobs, copy.database.read_bytes())
        assert told


def test_with_their_own_folders_no_job_is_lost_to_any_damage(folder: Folder, jobs: list[Job], tmp_path: Path) -> None:
    chance = random.Random(9)

    def damage(path: Path, number: int) -> None:
        if number % 4 == 0:
            os.truncate(path, chance.randrange(path.stat().st_size))
        elif number % 4 == 1:
            path.write_bytes(chance.randbytes(path.stat().st_size))
        elif number % 4 == 2:
            path.unlink()
        else:
            flip(path, chance)

    for copy in damaged_copies(folder, tmp_path, 24, damage, with_jobs=True):
        assert read_all(copy)[0] == jobs


def test_a_lost_first_page_costs_nothing(folder: Folder, jobs: list[Job]) -> None:
    forget_beside(folder)
    with folder.database.open("r+b") as file:
        file.write(bytes(4096))
    found, value, notes = read_all(folder)
    assert found == jobs
    assert value == "2026-11-22"
    assert f"{JOBS} jobs were taken over" in notes[0]


@pytest.mark.parametrize("damage", ["gone", "flipped", "cut", "foreign"])
def test_a_bad_write_ahead_log(folder: Folder, jobs: list[Job], tmp_path: Path, damage: str) -> None:
    store = open_store(folder)
    active = jobs[0].queued(NOW, accept_partial=False, recipe={}).started(NOW)
    store.save(active)
    store.save_beside(active)
    copy = Folder(tmp_path / "copy")
    shutil.copytree(folder.root, copy.root)  # as a kill leaves it: the log is not in the database yet
    store.close()
    log = Path(f"{copy.database}-wal")
    assert log.stat().st_size
    if damage == "gone":
        log.unlink()
    elif damage == "flipped":
        flip(log, random.Random(3))
    elif damage == "cut":
        os.truncate(log, log.stat().st_size // 2)
    else:
        copy.database.unlink()
    Path(f"{copy.database}-shm").unlink(missing_ok=True)
    found, _, notes = read_all(copy)
    assert found[1:] == jobs[1:]
    if damage == "foreign":  # a log without its database
        assert notes
        assert next(copy.root.glob("jobs.damaged-*.sqlite-wal")).stat().st_size
    assert found[0] in (active, jobs[0])
    check_usable(copy)


def test_damage_while_it_is_open_is_repaired_too(folder: Folder, jobs: list[Job]) -> None:
    store = open_store(folder)
    with sqlite3.connect(folder.database) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    size = folder.database.stat().st_size
    with folder.database.open("r+b") as file:
        file.write(random.Random(1).randbytes(size))
    newer = jobs[0].after(Said("later"), NOW)
    store.save(newer)
    assert newer in store.jobs()
    assert len(store.jobs()) == JOBS
    assert len(aside(folder)) == 1
    store.close()


def test_two_damages_in_one_second_are_two_files(folder: Folder, jobs: list[Job]) -> None:
    for _ in range(2):
        os.truncate(folder.database, 100)
        read_all(folder)
    assert len(aside(folder)) == 2


def test_a_database_of_a_later_version_is_refused_and_left_alone(folder: Folder, jobs: list[Job]) -> None:
    store = open_store(folder)
    store.remember(" version", 2)
    store.close()
    before = folder.database.read_bytes()
    with pytest.raises(FolderError, match="later version"):
        open_store(folder)
    assert folder.database.read_bytes() == before
    assert aside(folder) == []


def test_a_closed_store_says_so_and_harms_nothing(folder: Folder, jobs: list[Job]) -> None:
    store = open_store(folder)
    store.close()
    with pytest.raises(FolderError):
        store.save(jobs[0])
    assert aside(folder) == []
    assert read_all(folder)[0] == jobs
