"""What is copied runs: the made commands and scripts bring the same rows as the recipe itself."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fetchtozip_gui.api.build import build
from fetchtozip_gui.api.guard import Guard
from fetchtozip_gui.api.server import serve
from fetchtozip_gui.core.errors import NotInThisVersion
from fetchtozip_gui.core.python_script import as_python
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.scripts import as_command, as_curl, as_source_curl
from fetchtozip_gui.demo import demo_recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.pool import Threads
from fetchtozip_gui.engine.shelf import Input, Inputs, Shelf

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts are for a shell")
CANARY = "canary-77aa"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


def demo(address: str, pages: int = 3, **changes: Any) -> dict[str, Any]:
    made = demo_recipe(address)
    made["source"] |= {"page_limit": pages, "url": f"{address}/practice/online-retail?page=1&limit=50"}
    return {**made, **changes}


def done(recipe: Recipe, tmp_path: Path) -> pl.DataFrame:
    """The recipe's own result."""
    engine = Engine(Folder(tmp_path / "own"), isolated=False)
    job = engine.submit(recipe, tmp_path / "own.zip")
    engine.close()
    assert job.state == "completed", job.error
    return rows(Path(job.result or ""))


def rows(file: Path) -> pl.DataFrame:
    with zipfile.ZipFile(file) as archive:
        return pl.read_csv(io.BytesIO(archive.read(archive.namelist()[0])), infer_schema=False)


def shell(script: str, folder: Path, **environment: str) -> str:
    made = subprocess.run(
        ["sh"], input=script, text=True, cwd=folder, env={**ENVIRONMENT, **environment}, capture_output=True, timeout=60
    )
    assert made.returncode == 0, made.stderr
    return made.stdout


def python(script: str, folder: Path, **environment: str) -> str:
    file = folder / "script.py"
    file.write_text(script)
    made = subprocess.run(
        [sys.executable, str(file)], cwd=folder, env={**ENVIRONMENT, **environment}, text=True, capture_output=True
    )
    assert made.returncode == 0, made.stderr
    return made.stdout


