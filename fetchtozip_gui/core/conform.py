"""Casts a frame to a wider schema without changing, cutting or dropping a value."""

from __future__ import annotations

import polars as pl
from polars.exceptions import PolarsError

from fetchtozip_gui.core.errors import SourceError

_EXACT_IN_FLOAT = 2**53


def conform(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """`frame` with exactly the columns and types of `schema`, which must be a union that covers the frame's own.

    Missing columns and fields are null and a null object stays null. What becomes String: true as `true`, numbers in
    their shortest text that reads back the same, dates and times in ISO 8601, objects and lists as compact JSON,
    bytes as base64. A String column may also become Int64, Float64 or Boolean, read strictly (for CSV).
    Raises `SourceError` when a value would be lost; `widen_for` says beforehand which columns must be String.
    """
    if frame.schema == schema:
        return frame
    extra = [name for name in frame.columns if name not in schema]
    if extra:
        raise SourceError(f"Column `{extra[0]}` is not among the {len(schema)} columns that were found.")
    told = widen_for(frame, schema)
    for name, dtype in frame.schema.items():
        if told[name] != schema[name]:
            raise _lost(name, dtype, schema[name])
    columns = []
    for name, dtype in schema.items():
        if name not in frame.schema:
            columns.append(pl.repeat(None, frame.height, dtype=dtype, eager=True).alias(name))
        else:
            columns.append(_column(frame[name], dtype))
    return pl.DataFrame(columns)


def widen_for(frame: pl.DataFrame, schema: pl.Schema) -> pl.Schema:
    """`schema` with String wherever a value of `frame` would lose digits in the type that `schema` gives it.

    Integers beyond ±2^53 in a float column, dates in a finer unit that cannot reach them. The type alone does not
    show this, so it is asked of every frame whose schema differs from the union.
    """
    wider = dict(schema)
    for name, dtype in frame.schema.items():
        if name in wider and dtype != wider[name]:
            wider[name] = _fitting(frame[name], wider[name])
    return pl.Schema(wider)


def _fitting(values: pl.Series, to: pl.DataType) -> pl.DataType:
    """`to`, or String in the places where `values` would not survive it."""
    of = values.dtype
    if isinstance(of, pl.Struct) and isinstance(to, pl.Struct):
        wanted = to.to_schema()
        for name, dtype in of.to_schema().items():
            if name in wanted and dtype != wanted[name]:
                wanted[name] = _fitting(values.struct.field(name), wanted[name])
        return pl.Struct(wanted)
    if isinstance(of, (pl.List, pl.Array)) and isinstance(to, pl.List):
        inner = to.inner if isinstance(to.inner, pl.DataType) else to.inner()
        return pl.List(_fitting(values.explode(), inner)) if of.inner != inner else to
    if of.is_integer() and to.is_float():
        return to if _float_holds(values) else pl.String()
    if of.is_temporal() and to.is_temporal():
        back = values.cast(to, strict=False).cast(of, strict=False)
        return to if back.equals(values) else pl.String()
    return to


def _float_holds(values: pl.Series) -> bool:
    lowest, highest = values.min(), values.max()
    if lowest is None or (lowest >= -_EXACT_IN_FLOAT and highest <= _EXACT_IN_FLOAT):  # type: ignore[operator]
        return True
    return values.cast(pl.Float64).cast(values.dtype, strict=False).equals(values)


def _lost(name: str, of: pl.DataType, to: pl.DataType) -> SourceError:
    return SourceError(
        f"Column `{name}` holds values that cannot be kept when {of} becomes {to}.",
        "Give the column the type string in a `columns` step, or report where this happened.",
    )


def _column(values: pl.Series, to: pl.DataType) -> pl.Series:
    if values.dtype == to:
        return values
    try:
        made = pl.select(_cast(pl.lit(values), values.dtype, to).alias(values.name)).to_series()
    except PolarsError as error:
        raise _lost(values.name, values.dtype, to) from error
    if made.null_count() != values.null_count() or made.dtype != to:
        raise _lost(values.name, values.dtype, to)
    return made


def _cast(value: pl.Expr, of: pl.DataType, to: pl.DataType) -> pl.Expr:
    return value.cast(to)
