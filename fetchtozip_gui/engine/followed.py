"""A job whose events somebody asks for one by one."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from fetchtozip_gui.core.events import Event
from fetchtozip_gui.engine.job import Job

if TYPE_CHECKING:
    from fetchtozip_gui.engine.engine import Engine


class Followed:
    """A job that runs while its events are asked for, in the asking thread."""

    def __init__(self, engine: Engine, job_id: str, events: Generator[Event, None, None]) -> None:
        self._engine = engine
        self._events = events
        self.id = job_id

    @property
    def job(self) -> Job:
        """Its snapshot, now."""
        return self._engine.job(self.id)

    def __iter__(self) -> Generator[Event, None, None]:
        return self._events

    def close(self) -> None:
        """Ask for no more: an unfinished job is cancelled, and can go on later."""
        self._events.close()
        if self.job.is_active:  # nothing had been asked for yet
            self._engine.cancel(self.id)
