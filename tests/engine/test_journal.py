"""The log on disk: lines of JSON, without secrets, whatever is logged."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fetchtozip_gui.engine import journal
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.engine.journal import Journal
from fetchtozip_gui.engine.redaction import Redactor

log = logging.getLogger("fetchtozip.test")


@pytest.fixture
def redactor() -> Redactor:
    return Redactor()


@pytest.fixture
def written(folder: Folder, redactor: Redactor) -> Iterator[Journal]:
    journal = Journal(folder.logs, redactor)
    yield journal
    journal.close()


def lines(journal: Journal) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.path.read_text(encoding="utf-8").splitlines()]


def test_a_line_is_an_object_with_what_was_logged(written: Journal) -> None:
    log.info("fetched %s pages", 3, extra={"job": "0000000000001", "rows": 30})
    line = lines(written)[0]
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "fetchtozip.test",
        "event": "fetched 3 pages",
        "job": "0000000000001",
        "rows": 30,
    }


def test_the_log_is_the_users_alone(written: Journal) -> None:
    log.info("x")
    assert os.name == "nt" or written.path.stat().st_mode & 0o077 == 0


def test_secrets_are_masked_by_name_and_by_value_in_every_part_of_a_line(written: Journal, redactor: Redactor) -> None:
    redactor.learn(["hunter2hunter2"])
    try:
        raise ValueError("hunter2hunter2 in an error")
    except ValueError:
        log.exception("hunter2hunter2 %s", "hunter2hunter2", extra={"headers": {"X-API-Key": "another"}})
    log.warning("x", extra={"url": "https://me:pass1@h/?token=pass2&a=1", "any": {"hunter2hunter2": object()}})
    text = written.path.read_text(encoding="utf-8")
    for secret in ("hunter2hunter2", "another", "pass1", "pass2"):
        assert secret not in text
    assert "in an error" in text
    assert len(lines(written)) == 2


def test_a_request_of_the_client_is_not_logged_with_its_query(written: Journal) -> None:
    # what httpx logs of each request
    logging.getLogger("httpx").info('HTTP Request: GET http://127.0.0.1/?name=hunter2hunter2 "HTTP/1.1 200 OK"')
    assert not written.path.exists() or "hunter2" not in written.path.read_text(encoding="utf-8")


def test_what_no_formatter_can_write_ends_nothing(written: Journal) -> None:
    # to the journal alone: the handlers of the tests cannot write it
    written._handler.handle(logging.makeLogRecord({"msg": "a lone surrogate: \ud800", "levelno": logging.INFO}))
    log.info("x" * 100_000)
    log.info("still %s", object, extra={"set": {1}, "bytes": b"x", "nan": float("nan")})
    first, second, third = lines(written)
    assert first["event"].startswith("a lone surrogate")
    assert len(second["event"]) < 30_000
    assert third["event"] == "still <class 'object'>"


def test_a_journal_whose_folder_is_gone_ends_nothing(folder: Folder, redactor: Redactor) -> None:
    journal = Journal(folder.logs, redactor)
    folder.logs.rmdir()
    log.info("nowhere")
    journal.close()


def test_nothing_is_written_after_its_end(written: Journal) -> None:
    log.warning("before")
    written.close()
    log.warning("after")
    assert [line["event"] for line in lines(written)] == ["before"]


def test_a_long_log_rotates(folder: Folder, redactor: Redactor) -> None:
    written = Journal(folder.logs, redactor, file_bytes=5000)
    for number in range(400):
        log.info("line %s", number)
    written.close()
    files = sorted(folder.logs.iterdir())
    assert len(files) == journal.FILES + 1
    assert all(path.stat().st_size <= 5000 for path in files)


def test_logs_of_long_ago_are_dropped(folder: Folder, redactor: Redactor) -> None:
    for day in range(1, 21):
        for end in ("", ".1"):
            (folder.logs / f"202601{day:02}T000000-1.jsonl{end}").write_text("{}\n")
    written = Journal(folder.logs, redactor)
    log.warning("x")
    written.close()
    stems = {path.name.partition(".")[0] for path in folder.logs.iterdir()}
    assert len(stems) == journal.PROCESSES
    assert written.path.stem in stems
    assert "20260120T000000-1" in stems


def test_the_root_logger_is_left_as_it_was(folder: Folder, redactor: Redactor) -> None:
    before = (logging.getLogger().level, list(logging.getLogger().handlers))
    Journal(folder.logs, redactor).close()
    assert (logging.getLogger().level, list(logging.getLogger().handlers)) == before


def test_the_path_is_named_after_its_process(written: Journal, folder: Folder) -> None:
    assert written.path.parent == folder.logs
    assert written.path.name.endswith(f"-{os.getpid()}.jsonl")
    assert isinstance(written.path, Path)
