"""Finds the rows that repeat an earlier one, with a few bytes a row instead of the whole table in memory."""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Literal

import polars as pl

from fetchtozip_gui.core.replay import Wanted, chunks, pieces, reading
from fetchtozip_gui.core.steps.lookup import named

_NUMBER = "row number"
_HALF = 2**32
_SORTED = 2_000_000
"""Hashes that are sorted together, which takes several times their memory."""


Keep = Literal["first", "last", "any", "none"]


def later_duplicates(
    rows: pl.LazyFrame,
    columns: Sequence[str],
    *,
    nulls: bool = True,
    keep: Keep = "first",
    noted: Hashes | None = None,
) -> pl.Series:
    """Zero-based numbers, rising, of the rows that agree in `columns` with an earlier one; where another one than the
    first is to be kept, with a later one (`last`) or with any (`none`).

    A first pass keeps a hash of each row, where they are not `noted` already; a second compares the rows whose hashes
    agree, value by value, so that the answer is exact. Where one of the columns rises there is nothing to compare. Null
    agrees with null and NaN with NaN; without `nulls`, rows that hold one repeat nothing.
    """
    key = pl.struct(named(name) for name in columns)
    hashes = (noted or Hashes(columns)).all(rows)
    if hashes is None:
        return pl.Series(_NUMBER, [], dtype=pl.UInt64)
    twice = _twice(hashes)
    if twice.is_empty():
        return pl.Series(_NUMBER, [], dtype=pl.UInt64)
    suspects = hashes.is_in(twice.implode())
    del hashes
    found = []
    for first, frame in _numbered(chunks(rows, columns)):
        numbers = pl.int_range(first, first + frame.height, dtype=pl.UInt64, eager=True).alias(_NUMBER)
        mask = suspects.slice(first, frame.height)
        if mask.any():
            found.append((numbers.filter(mask), _apart(frame.filter(mask))))
    numbers = pl.concat([part for part, _ in found])
    alike = pl.concat([part for _, part in found])
    kept = {"last": key.is_last_distinct(), "none": key.is_unique()}.get(keep, key.is_first_distinct())
    repeated = ~alike.select(kept).to_series()
    if not nulls:
        repeated &= alike.select(pl.all_horizontal(named(name).is_not_null() for name in columns)).to_series()
    return numbers.filter(repeated)


@dataclass(frozen=True, slots=True)
class Note:
    """Of some rows: their hashes, or the smallest and the largest value of the column that rises in them."""

    hashes: pl.Series | None = None
    ends: pl.Series | None = None


