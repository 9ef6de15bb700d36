"""Canaries: secrets go through whole jobs and are in no file, answer, log line or command line afterwards."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.engine.engine import Engine
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.journal import Journal
from fetchtozip_gui.engine.pool import Inline
from fetchtozip_gui.engine.redaction import Redactor

CANARY = 'c4n4ry-"%s"/ü+7f'


def forms(secret: str) -> list[str]:
    data = secret.encode()
    basic = [base64.b64encode(b"x" * shift + data).decode()[4 * (shift > 0) : -4] for shift in range(3)]
    return [
        secret,
        quote(secret, safe=""),
        quote(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret)[1:-1])[1:-1],
        data.hex(),
        *(each.rstrip("=") for each in basic if len(each) >= 8),
    ]


def search(folder: Path, secrets: list[str]) -> list[tuple[str, str]]:
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            found += [(path.name, form) for secret in secrets for form in forms(secret) if form in text]
    return found


@pytest.fixture
def redactor(folder: Folder) -> Iterator[Redactor]:
    redactor = Redactor()
    journal = Journal(folder.logs, redactor)
    yield redactor
    journal.close()


@pytest.mark.parametrize("isolated", [False, True])
@pytest.mark.parametrize("kind", ["plain", "keyring", "env", "header", "url"])
def test_a_careless_job_leaves_no_secret_behind(
    make_engine: Callable[..., Engine],
    make_recipe: Callable[..., Recipe],
    folder: Folder,
    redactor: Redactor,
    monkeypatch: pytest.MonkeyPatch,
    isolated: bool,
    kind: str,
) -> None:
    secret = CANARY % f"{kind}{isolated}"
    monkeypatch.setenv("CANARY", secret)
    source = {
        "plain": {"auth": {"type": "bearer", "token": secret}},
        "keyring": {"auth": {"type": "bearer", "token": "keyring:shop"}},
        "env": {"auth": {"type": "bearer", "token": "env:CANARY"}},
        "header": {"headers": {"X-API-Key": secret}},
        "url": {"url": f"http://me:{quote(secret, safe='')}@127.0.0.1:9/?token={quote(secret, safe='')}"},
    }[kind]
    engine = make_engine(
        "blurting", isolated=isolated, pool=Inline(), redactor=redactor, keyring={"shop": secret}.__getitem__
    )
    heard: list[str] = []
    engine.watch(lambda job: heard.append(job.text()))
    job = engine.submit(make_recipe(**source))
    assert job.state == "failed"
    assert len(job.log) == 3  # it has blurted, and the record tells it
    words: list[str] = []
    try:
        words.extend(map(str, engine.follow(make_recipe(**source))))
    except FetchToZipError as error:
        words.append(str(error))
    engine.close()
    answers = "\n".join([*heard, *words, json.dumps([job.document() for job in engine._ledger.all()])])
    assert len(words) == 4  # two pages, what was blurted, the error
    assert [form for form in forms(secret) if form in answers] == []
    assert search(folder.root, [secret]) == []
    assert "some.library" in next(folder.logs.iterdir()).read_text()  # what a library logs is there, masked


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    secret = CANARY % "x"
    for number, form in enumerate(forms(secret)):
        (tmp_path / str(number)).write_text(f"before {form} after", encoding="utf-8")
    assert {int(name) for name, _ in search(tmp_path, [secret])} == set(range(len(forms(secret))))


def test_a_workers_command_line_and_environment_hold_no_secret(
    make_engine: Callable[..., Engine], make_recipe: Callable[..., Recipe], story: Callable[..., object]
) -> None:
    secret = CANARY % "argv"
    engine = make_engine("holding", isolated=True)
    told = story(engine)
    job = engine.submit(make_recipe(auth={"type": "bearer", "token": secret}))
    told.until(lambda job: job.pages == 2)
    worker = engine._runs._runs[job.id].attempt._worker.pid  # type: ignore[attr-defined]
    for name in ("cmdline", "environ"):
        path = Path(f"/proc/{worker}/{name}")
        if os.path.exists(path):  # noqa: PTH110 - only Linux shows them
            assert not any(form in path.read_bytes().decode("utf-8", "replace") for form in forms(secret))
