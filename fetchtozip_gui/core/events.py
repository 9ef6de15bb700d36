"""What a running job says, one frozen event after every unit of work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from fetchtozip_gui.core.verdict import Verdict

Level = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence for the log: a decision taken, a retry, a widened type."""

    text: str
    level: Level = "info"


@dataclass(frozen=True, slots=True)
class Fetched:
    """Pages are on disk. `pages`, `rows` and `bytes` are totals so far; `total_*` what the source declares."""

    pages: int
    rows: int
    bytes: int
    total_rows: int | None = None
    total_pages: int | None = None


@dataclass(frozen=True, slots=True)
class Shaped:
    """The steps' result is known: columns in order with their type names, before all rows are written."""

    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wrote:
    """Rows and bytes handed to the output so far, still beside the destination."""

    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """The last event: the result stands under its final name (or in its table), with the verdict."""

    path: str
    rows: int
    bytes: int
    verdict: Verdict
    columns: tuple[tuple[str, str], ...] = field(default=())
    since: str | int | float | None = None
    """The highest value of an incremental source's column: what the next run asks for rows after."""


Event = Said | Fetched | Shaped | Wrote | Delivered
