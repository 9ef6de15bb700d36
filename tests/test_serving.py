"""`fetchtozip serve` in real processes: how it starts, whom it refuses, and what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from serve_process import refused, serving

from fetchtozip_gui.serving import is_loopback

LONG = {"file_type": "csv", "rate_limit": 2, "page_limit": 100}
KEY = "a-key-of-17-chars"


def until(url: str, task: str, wanted: Any, **headers: str) -> dict[str, Any]:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        status: dict[str, Any] = httpx.get(f"{url}/api/export/status/{task}", headers=headers).json()
        if wanted(status):
            return status
        time.sleep(0.05)
    raise AssertionError(status)


def test_it_answers_and_ends_cleanly(tmp_path: Path) -> None:
    for how in (signal.SIGINT, signal.SIGTERM):
        with serving(tmp_path) as server:
            health = httpx.get(f"{server.url}/health").json()
            assert health["status"] == "healthy"
            told = json.loads((tmp_path / "server.json").read_text())
            assert told == {"address": server.url, "process": server.process.pid}
            assert os.name == "nt" or (tmp_path / "server.json").stat().st_mode & 0o777 == 0o600
            assert server.stop(how) == 0
        assert server.said.count("\n") == 1
        assert not (tmp_path / "server.json").exists()


def test_a_second_process_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        second = refused(tmp_path)
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr.count("\n") == 1
        assert f"{tmp_path} is in use by process {server.process.pid}" in second.stderr
        assert httpx.get(f"{server.url}/health").status_code == 200
        assert json.loads((tmp_path / "server.json").read_text())["process"] == server.process.pid


def test_a_port_that_is_taken_is_told_and_the_next_is_used(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with serving(tmp_path, "--port", str(port)) as server:
            assert f"Port {port} is taken: the server is on port " in server.said
            assert server.url != f"http://127.0.0.1:{port}"
            assert httpx.get(f"{server.url}/health").status_code == 200


def test_a_running_job_is_paused_at_the_end_and_can_go_on(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        httpx.post(f"{server.url}/api/export/configure", json=LONG)
        task = httpx.post(f"{server.url}/api/export/start").json()["task_id"]
        until(server.url, task, lambda status: status["pages"] > 1)
        assert server.stop() == 0
    with serving(tmp_path) as server:
        status = httpx.get(f"{server.url}/api/export/status/{task}").json()
        assert (status["status"], status["error"]) == ("paused", None)
        assert status["pages"] > 1


def test_a_server_that_was_killed_leaves_jobs_that_say_so_and_a_folder_that_opens(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        httpx.post(f"{server.url}/api/export/configure", json=LONG)
        task = httpx.post(f"{server.url}/api/export/start").json()["task_id"]
        until(server.url, task, lambda status: status["pages"] > 1)
        server.process.kill()
        server.process.wait()
    with serving(tmp_path) as server:
        status = until(server.url, task, lambda status: status["status"] != "in_progress")
        assert status["status"] == "failed"
        assert "The program ended while this job ran." in status["error"]


def test_beyond_this_computer_a_key_is_needed_and_said(tmp_path: Path) -> None:
    without = refused(tmp_path, "--host", "0.0.0.0")
    assert without.returncode == 2
    assert "--host: 0.0.0.0 can be reached from other computers, so callers need a key" in without.stderr
    with serving(tmp_path, "--host", "0.0.0.0", FETCHTOZIP_API_KEY=KEY) as server:
        assert "Warning: 0.0.0.0 can be reached from other computers" in server.said
        assert httpx.get(f"{server.url}/api/export/inputs-list").status_code == 401
        answer = httpx.get(f"{server.url}/api/export/inputs-list", headers={"X-API-Key": KEY})
        assert answer.status_code == 200


def test_the_key_is_asked_for_everywhere_and_shown_nowhere(tmp_path: Path) -> None:
    with serving(tmp_path, "--api-key", "env:THE_KEY", THE_KEY=KEY) as server:
        assert httpx.get(f"{server.url}/health").status_code == 200
        assert httpx.get(f"{server.url}/docs").status_code == 200
        for wrong in ({}, {"X-API-Key": "other"}, {"Authorization": "Basic x"}):
            assert httpx.post(f"{server.url}/api/export/start", headers=wrong).status_code == 401
            assert httpx.get(f"{server.url}/practice", headers=wrong).status_code == 401
        right = {"Authorization": f"Bearer {KEY}"}
        small = {"file_type": "zip", "rate_limit": 100, "page_limit": 1}
        assert httpx.post(f"{server.url}/api/export/configure", json=small, headers=right).status_code == 200
        # the practice source asks for the key too, and the job has it
        task = httpx.post(f"{server.url}/api/export/start", headers=right).json()["task_id"]
        done = until(server.url, task, lambda status: status["status"] != "in_progress", **right)
        assert (done["status"], done["rows"]) == ("completed", 1000)
        assert server.stop() == 0
    assert KEY not in server.said
    found = [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert found == []


@pytest.mark.parametrize("key", ["", "two words", "schlüssel", "env:NO_SUCH_VARIABLE"])
def test_a_key_that_is_none_is_refused(tmp_path: Path, key: str) -> None:
    told = refused(tmp_path, f"--api-key={key}")
    assert told.returncode == 2
    assert "Traceback" not in told.stderr


def test_what_loopback_is() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.8.9.1", "::1")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.2", "my-computer", "127.0.0.1.example.com")))
