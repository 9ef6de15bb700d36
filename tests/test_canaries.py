"""Planted secrets: through every kind of source, at the door and on the command line, and found nowhere after."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from raw_server import RawServer, Wire
from serve_process import serving
from websockets.sync.client import connect

ROWS = json.dumps([{"id": number, "name": f"row {number}"} for number in range(20)]).encode()


def canary(name: str) -> str:
    return f"c4n4ry/{name}+7f-0123456789"


NAMES = (
    "header",
    "query",
    "url",
    "bearer",
    "basic",
    "api-key",
    "cookie",
    "oauth",
    "token",
    "proxy",
    "zip",
    "server-key",
)
SECRETS = {name: canary(name) for name in NAMES}


def forms(secret: str) -> set[str]:
    """The secret as it travels: plain, percent-encoded, in JSON, hexadecimal, and in base64 at each of three places."""
    data = secret.encode()
    shifted = {base64.b64encode(b"x" * shift + data).decode()[4 * (shift > 0) : -4] for shift in range(3)}
    web = {base64.urlsafe_b64encode(b"x" * shift + data).decode()[4 * (shift > 0) : -4] for shift in range(3)}
    return {secret, quote(secret), quote(secret, safe=""), secret.replace("/", "\\/"), data.hex(), *shifted, *web}


FORMS = {name: forms(secret) for name, secret in SECRETS.items()}


def planted_in(text: str | bytes) -> set[str]:
    """The names of the secrets that can be read there."""
    known = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return {name for name, spelled in FORMS.items() if any(form in known for form in spelled)}


def left_in(folder: Path) -> dict[str, set[str]]:
    """The files in which one can be read; an archive's members are unpacked where no password is needed."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            texts = [path.read_bytes()]
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    texts += [archive.read(each) for each in archive.infolist() if not each.flag_bits & 1]
                    texts += [each.filename.encode() + each.comment for each in archive.infolist()]
            names = set().union(*map(planted_in, texts))
            found[str(path.relative_to(folder))] = names
    assert found, "there are files"
    return {path: names for path, names in found.items() if names}


def _ok(wire: Wire) -> None:
    wire.answer(ROWS, f"X-Echo: {wire.ask.header('authorization')}")


def _blurt(wire: Wire) -> None:
    # what careless servers do: all of the request comes back in the error
    wire.answer(json.dumps({"error": wire.ask.raw()}).encode(), status="403 Forbidden")


def _token(wire: Wire) -> None:
    wire.answer(json.dumps({"access_token": SECRETS["token"], "token_type": "Bearer"}).encode())


@pytest.fixture
def careless() -> Iterator[RawServer]:
    """A source that answers at /ok, tells everything it was sent at /bad, and gives tokens at /token."""
    with RawServer({"ok": _ok, "bad": _blurt, "token": _token}) as server:
        yield server


def sources(server: RawServer, path: str) -> dict[str, dict[str, Any]]:
    """A source for each way to carry a secret."""
    url = server.url(path)
    user = quote(SECRETS["url"], safe="")
    # a name, because loopback is asked without a proxy
    far = {"url": f"http://source.test/{path}"}
    password = quote(SECRETS["proxy"], safe="")
    kinds: dict[str, dict[str, Any]] = {
        "header": {"headers": {"X-Secret-Token": SECRETS["header"]}},
        "query": {"params": {"api_key": SECRETS["query"]}},
        "address": {"url": server.url(path, access_token=user)},
        "user": {"url": url.replace("http://", f"http://me:{user}@")},
        "bearer": {"auth": {"type": "bearer", "token": SECRETS["bearer"]}},
        "basic": {"auth": {"type": "basic", "username": "me", "password": SECRETS["basic"]}},
        "api-key": {"auth": {"type": "api_key", "value": SECRETS["api-key"]}},
        "key-in-query": {"auth": {"type": "api_key", "name": "key", "value": SECRETS["api-key"], "in": "query"}},
        "cookie": {"auth": {"type": "cookie", "cookies": {"session": SECRETS["cookie"]}}},
        "oauth": {
            "auth": {
                "type": "oauth2",
                "token_url": server.url("token"),
                "client_id": "me",
                "client_secret": SECRETS["oauth"],
            }
        },
        "refused-token": {
            "auth": {
                "type": "oauth2",
                "token_url": server.url("bad"),
                "client_id": "me",
                "client_secret": SECRETS["oauth"],
            }
        },
        "proxy": {**far, "proxy": f"http://me:{password}@127.0.0.1:{server.port}"},
        "lost-proxy": {**far, "proxy": f"http://me:{password}@127.0.0.1:9"},
    }
    fixed = {"type": "http", "retries": 0, "page_limit": 1, "pagination": {"type": "none"}}
    return {kind: {**fixed, "url": url, **source} for kind, source in kinds.items()}


