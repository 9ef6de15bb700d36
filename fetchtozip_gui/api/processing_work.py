"""The jobs behind the data processing door: a file is read once, processed, and written in the formats asked for."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
from starlette.concurrency import run_in_threadpool

from fetchtozip_gui.api.dialect import Unfit
from fetchtozip_gui.api.processing_plan import Plan
from fetchtozip_gui.core.analysis.report import report
from fetchtozip_gui.core.analysis.report_page import page
from fetchtozip_gui.core.errors import NoSuchJob, OutputError, RecipeError
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.outputs.json_text import JsonText
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.rejects import beside
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.uploads import Upload

SECONDS_TO_READ = 30.0
"""How long an upload waits for its file to be read; where other jobs take longer, the next request waits for it."""
NO_PLAN = Plan((), (), (), None)
_BUSY = ("disk_full", "data_folder", "too_many_jobs")
_STOPPED = ("paused", "cancelled")
_TO_SEE_ALL = "With on_error `report` or `drop` they are listed in the answer."
_PARTIAL = re.compile(r"^Partial: (.*?); [\d,]+ rows kept\.?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows on disk, as Parquet: those that were uploaded, or those of the last processing."""

    path: Path
    job_id: str
    is_processed: bool

    def scan(self) -> pl.LazyFrame:
        return pl.scan_parquet(self.path, glob=False)


