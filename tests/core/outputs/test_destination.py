"""Results appear whole or not at all, beside whatever else lies there."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.errors import NoRoom, OutputError
from fetchtozip_gui.core.outputs.destination import SUFFIX, Destination, remove_leftovers, scratch

NAMES = ["x.zip", "*[a].csv", "é" * 127, "a" * 251 + ".csv", " (1).json"]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_the_old_file_stays_until_the_new_one_is_whole(name: str, tmp_path: Path) -> None:
    target = tmp_path / name
    target.write_bytes(b"old")
    with Destination(target) as destination:
        file = destination.begin()
        file.write(b"new, and longer")
        assert target.read_bytes() == b"old"
        assert destination.commit() == []
    assert target.read_bytes() == b"new, and longer"
    assert files(tmp_path) == [name]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_committed_leaves_nothing(name: str, tmp_path: Path) -> None:
    with Destination(tmp_path / name) as destination:
        destination.begin().write(b"x")
        assert len(files(tmp_path)) == 1
        destination.begin().write(b"y")
        assert len(files(tmp_path)) == 1
        destination.discard()
        destination.discard()
        assert files(tmp_path) == []
        destination.begin()
    assert files(tmp_path) == []


def test_folders_are_made_and_begin_can_come_again_after_commit(tmp_path: Path) -> None:
    destination = Destination(tmp_path / "a" / "b" / "x.csv")
    for text in (b"1", b"2"):
        destination.begin().write(text)
        destination.commit()
        assert (tmp_path / "a" / "b" / "x.csv").read_bytes() == text
    with pytest.raises(ValueError, match="nothing was begun"):
        destination.commit()


def test_the_file_reads_writes_and_seeks(tmp_path: Path) -> None:
    with Destination(tmp_path / "x") as destination:
        file = destination.begin()
        assert file.write(b"abcdef") == 6
        assert file.seek(2) == 2
        assert file.read(2) == b"cd"
        assert file.write(memoryview(b"XY")) == 2
        assert file.tell() == 6
        file.seek(0)
        assert file.read() == b"abcdXY"
        with scratch(file) as beside:
            beside.write(b"hidden")
            beside.seek(0)
            assert beside.read() == b"hidden"
        destination.commit()
    assert (tmp_path / "x").read_bytes() == b"abcdXY"
    assert files(tmp_path) == ["x"]


class Recorded(Disk):
    """A disk that remembers in which order it was asked; `held` is how often a name is held by another program."""

    def __init__(self, held: int = 0, broken: dict[str, OSError] | None = None) -> None:
        super().__init__(threading.Event(), lambda said: None)
        self.calls: list[str] = []
        self._held = held
        self._broken = broken or {}

    def sync(self, file: BinaryIO) -> None:
        self._note("sync")
        super().sync(file)

    def replace(self, source: Path, target: Path) -> None:
        self._note("replace")
        if self._held:
            self._held -= 1
            raise PermissionError(errno.EACCES, "The process cannot access the file", str(target))
        super().replace(source, target)

    def sync_folder(self, folder: Path) -> None:
        self._note("sync_folder")
        super().sync_folder(folder)

    def write_some(self, file: BinaryIO, view: memoryview) -> int:
        if "write" in self._broken:
            raise self._broken["write"]
        return super().write_some(file, view[: max(1, len(view) // 2)])

    def _note(self, call: str) -> None:
        self.calls.append(call)
        if call in self._broken:
            raise self._broken[call]


def test_bytes_are_safe_before_the_name_is_and_the_name_before_it_is_told(tmp_path: Path) -> None:
    disk = Recorded()
    destination = Destination(tmp_path / "x", disk)
    destination.begin().write(b"abc" * 1000)
    destination.commit()
    assert disk.calls == ["sync", "replace", "sync_folder"]
    assert (tmp_path / "x").read_bytes() == b"abc" * 1000


def test_a_file_held_open_is_tried_again(tmp_path: Path) -> None:
    destination = Destination(tmp_path / "x.csv", Recorded(held=3), wait=0)
    destination.begin().write(b"new")
    assert destination.commit() == []
    assert destination.path == tmp_path / "x.csv"


def test_a_file_held_open_for_long_gets_a_neighbour_and_that_is_told(tmp_path: Path) -> None:
    for taken in ("x.csv", "x (1).csv"):
        (tmp_path / taken).write_bytes(b"old")
    destination = Destination(tmp_path / "x.csv", Recorded(held=8), wait=0)
    destination.begin().write(b"new")
    notes = destination.commit()
    assert notes == ["x.csv is held open by another program: the result is x (2).csv beside it."]
    assert destination.path == tmp_path / "x (2).csv"
    assert destination.path.read_bytes() == b"new"
    assert files(tmp_path) == ["x (1).csv", "x (2).csv", "x.csv"]


@pytest.mark.parametrize("call", ["sync", "replace", "sync_folder"])
@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, NoRoom), (errno.EIO, OutputError), (errno.EROFS, OutputError)]
)
def test_what_fails_at_the_end_is_told_and_leaves_the_old_file(
    call: str, number: int, kind: type[OutputError], tmp_path: Path
) -> None:
    target = tmp_path / "x"
    target.write_bytes(b"old")
    with Destination(target, Recorded(broken={call: OSError(number, os.strerror(number))})) as destination:
        destination.begin().write(b"new")
        with pytest.raises(kind) as told:
            destination.commit()
    assert type(told.value) is kind
    assert str(target) in told.value.message
    assert files(tmp_path) == ["x"]
    assert target.read_bytes() == (b"new" if call == "sync_folder" else b"old")


def test_a_full_disk_waits_and_gives_up_when_told_to_stop(tmp_path: Path) -> None:
    disk = Recorded(broken={"write": OSError(errno.ENOSPC, "No space left on device")})
    disk._stop.set()
    with Destination(tmp_path / "x", disk) as destination:
        file = destination.begin()
        with pytest.raises(NoRoom):
            file.write(b"x")
        with scratch(file) as beside, pytest.raises(NoRoom):
            beside.write(b"x")
    assert files(tmp_path) == []


def test_places_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path, tmp_path / "file" / "x", tmp_path / ("n" * 300)):
        with pytest.raises(OutputError) as told:
            Destination(place).begin()
        assert str(place) in told.value.message
        assert told.value.hint


KILLED = """
import os, signal, sys
from pathlib import Path
from fetchtozip_gui.core.outputs.destination import Destination
destination = Destination(Path(sys.argv[1]))
destination.begin().write(b"half")
print("begun", flush=True)
if sys.argv[2] == "die":
    os.kill(os.getpid(), signal.SIGKILL)
