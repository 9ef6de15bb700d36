"""The data processing door: files are uploaded, processed, validated, analyzed and downloaded."""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Body, Path, Query, Request
from starlette.concurrency import run_in_threadpool

from fetchtozip_gui.api.dialect import ProcessingRoute, Unfit
from fetchtozip_gui.api.download import Download
from fetchtozip_gui.api.processing_analysis import analysis
from fetchtozip_gui.api.processing_models import (
    MOST_RECORDS,
    Analyze,
    Analyzed,
    Data,
    Health,
    Outcome,
    Process,
    Processed,
    ProcessedData,
    Statistics,
    Uploaded,
    Validate,
    Validated,
)
from fetchtozip_gui.api.processing_plan import ALONE, Plan, format_named, plan
from fetchtozip_gui.api.processing_upload import receive
from fetchtozip_gui.api.processing_words import (
    ANALYZE,
    ANALYZED,
    DOWNLOADS,
    ID,
    PROCESS,
    PROCESSED,
    UPLOAD,
    UPLOADED,
    VALIDATE,
    VALIDATED,
    answered,
    faults,
)
from fetchtozip_gui.api.processing_work import SECONDS_TO_READ, Rows, Work, faults_of, records
from fetchtozip_gui.core.analysis.correlate import Method
from fetchtozip_gui.core.outputs import FORMATS
from fetchtozip_gui.core.rejects import beside
from fetchtozip_gui.core.schema import type_name
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.engine.uploads import Upload

log = logging.getLogger(__name__)