def test_the_search_finds_every_form() -> None:
    for name, spelled in FORMS.items():
        for form in spelled:
            assert planted_in(f"before {form} after") == {name}
    for user in ("", "a", "me", "you"):
        encoded = base64.b64encode(f"{user}:{SECRETS['basic']}".encode())
        assert planted_in(encoded) == {"basic"}


def test_no_secret_is_left_after_jobs_at_the_door(tmp_path: Path, careless: RawServer) -> None:
    answers: list[str] = []

    def heard(response: httpx.Response) -> None:
        answers.append(f"{response.status_code} {response.headers} {response.read().decode('utf-8', 'replace')}")

    key = SECRETS["server-key"]
    with serving(tmp_path, FETCHTOZIP_API_KEY=key) as server:
        hooks = {"response": [heard]}
        with httpx.Client(base_url=server.url, headers={"X-API-Key": key}, event_hooks=hooks, timeout=60) as client:
            ended = [
                _export(client, source, answers)
                for path in ("ok", "bad")
                for source in sources(careless, path).values()
            ]
            client.get("/openapi.json")
            file_id = client.post("/api/upload", files={"file": ("rows.json", ROWS)}).json()["file_id"]
            client.get(f"/api/download/{file_id}", params={"format": "csv", "api_key": key}).raise_for_status()
            client.get("/api/health", headers={"X-API-Key": key[:-1]})
            client.get("/api/export/inputs-list", headers={"X-API-Key": key[:-1]})
            client.get("/api/export/nowhere", params={"api_key": key})
        told = Path(f"/proc/{server.process.pid}/cmdline")
        answers.append(told.read_text() if told.exists() else "")
        assert server.stop() == 0
        answers.append(server.said)
    assert {"completed", "failed"} == set(ended)
    assert ended.count("completed") > 9
    assert planted_in("".join(asked.raw() for asked in careless.seen)) >= set(NAMES) - {"zip", "server-key"}
    assert {name: text for text in answers for name in planted_in(text)} == {}
    assert left_in(tmp_path) == {}


def _export(client: httpx.Client, source: dict[str, Any], answers: list[str]) -> str:
    """One job by the guide's way; how it ended."""
    client.post("/api/export/configure", json={"file_type": "zip", "source": source}).raise_for_status()
    task = client.post("/api/export/start").raise_for_status().json()["task_id"]
    address = f"ws{str(client.base_url).removeprefix('http').rstrip('/')}/api/export/ws/{task}"
    headers = {"X-API-Key": client.headers["X-API-Key"]}
    with connect(address, additional_headers=headers, proxy=None) as told:
        answers += map(str, told)
    status = client.get(f"/api/export/status/{task}").json()["status"]
    client.get(f"/api/export/download/{task}")
    client.delete(f"/api/export/cancel/{task}")
    return str(status)


@pytest.mark.parametrize("path", ["ok", "bad"])
def test_no_secret_is_left_after_a_run_from_the_command_line(tmp_path: Path, careless: RawServer, path: str) -> None:
    kinds = sources(careless, path)
    source = {
        **kinds["basic"],
        **{name: kinds[kind][name] for kind, name in (("header", "headers"), ("query", "params"))},
    }
    source.update({name: kinds["proxy"][name] for name in ("url", "proxy")})
    output = {"type": "file", "format": "zip", "member": "csv", "password": SECRETS["zip"]}
    recipe, data = tmp_path / "recipe.json", tmp_path / "data"
    recipe.write_text(json.dumps({"version": 1, "name": "planted", "source": source, "output": output}))
    command = [
        sys.executable,
        "-m",
        "fetchtozip_gui",
        "run",
        str(recipe),
        "--output",
        str(data / "out" / "planted.zip"),
    ]
    (data / "out").mkdir(parents=True)
    ran = subprocess.run(
        [*command, "--data-dir", str(data)], capture_output=True, timeout=120, env={**os.environ}, check=False
    )
    assert (ran.returncode == 0) == (path == "ok"), ran.stderr
    assert planted_in("".join(asked.raw() for asked in careless.seen)) >= {"header", "query", "basic", "proxy"}
    assert planted_in(ran.stdout + ran.stderr) == set()
    assert left_in(data) == {}
