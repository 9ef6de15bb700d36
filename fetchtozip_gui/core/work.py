"""What passes between a source, the pipeline and an output: tools in, parts through, a stop that is heard."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from fetchtozip_gui.core.disk import Disk
from fetchtozip_gui.core.errors import Cancelled, RecipeError, SourceError
from fetchtozip_gui.core.events import Said

if TYPE_CHECKING:
    import polars as pl

Packed = bytes
"""A frame as one Arrow IPC stream."""
In = TypeVar("In")
Out = TypeVar("Out")


def no_keyring(name: str) -> str:
    """For where secrets can only come from the environment."""
    raise RecipeError(f"keyring:{name} cannot be read here.", "Use env:NAME, or run where a keyring is.")


def _no_jobs(job_id: str) -> Path:
    raise RecipeError(f"source.job_id: there is no job {job_id!r} here.")


class Onlooker(Protocol):
    """Somebody who looks at all rows of a source while they arrive, before any step."""

    def see(self, rows: pl.DataFrame, schema: pl.Schema) -> None:
        """The next rows in order; `schema` is the union of the types so far."""
        ...

    def end(self) -> None:
        """All have been there. Not said where some were fetched before."""
        ...


@dataclass(frozen=True)
class Tools:
    """What plug-ins may use of the world outside; tests hand in small real ones."""

    stop: threading.Event = field(default_factory=threading.Event)
    """Set when the user cancels or pauses. Everything that waits waits on it."""
    keyring: Callable[[str], str] = no_keyring
    job_result: Callable[[str], Path] = _no_jobs
    """The result file of an earlier job, or an uploaded file, by its id."""
    say: Callable[[Said], None] = lambda said: None
    """Tells the log at once what cannot wait for the next event, such as a disk that is full."""
    workers: int = max(2, min(4, os.cpu_count() or 2))
    """Parts that are parsed, and stretches of rows that are encoded, side by side."""
    pool: ThreadPoolExecutor | None = None
    """The threads in which that is done, where the job has them already."""
    disk: Disk | None = None
    """Where the job writes; null is the real disk."""
    onlooker: Onlooker | None = None
    """Sees all rows while they are fetched."""

    def check(self) -> None:
        """Raise `Cancelled` once the stop was asked for."""
        if self.stop.is_set():
            raise Cancelled("The job was cancelled.")

    def wait(self, seconds: float) -> None:
        """Sleep, but wake and raise `Cancelled` at once when the job is stopped."""
        if self.stop.wait(max(0.0, seconds)):
            self.check()


@dataclass(frozen=True)
class Part:
    """A finished stretch of a source: one large page, or several small ones, as one frame in order.

    `cursor` is whatever the source needs to go on after this part (JSON); `hashes` holds one short digest a page.
    `schema` is the type each column was found to be, where the frame still holds texts as they came (CSV): those that a
    number would not give back are only turned into numbers when every part of the source agrees. Null means that the
    frame's own types are meant.
    """

    frame: pl.DataFrame
    first_page: int
    pages: int
    bytes: int
    cursor: dict[str, Any] = field(default_factory=dict)
    hashes: tuple[str, ...] = ()
    total_rows: int | None = None
    total_pages: int | None = None
    schema: pl.Schema | None = None
    known: pl.Schema | None = None
    """The frame's own types, where they are known: to ask a frame costs more than to keep what was found."""
    typed: pl.DataFrame | None = None
    """The same rows in the types of `schema`, where they have been made."""
    packed: Packed | None = None
    """The frame as the spool keeps it (`spool.pack`), where a thread has made that already."""

    @property
    def types(self) -> pl.Schema:
        """The frame's own types."""
        return self.frame.schema if self.known is None else self.known

    def of(self, schema: pl.Schema) -> pl.DataFrame:
        """Its rows, already in these types where they have been made in them."""
        known = self.schema is schema or self.schema == schema
        return self.typed if known and self.typed is not None else self.frame


@dataclass(frozen=True)
class Kept:
    """A small page that has arrived and waits for its neighbours to be parsed together; survives a kill."""

    page: int
    body: bytes
    cursor: dict[str, Any] = field(default_factory=dict)
    digest: str = ""


@dataclass(frozen=True)
class Limited:
    """The source stopped at the recipe's own page limit although there may be more."""


@dataclass(frozen=True)
class Done:
    """What an earlier attempt already fetched: where a source goes on. All zero for a fresh start."""

    pages: int = 0
    rows: int = 0
    bytes: int = 0
    cursor: dict[str, Any] = field(default_factory=dict)
    hashes: tuple[str, ...] = ()
    kept: tuple[Kept, ...] = ()
    schema: pl.Schema | None = None
    """The union of the types of all parts so far."""
    total_rows: int | None = None
    total_pages: int | None = None


@dataclass(frozen=True)
class Failed:
    """The source ended early; the rows before stand. Yielded last, so that a partial result can be judged."""

    error: SourceError


Yielded = Part | Kept | Limited | Failed | Said


class Source(Protocol):
    """A recipe's source: a model that can be read. Parts come in the source's order and memory stays flat."""

    type: str

    def read(self, tools: Tools, done: Done) -> Iterator[Yielded]: ...


class Step(Protocol):
    """A recipe's step: a model that turns a lazy frame into the next one.

    `whole` says whether rows depend on other rows, so that it cannot be applied batch by batch, `twice` whether it
    reads those before it more than once, and `again` whether its result may be read more than once for little more than
    those before it. `apply_frame` is `apply` for some rows in memory, without the cost of a plan
    where that is possible.
    Unknown columns raise `StepError` naming what there is.
    """

    type: str

    def whole(self) -> bool: ...
    def twice(self) -> bool: ...
    def again(self) -> bool: ...
    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame: ...
    def apply_frame(self, frame: pl.DataFrame) -> pl.DataFrame: ...


def in_order(
    pool: ThreadPoolExecutor | None, work: Callable[[In], Out], items: Iterable[In], ahead: int
) -> Generator[Out, None, None]:
    """Run `work` on `items` side by side and give the results in order, at most `ahead` of them waiting.

    Without a pool, one after the other.
    """
    if pool is None:
        yield from map(work, items)
        return
    waiting: list[Future[Out]] = []
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) >= ahead:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()
    finally:
        for future in waiting:
            future.cancel()


def ahead(items: Iterator[In]) -> Generator[In, None, None]:
    """The same items, the next one made in a thread of its own while one is worked on."""
    with threads(1, "ahead") as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item


@contextmanager
def working(tools: Tools) -> Iterator[ThreadPoolExecutor]:
    """The job's own threads, or as many for now. One pool for all work: each thread keeps memory of its own.

    One more than there are `workers`: much of the time, a thread waits for those of Polars.
    """
    if tools.pool is not None:
        yield tools.pool
        return
    with threads(tools.workers + 1, "work") as pool:
        yield pool


@contextmanager
def threads(count: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """A pool that is left without waiting for tasks nobody wants any more."""
    pool = ThreadPoolExecutor(count, thread_name_prefix=name)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
