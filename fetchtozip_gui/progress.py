"""Progress for people on standard error: a bar on a terminal, plain lines a few seconds apart otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from fetchtozip_gui.core.events import Event, Fetched, Said, Wrote

SECONDS_BETWEEN_LINES = 2.0


@contextmanager
def progress(stream: TextIO) -> Iterator[Callable[[Event], None]]:
    """A function that shows events until the block ends."""
    if not stream.isatty():
        yield _Lines(stream)
        return
    from rich.console import Console  # heavy: only a terminal needs it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=stream)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, refresh_per_second=8) as bars:
        fetching = bars.add_task("rows fetched", total=None)
        writing = bars.add_task("rows written", total=None)

        def show(event: Event) -> None:
            match event:
                case Said(text=text):
                    console.print(text, style=_STYLES[event.level], markup=False, highlight=False)
                case Fetched(rows=rows, total_rows=total):
                    bars.update(fetching, completed=rows, total=total)
                    bars.update(writing, total=total)
                case Wrote(rows=rows):
                    bars.update(writing, completed=rows)

        yield show


_STYLES = {"info": "dim", "warning": "yellow", "error": "red"}


class _Lines:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last = time.monotonic()

    def __call__(self, event: Event) -> None:
        if isinstance(event, Said):
            prefix = "" if event.level == "info" else f"{event.level}: "
            print(prefix + event.text, file=self._stream, flush=True)
        elif isinstance(event, Fetched) and time.monotonic() - self._last >= SECONDS_BETWEEN_LINES:
            self._last = time.monotonic()
            of = f" of {event.total_rows:,}" if event.total_rows else ""
            print(f"{event.rows:,}{of} rows in {event.pages:,} pages", file=self._stream, flush=True)
