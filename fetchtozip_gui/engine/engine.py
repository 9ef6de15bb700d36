"""When jobs run and who hears of it: takes recipes, gives snapshots, lets each job be stopped, resumed and removed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fetchtozip_gui.core.errors import FetchToZipError, JobLocked, NoSuchJob, NoSuchUpload, OutputError
from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.work import Onlooker, no_keyring
from fetchtozip_gui.engine import cleaning, destination
from fetchtozip_gui.engine.admission import Admission, Admitted, Wish
from fetchtozip_gui.engine.attempt import PIPELINE, Attempt, Desk, Here, Task
from fetchtozip_gui.engine.fetched import FetchedRows
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.followed import Followed
from fetchtozip_gui.engine.job import Job, now_utc
from fetchtozip_gui.engine.ledger import Ledger, Watcher
from fetchtozip_gui.engine.pool import Inline, Pool
from fetchtozip_gui.engine.redaction import Redactor, learning
from fetchtozip_gui.engine.runs import Runs
from fetchtozip_gui.engine.store import Store
from fetchtozip_gui.engine.uploads import Uploads

if TYPE_CHECKING:
    from fetchtozip_gui.core.recipe import Recipe
    from fetchtozip_gui.engine.crew import Crew

RECIPES = 500
"""Recipes with their secrets that are kept in memory, so that jobs of this process can be resumed and retried."""

log = logging.getLogger(__name__)
# without a journal nothing is logged, rather than to standard error, where a front end says things in its own way
logging.getLogger("fetchtozip_gui").addHandler(logging.NullHandler())


class Engine:
    """The jobs of one data folder. Any method may be called from any thread.

    `isolated` runs each submitted job in a worker process; otherwise it runs in the pool's own thread. `runner` names
    the pipeline as `module:function`. `keyring` gives the secrets that recipes refer to; `redactor` hears of every
    secret before anything can be said about it, and is for the journal too.
    """

    def __init__(
        self,
        folder: Folder,
        *,
        pool: Pool | None = None,
        isolated: bool = True,
        runner: str = PIPELINE,
        keyring: Callable[[str], str] | None = None,
        redactor: Redactor | None = None,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self.folder = folder.prepare()
        self.redactor = redactor or Redactor()
        self.store = Store(folder, clock)
        self.uploads = Uploads(folder, clock)
        self.fetched = FetchedRows(folder)
        self._clock = clock
        self._closing = threading.Event()
        self._runner = runner
        self._crew = _crew(runner) if isolated else None
        self._keyring = learning(keyring or no_keyring, self.redactor)
        self._recipes: dict[str, Recipe] = {}
        self._ledger = Ledger(self.store)
        self._admission = Admission(folder, self._ledger, self.redactor, clock)
        self._runs = Runs(self._ledger, pool or Inline(), self.redactor, clock)
        for note in self.store.notes:
            log.warning(note)
        self._admission.find_interrupted()

    # --- asking for work ----------------------------------------------------------------------------------------

    def submit(
        self,
        recipe: Recipe,
        to: Path | str | None = None,
        *,
        resume: bool = False,
        cached: bool = False,
        accept_partial: bool = False,
    ) -> Job:
        """Have a recipe done; its job at once, queued (ended, where the pool is `Inline`).

        `to` is the result's file; without it the recipe's own path, else a place in the job's folder. `resume` goes
        on with the unfinished job of the same recipe and destination, where there is one; `cached` lets a new job begin
        with the pages of the last one with the same source. `JobLocked` when another process is at that job, or another
        job writes that file.
        """
        self._check_open()
        wish = Wish(to, resume=resume, cached=cached, accept_partial=accept_partial)
        return self._begin(self._admission.admit(self._newer(recipe), wish))

    def follow(
        self,
        recipe: Recipe,
        to: Path | str | None = None,
        *,
        resume: bool = False,
        cached: bool = False,
        accept_partial: bool = False,
        keeps_since: bool = True,
        onlooker: Onlooker | None = None,
    ) -> Followed:
        """As `submit`, but in this process and thread, as far as the events are asked for; errors are raised.

        Without `keeps_since` an incremental recipe asks for everything, and its next run for what it would have asked
        for. An `onlooker` sees the rows as they are fetched, before any step.
        """
        self._check_open()
        wish = Wish(to, resume=resume, cached=cached, accept_partial=accept_partial)
        admitted = self._admission.admit(self._newer(recipe) if keeps_since else recipe, wish)
        self._keep(admitted)
        here = partial(self._here, onlooker=onlooker)
        return Followed(self, admitted.job.id, self._runs.follow(admitted, here, keeps_since=keeps_since))

    def resume(self, job_id: str, recipe: Recipe | None = None) -> Job:
        """Go on with a job that was paused, cancelled or has failed, from its last finished page.

        A job whose recipe holds secrets in plain needs the `recipe` again once its process has ended: no record keeps
        them, and `RecipeError` says so.
        """
        self._check_open()
        job = self.job(job_id)
        recipe = recipe or self._recipe_of(job)
        return self._begin(self._admission.reopen(job, recipe, accept_partial=job.accept_partial))

    def retry(self, job_id: str, recipe: Recipe | None = None) -> Job:
        """Have the same done once more from the beginning, as a new job."""
        job = self.job(job_id)
        recipe = recipe or self._recipe_of(job)
        return self.submit(recipe, destination.again(recipe, job.wanted), accept_partial=job.accept_partial)

    def aside(self, recipe: Recipe, folder: Path, destination: Path) -> Attempt:
        """Work that is no job and stands in no list, in a folder of its own that the caller looks after."""
        self._check_open()
        task = Task(recipe, folder, destination, accept_partial=True)
        desk = Desk(self._keyring, self.file_of, lambda said: None)
        return Here(self._runner, task, desk) if self._crew is None else self._crew.attempt(task, desk)

    def _newer(self, recipe: Recipe) -> Recipe:
        """An incremental recipe that asks for what is newer than the last time."""
        if getattr(recipe.source, "incremental", None) is None:
            return recipe
        since = self._ledger.since(recipe.name)
        return recipe if since is None else recipe.model_copy(update={"source": recipe.source.with_since(since)})

    def _begin(self, admitted: Admitted) -> Job:
        self._keep(admitted)
        return self._runs.begin(admitted, self._here if self._crew is None else self._apart)

    def _here(self, admitted: Admitted, say: Callable[[Said], None], onlooker: Onlooker | None = None) -> Attempt:
        return Here(self._runner, *self._tasked(admitted, say, onlooker))

    def _apart(self, admitted: Admitted, say: Callable[[Said], None]) -> Attempt:
        assert self._crew is not None
        return self._crew.attempt(*self._tasked(admitted, say))

    def _tasked(
        self, admitted: Admitted, say: Callable[[Said], None], onlooker: Onlooker | None = None
    ) -> tuple[Task, Desk]:
        job = admitted.job
        task = Task(admitted.recipe, self.folder.job(job.id), Path(job.target), job.accept_partial)
        return task, Desk(self._keyring, self.file_of, say, onlooker)

    def file_of(self, some_id: str) -> Path:
        """What a recipe means by an id: an uploaded file, else the result of a job."""
        try:
            return self.uploads.get(some_id).path
        except NoSuchUpload:
            return self.result(some_id)

    def _keep(self, admitted: Admitted) -> None:
        self._recipes[admitted.job.id] = admitted.recipe
        for job_id in list(self._recipes)[:-RECIPES]:
            self._recipes.pop(job_id, None)

    def _recipe_of(self, job: Job) -> Recipe:
        return self._recipes.get(job.id) or self._admission.recipe_of(job)

    def _check_open(self) -> None:
        if self._closing.is_set():
            raise FetchToZipError("The program is closing and takes no more jobs.")
        self._runs.check_room()

    # --- stopping -----------------------------------------------------------------------------------------------

    def cancel(self, job_id: str) -> Job:
        """Stop a job, in under 2 seconds where it is isolated. What it fetched is kept, so that it can go on."""
        return self._runs.stop(job_id, "cancel")

    def pause(self, job_id: str) -> Job:
        """Stop a job for a while: as `cancel`, but told as paused."""
        return self._runs.stop(job_id, "pause")

    def close(self) -> None:
        """Pause what runs, and let all threads, processes and files go. Doing it twice is harmless."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._runs.close()
        if self._crew is not None:
            self._crew.close()
        self.store.close()

    # --- what there is ------------------------------------------------------------------------------------------

    def jobs(self) -> list[Job]:
        """Every job of the folder, newest first, those of other processes too."""
        self._ledger.refresh()
        self._admission.find_interrupted(self._runs)
        return self._ledger.all()

    def job(self, job_id: str) -> Job:
        """One job as it is now; `NoSuchJob` where there is none."""
        if (job := self.at_hand(job_id)) is not None:
            return job
        # another process's: what it has saved last
        self._ledger.refresh()
        return self._ledger.get(job_id)

    def at_hand(self, job_id: str) -> Job | None:
        """One job as it is now, where that can be told without asking the disk; else None, and `job` will tell."""
        try:
            job = self._ledger.get(job_id)
        except NoSuchJob:
            return None
        return job if not job.is_active or job_id in self._runs else None

    def result(self, job_id: str) -> Path:
        """The file a completed job has made; `OutputError` where it is not, or no longer, there."""
        job = self.job(job_id)
        if job.result is None:
            raise OutputError(f"The job {job_id} has no result: it is {job.state}.")
        path = Path(job.result)
        if not path.exists():
            raise OutputError(f"The result of the job {job_id} is no longer at {path}.", "Run the job again.")
        return path

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Hear every new snapshot, in the thread where it was made; returns how to end that.

        Never an older one after a newer one of the same job. A watcher that raises is logged and hears no more.
        """
        return self._ledger.watch(watcher)

    def warm(self) -> None:
        """Make a worker process ready, so that the first job begins at once."""
        if self._crew is not None:
            self._crew.warm()

    # --- removing -----------------------------------------------------------------------------------------------

    def remove(self, job_id: str) -> None:
        """Delete a job that is at rest: its record, pages and result; a result elsewhere is the user's and stays."""
        job = self.job(job_id)
        if job.is_active:
            raise JobLocked(f"The job {job_id} is {job.state}.", "Cancel it first.")
        removed = cleaning.Removed(job_id, "job", 0)
        if not cleaning.carry_out(self.folder, [removed], self._forget):
            raise JobLocked(f"The job {job_id} is in use.", "Try again in a moment.")

    def clean(self, max_age: timedelta | None = None, max_bytes: int | None = None) -> list[cleaning.Removed]:
        """Delete what is older than `max_age`, then the oldest until the jobs take at most `max_bytes`.

        Never what runs, nor within a week what could go on. Returns what was deleted.
        """
        plan = cleaning.plan(self.folder, self.jobs(), self._clock(), max_age, max_bytes)
        return cleaning.carry_out(self.folder, plan, self._forget)

    def _forget(self, job_id: str) -> None:
        self._ledger.drop(job_id)
        self._recipes.pop(job_id, None)


def _crew(runner: str) -> Crew:
    from fetchtozip_gui.engine.crew import Crew  # heavy, and nothing for who follows a job in this process

    return Crew(runner)
