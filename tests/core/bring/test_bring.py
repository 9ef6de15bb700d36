"""Whatever is pasted or dropped becomes recipes or a sentence; nothing is fetched, and no secret stays in plain."""

# ruff: noqa: E501 - an example a line

from __future__ import annotations

import contextlib
import json
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fetchtozip_gui.core.bring import Brought, bring
from fetchtozip_gui.core.bring.documents import is_recipe
from fetchtozip_gui.core.errors import FetchToZipError, RecipeError
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.demo import demo_recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder

CANARY = "canary-90c1"


def only(what: str | Path) -> Brought:
    (made,) = bring(what)
    assert CANARY not in json.dumps(made.recipe)
    assert CANARY not in repr(made)
    Recipe.parse(made.recipe)
    return made


# --- addresses and files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://api.example.com/orders?page=1", "https://api.example.com/orders?page=1"),
        ("  <https://api.example.com/orders>\n", "https://api.example.com/orders"),
        ("api.example.com/orders", "https://api.example.com/orders"),
        ("localhost:8000/practice", "http://localhost:8000/practice"),
    ],
)
def test_an_address_is_a_source(text: str, url: str) -> None:
    made = only(text)
    assert made.recipe["source"] == {"type": "http", "url": url}
    assert not made.foreign


def test_secrets_of_an_address_are_told_apart() -> None:
    made = only(f"https://api.example.com/orders?api_key={CANARY}&page=1")
    assert made.recipe["source"]["params"] == {"api_key": "keyring:api.example.com api_key"}
    assert made.secrets == {"api.example.com api_key": CANARY}
    assert made.recipe["source"]["url"] == "https://api.example.com/orders?page=1"


def test_several_addresses_are_several_sources() -> None:
    assert [one.recipe["name"] for one in bring("https://a.example/x\nhttps://a.example/y\n")] == ["x", "y"]


@pytest.mark.parametrize("suffix", ["csv", "json", "xlsx", "parquet"])
def test_a_file_is_a_source(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"my orders.{suffix}"
    frame = pl.DataFrame({"a": [1]})
    {"csv": frame.write_csv, "json": frame.write_json, "xlsx": frame.write_excel, "parquet": frame.write_parquet}[
        suffix
    ](file)
    for what in (file, str(file), file.as_uri()):
        made = only(what)
        assert made.recipe["source"] == {"type": "file", "path": str(file)}
        assert made.recipe["name"] == "my orders"


@pytest.mark.parametrize("rows", ['{"a": 1}\n{"a": 2}\n', '{"data": [{"a": 1}]}', '{"log": [1]}', "[" * 99 + "]" * 99])
def test_json_rows_are_data_and_no_document(tmp_path: Path, rows: str) -> None:
    file = tmp_path / "rows.json"
    file.write_text(rows)
    assert only(file).recipe["source"]["type"] == "file"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ('{"version": 1, "source": {"type": "http"}}', True),
        ('\ufeff{"source": {"paht": "a.csv"}}', True),
        ('{"source": "shop", "rows": [{"a": 1}]}', False),
        ('{"source": {"a": 1}}\n{"source": {"a": 2}}\n', False),
        ('{"source": {"type": "http"', False),
        ('{"openapi": "3.1.0", "source": {}}', False),
        ('{"source": {"a": ' + "[" * 9_999 + "]" * 9_999 + "}}", False),
        ('[{"source": {}}]', False),
        ("source", False),
    ],
)
def test_a_recipe_is_told_from_other_json(text: str, is_one: bool) -> None:
    assert is_recipe(text.encode()) is is_one


# --- recipes and archives -----------------------------------------------------------------------------------------


