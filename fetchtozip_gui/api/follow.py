"""A job's snapshots to a WebSocket: one at once, one on change at most ten times a second, and the end always."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect
from starlette.concurrency import run_in_threadpool

from fetchtozip_gui.core.errors import NoSuchJob
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.job import Job

SECONDS_BETWEEN = 0.1
UNKNOWN = 4404
"""The close code for a job that does not exist."""
_LOOK_AGAIN_SECONDS = 1.0
"""How often a job of another process is looked at: nobody tells of those."""


class _Newest:
    """The newest snapshot of one job, put there by any thread and taken by one socket: never more than one waits."""

    def __init__(self, job_id: str) -> None:
        self._job_id = job_id
        self._loop = asyncio.get_running_loop()
        self._there = asyncio.Event()
        self._job: Job | None = None

    def put(self, job: Job) -> None:
        """Called in the thread in which the job runs, which never waits here."""
        if job.id != self._job_id:
            return
        # where one waits already, the loop has been woken for it and takes this one in its place
        waiting, self._job = self._job is not None, job
        if not waiting:
            with suppress(RuntimeError):  # the server has stopped
                self._loop.call_soon_threadsafe(self._there.set)

    async def take(self) -> Job:
        while True:
            await self._there.wait()
            self._there.clear()
            job, self._job = self._job, None
            if job is not None:
                return job


async def follow(socket: WebSocket, engine: Engine, job_id: str, word: Callable[[Job], dict[str, Any]]) -> None:
    """Accept the socket, send it the job in the door's words until the job is at rest, and close it.

    A client that reads slowly gets fewer snapshots and the end; one that has gone is forgotten at once.
    """
    await socket.accept()
    newest = _Newest(job_id)
    end = engine.watch(newest.put)
    sending = asyncio.create_task(_send(socket, engine, job_id, newest, word))
    listening = asyncio.create_task(_until_gone(socket))
    try:
        await asyncio.wait((sending, listening), return_when=asyncio.FIRST_COMPLETED)
    finally:
        end()
        for task in (sending, listening):
            task.cancel()
        for done in await asyncio.gather(sending, listening, return_exceptions=True):
            # a client may go at any moment, also while something is sent to it
            if isinstance(done, Exception) and not isinstance(done, (WebSocketDisconnect, RuntimeError, OSError)):
                raise done


async def _send(
    socket: WebSocket, engine: Engine, job_id: str, newest: _Newest, word: Callable[[Job], dict[str, Any]]
) -> None:
    try:
        job = await run_in_threadpool(engine.job, job_id)
    except NoSuchJob:
        await socket.close(UNKNOWN, "There is no such task.")
        return
    while True:
        await socket.send_json(word(job))
        if not job.is_active:
            await socket.close(1000, f"The task is {job.state}.")
            return
        await asyncio.sleep(SECONDS_BETWEEN)
        job = await _next(engine, job, newest)


async def _next(engine: Engine, job: Job, newest: _Newest) -> Job:
    """The first snapshot that is newer than `job`."""
    while True:
        ours = job.process == os.getpid()
        try:
            found = await asyncio.wait_for(newest.take(), None if ours else _LOOK_AGAIN_SECONDS)
        except TimeoutError:
            found = await run_in_threadpool(engine.job, job.id)
        if found.revision > job.revision:
            return found


async def _until_gone(socket: WebSocket) -> None:
    # what a client says means nothing here, and is not kept
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
