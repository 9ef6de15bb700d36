"""A route that can answer every wrong request: what was sent is quoted back only where JSON can hold it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute


class ToldRoute(APIRoute):
    """Answers 422 in FastAPI's shape; FastAPI itself fails with 500 on NaN and on half a surrogate pair."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                return _wrong(error)

        return told


def _wrong(error: RequestValidationError) -> Response:
    faults = error.errors()
    try:
        return JSONResponse({"detail": jsonable_encoder(faults)}, 422)
    except ValueError:
        plain = [{"type": fault["type"], "loc": fault["loc"], "msg": fault["msg"]} for fault in faults]
        return JSONResponse({"detail": jsonable_encoder(plain)}, 422)