def test_a_recipe_is_foreign_and_loses_its_place() -> None:
    recipe = demo_recipe("https://evil.example")
    recipe["output"]["path"] = "/home/me/.bashrc"
    recipe["source"] |= {"auth": {"type": "bearer", "token": "env:AWS_SECRET"}, "verify_tls": False}
    made = only(json.dumps(recipe))
    assert made.foreign
    assert "path" not in made.recipe["output"]
    told = " ".join(made.notes)
    assert "env:AWS_SECRET of this machine to evil.example" in told
    assert "certificate" in told


def test_an_exported_archive_runs_again_and_is_asked_about(practice: str, tmp_path: Path) -> None:
    document = demo_recipe(practice)
    document["source"] |= {"page_limit": 1, "headers": {"X-Token": CANARY}}
    engine = Engine(Folder(tmp_path / "data"), isolated=False)
    job = engine.submit(Recipe.parse(document), tmp_path / "made.zip")
    engine.close()
    assert job.state == "completed"
    first, second = bring(tmp_path / "made.zip")
    assert first.foreign
    assert first.recipe["steps"] == document["steps"]
    assert any("left out where it was made" in note for note in first.notes)
    assert second.recipe["source"] == {"type": "file", "path": str(tmp_path / "made.zip")}


def test_another_archive_is_data(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", "a\n1\n")
    assert only(tmp_path / "a.zip").recipe["source"]["type"] == "file"


# --- HAR, Postman, OpenAPI ----------------------------------------------------------------------------------------


def entry(
    url: str, mime: str = "application/json", status: int = 200, method: str = "GET", **request: Any
) -> dict[str, Any]:
    return {
        "request": {"method": method, "url": url, "headers": [{"name": "Cookie", "value": f"sid={CANARY}"}], **request},
        "response": {"status": status, "content": {"mimeType": mime, "size": 10, "text": "x"}},
    }


def test_a_har_gives_its_requests_for_data() -> None:
    entries = [
        entry("https://a.example/page.html", "text/html"),
        entry("https://a.example/orders?page=1&size=5"),
        entry("https://a.example/orders?page=2&size=5"),
        entry("https://a.example/none", status=404),
        entry("https://a.example/pic", "image/svg+xml"),
        entry("https://a.example/rows.csv", "text/csv; charset=utf-8"),
        entry(
            "https://a.example/graphql",
            method="POST",
            postData={"mimeType": "application/json", "text": '{"query": "q"}'},
        ),
        entry("https://a.example/form", method="POST", postData={"text": "a=b"}),
    ]
    made = bring(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    assert [one.title for one in made] == ["GET a.example/orders", "GET a.example/rows.csv", "POST a.example/graphql"]
    assert made[0].recipe["source"]["url"] == "https://a.example/orders?page=1&size=5"
    assert made[0].secrets == {"a.example cookie sid": CANARY}
    assert "2 requests" in made[0].notes[0]
    assert made[2].recipe["source"]["json"] == {"query": "q"}


def test_a_collection_gives_its_requests_with_variables_and_credentials() -> None:
    def request(name: str, **values: Any) -> dict[str, Any]:
        return {"name": name, "request": {"method": "GET", "url": "{{base}}/x", **values}}

    collection = {
        "info": {"name": "Shop", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
        "variable": [{"key": "base", "value": "https://{{host}}/v1"}, {"key": "host", "value": "shop.example"}, {"key": "t", "value": CANARY}],
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{t}}"}]},
        "item": [
            {
                "name": "Orders",
                "auth": {"type": "apikey", "apikey": [{"key": "key", "value": "X-Key"}, {"key": "value", "value": CANARY}]},
                "item": [
                    request("List", url={"raw": "{{base}}/orders/:id?a=1&b=2", "query": [{"key": "b", "disabled": True}], "variable": [{"key": "id", "value": "7"}]}),
                    request("Plain", auth={"type": "noauth"}),
                ],
            },
            request("Top", header=[{"key": "X-A", "value": "1"}, {"key": "X-B", "value": "2", "disabled": True}]),
            request("Query", method="POST", body={"mode": "graphql", "graphql": {"query": "q", "variables": '{"n": 1}'}}),
            request("Form", method="POST", body={"mode": "urlencoded", "urlencoded": [{"key": "a"}]}),
            request("Gone", method="DELETE"),
            request("Unknown", url="{{nowhere}}/x"),
        ],
    }  # fmt: skip
    listed, plain, top, query = bring(json.dumps(collection))
    assert listed.title == "Orders / List"
    assert listed.recipe["source"]["url"] == "https://shop.example/v1/orders/7?a=1"
    assert listed.recipe["source"]["auth"] == {
        "type": "api_key",
        "name": "X-Key",
        "value": "keyring:shop.example X-Key",
        "in": "header",
    }
    assert "auth" not in plain.recipe["source"]
    assert top.recipe["source"]["headers"] == {"X-A": "1"}
    assert top.recipe["source"]["auth"] == {"type": "bearer", "token": "keyring:shop.example token"}
    assert query.recipe["source"]["json"] == {"query": "q", "variables": {"n": 1}}
    assert len([note for note in listed.notes if "left out" in note]) == 3


OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop"},
    "servers": [{"url": "https://{region}.shop.example/v1/", "variables": {"region": {"default": "eu"}}}],
    "security": [{"key": []}],
    "components": {
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
        "schemas": {
            "Order": {"type": "object", "properties": {"self": {"$ref": "#/components/schemas/Order"}}},
            "Orders": {"type": "object", "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}}},
        },
        "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer", "default": 1}}},
    },
    "paths": {
        "/orders/{shop}": {
            "parameters": [{"name": "shop", "in": "path", "required": True, "schema": {"type": "string"}, "example": "a b"}],
            "get": {
                "summary": "All orders",
                "parameters": [
                    {"$ref": "#/components/parameters/Page"},
                    {"name": "q", "in": "query", "required": True, "schema": {"type": "string"}},
                ],
                "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Orders"}}}}},
            },
            "post": {"responses": {}},
        },
        "/order": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}}}},
        "/{id}/items": {"get": {"security": [], "responses": {"2XX": {"content": {"application/json": {"schema": {"type": ["array", "null"]}}}}}}},
    },
}  # fmt: skip


