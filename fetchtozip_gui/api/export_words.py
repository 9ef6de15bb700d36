"""The FetchToZip door's words: its states, a job as it tells it, and its documented examples and errors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fetchtozip_gui.api.export_models import Fault, State, Status
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.job import State as EngineState

STATES: dict[EngineState, State] = {
    "queued": "in_progress",
    "running": "in_progress",
    "pausing": "in_progress",
    "paused": "paused",
    "cancelling": "cancel_requested",
    "cancelled": "cancelled",
    "completed": "completed",
    "failed": "failed",
}
ID = "01k9x3v7m2q4d"
_TOLD = {"task_id": ID, "rows": 42_000, "pages": 42, "bytes": 6_812_044, "created_at": "2026-11-25T10:30:00Z"}
INPUT = {"name": "revenue", "column": 3, "change_order": 1}
INPUTS = [{"name": "a", "column": 1, "change_order": 1}, {"name": "b", "column": 2, "change_order": 2}]
CONFIG = {"file_type": "zip", "rate_limit": 10, "page_limit": 100}
STATUS = {**_TOLD, "status": "in_progress", "progress": 42, "message": "Page 42 of 100.", "error": None}


Answers = dict[int | str, dict[str, Any]]


def status_of(job: Job) -> Status:
    """A job in the door's words."""
    return Status(
        task_id=job.id,
        status=STATES[job.state],
        progress=percent(job),
        rows=job.rows,
        pages=job.pages,
        bytes=job.bytes,
        message=_said(job),
        error=None if job.error is None else f"{job.error.message} {job.error.hint}".strip(),
        created_at=job.created_at,
    )


def message_of(job: Job) -> dict[str, Any]:
    """A job as the WebSocket sends it."""
    return {
        "task_id": job.id,
        "status": STATES[job.state],
        "progress": percent(job),
        "rows": job.rows,
        "pages": job.pages,
        "message": _said(job),
        "timestamp": datetime.now(UTC).isoformat(),
    }


def percent(job: Job) -> int:
    # never 100 before the file is there
    return 100 if job.state == "completed" else min(99, int(100 * (job.progress or 0)))


def _said(job: Job) -> str:
    if job.verdict is not None and not job.is_active:
        return f"{job.verdict.words.rstrip('.')}."
    return job.log[-1].text if job.log else "Waiting to begin."


def answered(example: Any) -> Answers:
    return {200: {"description": "Successful Response", "content": {"application/json": {"example": example}}}}


def fault(status: int, description: str, example: str) -> Answers:
    content = {"application/json": {"example": {"detail": example}}}
    return {status: {"model": Fault, "description": description, "content": content}}


UNKNOWN = fault(404, "There is no such task", f"There is no job '{ID}'.")
DOWNLOADS: Answers = {
    200: {
        "description": "The file; Content-Disposition has its name",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    206: {"description": "The ranges that were asked for"},
    304: {"description": "The client has it already"},
    **UNKNOWN,
    **fault(409, "There is no file yet", "The task … is in_progress, 42 % done: there is no file."),
    **fault(410, "The file is no longer there", "The result of the task … is no longer there."),
    **fault(416, "No such range is in the file", "The file has 1,024 bytes: no such range is in it."),
}
