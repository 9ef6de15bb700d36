"""The one application of the server: the doors on one engine, /health, and the documents."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import FastAPI
from pydantic import BaseModel, Field

from fetchtozip_gui import __version__
from fetchtozip_gui.api import dialect, documents
from fetchtozip_gui.api.admission import Body
from fetchtozip_gui.api.doors import practice
from fetchtozip_gui.api.doors.export import ExportDoor
from fetchtozip_gui.api.doors.processing import ProcessingDoor
from fetchtozip_gui.api.export_recipe import Sealed
from fetchtozip_gui.api.practice_store import Store
from fetchtozip_gui.api.processing_upload import KINDS
from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.shelf import Shelf

UPLOAD = "/api/upload"
LIMIT = "MAX_CONTENT_LENGTH"
UPLOAD_BYTES = 16 * 1024 * 1024
MOST_BYTES = 1 << 40
SECONDS_TO_UPLOAD = 3_600.0
OWN_KEY = "@server"
"""The name under which a job asks the engine's keyring for this server's own key; no secret of a user can have it."""


class Health(BaseModel):
    """That the server is there."""

    status: Literal["healthy"] = "healthy"
    timestamp: datetime
    version: Annotated[str, Field(examples=["1.0.0"])]
    uptime: Annotated[str, Field(examples=["2h 15m 30s"])]


def build(
    engine: Engine,
    shelf: Shelf,
    *,
    vault: Sealed | None = None,
    api_key: Callable[[], str | None] | None = None,
    data_file: Path | None = None,
) -> FastAPI:
    """The application with all doors, to be served behind a `guard.Guard`, which asks callers for the key.

    Whoever made the engine closes it, after the server has stopped.

    `vault` keeps the secrets of configurations; `api_key` gives the key that callers must have, None where they need
    none, and whoever builds the engine has its keyring answer `OWN_KEY` with it. `data_file` is served beside the
    generated practice rows.
    """
    datasets = practice.datasets(engine.folder.root, data_file)
    kept = Store(engine.folder.root)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        kept.close()

    app = FastAPI(
        title="FetchToZip",
        description="Fetches data page by page, reshapes it and exports it. Jobs, inputs and settings are those of the "
        "window and the command line too.",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,  # FastAPI's own pages ask another host for their scripts
        redoc_url=None,
    )

    def own_auth() -> dict[str, Any] | None:
        key = api_key() if api_key is not None else None
        return {"type": "api_key", "name": "X-API-Key", "value": f"keyring:{OWN_KEY}"} if key else None

    app.include_router(ExportDoor(engine, shelf, vault, own_auth).router())
    app.include_router(ProcessingDoor(engine).router())
    upload_limit(shelf)  # a wrong variable is told now, and not to the first who uploads
    app.state.bodies = _Bodies(shelf)
    app.include_router(practice.router(kept, datasets))
    _add_health(app)
    dialect.add(app)
    documents.add(app)
    return app


def upload_limit(shelf: Shelf, environment: Mapping[str, str] = os.environ) -> int:
    """Bytes of the largest upload: the environment's `MAX_CONTENT_LENGTH`, else the setting, else 16 MiB.

    `RecipeError` for a variable that is no such number."""
    written = environment.get(LIMIT, "").strip()
    if not written:
        kept = shelf.get(LIMIT.lower())
        return kept if isinstance(kept, int) and 0 < kept <= MOST_BYTES else UPLOAD_BYTES
    if not (written.isascii() and written.isdecimal() and 0 < int(written[:20]) <= MOST_BYTES):
        raise RecipeError(
            f"{LIMIT}: must be a whole number of bytes from 1 to {MOST_BYTES:,}, found {written[:40]!r}.",
            "16777216 is 16 MiB.",
        )
    return int(written)


class _Bodies(Mapping[str, Body]):
    """The paths with bodies of their own; what is set counts from the next request on."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def __getitem__(self, path: str) -> Body:
        if path != UPLOAD:
            raise KeyError(path)
        return Body(KINDS, upload_limit(self._shelf), SECONDS_TO_UPLOAD)

    def __iter__(self) -> Iterator[str]:
        return iter((UPLOAD,))

    def __len__(self) -> int:
        return 1


def _add_health(app: FastAPI) -> None:
    began = time.monotonic()

    @app.get("/health", tags=["server"], summary="Ask whether the server is there")
    async def health() -> Health:
        """Says that the server answers, since when, and of which version it is."""
        seconds = int(time.monotonic() - began)
        uptime = f"{seconds // 3600}h {seconds // 60 % 60}m {seconds % 60}s"
        return Health(timestamp=datetime.now(UTC), version=__version__, uptime=uptime)