@pytest.fixture
def on_path(tmp_path: Path) -> dict[str, str]:
    """`fetchtozip` as a command of a shell."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "fetchtozip"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m fetchtozip_gui "$@"\n')
    command.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}", "FETCHTOZIP_HOME": str(tmp_path / "home")}


def test_the_command_brings_the_same_rows(practice: str, tmp_path: Path, on_path: dict[str, str]) -> None:
    recipe = Recipe.parse(demo(practice))
    told = shell(as_command(recipe), tmp_path, **on_path)
    assert rows(tmp_path / told.strip()).equals(done(recipe, tmp_path))


def test_the_script_brings_the_same_rows(practice: str, tmp_path: Path) -> None:
    recipe = Recipe.parse(demo(practice))
    assert "150 rows" in python(as_python(recipe), tmp_path)
    assert same(rows(tmp_path / "online-retail.zip"), done(recipe, tmp_path))


def same(made: pl.DataFrame, own: pl.DataFrame) -> bool:
    """Equal but for how a moment is spelled."""
    dates = pl.col("date").str.slice(0, 19)
    return made.with_columns(dates).equals(own.with_columns(dates))


@pytest.mark.parametrize(
    ("style", "pagination"),
    [
        ("page", {"type": "page", "size": 50}),
        ("offset", {"type": "offset", "limit": 50}),
        ("cursor", {"type": "cursor", "cursor": "$.next_cursor", "param": "cursor"}),
        ("link", {"type": "link"}),
        ("next_url", {"type": "next_url", "next": "$.next"}),
    ],
)
def test_every_way_of_paging_has_a_script(
    practice: str, tmp_path: Path, style: str, pagination: dict[str, Any]
) -> None:
    made = demo(practice, pages=4)
    made["source"] |= {
        "url": f"{practice}/practice/online-retail?style={style}&limit=50",
        "pagination": pagination,
        "records": "$" if style == "link" else "auto",
    }
    recipe = Recipe.parse(made)
    assert "200 rows" in python(as_python(recipe), tmp_path)
    assert same(rows(tmp_path / "online-retail.zip"), done(recipe, tmp_path))


STEPS = [
    {"type": "filter", "where": "Quantity > 2 AND Country <> 'it''s'"},
    {"type": "derive", "name": "total", "expression": "Quantity * UnitPrice"},
    {"type": "deduplicate", "subset": ["InvoiceNo", "StockCode"]},
    {"type": "sort", "by": [{"column": "total", "descending": True}, "StockCode"]},
    {
        "type": "columns",
        "columns": [{"column": 0, "name": "n", "change_order": 1}, {"column": "total", "dtype": "string"}],
    },
    {"type": "group", "by": ["Country"], "aggregate": [{"column": "*", "function": "count"}]},
]


@pytest.mark.parametrize("count", range(1, len(STEPS) + 1))
def test_steps_do_the_same(practice: str, tmp_path: Path, count: int) -> None:
    recipe = Recipe.parse(demo(practice, steps=STEPS[:count]))
    python(as_python(recipe), tmp_path)
    made, own = rows(tmp_path / "online-retail.zip"), done(recipe, tmp_path)
    assert made.columns == own.columns
    if "total" in made.columns:
        made, own = (frame.with_columns(pl.col("total").cast(pl.Float64).round(6)) for frame in (made, own))
    if "InvoiceDate" in made.columns:
        made, own = (frame.with_columns(pl.col("InvoiceDate").str.slice(0, 19)) for frame in (made, own))
    assert made.equals(own)


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "jsonl", "xlsx", "parquet", "avro"])
def test_every_format_is_written(practice: str, tmp_path: Path, form: str) -> None:
    made = demo(practice, pages=1, output={"type": "file", "format": form, "path": f"{{name}} {{date}}.{form}"})
    assert "50 rows" in python(as_python(Recipe.parse(made)), tmp_path)
    assert len(list(tmp_path.glob(f"online-retail 2*.{form}"))) == 1


def test_a_file_is_read_and_ids_stay_text(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,n\n00123,1\n00456,2\n")
    made = {"version": 1, "name": "ids", "source": {"type": "file", "path": str(tmp_path / "in.csv")}}
    python(as_python(Recipe.parse(made)), tmp_path)
    assert rows(tmp_path / "ids.zip")["id"].to_list() == ["00123", "00456"]


def test_nested_values_are_flattened(serve_pages: Callable[..., Any], tmp_path: Path) -> None:
    server = serve_pages([[{"id": 1, "geo": {"lat": 1.5, "at": {"x": 2}}, "tags": ["a", "b"]}]])
    for lists in ("json", "rows"):
        made = {
            "version": 1,
            "source": {"type": "http", "url": f"{server.url}?page=1"},
            "steps": [{"type": "flatten", "lists": lists}],
        }
        recipe = Recipe.parse(made)
        python(as_python(recipe), tmp_path)
        assert rows(tmp_path / "export.zip").equals(done(recipe, tmp_path))
        shutil.rmtree(tmp_path / "own")


# --- secrets ------------------------------------------------------------------------------------------------------

AUTHS = [
    ({"auth": {"type": "basic", "username": "me", "password": "env:PASS_WORD"}}, {"PASS_WORD": CANARY}),
    ({"auth": {"type": "bearer", "token": "keyring:my token"}}, {"MY_TOKEN": CANARY}),
    ({"auth": {"type": "api_key", "name": "X-Key", "value": CANARY}}, {"X_KEY": CANARY}),
    ({"auth": {"type": "api_key", "name": "key", "value": CANARY, "in": "query"}}, {"KEY": CANARY}),
    ({"auth": {"type": "cookie", "cookies": {"sid": CANARY}}}, {"COOKIE_SID": CANARY}),
    ({"params": {"token": CANARY}}, {"TOKEN": CANARY}),
]


class Ear:
    """A server that hears what it was sent."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                ear.heard.append(f"{self.path}\n{self.headers}")
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b'[{"a": 1}]')

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/rows"


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.mark.parametrize(("source", "environment"), AUTHS)
def test_secrets_are_read_from_the_environment(
    ear: Ear, tmp_path: Path, source: dict[str, Any], environment: dict[str, str]
) -> None:
    made = {"version": 1, "source": {"type": "http", "url": ear.url, "pagination": "none", **source}}
    recipe = Recipe.parse(made)
    texts = [as_python(recipe), as_source_curl(recipe.source), as_command(recipe), as_curl(recipe, "http://[::1]:8000")]
    assert not any(CANARY in text for text in texts)
    python(texts[0], tmp_path, **environment)
    shell(texts[1], tmp_path, **environment)
    signs = (CANARY, "bWU6Y2FuYXJ5LTc3YWE=")  # as it is, and as Basic writes it
    assert [any(sign in heard for sign in signs) for heard in ear.heard] == [True, True]


