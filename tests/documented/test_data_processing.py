"""Every request and answer printed in the data processing document, pasted into a real `fetchtozip serve`."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from serve_process import Serving, serving
from websockets.sync.client import connect

# as the document prints them, but for the id
PROCESS = """{
  "file_id": "abc123",
  "operations": [
    {
      "type": "clean",
      "params": {
        "remove_duplicates": true,
        "handle_missing": "drop"
      }
    },
    {
      "type": "transform",
      "params": {
        "output_format": "json"
      }
    }
  ]
}"""
VALIDATE = """{
  "file_id": "abc123",
  "schema": {
    "name": {"type": "string", "required": true},
    "age": {"type": "integer", "min": 0, "max": 150},
    "email": {"type": "email", "required": true}
  }
}"""
ANALYZE = """{
  "file_id": "abc123",
  "analysis_type": "descriptive"
}"""
PEOPLE = [(f"name{number}", 18 + number % 78, f"name{number}@example.com") for number in range(950)]


def people() -> bytes:
    """1,000 rows, of which 30 are there twice and 20 miss their age."""
    rows = [*PEOPLE, *PEOPLE[:30], *((f"gone{number}", "", f"gone{number}@example.com") for number in range(20))]
    return "\n".join(["name,age,email", *(",".join(map(str, row)) for row in rows), ""]).encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("processing"), MAX_CONTENT_LENGTH="1000000") as running:
        yield running


@pytest.fixture
def client(server: Serving) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


def upload(client: httpx.Client, body: bytes, name: str = "data.csv") -> str:
    answer = client.post("/api/upload", files={"file": (name, body)})
    assert answer.status_code == 201, answer.text
    assert answer.json() == {
        "message": "File uploaded successfully",
        "file_id": answer.json()["file_id"],
        "filename": name,
    }
    return str(answer.json()["file_id"])


def post(client: httpx.Client, path: str, printed: str, file_id: str) -> dict[str, Any]:
    answer = client.post(path, json={**json.loads(printed), "file_id": file_id})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_health(client: httpx.Client) -> None:
    answer = client.get("/api/health")
    assert (answer.status_code, set(answer.json())) == (200, {"status", "timestamp"})
    assert answer.json()["status"] == "healthy"
    assert answer.json()["timestamp"].endswith("Z")
    assert datetime.fromisoformat(answer.json()["timestamp"]).utcoffset() is not None


def test_process(client: httpx.Client) -> None:
    file_id = upload(client, people())
    answer = post(client, "/api/process", PROCESS, file_id)
    assert set(answer) == {"status", "processed_data", "statistics"}
    assert answer["status"] == "success"
    assert (answer["statistics"]["rows_processed"], answer["statistics"]["rows_removed"]) == (1000, 50)
    data = answer["processed_data"]
    assert (data["rows"], data["truncated"], data["format"], len(data["records"])) == (950, True, "json", 100)
    assert data["records"][0] == {"name": "name0", "age": 18, "email": "name0@example.com"}
    assert len(client.get(data["download"]).json()) == 950


def test_validate(client: httpx.Client) -> None:
    file_id = upload(client, people())
    post(client, "/api/process", PROCESS, file_id)
    assert post(client, "/api/validate", VALIDATE, file_id) == {"valid": True, "errors": [], "validated_rows": 950}


def test_validate_tells_every_value_that_breaks_a_rule(client: httpx.Client) -> None:
    file_id = upload(client, b"name,age,email\nAda,36,ada@example.com\n,151,ada\n")
    answer = post(client, "/api/validate", VALIDATE, file_id)
    assert (answer["valid"], answer["validated_rows"]) == (False, 2)
    assert [(error["row"], error["column"], error["rule"]) for error in answer["errors"]] == [
        (2, "name", "required"),
        (2, "age", "max"),
        (2, "email", "type"),
    ]


def test_analyze(client: httpx.Client) -> None:
    ages = [row[1] for row in PEOPLE]
    file_id = upload(client, "\n".join(["age", *map(str, ages)]).encode())
    answer = post(client, "/api/analyze", ANALYZE, file_id)
    assert set(answer) == {"analysis"}
    assert set(answer["analysis"]) >= {"mean", "median", "std_dev", "min", "max"}
    assert answer["analysis"]["mean"] == pytest.approx(sum(ages) / len(ages))
    assert (answer["analysis"]["min"], answer["analysis"]["max"]) == (18, 95)
    two = upload(client, b"a,b,c\n1,2,x\n3,4,y\n")
    assert set(post(client, "/api/analyze", ANALYZE, two)["analysis"]) == {"a", "b"}


@pytest.mark.parametrize("format_name", ["csv", "json", "excel"])
def test_download(client: httpx.Client, format_name: str) -> None:
    file_id = upload(client, b"name,age\nAda,36\nBob,41\n")
    answer = client.get(f"/api/download/{file_id}", params={"format": format_name})
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    suffix = {"excel": "xlsx"}.get(format_name, format_name)
    assert answer.headers["content-disposition"] == f'attachment; filename="data.{suffix}"'
    rows = [("Ada", 36), ("Bob", 41)]
    if format_name == "csv":
        assert answer.text == "name,age\nAda,36\nBob,41\n"
    elif format_name == "json":
        assert answer.json() == [{"name": name, "age": age} for name, age in rows]
    else:
        sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
        assert list(sheet.values) == [("name", "age"), *rows]
    part = client.get(f"/api/download/{file_id}", params={"format": format_name}, headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, answer.content[2:6])


@pytest.mark.parametrize(
    ("status", "ask"),
    [
        (400, lambda client: client.post("/api/process", json={"file_id": "abc123"})),
        (400, lambda client: client.post("/api/process", json={"file_id": "abc123", "operations": [{"type": "x"}]})),
        (400, lambda client: client.post("/api/validate", content=b"{", headers={"Content-Type": "application/json"})),
        (400, lambda client: client.post("/api/upload", files={"file": ("a.csv", b"")})),
        (404, lambda client: client.post("/api/analyze", json={"file_id": "abc123"})),
        (404, lambda client: client.get("/api/download/abc123")),
        (413, lambda client: client.post("/api/upload", files={"file": ("a.csv", b"a\n" * 600_000)})),
        (415, lambda client: client.post("/api/upload", files={"file": ("a.pdf", b"%PDF-1.7")})),
        (415, lambda client: client.post("/api/upload", json={"file": "a.csv"})),
        (405, lambda client: client.get("/api/process")),
    ],
)
def test_errors(client: httpx.Client, status: int, ask: Any) -> None:
    answer = ask(client)
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error", "status_code", "details"}
    assert answer.json()["status_code"] == status
    assert answer.json()["error"]
    assert answer.json()["details"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="a session of curl")
def test_the_session_with_curl(server: Serving, tmp_path: Path) -> None:
    def curl(command: str) -> Any:
        done = subprocess.run(
            ["curl", "-sSf", *shlex.split(command.replace("$URL", server.url))],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout) if done.stdout else None

    (tmp_path / "data.csv").write_bytes(people())
    file_id = curl("-F file=@data.csv $URL/api/upload")["file_id"]
    body = shlex.quote(PROCESS.replace("abc123", file_id))
    assert curl(f"$URL/api/process -H 'Content-Type: application/json' -d {body}")["status"] == "success"
    curl(f"-o out.xlsx '$URL/api/download/{file_id}?format=excel'")
    assert len(list(openpyxl.load_workbook(tmp_path / "out.xlsx").active.values)) == 951


def test_an_upload_is_the_path_of_a_recipe_s_file_source(client: httpx.Client) -> None:
    file_id = upload(client, people())
    configure = {"file_type": "csv", "source": {"type": "file", "path": file_id}}
    assert client.post("/api/export/configure", json=configure).status_code == 200
    task = client.post("/api/export/start").json()["task_id"]
    with connect(f"ws{str(client.base_url).removeprefix('http').rstrip('/')}/api/export/ws/{task}") as news:
        assert json.loads(list(news)[-1])["status"] == "completed"
    assert client.get(f"/api/export/download/{task}").text.count("\n") == 1001
