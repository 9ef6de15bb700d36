"""A route that can answer every wrong request: errors in words, quoted back only where JSON can hold what was sent."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from fetchtozip_gui.core.errors import (
    FetchToZipError,
    FolderError,
    JobLocked,
    NoRoom,
    NoSuchJob,
    RecipeError,
    TooManyJobs,
)
from fetchtozip_gui.core.secrets import redact

STATUSES: tuple[tuple[type[FetchToZipError], int], ...] = (
    (NoSuchJob, 404),
    (RecipeError, 400),
    (JobLocked, 409),
    (TooManyJobs, 503),
    (NoRoom, 507),
    (FolderError, 507),
)
"""The status that tells each kind of error; any other is 503: the request is right, and cannot be done now."""


class ToldRoute(APIRoute):
    """Answers 422 in FastAPI's shape, where FastAPI itself fails on NaN and on half a surrogate pair, and the
    program's own errors as `{"detail": …}` with their status."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                return _wrong(error)
            except FetchToZipError as error:
                return JSONResponse({"detail": str(error)}, status_of(error))

        return told


def status_of(error: FetchToZipError) -> int:
    """The HTTP status that tells this error."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 503)


def field_faults(error: RecipeError, body: Any = None) -> RequestValidationError:
    """A wrong recipe as a list of faults in FastAPI's shape: one for each `path: what is wrong` of its message."""
    faults = []
    for line in error.message.splitlines():
        path, colon, words = line.partition(": ")
        where = path.split(".") if colon and " " not in path else []
        loc = ("body", *(int(part) if part.isdecimal() else part for part in where))
        faults.append({"type": error.code, "loc": loc, "msg": words if where else line})
    return RequestValidationError(faults, body=body)


def _wrong(error: RequestValidationError) -> Response:
    faults = [_shown(fault) for fault in error.errors()]
    try:
        return JSONResponse({"detail": jsonable_encoder(faults)}, 422)
    except ValueError:
        plain = [{"type": fault["type"], "loc": fault["loc"], "msg": fault["msg"]} for fault in faults]
        return JSONResponse({"detail": jsonable_encoder(plain)}, 422)


def _shown(fault: dict[str, Any]) -> dict[str, Any]:
    """Without what may hold a secret: a whole body, a field that is called so, the password of an address."""
    if "input" not in fault:
        return fault
    found = fault["input"]
    if isinstance(found, (dict, list)):
        return {name: value for name, value in fault.items() if name != "input"}
    return {**fault, "input": redact({str((fault["loc"] or ("",))[-1]): found}).popitem()[1]}
