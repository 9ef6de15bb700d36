"""Locks: one holder, named; gone with its process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from fetchtozip_gui.core.errors import FolderError, JobLocked
from fetchtozip_gui.engine.lock import Lock

HOLD = """
import sys
from pathlib import Path
from fetchtozip_gui.engine.lock import Lock, JobLocked
sys.stdin.readline()
try:
    lock = Lock.take(Path(sys.argv[1]), "It")
    print("won", flush=True)
except JobLocked as error:
    print(error, flush=True)
sys.stdin.read()
"""


def start(path: Path) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdin=pipe, stdout=pipe, text=True)


def end(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        process.communicate(timeout=60)


def say(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_second_holder_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    with Lock.take(tmp_path / "lock", "The job X"):
        with pytest.raises(JobLocked, match=rf"The job X is in use by process {os.getpid()}\."):
            Lock.take(tmp_path / "lock", "The job X", wait=0)
        assert not Lock.is_free(tmp_path / "lock")
    assert Lock.is_free(tmp_path / "lock")
    Lock.take(tmp_path / "lock", "The job X").release()


def test_who_waits_gets_it_when_the_holder_lets_go(tmp_path: Path) -> None:
    first = Lock.take(tmp_path / "lock", "It")
    threading.Timer(0.1, first.release).start()
    Lock.take(tmp_path / "lock", "It", wait=10).release()


def test_a_lock_that_is_not_kept_leaves_no_file_and_can_be_taken_again(tmp_path: Path) -> None:
    for _ in range(2):
        Lock.take(tmp_path / "lock", "It", keep=False).release()
        assert not (tmp_path / "lock").exists()


@pytest.mark.parametrize("meanwhile", ["removed", "made anew"])
def test_a_file_that_was_removed_after_it_was_opened_is_no_lock_any_more(tmp_path: Path, meanwhile: str) -> None:
    path = tmp_path / "lock"
    holder = Lock.take(path, "It", keep=False)
    opened = os.open(path, os.O_RDWR)  # by somebody who is about to try
    holder.release()
    if meanwhile == "made anew":
        holder = Lock.take(path, "It")
    assert Lock._claim(opened, path, keep=True) is None
    holder.release()
    Lock.take(path, "It").release()


def test_a_place_without_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="cannot be opened"):
        Lock.take(tmp_path / "nowhere" / "lock", "It")


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    holder = start(tmp_path / "lock")
    say(holder, "go")
    assert hear(holder) == "won"
    with pytest.raises(JobLocked, match=f"process {holder.pid}"):
        Lock.take(tmp_path / "lock", "It", wait=0)
    holder.kill()
    holder.wait()
    Lock.take(tmp_path / "lock", "It", wait=5).release()
    end(holder)


def test_of_fifty_starts_at_once_exactly_one_wins(tmp_path: Path) -> None:
    starts = [start(tmp_path / "lock") for _ in range(50)]
    for each in starts:
        say(each, "go")
    answers = [hear(each) for each in starts]
    assert answers.count("won") == 1
    winner = starts[answers.index("won")].pid
    lost = [answer for answer in answers if answer != "won"]
    assert all(answer.startswith(f"It is in use by process {winner}.") for answer in lost), set(lost)
    end(*starts)
