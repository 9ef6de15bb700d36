"""The FetchToZip door: what is kept, what is refused with the field's name, and a task from start to download."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fetchtozip_gui.core.errors import RecipeError
from fetchtozip_gui.core.outputs.verify import verify
from fetchtozip_gui.engine.shelf import Input, Inputs

NAMES = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]


class Vault:
    """A vault in memory; `fails` as where there is no keyring."""

    def __init__(self, *, fails: bool = False) -> None:
        self.kept: dict[str, str] = {}
        self.fails = fails

    def read(self, name: str) -> str:
        if name not in self.kept:
            raise RecipeError("There is no secret of this name.")
        return self.kept[name]

    def write(self, name: str, secret: str) -> None:
        if self.fails:
            raise RecipeError("There is no keyring.")
        self.kept[name] = secret

    def forget(self, name: str) -> None:
        del self.kept[name]


def header(text: str) -> list[str]:
    return next(csv.reader(io.StringIO(text)))


# --- inputs


def test_an_input_is_added_updated_listed_and_cleared(door: Any) -> None:
    sent = {"name": "revenue", "column": 3, "change_order": 1}
    added = door.post("inputs", sent)
    assert (added.status_code, added.json()) == (200, {"message": "Input `revenue` is kept.", "input": sent})
    assert door.post("inputs", {"name": "revenue", "column": 4}).json()["input"]["change_order"] is None
    bulk = door.post("bulk-inputs", [{"name": "a", "column": 1}, {"name": "b", "column": 2, "change_order": 2}])
    assert (bulk.status_code, bulk.json()) == (200, {"message": "2 inputs are kept.", "count": 2})
    assert door.get("inputs-list").json() == {
        "inputs": [
            {"name": "revenue", "column": 4, "change_order": None},
            {"name": "a", "column": 1, "change_order": None},
            {"name": "b", "column": 2, "change_order": 2},
        ],
        "count": 3,
    }
    assert door.delete("inputs-clear").status_code == 200
    assert door.get("inputs-list").json() == {"inputs": [], "count": 0}
    assert door.delete("inputs-clear").status_code == 200


@pytest.mark.parametrize(
    ("bad", "where"),
    [
        ({"name": "b"}, "column"),
        ({"column": 1}, "name"),
        ({"name": "b", "column": -1}, "column"),
        ({"name": "b", "column": "1"}, "column"),
        ({"name": "b", "column": True}, "column"),
        ({"name": "b", "column": 1.5}, "column"),
        ({"name": "b", "column": 2**63}, "column"),
        ({"name": "b", "column": 1, "change_order": -1}, "change_order"),
        ({"name": "", "column": 1}, "name"),
        ({"name": "  ", "column": 1}, "name"),
        ({"name": "x" * 1001, "column": 1}, "name"),
        ({"name": "b", "column": 1, "dtype": "int"}, "dtype"),
        ({"name": "b", "column": 1, "chnage_order": 1}, "chnage_order"),
    ],
)
def test_one_bad_item_and_nothing_is_changed(door: Any, bad: dict[str, Any], where: str) -> None:
    door.post("inputs", {"name": "old", "column": 0})
    for path, body, place in (("inputs", bad, [where]), ("bulk-inputs", [{"name": "a", "column": 1}, bad], [1, where])):
        refused = door.post(path, body)
        assert refused.status_code == 422
        assert refused.json()["detail"][0]["loc"] == ["body", *place]
        assert door.get("inputs-list").json()["count"] == 1


def test_half_a_surrogate_pair_is_refused(door: Any) -> None:
    body = b'{"name": "\\ud800", "column": 1}'
    refused = door.client.post("/api/export/inputs", content=body, headers={"Content-Type": "application/json"})
    assert refused.status_code == 422


def test_inputs_are_the_ones_of_every_front_end(door: Any) -> None:
    heard: list[tuple[Input, ...]] = []
    Inputs(door.shelf).watch(heard.append)
    door.post("inputs", {"name": "a", "column": 1, "dtype": "string"})
    assert heard == [(Input("a", 1, dtype="string"),)]
    Inputs(door.shelf).replace([Input("gone", 5, keep=False)])
    listed = door.get("inputs-list").json()["inputs"]
    assert listed == [{"name": "gone", "column": 5, "change_order": None, "keep": False}]


# --- configuration


def test_a_configuration_is_told_back_and_kept_over_restarts(open_door: Callable[..., Any]) -> None:
    config = {"file_type": "xlsx", "tmp_dir": "./temp", "rate_limit": 10, "page_limit": 2, "db_url": None}
    door = open_door()
    told = door.post("configure", config)
    assert (told.status_code, told.json()) == (200, {"message": "The configuration is kept.", "config": config})
    door.post("inputs", {"name": "a", "column": 1})
    door = open_door()
    assert door.get("inputs-list").json()["count"] == 1
    task = door.post("start").json()["task_id"]
    done = door.until(task)
    assert (done.pages, Path(done.result or "").suffix) == (2, ".xlsx")


@pytest.mark.parametrize(
    ("bad", "where", "words"),
    [
        ({"file_type": "exe"}, ["file_type"], "'zip', 'csv', 'json', 'xlsx'"),
        ({}, ["file_type"], "required"),
        ({"file_type": "zip", "rate_limit": 0}, ["rate_limit"], "greater than 0"),
        ({"file_type": "zip", "rate_limit": True}, ["rate_limit"], "no numbers"),
        ({"file_type": "zip", "page_limit": 0}, ["page_limit"], "greater than or equal to 1"),
        ({"file_type": "zip", "page_limit": 1.5}, ["page_limit"], "integer"),
        ({"file_type": "zip", "filetype": "zip"}, ["filetype"], "Extra"),
        ({"file_type": "zip", "db_url": "ftp://host/x"}, ["db_url"], "must begin with http://, https:// or one of"),
        ({"file_type": "zip", "db_url": "somewhere"}, ["db_url"], "must begin with"),
        ({"file_type": "zip", "db_url": "http://["}, ["db_url"], ""),
        ({"file_type": "zip", "db_url": "postgresql://h/d"}, ["db_url"], "database is not in this version"),
        ({"file_type": "zip", "db_url": "postgresql+psycopg://h/d", "query": "q"}, ["db_url"], "not in this version"),
        ({"file_type": "zip", "db_url": "http://h/", "source": {"type": "http"}}, ["db_url"], "beside source"),
        ({"file_type": "zip", "source": {"type": "http"}}, ["source", "url"], "is required"),
        ({"file_type": "zip", "source": {"type": "nothing"}}, ["source", "type"], "must be one of"),
        ({"file_type": "zip", "source": {}}, ["source"], "needs a `type`"),
        ({"file_type": "zip", "steps": [{"type": "sort"}]}, ["steps", 0, "by"], "is required"),
        (
            {"file_type": "zip", "steps": [{"type": "sql", "query": "q"}]},
            ["steps", 0, "query"],
            "begins with SELECT or WITH",
        ),
        ({"file_type": "zip", "tmp_dir": "data\0"}, ["tmp_dir"], "cannot be used as a folder"),
    ],
)
def test_a_wrong_configuration_names_the_field_and_changes_nothing(
    door: Any, bad: dict[str, Any], where: list[str | int], words: str
) -> None:
    assert door.post("configure", {"file_type": "csv", "page_limit": 1}).status_code == 200
    refused = door.post("configure", bad)
    assert refused.status_code == 422, refused.text
    fault = refused.json()["detail"][0]
    assert fault["loc"] == ["body", *where]
    assert words in fault["msg"]
    assert door.shelf.get("export/configuration")["configure"] == {"file_type": "csv", "page_limit": 1}


def test_a_folder_that_cannot_be_made_is_named(door: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = door.post("configure", {"file_type": "csv", "tmp_dir": str(tmp_path / "file" / "x")})
    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["body", "tmp_dir"]


@pytest.mark.parametrize("depth", [50, 150, 240, 260, 400, 900])
def test_deep_values_are_taken_or_refused_and_never_an_error_of_the_server(door: Any, depth: int) -> None:
    json_type = {"Content-Type": "application/json"}
    deep = '{"a":' * depth + "1" + "}" * depth
    source = f'{{"type": "http", "url": "http://127.0.0.1:9/", "json": {deep}, "retries": 0}}'
    body = f'{{"file_type": "csv", "source": {source}}}'
    told = door.client.post("/api/export/configure", content=body, headers=json_type)
    assert told.status_code in (200, 400, 422)
    if told.status_code == 200:
        door.until(door.post("start").json()["task_id"])


def test_deep_and_strange_values_are_refused_in_words(door: Any) -> None:
    json_type = {"Content-Type": "application/json"}
    for source in ('{"a":' * 500 + "1" + "}" * 500, '{"type": "http", "url": "http://h/", "timeout": NaN}'):
        body = f'{{"file_type": "zip", "source": {source}}}'
        refused = door.client.post("/api/export/configure", content=body, headers=json_type)
        assert refused.status_code in (400, 422)
        assert refused.json()["detail"]


SECRETS = {
    "file_type": "csv",
    "source": {
        "type": "http",
        "url": "http://user:canary-1@127.0.0.1:9/?api_key=canary-2&x=1",
        "headers": {"X-Api-Token": "canary-3", "Accept": "text/csv"},
        "auth": {"type": "api_key", "name": "X-Mine", "value": "canary-4"},
        "retries": 0,
    },
}


def test_secrets_are_in_no_answer_and_in_no_file(open_door: Callable[..., Any], tmp_path: Path) -> None:
    vault = Vault()
    door = open_door(vault=vault)
    told = door.post("configure", SECRETS)
    config = told.json()["config"]
    assert "canary" not in told.text
    assert config["source"]["headers"] == {"X-Api-Token": "***", "Accept": "text/csv"}
    assert config["source"]["url"].endswith("x=1")
    assert "canary-4" in vault.kept["export/configuration"]
    started = door.post("start")
    failed = door.until(started.json()["task_id"])
    assert failed.state == "failed"
    assert "canary" not in door.get(f"status/{failed.id}").text
    door = open_door(vault=vault)
    assert door.post("start").status_code == 200
    refused = door.post("configure", {**SECRETS, "source": {**SECRETS["source"], "x": 1}, "db_url": 5})
    assert refused.status_code == 422
    assert "canary" not in refused.text
    missing = door.post("configure", {"db_url": "http://user:canary-1@h/"})
    assert (missing.status_code, "canary" in missing.text) == (422, False)
    assert door.post("configure", {"file_type": "csv"}).status_code == 200
    assert vault.kept == {}
    found = [path for path in tmp_path.rglob("*") if path.is_file() and b"canary" in path.read_bytes()]
    assert found == []


@pytest.mark.parametrize("vault", [None, Vault(fails=True)])
def test_without_a_keyring_secrets_last_as_long_as_the_program(open_door: Callable[..., Any], vault: Any) -> None:
    door = open_door(vault=vault)
    assert "until the program ends" in door.post("configure", SECRETS).json()["message"]
    assert door.post("start").status_code == 200
    door = open_door(vault=vault)
    refused = door.post("start")
    assert refused.status_code == 400
    assert "no longer there. Call POST /api/export/configure once more" in refused.json()["detail"]


def test_references_to_secrets_are_kept_as_they_are(open_door: Callable[..., Any]) -> None:
    auth = {"type": "bearer", "token": "env:NO_SUCH_TOKEN"}
    source = {"type": "http", "url": "http://127.0.0.1:9/", "auth": auth}
    told = open_door().post("configure", {"file_type": "csv", "source": source})
    assert told.json() == {
        "message": "The configuration is kept.",
        "config": {"file_type": "csv", "source": source},
    }
    assert open_door().post("start").status_code == 200


# --- tasks


def test_start_before_configure_says_what_to_call_first(door: Any) -> None:
    refused = door.post("start")
    assert refused.status_code == 400
    assert "call POST /api/export/configure first" in refused.json()["detail"]


def test_the_practice_source_is_there_when_nobody_names_one(door: Any) -> None:
    door.post(
        "bulk-inputs", [{"name": "a", "column": 1, "change_order": 0}, {"name": "no", "column": 2, "keep": False}]
    )
    task = door.start(file_type="zip", rate_limit=100, page_limit=2)
    done = door.until(task)
    assert (done.state, done.rows, done.pages) == ("completed", 2000, 2)
    answer = door.get(f"download/{task}")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="export.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert header(archive.read("data.csv").decode()) == ["a", *NAMES[:1], *NAMES[3:]]
    assert verify(Path(done.result or "")).words


def test_a_status_tells_a_task_from_start_to_end(door: Any) -> None:
    task = door.start(db_url=door.practice(3000, latency_ms=100), rate_limit=50, page_limit=30)
    first = door.get(f"status/{task}").json()
    assert first["status"] == "in_progress"
    assert set(first) == {
        *("task_id", "status", "progress", "rows", "pages", "bytes", "message", "error", "created_at"),
    }
    assert door.get(f"download/{task}").status_code == 409
    assert "in_progress" in door.get(f"download/{task}").json()["detail"]
    job = door.until(task)
    last = door.get(f"status/{task}").json()
    assert (last["status"], last["progress"], last["rows"], last["pages"]) == ("completed", 100, 3000, 30)
    assert (last["error"], last["bytes"]) == (None, job.bytes)
    assert last["message"].startswith("Complete")


@pytest.mark.parametrize("file_type", ["csv", "json", "jsonl", "xlsx", "parquet", "tsv", "avro"])
def test_every_format_is_downloaded_as_what_it_is(door: Any, file_type: str) -> None:
    task = door.start(file_type=file_type, db_url=door.practice(200), filename="Müller & Söhne/2026.csv")
    door.until(task)
    answer = door.get(f"download/{task}")
    assert answer.status_code == 200
    assert len(answer.content) == int(answer.headers["Content-Length"])
    assert "octet" not in answer.headers["Content-Type"]
    name = answer.headers["Content-Disposition"]
    assert name.startswith('attachment; filename="M_ller & S_hne_2026.')
    assert "filename*=UTF-8''M%C3%BCller%20%26%20S%C3%B6hne_2026." in name
    assert name.endswith(f".{file_type}")
    assert (file_type != "json") or len(json.loads(answer.content)) == 200


def test_source_steps_and_filename_go_into_the_recipe(door: Any) -> None:
    task = door.start(
        source={"type": "http", "url": door.practice(300), "pagination": "page"},
        steps=[{"type": "filter", "where": "n > 5"}],
        filename="few.csv",
        page_limit=3,
    )
    assert door.until(task).state == "failed"
    assert "no column" in door.get(f"status/{task}").json()["error"]
    door.post("inputs", {"name": "n", "column": 3})
    task = door.post("start").json()["task_id"]
    assert door.until(task).state == "completed"
    answer = door.get(f"download/{task}")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="few.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert 0 < len(rows) < 300
    assert min(int(row["n"]) for row in rows) > 5


def test_an_input_whose_column_is_not_there_fails_the_task_in_words(door: Any) -> None:
    door.post("inputs", {"name": "far", "column": 40})
    task = door.start(db_url=door.practice(100))
    door.until(task)
    told = door.get(f"status/{task}").json()
    assert told["status"] == "failed"
    assert "there is no column 40" in told["error"]
    assert door.get(f"download/{task}").status_code == 409


def test_of_inputs_that_want_the_same_the_later_one_counts_and_the_answer_says_so(door: Any) -> None:
    door.post("bulk-inputs", [{"name": "a", "column": 1}, {"name": "b", "column": 1}])
    door.post("configure", {"file_type": "csv", "db_url": door.practice(100)})
    started = door.post("start").json()
    assert started["message"] == "The export has begun. Of column 1 the later input `b` counts, not `a`."
    door.until(started["task_id"])
    header = door.get(f"download/{started['task_id']}").text.partition("\n")[0].split(",")
    assert header[1] == "b"
    assert "a" not in header


def test_a_source_that_fails_is_told(door: Any) -> None:
    task = door.start(source={"type": "http", "url": "http://127.0.0.1:9/", "retries": 0})
    door.until(task)
    told = door.get(f"status/{task}").json()
    assert told["status"] == "failed"
    assert "127.0.0.1:9" in told["error"]


def test_a_task_is_cancelled(door: Any) -> None:
    task = door.start(db_url=door.practice(6000, latency_ms=200), rate_limit=20)
    door.until(task, lambda job: job.pages > 0)
    asked = door.delete(f"cancel/{task}")
    assert asked.status_code == 200
    assert asked.json()["status"] in ("cancel_requested", "cancelled")
    door.until(task)
    assert door.get(f"status/{task}").json()["status"] == "cancelled"
    assert door.delete(f"cancel/{task}").json()["status"] == "cancelled"
    assert door.get(f"download/{task}").status_code == 409


def test_what_has_ended_cannot_be_cancelled(door: Any) -> None:
    task = door.start(db_url=door.practice(100))
    door.until(task)
    refused = door.delete(f"cancel/{task}")
    assert refused.status_code == 409
    assert "is completed" in refused.json()["detail"]


@pytest.mark.parametrize("task", ["nobody", "0000000000000", "..%2f..%2fetc", "%00", "x" * 200])
def test_unknown_tasks_are_404(door: Any, task: str) -> None:
    for method, path in (("GET", "status"), ("DELETE", "cancel"), ("GET", "download"), ("HEAD", "download")):
        assert door.client.request(method, f"/api/export/{path}/{task}").status_code == 404


def test_results_go_to_the_folder_that_was_wished_and_no_start_writes_over_another(door: Any, tmp_path: Path) -> None:
    wish = {"tmp_dir": str(tmp_path / "here" / "and there"), "db_url": door.practice(100), "filename": "x"}
    first, second = door.start(**wish), door.start(**wish)
    results = [Path(door.until(task).result or "") for task in (first, second)]
    assert len(set(results)) == 2
    for task, path in zip((first, second), results, strict=True):
        assert path.parent == tmp_path / "here" / "and there"
        assert path.name.startswith("x-")
        assert door.get(f"download/{task}").content == path.read_bytes()
    relative = door.until(door.start(**{**wish, "tmp_dir": "./temp"}))
    assert Path(relative.result or "").parent == door.engine.folder.root / "temp"


def test_a_result_that_was_removed_is_410(door: Any) -> None:
    task = door.start(db_url=door.practice(100))
    Path(door.until(task).result or "").unlink()
    gone = door.get(f"download/{task}")
    assert (gone.status_code, "no longer there" in gone.json()["detail"]) == (410, True)


def test_a_download_goes_on_where_it_was_cut(door: Any) -> None:
    task = door.start(db_url=door.practice(500))
    door.until(task)
    whole = door.get(f"download/{task}")
    rest = door.get(f"download/{task}", headers={"Range": "bytes=1000-", "If-Range": whole.headers["ETag"]})
    assert rest.status_code == 206
    assert rest.content == whole.content[1000:]
    assert door.get(f"download/{task}", headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    head = door.client.head(f"/api/export/download/{task}")
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(whole.content)))


def test_every_route_is_documented(door: Any) -> None:
    document = door.client.get("/openapi.json").json()
    routes = {path: each for path, each in document["paths"].items() if path.startswith("/api/export/")}
    assert len(routes) == 9
    for operations in routes.values():
        for operation in operations.values():
            assert operation["summary"]
            assert len(operation["description"]) > 40
            assert [status for status in operation["responses"] if status.startswith("2")]
            for status, answer in operation["responses"].items():
                content = answer.get("content", {}).get("application/json", {})
                gates = "Refused" in str(content)  # every route's, documented once
                assert gates or "example" in content or status in ("422", "206", "304") or "octet" in str(answer)
