"""Compares a completed job with the one before it of the same recipe, and keeps what was found."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.engine.fetched import FetchedRows
from fetchtozip_gui.engine.job import Job

if TYPE_CHECKING:
    import polars as pl

    from fetchtozip_gui.core.analysis.compare import Difference
    from fetchtozip_gui.engine.engine import Engine

_KEPT = "compared.json"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Compared:
    """What became different since the job `before`, which ended `since`."""

    before: str
    since: datetime
    difference: Difference


def since_last(engine: Engine, job_id: str) -> Compared | None:
    """The comparison of a completed job; None where there is nothing to compare it with.

    It reads all fetched rows of both jobs, once: what was found is kept in the job's folder. To be called away from
    any thread that somebody waits for. The rows are those the steps of the newer job make of what both have fetched.
    """
    job = engine.job(job_id)
    kept = engine.folder.job(job_id) / _KEPT
    if (known := _read(kept)) is not None:
        return known
    before = previous(engine.fetched, engine.jobs(), job)
    if before is None or before.ended_at is None:
        return None
    try:
        difference = _compared(engine, before, job)
    except (FetchToZipError, OSError) as error:
        log.info("The jobs %s and %s cannot be compared: %s", before.id, job.id, error)
        return None
    made = Compared(before.id, before.ended_at, difference)
    _write(kept, made)
    return made


def previous(fetched: FetchedRows, jobs: Sequence[Job], job: Job) -> Job | None:
    """The newest whole result before `job` of the same source, or of the same name and address; None where that has
    left no pages, and for jobs that fetch only what is new."""
    if not _is_whole(job) or not fetched.there(job) or _source(job).get("incremental"):
        return None
    earlier = [other for other in jobs if other.id < job.id and _is_whole(other) and _is_same(other, job)]
    return next(
        (other for other in sorted(earlier, key=lambda one: one.id, reverse=True) if fetched.there(other)), None
    )


def _is_whole(job: Job) -> bool:
    return job.state == "completed" and job.verdict is not None and job.verdict.state != "partial"


def _is_same(other: Job, job: Job) -> bool:
    if other.source_key == job.source_key:
        return True
    first, second = _source(other), _source(job)
    same = all(first.get(name) == second.get(name) for name in ("type", "url", "path", "params", "page_limit"))
    return same and other.recipe_name == job.recipe_name


def _source(job: Job) -> dict[str, Any]:
    return dict(job.recipe.get("source") or {})


def _compared(engine: Engine, before: Job, job: Job) -> Difference:
    # heavy: all plug-ins' models, and Polars
    from fetchtozip_gui.core.analysis.compare import compare
    from fetchtozip_gui.core.recipe import Recipe

    steps = [step for step in Recipe.parse(dict(job.recipe)).steps if step.enabled]

    def shaped(rows: pl.LazyFrame) -> pl.LazyFrame:
        for step in steps:
            rows = step.apply(rows)
        return rows

    with engine.fetched.of(before) as old, engine.fetched.of(job) as new:
        return compare(shaped(old), shaped(new))


def _read(path: Path) -> Compared | None:
    from fetchtozip_gui.core.analysis.compare import Difference

    try:
        kept = json.loads(path.read_bytes())
        found = {**kept["difference"]}
        found |= {name: tuple(found[name]) for name in ("new_columns", "lost_columns")}
        return Compared(kept["before"], datetime.fromisoformat(kept["since"]), Difference(**found))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, made: Compared) -> None:
    text = json.dumps({"before": made.before, "since": made.since.isoformat(), "difference": asdict(made.difference)})
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        log.info("The comparison cannot be kept: %s", error)
