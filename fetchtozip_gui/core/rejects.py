"""The file of rejects beside a result: every value that broke a rule, written as carefully as the result itself."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, ClassVar

import polars as pl

from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.errors import RowsRejected, StepError
from fetchtozip_gui.core.outputs.delimited import Delimited
from fetchtozip_gui.core.outputs.destination import Destination, remove_leftovers
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.outputs.stream import Chunk, StreamWriter
from fetchtozip_gui.core.replay import chunks
from fetchtozip_gui.core.steps.validate import FAULTS, Judge, ValidateStep
from fetchtozip_gui.core.work import in_order

_FORMAT = Delimited("csv", "text/csv", ",")
_HEADER = ",".join(("step", *FAULTS)).encode()
_TOLD = 3
_AHEAD = 2
"""Stretches that are judged or wait to be written."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The finished file: where its bytes can be read, and how many faults and rows it lists."""

    MEMBER: ClassVar[str] = "rejects.csv"
    """The name of the file inside a ZIP."""
    SCHEMA: ClassVar[pl.Schema] = pl.Schema({"step": pl.Int64(), **FAULTS})

    file: BinaryIO
    place: str
    """The name of the file, or of the member."""
    faults: int
    rows: int
    dropped: int
    """How many of the rows are not in the result."""


class Rejects:
    """The faults of one run. A file is begun with the first of them, so that a faultless run leaves none.

    `finish`, then `commit` to give the file its name, or nothing, and it is gone with `discard`.
    """

    def __init__(self, result: Path, options: FileOutput, disk: Disk) -> None:
        options = FileOutput(bom=options.bom, safe_for_spreadsheets=options.safe_for_spreadsheets)
        self._stream = _FORMAT.stream(Rejected.SCHEMA, options)
        self._target = Destination(beside(result), disk)
        self._writer: StreamWriter | None = None
        self._file: BinaryIO | None = None
        self._faults = 0
        self._rows = 0
        self._dropped = 0
        self.notes: list[str] = []

    @property
    def path(self) -> Path:
        """Where the file goes."""
        return self._target.path

    def encode(self, step: int, faults: pl.DataFrame) -> Chunk:
        """Faults of a step, by its number in the recipe, as `add` takes them; pure, so that threads can do it ahead."""
        return self._stream.encode(faults.select(pl.lit(step, dtype=pl.Int64).alias("step"), *FAULTS), 0)

    def add(self, faults: Chunk, rows: int, *, dropped: bool) -> None:
        """List the faults of some rows; `rows` is how many have one."""
        if not faults.rows:
            return
        if self._writer is None:
            self._file = self._target.begin()
            self._writer = StreamWriter(self._file, self._stream)
        self._writer.write(faults)
        self._faults += faults.rows
        self._rows += rows
        self._dropped += rows if dropped else 0

    def say(self, sentence: str) -> None:
        """Add a sentence the user should read."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def finish(self, *, inside: bool) -> Rejected | None:
        """Complete the bytes, which go `inside` a ZIP or beside the result; None where no row broke a rule."""
        if self._writer is None or self._file is None:
            return None
        self._writer.close()
        place = Rejected.MEMBER if inside else self.path.name
        return Rejected(self._file, place, self._faults, self._rows, self._dropped)

    def commit(self) -> list[str]:
        """Give the file its name; a list of an earlier run is gone where there is nothing to list."""
        if self._writer is None:
            self.remove_old()
            return []
        self._writer = self._file = None
        return self._target.commit()

    def remove_old(self) -> None:
        """Remove the list of an earlier run of the same name, and no other file."""
        remove_leftovers(self.path)
        with contextlib.suppress(OSError):
            with self.path.open("rb") as old:
                ours = old.read(len(_HEADER) + 3).removeprefix(b"\xef\xbb\xbf").startswith(_HEADER)
            if ours:
                self.path.unlink()

    def discard(self) -> None:
        """Leave nothing of what was not committed."""
        self._target.discard()
        self._writer = self._file = None


def beside(result: Path) -> Path:
    """The place of the rejects of a result: `orders.csv` has `orders.rejects.csv` beside it."""
    return result.with_name(f"{result.stem}.rejects.csv")


def judged(
    rows: pl.LazyFrame,
    number: int,
    step: ValidateStep,
    rejects: Rejects | None,
    pool: ThreadPoolExecutor | None = None,
    *,
    rising: bool = False,
) -> Iterator[pl.DataFrame]:
    """The rows that stay, in order, for one walk to the end; every fault goes to `rejects`.

    `number` is the step's in the recipe; stretches of rows are judged in the `pool` while those before are written.
    With `fail`, `StepError` at the end tells the first faults and the count. See `ValidateStep.judge` for `rising`.
    """
    at = f"steps.{number} (validate)"
    try:
        judge = step.judge(rows, rising=rising)
    except StepError as error:
        raise StepError(f"{at}: {error.message}", error.hint) from error
    dropped = step.on_error == "drop"
    told: list[str] = []
    count = failed = 0
    faults = len(judge.absent)
    if rejects is not None:
        for note in judge.notes:
            rejects.say(f"{at}: {note}")
        rejects.add(rejects.encode(number, judge.before()), 0, dropped=False)

    def encode(found: pl.DataFrame) -> Chunk:
        return Chunk(b"", found.height) if rejects is None else rejects.encode(number, found)

    for one in _verdicts(chunks(rows), judge, encode, pool):
        count += one.height
        failed += one.failed
        faults += one.faults.rows
        told += one.told[: _TOLD - len(told)]
        if rejects is not None:
            rejects.add(one.faults, one.failed, dropped=dropped)
        if not (failed and step.on_error == "fail"):
            yield one.kept
    of = f"{failed:,} of {count:,} row{'' if count == 1 else 's'}"
    if failed and step.on_error == "fail":
        hint = f"All {faults:,} faults are listed in {rejects.path}." if rejects is not None else ""
        breaks = "breaks" if failed == 1 else "break"
        raise RowsRejected(f"{at}: {of} {breaks} a rule: {' '.join(told)}", hint)
    if faults and rejects is not None:
        was = ("was" if failed == 1 else "were") + (" left out" if dropped else " kept")
        rejects.say(f"{at}: {of} broke a rule and {was}; {faults:,} fault{'' if faults == 1 else 's'} in all.")


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What is said of a stretch of rows: how many there are, those that stay, how many broke a rule, all faults as
    they are written, and the first of them in words."""

    height: int
    kept: pl.DataFrame
    failed: int
    faults: Chunk
    told: tuple[str, ...]


def _verdicts(
    frames: Iterator[pl.DataFrame],
    judge: Judge,
    encode: Callable[[pl.DataFrame], Chunk],
    pool: ThreadPoolExecutor | None,
) -> Iterator[_Verdict]:
    def numbered() -> Iterator[tuple[pl.DataFrame, int]]:
        first = 0
        for frame in frames:
            judge.follow(frame)
            yield frame, first
            first += frame.height

    def judge_one(one: tuple[pl.DataFrame, int]) -> _Verdict:
        found = judge(*one)
        # only an error tells them
        told = found.faults.select("row", "message").head(_TOLD).rows() if judge.on_error == "fail" else []
        words = tuple(f"row {row:,}: {message}" for row, message in told)
        return _Verdict(one[0].height, found.kept, found.failed, encode(found.faults), words)

    with contextlib.closing(in_order(pool, judge_one, numbered(), _AHEAD)) as verdicts:
        yield from verdicts
