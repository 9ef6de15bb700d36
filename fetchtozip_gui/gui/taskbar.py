"""How far the running jobs are, on the program's sign in the taskbar or dock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fetchtozip_gui.gui.models.jobs import JobsModel

if TYPE_CHECKING:
    from fetchtozip_gui.engine.job import Job
    from fetchtozip_gui.gui.signs import Sign


def sign_of(window: Callable[[], int]) -> Sign | None:
    """As `signs.sign_of`, which is not loaded before a job runs."""
    from fetchtozip_gui.gui import signs

    return signs.sign_of(window)


class Taskbar(QObject):
    """Jobs that run at the same time count as one piece of work, which never goes back when one of them ends."""

    def __init__(
        self,
        jobs: JobsModel,
        parent: QObject | None,
        window: Callable[[], int],
        find: Callable[[Callable[[], int]], Sign | None] = sign_of,
    ) -> None:
        """`find` is asked for the sign of the `window` with this handle, once there is something to show."""
        super().__init__(parent)
        self._jobs = jobs
        self._window = window
        self._find = find
        self._sign: Sign | None = None
        self._asked = False
        self._together: dict[str, float | None] = {}
        self._shown: int | None = None
        jobs.job_changed.connect(self._follow)
        jobs.job_gone.connect(self._forget)

    @property
    def shown(self) -> int | None:
        """The percentage that is shown; None where nothing is."""
        return self._shown

    def close(self) -> None:
        """Take it away: a dock would show it for ever."""
        self._together.clear()
        self._tell(None)

    def _follow(self, job: Job) -> None:
        if job.is_active:
            self._together[job.id] = job.progress
        elif job.id in self._together:
            self._together[job.id] = 1.0
        self._add_up()

    def _forget(self, job_id: str) -> None:
        self._together.pop(job_id, None)
        self._add_up()

    def _add_up(self) -> None:
        if not self._jobs.active():
            self._together.clear()
        known = [progress for progress in self._together.values() if progress is not None]
        # those of which nobody knows how far they are count as begun
        self._tell(int(100 * sum(known) / len(self._together)) if known else None)

    def _tell(self, percent: int | None) -> None:
        if percent == self._shown:
            return
        if not self._asked:
            self._asked = True
            self._sign = self._find(self._window)
        self._shown = percent
        if self._sign is not None:
            self._sign(percent)
