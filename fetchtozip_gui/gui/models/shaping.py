"""What a file's steps make of all its rows: written once for each state of the steps, when somebody wants to see it."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from fetchtozip_gui.core.errors import Cancelled, FetchToZipError
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.files import OpenedFile

if TYPE_CHECKING:
    import polars as pl

KEPT = 3
"""States of the steps whose rows are kept beside the file's."""


@dataclass(frozen=True, slots=True)
class Shaped:
    """The rows after the steps, as Parquet."""

    path: Path
    columns: tuple[tuple[str, str], ...]

    def lazy(self) -> pl.LazyFrame:
        """All of them; nothing is loaded."""
        import polars as pl  # heavy: after the first paint

        return pl.scan_parquet(self.path, glob=False)


class Shaping(QObject):
    """`shaped` is of the steps as they are now, or None."""

    changed = Signal()

    def __init__(self, file: OpenedFile, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._errands = errands
        self._stop = threading.Event()
        self._turn = 0
        self.shaped: Shaped | None = None
        self.error: FetchToZipError | None = None
        self.is_working = False
        file.draft.changed.connect(self._follow)
        file.changed.connect(self._forget)

    def start(self) -> None:
        """Have the steps done, if that has not been done and is not being done."""
        read = self._file.read
        if read is None or self.is_working or self.shaped is not None:
            return
        self._turn += 1
        self._stop = threading.Event()
        self.is_working = True
        turn, stop, steps = self._turn, self._stop, self._file.draft.part("steps")
        self._errands.run(
            lambda: shaped(read.path, steps, stop),
            lambda found: self._take(turn, found, None),
            lambda error: self._take(turn, None, error),
        )

    def leave(self) -> None:
        """Stop what is being done."""
        self._stop.set()

    def _follow(self, part: str) -> None:
        if part in ("", "steps"):
            self._forget()

    def _forget(self) -> None:
        if self.is_working or self.shaped is not None or self.error is not None:
            self._stop.set()
            self._turn += 1
            self.is_working, self.shaped, self.error = False, None, None
            self.changed.emit()

    def _take(self, turn: int, found: Shaped | None, error: FetchToZipError | None) -> None:
        if turn == self._turn:
            self.is_working, self.shaped, self.error = False, found, error
            self.changed.emit()


def after(steps: Sequence[dict[str, Any]], rows: pl.LazyFrame) -> pl.LazyFrame:
    """A plan of the steps that are turned on; `FetchToZipError` names the step that is wrong."""
    from fetchtozip_gui.core.preview import parse  # heavy: Pydantic and Polars

    for document in steps:
        if document.get("enabled") is not False:
            rows = parse(document).apply(rows)
    return rows


def shaped(path: Path, steps: Sequence[dict[str, Any]], stop: threading.Event) -> Shaped:
    """Do the steps on all rows of `path`, or find that done; to be called away from the window's thread."""
    # heavy: after the first paint
    import polars as pl

    from fetchtozip_gui.core.schema import type_name
    from fetchtozip_gui.core.steps.failures import translate

    name = hashlib.blake2b(json.dumps(steps, sort_keys=True).encode(), digest_size=8).hexdigest()
    to = path.with_name(f"shaped-{name}.parquet")
    part = path.with_name(f".{to.name}.{secrets.token_hex(4)}.part")
    try:
        plan = after(steps, pl.scan_parquet(path, glob=False))
        schema = plan.collect_schema()
        if not to.exists():
            # pieces are handed on one by one, so that a stop is heard between them
            pieces = plan.map_batches(lambda rows: heard(rows, stop), schema=schema, streamable=True)
            # opened here: Polars opens the file in a thread, which an error may leave behind to make it once more
            with part.open("wb") as file:
                pieces.sink_parquet(file)
            part.replace(to)
    except pl.exceptions.PolarsError as error:
        if stop.is_set():
            raise Cancelled("Applying the steps was stopped.") from None
        raise translate(error) from error
    finally:
        part.unlink(missing_ok=True)
    others = sorted(path.parent.glob("shaped-*.parquet"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in [one for one in others if one != to][KEPT - 1 :]:
        old.unlink(missing_ok=True)
    return Shaped(to, tuple((column, type_name(dtype)) for column, dtype in schema.items()))


def heard(rows: pl.DataFrame, stop: threading.Event) -> pl.DataFrame:
    """The rows, unless nobody wants them any more."""
    if stop.is_set():
        raise Cancelled("Nobody waits for these rows any more.")
    return rows
