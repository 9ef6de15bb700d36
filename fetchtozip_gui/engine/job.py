"""What has happened: one job as a frozen snapshot, and how the next snapshot follows from each event."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from fetchtozip_gui.core.errors import FetchToZipError, PartialResult, RecipeError
from fetchtozip_gui.core.events import Delivered, Event, Fetched, Level, Said, Shaped, Wrote
from fetchtozip_gui.core.verdict import Verdict
from fetchtozip_gui.engine import meters

if TYPE_CHECKING:
    import msgspec

State = Literal["queued", "running", "pausing", "paused", "cancelling", "cancelled", "completed", "failed"]
ACTIVE: frozenset[State] = frozenset({"queued", "running", "pausing", "cancelling"})
"""States that need a living process."""
LOG_LINES = 100
"""The newest lines a snapshot keeps; the journal has them all."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a job's log."""

    at: datetime
    text: str
    level: Level = "info"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a job failed, as `core.errors` words it."""

    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One job at one moment. Times are UTC, `rate` is rows a second, `progress` 0 to 1 or None when unknown.

    `pages`, `rows` and `bytes` are what was fetched, over all attempts; `written_*` what the output has taken.
    A later snapshot of the same job has a higher `revision`.
    """

    id: str
    recipe_name: str
    recipe: Mapping[str, Any]
    """Without secrets."""
    key: str
    """`Recipe.key()`: equal for recipes that ask for the same work."""
    created_at: datetime
    source_key: str = ""
    """`Recipe.source_key()`: equal for recipes whose pages are interchangeable."""
    wanted: str = ""
    """The destination as it was asked for; empty when the engine chose one."""
    target: str = ""
    """The file the result is to become."""
    accept_partial: bool = False
    needs_recipe: bool = False
    """The recipe holds secrets in plain, which no record keeps: to go on in another process it is needed again."""
    state: State = "queued"
    revision: int = 0
    attempt: int = 1
    process: int = field(default_factory=os.getpid)
    """The id of the process that keeps this record."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    pages: int = 0
    rows: int = 0
    bytes: int = 0
    total_rows: int | None = None
    total_pages: int | None = None
    page_limit: int | None = None
    """The recipe's own, at which the job stops although the source may have more."""
    written_rows: int = 0
    written_bytes: int = 0
    columns: tuple[tuple[str, str], ...] = ()
    progress: float | None = None
    rate: int | None = None
    seconds_left: int | None = None
    verdict: Verdict | None = None
    result: str | None = None
    error: Problem | None = None
    resumable: bool = False
    log: tuple[Line, ...] = ()
    meter: meters.Meter = field(default_factory=meters.Meter)

    # --- what a job says about itself ---------------------------------------------------------------------------

    @property
    def is_active(self) -> bool:
        """Queued or running, or on its way to a stop."""
        return self.state in ACTIVE

    @property
    def can_go_on(self) -> bool:
        """Unfinished, not at work, and what it fetched can be used."""
        return self.resumable and not self.is_active

    # --- what happens to it -------------------------------------------------------------------------------------

    def after(self, event: Event, now: datetime) -> Job:
        """The snapshot that follows an event of the pipeline."""
        match event:
            case Said():
                return self._measured(now, log=self._with(Line(now, event.text, event.level)))
            case Fetched():
                return self._measured(
                    now,
                    pages=event.pages,
                    rows=event.rows,
                    bytes=event.bytes,
                    total_rows=event.total_rows,
                    total_pages=event.total_pages,
                )
            case Shaped():
                return self._next(columns=event.columns)
            case Wrote():
                return self._measured(now, written_rows=event.rows, written_bytes=event.bytes)
            case Delivered():
                return self._delivered(event, now)

    def _measured(self, now: datetime, **changes: Any) -> Job:
        """The next snapshot, with rate, progress and time left as they are at `now`."""
        at = {name: changes.get(name, getattr(self, name)) for name in ("rows", "pages", "total_rows", "total_pages")}
        seconds, rows = now.timestamp(), at["rows"]
        expected = meters.expected_rows(rows, at["pages"], at["total_rows"], at["total_pages"], self.page_limit)
        meter = self.meter.after(seconds, rows, expected)
        return self._next(
            meter=meter,
            rate=meter.rate,
            seconds_left=meter.seconds_left(seconds),
            progress=meters.progress(rows, expected, self.progress),
            **changes,
        )

    def queued(self, now: datetime, *, accept_partial: bool, recipe: Mapping[str, Any]) -> Job:
        """Waiting for another attempt, in this process; what was fetched stays."""
        return self._next(
            state="queued",
            recipe=recipe,
            accept_partial=accept_partial,
            attempt=self.attempt + 1,
            process=os.getpid(),
            started_at=None,
            ended_at=None,
            written_rows=0,
            written_bytes=0,
            verdict=None,
            result=None,
            error=None,
            meter=meters.Meter(),
            log=self._with(Line(now, f"Attempt {self.attempt + 1}: going on with what is there.")),
        )

    def started(self, now: datetime) -> Job:
        # where pages were there before, the first count only says where counting begins
        begins_here = self.attempt == 1 and not self.pages
        meter = meters.Meter(at=now.timestamp()) if begins_here else meters.Meter()
        return self._next(state="running", started_at=now, resumable=True, meter=meter)

    def stopping(self, state: Literal["pausing", "cancelling"]) -> Job:
        """Asked to stop; a cancel may follow a pause, not the other way round."""
        if self.state in ("queued", "running") or (self.state == "pausing" and state == "cancelling"):
            return self._next(state=state)
        return self

    def stopped(self, state: Literal["paused", "cancelled"], now: datetime, words: str) -> Job:
        """At rest before its end; what was fetched stays for a later attempt."""
        if not self.is_active:
            return self
        return self._ended(state, now, resumable=True, log=self._with(Line(now, words)))

    def failed(self, error: FetchToZipError, now: datetime) -> Job:
        """Ended by an error. A wrong recipe is not resumable: it would be as wrong again."""
        if not self.is_active:
            return self
        problem = Problem(error.code, error.message, error.hint)
        return self._ended(
            "failed",
            now,
            error=problem,
            resumable=not isinstance(error, RecipeError),
            verdict=_partial(self, error),
            log=self._with(Line(now, str(error), "error")),
        )

    def interrupted(self, now: datetime) -> Job:
        """Found at a start: the process that ran it is gone."""
        if not self.is_active:
            return self
        what = "before this job had begun" if self.started_at is None else "while this job ran"
        kept = f"{self.pages:,} pages are kept; " if self.pages else ""
        problem = Problem("interrupted", f"The program ended {what}.", f"Resume it: {kept}it goes on from there.")
        line = Line(now, f"{problem.message} {problem.hint}", "warning")
        return self._ended("failed", now, error=problem, resumable=True, log=self._with(line))

    def lost(self, now: datetime) -> Job:
        """Found at a start without its folder: nothing is left to go on from."""
        return replace(self.interrupted(now), resumable=False)

    def _delivered(self, event: Delivered, now: datetime) -> Job:
        ended = self._ended("completed", now, resumable=False, log=self._with(Line(now, f"{event.verdict.words}.")))
        return replace(
            ended,
            verdict=event.verdict,
            result=event.path,
            columns=event.columns or self.columns,
            written_rows=event.rows,
            written_bytes=event.bytes,
            progress=1.0,
        )

    def _ended(self, state: State, now: datetime, **changes: Any) -> Job:
        return self._next(state=state, ended_at=now, rate=None, seconds_left=None, **changes)

    def _next(self, **changes: Any) -> Job:
        return replace(self, revision=self.revision + 1, **changes)

    def _with(self, line: Line) -> tuple[Line, ...]:
        return (*self.log[-LOG_LINES + 1 :], line)

    # --- JSON ---------------------------------------------------------------------------------------------------

    def document(self) -> dict[str, Any]:
        """As JSON values, everything but the meter's inner state."""
        values: dict[str, Any] = json.loads(self.text())
        del values["meter"]
        return values

    def text(self) -> str:
        """As JSON text, for the store."""
        import msgspec  # needed once there are records

        return msgspec.json.encode(self).decode()

    @classmethod
    def read(cls, text: str) -> Job:
        """From `text()`; `ValueError` when it is not that. Fields of later versions are left out."""
        import msgspec

        try:
            return _decoder().decode(text)
        except msgspec.MsgspecError as error:
            raise ValueError(str(error)) from error


def _partial(job: Job, error: FetchToZipError) -> Verdict | None:
    if not isinstance(error, PartialResult):
        return job.verdict
    return Verdict("partial", error.message.rstrip("."), job.rows, job.total_rows)


@functools.cache
def _decoder() -> msgspec.json.Decoder[Job]:
    import msgspec  # Pydantic takes ten times as long to learn what a job is

    return msgspec.json.Decoder(Job, strict=False)  # 50.0 is 50 rows


def now_utc() -> datetime:
    """The engine's default clock."""
    return datetime.now(UTC)
