"""An HTTP source read to its end, and what came of it."""

from __future__ import annotations

from typing import Any

import polars as pl

from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.sources.http import HttpSource
from fetchtozip_gui.core.work import Done, Failed, Part, Tools, Yielded

PAGINATIONS: dict[str, dict[str, Any]] = {
    "page": {"type": "page", "size": 10},
    "offset": {"type": "offset", "limit": 10},
    "cursor": {"type": "cursor", "cursor": "$.next_cursor", "param": "cursor"},
    "link": {"type": "link"},
    "next_url": {"type": "next_url", "next": "$.next"},
}


def source(url: str, **fields: Any) -> HttpSource:
    return HttpSource.model_validate({"url": url, "rate_limit": None, "page_limit": None, "proxy": "", **fields})


def read(source: HttpSource, done: Done | None = None, tools: Tools | None = None) -> list[Yielded]:
    return list(source.read(tools or Tools(), done or Done()))


def parts(items: list[Yielded]) -> list[Part]:
    return [item for item in items if isinstance(item, Part)]


def rows(items: list[Yielded]) -> pl.DataFrame:
    return pl.concat([part.frame for part in parts(items)], how="diagonal_relaxed")


def said(items: list[Yielded], level: str = "") -> str:
    return " ".join(item.text for item in items if isinstance(item, Said) and level in ("", item.level))


def failure(items: list[Yielded]) -> Any:
    assert isinstance(items[-1], Failed), items[-1]
    return items[-1].error


def failure_free(items: list[Yielded]) -> bool:
    return not any(isinstance(item, Failed) for item in items)
