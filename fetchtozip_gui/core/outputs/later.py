"""Outputs that recipes may name already, and whose engine comes with a later version."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from fetchtozip_gui.core.model import Model


class DatabaseOutput(Model):
    """A table of a database."""

    available: ClassVar[bool] = False
    type: Literal["database"] = "database"
    kind: Literal["postgresql", "mysql", "sqlite", "duckdb", "sqlserver", "clickhouse", "mongodb"]
    connection: dict[str, Any] = Field(default_factory=dict)
    url: str | None = None
    table: str = Field(min_length=1)
    write_mode: Literal["append", "overwrite", "upsert"] = "append"
    key: tuple[str, ...] = ()
    """The columns that make a row the same row, for `upsert`."""
    partition_columns: tuple[str, ...] = ()


class BucketOutput(Model):
    """An object in a bucket of S3 or of what speaks like it."""

    available: ClassVar[bool] = False
    type: Literal["s3"] = "s3"
    connection: dict[str, Any] = Field(default_factory=dict)
    key: str = Field(min_length=1)
    format: str | None = None


class HubOutput(Model):
    """A dataset on the Hugging Face Hub."""

    available: ClassVar[bool] = False
    type: Literal["huggingface"] = "huggingface"
    dataset_name: str = Field(min_length=1)
    private: bool = True
