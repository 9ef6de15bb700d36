"""One thing that is known of a job before it starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["good", "warn", "stop"]


@dataclass(frozen=True, slots=True)
class Remark:
    """`code` for programs, `words` for people. `field` is the part of the recipe that it is about.

    `fix` holds whole parts of the recipe's document that mend it, by their names; `fix_words` says what that does.
    """

    code: str
    words: str
    field: str
    level: Level = "warn"
    fix: dict[str, Any] | None = None
    fix_words: str = ""
