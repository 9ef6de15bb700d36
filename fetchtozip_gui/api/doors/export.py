"""The FetchToZip door: column inputs, one configuration, and jobs that are started, asked after, cancelled, fetched."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException, Path, Request, WebSocket
from fastapi.concurrency import run_in_threadpool

from fetchtozip_gui.api.answered_errors import ToldRoute, field_faults
from fetchtozip_gui.api.download import Download
from fetchtozip_gui.api.export_models import (
    Cancelling,
    Configure,
    Configured,
    Done,
    Input,
    InputKept,
    InputList,
    InputsKept,
    Started,
    Status,
)
from fetchtozip_gui.api.export_recipe import PRACTICE, Configuration, Sealed, check, folder_of, recipe_of
from fetchtozip_gui.api.export_words import (
    CONFIG,
    DOWNLOADS,
    ID,
    INPUT,
    INPUTS,
    STATES,
    STATUS,
    UNKNOWN,
    answered,
    fault,
    message_of,
    percent,
    status_of,
)
from fetchtozip_gui.api.follow import follow
from fetchtozip_gui.core.errors import OutputError, RecipeError
from fetchtozip_gui.core.outputs import FORMATS
from fetchtozip_gui.engine import shelf
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.job import Job

PREFIX = "/api/export"
TaskId = Annotated[str, Path(description="What start has answered", examples=[ID], max_length=200)]


class ExportDoor:
    """The door's routes over an engine and a shelf; `own_auth` gives what lets a job read this very server."""

    def __init__(
        self, engine: Engine, kept: shelf.Shelf, vault: Sealed | None, own_auth: Callable[[], dict[str, Any] | None]
    ) -> None:
        self._engine = engine
        self._inputs = shelf.Inputs(kept)
        self._configuration = Configuration(kept, vault)
        self._own_auth = own_auth

    def router(self) -> APIRouter:
        """The routes, for one application."""
        routes = APIRouter(prefix=PREFIX, route_class=ToldRoute, tags=["export"])
        self._add_inputs(routes)
        self._add_configuration(routes)
        self._add_tasks(routes)
        self._add_results(routes)
        return routes

    # --- inputs -------------------------------------------------------------------------------------------------

    def _add_inputs(self, routes: APIRouter) -> None:
        kept = answered({"message": "Input `revenue` is kept.", "input": INPUT})

        @routes.post("/inputs", summary="Add or update one input", responses=kept, response_model_exclude_unset=True)
        def keep_input(wanted: Annotated[Input, Body(examples=[INPUT])]) -> InputKept:
            """Adds a column definition, or updates the one of the same name."""
            self._keep([wanted])
            return InputKept(message=f"Input `{wanted.name}` is kept.", input=_shown(_engines(wanted)))

        counted = answered({"message": "2 inputs are kept.", "count": 2})

        @routes.post("/bulk-inputs", summary="Add or update several inputs", responses=counted)
        def keep_inputs(
            wanted: Annotated[list[Input], Body(examples=[INPUTS], max_length=shelf.MOST_INPUTS)],
        ) -> InputsKept:
            """Adds column definitions, or updates those of the same names. One bad item, and nothing is changed."""
            count = self._keep(wanted)
            return InputsKept(message=f"{count:,} input{_s(count)} kept.", count=count)

        listed = answered({"inputs": [INPUT], "count": 1})

        @routes.get("/inputs-list", summary="List all inputs", responses=listed, response_model_exclude_unset=True)
        def list_inputs() -> InputList:
            """Every column definition, in the sequence in which their names first came."""
            inputs = [_shown(item) for item in self._inputs.all()]
            return InputList(inputs=inputs, count=len(inputs))

        @routes.delete("/inputs-clear", summary="Remove all inputs", responses=answered({"message": "No inputs now."}))
        def clear_inputs() -> Done:
            """Removes every column definition; the source's columns are then exported as they are."""
            self._inputs.clear()
            return Done(message="All inputs are removed.")

    def _keep(self, wanted: Sequence[Input]) -> int:
        try:
            return self._inputs.add([_engines(item) for item in wanted])
        except RecipeError as error:
            raise field_faults(error) from None

    # --- configuration ------------------------------------------------------------------------------------------

    def _add_configuration(self, routes: APIRouter) -> None:
        answers = answered({"message": "The configuration is kept.", "config": CONFIG})

        @routes.post("/configure", summary="Set the configuration", responses=answers)
        def configure(wanted: Annotated[Configure, Body(examples=[CONFIG])]) -> Configured:
            """Says where the data comes from, the export's format and the limits, for every later start.

            It is kept over restarts and takes the place of the one before. The answer shows no secret."""
            try:
                check(wanted)
                folder_of(wanted, self._engine.folder.root)
                config, said = self._configuration.put(wanted)
            except RecipeError as error:
                raise field_faults(error) from None
            return Configured(message=f"The configuration is kept.{said}", config=config)

    # --- tasks --------------------------------------------------------------------------------------------------

    def _add_tasks(self, routes: APIRouter) -> None:
        started = {"message": "The export has begun.", "task_id": ID, "status": "in_progress"}
        answers = {
            **answered(started),
            **fault(400, "Nothing is configured, or it cannot be done", "Nothing is configured: call …"),
            **fault(409, "A file or folder is in use", "The destination … is in use by process 4711."),
            **fault(503, "Too many jobs wait", "200 jobs are waiting already. Wait until some are done."),
            **fault(507, "The data folder cannot be written", "…/jobs: no job can be kept there: No space left."),
        }

        @routes.post("/start", summary="Start a task", responses=answers)
        def start(request: Request) -> Started:
            """Begins a job with the inputs and the configuration as they are now; later changes do not touch it.

            Of two inputs for one column the later one counts, and of two for one place the later one takes the next
            free one; the message says so."""
            job, told = self._start(lambda: self._practice(request))
            words = " ".join(["The export has begun.", *told])
            return Started(message=words, task_id=job.id, status=STATES[job.state])

        @routes.get("/status/{task_id}", summary="Ask after a task", responses={**answered(STATUS), **UNKNOWN})
        async def status(task_id: TaskId) -> Status:
            """How far a task is, how it ended, or why it failed."""
            # asked for often: a job of this process is told at once, without a thread in between
            job = self._engine.at_hand(task_id) or await run_in_threadpool(self._engine.job, task_id)
            return status_of(job)

        cancelled = {
            **answered({"message": "The task stops.", "task_id": ID, "status": "cancel_requested"}),
            **UNKNOWN,
            **fault(409, "The task has ended, or another program runs it", "The task … is completed."),
        }

        @routes.delete("/cancel/{task_id}", summary="Cancel a task", responses=cancelled)
        def cancel(task_id: TaskId) -> Cancelling:
            """Has a task stop within two seconds. No file appears; what was fetched is kept, so that the window or
            the command line can go on with it."""
            before = self._engine.job(task_id)
            if not before.is_active and before.state != "cancelled":
                raise HTTPException(409, f"The task {task_id} is {STATES[before.state]}: nothing can be cancelled.")
            job = self._engine.cancel(task_id)
            words = "The task stops." if job.is_active else f"The task is {STATES[job.state]}."
            return Cancelling(message=words, task_id=job.id, status=STATES[job.state])

    def _start(self, practice: Callable[[], dict[str, Any]]) -> tuple[Job, list[str]]:
        wanted = self._configuration.get()
        if wanted is None:
            raise RecipeError(
                f"Nothing is configured: call POST {PREFIX}/configure first,",
                'for example with {"file_type": "zip"}.',
            )
        inputs, told = shelf.settled(self._inputs.all())
        recipe = recipe_of(wanted, inputs, practice)
        folder = folder_of(wanted, self._engine.folder.root)
        to = None
        if folder is not None:
            # a name of its own: a later start must not write over what this one's download gives
            name = f"{recipe.name}-{datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
            to = folder / f"{name}{FORMATS[wanted.file_type].suffix}"
        return self._engine.submit(recipe, to), told

    def _practice(self, request: Request) -> dict[str, Any]:
        host, port = request.scope["server"]
        own = f"[{host}]" if ":" in host else host
        auth = self._own_auth()
        return {"type": "http", "url": f"http://{own}:{port}{PRACTICE}", **({"auth": auth} if auth else {})}

    # --- results ------------------------------------------------------------------------------------------------

    def _add_results(self, routes: APIRouter) -> None:
        download_path = "/download/{task_id}"

        # the status is told here because FastAPI would look for it in the class's own parameters
        @routes.head(download_path, include_in_schema=False)
        @routes.get(
            download_path, status_code=200, summary="Download a result", response_class=Download, responses=DOWNLOADS
        )
        def download(task_id: TaskId) -> Download:
            """The file that a completed task has made, whole or in ranges."""
            job = self._engine.job(task_id)
            if job.state != "completed":
                done = f", {percent(job)} % done" if job.is_active else ""
                raise HTTPException(409, f"The task {task_id} is {STATES[job.state]}{done}: there is no file.")
            try:
                path = self._engine.result(task_id)
                return Download(path, _media_type(path))
            except (OutputError, OSError):
                raise HTTPException(410, f"The result of the task {task_id} is no longer there.") from None

        @routes.websocket("/ws/{task_id}")
        async def watch(socket: WebSocket, task_id: str) -> None:
            await follow(socket, self._engine, task_id, message_of)


def _engines(item: Input) -> shelf.Input:
    return shelf.Input(item.name, item.column, item.change_order, item.dtype, item.keep)


def _shown(item: shelf.Input) -> Input:
    """As the document prints inputs; what goes beyond it is there only where it was asked for."""
    more: dict[str, Any] = {} if item.dtype is None else {"dtype": item.dtype}
    if not item.keep:
        more["keep"] = False
    return Input(name=item.name, column=item.column, change_order=item.change_order, **more)


def _media_type(path: FilePath) -> str:
    known = {each.suffix: each.media_type for each in FORMATS.values()}
    return known.get(path.suffix.lower(), "application/octet-stream")


def _s(count: int) -> str:
    return " is" if count == 1 else "s are"