def test_an_openapi_document_gives_its_lists() -> None:
    orders, items = bring(json.dumps(OPENAPI))
    assert orders.title == "GET /orders/{shop}: All orders"
    assert orders.recipe["source"]["url"] == "https://eu.shop.example/v1/orders/a%20b?page=1"
    assert orders.recipe["source"]["auth"]["value"] == "keyring:key"
    assert any("`q`" in note for note in orders.notes)
    assert items.recipe["source"] == {"type": "http", "url": "https://eu.shop.example/v1/ID/items"}
    assert "`id`" in items.notes[0]


# --- what cannot be used ------------------------------------------------------------------------------------------

CIRCLE = {"a": {"$ref": "#/components/schemas/b"}, "b": {"$ref": "#/components/schemas/a"}}


def openapi(**changes: Any) -> str:
    return json.dumps({**OPENAPI, **changes})


def schema(**schemas: Any) -> str:
    paths = {
        "/x": {
            "get": {
                "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/a"}}}}}
            }
        }
    }
    return openapi(paths=paths, components={"schemas": schemas})


def postman(**request: Any) -> str:
    return json.dumps({"info": {}, "item": [{"request": request}], "variable": [{"key": "a", "value": "{{a}}{{a}}"}]})


def folders(depth: int) -> str:
    return '{"info": {}, "item": [' + '{"item": [' * depth + "]}" * depth + "]}"


