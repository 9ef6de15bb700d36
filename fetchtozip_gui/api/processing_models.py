"""What the data processing door takes and answers, as its document words it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, StringConstraints

FileId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Data = Literal["processed", "uploaded"]
AnalysisType = Literal["descriptive", "correlation", "distribution", "missing", "outliers", "categorical"]
Columns = Annotated[list[Annotated[str, StringConstraints(max_length=1_000)]], Field(min_length=1, max_length=10_000)]
Kind = Literal["clean", "transform", "validate", "analyze", "filter", "sort", "group", "sql"]
MOST_OPERATIONS = 100
MOST_RECORDS = 1_000
"""Rows of `processed_data`, and faults of a validation, that one answer holds; all of them can be downloaded."""


def _whole(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("true and false are no numbers")
    return value


class _Worded(BaseModel):
    # a misspelt field is told and never ignored
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Health(_Worded):
    """That the service is there."""

    status: Literal["healthy"] = "healthy"
    timestamp: datetime


class Uploaded(_Worded):
    """A file was taken and can be read."""

    message: str
    file_id: str
    """Asked for by process, validate, analyze and download; a recipe's file source takes it as its path."""
    filename: str
    """The name as it is kept: safe on every system."""
    warnings: list[str] | None = None
    """What was noticed while it was read, such as types that were widened; there only where there is something."""


class Operation(_Worded):
    """One thing to do with the rows, in the place where it stands."""

    type: Kind
    params: dict[str, JsonValue] = Field(default_factory=dict)
    """As the help page about data processing lists them for each type."""


class Process(_Worded):
    """What to do with an uploaded file."""

    file_id: FileId
    operations: list[Operation] = Field(min_length=1, max_length=MOST_OPERATIONS)
    """Done in their order, whatever it is."""
    limit: Annotated[int, Field(ge=0, le=MOST_RECORDS), BeforeValidator(_whole)] = 100
    """Rows at most in the answer; the download has all."""


class ProcessedData(_Worded):
    """The first rows of the result, and where all of them are."""

    records: list[dict[str, JsonValue]]
    columns: list[dict[str, str]]
    """Names and types, in order."""
    rows: int
    """Of the whole result."""
    truncated: bool
    """Whether there are more rows than `records` shows."""
    format: str
    """In which `download` gives the result unless it is asked for another."""
    download: str


class Statistics(_Worded):
    """What the operations did to the rows."""

    rows_processed: int
    """Rows of the uploaded file."""
    rows_removed: int
    """Rows that the result has fewer; of grouped rows too."""
    rows_returned: int
    """Rows of the result."""
    columns_returned: int


class Outcome(_Worded):
    """What one operation that looks at rows, validate or analyze, has found there."""

    operation: int
    """Its zero-based place among the operations."""
    type: Literal["validate", "analyze"]
    analysis: dict[str, JsonValue] | None = None
    valid: bool | None = None
    errors: list[dict[str, JsonValue]] | None = None
    error_count: int | None = None


class Processed(_Worded):
    """How the processing ended."""

    status: Literal["success"] = "success"
    processed_data: ProcessedData
    statistics: Statistics
    results: list[Outcome] | None = None
    """What validate and analyze operations found, where there were any."""


class Validate(_Worded):
    """The rules that a file's rows have to keep."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True)

    file_id: FileId
    rules: dict[str, JsonValue] = Field(alias="schema", min_length=1, max_length=10_000)
    """A rule for each column: type, required, min, max, unique, pattern, enum, min_length, max_length, format."""
    data: Data | None = None
    """Which rows: those of the last processing, or those that were uploaded; null is the last there are."""


class Validated(_Worded):
    """Whether all rows keep the rules, and where not."""

    valid: bool
    errors: list[dict[str, JsonValue]]
    """`row` (from 1), `column`, `value`, `rule` and `message` of each value that breaks one; the first 1,000."""
    validated_rows: int
    error_count: int | None = None
    """How many there are in all; there only where `errors` does not hold them all."""
    download: str | None = None
    """Where all of them are, as CSV; there only with `error_count`."""


class Analyze(_Worded):
    """What to find out about a file's rows."""

    file_id: FileId
    analysis_type: AnalysisType = "descriptive"
    columns: Columns | None = None
    """Those to look at; null is all that fit."""
    method: Literal["pearson", "spearman"] | None = None
    """Of a correlation; null is pearson."""
    data: Data | None = None
    """As in validate."""


class Analyzed(_Worded):
    """The figures: of one column of numbers as they are, of several as an object for each column."""

    analysis: dict[str, JsonValue]


class ProcessingFault(_Worded):
    """What is wrong."""

    error: str
    status_code: int
    details: str
