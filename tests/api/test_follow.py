"""Snapshots to WebSockets: the first at once, few of many, the end always, and nobody held by a slow client."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect as connect_and_wait

from fetchtozip_gui.api.export_words import message_of
from fetchtozip_gui.api.follow import SECONDS_BETWEEN, follow
from fetchtozip_gui.core.events import Fetched
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder

FIELDS = {"task_id", "status", "progress", "rows", "pages", "message", "timestamp"}


def address(door: Any, task: str) -> str:
    return f"ws{door.url.removeprefix('http')}/api/export/ws/{task}"


def heard(door: Any, task: str) -> tuple[list[dict[str, Any]], int | None]:
    """Everything one client is sent, and the code it is closed with."""
    with connect_and_wait(address(door, task)) as client:
        told = [json.loads(message) for message in client]
        return told, client.close_code


def slow(door: Any, pages: int = 20) -> str:
    return str(door.start(db_url=door.practice(pages * 100, latency_ms=100), rate_limit=20, page_limit=pages))


def test_a_client_hears_the_beginning_the_changes_and_the_end(door: Any) -> None:
    followed = job_of(door.engine, door, 12)
    counts = []
    with connect_and_wait(address(door, followed.id)) as client:
        told = [json.loads(client.recv(timeout=60))]
        assert (told[0]["status"], told[0]["rows"]) == ("in_progress", 0)
        for event in followed:
            if isinstance(event, Fetched):
                counts.append(event.rows)
                # the job goes on when the client has heard of this page
                while told[-1]["rows"] < event.rows:
                    told.append(json.loads(client.recv(timeout=60)))
        told += [json.loads(message) for message in client]
        assert client.close_code == 1000
    assert all(set(each) == FIELDS and each["task_id"] == followed.id for each in told)
    assert set(counts) <= {each["rows"] for each in told}
    assert (told[-1]["status"], told[-1]["progress"], told[-1]["rows"]) == ("completed", 100, 120)
    assert told[-1]["message"].startswith("Complete")
    times = [datetime.fromisoformat(each["timestamp"]) for each in told]
    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
    assert min(gaps) >= SECONDS_BETWEEN * 0.9


def test_a_task_that_has_ended_is_told_once(door: Any) -> None:
    task = door.start(db_url=door.practice(100))
    door.until(task)
    told, code = heard(door, task)
    assert ([each["status"] for each in told], code) == (["completed"], 1000)


def test_a_failure_and_a_cancel_are_ends_too(door: Any) -> None:
    failing = door.start(source={"type": "http", "url": "http://127.0.0.1:9/", "retries": 0})
    told, code = heard(door, failing)
    assert (told[-1]["status"], code) == ("failed", 1000)
    task = slow(door, 60)
    with connect_and_wait(address(door, task)) as client:
        client.recv(timeout=60)
        door.delete(f"cancel/{task}")
        told = [json.loads(message) for message in client]
    assert told[-1]["status"] == "cancelled"


@pytest.mark.parametrize("task", ["nobody", "0000000000000", "a b"])
def test_an_unknown_task_is_4404_with_a_reason(door: Any, task: str) -> None:
    with (
        connect_and_wait(address(door, task.replace(" ", "%20"))) as client,
        pytest.raises(ConnectionClosed) as closed,
    ):
        client.recv(timeout=60)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4404, "There is no such task.")


def asleep(door: Any, task: str) -> socket.socket:
    """A client that has shaken hands and reads nothing, with hardly any room for what it is sent."""
    parts = urlsplit(door.url)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    client.connect((parts.hostname, parts.port))
    key = base64.b64encode(os.urandom(16)).decode()
    client.sendall(
        f"GET /api/export/ws/{task} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    return client


def test_fifty_clients_ten_of_them_asleep(door: Any) -> None:
    task = slow(door, 30)
    sleepers = [asleep(door, task) for _ in range(10)]

    async def last_word() -> dict[str, Any]:
        last: dict[str, Any] = {}
        async with connect(address(door, task)) as client:
            async for message in client:
                last = json.loads(message)
            assert client.close_code == 1000
        return last

    async def forty() -> list[dict[str, Any]]:
        return await asyncio.gather(*(last_word() for _ in range(40)))

    told = asyncio.run(asyncio.wait_for(forty(), 90))
    assert {each["status"] for each in told} == {"completed"}
    assert {each["rows"] for each in told} == {3000}
    assert door.get(f"status/{task}").json()["status"] == "completed"
    # the sleepers wake up, and find the end waiting too
    for sleeper in sleepers:
        sleeper.settimeout(60)
        found = b""
        while b'"completed"' not in found:
            found += (got := sleeper.recv(4096))
            assert got
        sleeper.close()


def test_a_job_of_another_process_is_followed_too(door: Any, tmp_path: Path) -> None:
    recipe = tmp_path / "r.json"
    source = {"type": "http", "url": door.practice(4000, latency_ms=100), "rate_limit": 20}
    recipe.write_text(json.dumps({"version": 1, "source": source}))
    home = str(door.engine.folder.root)
    command = [sys.executable, "-m", "fetchtozip_gui", "run", str(recipe), "--data-dir", home]
    with subprocess.Popen([*command, "--output", str(tmp_path / "o.csv")], stderr=subprocess.DEVNULL) as running:
        while not (jobs := door.engine.jobs()):
            assert running.poll() is None
        told, code = heard(door, jobs[0].id)
        assert running.wait(60) == 0
    assert (told[-1]["status"], told[-1]["rows"], code) == ("completed", 4000, 1000)


# --- the coroutine itself, on a client whose every read is decided here


class Counting(Engine):
    """An engine that knows how many watch it."""

    watchers = 0

    def watch(self, watcher: Callable[[Any], None]) -> Callable[[], None]:
        end = super().watch(watcher)
        self.watchers += 1

        def unsubscribe() -> None:
            self.watchers -= 1
            end()

        return unsubscribe


class Client:
    """The other end of a WebSocket: `reads` lets one message through, `leave` hangs up."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.reads = asyncio.Semaphore(0)
        self.waits = asyncio.Event()
        self._said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._said.put_nowait({"type": "websocket.connect"})

    def leave(self) -> None:
        self._said.put_nowait({"type": "websocket.disconnect", "code": 1006})

    def socket(self) -> WebSocket:
        return WebSocket({"type": "websocket", "headers": []}, self._said.get, self._send)

    async def _send(self, message: Any) -> None:
        if message["type"] == "websocket.send":
            self.waits.set()
            await self.reads.acquire()
        self.told.append(message)