class ProcessingDoor:
    """The door's routes over an engine."""

    def __init__(self, engine: Engine) -> None:
        self._uploads = engine.uploads
        self._engine = engine
        self._work = Work(engine)

    def router(self) -> APIRouter:
        """The routes, for one application. What nobody has used for a week is deleted beside it."""
        threading.Thread(target=self._uploads.clean, name="uploads", daemon=True).start()
        routes = APIRouter(prefix="/api", route_class=ProcessingRoute, tags=["data processing"])
        self._add_upload(routes)
        self._add_process(routes)
        self._add_questions(routes)
        self._add_download(routes)
        return routes

    # --- files --------------------------------------------------------------------------------------------------

    def _add_upload(self, routes: APIRouter) -> None:
        @routes.get("/health", summary="Ask whether the service is there", responses=faults())
        async def health() -> Health:
            """Returns the status."""
            return Health(timestamp=datetime.now(UTC).replace(microsecond=0))

        @routes.post(
            "/upload",
            status_code=201,
            summary="Upload a file",
            response_model_exclude_none=True,
            responses={**answered(UPLOADED, 201), **faults(413, 415, 503, 507)},
            openapi_extra={"requestBody": UPLOAD},
        )
        async def upload(request: Request) -> Uploaded:
            """Takes a file with rows: CSV, TSV, JSON, JSON Lines, Excel, Parquet, Avro or XML, also in a gzip or ZIP.

            Its format, delimiter, quoting and encoding are found out; the fields beside it decide where they cannot
            be. A file that is broken, empty or none of these is refused, and not kept."""
            kept = await self._receive(request)
            warnings = await self._read(kept)
            return Uploaded(
                message="File uploaded successfully", file_id=kept.id, filename=kept.name, warnings=warnings or None
            )

    async def _receive(self, request: Request) -> Upload:
        if not request.headers.get("content-type"):
            raise Unfit(400, "file: is required, and there is no body.", "Send it as `curl -F file=@data.csv`.")
        with ExitStack() as stack:
            received = await receive(request, self._uploads, stack)
            options = {**received.options, "format": received.kind}
            self._work.check_options(options)
            return await run_in_threadpool(received.file.keep, options=options, kind=received.kind)

    async def _read(self, upload: Upload) -> list[str]:
        """Have the file read once; what was noticed on the way."""
        job = await self._work.read(upload, SECONDS_TO_READ)
        if job is None:
            return ["The server is busy: the file has not been read yet, and is when it is first used."]
        try:
            self._work.check_read(job)
        except Unfit:
            await run_in_threadpool(self._uploads.remove, upload.id)
            raise
        return [line.text for line in job.log if line.level == "warning"]

    # --- processing ---------------------------------------------------------------------------------------------

    def _add_process(self, routes: APIRouter) -> None:
        told = {**answered(PROCESSED), **faults(404, 409, 503, 507)}

        @routes.post("/process", summary="Process a file", response_model_exclude_none=True, responses=told)
        async def process(wanted: Annotated[Process, Body(examples=[PROCESS])]) -> Processed:
            """Does the operations in their order with the rows that were uploaded, as one job.

            The answer has the first rows of the result; download has all. The result takes the place of the last
            one."""
            upload = await run_in_threadpool(self._uploads.get, wanted.file_id)
            planned = plan(wanted.operations)
            rows = await self._work.rows(upload, "uploaded")
            job = await self._work.process(upload, rows, planned.steps, planned)
            result = Rows(FilePath(job.result or ""), job.id, True)
            results = await self._looked(upload, rows, result, planned)
            shown = await run_in_threadpool(self._shown, upload, result, job, planned, wanted.limit)
            processed = {"job": job.id, "format": shown.format}
            await run_in_threadpool(self._uploads.note, upload.id, lambda notes: {**notes, "processed": processed})
            return Processed(
                processed_data=shown,
                statistics=Statistics(
                    rows_processed=job.rows,
                    rows_removed=max(0, job.rows - job.written_rows),
                    rows_returned=job.written_rows,
                    columns_returned=len(shown.columns),
                ),
                results=results or None,
            )

    def _shown(self, upload: Upload, rows: Rows, job: Job, planned: Plan, limit: int) -> ProcessedData:
        first = rows.scan().head(limit).collect()
        name = planned.format or _own_format(upload)
        return ProcessedData(
            records=records(first),
            columns=[{"name": name, "type": type_name(dtype)} for name, dtype in first.schema.items()],
            rows=job.written_rows,
            truncated=job.written_rows > first.height,
            format=name,
            download=f"/api/download/{upload.id}?format={name}",
        )

    async def _looked(self, upload: Upload, rows: Rows, result: Rows, planned: Plan) -> list[Outcome]:
        """What the operations that only look have found, each in the rows that reach it."""
        found = []
        # the rows after so many steps; those in the middle take a job of their own, once
        known = {len(planned.steps): result, 0: rows} if planned.steps else {0: result}
        for look in planned.looks:
            if look.after not in known:
                job = await self._work.process(upload, rows, planned.steps[: look.after], planned)
                known[look.after] = Rows(FilePath(job.result or ""), job.id, True)
            there = known[look.after]
            method = cast(Method | None, look.method)
            told = await run_in_threadpool(analysis, there.scan(), look.analysis_type, look.columns, method)
            found.append(Outcome(operation=look.operation, type="analyze", analysis=told))
        for number, step in enumerate(planned.steps):
            if step["type"] == "validate":
                errors, count = await run_in_threadpool(_errors, result.path, number)
                found.append(
                    Outcome(
                        operation=planned.origins[number],
                        type="validate",
                        valid=not count,
                        errors=errors,
                        error_count=count,
                    )
                )
        return sorted(found, key=lambda outcome: outcome.operation)

    # --- questions ----------------------------------------------------------------------------------------------

    def _add_questions(self, routes: APIRouter) -> None:
        told = {**answered(VALIDATED), **faults(404, 409, 503, 507)}

        @routes.post("/validate", summary="Validate a file", response_model_exclude_none=True, responses=told)
        async def validate(wanted: Annotated[Validate, Body(examples=[VALIDATE])]) -> Validated:
            """Holds every row to the rules, and tells each value that breaks one. The rows stay as they are."""
            upload, rows = await self._find(wanted.file_id, wanted.data)
            step = {"type": "validate", "schema": wanted.rules, "on_error": "report"}
            job = await self._work.process(upload, rows, [step], Plan((step,), (ALONE,), (), None))
            errors, count = await run_in_threadpool(_errors, FilePath(job.result or ""), 0)
            more = count if count > len(errors) else None
            if more:
                noted = {"faults": job.id}
                await run_in_threadpool(self._uploads.note, upload.id, lambda notes: {**notes, **noted})
            return Validated(
                valid=not count,
                errors=errors,
                validated_rows=job.rows,
                error_count=more,
                download=f"/api/download/{upload.id}?data=errors" if more else None,
            )

        figures = {**answered(ANALYZED), **faults(404, 409, 503, 507)}

        @routes.post("/analyze", summary="Analyze a file", responses=figures)
        async def analyze(wanted: Annotated[Analyze, Body(examples=[ANALYZE])]) -> Analyzed:
            """Computes figures over all rows. Of one column of numbers `analysis` has them as they are, of several an
            object for each column."""
            _, rows = await self._find(wanted.file_id, wanted.data)
            found = await run_in_threadpool(analysis, rows.scan(), wanted.analysis_type, wanted.columns, wanted.method)
            return Analyzed(analysis=found)

    async def _find(self, file_id: str, data: Data | None) -> tuple[Upload, Rows]:
        upload = await run_in_threadpool(self._uploads.get, file_id)
        return upload, await self._work.rows(upload, data)

    # --- results ------------------------------------------------------------------------------------------------

    def _add_download(self, routes: APIRouter) -> None:
        path = "/download/{file_id}"

        @routes.head(path, include_in_schema=False)
        @routes.get(path, status_code=200, summary="Download data", response_class=Download, responses=DOWNLOADS)
        async def download(
            file_id: Annotated[str, Path(description="What upload has answered", examples=[ID], max_length=200)],
            format: Annotated[
                str | None, Query(description="csv, json, excel or another one; html is a report", max_length=20)
            ] = None,
            data: Annotated[
                Literal["processed", "uploaded", "errors"] | None,
                Query(description="What to download; without it the last there is of processed and uploaded"),
            ] = None,
        ) -> Download:
            """All rows as a file, whole or in ranges: those of the last processing, else those that were uploaded."""
            upload = await run_in_threadpool(self._uploads.get, file_id)
            if data == "errors":
                return await run_in_threadpool(self._all_errors, upload)
            rows = await self._work.rows(upload, data)
            if format == "html":
                return Download(await run_in_threadpool(self._work.page, upload, rows), "text/html")
            processed = upload.notes.get("processed") if rows.is_processed else None
            name = format_named(format, "format") if format else (processed or {}).get("format", _own_format(upload))
            made = await self._work.written(upload, rows, name)
            return Download(made, FORMATS[name].media_type)

    def _all_errors(self, upload: Upload) -> Download:
        job_id = upload.notes.get("faults")
        path = self._engine.result(job_id) if job_id else None
        listed = beside(path) if path else None
        if listed is None or not listed.exists():
            raise Unfit(404, "There are no errors of a validation to download.", "Call POST /api/validate first.")
        return Download(listed, FORMATS["csv"].media_type)


def _own_format(upload: Upload) -> str:
    """What the file itself is in, where it can be written so."""
    kind = str(upload.notes.get("kind", "csv"))
    return kind if kind in FORMATS else "csv"


def _errors(result: FilePath, step: int) -> tuple[list[dict[str, Any]], int]:
    """The first faults that a step has found, and how many there are."""
    found = faults_of(result)
    if found is None:
        return [], 0
    mine = found.filter(step=step).drop("step")
    return records(mine.head(MOST_RECORDS).collect()), mine.select("row").collect().height
