"""What the FetchToZip door takes and answers, as its document words it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, StringConstraints

from fetchtozip_gui.engine.shelf import LONGEST_NAME

State = Literal["in_progress", "cancel_requested", "cancelled", "paused", "completed", "failed"]
Place = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
Text = Annotated[str, StringConstraints(max_length=100_000)]


def _no_truth(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("true and false are no numbers")
    return value


class _Worded(BaseModel):
    # a misspelt field is told and never ignored
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Input(_Worded):
    """What becomes of one column of the source. Columns without an input stay as they are."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=r"\S")]
    """Name of the column in the result."""
    column: Place
    """The column's zero-based place in the source."""
    change_order: Place | None = None
    """The column's zero-based place in the result; null lets it keep its sequence among the others."""
    dtype: Literal["string", "integer", "float", "decimal", "boolean", "date", "datetime"] | None = None
    """The column's new type; null leaves it as it is."""
    keep: Annotated[bool, Field(strict=True)] = True
    """False leaves the column out of the result."""


class Configure(_Worded):
    """Where the data comes from, in which format it is exported, and how gently the source is asked."""

    file_type: Literal["zip", "csv", "json", "xlsx", "jsonl", "tsv", "parquet", "avro"]
    """Export format."""
    tmp_dir: Annotated[str, StringConstraints(max_length=4096)] | None = None
    """Folder in which results are written; it is made where it is missing. A relative one is taken from the data
    folder. null keeps each result in its job's own folder."""
    rate_limit: Annotated[int | float, Field(gt=0, le=100_000), BeforeValidator(_no_truth)] | None = None
    """Requests a second to the source; null is as the source says, else 10."""
    page_limit: Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)] | None = None
    """Pages to fetch at most; null is as the source says, else 100."""
    db_url: Text | None = None
    """An address that begins with http:// or https:// is the source; one with a database's scheme (postgresql://, …)
    is the source database. null without `source` is the embedded practice source."""
    query: Text | None = None
    """What is asked of the database at `db_url`."""
    source: dict[str, JsonValue] | None = None
    """A recipe's source in place of `db_url`, for all that an address alone does not say."""
    steps: list[dict[str, JsonValue]] | None = None
    """A recipe's steps, done after the columns have been named and placed."""
    filename: Annotated[str, StringConstraints(max_length=255)] | None = None
    """The result's name; what file systems cannot hold is replaced, and a missing suffix is added."""


class InputKept(_Worded):
    """An input was added or updated."""

    message: str
    input: Input


class InputsKept(_Worded):
    """Several inputs were added or updated."""

    message: str
    count: int
    """How many inputs were added or updated."""


class InputList(_Worded):
    """All inputs, in the sequence in which their names first came."""

    inputs: list[Input]
    count: int


class Done(_Worded):
    """What was done, in one sentence."""

    message: str


class Configured(_Worded):
    """The configuration that is now in force, without its secrets."""

    message: str
    config: dict[str, Any]


class Started(_Worded):
    """A job has begun."""

    message: str
    task_id: str
    """Asked for by status, download, cancel and ws."""
    status: State


class Status(_Worded):
    """One task at this moment."""

    task_id: str
    status: State
    progress: Annotated[int, Field(ge=0, le=100)]
    """Percent; 0 as long as nobody knows how many rows there are."""
    rows: int
    """Rows fetched so far."""
    pages: int
    """Pages fetched so far."""
    bytes: int
    """Bytes of those pages, decompressed."""
    message: str
    """What happened last, or how it ended, in one sentence."""
    error: str | None
    """Why it failed and what to do, null where it did not."""
    created_at: datetime


class Cancelling(_Worded):
    """A task has been told to stop."""

    message: str
    task_id: str
    status: State


class Fault(_Worded):
    """What is wrong, in one sentence."""

    detail: str
