"""What a job's card says: a snapshot turned into words, a tone and the acts that are possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fetchtozip_gui.gui.words import counted, duration, size

if TYPE_CHECKING:
    from fetchtozip_gui.engine.job import Job

Tone = Literal["plain", "busy", "good", "warn", "bad"]
Act = Literal["pause", "cancel", "resume", "save_as", "open_file", "open_folder", "send", "retry", "edit", "remove"]
AT_REST: tuple[Act, ...] = ("edit", "remove")
"""What can be done with every job that is not at work."""

_STATES = {
    "queued": "Waiting",
    "running": "Running",
    "pausing": "Pausing",
    "paused": "Paused",
    "cancelling": "Cancelling",
    "cancelled": "Cancelled",
    "completed": "Completed",
    "failed": "Failed",
}
_HINTS = {
    # the errors' own hints name options of the command line
    "partial": "Resume asks for the missing pages again and goes on from there.",
    "interrupted": "Resume goes on from there.",
    "output_failed": "Choose another folder, then start again.",
}


@dataclass(frozen=True, slots=True)
class CardWords:
    """All that a card shows; `progress` is 0 to 1, and None where a bar would have nothing to measure."""

    title: str
    state: str
    headline: str
    detail: str = ""
    hint: str = ""
    tone: Tone = "plain"
    progress: float | None = None
    has_bar: bool = False
    file: Path | None = None
    file_note: str = ""
    acts: tuple[Act, ...] = ()

    @property
    def spoken(self) -> str:
        """In one line, for screen readers."""
        return ". ".join(part.rstrip(".") for part in (self.title, self.state, self.headline, self.detail) if part)


def describe(job: Job) -> CardWords:
    """The card of a snapshot."""
    title, state = job.recipe_name, _STATES[job.state]
    if job.is_active:
        return _active(job, title, state)
    if job.state == "completed":
        return _completed(job, title, state)
    if job.state == "failed":
        return _failed(job, title, state)
    acts: tuple[Act, ...] = ("resume", "retry") if job.can_go_on else ("retry",)
    return CardWords(
        title, state, f"{state}.", _kept(job), acts=acts + AT_REST, progress=job.progress, has_bar=bool(job.rows)
    )


def cut_off(jobs: Sequence[Job]) -> str:
    """That these jobs were running when the program came to a sudden end."""
    names = ", ".join(f"“{job.recipe_name}”" for job in jobs[:3]) + (" and others" if len(jobs) > 3 else "")
    return f"The program ended while {counted(len(jobs), 'job')} ran: {names}. What was fetched is kept."


def _active(job: Job, title: str, state: str) -> CardWords:
    if job.state == "queued":
        return CardWords(title, state, "Waiting for its turn.", tone="busy", acts=("cancel",))
    if job.state in ("pausing", "cancelling"):
        headline = f"{state}: what was fetched is kept."
        return CardWords(title, state, headline, _flow(job), tone="busy", progress=job.progress, has_bar=True)
    acts: tuple[Act, ...] = ("pause", "cancel")
    return CardWords(title, state, _doing(job), _flow(job), tone="busy", progress=job.progress, has_bar=True, acts=acts)


def _doing(job: Job) -> str:
    if not job.pages:
        return "Asking for the first page."
    if job.total_rows is not None and job.rows >= job.total_rows:
        return f"Writing the file: {job.written_rows:,} of {counted(job.rows, 'row')}"
    if job.total_pages is not None:
        return f"Fetching: {job.pages:,} of {counted(job.total_pages, 'page')}"
    return f"Fetching: {counted(job.pages, 'page')} so far"


def _flow(job: Job) -> str:
    if not job.pages:
        return ""
    of = f" of {job.total_rows:,}" if job.total_rows is not None else ""
    parts = [f"{job.rows:,}{of} rows"]
    if job.rate:
        parts.append(f"{job.rate:,} rows a second")
    if job.seconds_left:
        parts.append(f"{duration(job.seconds_left)} left")
    return " · ".join(parts)


def _completed(job: Job, title: str, state: str) -> CardWords:
    verdict = job.verdict
    headline = verdict.words if verdict else "Completed"
    whole = verdict is None or (verdict.state == "complete" and not verdict.limited)
    parts = []
    if verdict and job.written_rows != verdict.rows:
        parts.append(f"{counted(job.written_rows, 'row')} written")
    if job.columns:
        parts.append(counted(len(job.columns), "column"))
    if job.pages:
        parts.append(counted(job.pages, "page"))
    if job.started_at and job.ended_at:
        parts.append(f"done in {duration((job.ended_at - job.started_at).total_seconds())}")
    return CardWords(
        title,
        state,
        headline,
        " · ".join(parts),
        tone="good" if whole else "warn",
        file=Path(job.result) if job.result else None,
        file_note=size(job.written_bytes),
        acts=(("save_as", "open_file", "open_folder", "send") if job.result else ()) + ("retry", *AT_REST),
    )


def _failed(job: Job, title: str, state: str) -> CardWords:
    problem = job.error
    headline = problem.message if problem else "The job failed."
    hint = _HINTS.get(problem.code, problem.hint) if problem else ""
    missing = job.verdict is not None and job.verdict.state == "partial"
    return CardWords(
        title,
        "Partial" if missing else state,
        headline,
        _kept(job),
        hint,
        tone="warn" if missing or (problem and problem.code == "interrupted") else "bad",
        acts=(("resume",) if job.can_go_on else ()) + ("retry", *AT_REST),
    )


def _kept(job: Job) -> str:
    if not job.rows or not job.can_go_on:
        return ""
    return f"{counted(job.rows, 'row')} in {counted(job.pages, 'page')} are kept."
