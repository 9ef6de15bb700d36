"""What an engine and its workers send each other over their pipe, besides the events, which go as they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from fetchtozip_gui.core.errors import FetchToZipError

# --- to the worker


@dataclass(frozen=True, slots=True)
class Begin:
    """Do this job. The recipe's document holds its secrets: this pipe is the only place they pass."""

    recipe: dict[str, Any]
    folder: Path
    destination: Path
    accept_partial: bool

    def __repr__(self) -> str:
        return f"Begin({self.folder.name})"


@dataclass(frozen=True, slots=True)
class Stop:
    """End the job at hand, cleanly and soon."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a question: a text, or the error that the asker is to raise."""

    number: int
    text: str
    error: FetchToZipError | None = None

    def __repr__(self) -> str:
        return f"Answered({self.number})"


# --- from the worker


@dataclass(frozen=True, slots=True)
class Begun:
    """The job is in hand: whatever happens from here on may be its doing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question only the engine can answer: a secret of the keyring, the file of an earlier job."""

    number: int
    what: Literal["keyring", "job_result"]
    name: str


@dataclass(frozen=True, slots=True)
class Logged:
    """A warning of some library, for the journal."""

    level: int
    logger: str
    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The job at hand is over, with this error or well. `worn` asks not to be used again: much memory was used."""

    error: FetchToZipError | None = None
    trace: str = ""
    worn: bool = False