class Hashes:
    """A hash of each row over some columns, in order; equal rows have equal ones.

    Of 64 bits, which others hardly ever share, and of 32 where there are many rows: that some others agree costs a few
    comparisons, and more bits cost memory. While one of the columns rises, as a key does, no row can repeat another,
    and no hash is made.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns
        self._found: list[pl.Series] = []
        self._count = 0
        self._choosing = threading.Lock()
        self._begun = False
        self._key: str | None = None
        """The column that has risen so far."""
        self._rising = Rising()
        self._fell = False
        """Whether it has not, so that hashes of the rows before are missing."""

    def of(self, frame: pl.DataFrame) -> Note:
        """What there is to note of some rows; in any thread."""
        with self._choosing:
            if not self._begun:
                # which rows tell is all the same: it has to rise in all of them
                self._key, self._begun = _rising_column(frame, self.columns), True
        key = self._key
        if key is None:
            return Note(self._hashed(frame))
        values = frame.get_column(key)
        if self._fell or not rises(values):
            return Note()
        return Note(ends=values if values.len() < 3 else pl.concat([values.head(1), values.tail(1)]))

    def add(self, note: Note) -> None:
        """Note it, in the order of the rows."""
        if note.hashes is not None:
            self._keep(note.hashes)
        elif note.ends is None:
            self._fell = True
        else:
            try:
                self._rising.follow(note.ends)
            except NotRising:
                self._fell = True

    def all(self, rows: pl.LazyFrame) -> pl.Series | None:
        """Those of all rows, in a pass over them where none has been noted; they are let go of. Null where a column
        rises in all of them."""
        if not self._begun:
            for frame in chunks(rows, self.columns):
                self.add(self.of(frame))
                if self._fell:
                    break
        if self._key is not None:
            if not self._fell:
                return None
            for frame in chunks(rows, self.columns):
                self._keep(self._hashed(frame))
        found, self._found, self._count = self._found, [], 0
        return pl.concat(found, rechunk=False) if found else pl.Series("hash", [], dtype=pl.UInt64)

    def _hashed(self, frame: pl.DataFrame) -> pl.Series:
        # columns are hashed in a quarter of the time of rows as objects; another seed for each tells (1, 2) from (2, 1)
        each = frame.select(named(name).hash(number) for number, name in enumerate(self.columns)).get_columns()
        return reduce(xor, each).alias("hash")

    def _keep(self, hashes: pl.Series) -> None:
        self._found.append(hashes)
        before, self._count = self._count, self._count + hashes.len()
        if before > _SORTED:
            self._found[-1] = _halved(hashes)
        elif self._count > _SORTED:
            self._found = [_halved(one) for one in self._found]


def _rising_column(frame: pl.DataFrame, columns: Sequence[str]) -> str | None:
    """The first of the columns that rises from row to row."""
    return next((name for name in columns if rises(frame.get_column(name))), None)


def rises(values: pl.Series) -> bool:
    """Whether each value is there and greater than the one before it."""
    if values.dtype != pl.String and not (values.dtype.is_numeric() or values.dtype.is_temporal()):
        return False
    return not values.null_count() and _each_is_greater(values)


def _each_is_greater(values: pl.Series) -> bool:
    """Than the one before it; none is missing."""
    return bool((values.slice(1) > values.head(-1)).all())


def _halved(hashes: pl.Series) -> pl.Series:
    return (hashes // _HALF).cast(pl.UInt32)


def _twice(hashes: pl.Series) -> pl.Series:
    """The hashes that are there more than once, looked for in one range of them after the other."""
    if hashes.len() <= _SORTED:
        return _agreeing(hashes)
    width = _HALF // math.ceil(hashes.len() / _SORTED) + 1
    ranges = ((low, min(low + width, _HALF) - 1) for low in range(0, _HALF, width))
    return pl.concat(_agreeing(hashes.filter((hashes >= low) & (hashes <= high))) for low, high in ranges)


def _agreeing(some: pl.Series) -> pl.Series:
    ordered = some.sort()
    return ordered.filter(ordered == ordered.shift(1)).unique()


def _apart(some: pl.DataFrame) -> pl.DataFrame:
    """The same rows with texts of their own: those that were filtered hold all texts of the frame they are from."""
    buffer = io.BytesIO()
    some.write_ipc_stream(buffer, compression="uncompressed")
    return pl.read_ipc_stream(io.BytesIO(buffer.getbuffer()))


class NotRising(Exception):
    """A value is not greater than all before it."""


class Rising:
    """Shows of a column while its rows arrive that no value is there twice: each is greater than those before it."""

    def __init__(self) -> None:
        self._last: pl.Series | None = None

    def follow(self, values: pl.Series) -> None:
        """Look at the next ones; `NotRising` where this does not tell whether a value has been there."""
        values = values.drop_nulls()
        if values.is_empty():
            return
        if self._last is not None:
            values = pl.concat([self._last, values])
        if values.dtype.is_nested() or not _each_is_greater(values):
            raise NotRising
        self._last = values.tail(1)


def without(rows: pl.LazyFrame, numbers: pl.Series) -> pl.LazyFrame:
    """The rows whose numbers are not among `numbers`, in order."""
    if numbers.is_empty():
        return rows

    def read(wanted: Wanted) -> Iterator[pl.DataFrame]:
        for first, frame in _numbered(pieces(rows, wanted)):
            yield frame.filter(~marked(numbers, first, frame.height))

    return reading(rows.collect_schema(), read)


def marked(numbers: pl.Series, first: int, height: int) -> pl.Series:
    """For `height` rows from number `first` on, whether each is among `numbers`, which rise."""
    begin, end = (int(numbers.search_sorted(bound, side="left")) for bound in (first, first + height))
    found = numbers.slice(begin, end - begin).cast(pl.Int64) - first
    return pl.Series("marked", [False], dtype=pl.Boolean).new_from_index(0, height).scatter(found, True)


def _numbered(frames: Iterator[pl.DataFrame]) -> Iterator[tuple[int, pl.DataFrame]]:
    first = 0
    for frame in frames:
        yield first, frame
        first += frame.height
