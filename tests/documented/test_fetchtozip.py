"""Every request and answer printed in FetchToZip's usage guide, pasted with curl into a real `fetchtozip serve`."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serve_process import Serving, serving
from websockets.sync.client import connect

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the guide's commands are curl's")

PRINTED = "http://localhost:8000"
INPUT = """curl -X POST "http://localhost:8000/api/export/inputs" \\
  -H "Content-Type: application/json" \\
  -d '{"name": "revenue", "column": 3, "change_order": 1}'"""
BULK = """curl -X POST "http://localhost:8000/api/export/bulk-inputs" \\
  -H "Content-Type: application/json" \\
  -d '[{"name": "a", "column": 1}, {"name": "b", "column": 2}]'"""
CONFIGURE = """curl -X POST "http://localhost:8000/api/export/configure" \\
  -H "Content-Type: application/json" \\
  -d '{"file_type": "zip", "rate_limit": 10, "page_limit": 100}'"""
START = 'curl -X POST "http://localhost:8000/api/export/start"'
STATUS = 'curl "http://localhost:8000/api/export/status/<task_id>"'
DOWNLOAD = 'curl -O "http://localhost:8000/api/export/download/<task_id>"'
# as the guide's schemas print them
ONE = {"name": "column_name", "column": 1, "change_order": 1}
BOTH = [{"name": "a", "column": 1, "change_order": 1}, {"name": "b", "column": 2, "change_order": 2}]
CONFIG = {"file_type": "zip", "tmp_dir": "./temp", "rate_limit": 10, "page_limit": 100, "db_url": None}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("guide")) as running:
        yield running


@pytest.fixture(autouse=True)
def fresh(request: pytest.FixtureRequest) -> None:
    if "server" in request.fixturenames:
        call(request.getfixturevalue("server"), "DELETE", "inputs-clear")


def paste(server: Serving, command: str, folder: Path, task: str = "") -> tuple[int, Any]:
    """Run a command as printed, but for the port; its status and the JSON it has printed."""
    own = f"http://localhost:{server.url.rpartition(':')[2]}"
    arguments = shlex.split(command.replace("\\\n", " ").replace(PRINTED, own).replace("<task_id>", task))
    done = subprocess.run(
        [*arguments, "-sS", "-w", "\n%{http_code}"], cwd=folder, capture_output=True, text=True, check=True
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body) if body else None


def call(server: Serving, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """A request that the guide describes in words, also with curl."""
    command = f'curl -X {method} "{PRINTED}/api/export/{path}"'
    if body is not None:
        command += f" -H 'Content-Type: application/json' -d {shlex.quote(json.dumps(body))}"
    return paste(server, command, Path.cwd())


def ended(server: Serving, task: str) -> dict[str, Any]:
    """Follow a task over its WebSocket to the end; what was said last."""
    with connect(f"ws{server.url.removeprefix('http')}/api/export/ws/{task}") as news:
        last: dict[str, Any] = {}
        for message in news:
            last = json.loads(message)
    return last


def test_the_guide_s_session_on_a_fresh_install_and_after_a_restart(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data) as server:
        status, answer = paste(server, INPUT, tmp_path)
        assert status == 200
        assert answer["input"] == {"name": "revenue", "column": 3, "change_order": 1}
        assert answer["message"]
        status, answer = paste(server, BULK, tmp_path)
        assert (status, answer["count"]) == (200, 2)
        status, answer = paste(server, CONFIGURE, tmp_path)
        assert status == 200
        assert answer["config"] == {"file_type": "zip", "rate_limit": 10, "page_limit": 100}
        status, answer = paste(server, START, tmp_path)
        assert status == 200
        task = answer["task_id"]
        status, answer = paste(server, STATUS, tmp_path, task)
        assert (status, answer["status"]) == (200, "in_progress")
        last = ended(server, task)
        assert (last["status"], last["progress"], last["rows"]) == ("completed", 100, 100_000)
        status, answer = paste(server, STATUS, tmp_path, task)
        assert (answer["status"], answer["pages"]) == ("completed", 100)
        assert paste(server, DOWNLOAD, tmp_path, task) == (200, None)
    result = tmp_path / task
    with zipfile.ZipFile(result) as archive:
        assert archive.testzip() is None
        with archive.open("data.csv") as rows:
            first = rows.readline().decode().strip()
    assert first == "InvoiceNo,revenue,a,b,InvoiceDate,UnitPrice,CustomerID,Country"
    verify = [sys.executable, "-m", "fetchtozip_gui", "verify", str(result)]
    checked = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    with serving(data) as server:
        names = [item["name"] for item in call(server, "GET", "inputs-list")[1]["inputs"]]
        assert names == ["revenue", "a", "b"]
        assert paste(server, DOWNLOAD, tmp_path, task)[0] == 200
        # the configuration is there too
        status, answer = paste(server, START, tmp_path)
        assert status == 200
        assert call(server, "DELETE", f"cancel/{answer['task_id']}")[0] == 200


def test_add_a_single_input(server: Serving) -> None:
    status, answer = call(server, "POST", "inputs", ONE)
    assert (status, answer["input"]) == (200, ONE)
    assert isinstance(answer["message"], str)


def test_add_multiple_inputs(server: Serving) -> None:
    status, answer = call(server, "POST", "bulk-inputs", BOTH)
    assert (status, answer["count"]) == (200, 2)
    assert isinstance(answer["message"], str)


def test_every_body_printed_above_the_commands_does_not_stand_in_their_way(server: Serving, tmp_path: Path) -> None:
    call(server, "POST", "inputs", ONE)
    call(server, "POST", "bulk-inputs", BOTH)
    paste(server, INPUT, tmp_path)
    paste(server, BULK, tmp_path)
    call(server, "POST", "configure", {**CONFIG, "page_limit": 1})
    status, answer = paste(server, START, tmp_path)
    assert status == 200
    assert "the later input `a` counts, not `column_name`" in answer["message"]
    assert ended(server, answer["task_id"])["status"] == "completed"


def test_list_and_clear_all_inputs(server: Serving) -> None:
    call(server, "POST", "bulk-inputs", BOTH)
    assert call(server, "GET", "inputs-list") == (200, {"inputs": BOTH, "count": 2})
    status, answer = call(server, "DELETE", "inputs-clear")
    assert status == 200
    assert isinstance(answer["message"], str)
    assert call(server, "GET", "inputs-list") == (200, {"inputs": [], "count": 0})


def test_set_the_configuration_as_its_schema_prints_it(server: Serving) -> None:
    status, answer = call(server, "POST", "configure", CONFIG)
    assert (status, answer["config"]) == (200, CONFIG)
    assert isinstance(answer["message"], str)


@pytest.mark.parametrize("file_type", ["zip", "csv", "json", "xlsx"])
def test_every_export_format_from_start_to_download(server: Serving, tmp_path: Path, file_type: str) -> None:
    call(server, "POST", "bulk-inputs", BOTH)
    call(server, "POST", "configure", {**CONFIG, "file_type": file_type, "page_limit": 1})
    _, started = call(server, "POST", "start")
    last = ended(server, started["task_id"])
    assert set(last) == {"task_id", "status", "progress", "rows", "pages", "message", "timestamp"}
    assert (last["status"], last["rows"]) == ("completed", 1000)
    assert paste(server, DOWNLOAD, tmp_path, started["task_id"]) == (200, None)
    found = (tmp_path / started["task_id"]).read_bytes()
    begins = {"zip": b"PK", "xlsx": b"PK", "csv": b"InvoiceNo,a,b,Quantity", "json": b"["}
    assert found.startswith(begins[file_type])


def test_cancel_a_task(server: Serving) -> None:
    call(server, "POST", "configure", {**CONFIG, "rate_limit": 1})
    _, started = call(server, "POST", "start")
    status, answer = call(server, "DELETE", f"cancel/{started['task_id']}")
    assert status == 200
    assert answer["status"] in ("cancel_requested", "cancelled")
    assert ended(server, started["task_id"])["status"] == "cancelled"
    status, answer = call(server, "GET", f"download/{started['task_id']}")
    assert status == 409
    assert "cancelled" in answer["detail"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("inputs", {"name": "a"}, "column"),
        ("inputs", {"column": 1}, "name"),
        ("inputs", {"name": "a", "column": "x"}, "column"),
        ("configure", {"rate_limit": 1}, "file_type"),
        ("configure", {"file_type": "pdf"}, "file_type"),
        ("configure", {"file_type": "zip", "page_limit": "many"}, "page_limit"),
    ],
)
def test_validation_errors_are_422_with_details(server: Serving, path: str, body: Any, field: str) -> None:
    status, answer = call(server, "POST", path, body)
    assert status == 422
    assert isinstance(answer["detail"], list)
    assert answer["detail"][0]["loc"][-1] == field
    assert answer["detail"][0]["msg"]


def test_a_task_that_nobody_started_is_unknown(server: Serving) -> None:
    for method, path in (("GET", "status"), ("DELETE", "cancel"), ("GET", "download")):
        status, answer = call(server, method, f"{path}/nobody")
        assert (status, isinstance(answer["detail"], str)) == (404, True)


def test_posts_are_json_and_nothing_else(server: Serving, tmp_path: Path) -> None:
    status, _ = paste(server, f"curl {PRINTED}/api/export/inputs -d 'name=a&column=1'", tmp_path)
    assert status == 415