class Work:
    """What the door has the engine do; every wait leaves the server free."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def read(self, upload: Upload, seconds: float | None = None) -> Job | None:
        """The job that reads an upload, begun where it was not, once it has ended; None where that takes longer."""
        job = await run_in_threadpool(self._reading, upload)
        return await self._ended(job.id, seconds)

    def _reading(self, upload: Upload) -> Job:
        known = upload.notes.get("read")
        with suppress(NoSuchJob):
            if known and ((job := self._engine.job(known)).state not in _STOPPED):
                return job
        source = {"type": "file", "path": upload.id, **upload.notes["options"]}
        recipe = Recipe.parse({"version": 1, "name": upload.name, "source": source, "output": _output("parquet")})
        job = self._engine.submit(recipe, upload.folder / "rows.parquet")
        self._engine.uploads.note(upload.id, lambda notes: {**notes, "read": job.id})
        return job

    async def rows(self, upload: Upload, wanted: str | None = None) -> Rows:
        """The rows that are `wanted`; without a wish those of the last processing, else those uploaded."""
        processed = upload.notes.get("processed")
        if wanted == "processed" and not processed:
            raise Unfit(400, "data: nothing has been processed yet.", "Call POST /api/process first.")
        if processed and wanted != "uploaded":
            return Rows(await run_in_threadpool(self._result, processed["job"]), processed["job"], True)
        path = upload.folder / "rows.parquet"
        job = await self.read(upload) if not path.exists() else None
        if job is not None:
            self.check_read(job)
        return Rows(path, str(upload.notes.get("read")), False)

    def check_options(self, options: dict[str, Any]) -> None:
        """`Unfit` where a field beside an upload is none that the file source knows."""
        if len(options.get("delimiter", ",")) != 1:
            raise Unfit(400, f"delimiter: must be one character, found {options['delimiter'][:40]!r}.")
        try:
            Recipe.parse({"version": 1, "source": {"type": "file", "path": "upload", **options}})
        except RecipeError as error:
            raise Unfit(400, error.message.splitlines()[0].removeprefix("source."), error.hint) from None

    def check_read(self, job: Job) -> None:
        """`Unfit` where the file could not be read, or has no columns."""
        if job.state != "completed":
            told = failed(job, NO_PLAN)
            raise Unfit(400 if told.status == 500 else told.status, f"file: {told.message}", told.hint)
        if not job.columns:
            raise Unfit(400, "file: there are no columns in it.", "Send a file with rows.")

    def _result(self, job_id: str) -> Path:
        try:
            return self._engine.result(job_id)
        except (NoSuchJob, OutputError):
            raise Unfit(404, "The processed data is no longer there.", "Call POST /api/process again.") from None

    async def process(self, upload: Upload, rows: Rows, steps: Sequence[dict[str, Any]], plan: Plan) -> Job:
        """The job of these steps, completed; its result is Parquet, which keeps every type."""
        return await self._run(upload.name, rows.path, steps, "parquet", plan)

    async def written(self, upload: Upload, rows: Rows, format_name: str) -> Path:
        """The rows as a file of this format, which is made once."""
        made = upload.notes.get("files", {}).get(f"{rows.job_id}.{format_name}")
        if made:
            with suppress(NoSuchJob, OutputError):
                return await run_in_threadpool(self._engine.result, made)
        job = await self._run(upload.name, rows.path, (), format_name, NO_PLAN)

        def follow(notes: dict[str, Any]) -> dict[str, Any]:
            return {**notes, "files": {**notes.get("files", {}), f"{rows.job_id}.{format_name}": job.id}}

        await run_in_threadpool(self._engine.uploads.note, upload.id, follow)
        return await run_in_threadpool(self._engine.result, job.id)

    def page(self, upload: Upload, rows: Rows) -> Path:
        """The report of the rows as an HTML page, which is made once."""
        path = upload.folder / "reports" / rows.job_id / f"{_stem(upload.name)}.html"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(f".{secrets.token_hex(4)}")
            fresh.write_text(page(report(rows.scan(), upload.name, datetime.now(UTC))), encoding="utf-8")
            fresh.replace(path)
        return path

    async def _run(self, name: str, path: Path, steps: Sequence[dict[str, Any]], format_name: str, plan: Plan) -> Job:
        document = {
            "version": 1,
            "name": _stem(name),
            "source": {"type": "file", "path": str(path), "format": "parquet"},
            "steps": list(steps),
            "output": _output(format_name),
        }
        try:
            recipe = Recipe.parse(document)
            if missing := recipe.unavailable():
                raise RecipeError("\n".join(missing))
        except RecipeError as error:
            lines = plan.reword(error.message).splitlines()
            raise Unfit(400, lines[0], "\n".join(lines[1:]) or error.hint) from None
        job = await run_in_threadpool(self._engine.submit, recipe)
        ended = await self._ended(job.id, None)
        assert ended is not None
        if ended.state != "completed":
            raise failed(ended, plan)
        return ended

    async def _ended(self, job_id: str, seconds: float | None) -> Job | None:
        """A job once it is at rest; None where that takes longer than so many seconds."""
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def hear(job: Job) -> None:
            if job.id == job_id and not job.is_active:
                with suppress(RuntimeError):  # the server has stopped
                    loop.call_soon_threadsafe(changed.set)

        end = self._engine.watch(hear)
        try:
            async with asyncio.timeout(seconds):
                while (job := await run_in_threadpool(self._engine.job, job_id)).is_active:
                    await changed.wait()
                    changed.clear()
                return job
        except TimeoutError:
            return None
        finally:
            end()


def failed(job: Job, plan: Plan) -> Unfit:
    """Why a job has no result, and whose fault that is: the request's, nobody's, or ours."""
    if job.state in _STOPPED or job.error is None:
        return Unfit(409, f"The job {job.id} was {job.state} before its end.", "Send the request again.")
    if job.error.code == "partial":
        # nothing of it is kept here, and the file has to be mended
        words = _PARTIAL.sub(r"\1.", job.error.message)
        return Unfit(400, words, "Nothing was kept. Mend the file and send it again.")
    status = 507 if job.error.code in _BUSY else 500 if job.error.code in ("worker_died", "unforeseen") else 400
    # the list lies in the data folder, where nobody looks who asks here
    hint = _TO_SEE_ALL if ".rejects.csv" in job.error.hint else plan.reword(job.error.hint)
    return Unfit(status, plan.reword(job.error.message), hint)


def _output(format_name: str) -> dict[str, Any]:
    return {"type": "file", "format": format_name}


def _stem(name: str) -> str:
    """The name without what says its type, for a result of another."""
    stem = name
    for suffix in (".gz", ".gzip", ".zip"):
        stem = stem.removesuffix(suffix)
    stem, dot, _ = stem.rpartition(".")
    return (stem if dot and stem else name)[:150]


def records(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON values, written as a JSON export writes them."""
    if not frame.width:
        return []
    lines = JsonText("json", "", array=True).stream(frame.schema, FileOutput()).encode(frame, 0).data
    return list(msgspec.json.decode(b"[" + lines + b"]"))


def faults_of(path: Path) -> pl.LazyFrame | None:
    """What a validating step has listed beside the result at `path`; None where no row broke a rule."""
    listed = beside(path)
    if not listed.exists():
        return None
    types = {"step": pl.Int64, "row": pl.UInt64}
    return pl.scan_csv(listed, schema_overrides=types, infer_schema=False, glob=False)
