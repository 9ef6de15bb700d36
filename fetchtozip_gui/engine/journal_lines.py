"""Reads a job's lines back from the logs: all of them, where a snapshot keeps only the newest."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from fetchtozip_gui.engine.job import Line

MOST_LINES = 10_000
"""The newest of a job that are given; more than that nobody reads in a window."""
_LEVELS = {"warning": "warning", "error": "error", "critical": "error"}


def lines_of(logs: Path, job_id: str) -> list[Line]:
    """What a job said, oldest first, as far as the logs still have it. Lines that cannot be read are left out."""
    found: list[Line] = []
    mark = f'"job": "{job_id}"'
    # the oldest first: lines of one millisecond stay as they were said
    for path in sorted(logs.glob("*.jsonl*"), key=_age):
        try:
            with path.open(encoding="utf-8", errors="replace") as file:
                found += [line for text in file if mark in text and (line := _line(text, job_id)) is not None]
        except OSError:
            continue
    return sorted(found, key=lambda line: line.at)[-MOST_LINES:]


def _age(path: Path) -> tuple[str, int]:
    """A process' files in the order in which they were written: `.jsonl.3`, `.jsonl.2`, `.jsonl.1`, `.jsonl`."""
    stem, _, rest = path.name.partition(".jsonl")
    return stem, -int(rest.removeprefix(".") if rest.removeprefix(".").isdecimal() else 0)


def _line(text: str, job_id: str) -> Line | None:
    try:
        values: dict[str, Any] = json.loads(text)
        if values["job"] != job_id:
            return None
        level = _LEVELS.get(values["level"], "info")
        return Line(datetime.fromisoformat(values["time"]), str(values["event"]), level)  # type: ignore[arg-type]
    except (ValueError, KeyError, TypeError):
        return None
