"""Asks a whole SQL query of the rows, in DuckDB or in Polars."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import polars as pl
from pydantic import AfterValidator, Field

from fetchtozip_gui.core.errors import NotInThisVersion
from fetchtozip_gui.core.replay import Wanted, chunks, reading
from fetchtozip_gui.core.scratch import Scratch
from fetchtozip_gui.core.steps.duck import Duck
from fetchtozip_gui.core.steps.expression import columns_of
from fetchtozip_gui.core.steps.queries import check_query, polars_query
from fetchtozip_gui.core.steps.step import AnyStep


class SqlStep(AnyStep):
    """Asks one query, which begins with SELECT or WITH, of the rows, which it sees as the table `input`.

    It sees nothing else: no files, no other tables, no network. Rows come in the order of its ORDER BY; without one,
    a query that neither groups nor joins keeps them in order.
    """

    absent: ClassVar[dict[str, tuple[str, ...]]] = {"engine": ("spark",)}
    type: Literal["sql"] = "sql"
    engine: Literal["duckdb", "polars", "spark"] = "duckdb"
    query: Annotated[str, Field(min_length=1, max_length=100_000), AfterValidator(check_query)]
    """Such as `SELECT country, sum(price) AS total FROM input GROUP BY ALL ORDER BY total DESC`."""
    timeout: float = Field(default=600, gt=0, le=86_400)
    """Seconds after which DuckDB is stopped."""
    memory_limit: int = Field(default=1024, ge=64, le=1_048_576)
    """MiB that DuckDB may take; beyond them it goes to disk where it can."""
    spark_config: dict[str, str | int | float | bool] = Field(default_factory=dict)

    def whole(self) -> bool:
        return True

    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        return self.apply_in(frame, Scratch())

    def apply_in(self, frame: pl.LazyFrame, scratch: Scratch) -> pl.LazyFrame:
        """The same, with what DuckDB needs on disk in a given place."""
        schema = columns_of(frame, "query")
        if self.engine == "spark":
            raise NotInThisVersion("engine: spark is not in this version.", "Use duckdb or polars.")
        if self.engine == "polars":
            return polars_query(frame, self.query)
        duck = Duck(self.query, self.memory_limit, self.timeout, scratch.check, scratch.wait_for_room)
        return _Answer(duck, frame, duck.result(schema), scratch).plan()


class _Answer:
    """The answer of DuckDB, asked for when it is first read, once, and read from disk from then on."""

    def __init__(self, duck: Duck, rows: pl.LazyFrame, schema: pl.Schema, scratch: Scratch) -> None:
        self._duck = duck
        self._rows = rows
        self._schema = schema
        self._scratch = scratch
        self._lock = threading.Lock()
        self._answer: Path | None = None

    def plan(self) -> pl.LazyFrame:
        """The answer's rows."""
        return reading(self._schema, self._read)

    def _read(self, wanted: Wanted) -> Iterator[pl.DataFrame]:
        with self._lock:
            if self._answer is None:
                self._answer = self._duck.answer(self._rows, self._scratch.folder())
        yield from chunks(pl.scan_parquet(self._answer, glob=False).match_to_schema(self._schema), wanted)