HOSTILE = {
    "nothing": "",
    "blank": " \n\t",
    "zero": "\0\0",
    "prose": "please fetch my data",
    "other scheme": "ftp://a.example/x",
    "script": "javascript:alert(1)",
    "unc file": "file://server/share/x.csv",
    "missing file": "/no/such/file.csv",
    "a path of 5000": "/" + "a" * 5000,
    "folder": "/",
    "a list": '[{"a": 1}]',
    "cut json": '{"openapi": "3.0.0", "paths": {',
    "deep json": '{"a":' * 5000 + "1" + "}" * 5000,
    "deeper json": '{"openapi": ' + "[" * 200_000,
    "empty object": "{}",
    "swagger": '{"swagger": "2.0"}',
    "yaml": "openapi: 3.0.0\npaths: {}",
    "unknown recipe": '{"version": 1, "source": {"type": "telepathy"}}',
    "recipe of another version": '{"version": 99, "source": {"type": "http", "url": "https://a.example"}}',
    "har without entries": '{"log": {"entries": []}}',
    "har of the wrong shape": '{"log": {"entries": [{"request": 7}]}}',
    "har with a bad address": json.dumps({"log": {"entries": [entry("http://[::1")]}}),
    "postman without requests": '{"info": {}, "item": []}',
    "postman of odd shapes": '{"info": {}, "item": [1, null, {"request": 5}, {"item": 7}, {"request": {"url": {"raw": 5}}}]}',
    "postman folders": folders(28),
    "postman that fills itself": postman(url="https://{{a}}/x"),
    "postman file": postman(url="file:///etc/passwd"),
    "openapi in a circle": schema(**CIRCLE),
    "openapi of itself": schema(a={"allOf": [{"$ref": "#/components/schemas/a"}] * 50}),
    "openapi elsewhere": schema(a={"$ref": "https://evil.example/schema.json"}),
    "openapi without server": openapi(servers=[{"url": "/v1"}]),
    "openapi of odd shapes": openapi(paths={"/x": [], "/y": {"get": 5}, "/z": {"get": {"responses": [1]}}}),
    "cut quote": "curl 'https://a.example",
    "cut ansi quote": "curl $'https://a.example\\",
    "curl alone": "curl ",
    "curl without value": "curl https://a.example -H",
    "curl of a file": "curl https://a.example -d @/etc/passwd",
    "curl of a local file": "curl file:///etc/passwd",
    "curl form": "curl https://a.example -d a=b",
    "curl upload": "curl -T /etc/passwd https://a.example",
    "curl config": "curl -K /etc/x https://a.example",
    "curl delete": "curl -X DELETE https://a.example",
    "curl bad port": "curl https://a.example:99999999/",
    "nul in prompt": 'curl "https://a.example" ^\n  -d ^"x',
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_cannot_be_used_is_told(text: str) -> None:
    with pytest.raises(RecipeError) as told:
        bring(text)
    assert len(told.value.message) < 600
    assert "\0" not in told.value.message


def test_a_text_that_is_too_long_is_told() -> None:
    with pytest.raises(RecipeError, match="at most 8,388,608"):
        bring("x" * (8 * 1024 * 1024 + 1))


def test_a_damaged_archive_is_data_or_told(tmp_path: Path) -> None:
    file = tmp_path / "bad.zip"
    file.write_bytes(b"PK\x03\x04 and nothing more")
    assert only(file).recipe["source"]["type"] == "file"


@pytest.mark.parametrize("name", ["empty.csv", "folder", "gone.csv", "doc.yaml"])
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    if name == "folder":
        file.mkdir()
    elif name == "empty.csv":
        file.touch()
    elif name == "doc.yaml":
        file.write_text("openapi: 3.0.0")
    with pytest.raises(FetchToZipError, match=r".+"):
        bring(file)


@pytest.mark.parametrize("filler", ["\\", "^\n", "'a'", '"', "$", "$a", " ", "&", "{{a}}", "-H x: ", "a "])
def test_a_long_command_takes_no_long_time(filler: str) -> None:
    """Twice the length takes about twice the time: a test of a square would not end."""
    for begin in ("curl https://a.example ", "curl https://a.example ^\n"):
        with contextlib.suppress(RecipeError):
            bring(begin + filler * (400_000 // len(filler)))
