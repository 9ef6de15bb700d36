"""Everything an analysis finds in a table, as one value, and as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
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
from fetchtozip_gui.core.analysis.numbers import Looked, at_hand, extents, numbers
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


def report(rows: pl.DataFrame | pl.LazyFrame, title: str, made_at: datetime) -> Report:
    """Analyze all rows; several passes, with memory that does not grow with their number."""
    lazy = rows.lazy()
    schema = lazy.collect_schema()
    numeric = numbers(schema)
    names = [column.name for column in numeric]
    others = [name for name in schema if name not in names]
    gone = missing(lazy)
    categories = categorical(lazy, others, top=_TOP) if others else ()
    known = extents(lazy, numeric)
    columns = describe(lazy, counted=categories, known=known)
    quartiles = [column.figures.quartiles for column in columns if column.figures is not None]
    looked = Looked(at_hand(lazy, numeric), known, quartiles)
    most = slice(correlation.MOST)
    return Report(
        title,
        made_at,
        gone.rows,
        columns,
        categories,
        distribution(lazy, looked=looked),
        outliers(lazy, looked=looked),
        gone,
        correlate(lazy, names[most], looked=Looked(looked.rows, known[most])),
    )
