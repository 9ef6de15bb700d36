"""The log on disk: JSON lines, rotating, with secrets taken out last of all."""

from __future__ import annotations

import json
import logging
import os
import traceback
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from fetchtozip_gui.core.secrets import redact
from fetchtozip_gui.engine.redaction import Redactor

FILE_BYTES = 5_000_000
FILES = 3
"""Older files kept of each process, beside the one that is written."""
PROCESSES = 10
"""Processes whose logs are kept."""
LONGEST = 20_000
"""Characters of one text; the rest is cut."""
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_LOUD = ("httpx", "httpcore", "pyreqwest", "reqwest", "hyper", "urllib3", "keyring", "asyncio")


class Journal:
    """Writes what is logged anywhere in the program to `logs/START-PROCESS.jsonl`, from its making to `close`.

    One file a process, because two processes cannot rotate one file. The standard library's logging and not
    structlog: it is loaded anyway, and structlog's import alone costs 17 MB.
    """

    def __init__(self, logs: Path, redactor: Redactor, level: int = logging.INFO, file_bytes: int = FILE_BYTES) -> None:
        _drop_old(logs)
        self.path = logs / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.jsonl"
        self._handler = _Files(
            self.path, maxBytes=file_bytes, backupCount=FILES, encoding="utf-8", errors="backslashreplace", delay=True
        )
        self._handler.setFormatter(JsonLines(redactor))
        root = logging.getLogger()
        self._before = root.level
        root.addHandler(self._handler)
        root.setLevel(level)
        for name in _LOUD:
            # at INFO these print every address with its query, and at DEBUG every header
            logging.getLogger(name).setLevel(logging.WARNING)

    def close(self) -> None:
        root = logging.getLogger()
        root.removeHandler(self._handler)
        root.setLevel(self._before)
        self._handler.close()


class JsonLines(logging.Formatter):
    """One JSON object a record: time, level, logger, event, the `extra` fields, an error's trace."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        values: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _cut(record.getMessage()),
            **{key: value for key, value in vars(record).items() if key not in _PLAIN},
        }
        if record.exc_info and record.exc_info[1] is not None:
            values["trace"] = _cut("".join(traceback.format_exception(record.exc_info[1])))
        # last of all, over everything that will stand in the line
        values = json.loads(json.dumps(redact(values), default=str))
        return json.dumps(self._redactor.value(values), ensure_ascii=False)


class _Files(RotatingFileHandler):
    def _open(self) -> Any:
        os.close(os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A log that cannot be written (a full disk, a removed folder) ends no job and fills no terminal."""


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)"


def _drop_old(logs: Path) -> None:
    stems = sorted({path.name.partition(".")[0] for path in logs.glob("*.jsonl*")})
    for stem in stems[: -PROCESSES + 1]:
        for path in logs.glob(f"{stem}.jsonl*"):
            path.unlink(missing_ok=True)
