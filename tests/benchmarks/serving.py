"""The server under load: how soon it tells a status, and how soon fifty followers hear the end, while a job runs."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from websockets.sync.client import connect

A_SECOND = 200
CONNECTIONS = 4
FOLLOWERS = 50
ASLEEP = 10
GOAL_MS = 10.0
BARE = """
import socket, threading
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
def answer(wire):
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while wire.recv(65536):
        wire.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{}")
while True:
    threading.Thread(target=answer, args=listening.accept()[:1], daemon=True).start()
"""
"""A server that could not answer sooner, to tell the machine's own delays from ours."""


def under_load(source: dict[str, Any], runs: int) -> Iterator[str]:
    """The table's lines; `source` is a recipe's, of about a million rows."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = _serve(Path(folder), stack)
        port = int(url.rpartition(":")[2])
        _post(url, "configure", {"file_type": "zip", "source": source})
        task = _post(url, "start", None)["task_id"]
        _Followers(url, task, 1, 0).join()
        idle = sorted(_asked(port, f"/api/export/status/{task}", threading.Event(), seconds=3))
        times: list[float] = []
        bare: list[float] = []
        ends: list[float] = []
        heard, jobs = 0, []
        for _ in range(runs):
            began = time.perf_counter()
            task = _post(url, "start", None)["task_id"]
            one = _Followers(url, task, 1, 0)
            times += _asked(port, f"/api/export/status/{task}", one.ended)
            one.join()
            jobs.append(time.perf_counter() - began)
            # what this machine and this client take by themselves, with the same job at work
            one = _Followers(url, _post(url, "start", None)["task_id"], 1, 0)
            bare += _asked(_bare(stack), "/", one.ended)
            one.join()
            # apart from the requests: what fifty threads of this process take would be counted as the server's
            followers = _Followers(url, _post(url, "start", None)["task_id"], FOLLOWERS, ASLEEP)
            heard += followers.join()
            ends += followers.ends()
        times.sort()
        bare.sort()
        yield f"| status, {A_SECOND} a second | p50 ms | p99 ms | worst ms | answers |"
        yield "| --- | --- | --- | --- | --- |"
        yield _row("no job", idle)
        yield _row(f"a job of a million rows ({min(jobs):.1f}–{max(jobs):.1f} s), goal p99 < {GOAL_MS:.0f}", times)
        yield _row("the same job, a bare socket that answers at once", bare)
        yield ""
        awake = (FOLLOWERS - ASLEEP) * runs
        spread = 1000 * max(ends, default=0)
        yield f"{FOLLOWERS} WebSockets, {ASLEEP} of them asleep: {heard} of {awake} that listen heard the end, "
        yield f"the last {spread:.0f} ms after the first."


def _row(name: str, times: list[float]) -> str:
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    return f"| {name} | {1000 * p50:.1f} | {1000 * p99:.1f} | {1000 * times[-1]:.1f} | {len(times):,} |"


def _serve(folder: Path, stack: ExitStack) -> str:
    command = [sys.executable, "-m", "fetchtozip_gui", "serve", "--port", "0", "--data-dir", str(folder)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    assert process.stderr is not None
    process.stderr.readline()
    return str(json.loads((folder / "server.json").read_text())["address"])


def _bare(stack: ExitStack) -> int:
    """The port of a process that answers every request with the same bytes, and does nothing else."""
    process = subprocess.Popen([sys.executable, "-c", BARE], stdout=subprocess.PIPE, text=True)
    stack.callback(process.wait)
    stack.callback(process.kill)
    assert process.stdout is not None
    return int(process.stdout.readline())


def _post(url: str, path: str, body: Any) -> dict[str, Any]:
    data = b"" if body is None else json.dumps(body).encode()
    request = Request(f"{url}/api/export/{path}", data, {"Content-Type": "application/json"}, method="POST")
    with urlopen(request) as answer:
        told: dict[str, Any] = json.load(answer)
    return told


def _asked(port: int, path: str, until: threading.Event, seconds: float = 600) -> list[float]:
    """Seconds from the moment a request was due to its answer: waiting behind a slow one counts."""
    times: list[list[float]] = [[] for _ in range(CONNECTIONS)]
    began = time.perf_counter()

    def ask(number: int) -> None:
        wire = http.client.HTTPConnection("127.0.0.1", port)
        due = began + number / A_SECOND
        while not until.is_set() and due < began + seconds:
            time.sleep(max(0.0, due - time.perf_counter()))
            wire.request("GET", path)
            answer = wire.getresponse()
            answer.read()
            assert answer.status == 200
            times[number].append(time.perf_counter() - due)
            due += CONNECTIONS / A_SECOND
        wire.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [each for some in times for each in some]


class _Followers:
    """WebSockets on one job; some connect and never read."""

    def __init__(self, url: str, task: str, count: int, asleep: int) -> None:
        self._asleep = asleep
        self.ended = threading.Event()
        self._at: list[float] = []
        self._done = threading.Event()
        address = f"ws{url.removeprefix('http')}/api/export/ws/{task}"
        self._threads = [
            threading.Thread(target=self._sleep if number < asleep else self._listen, args=(address,))
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def join(self) -> int:
        """How many have heard the end."""
        for thread in self._threads[self._asleep :]:
            thread.join()
        self._done.set()
        for thread in self._threads[: self._asleep]:
            thread.join()
        return len(self._at)

    def ends(self) -> list[float]:
        return [at - min(self._at) for at in self._at]

    def _listen(self, address: str) -> None:
        with connect(address, proxy=None) as told:
            last = {}
            for message in told:
                last = json.loads(message)
        if last.get("status") == "completed":
            self._at.append(time.perf_counter())
        self.ended.set()

    def _sleep(self, address: str) -> None:
        # what arrives is left in the system's buffers
        with connect(address, proxy=None, max_queue=1):
            self._done.wait()
