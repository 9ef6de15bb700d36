"""The words of the database source; its engine is not in this version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, Field, JsonValue, model_validator

from fetchtozip_gui.core.errors import NotInThisVersion
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.secrets import Secret
from fetchtozip_gui.core.work import Done, Tools, Yielded


class Connection(Model):
    """Where a database is and who asks; each kind reads those it knows, and others that its driver knows."""

    model_config = ConfigDict(extra="allow")

    host: str | None = None
    server: str | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    database: str | None = None
    username: str | None = None
    password: Secret | None = None
    uri: Secret | None = None
    """An address that holds a password."""


class DatabaseSource(Model):
    """The rows of a query, a table or a collection."""

    available: ClassVar[bool] = False
    type: Literal["database"] = "database"
    kind: Literal["postgresql", "mysql", "sqlite", "duckdb", "sqlserver", "clickhouse", "mongodb"]
    connection: Connection | str | None = None
    """The parts of an address, or the id of a saved source."""
    url: str | None = None
    """The address as one text."""
    query: str | None = None
    table: str | None = None
    collection: str | None = None
    filters: dict[str, JsonValue] = Field(default_factory=dict)
    """Of a collection: the documents that have these values."""
    batch_size: int | None = Field(default=None, ge=1, le=10_000_000)

    @model_validator(mode="after")
    def _one_of_each(self) -> DatabaseSource:
        if (self.connection is None) == (self.url is None):
            raise ValueError("either `connection` or `url` is needed")
        asked: list[Any] = [self.query, self.table, self.collection]
        if sum(one is not None for one in asked) != 1:
            raise ValueError("one of `query`, `table` and `collection` is needed")
        return self

    def read(self, tools: Tools, done: Done) -> Iterator[Yielded]:
        raise NotInThisVersion("The source `database` is not in this version.", "Export the table to a file first.")
