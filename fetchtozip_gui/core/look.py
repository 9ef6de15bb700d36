"""Looks at the first rows of any source that is read from front to back, such as a file."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import polars as pl

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.http.tester import Tested
from fetchtozip_gui.core.http.watch import Sent
from fetchtozip_gui.core.schema import conform
from fetchtozip_gui.core.work import Done, Failed, Part, Source, Tools

ROWS = 1_000
"""Rows of a look; as many as most pages have."""


def look(source: Source, tools: Tools) -> Tested:
    """The first rows, without reading more than the first two parts; `problem` is why there are none."""
    parts: list[Part] = []
    said: list[str] = []
    problem: FetchToZipError | None = None
    try:
        reading: Any = source.read(tools, Done())
        with closing(reading):
            for item in reading:
                match item:
                    case Part():
                        parts.append(item)
                    case Said():
                        said.append(item.text)
                    case Failed():
                        problem = item.error
                if len(parts) > 1:
                    break
        frame = _frame(parts[0]) if parts else pl.DataFrame()
    except FetchToZipError as error:
        frame, problem = pl.DataFrame(), error
    whole = len(parts) == 1 and problem is None
    total = frame.height if whole else (parts[0].total_rows if parts else None)
    first = frame.head(ROWS)
    return Tested(
        first,
        frame.schema,
        total,
        None,
        first.height,
        "",
        {},
        tuple(dict.fromkeys(said)),
        Sent("READ", str(getattr(source, "path", "") or getattr(source, "job_id", "") or source.type)),
        None,
        problem,
    )


def _frame(part: Part) -> pl.DataFrame:
    return part.frame if part.schema is None else conform(part.frame, part.schema)
