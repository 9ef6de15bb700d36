"""Lets recipes in: a new job, or the unfinished one to go on with, and the locks that make it ours."""

from __future__ import annotations

import os
from collections.abc import Callable, Container
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fetchtozip_gui.core.errors import FetchToZipError, FolderError, JobLocked, RecipeError
from fetchtozip_gui.core.events import Fetched, Said
from fetchtozip_gui.engine import cleaning, destination, pages
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.ledger import Ledger
from fetchtozip_gui.engine.redaction import Redactor, secrets_in

if TYPE_CHECKING:
    from fetchtozip_gui.core.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Admitted:
    """A queued job that is this process's own until `locks` are closed."""

    job: Job
    recipe: Recipe
    locks: ExitStack


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for besides the recipe; `Engine.submit` explains the words."""

    to: Path | str | None = field(default=None, kw_only=False)
    resume: bool = False
    cached: bool = False
    accept_partial: bool = False


class Admission:
    """Decides which job a recipe becomes."""

    def __init__(self, folder: Folder, ledger: Ledger, redactor: Redactor, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._ledger = ledger
        self._redactor = redactor
        self._clock = clock

    def admit(self, recipe: Recipe, wish: Wish) -> Admitted:
        """The job for this recipe; where a resumption is wished, the unfinished one of the same work, if any."""
        if wish.resume and (before := self._unfinished(recipe.key(), destination.wanted(recipe, wish.to))) is not None:
            return self.reopen(before, recipe, accept_partial=wish.accept_partial)
        return self._open(recipe, wish)

    def reopen(self, before: Job, recipe: Recipe, *, accept_partial: bool) -> Admitted:
        """Another attempt at a job that is at rest; `JobLocked` when another process has it."""
        public = self._learn(recipe)
        if recipe.key() != before.key:
            raise RecipeError(f"This recipe asks for other work than that of the job {before.id}.")
        with ExitStack() as locks:
            locks.enter_context(self._folder.lock_job(before.id))
            # only now nobody else can change it: what we knew of it may be old
            self._ledger.refresh()
            job = self._ledger.get(before.id)
            if not (job.is_active or job.can_go_on):
                raise FetchToZipError(f"The job {job.id} is {job.state} and cannot be resumed.", "Run it again.")
            self._lock_destination(locks, Path(job.target), self._folder.job(job.id))
            now = self._clock()
            queued = self._ledger.change(
                job.id, lambda job: job.interrupted(now).queued(now, accept_partial=accept_partial, recipe=public)
            )
            return Admitted(queued, recipe, locks.pop_all())

    def find_interrupted(self, ours: Container[str] = ()) -> None:
        """Mark the jobs whose process is gone: they did not end, but they can go on. Not those that are `ours`."""
        for job in self._ledger.all():
            if not job.is_active or job.id in ours:
                continue
            try:
                with self._folder.lock_job(job.id, wait=0):
                    self._ledger.refresh()
                    self._ledger.change(job.id, lambda job: job.interrupted(self._clock()))
            except JobLocked:
                continue
            except FolderError:  # the folder is gone, and with it every page
                self._ledger.change(job.id, lambda job: job.lost(self._clock()))

    def recipe_of(self, job: Job) -> Recipe:
        """The recipe as the record has it; `RecipeError` where its secrets are needed, which no record has."""
        from fetchtozip_gui.core.recipe import Recipe  # heavy: all plug-ins' models

        if job.needs_recipe:
            raise RecipeError(
                f"The recipe of the job {job.id} holds secrets in plain, which are not kept.",
                "Give the recipe again, or write its secrets as keyring:NAME.",
            )
        return Recipe.parse(dict(job.recipe))

    def _unfinished(self, key: str, asked: str) -> Job | None:
        self._ledger.refresh()
        for job in self._ledger.all():
            if (job.key, job.wanted) != (key, asked):
                continue
            if job.state == "completed":
                # what lies before the newest whole result is no longer wanted
                return None
            if job.is_active or job.can_go_on:
                return job
        return None

    def _open(self, recipe: Recipe, wish: Wish) -> Admitted:
        public = self._learn(recipe)
        now = self._clock()
        job_id = self._folder.new_job()
        folder = self._folder.job(job_id)
        try:
            with ExitStack() as locks:
                locks.enter_context(self._folder.lock_job(job_id))
                target = destination.target(recipe, wish.to, folder)
                self._lock_destination(locks, target, folder)
                job = Job(
                    id=job_id,
                    recipe_name=recipe.name,
                    recipe=public,
                    key=recipe.key(),
                    source_key=recipe.source_key(),
                    created_at=now,
                    wanted=destination.wanted(recipe, wish.to),
                    target=str(target),
                    accept_partial=wish.accept_partial,
                    needs_recipe=public != recipe.document(secrets=True),
                    page_limit=getattr(recipe.source, "page_limit", None),
                )
                if wish.cached:
                    job = self._with_pages(job)
                self._ledger.add(job)
                return Admitted(job, recipe, locks.pop_all())
        except BaseException:
            cleaning.delete(folder)
            raise

    def _with_pages(self, job: Job) -> Job:
        """The job with what an earlier one of the same source has fetched, where there is one."""
        self._ledger.refresh()
        now = self._clock()
        for before in self._ledger.all():
            if before.source_key != job.source_key or before.is_active or not before.pages:
                continue
            whole = before.state == "completed" and before.verdict is not None and before.verdict.state != "partial"
            try:
                with self._folder.lock_job(before.id):
                    pages.adopt(self._folder.job(before.id), self._folder.job(job.id), whole=whole)
            except (JobLocked, FolderError, OSError):
                continue
            fetched = Fetched(before.pages, before.rows, before.bytes, before.total_rows, before.total_pages)
            return job.after(Said(f"The {before.pages:,} pages of the job {before.id} are used again."), now).after(
                fetched, now
            )
        return job.after(Said("No earlier job of this source has left its pages: everything is fetched."), now)

    def _lock_destination(self, locks: ExitStack, target: Path, job_folder: Path) -> None:
        if not target.is_relative_to(job_folder):  # where no other job writes
            locks.enter_context(self._folder.lock_destination(target))

    def _learn(self, recipe: Recipe) -> dict[str, Any]:
        public = recipe.public()
        self._redactor.learn(secrets_in(recipe.document(secrets=True), public, os.environ))
        return public