def test_a_password_in_a_body_is_masked(ear: Ear) -> None:
    body = {"user": "me", "password": CANARY}
    recipe = Recipe.parse({"version": 1, "source": {"type": "http", "url": ear.url, "method": "POST", "json": body}})
    texts = [as_python(recipe), as_source_curl(recipe.source), as_command(recipe), as_curl(recipe, "http://[::1]:8000")]
    assert not any(CANARY in text for text in texts)


@pytest.mark.parametrize(
    "evil", ["a'; touch hacked; '", '"; touch hacked #', "$(touch hacked)", "`touch hacked`", "x\nJSON\ntouch hacked"]
)
def test_nothing_in_a_recipe_becomes_a_command(ear: Ear, tmp_path: Path, evil: str) -> None:
    made = {
        "version": 1,
        "name": evil,
        "source": {
            "type": "http",
            "url": ear.url,
            "pagination": "none",
            "params": {"q": evil},
            "headers": {"X-Note": evil.replace("\n", " "), "X-Token": f"keyring:{evil}"},
        },
        "steps": [{"type": "columns", "note": evil, "columns": [{"column": "a", "name": evil}]}],
    }
    recipe = Recipe.parse(made)
    refused = subprocess.run(
        ["sh"], input=as_curl(recipe, "http://127.0.0.1:9"), text=True, cwd=tmp_path, capture_output=True
    )
    assert refused.returncode
    shell(as_source_curl(recipe.source), tmp_path)
    shell("fetchtozip() { cat >/dev/null; }\n" + as_command(recipe), tmp_path)
    compile(as_python(recipe), "script.py", "exec")
    assert not (tmp_path / "hacked").exists()


def test_a_step_without_lines_is_refused(ear: Ear) -> None:
    made = {"version": 1, "source": {"type": "job", "job_id": "0" * 13}}
    with pytest.raises(NotInThisVersion, match="kind job"):
        as_python(Recipe.parse(made))


# --- the session with our own server -------------------------------------------------------------------------------


@pytest.mark.parametrize("keyed", [False, True])
def test_the_session_with_the_server_brings_the_same_rows(practice: str, tmp_path: Path, keyed: bool) -> None:
    engine = Engine(Folder(tmp_path / "served"), pool=Threads(), isolated=False)
    shelf = Shelf(engine.store)
    Inputs(shelf).add([Input("left", 0), Input("over", 1)])
    document = demo(practice)
    document["steps"][0]["columns"][3] = {"column": "StockCode", "keep": False}
    document["steps"].append({"type": "filter", "where": "quantity > 1"})
    recipe = Recipe.parse(document)
    names = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
    own = done(recipe, tmp_path)
    try:
        with serve(Guard(build(engine, shelf), api_key=lambda: CANARY if keyed else None), port=0) as served:
            for columns in ((), names):
                shell(as_curl(recipe, served.url, columns=columns, keyed=keyed), tmp_path, FETCHTOZIP_KEY=CANARY)
                assert rows(tmp_path / "online-retail.zip").equals(own)
                assert len(Inputs(shelf).all()) == (8 if columns else 0)
                (tmp_path / "online-retail.zip").unlink()
    finally:
        engine.close()
