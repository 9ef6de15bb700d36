"""Rows of a file as a Qt table that never waits for the disk: what is not there yet is shown a moment later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.frame import BLOCK, KEPT, FrameModel, Index

if TYPE_CHECKING:
    import polars as pl

ASKED = 8
"""Blocks that are waited for at once; of a long way of scrolling only the end is fetched."""
_WAITING = "…"


class ParquetRows:
    """The rows of a Parquet file; to be read away from the window's thread."""

    def __init__(self, path: Path) -> None:
        import polars as pl  # heavy: after the first paint

        self._rows = pl.scan_parquet(path, glob=False)
        self.schema = self._rows.collect_schema()
        self.height = int(self._rows.select(pl.len()).collect().item())

    def slice(self, offset: int, length: int | None = None) -> pl.DataFrame:
        """Some rows; only the parts of the file that hold them are read."""
        return self._rows.slice(offset, length).collect()


class LateModel(FrameModel):
    """Asks for blocks of rows when they come into sight, those in sight last and thus first."""

    def __init__(self, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(None, parent)
        self._errands = errands
        self._wanted: list[int] = []
        self._asked: set[int] = set()
        self._turn = 0
        # after a paint has asked for all it needs
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._fetch)

    def open(
        self,
        make: Callable[[], ParquetRows],
        done: Callable[[int], None],
        failed: Callable[[FetchToZipError], None],
    ) -> None:
        """Show other rows as soon as their first block is there; `done` hears how many there are."""
        self._turn += 1
        turn = self._turn

        def work() -> tuple[ParquetRows, pl.DataFrame]:
            rows = make()
            return rows, rows.slice(0, BLOCK)

        def take(found: tuple[ParquetRows, pl.DataFrame]) -> None:
            # a page that was left for good may be gone when its rows come
            if not isValid(self) or turn != self._turn:
                return
            rows, first = found
            self.beginResetModel()
            self._take(rows)
            self._put(0, first)
            self._wanted, self._asked = [], set()
            self.endResetModel()
            done(rows.height)

        self._errands.run(work, take, lambda error: failed(error) if isValid(self) and turn == self._turn else None)

    def close(self) -> None:
        """Show nothing, whatever is still on its way."""
        self._turn += 1
        self.show(None)

    def longest(self, column: int) -> str:
        return super().longest(column) if 0 in self._frames else ""

    def _text(self, index: Index) -> str | None:
        if not index.isValid():
            return ""
        block = index.row() // BLOCK
        if block in self._frames:
            return super()._text(index)
        if block in self._wanted:
            self._wanted.remove(block)
        self._wanted.append(block)
        self._soon.start()
        return _WAITING

    def _told(self, index: Index) -> str | None:
        return super()._told(index) if index.isValid() and index.row() // BLOCK in self._frames else None

    def whole_text(self, row: int, column: int) -> str:
        # what is copied has to be whole, and is worth a wait
        if row // BLOCK not in self._frames and self._rows is not None:
            self._put(row // BLOCK, self._rows.slice(row // BLOCK * BLOCK, BLOCK))
        return super().whole_text(row, column)

    def _fetch(self) -> None:
        self._wanted = self._wanted[-ASKED:]
        while self._wanted and len(self._asked) < 2:
            block = self._wanted.pop()
            if block in self._asked or block in self._frames or self._rows is None:
                continue
            self._asked.add(block)
            self._ask(block, self._turn)

    def _ask(self, block: int, turn: int) -> None:
        rows = self._rows
        assert rows is not None

        def take(frame: pl.DataFrame) -> None:
            if turn != self._turn:
                return
            self._asked.discard(block)
            self._put(block, frame)
            last = min(self.rowCount(), (block + 1) * BLOCK) - 1
            if last >= block * BLOCK and self.columnCount():
                self.dataChanged.emit(self.index(block * BLOCK, 0), self.index(last, self.columnCount() - 1))
            self._fetch()

        def fail(_: FetchToZipError) -> None:
            # it is asked for again when it is looked at again
            if turn == self._turn:
                self._asked.discard(block)

        self._errands.run(lambda: rows.slice(block * BLOCK, BLOCK), take, fail)

    def _put(self, block: int, frame: pl.DataFrame) -> None:
        self._frames[block] = frame
        self._texts[block] = {}
        while len(self._frames) > KEPT:
            oldest, _ = self._frames.popitem(last=False)
            del self._texts[oldest]
