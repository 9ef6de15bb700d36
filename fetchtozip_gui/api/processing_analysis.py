"""The analyses of the data processing door: what is asked of which columns, and the shape of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import polars as pl

from fetchtozip_gui.api.dialect import Unfit
from fetchtozip_gui.core.analysis import documents
from fetchtozip_gui.core.analysis.correlate import Method, correlate
from fetchtozip_gui.core.analysis.counts import categorical
from fetchtozip_gui.core.analysis.describe import describe
from fetchtozip_gui.core.analysis.distribution import distribution
from fetchtozip_gui.core.analysis.missing import missing
from fetchtozip_gui.core.analysis.numbers import chosen
from fetchtozip_gui.core.analysis.outliers import outliers
from fetchtozip_gui.core.errors import StepError

Named = list[tuple[str, dict[str, Any]]]


def analysis(
    rows: pl.LazyFrame, kind: str, columns: Sequence[str] | None = None, method: Method | None = None
) -> dict[str, Any]:
    """The analysis of all rows: of one column that fits as it is, of several as an object for each of them; of pairs
    and of whole rows as one object. `Unfit` with 400 where a column is not there, or has nothing to ask."""
    if method is not None and kind != "correlation":
        raise Unfit(400, f"method: belongs to correlation, and this is {kind}.")
    try:
        schema = rows.collect_schema()
        chosen(schema, columns)
        if kind == "correlation":
            return documents.correlated(correlate(rows, _numeric(schema, columns), method=method or "pearson"))
        if kind == "missing":
            return documents.missed(missing(rows, columns))
        found = _OF_COLUMNS[kind](rows, schema, columns)
    except StepError as error:
        raise Unfit(400, error.message, error.hint) from None
    return found[0][1] if len(found) == 1 else dict(found)


def _describe(rows: pl.LazyFrame, schema: pl.Schema, columns: Sequence[str] | None) -> Named:
    """The columns of numbers; others where they are named, or where there are none."""
    names = columns if columns is not None else _all_numeric(schema) or None
    return _named(describe(rows, names), documents.described)


def _categorize(rows: pl.LazyFrame, schema: pl.Schema, columns: Sequence[str] | None) -> Named:
    """The columns of texts and truth values; others where they are named."""
    texts = (pl.String, pl.Boolean, pl.Categorical, pl.Enum)
    names = columns if columns is not None else [name for name, dtype in schema.items() if dtype in texts]
    return _named(categorical(rows, names), documents.counted)


def _distribute(rows: pl.LazyFrame, schema: pl.Schema, columns: Sequence[str] | None) -> Named:
    return _named(distribution(rows, _numeric(schema, columns)), documents.distributed)


def _outlie(rows: pl.LazyFrame, schema: pl.Schema, columns: Sequence[str] | None) -> Named:
    return _named(outliers(rows, _numeric(schema, columns)), documents.outlying)


def _named(found: Iterable[Any], document: Callable[[Any], dict[str, Any]]) -> Named:
    return [(one.name, document(one)) for one in found]


def _all_numeric(schema: pl.Schema) -> list[str]:
    return [name for name, dtype in schema.items() if dtype.is_numeric()]


def _numeric(schema: pl.Schema, columns: Sequence[str] | None) -> list[str]:
    """Those with numbers; a named one without any is told."""
    for name in columns or ():
        if not schema[name].is_numeric():
            raise Unfit(400, f"columns: `{name}` holds no numbers, and this analysis needs them.")
    return list(columns) if columns is not None else _all_numeric(schema)


_OF_COLUMNS: dict[str, Callable[[pl.LazyFrame, pl.Schema, Sequence[str] | None], Named]] = {
    "descriptive": _describe,
    "categorical": _categorize,
    "distribution": _distribute,
    "outliers": _outlie,
}
