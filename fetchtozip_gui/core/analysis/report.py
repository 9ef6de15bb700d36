"""Everything an analysis finds in a table, as one value, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl

from fetchtozip_gui.core.analysis import correlate as correlation
from fetchtozip_gui.core.analysis import documents
from fetchtozip_gui.core.analysis.correlate import Correlation, correlate
from fetchtozip_gui.core.analysis.counts import Category, categorical
from fetchtozip_gui.core.analysis.describe import Description, describe
from fetchtozip_gui.core.analysis.distribution import Distribution, distribution
from fetchtozip_gui.core.analysis.missing import Missing, missing
from fetchtozip_gui.core.analysis.numbers import Extent, Looked, look_at_one, numbers
from fetchtozip_gui.core.analysis.outliers import Outliers, outliers

_TOP = 12


@dataclass(frozen=True, slots=True)
class Report:
    """All analyses of one table. Of more than 64 columns of numbers the first 64 are correlated."""

    title: str
    made_at: datetime
    rows: int
    columns: tuple[Description, ...]
    categories: tuple[Category, ...]
    """Of the columns without numbers, in their order."""
    distributions: tuple[Distribution, ...]
    outliers: tuple[Outliers, ...]
    missing: Missing
    correlation: Correlation

    def json(self) -> str:
        """For programs: each analysis under its name, each column under its own."""
        told: dict[str, Any] = {
            "title": self.title,
            "made_at": self.made_at.isoformat(),
            "rows": self.rows,
            "descriptive": {column.name: documents.described(column) for column in self.columns},
            "categorical": {column.name: documents.counted(column) for column in self.categories},
            "distribution": {column.name: documents.distributed(column) for column in self.distributions},
            "outliers": {column.name: documents.outlying(column) for column in self.outliers},
            "missing": documents.missed(self.missing),
            "correlation": documents.correlated(self.correlation),
        }
        return json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1)


def nothing() -> None:
    """Somebody waits."""


def report(
    rows: pl.DataFrame | pl.LazyFrame, title: str, made_at: datetime, go_on: Callable[[], None] = nothing
) -> Report:
    """Analyze all rows; several passes, with memory that does not grow with their number.

    They are to be quick to read: no more than one column of numbers is held from one analysis to the next.
    `go_on` is called between the analyses, and may raise.
    """
    lazy = rows.lazy()
    schema = lazy.collect_schema()
    height = int(lazy.select(pl.len()).collect(engine="streaming").item())
    numeric = numbers(schema)
    names = [column.name for column in numeric]
    others = [name for name in schema if name not in names]
    known: list[Extent] = []
    columns: list[Description] = []
    distributions: list[Distribution] = []
    outlying: list[Outliers] = []
    for column in numeric:
        go_on()
        looked = look_at_one(lazy, column, height)
        (described,) = describe(lazy, [column.name], looked=looked)
        if described.figures is not None:
            looked = replace(looked, quartiles=[described.figures.quartiles])
        known += looked.extents
        columns.append(described)
        distributions += distribution(lazy, [column.name], looked=looked)
        outlying += outliers(lazy, [column.name], looked=looked)
    most = slice(correlation.MOST)
    together = correlate(lazy, names[most], looked=Looked(lazy, known[most]))
    go_on()
    categories = categorical(lazy, others, top=_TOP)
    go_on()
    told = {column.name: column for column in (*columns, *describe(lazy, others, counted=categories))}
    gone = missing(lazy, known=[told[name].missing for name in schema])
    return Report(
        title,
        made_at,
        gone.rows,
        tuple(told[name] for name in schema),
        categories,
        tuple(distributions),
        tuple(outlying),
        gone,
        together,
    )