def job_of(engine: Engine, door: Any, pages: int) -> Any:
    url = door.practice(pages * 10, limit=10)
    source = {"type": "http", "url": url, "rate_limit": None, "concurrency": 1}
    return engine.follow(Recipe.parse({"version": 1, "source": source, "output": {"type": "file", "format": "csv"}}))


def test_a_client_that_reads_nothing_holds_nothing_and_still_gets_the_end(door: Any, tmp_path: Path) -> None:
    engine = Counting(Folder(tmp_path / "other").prepare(), isolated=False)
    followed = job_of(engine, door, 50)

    async def both() -> Client:
        client = Client()
        following = asyncio.create_task(follow(client.socket(), engine, followed.id, message_of))
        await client.waits.wait()
        # the whole job goes by while the first message is not taken
        await asyncio.to_thread(lambda: list(followed))
        assert followed.job.state == "completed"
        for _ in range(2):
            client.reads.release()
        await asyncio.wait_for(following, 60)
        return client

    client = asyncio.run(both())
    words = [json.loads(message["text"])["status"] for message in client.told[1:-1]]
    assert words == ["in_progress", "completed"]
    assert (client.told[-1]["type"], client.told[-1]["code"]) == ("websocket.close", 1000)
    assert engine.watchers == 0
    engine.close()


def test_a_client_that_leaves_is_forgotten_though_it_took_nothing(door: Any, tmp_path: Path) -> None:
    engine = Counting(Folder(tmp_path / "other").prepare(), isolated=False)
    followed = job_of(engine, door, 5)

    async def one() -> None:
        client = Client()
        following = asyncio.create_task(follow(client.socket(), engine, followed.id, message_of))
        await client.waits.wait()
        assert engine.watchers == 1
        client.leave()
        await asyncio.wait_for(following, 60)
        assert engine.watchers == 0

    asyncio.run(one())
    followed.close()
    engine.close()
