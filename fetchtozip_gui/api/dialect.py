"""How each door words an error: by the path that was asked, for the gate, the router and the doors alike."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from fetchtozip_gui.api.answered_errors import status_of
from fetchtozip_gui.core.errors import FetchToZipError, NoSuchUpload
from fetchtozip_gui.core.secrets import redact

PROCESSING = ("/api/health", "/api/upload", "/api/process", "/api/validate", "/api/analyze", "/api/download")
"""The data processing door's paths, with all below them."""
FAULT = "ProcessingFault"
"""What the OpenAPI document calls the shape of this door's errors."""
_SHOWN = 80


def is_processing(path: str) -> bool:
    """Whether a path belongs to the data processing door."""
    return path.startswith(PROCESSING) and any(path == own or path.startswith(f"{own}/") for own in PROCESSING)


def worded(path: str, status: int, words: str, details: str = "") -> dict[str, Any]:
    """An error as the door at this path tells it."""
    if not is_processing(path):
        return {"detail": words}
    return {"error": _utf8(words), "status_code": status, "details": _utf8(details or HTTPStatus(status).phrase)}


def add(app: FastAPI) -> None:
    """Have the router's own errors, such as an unknown path, told in the words of the door."""

    async def told(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        path = request.scope["path"]
        if not is_processing(path):
            return await http_exception_handler(request, error)
        return JSONResponse(worded(path, error.status_code, str(error.detail)), error.status_code, error.headers)

    app.add_exception_handler(HTTPException, told)


class Unfit(FetchToZipError):
    """A request of the data processing door that cannot be done, with the status that tells why."""

    code = "unfit"

    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.status = status


class ProcessingRoute(APIRoute):
    """Answers what its document calls invalid with 400, and every error as `{"error", "status_code", "details"}`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                lines = _lines(error.errors())
                return _answer(request, 400, lines[0], "\n".join(lines))
            except Unfit as error:
                return _answer(request, error.status, error.message, error.hint)
            except NoSuchUpload as error:
                return _answer(request, 404, error.message, error.hint)
            except FetchToZipError as error:
                lines = error.message.splitlines() or [error.code]
                return _answer(request, status_of(error), lines[0], error.hint or "\n".join(lines[1:]))

        return told


def _answer(request: Request, status: int, words: str, details: str) -> Response:
    return JSONResponse(worded(request.scope["path"], status, words, details), status)


def _lines(faults: Sequence[Mapping[str, Any]]) -> list[str]:
    """`operations.0.type: what is allowed, found what`, one for each fault."""
    told = []
    for fault in faults[:20]:
        if fault["type"] == "json_invalid":
            reason = fault.get("ctx", {}).get("error", fault["msg"])
            told.append(f"body: is no JSON: {reason} (at character {fault['loc'][-1]}).")
            continue
        place = [str(part) for part in fault["loc"]]
        name = ".".join(place[1:] if place[:1] == ["body"] else place) or "body"
        told.append(f"{name}: {fault['msg']}{_found(name, fault)}.")
    return told or ["The request is not what is taken here."]


def _found(name: str, fault: Mapping[str, Any]) -> str:
    found = fault.get("input")
    if fault["type"] in ("missing", "json_invalid") or isinstance(found, (dict, list)):
        return ""
    shown = repr(redact({name.rpartition(".")[2]: found}).popitem()[1])
    return f", found {shown if len(shown) <= _SHOWN else f'{shown[:_SHOWN]}…'}"


def _utf8(text: str) -> str:
    """Half a surrogate pair is quoted back as what it is: no text."""
    return text.encode("utf-8", "replace").decode()