sys.stdin.read()
"""


def other(target: Path, what: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(target), what], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    return process


def test_parts_of_the_dead_are_removed_and_those_of_the_living_stay(tmp_path: Path) -> None:
    target = tmp_path / "x[1].zip"
    with other(target, "die") as dead:
        dead.wait()
    assert len(files(tmp_path)) == 1
    with other(target, "live") as living:
        assert len(files(tmp_path)) == 1, "the dead one's part is gone"
        with Destination(target) as destination:
            destination.begin().write(b"mine")
            remove_leftovers(target)
            assert len(files(tmp_path)) == 2
            destination.commit()
        living.kill()
    assert len(files(tmp_path)) == 2
    remove_leftovers(target)
    assert files(tmp_path) == ["x[1].zip"]
    assert target.read_bytes() == b"mine"


def test_other_peoples_files_are_left_alone(tmp_path: Path) -> None:
    kept = [f".y.zip.ab{SUFFIX}", f"x.zip{SUFFIX}", ".x.zip.part"]
    for name in kept:
        (tmp_path / name).write_bytes(b"")
    (tmp_path / f".x.zip.12{SUFFIX}").write_bytes(b"")
    remove_leftovers(tmp_path / "x.zip")
    assert files(tmp_path) == sorted(kept)


def test_many_at_once_for_one_name_all_end_whole(tmp_path: Path) -> None:
    target = tmp_path / "x"
    failed: list[Any] = []

    def one(number: int) -> None:
        try:
            with Destination(target) as destination:
                destination.begin().write(bytes([number]) * 100_000)
                destination.commit()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert files(tmp_path) == ["x"]
    assert len(set(target.read_bytes())) == 1
