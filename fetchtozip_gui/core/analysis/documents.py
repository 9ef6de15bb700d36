"""The results of an analysis as JSON values: every figure under its own name, what JSON cannot hold as null or text."""

from __future__ import annotations

import base64
import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from fetchtozip_gui.core.analysis.correlate import Correlation
from fetchtozip_gui.core.analysis.counts import Category
from fetchtozip_gui.core.analysis.describe import Description
from fetchtozip_gui.core.analysis.distribution import Distribution
from fetchtozip_gui.core.analysis.missing import Missing
from fetchtozip_gui.core.analysis.outliers import Bounds, Outliers

_LONGEST = 500


def plain(value: Any) -> Any:
    """A value as JSON has it: no NaN, no infinity, times in ISO 8601, decimals and bytes as text; long texts cut."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return plain(base64.b64encode(value).decode())
    if isinstance(value, (dt.date, dt.time)):  # a datetime is a date
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, dt.timedelta)) else plain(str(value))


def described(column: Description) -> dict[str, Any]:
    """Count, middle, spread and shape; those without numbers have fewer."""
    told: dict[str, Any] = {"type": column.type, "count": column.count, "missing": column.missing}
    told |= {"distinct": column.distinct, "mode": column.mode}
    if (figures := column.figures) is not None:
        quartiles = dict(zip(("q1", "q2", "q3"), figures.quartiles, strict=True))
        told |= {"mean": figures.mean, "median": figures.median, "std_dev": figures.std_dev}
        told |= {"variance": figures.variance, "min": column.min, "max": column.max, "quartiles": quartiles}
        told |= {"skew": figures.skew, "kurtosis": figures.kurtosis}
        if figures.infinite:
            told["infinite"] = figures.infinite
    else:
        told |= {"min": column.min, "max": column.max}
    return dict(plain(told))


def correlated(found: Correlation) -> dict[str, Any]:
    """The matrix by names, and the pairs, the strongest first."""
    matrix = {
        name: dict(zip(found.columns, row, strict=True)) for name, row in zip(found.columns, found.matrix, strict=True)
    }
    pairs = [{"a": pair.a, "b": pair.b, "coefficient": pair.coefficient, "rows": pair.rows} for pair in found.pairs]
    return dict(plain({"method": found.method, "columns": found.columns, "matrix": matrix, "pairs": pairs}))


def distributed(column: Distribution) -> dict[str, Any]:
    """The bins with their edges and counts."""
    edges = zip(column.edges, column.edges[1:], column.counts, strict=False)
    bins = [{"from": low, "to": high, "count": count} for low, high, count in edges]
    return dict(plain({"count": column.count, "rule": column.rule, "bins": bins}))


def missed(found: Missing) -> dict[str, Any]:
    """Per column, and the patterns of rows."""
    rows = found.rows or 1
    columns = {name: {"missing": count, "share": count / rows} for name, count in found.columns}
    patterns = [{"missing": list(pattern.columns), "rows": pattern.rows} for pattern in found.patterns]
    told = {"rows": found.rows, "complete_rows": found.complete, "columns": columns, "patterns": patterns}
    return dict(plain({**told, "distinct_patterns": found.distinct_patterns}))


def outlying(column: Outliers) -> dict[str, Any]:
    """By both rules."""
    return dict(plain({"count": column.count, "iqr": _bounds(column.iqr), "zscore": _bounds(column.zscore)}))


def _bounds(bounds: Bounds) -> dict[str, Any]:
    first = [{"row": row, "value": value} for row, value in bounds.first]
    told = {"low": bounds.low, "high": bounds.high, "below": bounds.below, "above": bounds.above}
    return {**told, "outliers": bounds.count, "first": first}


def counted(column: Category) -> dict[str, Any]:
    """The values by their frequency."""
    total = column.count or 1
    values = [{"value": value, "count": count, "share": count / total} for value, count in column.top]
    told = {"type": column.type, "count": column.count, "missing": column.missing, "distinct": column.distinct}
    return dict(plain({**told, "mode": column.mode, "entropy": column.entropy, "values": values}))
