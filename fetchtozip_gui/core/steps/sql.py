"""The words of the SQL step; its engines are not in this version."""

from __future__ import annotations

from typing import ClassVar, Literal

import polars as pl
from pydantic import Field

from fetchtozip_gui.core.errors import NotInThisVersion
from fetchtozip_gui.core.steps.step import AnyStep


class SqlStep(AnyStep):
    """Asks a whole SQL query of the rows, which it sees as the table `input`."""

    available: ClassVar[bool] = False
    type: Literal["sql"] = "sql"
    engine: Literal["duckdb", "polars", "spark"] = "duckdb"
    query: str = Field(min_length=1)
    spark_config: dict[str, str | int | float | bool] = Field(default_factory=dict)

    def whole(self) -> bool:
        return True

    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        raise NotInThisVersion("The step `sql` is not in this version.", "Use filter, derive, group and sort.")
